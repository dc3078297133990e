"""Lists bring licences and hours: what is found afterwards, what is refused, and what becomes of it when taken back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.selectors import list_hilfearten
from shared_apps.core.clock import today
from shared_apps.core.zeitraum import format_datum
from shared_apps.einlesen.katalog import SPALTE
from shared_apps.einlesen.services import worte
from shared_apps.einlesen.services.ablehnung import SAETZE, get_ablehnung
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung, Platz
from shared_apps.providers.selectors.erlaubnis import offered_on
from tests.factories.register import create_einrichtung, license_einrichtung, occupy_platz
from tests.formulare import gelesen
from tests.shared_apps.einlesen.lists import befunde, csv_of, meldungen, read_in, seen, send, take_back, zeile

pytestmark = pytest.mark.django_db
TAGE = (date(2026, 12, 1), date(2027, 3, 1))
OHNE = dict.fromkeys((code for code in zeile() if code.startswith("erlaubnis")), "")
AB_FEBRUAR = {"erlaubnis_nr": "LJA 8", "erlaubnis_vom": "01.09.2026", "erlaubnis_ab": "01.02.2027"}
NAECHSTE = AB_FEBRUAR | {"erlaubnis_plaetze": "6"}


def staende() -> list[tuple]:
    """Licences there are, by their first day."""
    rows = sorted(Betriebserlaubnis.objects.all(), key=lambda row: row.beginn)
    return [(row.nummer, row.beginn, row.letzter_tag, row.plaetze, row.alter_bis) for row in rows]


def test_facility_of_a_list_is_found__because_its_licence_came_with_it(cast, vg):
    einlesung = read_in(cast, [zeile(), zeile(einrichtung_nr="E-2", einrichtung="Haus Reiher", **OHNE)])
    assert befunde(einlesung) == ["NEU", "NEU"]
    assert "werden aber erst angeboten, wenn eine Betriebserlaubnis eingetragen ist" in meldungen(einlesung)[0]
    gefunden = Angebot.objects.filter(offered_on(today())).values_list("einrichtung__name", flat=True)
    assert "Haus Kranich" in gefunden and "Haus Reiher" not in gefunden
    assert staende() == [("LJA 7", date(2019, 3, 1), None, 30, 18)]
    angebot = Angebot.objects.get(einrichtung__name="Haus Kranich")
    assert angebot.vakanz_bestaetigt_at is None, "an office confirms no vacancies in the provider's name"
    read_in(cast, [zeile(plaetze="6")])
    angebot.refresh_from_db()
    assert angebot.plaetze.count() == 6 and angebot.vakanz_bestaetigt_at is None


def test_same_number_updates__next_number_ends_the_one_before__and_all_of_it_goes_back(cast, vg):
    read_in(cast, [zeile()])
    before = seen(*TAGE)
    second = read_in(
        cast, [zeile(erlaubnis_plaetze="25"), zeile(**NAECHSTE, angebot_nr="A-2", angebot="Reiher", plaetze="2")]
    )
    assert befunde(second) == ["GEAENDERT", "NEU"], meldungen(second)
    assert staende() == [
        ("LJA 7", date(2019, 3, 1), date(2027, 1, 31), 25, 18), ("LJA 8", date(2027, 2, 1), None, 6, 18),
    ]  # fmt: skip
    assert take_back(cast, second) == 0
    assert seen(*TAGE) == before
    third = read_in(cast, [zeile(**NAECHSTE)])
    assert take_back(cast, third) == 0, "taken back twice: two licences that never were, of one facility"
    assert seen(*TAGE) == before and Betriebserlaubnis.alle.count() == 3


def test_more_places_and_a_larger_licence_come_in_one_list__smaller_ones_too(cast, vg):
    read_in(cast, [zeile(plaetze="4", erlaubnis_plaetze="4")])
    before = seen(*TAGE)
    more = read_in(cast, [zeile(plaetze="8", erlaubnis_plaetze="8")])
    assert befunde(more) == ["GEAENDERT"] and staende()[0][3] == 8
    assert take_back(cast, more) == 0 and seen(*TAGE) == before
    kleiner = {"erlaubnis_nr": "LJA 8", "erlaubnis_vom": format_datum(today()), "erlaubnis_plaetze": "2"}
    fewer = read_in(cast, [zeile(plaetze="2", **kleiner)])
    assert befunde(fewer) == ["NEU"]
    assert [stand[3] for stand in staende()] == [4, 2]
    assert take_back(cast, fewer) == 0 and seen(*TAGE) == before


def test_preview_says_which_licence_and_which_day(cast, vg):
    einlesung = send(
        cast, csv_of([zeile(erlaubnis_plaetze="6"), zeile(angebot_nr="A-2", angebot="Reiher", erlaubnis_plaetze="6")])
    )
    assert befunde(einlesung) == ["NEU", "FEHLERHAFT"], "only the line that is one too many"
    (text,) = meldungen(einlesung)
    assert "Am 01.08.2024 wären es 8 Plätze" in text
    assert text.endswith("Bitte berichtigen Sie sie, oder die Betriebserlaubnis in Zeile 2.")
    assert "Betriebserlaubnis Nr. LJA 7 vom 01.03.2019 (Landesjugendamt) erlaubt an diesem Tag 6 Plätze" in text
    einlesung = send(cast, csv_of([zeile(alter_von="3", alter_bis="20")]))
    assert [(m["spalte"], m["text"][:14]) for m in einlesung.zeilen.get().meldungen] == [
        ("alter_von", "Am 01.08.2024 "), ("alter_bis", "Am 01.08.2024 "),
    ], "each at its own column"  # fmt: skip
    einlesung = send(cast, csv_of([zeile(alter_von="3")]))
    assert "nimmt „Wohngruppe Kranich“ von 3 bis 17 Jahren auf" in meldungen(einlesung)[0]
    for cells, text in (
        ({"erlaubnis_nr": ""}, "fehlt"), ({"erlaubnis_vom": ""}, "Eine neue Betriebserlaubnis braucht"),
        ({"erlaubnis_bis": "01.01.2019"}, "Der letzte Tag liegt vor dem ersten."),
        ({"erlaubnis_vom": format_datum(today() + timedelta(days=1))}, "Dieser Tag liegt in der Zukunft."),
        ({"erlaubnis_alter_von": "19"}, "Das Höchstalter liegt unter dem Mindestalter."),
    ):  # fmt: skip
        einlesung = send(cast, csv_of([zeile(**cells)]))
        assert befunde(einlesung) == ["FEHLERHAFT"] and text in " ".join(meldungen(einlesung)), cells


def test_one_line_too_many__is_left_out__the_others_and_the_licence_are_read_in(cast, vg, sign_in):
    zuviel = zeile(angebot_nr="A-3", angebot="Reiher", erlaubnis_plaetze="6")
    zu_alt = zeile(angebot_nr="A-4", angebot="Fischer", erlaubnis_plaetze="6", plaetze="1", alter_bis="20")
    dritte = zeile(angebot_nr="A-2", angebot="Milan", erlaubnis_plaetze="6", plaetze="2")
    einlesung = read_in(cast, [zeile(erlaubnis_plaetze="6"), zu_alt, dritte, zuviel])
    assert befunde(einlesung) == ["NEU", "FEHLERHAFT", "NEU", "FEHLERHAFT"], meldungen(einlesung)
    assert sorted(Angebot.objects.values_list("name", flat=True)) == ["Milan", "Wohngruppe Kranich"]
    assert staende() == [("LJA 7", date(2019, 3, 1), None, 6, 18)]
    page = sign_in("emil").get(f"/anbieter/einlesen/{einlesung.pk}/").text
    assert "enthält, was die Liste sagt, ohne die fehlerhaften Zeilen." in page


def test_licence_of_the_left_out_line_alone__stays_out_with_it(cast, vg):
    """The one before goes on, as the other lines were judged by it."""
    read_in(cast, [zeile(plaetze="4", erlaubnis_plaetze="8")])
    before = staende()
    kleiner = AB_FEBRUAR | {"erlaubnis_plaetze": "5"}
    second = zeile(angebot_nr="A-2", angebot="Milan", plaetze="2", **OHNE)
    einlesung = read_in(cast, [second, zeile(angebot_nr="A-3", angebot="Reiher", plaetze="3", **kleiner)])
    assert befunde(einlesung) == ["NEU", "FEHLERHAFT"], meldungen(einlesung)
    assert staende() == before and Angebot.objects.count() == 2


def test_licence_that_is_too_small_for_what_is_there__says_so_at_its_line(cast, vg):
    read_in(cast, [zeile(plaetze="4")])
    einlesung = send(cast, csv_of([zeile(erlaubnis_plaetze="3")]))
    assert befunde(einlesung) == ["FEHLERHAFT"]
    (text,) = meldungen(einlesung)
    assert "wären es 4 Plätze" in text and "Bitte berichtigen Sie die Betriebserlaubnis in der Liste" in text


def test_unknown_code__is_answered_with_those_there_are__and_where_they_are_explained(cast, vg, sign_in):
    einlesung = send(cast, csv_of([zeile(hilfeart="S99", spezialisierungen="tauchen")]))
    texte = " ".join(meldungen(einlesung))
    assert "„S99“ ist keine Hilfeart" in texte and "S34" in texte and "unter „Musterliste und Spalten“" in texte
    seite = sign_in("frieda").get("/anbieter/einlesen/spalten/").text
    assert all(f">{hilfeart.code}</th>" in seite for hilfeart in list_hilfearten())
    assert "Traumap" in seite


def test_licence_that_the_provider_keeps_stays(cast, vg):
    cast.user("ines")  # speaks for the provider
    haus = create_einrichtung(anbieter="Jugendhilfe Küste gGmbH", name="Haus Kranich")
    license_einrichtung(haus, nummer="LJA 7", plaetze=30)
    before = staende()
    kueste = {"anbieter": "Jugendhilfe Küste gGmbH"}
    einlesung = read_in(cast, [zeile(**kueste, erlaubnis_plaetze="20"), zeile(**kueste, **NAECHSTE)])
    assert staende() == before
    assert "Er trägt auch die nächste ein" in " ".join(meldungen(einlesung))


def test_licence_stays__where_children_live_by_then(cast, vg):
    read_in(cast, [zeile(**OHNE)])
    second = read_in(cast, [zeile()])
    angebot = Angebot.objects.get()
    occupy_platz(platz=angebot.plaetze.first(), tenant=vg, zeitraum=DateRange(today(), None))
    assert take_back(cast, second) == 1
    assert staende() and "belegte Plätze" in second.posten.get(gegenstand="ERLAUBNIS").grund


def test_hours_and_what_a_module_does_not_have(cast, vg, monkeypatch):
    stunden = Hilfeart.objects.exclude(einheit="TAG").filter(modul__eingeschaltet=True).first()
    ambulant = {"hilfeart": stunden.code, **OHNE}
    einlesung = send(cast, csv_of([zeile(**ambulant), zeile(stunden="39", angebot_nr="A-2", angebot="Reiher")]))
    assert befunde(einlesung) == ["FEHLERHAFT", "FEHLERHAFT"]
    assert "Bitte geben Sie an, wie viele Stunden je Woche" in meldungen(einlesung)[0]
    assert "haben nur Hilfen, die nach Stunden bezahlt werden" in meldungen(einlesung)[1]
    read_in(cast, [zeile(**ambulant, stunden="39,5")])
    before = seen(*TAGE)
    second = read_in(cast, [zeile(**ambulant, stunden="45")])
    assert Angebot.objects.get().stunden_je_woche == 45
    assert take_back(cast, second) == 0 and seen(*TAGE) == before
    monkeypatch.setattr(worte.Worte, "felder", defaultdict(frozenset))  # as if its module asked for nothing
    einlesung = send(
        cast, csv_of([zeile(geschlecht="weiblich", spezialisierungen="", angebot_nr="A-2", angebot="Reiher")])
    )
    assert "gehört nicht zu der gewählten Hilfeart" in " ".join(meldungen(einlesung))
    alle = zeile(geschlecht="alle", spezialisierungen="", angebot_nr="A-2", angebot="Reiher", **OHNE)
    einlesung = send(cast, csv_of([alle]))
    assert befunde(einlesung) == ["NEU"] and "Nach dem Alter fragt diese Hilfeart nicht" in meldungen(einlesung)[0]


@pytest.mark.parametrize("what", ["ended", "module off"])
def test_kind_of_help_that_is_not_offered_any_more(cast, vg, sign_in, what):
    hilfeart, lena = Hilfeart.objects.get(code="S34"), sign_in("lena")
    if what == "ended":
        gestern = (today() - timedelta(days=1)).isoformat()
        done = lena.post(f"/katalog/hilfearten/{hilfeart.pk}/beenden/", {"letzter_tag": gestern})
    else:
        modul, url = hilfeart.modul, f"/katalog/module/{hilfeart.modul_id}/"
        typed = {"name": modul.name, "rechtsgrundlage": modul.rechtsgrundlage, "sortierung": modul.sortierung}
        done = lena.post(url, typed | gelesen(lena.get(url).text))
    assert done.status_code == 302
    einlesung = send(cast, csv_of([zeile()]))
    assert befunde(einlesung) == ["FEHLERHAFT"] and "für neue Angebote nicht mehr verwendet" in meldungen(einlesung)[0]


def test_what_the_register_refuses_is_said_in_german(cast, vg):
    """What the plan could not know: it happened between looking and writing."""
    read_in(cast, [zeile()])
    haus = Einrichtung.objects.get(name="Haus Kranich")
    lies = (
        ("plaetze", "mehr Plätze, als ihre Betriebserlaubnis", lambda: Betriebserlaubnis.objects.update(plaetze=1)),
        ("alter_von", "das genehmigte Alter", lambda: Betriebserlaubnis.objects.update(alter_von=16)),
        ("erlaubnis_ab", "Es gilt immer nur eine", lambda: license_einrichtung(haus)),
        ("anbieter", "schon im Verzeichnis", lambda: Anbieter.objects.create(name=haus.anbieter.name)),
        ("einrichtung", "schon im Verzeichnis", lambda: create_einrichtung(anbieter=haus.anbieter, name=haus.name)),
        ("", "Betrieb des Portals und nennen Sie: NotNullViolation", lambda: Platz.objects.create(nummer=1)),
    )
    for column, text, lie in lies:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            lie()
        said = get_ablehnung(refused.value)
        assert said[0] == column and text in said[1], said


def test_every_rule_that_is_named_is_one_of_the_database(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger"
            " UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisunique"
        )
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT string_agg(prosrc, '') FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        functions = cursor.fetchone()[0]
    ganz = {name for name in SAETZE if name in there or f"'{name}'" in functions}
    assert set(SAETZE) - ganz == {"providers_anbieter_name"}, "only this one's end is Django's"
    assert {code for code, _ in SAETZE.values()} <= set(SPALTE)
