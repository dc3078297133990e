"""A child at night: two questions, a place that is held at once, and what is entered the next working day."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from shared_apps.core.clock import now, real_now, today
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung
from shared_apps.providers.models import Angebot, Kontakt
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import Nachtpflicht
from tenant_apps.placements.models import Auswahlvermerk, Nachtaufnahme, Nachtschritt, Reservierung
from tenant_apps.placements.nacht.selectors import angebote
from tenant_apps.placements.nacht.selectors.angebote import Nachtfrage, search_nacht
from tenant_apps.placements.nacht.selectors.aufnahme import (
    NACHZUTRAGEN,
    PFLICHTEN_OFFEN,
    describe_gesucht,
    open_aufnahmen,
    with_open_pflichten,
)
from tenant_apps.placements.rules import Wen, Woher, alter_seit, list_abweichungen, naechster_arbeitstag
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung
from tenant_apps.placements.services.fristen import expire_reservierungen
from tenant_apps.placements.services.nacht import reserve_nacht
from tenant_apps.privacy.selectors import list_faellig
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.foster import create_pflegestelle
from tests.factories.placements import create_reservierung
from tests.factories.regions import postleitzahlen
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz
from tests.people import Cast
from tests.seiten import text_of
from tests.tenants import owner
from tests.trail import reading

URL = "/heute-nacht/"
JUNGE = {"alter": "9", "geschlecht": "m"}
#: What is said of an offer; the rest of its house.
ANGEBOT = ("hilfeart", "alter_von", "alter_bis", "geschlecht", "plaetze", "spezialisierungen", "vakanz_bestaetigt_at")


def _house(name: str, telefon: str = "", **fields):
    """A house with one offer, and its telephone for the night."""
    angebot = {name: fields.pop(name) for name in ANGEBOT if name in fields}
    haus = create_einrichtung(name=name, **fields)
    if telefon:
        Kontakt.objects.create(einrichtung=haus, funktion="BEREITSCHAFT", telefon=telefon, ist_notruf=True)
    return create_angebot(einrichtung=haus, **({"hilfeart": "S42"} | angebot))


@pytest.fixture
def markt(vg, cast):
    """Near, further, furthest; too old, girls only, full, and one that takes nobody in tonight."""
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    orte = [{"breite": sitz.breite, "laenge": sitz.laenge + Decimal(n) / 10} for n in range(8)]
    nah = _house("Haus Hafen", "0000 700001", vakanz_bestaetigt_at=now(), plaetze=2, **orte[0])
    krise = _house("Haus Krise", "0000 700002", hilfeart="S34", spezialisierungen=("krisenaufnahme",), **orte[2])
    alt = _house("Haus Mühlentor", vakanz_bestaetigt_at=now() - timedelta(days=20), **orte[1])
    _house("Haus Deich", "0000 700003", alter_von=12, **orte[3])
    _house("Haus Peene", geschlecht="w", **orte[4])
    _house("Haus Voll", plaetze=0, **orte[5])
    zu = _house("Haus Zu", "0000 700004", **orte[6])
    ines = cast.user("ines")
    Aufnahmestopp.objects.create(
        angebot=zu, zeitraum=DateRange(today(), today() + timedelta(days=30)), grund="PERSONAL", geaendert_von=ines,
        geaendert_at=now(),
    )  # fmt: skip
    return nah, alt, krise


def _reserve(client, angebot, **answers):
    return client.post(f"{URL}reservieren/", JUNGE | answers | {"angebot": str(angebot.pk)})


def test_gesucht__is_a_line_of_its_own() -> None:
    assert describe_gesucht(Nachtfrage(16, "d")) == "Divers, 16 Jahre"


def test_search_nacht__nearest_first_over_all_kinds_and_nothing_left_out(markt, vg):
    nah, alt, krise = markt
    with in_tenant(vg):
        ergebnis = search_nacht(Nachtfrage(9, "m"), region="VG")
    assert [zeile.angebot for _, zeile in ergebnis.treffer] == [nah.pk, alt.pk, krise.pk]
    assert [(zahl, wort) for zahl, wort, _ in ergebnis.teile] == [
        (1, "Alter"), (1, "Geschlecht"), (1, "Aufnahmestopp"), (1, "belegt")
    ]  # fmt: skip
    assert ergebnis.zahlen.geprueft == 7 == 3 + ergebnis.nicht_passend
    assert sorted(zeile.rang for _, zeile in ergebnis.treffer) == [1, 1, 1], "equal rates, over both kinds of help"


def test_hold__as_many_days_as_the_office_says__or_one_night_where_nothing_is_longer(sign_in, markt, vg, hro):
    """A child taken in stays: two weeks, unless the office says otherwise; what is free for a night is still found."""
    nah, *_ = markt
    for platz in nah.plaetze.all():
        occupy_platz(platz=platz, tenant=hro, zeitraum=DateRange(today() + timedelta(days=5), today() + timedelta(9)))
    anna = sign_in("anna")
    seite = text_of(anna.post(URL, JUNGE))
    assert "2 Angebote heute Nacht" in seite and f"frei bis {today() + timedelta(days=14):%d.%m.%Y}" in seite
    assert _reserve(anna, nah).status_code == 409
    seite = text_of(anna.post(URL, JUNGE | {"kurz": "on"}))
    assert "3 Angebote heute Nacht" in seite and "(eine Nacht)" in seite
    url = _reserve(anna, nah, kurz="on").headers["Location"]
    with in_tenant(vg):
        assert Reservierung.objects.get().letzter_tag == today() + timedelta(days=1)
    assert anna.post(f"{url}anderer-platz/", {"angebot": str(markt[1].pk)}).status_code == 302
    with in_tenant(vg):
        assert Nachtaufnahme.objects.get().reservierung.letzter_tag == today() + timedelta(days=14)
    assert anna.post(f"{url}anderer-platz/", {"angebot": str(nah.pk)}).status_code == 409
    assert "(eine Nacht)" in text_of(anna.get(f"{url}anderer-platz/?kurz=on"))
    assert anna.post(f"{url}anderer-platz/", {"angebot": str(nah.pk), "kurz": "on"}).status_code == 302


def test_start__telephones_before_any_answer(sign_in, markt):
    seite = text_of(sign_in("anna").get(URL))
    assert "<strong>5 Angebote</strong> nehmen jetzt auf" in seite, "those for girls, and for older ones, too"
    assert 'href="tel:0000700001"' in seite and 'href="tel:0000700002"' in seite
    assert "0000 700004" not in seite, "takes nobody in"
    assert seite.index("Haus Hafen") < seite.index("Haus Krise")


def test_list__says_how_far_how_sure_and_why_not(sign_in, markt):
    antwort = sign_in("anna").post(URL, JUNGE)
    seite = text_of(antwort)
    assert antwort.status_code == 200
    assert "3 Angebote heute Nacht" in seite and "Junge, 9 Jahre" in seite
    assert "7 geprüft: 3 passen, 4 passen nicht: 1 Alter, 1 Geschlecht, 1 Aufnahmestopp, 1 belegt" in seite
    assert seite.count("Vorher anrufen") == 2, "twenty days old, and never confirmed"
    assert "§ 34, Krisenplatz" in seite and "Min." not in seite
    falsch = sign_in("anna").post(URL, {"alter": "31", "geschlecht": ""})
    assert falsch.status_code == 422


def test_list__nothing_free__the_nearest_houses_by_what_speaks_against_them(sign_in, markt):
    """A baby: nobody takes it, but there are houses to call, with the number and by how much the age is off."""
    Angebot.objects.filter(alter_von=0).exclude(einrichtung__name__in=["Haus Zu", "Haus Voll"]).update(alter_von=3)
    anna = sign_in("anna")
    with CaptureQueriesContext(connection) as gefragt:
        seite = text_of(anna.post(URL, {"alter": "2", "geschlecht": "w"}))
    assert sum("geprueft AS" in eine["sql"] for eine in gefragt) == 2, "the search, and one more for all reasons"
    assert "0 Angebote heute Nacht" in seite and "Heute Nacht ist nichts frei" in seite
    assert "nimmt von 3 bis" in seite and "1 Jahr zu jung" in seite and "10 Jahre zu jung" in seite
    assert 'href="tel:0000700001"' in seite and 'href="tel:0000700004"' in seite
    assert "belegt; nicht absehbar frei" in seite, "the stop lasts beyond the two weeks, and so does the full house"


def test_list__an_own_family_that_stands_by_comes_first(sign_in, cast, markt, vg):
    """Where the office has a family for tonight, nobody should have to know it by heart. On call: the number alone."""
    anna, wer = sign_in("anna"), cast.user("anna").pk
    assert "Bereitschaftspflege" not in text_of(anna.post(URL, JUNGE))
    with in_tenant(vg):
        for kennzeichen, fields in (("BP-1", {}), ("BP-2", {"geschlecht": "w"}), ("PS-3", {"form": "VOLLZEIT"})):
            create_pflegestelle(eingetragen_von_id=wer, kennzeichen=kennzeichen, **({"form": "BEREITSCHAFT"} | fields))
    seite = text_of(anna.post(URL, JUNGE))
    assert "Im eigenen Jugendamt: 1 Bereitschaftspflegestelle kommt in Frage" in seite and "Zur Liste" in seite
    assert seite.index("Bereitschaftspflegestelle") < seite.index("Haus Hafen")


def test_list__a_catalogue_without_a_kind_of_help_for_the_night(sign_in, markt, monkeypatch):
    """Neither of the two codes is there: the page says that nothing is free, whatever reason is asked for."""
    monkeypatch.setattr(angebote, "NACHT_HILFEARTEN", ("S999",))
    anna = sign_in("anna")
    for frage in (JUNGE, JUNGE | {"grund": "ALTER"}):
        seite = anna.post(URL, frage)
        assert seite.status_code == 200 and "0 Angebote heute Nacht" in text_of(seite)


def test_list__each_part_of_the_sum_leads_to_its_houses(sign_in, markt):
    anna = sign_in("anna")
    seite = text_of(anna.post(URL, JUNGE | {"grund": "GESCHLECHT"}))
    assert "Geschlecht (1)" in seite and "Haus Peene" in seite
    url = _reserve(anna, markt[0]).headers["Location"]
    seite = text_of(anna.get(f"{url}anderer-platz/?grund=ALTER"))
    assert "Alter (1)" in seite and "Haus Deich" in seite and "3 Jahre zu jung" in seite
    assert anna.get(f"{url}anderer-platz/?grund=UNSINN&mehr=999").status_code == 200


def test_list__whose_number_it_is__and_who_answers_at_night_comes_first(sign_in, markt):
    """Two houses within ten kilometres: the one somebody answers in comes first, though it is further away."""
    nah, alt, _ = markt
    Kontakt.objects.filter(einrichtung=nah.einrichtung).delete()
    nah.einrichtung.anbieter.telefon = "0000 1000"
    nah.einrichtung.anbieter.save(update_fields=["telefon"])
    Kontakt.objects.create(einrichtung=alt.einrichtung, funktion="BEREITSCHAFT", telefon="0000 700009", ist_notruf=True)
    seite = text_of(sign_in("anna").post(URL, {"alter": "9", "geschlecht": "u"}))
    assert seite.index("Haus Mühlentor") < seite.index("Haus Hafen") < seite.index("Haus Krise")
    assert "Verwaltung des Anbieters, nachts vielleicht nicht besetzt" in seite
    assert "in Stufen von 10 km" in seite and "0 bis 20 Jahre, nur Mädchen" in seite


def test_list__what_lies_further_away_is_one_tap_away__and_what_is_sealed_says_of_how_many(sign_in, markt, vg):
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    haus = create_einrichtung(name="Haus Viele", breite=sitz.breite, laenge=sitz.laenge + Decimal(1))
    viele = [create_angebot(einrichtung=haus, hilfeart="S34") for _ in range(20)]
    anna = sign_in("anna")
    seite = text_of(anna.post(URL, JUNGE))
    assert "3 freie Angebote liegen noch weiter weg" in seite and "Weitere Angebote zeigen" in seite
    letztes = max(viele, key=lambda angebot: angebot.pk)
    assert _reserve(anna, letztes).status_code == 409, "not on the list that was shown"
    assert "liegen noch weiter weg" not in text_of(anna.post(URL, JUNGE | {"mehr": "1"}))
    assert _reserve(anna, letztes, mehr="1").status_code == 302
    with in_tenant(vg):
        ganz = Reservierung.objects.get().auswahlvermerk
    assert len(ganz.angebote) == 23 and "gezeigt" not in ganz.kriterien
    assert _reserve(anna, markt[0], weiteres="on").status_code == 302
    with in_tenant(vg):
        vermerk = Reservierung.objects.latest("created_at").auswahlvermerk
        fall = Hilfefall.objects.latest("created_at")
    assert fall.get_aufgabe_display() == "andere Aufgabe (§ 2 Abs. 3)", "taking into care is no Leistung"
    seite = text_of(anna.get(f"/auswahlvermerke/{vermerk.pk}/"))
    assert "die ersten 20 von 22 freien" in seite
    assert "27 Angebote geprüft, 22 davon passend und im ganzen Zeitraum frei" in seite
    assert "5: 1 Alter, 1 Geschlecht, 1 Aufnahmestopp, 2 belegt" in seite
    assert "§ 42" in seite and "§ 34" in seite and "in Stufen von 10 km" in seite


def test_nachtragen__what_is_known_is_kept_and_the_rest_stays_the_task(sign_in, markt, vg):
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    with in_tenant(vg):
        fall = Hilfefall.objects.get()
    bearbeiten = f"/hilfefaelle/{fall.pk}/bearbeiten/"
    leer = {"pkz": "", "vorname": "Jan", "nachname": "Nacht", "geburtsdatum": "", "geschlecht": "1",
            "fallnummer": fall.fallnummer}  # fmt: skip
    assert anna.post(bearbeiten, leer | _marken(anna.get(bearbeiten))).status_code == 302
    liste = text_of(anna.get(f"{URL}nachzutragen/"))
    assert fall.fallnummer in liste and 'data-label="Es fehlt">Geburtsdatum, PKZ<' in liste
    weg = anna.post(bearbeiten, leer | {"vorname": ""} | _marken(anna.get(bearbeiten)))
    assert weg.status_code == 422, "what is entered is not emptied"
    mit = leer | {"geburtsdatum": "2017-03-01"}
    assert anna.post(bearbeiten, mit | _marken(anna.get(bearbeiten))).status_code == 302
    liste = text_of(anna.get(f"{URL}nachzutragen/"))
    assert 'data-label="Es fehlt">PKZ<' in liste and "Es fehlt noch die PKZ" in text_of(anna.get(url))
    assert anna.post(bearbeiten, mit | {"pkz": "P-9"} | _marken(anna.get(bearbeiten))).status_code == 302
    assert "Es fehlen keine Angaben" in text_of(anna.get(f"{URL}nachzutragen/"))
    assert "wurden nachts aufgenommen" not in text_of(anna.get(f"{URL}nachzutragen/"))


def test_book__a_child_without_a_name__promises_no_name(sign_in, cast, markt, vg):
    anna, ines = sign_in("anna"), cast.akteur("ines", at="VG")
    _reserve(anna, markt[0])
    with in_tenant(vg):
        reservierung = confirm_reservierung(reservierung=Reservierung.objects.get(), akteur=ines)
    seite = text_of(anna.get(f"/reservierungen/{reservierung.pk}/buchen/"))
    assert "noch nicht bekannt" in seite and "erfährt der Anbieter Name" not in seite


def test_reserve__holds_at_once_without_a_name(sign_in, cast, markt, vg):
    nah, *_ = markt
    anna, wer = sign_in("anna"), cast.user("anna").pk
    antwort = _reserve(anna, nah)
    with in_tenant(vg):
        aufnahme = Nachtaufnahme.objects.select_related("klient", "reservierung__auswahlvermerk", "hilfefall").get()
        reservierung = aufnahme.reservierung
        assert antwort.headers["Location"] == f"{URL}{aufnahme.pk}/"
        assert Platzbindung.objects.get(pk=reservierung.platzbindung_id).zustand == "RESERVIERT"
        assert timedelta(minutes=119) < reservierung.ablauf_at - real_now() <= timedelta(hours=2)
        assert (reservierung.alter_bei_beginn, aufnahme.klient.geschlecht_kuerzel) == (9, "m")
        assert str(aufnahme.klient) == "Name noch unbekannt" and aufnahme.klient.ist_unbekannt
        assert aufnahme.hilfefall.fachkraft_id == wer
        vermerk = reservierung.auswahlvermerk
        assert is_unveraendert(vermerk) and len(vermerk.angebote) == 3 and "Platz 1 von 3" in vermerk.begruendung
    seite = text_of(anna.get(antwort.headers["Location"]))
    assert reservierung.nummer in seite and "0000 700001 anrufen" in seite and "Junge, 9 Jahre" in seite
    assert "9" not in antwort.headers["Location"].replace(str(aufnahme.pk), "")
    with reading(vg):
        arten = set(Protokoll.objects.filter(objekt_id=aufnahme.pk).values_list("vorgang", flat=True))
    assert arten == {"nacht.reservieren", "nacht.ansehen"}


def _tap(client, angebot, liste) -> dict[str, str]:
    """What the button of an offer sends, as the page has it."""
    marken = {name: wert for name, wert in _marken(liste).items() if name != "csrfmiddlewaretoken"}
    return marken | {"angebot": str(angebot.pk)}


def test_reserve__a_double_tap_is_one_child(sign_in, markt, vg):
    """The second tap leads to the first one's page; for the next child one begins again."""
    nah, alt, _ = markt
    anna = sign_in("anna")
    liste = anna.post(URL, JUNGE)
    erste, zweite = [anna.post(f"{URL}reservieren/", _tap(anna, nah, liste)) for _ in range(2)]
    andere = anna.post(f"{URL}reservieren/", _tap(anna, alt, liste), follow=True)
    assert erste.headers["Location"] == zweite.headers["Location"] == andere.redirect_chain[-1][0]
    assert "Für ein weiteres Kind beginnen Sie bitte neu" in text_of(andere)
    with in_tenant(vg):
        assert Nachtaufnahme.objects.count() == Klient.objects.count() == Reservierung.objects.count() == 1
    anna.post(f"{erste.headers['Location']}freigeben/")
    noch_einmal = anna.post(f"{URL}reservieren/", _tap(anna, nah, liste))
    assert noch_einmal.status_code == 409 and "Bitte wählen Sie noch einmal" in text_of(noch_einmal)
    assert anna.post(f"{URL}reservieren/", _tap(anna, nah, noch_einmal)).status_code == 302
    assert anna.post(f"{URL}reservieren/", _tap(anna, nah, anna.post(URL, JUNGE))).status_code == 302
    fremd = sign_in("bernd").post(f"{URL}reservieren/", _tap(anna, alt, liste))
    assert fremd.headers["Location"] != erste.headers["Location"], "a list is nobody else's"
    with in_tenant(vg):
        assert Nachtaufnahme.objects.count() == 4


