"""Whose page it is stands in the way back, on every page below a facility."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from shared_apps.core.clock import now, today
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.occupancy import urls as occupancy
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers import urls as providers
from shared_apps.providers.models import Ausnahme, Entgeltvorschlag, Foto, Kontakt, Leistungsbeschreibung
from tenants.context import on_portal
from tests.factories.register import create_angebot, create_einrichtung

pytestmark = pytest.mark.usefixtures("vg")

#: Of a provider, of a list, or no page; everything else with an id is about one facility.
OTHERS = {
    "providers:confirm_link", "providers:report", "providers:report_detail", "providers:create_provider_contact",
    "providers:account_change", "providers:account_check", "providers:provider_contacts", "providers:account",
    "providers:propose_master_change",
    "providers:master_change", "providers:edit_provider", "providers:end_provider", "providers:reopen_provider",
    "providers:history", "providers:document", "providers:photo", "providers:detail",
    "providers:move_photo",  # takes a POST only
    "providers:facility",  # the house's own page
    "occupancy:facility",  # the house's own board
}  # fmt: skip


def routes_below_a_facility() -> set[str]:
    """Names of all routes with an id, but `OTHERS`."""
    named = {
        f"{module.app_name}:{route.name}"
        for module in (providers, occupancy)
        for route in module.urlpatterns
        if "<" in str(route.pattern)
    }
    assert named >= OTHERS, "a route was renamed or is gone"
    return named - OTHERS


@pytest.fixture
def pages(cast) -> dict[str, str]:
    """A page of each of these routes, about one house."""
    haus = create_einrichtung(anbieter="Jugendhilfe Küste gGmbH", name="Haus Kormoran")
    angebot = create_angebot(einrichtung=haus)
    ines, morgen = cast.user("ines"), today() + timedelta(days=1)
    papier = Leistungsbeschreibung.objects.create(einrichtung=haus, datum=today())
    ausnahme = Ausnahme.objects.create(
        einrichtung=haus, aktenzeichen="1", datum=today(), plaetze_mehr=1, grund="Umbau",
        gueltig=DateRange(today(), date(2199, 1, 1)),
    )  # fmt: skip
    foto = Foto.objects.create(
        einrichtung=haus, datei="register/x.webp", titel="Garten", alternativtext="Garten", pruefung=Dateipruefung.FREI
    )
    vorschlag = Entgeltvorschlag.objects.create(
        angebot=angebot, grundleistung=90, ab=morgen, vereinbart_am=today(), rechtsgrundlage="78b",
        vorgeschlagen_von=ines,
    )  # fmt: skip
    wann = {"zeitraum": DateRange(date(2035, 1, 1), None), "geaendert_von": ines, "geaendert_at": now()}
    platz = angebot.plaetze.get()
    with on_portal(anbieter_ids=[haus.anbieter_id]):
        sperre = Platzsperre.objects.create(platz=platz, grund="SONSTIGES", **wann)
        stopp = Aufnahmestopp.objects.create(angebot=angebot, grund="PERSONAL", **wann)
        kontakt = Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", telefon="03834 1")
    ids = dict.fromkeys(routes_below_a_facility(), haus.pk)
    offers = ("edit_offer", "change_places", "name_places", "propose_rate", "rate_history", "end_offer", "reopen_offer")
    ids |= {f"providers:{name}": angebot.pk for name in offers}
    ids |= {
        "providers:edit_licence": haus.betriebserlaubnis_liste.get().pk,
        "providers:edit_exception": ausnahme.pk,
        "providers:rate": vorschlag.pk,
        "providers:edit_contact": kontakt.pk,
        "providers:end_contact": kontakt.pk,
        "providers:edit_photo": foto.pk,
        "providers:end_photo": foto.pk,
        "occupancy:place": platz.pk,
        "occupancy:block": sperre.pk,
        "occupancy:stop_offer": angebot.pk,
        "occupancy:stop": stopp.pk,
    }
    found = {
        "providers:create_paper": reverse("providers:create_paper", args=[haus.pk, papier.kennung]),
        "providers:replace_paper": reverse("providers:replace_paper", args=[papier.kennung, papier.pk]),
        "providers:end_paper": reverse("providers:end_paper", args=[papier.kennung, papier.pk]),
    }
    return found | {name: reverse(name, args=[pk]) for name, pk in ids.items() if name not in found}


def test_house_stands_in_the_way_back__and_leads_to_itself(pages, sign_in):
    ines = sign_in("ines", at="PORTAL")
    without = []
    for name, url in sorted(pages.items()):
        response = ines.get(url)
        assert response.status_code == 200, (name, response.status_code)
        way = response.context["breadcrumb"]
        if not [step for step in way[:-1] if step["label"] == "Haus Kormoran" and step.get("url")]:
            without.append((name, [step["label"] for step in way]))
        assert "url" not in way[-1], name
        assert way[1]["label"] == "Meine Einrichtungen", (name, "it is her own house, not one of a register")
    assert without == []
    assert set(pages) == routes_below_a_facility()
