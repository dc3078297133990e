"""The demo's market is one that users could have made: each row came by a list, or from somebody's page.

Fails when the world writes a row of the market past the services that a user has, or one that they would not make.
"""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from deploy.demo.world import listen, seiten
from deploy.demo.world.leute import find_akteur
from deploy.demo.world.markt import EINRICHTUNGEN, UNBESTAETIGT_TAGE, MarktBau
from deploy.demo.world.welt import SEED
from deploy.demo.world.werkzeug import Zufall, at_portal
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.core.clock import today
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.models import Einlesezeile, Einlesung, Fremdschluessel
from shared_apps.einlesen.services.vorbereiten import create_einlesung
from shared_apps.einlesen.states import EinlesungZustand
from shared_apps.inbox.models import Ausgang, Hinweis
from shared_apps.journal.models import JournalEintrag
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Ausnahme,
    Betriebserlaubnis,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Leistungsbeschreibung,
    LeqVereinbarung,
    Platz,
    Vakanzmeldung,
)
from shared_apps.providers.rules import verstoesse
from shared_apps.providers.selectors.erlaubnis import list_betriebe, offered_on, running_out_on
from shared_apps.providers.selectors.vakanz import compute_anteil
from shared_apps.providers.states import MeldungZustand, VorschlagZustand
from tenants.context import on_portal
from tenants.db import roles
from tenants.models import Tenant

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo_world"), pytest.mark.usefixtures("world")]

#: Every table of the market that the world fills. `deploy.demo.world` says what is written past the services, and why.
MARKT = (
    Anbieter, Einrichtung, Angebot, Platz, Entgelt, Entgeltvorschlag, Betriebserlaubnis, Ausnahme, Foto, Kontakt,
    Platzsperre, Aufnahmestopp, Aufnahmeantrag, Einlesung,
)  # fmt: skip


def _entered(model: Any) -> set[str]:
    """Keys of rows that somebody has entered, with a role that pages and their jobs have."""
    rows = JournalEintrag.objects.filter(tabelle=model._meta.db_table, art="ANLEGEN")
    people = rows.exclude(user_id=None) | (
        rows if model is Aufnahmeantrag else rows.none()
    )  # an applicant has no login
    return set(people.filter(datenbankrolle=roles.land()).values_list("zeile", flat=True))


@pytest.mark.parametrize("model", MARKT, ids=lambda model: model.__name__)
def test_every_row_was_entered_by_somebody_as_on_a_page(model):
    with at_portal(find_akteur("anbieter-kueste", None)) if model is Platzsperre else nullcontext():  # its own secret
        alle = {str(pk) for pk in model._base_manager.values_list("pk", flat=True)}
    assert alle, "nothing is shown of it"
    assert alle - _entered(model) == set(), "written past the services: make it in `listen` or `seiten` of the demo"


def test_every_provider_came_by_a_list_or_was_admitted_by_two_people():
    aus_listen = set(
        Fremdschluessel.objects.filter(gegenstand=Gegenstand.ANBIETER, ist_angelegt=True).values_list(
            "objekt_id", flat=True
        )
    )
    aufgenommen = Aufnahmeantrag.objects.filter(zustand=AufnahmeZustand.AUFGENOMMEN)
    assert set(Anbieter.objects.values_list("pk", flat=True)) == aus_listen | {a.anbieter_id for a in aufgenommen}
    assert all(a.vorgeschlagen_von_id != a.entschieden_von_id for a in aufgenommen)


def test_each_office_has_read_in_one_list_without_a_fault_and_with_two_signatures():
    listen_ = list(Einlesung.objects.select_related("tenant"))
    assert sorted(liste.tenant.kuerzel for liste in listen_) == sorted(EINRICHTUNGEN)
    assert {liste.zustand for liste in listen_} == {EinlesungZustand.EINGELESEN}
    assert all(liste.eingereicht_von_id != liste.freigegeben_von_id for liste in listen_)
    assert Counter(Einlesezeile.objects.values_list("befund", flat=True)) == {
        Befund.NEU: sum(li.anzahl for li in listen_)
    }


def test_the_same_list_again_does_nothing_but_ask_for_what_providers_keep():
    """The drawn market is the same at every start, and its list is the file that the screen takes."""
    vg = Tenant.objects.get(kuerzel="VG")
    markt = MarktBau(zufall=Zufall(SEED), heute=today()).build()
    name, inhalt = listen.build_list(markt, "VG", heute=today())
    controlling = find_akteur("controlling-vg", vg)
    with transaction.atomic():
        with on_portal(user_id=controlling.user_id):
            noch_einmal = create_einlesung(akteur=controlling, dateiname=name, inhalt=inhalt)
        befunde = Counter(noch_einmal.zeilen.values_list("befund", flat=True))
        transaction.set_rollback(True)
    # the one number of places that its provider has changed since
    assert befunde == {Befund.UNVERAENDERT: noch_einmal.anzahl - 1, Befund.GESPERRT: 1}


def test_each_rate_is_a_proposal_that_a_second_person_of_the_office_at_the_place_confirmed():
    ohne = Entgelt.objects.filter(vorschlag=None)
    assert not ohne.exists()
    for entgelt in Entgelt.objects.select_related("vorschlag__entschieden_von").order_by("id")[:400:8]:
        vorschlag = entgelt.vorschlag
        assert vorschlag.zustand == VorschlagZustand.BESTAETIGT
        assert vorschlag.entschieden_von_id != vorschlag.vorgeschlagen_von_id
        assert (vorschlag.betrag, vorschlag.ab) == (entgelt.betrag, entgelt.gueltig.lower)
        kreis = entgelt.angebot.einrichtung.gebietskoerperschaft.kuerzel
        assert vorschlag.entschieden_von.username.endswith(f"-{kreis.lower()}")