def test_reserve__gone_meanwhile__the_list_says_so_and_nothing_is_kept(sign_in, markt, vg, hro):
    nah, *_ = markt
    for platz in nah.plaetze.all():
        occupy_platz(platz=platz, tenant=hro, zeitraum=DateRange(today(), today() + timedelta(days=3)))
    antwort = _reserve(sign_in("anna"), nah)
    assert antwort.status_code == 409 and "seit eben nicht mehr frei" in text_of(antwort)
    with in_tenant(vg):
        assert not Klient.objects.exists() and not Hilfefall.objects.exists() and not Reservierung.objects.exists()


def test_hold__runs_out_and_another_place_is_for_the_same_child(sign_in, markt, vg):
    nah, alt, _ = markt
    anna = sign_in("anna")
    url = _reserve(anna, nah).headers["Location"]
    with in_tenant(vg):
        Reservierung.objects.update(ablauf_at=real_now() - timedelta(minutes=1))
        expire_reservierungen()
    assert "Nicht mehr gehalten: die Zeit ist abgelaufen" in text_of(anna.get(url))
    assert anna.post(f"{url}zugesagt/", follow=True).status_code == 200
    assert "Junge, 9 Jahre" in text_of(anna.get(f"{url}anderer-platz/"))
    assert anna.post(f"{url}anderer-platz/", {"angebot": str(alt.pk)}).headers["Location"] == url
    with in_tenant(vg):
        aufnahme = Nachtaufnahme.objects.get()
        assert aufnahme.zugesagt_at is None and aufnahme.reservierung.angebot_id == alt.pk
        assert Klient.objects.count() == 1 and Hilfefall.objects.count() == 1


