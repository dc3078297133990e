"""A list goes its way: prepared by one, released by another, read in, read in again, taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shared_apps.einlesen.models import Einlesung, Fremdschluessel
from shared_apps.einlesen.services import ausfuehren
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Entgelt, Entgeltvorschlag, Kontakt
from tests.factories.regions import postleitzahlen
from tests.shared_apps.einlesen.lists import befunde, csv_of, meldungen, read_in, release, seen, send, take_back, zeile

pytestmark = pytest.mark.django_db
NEUES_ENTGELT = {"grundleistung": "151,00", "entgelt_ab": "01.01.2027", "vereinbart_am": "20.11.2026"}


def test_list_fills_the_register(cast, vg):
    einlesung = read_in(
        cast,
        [
            zeile(),
            zeile(**NEUES_ENTGELT),
            zeile(
                angebot_nr="A-2",
                angebot="Tagesgruppe",
                hilfeart="§ 32",
                grundleistung="",
                investition="",
                entgelt_ab="",
                vereinbart_am="",
            ),
            zeile(anbieter_nr="T-2", anbieter="Ostsee e. V.", einrichtung="Haus Möwe", plz="1748"),
        ],
    )
    assert befunde(einlesung) == ["NEU", "NEU", "NEU", "FEHLERHAFT"]
    assert "fünf Ziffern" in meldungen(einlesung)[0]
    assert einlesung.zustand == "EINGELESEN" and einlesung.erledigt == 4
    angebot = Angebot.objects.get(name="Wohngruppe Kranich")
    assert angebot.einrichtung.gebietskoerperschaft.kuerzel == "VG" and angebot.einrichtung.plz == "17489"
    assert angebot.plaetze.count() == 4 and angebot.gueltig.lower == date(2024, 8, 1)
    assert [(e.gueltig.lower, e.gueltig.upper, e.betrag) for e in angebot.entgelte.order_by("gueltig")] == [
        (date(2026, 1, 1), date(2027, 1, 1), Decimal("159.60")),
        (date(2027, 1, 1), None, Decimal("162.40")),
    ]
    vorschlag = Entgeltvorschlag.objects.filter(angebot=angebot).first()
    assert vorschlag.vorgeschlagen_von.username == "frieda" and vorschlag.entschieden_von.username == "emil"
    assert not Anbieter.objects.filter(name="Ostsee e. V.").exists(), "nothing of a faulty line"


def test_same_list_twice_is_the_list_once__and_the_same_number_updates(cast, vg):
    read_in(cast, [zeile()])
    before = seen()
    with pytest.raises(Exception, match="nichts, was sich einlesen"):
        read_in(cast, [zeile()])
    assert befunde(Einlesung.objects.first()) == ["UNVERAENDERT"] and seen() == before
    read_in(cast, [zeile(angebot="Gruppe Kranich", plaetze="6", alter_bis="18", **NEUES_ENTGELT)])
    angebot = Angebot.objects.get()
    assert (angebot.name, angebot.alter_bis, angebot.plaetze.count()) == ("Gruppe Kranich", 18, 6)
    assert angebot.entgelte.count() == 2 and Fremdschluessel.objects.count() == 4


@pytest.mark.parametrize("cell", [{"grundleistung": "viel"}, {"entgelt_ab": "bald"}, {"angebot_nr": "A" * 41}])
def test_cell_that_cannot_be_read__is_not_called_empty_as_well(cast, vg, cell):
    einlesung = send(cast, csv_of([zeile(**cell)]))
    assert befunde(einlesung) == ["FEHLERHAFT"]
    assert "fehlt" not in "".join(meldungen(einlesung))
    leer = send(cast, csv_of([zeile(**dict.fromkeys(cell, ""))]))
    assert "fehlt" in "".join(meldungen(leer))


def test_list_of_faulty_lines_only__offers_no_hand_in__and_says_what_to_do(cast, vg, sign_in):
    einlesung, frieda = send(cast, csv_of([zeile(plz="1748"), zeile(plaetze="viele")])), sign_in("frieda")
    assert set(befunde(einlesung)) == {"FEHLERHAFT"}
    url = f"/anbieter/einlesen/{einlesung.pk}/"
    seite = frieda.get(url).text
    assert "Jede Zeile der Liste ist fehlerhaft. Bitte berichtigen Sie die Datei" in seite
    assert f"{url}vorlegen/" not in seite, "no button that leads to a refusal"
    frage = frieda.get(f"{url}vorlegen/").text
    assert "Jede Zeile der Liste ist fehlerhaft" in frage and 'method="post" class="sojus-actions' not in frage
    refused = frieda.post(f"{url}vorlegen/")
    assert refused.status_code == 422 and "Jede Zeile der Liste ist fehlerhaft" in refused.text


def test_taken_back__as_if_it_had_never_been(cast, vg):
    read_in(cast, [zeile()])
    before = seen(date(2026, 12, 1), date(2027, 2, 1))
    second = read_in(
        cast,
        [
            zeile(
                angebot="Gruppe Kranich", plaetze="6", telefon="03834 1", spezialisierungen="autismus", **NEUES_ENTGELT
            ),
            zeile(anbieter_nr="T-2", anbieter="Ostsee e. V.", einrichtung="Haus Möwe"),
        ],
    )
    assert seen(date(2026, 12, 1), date(2027, 2, 1)) != before
    assert take_back(cast, second) == 0
    assert seen(date(2026, 12, 1), date(2027, 2, 1)) == before
    second.refresh_from_db()
    assert second.zustand == "ZURUECKGENOMMEN" and second.aufgehoben_von.username == "emil"
    assert not Entgelt.objects.filter(gueltig__startswith__gt=date(2026, 6, 1)).exists()
    # and again, with another rate from the same day
    read_in(cast, [zeile(anbieter_nr="T-2", anbieter="Ostsee e. V.", einrichtung="Haus Möwe", grundleistung="99,00")])
    assert Angebot.objects.filter(gueltig__startswith=date(2024, 8, 1)).count() == 2


def test_job_that_dies_in_the_middle__goes_on_where_it_was(cast, vg, monkeypatch):
    einlesung = send(cast, csv_of(zeile(anbieter_nr=f"T-{n}", anbieter=f"Träger {n}") for n in range(3)))
    release(cast, einlesung)
    monkeypatch.setattr(ausfuehren, "TEIL", 1)
    write, calls = ausfuehren.record_plan, []

    def dies(*args, **kwargs):
        calls.append(1)
        write(*args, **kwargs)
        if len(calls) == 2:
            raise KeyboardInterrupt  # as a signal would, after it has written and before it could say so

    monkeypatch.setattr(ausfuehren, "record_plan", dies)
    with pytest.raises(KeyboardInterrupt):
        ausfuehren.run_einlesung(einlesung_id=einlesung.pk)
    einlesung.refresh_from_db()
    assert (einlesung.zustand, einlesung.erledigt) == ("FREIGEGEBEN", 1)
    assert Anbieter.objects.filter(name__startswith="Träger").count() == 1, "a part is there as a whole, or not at all"
    assert ausfuehren.run_einlesung(einlesung_id=einlesung.pk) == 2
    einlesung.refresh_from_db()
    assert (einlesung.zustand, einlesung.erledigt) == ("EINGELESEN", 3)
    assert Anbieter.objects.filter(name__startswith="Träger").count() == Angebot.objects.count() == 3


def test_faulty_lines_come_back_as_a_file__and_are_read_once_mended(cast, vg, sign_in):
    einlesung = send(cast, csv_of([zeile(telefon="+49 3834 1", plz="1748"), zeile(anbieter_nr="T-2", anbieter="=A1")]))
    text = sign_in("frieda").get(f"/anbieter/einlesen/{einlesung.pk}/zeilen/?format=csv").content.decode()
    assert "'+49 3834 1" in text and "PLZ: Eine Postleitzahl hat fünf Ziffern" in text
    again = send(cast, text.replace(";1748;", ";17489;").encode())
    assert befunde(again)[0] == "NEU"
    read = again.zeilen.first().werte
    assert "+49 3834 1" in read, "the apostrophe was the file's"


@pytest.mark.parametrize(
    ("lage", "text"),
    [
        ({"breite": "54,09311"}, "Breite und Länge"),
        ({"breite": "13,38786", "laenge": "54,09311"}, "vertauscht"),
    ],
)
def test_where_a_house_is__is_judged_as_in_its_form(cast, vg, lage, text):
    """A new one, and one that a later list would move."""
    neue = send(cast, csv_of([zeile(**lage)]))
    assert befunde(neue) == ["FEHLERHAFT"] and text in meldungen(neue)[0]
    read_in(cast, [zeile()])
    moved = send(cast, csv_of([zeile(**lage)]))
    assert befunde(moved) == ["FEHLERHAFT"] and text in meldungen(moved)[0]
    good = read_in(cast, [zeile(breite="54,09311", laenge="13,38786")])
    assert befunde(good) == ["GEAENDERT"]


def test_coordinates_far_from_the_postcode__cost_their_line(cast, vg):
    with postleitzahlen({"17489": ("54.093", "13.388")}):
        neue = send(cast, csv_of([zeile(breite="53,40000", laenge="11,40000")]))
        assert befunde(neue) == ["FEHLERHAFT"] and "50 km von der Postleitzahl 17489" in meldungen(neue)[0]
        read_in(cast, [zeile(breite="54,09311", laenge="13,38786")])


# --- whom to call, since when -----------------------------------------------------------------------------------------


def test_emergency_telephone_and_opening_day__entered_changed_and_taken_back(cast, vg):
    """The office's list says whom to call at night; what the house says of it itself stays."""
    spaeter = zeile(notfalltelefon="03834 110", eroeffnet_am="01.07.2024")
    first = read_in(cast, [spaeter])
    haus = Einrichtung.objects.get(name="Haus Kranich")
    ruf = Kontakt.objects.get(einrichtung=haus)
    assert (ruf.telefon, ruf.ist_notruf, ruf.name) == ("03834 110", True, "")
    assert haus.eroeffnet_am == date(2024, 7, 1)
    again = send(cast, csv_of([spaeter]))
    assert befunde(again) == ["UNVERAENDERT"], "twice is once"
    second = read_in(cast, [spaeter | {"notfalltelefon": "03834 112", "eroeffnet_am": "15.07.2024"}])
    ruf.refresh_from_db()
    haus.refresh_from_db()
    assert (ruf.telefon, haus.eroeffnet_am) == ("03834 112", date(2024, 7, 15))
    assert take_back(cast, second) == 0
    ruf.refresh_from_db()
    haus.refresh_from_db()
    assert (ruf.telefon, haus.eroeffnet_am) == ("03834 110", date(2024, 7, 1)), "as the first list left it"
    assert take_back(cast, first) == 0
    assert not Kontakt.objects.exists() and not Einrichtung.objects.filter(name="Haus Kranich").exists()