def test_what_is_paid_by_the_hour_has_hours_and_what_is_paid_by_the_day_has_none():
    angebote = Angebot.objects.select_related("hilfeart")
    wrong = [a.pk for a in angebote if bool(a.stunden_je_woche) == a.hilfeart.ist_stationaer]
    assert wrong == []


def test_every_offer_that_needs_a_licence_is_within_one_on_every_day():
    betriebe = list_betriebe(Einrichtung.objects.values_list("pk", flat=True))
    assert [betrieb for betrieb in betriebe.values() if verstoesse(betrieb)] == []
    assert not Angebot.objects.exclude(offered_on(today())).exists()
    for betrieb in betriebe.values():
        if betrieb.angebote:
            assert min(e.beginn for e in betrieb.erlaubnisse) <= min(a.beginn for a in betrieb.angebote)


def test_every_paper_has_its_file_and_an_agreement_is_the_providers_own_copy():
    for model in (Betriebserlaubnis, Leistungsbeschreibung, LeqVereinbarung):
        assert model.objects.exists()
    assert not LeqVereinbarung.objects.filter(vom_anbieter=False).exists()
    assert not Leistungsbeschreibung.objects.filter(datei="").exists()


def test_every_picture_has_words_and_files_of_its_own():
    fotos = list(Foto.objects.values_list("datei", "vorschau", "alternativtext"))
    assert len({datei for datei, _, _ in fotos} | {klein for _, klein, _ in fotos}) == 2 * len(fotos)
    assert all(text for _, _, text in fotos)


def test_somebody_answers_at_every_house_at_night():
    haeuser = Einrichtung.objects.filter(angebote__isnull=False)
    assert not haeuser.exclude(kontakte__ist_notruf=True).exists()
    assert all(k.telefon.startswith("0000 ") for k in Kontakt.objects.all()), "numbers of no exchange"


def test_the_provider_that_joined_has_nothing_left_to_say():
    haus = Einrichtung.objects.get(anbieter__name=seiten.AUFGENOMMEN)
    assert all((haus.strasse, haus.plz, haus.ort, haus.telefon, haus.email, haus.ansprechpartner))
    assert Foto.objects.filter(einrichtung=haus).exclude(alternativtext="").count() == 2


def test_one_provider_of_each_state_of_the_market_can_be_shown():
    assert Aufnahmeantrag.objects.get(zustand=AufnahmeZustand.OFFEN).name == seiten.WARTET
    neu = Anbieter.objects.get(name=seiten.AUFGENOMMEN)
    inobhutnahme = Angebot.objects.get(einrichtung__anbieter=neu)
    assert inobhutnahme.hilfeart.code == "S42"
    assert inobhutnahme.sprachen.count() == 4
    assert set(inobhutnahme.plaetze.values_list("name", flat=True)) == {f"Zimmer {nr}" for nr in range(1, 7)}
    assert Entgelt.objects.get(angebot=inobhutnahme).gueltig.lower == today()
    wartet = Entgeltvorschlag.objects.get(zustand=VorschlagZustand.VORGESCHLAGEN)
    assert wartet.vom_anbieter and wartet.vorgeschlagen_von.username == "anbieter-kueste"
    ausnahme = Ausnahme.objects.get()
    befristet = Platz.objects.get(angebot__einrichtung=ausnahme.einrichtung, gueltig__endswith=ausnahme.gueltig.upper)
    assert befristet.gueltig.lower == today()
    laeuft_ab = running_out_on(today()).select_related("einrichtung__anbieter").get()
    assert laeuft_ab.einrichtung.anbieter == ausnahme.einrichtung.anbieter, "whoever shows the demo sees the warning"
    with at_portal(find_akteur("anbieter-kueste", None)):
        assert Platzsperre.objects.filter(zeitraum__contains=today()).count() == 1
        assert Platzsperre.objects.filter(zeitraum__startswith__gt=today()).count() == 1
    assert Aufnahmestopp.objects.get().angebot.einrichtung.anbieter.name.startswith("Seezeichen")
    meldung = Vakanzmeldung.objects.get()
    assert (meldung.zustand, meldung.tag) == (MeldungZustand.OFFEN, today() - timedelta(days=1))
    see = Angebot.objects.filter(einrichtung__anbieter__name__startswith="Seezeichen")
    in_vg = see.filter(einrichtung__gebietskoerperschaft__kuerzel="VG").select_related("hilfeart")
    assert {angebot.vakanzstand.text for angebot in in_vg} == {f"seit {UNBESTAETIGT_TAGE} Tagen unbestätigt"}
    assert Angebot.objects.exclude(ausschluss="").count() >= 6


def test_what_was_decided_is_in_the_list_of_what_is_done():
    kueste = find_akteur("anbieter-kueste", None)
    with at_portal(kueste):
        erledigt = Hinweis.objects.filter(anbieter_id__in=kueste.anbieter_ids, erledigt_at__isnull=False)
        assert erledigt.count() >= 5
        assert Ausgang.GEBUCHT in set(erledigt.values_list("ausgang", flat=True))
        assert not erledigt.filter(ausgang="").exists()


def test_vacancies_can_be_relied_on__and_a_few_have_to_be_chased():
    anteil = compute_anteil(Angebot.objects.all())
    assert 90 <= 100 * anteil.frisch / anteil.gesamt < 100, anteil.text