def test_replace__another_place_of_the_child_is_named_and_sealed(sign_in, cast, markt, vg):
    """Since the night somebody has reserved a home for her, too: one tap still takes another place, and says so."""
    nah, alt, _ = markt
    anna, wer = sign_in("anna"), cast.user("anna").pk
    url = _reserve(anna, nah).headers["Location"]
    heim = create_angebot()
    with in_tenant(vg):
        zeitraum = DateRange(today(), today() + timedelta(days=90))
        tags = create_reservierung(
            fachkraft_id=wer,
            angebot=heim,
            zeitraum=zeitraum,
            hilfefall=Hilfefall.objects.select_related("klient").get(),
        )
    seite = text_of(anna.get(f"{url}anderer-platz/"))
    assert "Für diese Nächte gibt es schon einen Platz" in seite and tags.nummer in seite
    assert anna.post(f"{url}anderer-platz/", {"angebot": str(alt.pk)}).headers["Location"] == url
    with in_tenant(vg):
        vermerk = Nachtaufnahme.objects.get().reservierung.auswahlvermerk
    assert [tags.nummer in weiterer for weiterer in vermerk.kriterien["weitere"]] == [True]


def _book(tenant, cast) -> Reservierung:
    """The house consents at its portal, the office books."""
    anna, ines = cast.akteur("anna"), cast.akteur("ines", at="VG")
    with in_tenant(tenant):
        reservierung = confirm_reservierung(reservierung=Reservierung.objects.get(), akteur=ines)
        book_reservierung(reservierung=reservierung, akteur=anna)
    return reservierung


