"""Correction keeps the old value sealed; a dispute is shown where the person is shown; restriction hides her."""

from __future__ import annotations

from datetime import date

import pytest

from shared_apps.core.errors import Fehlt, Konflikt, RegelVerletzt
from tenant_apps.cases.models import Klient
from tenant_apps.cases.policies import visible_hilfefaelle
from tenant_apps.cases.services.sperre import seal_hilfefall
from tenant_apps.placements.policies import visible_buchungen, visible_klienten
from tenant_apps.privacy.models import Feldvermerk
from tenant_apps.privacy.services import correct_klient, dispute_feld, end_bestritten, release_klient, restrict_klient
from tenants.context import in_tenant
from tests.factories.cases import create_klient

pytestmark = pytest.mark.django_db


def _url(gefaerbt, wort: str = "") -> str:
    return f"/datenschutzrechte/personen/{gefaerbt.klient.pk}/{wort}"


def test_correct__right_value_old_one_kept_dispute_ended(gefaerbt, sign_in, vg, cast):
    anna = sign_in("anna")
    anna.post(_url(gefaerbt, "bestreiten/"), {"feld": "geburtsdatum", "grund": "Urkunde sagt anderes"})
    daten = {"feld": "geburtsdatum", "wert": "15.03.2007", "grund": "Geburtsurkunde vorgelegt"}
    response = anna.post(_url(gefaerbt, "berichtigen/"), daten, follow=True)
    assert "Die Angabe ist berichtigt." in response.text and "bisher: 14.03.2007" in response.text
    with in_tenant(vg):
        assert Klient.objects.get(pk=gefaerbt.klient.pk).geburtsdatum == date(2007, 3, 15)
        bestritten = Feldvermerk.objects.get(art="BESTRITTEN")
        assert bestritten.aufgehoben_at is not None
        assert Klient.objects.mit_name(geburtsdatum=date(2007, 3, 15)).exists()


@pytest.mark.parametrize(
    ("feld", "wert", "meldung"),
    [
        ("geburtsdatum", "gestern", "gültiges Datum"),
        ("geschlecht", "?", "m, w, d oder x"),
        ("vorname", "XenAvorfarbe", "steht schon so da"),
        ("pkz", "x" * 21, "höchstens 20"),
        ("pkz", "VERGEBEN", "schon vergeben"),
        ("hilfefaelle", "x", "keine gültige Auswahl"),
    ],
)
def test_correct__wrong_input_is_named(gefaerbt, sign_in, vg, feld, wert, meldung):
    with in_tenant(vg):
        create_klient(pkz="VERGEBEN")
    response = sign_in("anna").post(
        _url(gefaerbt, "berichtigen/"), {"feld": feld, "wert": wert, "grund": "Geburtsurkunde"}
    )
    assert response.status_code == 422 and meldung in response.text


def test_dispute__is_shown_on_the_booking_until_it_is_settled(gefaerbt, sign_in, vg, cast, akteure):
    anna = sign_in("anna")
    with in_tenant(vg):
        buchung = gefaerbt.klient.buchungen.get()
    assert "Angaben bestritten" not in anna.get(f"/buchungen/{buchung.pk}/").text
    anna.post(_url(gefaerbt, "bestreiten/"), {"feld": "nachname", "grund": "heißt nicht so"})
    assert "Angaben bestritten" in anna.get(f"/buchungen/{buchung.pk}/").text
    assert "Angaben bestritten" in anna.get(f"/reservierungen/{buchung.reservierung_id}/").text
    with in_tenant(vg):
        vermerk = Feldvermerk.objects.get()
        with pytest.raises(Konflikt):
            dispute_feld(akteur=akteure["anna"], klient=gefaerbt.klient, feld="nachname", grund="noch einmal")
    assert sign_in("bernd").post(f"/datenschutzrechte/vermerke/{vermerk.pk}/aufheben/").status_code == 404
    anna.post(f"/datenschutzrechte/vermerke/{vermerk.pk}/aufheben/")
    assert "Angaben bestritten" not in anna.get(f"/buchungen/{buchung.pk}/").text


def test_correct__not_by_a_colleague_without_the_case(gefaerbt, sign_in):
    for wort in ("", "berichtigen/", "bestreiten/"):
        assert sign_in("bernd").get(_url(gefaerbt, wort)).status_code == 404
        assert sign_in("doris").get(_url(gefaerbt, wort)).status_code == 403


def test_end_bestritten__of_a_person_who_is_sealed_meanwhile(gefaerbt, vg, akteure):
    anna, dora = akteure["anna"], akteure["dora"]
    with in_tenant(vg, user_id=dora.user_id):
        vermerk = dispute_feld(akteur=dora, klient=gefaerbt.klient, feld="vorname", grund="Urkunde sagt anderes")
    with in_tenant(vg, user_id=anna.user_id):
        seal_hilfefall(akteur=anna, hilfefall=gefaerbt.fall, benannte=[], grund="Kind einer Kollegin aus dem Team")
    with in_tenant(vg, user_id=dora.user_id), pytest.raises(Fehlt):
        end_bestritten(akteur=dora, vermerk=vermerk)


def test_restrict__person_leaves_daily_work_and_comes_back(gefaerbt, sign_in, vg, cast, akteure):
    dora, anna = sign_in("dora"), sign_in("anna")
    assert gefaerbt.farben["nachname"] in anna.get("/faelle/").text
    assert dora.post(_url(gefaerbt, "einschraenken/"), {"grund": ""}).status_code == 422
    dora.post(_url(gefaerbt, "einschraenken/"), {"grund": "WIDERSPRUCH"})
    assert gefaerbt.farben["nachname"] not in anna.get("/faelle/").text
    assert anna.get(_url(gefaerbt)).status_code == 404
    assert "Daten eingeschränkt" in dora.get(_url(gefaerbt)).text
    with in_tenant(vg):
        for name in ("anna", "clara", "doris", "emil"):
            akteur = akteure[name]
            assert not visible_hilfefaelle(akteur).exists()
            assert not visible_klienten(akteur).exists()
            assert not visible_buchungen(akteur).exists()
        with pytest.raises(Konflikt):
            restrict_klient(akteur=akteure["dora"], klient=gefaerbt.klient, grund="WIDERSPRUCH")
        with pytest.raises(RegelVerletzt):
            release_klient(akteur=akteure["dora"], klient=gefaerbt.klient, grund=" ")
    dora.post(_url(gefaerbt, "einschraenkung-aufheben/"), {"grund": "geprüft, Widerspruch unbegründet"})
    assert gefaerbt.farben["nachname"] in anna.get("/faelle/").text


def test_correct__service_refuses_without_reason_or_value(gefaerbt, vg, cast, akteure):
    with in_tenant(vg):
        for falsch in ({"grund": ""}, {"wert": ""}, {"feld": "suchindex"}):
            daten = {"feld": "vorname", "wert": "Neu", "grund": "x"} | falsch
            with pytest.raises(RegelVerletzt):
                correct_klient(akteur=akteure["anna"], klient=gefaerbt.klient, **daten)
