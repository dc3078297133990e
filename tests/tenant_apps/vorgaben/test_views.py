"""The screen: what holds, who may change it, what was before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenant_apps.vorgaben.models import Vorgabewert
from tenant_apps.vorgaben.selectors import GEPLANT_MAX, get_stand, get_vorgabe, list_staende
from tenants.context import in_tenant
from tests.formulare import gelesen
from tests.seiten import text_of

URL = "/vorgaben/"
RESERVIERUNG = f"{URL}{RESERVIERUNG_TAGE.code}/"
EINSCHRAENKUNG = f"{URL}{EINSCHRAENKUNG_JAHRE.code}/"


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = "2036-11-29"  # later than any day on which this runs: the database has its own clock


def test_list__groups_values_defaults(sign_in) -> None:
    seite = text_of(sign_in("anton").get(URL))
    for text in ("HzE-Auswahl und Buchung", "Datenschutzrechte", RESERVIERUNG_TAGE.name, "7 Tage", "voreingestellt"):
        assert text in seite
    assert f'href="{RESERVIERUNG}aendern/"' in seite
    assert f'href="{EINSCHRAENKUNG}aendern/"' not in seite  # the law's side is not the administration's


def test_data_protection__reads_all_and_changes_her_own(sign_in) -> None:
    client = sign_in("dora")
    assert f'href="{EINSCHRAENKUNG}aendern/"' in text_of(client.get(URL))
    assert client.get(RESERVIERUNG).status_code == 200
    assert client.get(f"{RESERVIERUNG}aendern/").status_code == 404


def test_unknown__404(sign_in) -> None:
    client = sign_in("emil")
    assert client.get(f"{URL}placements.nichts/").status_code == 404
    assert client.get(f"{URL}placements.nichts/aendern/").status_code == 404


def test_change__holds_and_stays_in_the_history(sign_in, vg) -> None:
    client = sign_in("anton")
    daten = {"wert": "10", "gueltig_ab": "2036-11-29", "grund": "Anbieter brauchen länger"}
    antwort = client.post(f"{RESERVIERUNG}aendern/", daten)
    assert antwort.status_code == 302 and antwort.url == RESERVIERUNG
    seite = text_of(client.get(RESERVIERUNG))
    for text in ("10 Tage", "Anton Arndt", "Anbieter brauchen länger", "29.11.2036"):
        assert text in seite
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 10


@pytest.mark.parametrize(
    ("feld", "wert"), [("wert", "29"), ("wert", ""), ("wert", "viele"), ("gueltig_ab", "2036-11-28"), ("grund", "")]
)
def test_refused__page_again_with_what_was_typed(sign_in, vg, feld, wert) -> None:
    daten = {"wert": "11", "gueltig_ab": "2036-11-29", "grund": "Getippter Grund"} | {feld: wert}
    antwort = sign_in("anton").post(f"{RESERVIERUNG}aendern/", daten)
    assert antwort.status_code == 422
    assert antwort.context["form"].errors.keys() == {feld}
    assert ("Getippter Grund" in text_of(antwort)) == (feld != "grund")
    with in_tenant(vg):
        assert not Vorgabewert.objects.exists()


def test_long_history__a_page_of_it_and_the_next_planned_ones(sign_in, cast, vg) -> None:
    """Somebody who sets it each day for the next weeks: pages stay as short, and read no more rows."""
    emil = cast.akteur("emil")
    first = date(2036, 12, 1)
    with in_tenant(vg, user_id=emil.user_id):
        Vorgabewert.objects.bulk_create(
            Vorgabewert(
                vorgabe=RESERVIERUNG_TAGE.code, gueltig_ab=first + timedelta(days=n // 2), wert=n % 20 + 1,
                grund=f"Grund {n:03}", user_id=emil.user_id, user_name=emil.name,
            )
            for n in range(120)
        )  # fmt: skip
        stand = get_stand(RESERVIERUNG_TAGE)
        assert [e.zeile.gueltig_ab for e in stand.geplant] == [first + timedelta(days=n) for n in range(GEPLANT_MAX)]
        assert [e.wert for e in stand.geplant][:2] == ["2 Tage", "4 Tage"], "of one day what was set last"
        with CaptureQueriesContext(connection) as seen:
            list_staende()
        assert len(seen) == 2
    client = sign_in("emil")
    seite = text_of(client.get(RESERVIERUNG))
    assert seite.count("Grund 1") + seite.count("Grund 0") == 50 and "1 bis 50 von 120" in seite
    assert "Grund 119" in seite and "Grund 019" not in seite
    letzte = text_of(client.get(f"{RESERVIERUNG}?seite=3"))
    assert "Grund 000" in letzte and "101 bis 120 von 120" in letzte
    assert text_of(client.get(URL)).count("Grund") == 0


def test_takes_two__proposed_then_confirmed_by_another(sign_in, vg) -> None:
    dora, emil = sign_in("dora"), sign_in("emil")
    daten = {"wert": "3", "gueltig_ab": "2036-12-01", "grund": "Aufbewahrungskonzept 2026"}
    dora.post(f"{EINSCHRAENKUNG}aendern/", daten)
    assert "wartet auf eine zweite Person" in text_of(emil.get(URL))
    with in_tenant(vg):
        zeile = Vorgabewert.objects.get()
        assert get_vorgabe(EINSCHRAENKUNG_JAHRE, am=date(2036, 12, 1)) == 1
    bestaetigen = f"{URL}werte/{zeile.pk}/bestaetigen/"
    assert bestaetigen not in text_of(dora.get(EINSCHRAENKUNG)) and dora.get(bestaetigen).status_code == 404
    assert bestaetigen in text_of(emil.get(EINSCHRAENKUNG))
    assert "Aufbewahrungskonzept 2026" in text_of(emil.get(bestaetigen))
    assert emil.post(bestaetigen).status_code == 302
    assert "bestätigt von Emil Ebert" in text_of(emil.get(EINSCHRAENKUNG))
    with in_tenant(vg):
        assert get_vorgabe(EINSCHRAENKUNG_JAHRE, am=date(2036, 12, 1)) == 3
    assert "schon bestätigt" in text_of(emil.post(bestaetigen, follow=True))


def test_two_windows__the_second_reads_what_the_first_has_set(sign_in, vg) -> None:
    anton, emil = sign_in("anton"), sign_in("emil")
    url = f"{RESERVIERUNG}aendern/"
    marken = gelesen(emil.get(url).text)
    daten = {"wert": "10", "gueltig_ab": "2036-11-29", "grund": "Anbieter brauchen länger"}
    assert anton.post(url, daten | gelesen(anton.get(url).text)).status_code == 302
    later = {"wert": "12", "gueltig_ab": "2036-12-05", "grund": "Ein anderer Grund"}
    refused = emil.post(url, later | marken)
    assert refused.status_code == 409
    seite = text_of(refused)
    assert "10 Tage ab 29.11.2036, festgelegt von Anton Arndt" in seite, "what it is now"
    assert 'value="12"' in seite and "Ein anderer Grund" in seite and 'value="2036-12-05"' in seite, "what she typed"
    with in_tenant(vg):
        assert Vorgabewert.objects.get().wert == 10
    assert emil.post(url, later | gelesen(refused.text)).status_code == 302, "seen, and set nonetheless"
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 10
        assert get_vorgabe(RESERVIERUNG_TAGE, am=date(2036, 12, 5)) == 12


def test_two_windows__the_same_is_no_conflict(sign_in) -> None:
    anton, emil = sign_in("anton"), sign_in("emil")
    url = f"{RESERVIERUNG}aendern/"
    marken = gelesen(emil.get(url).text)
    daten = {"wert": "10", "gueltig_ab": "2036-11-29", "grund": "Anbieter brauchen länger"}
    assert anton.post(url, daten | marken).status_code == 302
    assert emil.post(url, daten | marken).status_code == 302


@pytest.mark.parametrize("wert", ["3", "2"])
def test_two_windows__takes_two__no_proposal_is_replaced_unseen(sign_in, vg, wert) -> None:
    """A newer proposal ends the one that waits, be it the same: she reads of it first, and may confirm it instead."""
    dora, emil = sign_in("dora"), sign_in("emil")
    url = f"{EINSCHRAENKUNG}aendern/"
    marken = gelesen(emil.get(url).text)
    daten = {"wert": "3", "gueltig_ab": "2036-12-01", "grund": "Aufbewahrungskonzept 2026"}
    assert dora.post(url, daten | gelesen(dora.get(url).text)).status_code == 302
    refused = emil.post(url, daten | {"wert": wert} | marken)
    assert refused.status_code == 409
    assert "3 Jahre ab 01.12.2036, vorgeschlagen von Dora " in text_of(refused)
    assert "noch nicht bestätigt" in text_of(refused)
    with in_tenant(vg):
        zeile = Vorgabewert.objects.get()
    assert emil.post(f"{URL}werte/{zeile.pk}/bestaetigen/").status_code == 302


def test_two_windows__takes_two__confirmed_meanwhile(sign_in, vg) -> None:
    dora, emil = sign_in("dora"), sign_in("emil")
    url = f"{EINSCHRAENKUNG}aendern/"
    daten = {"wert": "3", "gueltig_ab": "2036-12-01", "grund": "Aufbewahrungskonzept 2026"}
    assert dora.post(url, daten | gelesen(dora.get(url).text)).status_code == 302
    marken = gelesen(dora.get(url).text)
    with in_tenant(vg):
        zeile = Vorgabewert.objects.get()
    assert emil.post(f"{URL}werte/{zeile.pk}/bestaetigen/").status_code == 302
    refused = dora.post(url, daten | {"wert": "2"} | marken)
    assert refused.status_code == 409 and "bestätigt von Emil Ebert" in text_of(refused)


def test_navigation__for_those_who_may(sign_in) -> None:
    assert f'href="{URL}"' in text_of(sign_in("anton").get("/"))
    assert f'href="{URL}"' not in text_of(sign_in("anna").get("/"))


def test_search_and_reservation__say_what_the_office_has_set(sign_in, vg) -> None:
    client = sign_in("anton")
    for code, wert in (("placements.suche_tage", "90"), ("placements.reservierung_tage", "10")):
        daten = {"wert": wert, "gueltig_ab": "2036-11-29", "grund": "Test"}
        assert client.post(f"{URL}{code}/aendern/", daten).status_code == 302
    seite = text_of(sign_in("anna").get("/hze-auswahl/"))
    assert "2037-02-27" in seite