def test_booked__a_stale_page_takes_no_second_bed_and_gives_none_back(sign_in, cast, markt, vg):
    """The page of the night was left open; meanwhile the place is booked."""
    nah, alt, _ = markt
    anna = sign_in("anna")
    url = _reserve(anna, nah).headers["Location"]
    anna.post(f"{url}zugesagt/")
    reservierung = _book(vg, cast)
    andere = anna.post(f"{url}anderer-platz/", {"angebot": str(alt.pk)}, follow=True)
    liste = anna.get(f"{url}anderer-platz/", follow=True)
    frei = anna.post(f"{url}freigeben/", follow=True)
    zusage = anna.post(f"{url}zugesagt/", {"zurueck": "on"}, follow=True)
    for antwort in (andere, liste, frei, zusage):
        assert antwort.redirect_chain[-1][0] == url
        assert "inzwischen verbindlich gebucht" in text_of(antwort) and "wieder frei" not in text_of(antwort)
    with in_tenant(vg):
        aufnahme = Nachtaufnahme.objects.get()
        assert aufnahme.reservierung_id == reservierung.pk == Reservierung.objects.get().pk
        assert aufnahme.zugesagt_at is not None and Hilfefall.objects.get().zustand == "LAUFEND"
        assert not Auswahlvermerk.objects.filter(begruendung__contains="zurückgenommen").exists()


def test_release__a_hold_that_has_lapsed_is_said_to_be_none(sign_in, markt, vg):
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    anna.post(f"{url}zugesagt/")
    with in_tenant(vg):
        Reservierung.objects.update(ablauf_at=real_now() - timedelta(minutes=1))
        expire_reservierungen()
    assert "wird nicht mehr gehalten" in text_of(anna.post(f"{url}zugesagt/", {"zurueck": "on"}, follow=True))
    seite = text_of(anna.post(f"{url}freigeben/", follow=True))
    assert "wurde schon nicht mehr gehalten" in seite and "wieder frei" not in seite
    closed = text_of(anna.post(f"{url}anderer-platz/", {"angebot": str(markt[1].pk)}, follow=True))
    assert "Dieser Fall ist abgeschlossen" in closed


