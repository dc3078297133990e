"""The sheet for the child and the parents: whatever the offers cost, it is the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from shared_apps.core.clock import real_today
from shared_apps.providers.models import Angebot, Entgelt
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.models import Suche
from tenant_apps.placements.vorgaben import PASSUNG_GEWICHTE
from tenant_apps.vorgaben.services import create_vorgabewert
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import DateRange, create_angebot, create_einrichtung
from tests.factories.suchen import search_for

FRAGEN = ("", "sort=-kosten", "sort=entfernung", "sort=passung", "sort=-frei", "sort=frei_ab", "drittel=on",
          "satz=100&soll=20000&km=60", "preis=90&sort=passung")  # fmt: skip


@pytest.fixture
def markt(vg) -> list[Angebot]:
    """Six houses, two each at the same place."""
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    return [
        create_angebot(
            einrichtung=create_einrichtung(
                name=f"Haus {'FBDACE'[n]}", breite=sitz.breite + Decimal(n // 2) / 10, laenge=sitz.laenge
            ),
            entgelt=None, plaetze=1 + n % 2, alter_bis=17,
        )
        for n in range(6)
    ]  # fmt: skip


@pytest.fixture
def suche(cast, vg) -> Suche:
    anna = cast.akteur("anna")
    with in_tenant(vg):
        return search_for(anna, create_hilfefall(fachkraft_id=anna.user_id), alter=10)


def _agree(markt: list[Angebot], saetze: list[int]) -> None:
    for angebot, satz in zip(markt, saetze, strict=True):
        Entgelt.objects.create(angebot=angebot, betrag=satz, einheit="TAG", gueltig=DateRange(date(2015, 1, 1), None))


@pytest.mark.parametrize("preis_zaehlt", [False, True])
def test_the_list__is_the_same_whatever_it_costs(markt, suche, vg, cast, sign_in, preis_zaehlt):
    if preis_zaehlt:
        leitung = cast.akteur("anton")
        with in_tenant(vg, user_id=leitung.user_id):
            create_vorgabewert(
                akteur=leitung, vorgabe=PASSUNG_GEWICHTE, wert="50, 20, 10, 0, 20", gueltig_ab=real_today(), grund="x"
            )
    anna, url, fragen = sign_in("anna"), f"/hze-auswahl/{suche.pk}/", FRAGEN[:4] if preis_zaehlt else FRAGEN
    seiten = []
    for saetze in ([60, 70, 80, 90, 100, 110], [110, 75, 300, 61, 62, 63]):
        with transaction.atomic():
            _agree(markt, saetze)
            seiten.append([_main(anna.get(f"{url}?preise=ohne&{frage}").text) for frage in fragen])
            transaction.set_rollback(True)
    for frage, eins, zwei in zip(fragen, *seiten, strict=True):
        assert eins == zwei, frage
        assert all(angebot.einrichtung.name in eins for angebot in markt), frage
        for wort in ("€", "Bestpreis", "Entgelt", "Drittel", "Differenz", "Kosten", "Rang"):
            assert wort not in eins, (frage, wort)
        assert ("Passung</th>" in eins) is not preis_zaehlt
    nach_weg = [seiten[0][0].index(f"Haus {name}") for name in "BFADCE"]
    assert nach_weg == sorted(nach_weg), "the nearest first, equals by name"


def _main(text: str) -> str:
    return text.partition("<main")[2].partition("</main")[0]


def test_every_printed_page__says_as_of_when_and_who_printed_it(suche, sign_in, client, settings):
    settings.FIXED_TODAY = "2026-12-01"
    fuss = sign_in("anna").get(f"/hze-auswahl/{suche.pk}/").text.partition("<footer")[2]
    assert 'class="sojus-stand">Stand: 01.12.2026, ' in fuss and "Uhr, gedruckt von Anna Ahlers</span>" in fuss
    offen = client.get("/anmelden/", HTTP_HOST="vg.localhost").text.partition("<footer")[2]
    assert "Stand: 01.12.2026, " in offen and "gedruckt" not in offen, "nobody is signed in"
