"""What a provider keeps itself: own facilities only, never rates, never another's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.providers import services
from shared_apps.providers.models import Betriebserlaubnis, Einrichtung, Kontakt
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz
from tests.formulare import gelesen

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
OWN = "/anbieter/eigene/"
KONTAKT = {
    "name": "Haus am Hafen", "strasse": "Hafenstraße 1", "plz": "17489", "ort": "Greifswald", "telefon": "03834 123",
    "email": "haus@example.org",
    "web": "https://example.org", "ansprechpartner": "Frau Möller", "beschreibung": "Haus am Wasser",
}  # fmt: skip
HEUTE = DateRange(date.today() - timedelta(days=1), date.today() + timedelta(days=30))


def test_occupancy_over_all_districts_whoever_holds_the_place(vg, hro, sign_in):
    angebot = create_angebot(anbieter=KUESTE, kreis="VG", plaetze=3, name="Möwennest")
    create_angebot(anbieter=KUESTE, kreis="HRO", plaetze=2, name="Leuchtturm")
    create_angebot(anbieter=SEE, kreis="VG", name="Seeblick")
    plaetze = list(angebot.plaetze.all())
    occupy_platz(platz=plaetze[0], tenant=vg, zeitraum=HEUTE)
    occupy_platz(platz=plaetze[1], tenant=hro, zeitraum=HEUTE)
    page = sign_in("ines").get(OWN).content.decode()
    assert "Möwennest" in page
    assert "Leuchtturm" in page
    assert "Seeblick" not in page
    assert 'aria-label="Plätze: 1 von 3 frei"' in page
    assert 'aria-label="Plätze: 2 von 2 frei"' in page
    assert "Fehlt: Telefon" in page


def test_number_of_queries_does_not_grow(vg, sign_in):
    client = sign_in("ines")
    create_angebot(anbieter=KUESTE)
    client.get(OWN)
    with CaptureQueriesContext(connection) as few:
        client.get(OWN)
    for kreis in ("VG", "HRO", "LHSN", "NWM"):
        create_angebot(anbieter=KUESTE, kreis=kreis, plaetze=4)
    with CaptureQueriesContext(connection) as many:
        client.get(OWN)
    assert len(many) == len(few)


def test_one_tap_confirms_all_own_vacancies(vg, sign_in):
    own, foreign = create_angebot(anbieter=KUESTE), create_angebot(anbieter=SEE)
    client = sign_in("ines")
    assert "nie bestätigt" in client.get(OWN).content.decode()
    response = client.post(f"{OWN}bestaetigen/", follow=True)
    assert "Die Vakanzen aller Einrichtungen sind bestätigt (1 Angebot)." in response.content.decode()
    assert "von Ines Ihde, auf der Seite" in response.content.decode()
    assert "Ines Ihde" not in sign_in("anna").get(f"/anbieter/einrichtungen/{own.einrichtung_id}/").content.decode()
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert own.vakanz_bestaetigt_at is not None
    assert foreign.vakanz_bestaetigt_at is None


def test_one_table_is_narrowed_by_word_district_and_what_is_to_be_done(vg, sign_in):
    done = create_angebot(anbieter=KUESTE, kreis="VG", name="Möwennest")
    create_angebot(anbieter=KUESTE, kreis="HRO", name="Leuchtturm")
    Einrichtung.objects.filter(pk=done.einrichtung_id).update(telefon="03834 1")
    Kontakt.objects.create(einrichtung=done.einrichtung, funktion="BEREITSCHAFT", telefon="03834 2", ist_notruf=True)
    client = sign_in("ines")
    client.post(f"{OWN}bestaetigen/", {"einrichtung": done.einrichtung_id})

    def shown(query: str) -> set[str]:
        page = client.get(f"{OWN}{query}").content.decode()
        return {name for name in ("Möwennest", "Leuchtturm") if name in page}

    assert shown("") == {"Möwennest", "Leuchtturm"}
    assert shown("?kreis=VG") == {"Möwennest"}
    assert shown("?zu_tun=ja") == {"Leuchtturm"}
    assert shown("?erlaubnis=gueltig") == {"Möwennest", "Leuchtturm"}
    Betriebserlaubnis.objects.filter(einrichtung=done.einrichtung).update(gueltig_bis=today() + timedelta(days=90))
    assert shown("?erlaubnis=laeuft_ab") == {"Möwennest"}
    assert shown("?erlaubnis=fehlt") == set()
    assert shown(f"?suche={done.einrichtung.name}") == {"Möwennest"}
    assert shown("?suche=gibtesnicht") == set()
    assert "Keine Einrichtung gefunden" in client.get(f"{OWN}?suche=gibtesnicht").content.decode()
    assert "1 von 2 Angeboten" in client.get(OWN).content.decode()


def test_confirming_on_the_board_leads_back_to_the_board(vg, sign_in):
    haus, ines = create_angebot(anbieter=KUESTE).einrichtung, sign_in("ines")
    for where, ziel in (({}, f"{OWN}plan/"), ({"einrichtung": haus.pk}, f"{OWN}plan/einrichtungen/{haus.pk}/")):
        assert 'name="von" value="plan"' in ines.get(ziel).text
        assert ines.post(f"{OWN}bestaetigen/", where | {"von": "plan"})["Location"] == ziel
    page = ines.post(f"{OWN}bestaetigen/", {"einrichtung": haus.pk}, follow=True).text
    assert f"Die Vakanzen von „{haus.name}“ sind bestätigt (1 Angebot)." in page


def test_confirming_one_facility_leaves_the_others(vg, sign_in):
    one, other = create_angebot(anbieter=KUESTE), create_angebot(anbieter=KUESTE)
    foreign = create_angebot(anbieter=SEE)
    client = sign_in("ines")
    client.post(f"{OWN}bestaetigen/", {"einrichtung": one.einrichtung_id})
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.vakanz_bestaetigt_at
    assert not other.vakanz_bestaetigt_at
    assert client.post(f"{OWN}bestaetigen/", {"einrichtung": foreign.einrichtung_id}).status_code == 404
    assert client.post(f"{OWN}bestaetigen/", {"einrichtung": "quatsch"}).status_code == 404


def test_master_data_are_changed_and_read_by_offices(vg, sign_in):
    einrichtung = create_einrichtung(anbieter=KUESTE)
    client = sign_in("ines")
    url = f"{OWN}einrichtungen/{einrichtung.pk}/"
    response = client.post(url, KONTAKT | gelesen(client.get(url).text), follow=True)
    assert "sind gespeichert" in response.content.decode()
    assert "Frau Möller" in sign_in("anna").get(f"/anbieter/einrichtungen/{einrichtung.pk}/").content.decode()


def test_mistakes_are_named_in_german_and_what_was_typed_stays(vg, sign_in):
    einrichtung = create_einrichtung(anbieter=KUESTE)
    wrong = KONTAKT | {"plz": "1748", "email": "kein-at"}
    page = sign_in("ines").post(f"{OWN}einrichtungen/{einrichtung.pk}/", wrong).content.decode()
    assert "Eine Postleitzahl hat fünf Ziffern, zum Beispiel 17489." in page
    assert 'value="1748"' in page
    assert "Frau Möller" in page
    einrichtung.refresh_from_db()
    assert einrichtung.plz == ""


def test_an_old_form_takes_nothing_back_that_a_colleague_has_changed(vg, sign_in):
    einrichtung = create_einrichtung(anbieter=KUESTE)
    ines, colleague = sign_in("ines"), sign_in("ines")
    for url, row in (
        (f"{OWN}einrichtungen/{einrichtung.pk}/", einrichtung),
        (f"{OWN}{einrichtung.anbieter_id}/", einrichtung.anbieter),
    ):
        assert ines.post(url, KONTAKT | gelesen(ines.get(url).text)).status_code == 302
        seen = gelesen(ines.get(url).text)
        theirs = gelesen(colleague.get(url).text) | {"telefon": "03834 7"}
        assert colleague.post(url, KONTAKT | theirs).status_code == 302
        page = ines.post(url, KONTAKT | seen | {"ort": "Wolgast"})
        row.refresh_from_db()
        assert (page.status_code, row.telefon, row.ort) == (409, "03834 7", KONTAKT["ort"])
        assert "hier steht jetzt: 03834 7." in page.text and 'value="Wolgast"' in page.text
        again = KONTAKT | gelesen(page.text) | {"ort": "Wolgast", "telefon": "03834 7"}
        assert ines.post(url, again).status_code == 302
        row.refresh_from_db()
        assert (row.telefon, row.ort) == ("03834 7", "Wolgast")


def test_days_of_operation_are_changed_by_who_speaks_for_the_provider(vg, cast, sign_in):
    """Nothing is computed from them: they are told, hold from now on, and the history says what they were before."""
    cast.user("fritz")
    haus = Einrichtung.objects.get(name="Haus Strandläufer")
    create_angebot(einrichtung=haus)
    ines, fritz, url = sign_in("ines"), sign_in("fritz", at="PORTAL"), f"{OWN}einrichtungen/{haus.pk}/"
    assert 'name="betriebstage_woche"' in ines.get(url).text and 'name="betriebstage' not in fritz.get(url).text
    zu_viel = ines.post(url, KONTAKT | gelesen(ines.get(url).text) | {"betriebstage_woche": "8"})
    assert zu_viel.status_code == 422 and "eine Zahl von 1 bis 7" in zu_viel.text and 'value="8"' in zu_viel.text
    days = {"betriebstage_woche": "5", "betriebstage_jahr": "250,5"}
    assert ines.post(url, KONTAKT | gelesen(ines.get(url).text) | days).status_code == 302
    page = sign_in("anna").get(f"/anbieter/einrichtungen/{haus.pk}/").text
    assert "<dt>Tage je Woche</dt><dd>5</dd>" in page and "250,50" in page
    verlauf = ines.get(f"/anbieter/einrichtungen/{haus.pk}/verlauf/").text
    assert "Geöffnet: Tage je Woche" in verlauf and "250,5" in verlauf
    assert ines.post(url, KONTAKT | gelesen(ines.get(url).text)).status_code == 302
    haus.refresh_from_db()
    assert (haus.betriebstage_woche, haus.betriebstage_jahr) == (7, 365), "left empty: as a house has them"
    with pytest.raises(RegelVerletzt, match="nicht selbst"):
        services.update_einrichtung(
            akteur=cast.akteur("fritz"), einrichtung=haus, angaben={"betriebstage_jahr": 9}, gelesen=Gelesen({})
        )
    ambulant = create_angebot(anbieter=KUESTE, hilfeart="A31", stunden_je_woche=20).einrichtung_id
    page = ines.get(f"{OWN}einrichtungen/{ambulant}/").text
    assert 'name="betriebstage' not in page, "nothing of a house that is paid by the hour alone"


def test_foreign_facility_is_not_found(vg, sign_in):
    foreign = create_einrichtung(anbieter=SEE)
    client = sign_in("ines")
    assert client.get(f"{OWN}einrichtungen/{foreign.pk}/").status_code == 404
    assert client.post(f"{OWN}einrichtungen/{foreign.pk}/", KONTAKT).status_code == 404
    assert client.post(f"{OWN}{foreign.anbieter_id}/", KONTAKT).status_code == 404


def test_service_refuses_foreign_rows_and_agreed_fields(vg, cast):
    ines, foreign, own = cast.akteur("ines"), create_einrichtung(anbieter=SEE), create_einrichtung(anbieter=KUESTE)
    with pytest.raises(Verweigert, match="eigene Einrichtungen"):
        services.update_einrichtung(akteur=ines, einrichtung=foreign, angaben={"ort": "Wolgast"}, gelesen=Gelesen({}))
    with pytest.raises(RegelVerletzt, match="nicht selbst"):
        services.update_einrichtung(akteur=ines, einrichtung=own, angaben={"gueltig_bis": None}, gelesen=Gelesen({}))
    with pytest.raises(Verweigert):
        services.confirm_vakanzen(akteur=cast.akteur("anna"))


@pytest.mark.parametrize("who", ["anna", "karla", "lars"])
def test_nobody_else_has_own_facilities(vg, sign_in, who):
    client = sign_in(who, at="PORTAL")
    assert client.get(OWN).status_code == 403
    assert client.post(f"{OWN}bestaetigen/").status_code == 403


def test_office_host_sends_the_provider_to_the_portal(vg, sign_in):
    client = sign_in("ines", at="VG")
    assert client.get(OWN)["Location"] == "http://portal.localhost/anbieter/eigene/"
    assert client.post(f"{OWN}bestaetigen/").status_code == 302