def test_release__undoes_place_and_case(sign_in, markt, vg):
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    assert "Der Platz ist wieder frei" in text_of(anna.post(f"{url}freigeben/", follow=True))
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
        assert reservierung.zustand == "ZURUECKGEZOGEN" and Hilfefall.objects.get().zustand == "ABGESCHLOSSEN"
        assert Platzbindung.objects.filter(platz__angebot=markt[0], zustand="RESERVIERT").count() == 0
        Hilfefall.objects.update(abgeschlossen_am=today() - timedelta(days=3000))
        assert [f.person_id for f in list_faellig(today())] == [reservierung.klient_id], "leaves daily work in its time"
    assert "nachtragen" not in text_of(anna.get("/"))
    seite = text_of(anna.get(url))
    assert "nichts mehr zu tun" in seite and "Startseite" not in seite and "checkbox" not in seite
    assert "Anderen Platz" not in seite
    anna.post(f"{url}pflicht/", {"pflicht": "VERTRAUENSPERSON", "erledigt": "on"})
    with in_tenant(vg):
        assert not Nachtschritt.objects.exists()


def test_zusage__the_house_keeps_its_own_consent(sign_in, markt, vg):
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    anna.post(f"{url}zugesagt/")
    anna.post(f"{url}zugesagt/")
    with in_tenant(vg):
        aufnahme = Nachtaufnahme.objects.select_related("reservierung").get()
        assert aufnahme.zugesagt_at and aufnahme.reservierung.zustand == "RESERVIERT"
        assert aufnahme.reservierung.ablauf_at > real_now() + timedelta(days=1)
        weiter = f"/reservierungen/{aufnahme.reservierung_id}/"
    assert "zugesagt (Anna Ahlers)" in text_of(anna.get(url))
    assert "Haus hat am Telefon zugesagt (Anna Ahlers)" in text_of(anna.get(weiter))
    assert "Zusage ist zurückgenommen" in text_of(anna.post(f"{url}zugesagt/", {"zurueck": "on"}, follow=True))
    assert "Bitte rufen Sie das Haus jetzt an" in text_of(anna.get(url))
    verlauf = text_of(anna.get(weiter))
    assert "Haus hat am Telefon zugesagt (Anna Ahlers)" in verlauf, "what was noted stays, the further entry is below"
    assert verlauf.index("am Telefon zugesagt") < verlauf.index("Zusage zurückgenommen (Anna Ahlers)")
    with reading(vg):
        noten = Protokoll.objects.filter(objekt_id=aufnahme.pk, vorgang__startswith="nacht.zusage")
        assert list(noten.order_by("created_at").values_list("vorgang", flat=True)) == [
            "nacht.zusage", "nacht.zusage_zurueck"
        ]  # fmt: skip


def test_the_house_consents_at_the_portal__nobody_is_called_any_more(sign_in, cast, markt, vg):
    anna, ines = sign_in("anna"), cast.akteur("ines", at="VG")
    url = _reserve(anna, markt[0]).headers["Location"]
    with in_tenant(vg):
        confirm_reservierung(reservierung=Reservierung.objects.get(), akteur=ines)
    seite = text_of(anna.get(url))
    assert "Das Haus hat zugestimmt" in seite and "Verbindlich buchen" in seite
    assert "rufen Sie das Haus jetzt an" not in seite


def test_reserve__back_and_sent_again__is_the_child_who_has_the_place(sign_in, markt, vg):
    """Back from the held place, the browser sends the two answers again: to her page, no second child. Twins are one
    tap more in words; who calls a second list by mistake is led to the first child, too."""
    nah, alt, _ = markt
    anna = sign_in("anna")
    antworten = _sent_of(anna.get(URL)) | JUNGE
    liste = anna.post(URL, antworten)
    zweite_liste = anna.post(URL, JUNGE)
    erstes = anna.post(f"{URL}reservieren/", _tap(anna, nah, liste)).headers["Location"]
    zurueck = anna.post(URL, antworten, follow=True)
    assert zurueck.redirect_chain[-1][0] == erstes and "halten Sie schon diesen Platz" in text_of(zurueck)
    assert anna.post(URL, antworten | {"kurz": "on"}).headers["Location"] == erstes, "whatever she looked at"
    assert anna.post(f"{URL}reservieren/", _tap(anna, alt, zweite_liste)).headers["Location"] == erstes
    assert "Weiteres Kind" in text_of(anna.get(erstes))
    assert "Name noch unbekannt · aufgenommen am " in text_of(anna.get("/hze-auswahl/")), (
        "which child of the night it is"
    )
    neue_liste = anna.post(URL, _sent_of(anna.get(URL)) | JUNGE)
    assert "haben Sie einen Platz</strong>, Haus Hafen" in text_of(neue_liste) and erstes in text_of(neue_liste)
    assert "haben Sie einen Platz" not in text_of(anna.post(URL, JUNGE | {"alter": "8"})), "another age, another child"
    zwilling = anna.post(f"{URL}reservieren/", _tap(anna, nah, neue_liste)).headers["Location"]
    assert zwilling != erstes
    assert "haben Sie einen Platz" not in text_of(sign_in("bernd").post(URL, JUNGE)), "nor whose another person's is"
    with in_tenant(vg):
        assert Nachtaufnahme.objects.count() == Klient.objects.count() == 2
    anna.post(f"{zwilling}freigeben/")
    anna.post(f"{erstes}freigeben/")
    wieder = anna.post(URL, antworten)
    assert wieder.status_code == 200 and "haben Sie einen Platz" not in text_of(wieder)
    assert anna.post(f"{URL}reservieren/", _tap(anna, nah, wieder)).headers["Location"] not in (erstes, zwilling)