def test_emergency_telephone__that_its_house_has_given_a_name_keeps_the_house(cast, vg):
    first = read_in(cast, [zeile(notfalltelefon="03834 110")])
    Kontakt.objects.update(name="Nora Nacht")
    assert take_back(cast, first) > 0
    assert Kontakt.objects.get().name == "Nora Nacht" and Einrichtung.objects.filter(name="Haus Kranich").exists()


def test_telephones_by_function__entered_changed_and_taken_back(cast, vg):
    """A number for each function; what the house has said of itself stays, and is nobody's to take away."""
    nummern = {"notfalltelefon": "03834 110", "telefon_leitung": "03834 1", "telefon_aufnahme": "03834 2"}

    def says() -> list[tuple[str, str, str, bool]]:
        return sorted(Kontakt.objects.values_list("funktion", "telefon", "name", "ist_notruf"))

    first = read_in(cast, [zeile(**nummern)])
    assert says() == [
        ("AUFNAHME", "03834 2", "", False), ("BEREITSCHAFT", "03834 110", "", True), ("LEITUNG", "03834 1", "", False),
    ]  # fmt: skip
    assert befunde(send(cast, csv_of([zeile(**nummern)]))) == ["UNVERAENDERT"], "twice is once"
    second = read_in(cast, [zeile(telefon_leitung="03834 9", telefon_verwaltung="03834 8")])
    assert ("LEITUNG", "03834 9", "", False) in says() and ("VERWALTUNG", "03834 8", "", False) in says()
    haus = Einrichtung.objects.get(name="Haus Kranich")
    eigener = Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", name="Lene Lund", telefon="03834 7")
    assert take_back(cast, second) == 0, "as the first list left it"
    assert ("LEITUNG", "03834 1", "", False) in says() and not Kontakt.objects.filter(funktion="VERWALTUNG").exists()
    assert take_back(cast, first) > 0, "somebody of the house is called there"
    assert ("LEITUNG", "03834 7", "Lene Lund", False) in says()
    eigener.delete()


def test_telephones_by_function__a_second_number_of_the_house_keeps_the_house(cast, vg):
    first = read_in(cast, [zeile(telefon_leitung="03834 1")])
    haus = Einrichtung.objects.get(name="Haus Kranich")
    Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", telefon="03834 2")
    assert take_back(cast, first) > 0
    assert Kontakt.objects.filter(telefon="03834 2").exists() and Einrichtung.objects.filter(pk=haus.pk).exists()
    wrong = send(cast, csv_of([zeile(telefon_aufnahme="abc")]))
    assert befunde(wrong) == ["FEHLERHAFT"] and len(meldungen(wrong)) == 1


def test_opening_day__after_an_offer_of_the_same_line_is_refused_with_its_day(cast, vg):
    einlesung = send(cast, csv_of([zeile(eroeffnet_am="01.09.2024")]))
    assert "öffnet erst am 01.09.2024" in str(meldungen(einlesung)) and befunde(einlesung) == ["FEHLERHAFT"]
    wrong = send(cast, csv_of([zeile(notfalltelefon="abc")]))
    assert befunde(wrong) == ["FEHLERHAFT"] and len(meldungen(wrong)) == 1