def test_reserve__sent_again_after_a_colleague_has_moved_the_child__is_that_child(sign_in, markt, vg):
    """The newest note is the colleague's then; whose child she is has not changed."""
    nah, alt, _ = markt
    anna, clara = sign_in("anna"), sign_in("clara")
    erstes = _reserve(anna, nah).headers["Location"]
    assert clara.post(f"{erstes}anderer-platz/", {"angebot": str(alt.pk)}).headers["Location"] == erstes
    assert _reserve(anna, nah).headers["Location"] == erstes
    with in_tenant(vg):
        assert Nachtaufnahme.objects.count() == 1


def _sent_of(seite) -> dict[str, str]:
    """What the questions send beside the answers."""
    return {name: wert for name, wert in _marken(seite).items() if name != "csrfmiddlewaretoken"}


def test_standort__the_way_begins_where_she_is__until_she_signs_off(sign_in, markt, vg):
    """On call she is in another town, not at the office: the list, the held place and its note count from there."""
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    anna = sign_in("anna")
    assert f"Weg ab {sitz.sitz}" in text_of(anna.get(URL))
    with postleitzahlen({"00012": (sitz.breite, sitz.laenge + Decimal("0.2"))}):
        assert anna.post(f"{URL}ab-hier/", {"ab_plz": "00012"}).headers["Location"] == URL
        start = text_of(anna.get(URL))
        assert "Weg ab 00012 Ort 00012" in start and start.index("Haus Krise") < start.index("Haus Hafen")
        seite = text_of(anna.post(URL, JUNGE))
        assert "ab 00012 Ort 00012 (Luftlinie)" in seite and "unter 1 km" in seite
        assert seite.index("Haus Krise") < seite.index("Haus Hafen")
        url = _reserve(anna, markt[2]).headers["Location"]
        assert "00012" in text_of(anna.get(f"{url}anderer-platz/"))
        with in_tenant(vg):
            assert "nach dem Weg ab 00012 gewählt, Platz 1 von 3" in Auswahlvermerk.objects.get().begruendung
        assert anna.post(f"{url}anderer-platz/", {"angebot": str(markt[0].pk)}).status_code == 302
        for falsch in ("99999", "0001", "00012'"):
            abgelehnt = anna.post(f"{URL}ab-hier/", {"ab_plz": falsch})
            assert abgelehnt.status_code == 422 and "Weg ab 00012 Ort 00012" in text_of(abgelehnt), falsch
        assert f"Weg ab {sitz.sitz}" in text_of(sign_in("bernd").get(URL)), "hers alone"
    assert f"Weg ab {sitz.sitz}" in text_of(anna.get(URL)), "nobody knows that postcode any more"
    anna.post(f"{URL}ab-hier/", {"ab_plz": ""})
    assert "nacht_ab_plz" not in anna.session


def _holds(text: str, **typed: str) -> None:
    """The questions are shown with this in them."""
    assert re.search(rf'name="alter" value="{typed["alter"]}"', text), text
    assert re.search(rf'name="geschlecht" value="{typed["geschlecht"]}"[^>]*checked', text)


def test_start__nothing_that_was_typed_is_lost(sign_in, markt, vg):
    """Age and sex first, then the postcode, or the other way round: whichever button is pressed, all of it counts."""
    anna, falsch = sign_in("anna"), {"alter": "neun", "geschlecht": "m"}
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    start = anna.get(URL).text
    assert start.partition("<main")[2].partition("</main>")[0].count("<form") == 1, (
        "one form, so no script has to carry anything over"
    )
    with postleitzahlen({"00012": (sitz.breite, sitz.laenge + Decimal("0.2"))}):
        einmal = _sent_of(anna.get(URL))
        seite = anna.post(f"{URL}ab-hier/", einmal | JUNGE | {"ab_plz": "00012"})
        assert seite.status_code == 200 and "Weg ab 00012 Ort 00012" in text_of(seite)
        _holds(seite.text, alter="9", geschlecht="m")
        assert _sent_of(seite)["einmal"] == einmal["einmal"], "the same child"
        halb = anna.post(f"{URL}ab-hier/", {"alter": "4", "ab_plz": "00012"})
        assert halb.status_code == 200 and 'name="alter" value="4"' in halb.text, (
            "no complaint about the other question"
        )
        kein_ort = anna.post(f"{URL}ab-hier/", falsch | {"ab_plz": "99999"})
        assert kein_ort.status_code == 422 and 'name="ab_plz" value="99999"' in kein_ort.text
        _holds(kein_ort.text, alter="neun", geschlecht="m")
        anna.post(f"{URL}ab-hier/", {"ab_plz": ""})
        liste = text_of(anna.post(URL, JUNGE | {"ab_plz": "00012"}))
        assert "ab 00012 Ort 00012 (Luftlinie)" in liste, "typed below, and sent with the button above"
        zurueck = anna.post(URL, JUNGE | {"ab_plz": "99999"})
        assert zurueck.status_code == 422 and "kein Ort hinterlegt" in text_of(zurueck)
        _holds(zurueck.text, alter="9", geschlecht="m")
        beides = anna.post(URL, falsch | {"ab_plz": "00012"})
        assert beides.status_code == 422 and 'name="ab_plz" value="00012"' in beides.text


def test_list__the_questions_again_as_they_were_answered(sign_in, markt):
    anna = sign_in("anna")
    liste = anna.post(URL, _sent_of(anna.get(URL)) | JUNGE)
    assert "Angaben ändern" in liste.text
    fragen = anna.post(URL, _sent_of(liste) | JUNGE | {"fragen": "on"})
    assert fragen.status_code == 200 and "Freie Plätze zeigen" in fragen.text
    _holds(fragen.text, alter="9", geschlecht="m")
    assert _sent_of(fragen)["einmal"] == _sent_of(liste)["einmal"]


def test_a_baby_is_not_0_years_old(sign_in, markt, vg):
    """At the office and at the house; and the sentence of a choice that does not fit."""
    anna = sign_in("anna")
    assert "Mädchen, unter 1 Jahr" in text_of(anna.post(URL, {"alter": "0", "geschlecht": "w"}))
    url = _reserve(anna, markt[0], alter="0", geschlecht="w").headers["Location"]
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
    ines = sign_in("ines", at="VG")
    for seite in (
        *(anna.get(weg) for weg in (url, f"{url}anderer-platz/", f"{URL}nachzutragen/")),
        ines.get(f"/reservierungen/{reservierung.pk}/"),
    ):
        assert "unter 1 Jahr" in text_of(seite) and not re.search(r"\b0 Jahren?\b", text_of(seite)), seite.request
    sechs = Wen(6, 12)
    assert list_abweichungen(alter=0, geschlecht="", wen=sechs, woher=Woher.ANGEBOT) == (
        "Das Aufnahmealter ist 6 bis 12 Jahre; die Person ist bei Beginn unter 1 Jahr alt.",
    )
    assert list_abweichungen(alter=3, geschlecht="", wen=Wen(0, 0), woher=Woher.SUCHE) == (
        "Gesucht wird für ein Kind unter 1 Jahr; die Person ist bei Beginn 3 Jahre alt.",
    )


def test_twins_are_told_apart_wherever_they_are_listed(sign_in, markt, vg):
    """Same age, same sex, same house, same minute: the number of the reservation says which one is which."""
    anna, nah = sign_in("anna"), markt[0]
    urls = [_reserve(anna, nah).headers["Location"], _reserve(anna, nah, weiteres="on").headers["Location"]]
    with in_tenant(vg):
        zwei = list(Nachtaufnahme.objects.select_related("reservierung", "hilfefall").order_by("created_at"))
    nummern, faelle = [z.reservierung.nummer for z in zwei], [z.hilfefall.fallnummer for z in zwei]
    assert len(set(nummern)) == len(set(faelle)) == 2
    for seite in (f"{URL}nachzutragen/", f"{URL}pflichten/"):
        text = text_of(anna.get(seite))
        assert text.count("Junge, 9 Jahre") == 2 and text.count("aufgenommen am") >= 2, seite
        assert all(f"Nummer {nummer}" in text for nummer in nummern), seite
    liste = text_of(anna.post(URL, JUNGE))
    assert all(f"Nummer {nummer}" in liste and url in liste for nummer, url in zip(nummern, urls, strict=True))
    assert "Ist es eines dieser Kinder" in liste
    personen = text_of(anna.get("/hze-auswahl/"))
    assert all(f"Uhr · Fall {fall}" in personen for fall in faelle)
    assert "Name, Geburtsdatum, PKZ" in text_of(anna.get(f"{URL}nachzutragen/")), "what is missing, without a riddle"


def test_start__a_hold_of_hours_is_said_in_hours(sign_in, markt, vg):
    anna = sign_in("anna")
    _reserve(anna, markt[0])
    assert "Frist endet in 2 Stunden" in text_of(anna.get("/"))
    _reserve(anna, markt[1], weiteres="on")
    assert "Fristen enden, die erste in 2 Stunden" in text_of(anna.get("/"))


def test_pflichten__keep_who_and_when_and_can_be_taken_back(sign_in, markt, vg):
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    haken = {"pflicht": "VERTRAUENSPERSON", "erledigt": "on"}
    anna.post(f"{url}pflicht/", haken)
    anna.post(f"{url}pflicht/", haken)
    with in_tenant(vg):
        schritt = Nachtschritt.objects.select_related("erledigt_von").get()
        assert str(schritt.erledigt_von) == "Anna Ahlers" and (now() - schritt.erledigt_at) < timedelta(minutes=1)
    seite = text_of(anna.get(url))
    assert seite.count('aria-checked="true"') == 1 and "§ 42 Abs. 2 SGB VIII" in seite
    anna.post(f"{url}pflicht/", {"pflicht": "VERTRAUENSPERSON"})
    assert anna.post(f"{url}pflicht/", {"pflicht": "UNSINN", "erledigt": "on"}).status_code == 422
    with in_tenant(vg):
        assert not Nachtschritt.objects.exists()
    with reading(vg):
        assert Protokoll.objects.filter(vorgang__in=["nacht.haken", "nacht.haken_zurueck"]).count() == 2


def test_pflichten__stay_on_the_start_page_until_they_are_ticked(sign_in, markt, vg):
    """Also once the name is there: from reservation, booking, case and start page one tap leads to the ticks."""
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    with in_tenant(vg):
        fall, reservierung = Hilfefall.objects.get(), Reservierung.objects.get()
        klient = Klient.objects.get()
        klient.vorname, klient.nachname, klient.geburtsdatum = "Jan", "Nacht", date(2017, 3, 1)
        klient.save(update_fields=["vorname", "nachname", "geburtsdatum"])
    for seite in (f"/reservierungen/{reservierung.pk}/", f"/hilfefaelle/{fall.pk}/", f"{URL}pflichten/"):
        assert url in text_of(anna.get(seite)), seite
    assert "Offene Pflichten nach § 42" in text_of(anna.get("/"))
    assert text_of(anna.get(f"{URL}pflichten/")).count("<li>") >= 3
    for pflicht in ("VERTRAUENSPERSON", "SORGEBERECHTIGTE", "FAMILIENGERICHT"):
        anna.post(f"{url}pflicht/", {"pflicht": pflicht, "erledigt": "on"})
    assert "Keine Pflicht ist offen" in text_of(anna.get(f"{URL}pflichten/"))
    assert "Offene Pflichten" not in text_of(anna.get("/"))
    assert fall.fallnummer not in text_of(sign_in("bernd").get(f"{URL}pflichten/"))


@pytest.mark.parametrize(("liste", "offene"), [(NACHZUTRAGEN, open_aufnahmen), (PFLICHTEN_OFFEN, with_open_pflichten)])
def test_what_is_open_is_read_by_the_index_of_its_list(liste, offene, vg):
    """The start page counts it each time: what nights of years have left behind is not read for that."""
    with in_tenant(vg):
        rows = offene(Nachtaufnahme.objects.order_by(*liste.sortierungen[liste.standard].spalten, "pk"))
        statement, params = rows.values_list("pk")[:51].query.sql_with_params()
    with owner.superuser(connection.settings_dict["NAME"]) as dba:
        dba.execute("SET search_path = vg, public; SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = "\n".join(line for (line,) in dba.execute(f"EXPLAIN {statement}", params))
    assert f"using {liste.sortierungen[liste.standard].index} on" in plan, plan


def test_what_is_open_follows_case_and_ticks(sign_in, markt, vg):
    """A case that ends waits for nobody; opened again it does, with what was ticked meanwhile."""
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    for pflicht in Nachtpflicht:
        anna.post(f"{url}pflicht/", {"pflicht": pflicht.value, "erledigt": "on"})
    anna.post(f"{url}pflicht/", {"pflicht": Nachtpflicht.FAMILIENGERICHT.value})

    def offen() -> list[int]:
        alle = Nachtaufnahme.objects.all()
        return [open_aufnahmen(alle).count(), with_open_pflichten(alle).count()]

    with in_tenant(vg):
        assert offen() == [1, 1] and Nachtaufnahme.objects.get().pflichten_erledigt == 2
        Reservierung.objects.update(zustand="ABGELAUFEN")
        Hilfefall.objects.update(zustand="ABGESCHLOSSEN", abgeschlossen_am=today(), abschluss_grund="vorbei")
        assert offen() == [0, 0]
        Hilfefall.objects.update(zustand="OFFEN", abgeschlossen_am=None, abschluss_grund="")
        assert offen() == [1, 1]


def test_nachtragen__a_task_until_name_and_birth_are_there(sign_in, markt, vg):
    anna = sign_in("anna")
    url = _reserve(anna, markt[0]).headers["Location"]
    assert "Name, Geburtsdatum und PKZ nachtragen" in text_of(anna.get("/"))
    with in_tenant(vg):
        fall = Hilfefall.objects.get()
    liste = text_of(anna.get(f"{URL}nachzutragen/"))
    assert fall.fallnummer in liste and f"/hilfefaelle/{fall.pk}/bearbeiten/" in liste
    for seite in (f"/hilfefaelle/{fall.pk}/", "/hilfefaelle/", "/hze-auswahl/", "/faelle/"):
        assert anna.get(seite).status_code == 200, seite
    assert "Name noch unbekannt" in text_of(anna.get("/hilfefaelle/"))
    bearbeiten = f"/hilfefaelle/{fall.pk}/bearbeiten/"
    person = {"pkz": "P-9", "vorname": "Jan", "nachname": "Nacht", "geburtsdatum": "2017-03-01", "geschlecht": "1",
              "fallnummer": fall.fallnummer}  # fmt: skip
    antwort = anna.post(bearbeiten, person | _marken(anna.get(bearbeiten)))
    assert antwort.status_code == 302, text_of(antwort)
    with in_tenant(vg):
        assert Nachtaufnahme.objects.get().nachgetragen_at is not None
    assert "Es fehlen keine Angaben" in text_of(anna.get(f"{URL}nachzutragen/"))
    assert "nachtragen" not in text_of(anna.get("/")) and "Name und Geburtsdatum sind seit" in text_of(anna.get(url))


def _marken(response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode()))


def test_rights__whoever_may_reserve__and_only_for_her_cases(sign_in, markt, vg):
    url = _reserve(sign_in("anna"), markt[0]).headers["Location"]
    bernd = sign_in("bernd")
    assert bernd.get(URL).status_code == 200 and bernd.get(url).status_code == 404
    for weg in ("anderer-platz/", "zugesagt/", "freigeben/", "pflicht/"):
        assert bernd.post(url + weg, {"angebot": str(markt[1].pk)}).status_code == 404, weg
    for wer in ("doris", "emil"):
        assert sign_in(wer).get(URL).status_code == 403
    assert sign_in("ines", at="VG").get(URL).status_code == 403
    assert "Heute Nacht" in text_of(sign_in("anna").get("/")) and "Heute Nacht" not in text_of(
        sign_in("doris").get("/")
    )


def test_the_house_sees_age_and_sex_only(sign_in, markt, vg):
    _reserve(sign_in("anna"), markt[0])
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
    seite = text_of(sign_in("ines", at="VG").get(f"/reservierungen/{reservierung.pk}/"))
    assert "9 Jahre" in seite and "männlich" in seite and reservierung.nummer in seite
    assert "Name noch unbekannt" not in seite, "nor that nobody knows it"


def test_rules__the_next_working_day_and_the_age_since():
    def am(text: str) -> date:
        return naechster_arbeitstag(datetime.fromisoformat(text))

    assert am("2026-11-27T23:40") == am("2026-11-28T03:00") == am("2026-11-29T23:00") == date(2026, 11, 30)
    frei = [date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31)]
    heilig = datetime.fromisoformat("2026-12-23T23:00")
    assert naechster_arbeitstag(heilig) == date(2026, 12, 24)
    assert naechster_arbeitstag(heilig, frei) == date(2026, 12, 28), "Friday is free, then the weekend"
    assert am("2026-12-01T02:00") == date(2026, 12, 1), "the night of Monday ends on Tuesday morning"
    assert am("2026-12-01T07:00") == date(2026, 12, 2)
    assert alter_seit(9, date(2026, 12, 1), date(2027, 11, 30)) == 9
    assert alter_seit(9, date(2026, 12, 1), date(2027, 12, 1)) == 10


def test_reserve__two_taps_at_the_same_moment__are_one_child(own_database):
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    nah, akteur, start = _house("Haus Hafen", plaetze=2), cast.akteur("anna"), Barrier(2)

    def tap(_: int) -> tuple[UUID, bool]:
        try:
            start.wait()
            with in_tenant(vg):
                frage = Nachtfrage(9, "m")
                aufnahme, ist_neu = reserve_nacht(akteur=akteur, gesucht=frage, angebot_id=nah.pk, einmal="eine Liste")
            return aufnahme.pk, ist_neu
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        (eine, neu), (andere, auch) = pool.map(tap, range(2))
    assert eine == andere and {neu, auch} == {True, False}
    with in_tenant(vg):
        assert Klient.objects.count() == Reservierung.objects.count() == 1
