"""One child, one bed: two booked stays never share a night, but for what lies over one, with reason and end (ADR 0084).

Everything here is about one child of Anna's. The rule, the service and the constraint are asked for the same nights.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError, refused_by
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.enums import Beendigungsgrund, Ueberlagerung
from tenant_apps.placements.faelle.selectors.ueberschneidung import get_belegung
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.rules import (
    Aufenthalt,
    Belegung,
    belegung,
    naechte,
    verwaiste_naechte,
)
from tenant_apps.placements.rules import vertragen_sich as belegungen_vertragen_sich
from tenant_apps.placements.services.aufenthalt import check_zugleich
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.end import begin_buchung, cancel_buchung, end_buchung
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.people import Cast
from tests.tenant_apps.placements.story import Story, tell
from tests.tenants import owner

#: What runs is this; the rule is its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "tenant_apps/placements/migrations/0020_whose_night_it_is.py"
GRUND = "In der Nacht in Obhut genommen, das Heim hält den Platz."
ERSTER = date(2026, 12, 1)
SOMMER = {"von": "2026-12-01", "bis": "2027-05-31"}
WINTER = {"von": "2027-01-10", "bis": "2027-01-20"}


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


@pytest.fixture
def kind(story):
    anna = story.akteur("anna")
    with story.at_vg():
        return create_hilfefall(fachkraft_id=anna.user_id)


def _reserve(story, kind, von, bis, **fields) -> Reservierung:
    return story.reserve(von, bis, hilfefall=kind, zustand="ZUGESTIMMT", **fields)


def _book(story, reservierung, **angabe) -> Buchung:
    anna = story.akteur("anna")
    with story.at_vg():
        return book_reservierung(reservierung=reservierung, akteur=anna, **angabe)


def _tag(text: str) -> date:
    return date.fromisoformat(text)


# -- the rule -----------------------------------------------------------------------------------------------


def _stay(von: int, bis: int, ueber: int | None = None) -> Aufenthalt:
    tage = Zeitraum.from_inclusive(ERSTER + timedelta(days=von), ERSTER + timedelta(days=bis))
    return Aufenthalt(tage, None if ueber is None else ERSTER + timedelta(days=ueber))


def vertragen_sich(eins: Aufenthalt, zwei: Aufenthalt) -> bool:
    """Whether the second can be booked beside the first."""
    erste = belegung(eins, [])
    return belegungen_vertragen_sich(erste, belegung(zwei, [erste]))


def test_the_day_of_the_move_belongs_to_both() -> None:
    assert vertragen_sich(_stay(0, 10), _stay(10, 20))
    assert not vertragen_sich(_stay(0, 11), _stay(10, 20))


def test_what_lies_over_a_stay_is_one_until_its_end() -> None:
    assert vertragen_sich(_stay(0, 30), _stay(5, 15, ueber=15))
    assert not vertragen_sich(_stay(0, 30), _stay(5, 15, ueber=14))
    assert vertragen_sich(_stay(0, 30), _stay(5, 5, ueber=5)), "one night"
    heim = belegung(_stay(0, 30), [])
    klinik = belegung(_stay(5, 15, ueber=15), [heim])
    obhut = belegung(_stay(10, 20, ueber=20), [heim, klinik])
    assert not belegungen_vertragen_sich(klinik, obhut), "only one lies over another"


def test_a_night_over_nothing_is_its_own_and_stays_so() -> None:
    """The home ends on day 10; the clinic keeps the child to day 15, and a home that comes later does not take it."""
    klinik = _stay(5, 15, ueber=15)
    vorher = belegung(klinik, [belegung(_stay(0, 30), [])])
    heim = belegung(_stay(0, 10), [])
    assert [len(_nights(stuecke)) for stuecke in (vorher.ueberlagernd, verwaiste_naechte(vorher, [heim]))] == [10, 5]
    nachher = belegung(klinik, [heim], vorher)
    assert verwaiste_naechte(nachher, [heim]) == () and len(_nights(nachher.allein)) == 5
    spaeter = belegung(_stay(0, 30), [])
    assert belegung(klinik, [spaeter], nachher) == nachher
    assert not belegungen_vertragen_sich(nachher, spaeter)


@given(st.tuples(*[st.integers(0, 20)] * 4), st.tuples(*[st.none() | st.integers(-2, 22)] * 2))
def test_the_nights_of_a_stay_are_hers_or_lie_over_another(tage, bis) -> None:
    a, b, c, d = tage
    eins, zwei = _stay(min(a, b), max(a, b), bis[0]), _stay(min(c, d), max(c, d), bis[1])
    erste = belegung(eins, [])
    zweite = belegung(zwei, [erste])
    assert not erste.ueberlagernd, "there is nothing it could lie over"
    for stay, ihre in ((eins, erste), (zwei, zweite)):
        assert sorted([*_nights(ihre.ueberlagernd), *_nights(ihre.allein)]) == list(naechte(stay.tage).einzelne_tage())
    assert _nights(zweite.ueberlagernd) <= _nights(erste.allein) and not verwaiste_naechte(zweite, [erste])
    doppelt = _nights(erste.allein) & _nights(zweite.allein)
    assert belegungen_vertragen_sich(erste, zweite) == belegungen_vertragen_sich(zweite, erste) == (not doppelt)


def _nights(stuecke: tuple[Zeitraum, ...]) -> set[date]:
    return {tag for stueck in stuecke for tag in stueck.einzelne_tage()}


# -- booking ------------------------------------------------------------------------------------------------


def test_book__a_second_stay_is_refused_and_names_the_first(story, kind, sign_in) -> None:
    heim = _book(story, _reserve(story, kind, **SOMMER))
    zweite = _reserve(story, kind, **WINTER)
    anna, url = sign_in("anna"), f"/reservierungen/{zweite.pk}/buchen/"
    seite = anna.get(url).text
    assert heim.nummer in seite and f"/reservierungen/{heim.reservierung_id}/" in seite
    assert 'name="ueberlagerung_bis"' in seite and "2027-01-20" in seite
    antwort = anna.post(url, {"ueberlagerung_grund": "Ein Grund, den niemand zweimal tippt."})
    assert antwort.status_code == 422 and "Ein Grund, den niemand zweimal tippt." in antwort.text
    with pytest.raises(RegelVerletzt, match=heim.nummer) as error:
        _book(story, zweite)
    assert error.value.feld == "ueberlagerung"
    assert all(wort in error.value.message for wort in ("§ 34 bei", "01.12.2026 bis 31.05.2027 ("))
    antwort = anna.post(
        url,
        {"ueberlagerung": "INOBHUTNAHME", "ueberlagerung_bis": "2027-01-20", "ueberlagerung_grund": GRUND},
        follow=True,
    )
    assert "Inobhutnahme</strong> bis 20.01.2027" in antwort.text and GRUND in antwort.text
    gebucht = story.reload(heim)
    with story.at_vg():
        zweite_buchung = Buchung.objects.get(reservierung=zweite)
    assert gebucht.ist_aufenthalt and zweite_buchung.ist_aufenthalt and not gebucht.ueberlagerung


def test_book__the_api_says_it_at_its_fields(story, kind, sign_in) -> None:
    heim = _book(story, _reserve(story, kind, **SOMMER))
    zweite = _reserve(story, kind, **WINTER)
    anna, url = sign_in("anna"), f"/api/v1/reservierungen/{zweite.pk}/buchen/"

    def book(schluessel: str, **body: str):
        return anna.post(url, body, content_type="application/json", headers={"Idempotency-Key": schluessel})

    stumm = book("0001")
    assert stumm.status_code == 422 and heim.nummer in stumm.json()["felder"]["ueberlagerung"][0]
    halb = book("0002", ueberlagerung="PROBEWOHNEN")
    assert halb.status_code == 422 and set(halb.json()["felder"]) == {"ueberlagerung_bis", "ueberlagerung_grund"}
    ganz = book("0003", ueberlagerung="PROBEWOHNEN", ueberlagerung_bis="2027-01-20", ueberlagerung_grund=GRUND)
    assert ganz.status_code == 201


def test_book__without_another_stay_an_end_is_refused_not_dropped(story, kind, sign_in) -> None:
    allein = _reserve(story, kind, **SOMMER)
    antwort = sign_in("anna").post(
        f"/api/v1/reservierungen/{allein.pk}/buchen/", {"ueberlagerung_bis": "2027-01-20"},
        content_type="application/json", headers={"Idempotency-Key": "0004"},
    )  # fmt: skip
    assert antwort.status_code == 422 and set(antwort.json()["felder"]) == {"ueberlagerung_bis"}


@pytest.mark.parametrize(
    ("angabe", "feld"),
    [
        ({"ueberlagerung_grund": GRUND}, "ueberlagerung_bis"),
        ({"ueberlagerung_bis": _tag("2027-01-20"), "ueberlagerung_grund": "........"}, "ueberlagerung_grund"),
        ({"ueberlagerung_bis": _tag("2027-01-21"), "ueberlagerung_grund": GRUND}, "ueberlagerung_bis"),
        ({"ueberlagerung_bis": _tag("2027-01-19"), "ueberlagerung_grund": GRUND}, "ueberlagerung_bis"),
    ],
)
def test_book__what_lies_over_a_stay_has_a_reason_and_an_end(story, kind, angabe, feld) -> None:
    _book(story, _reserve(story, kind, **SOMMER))
    with pytest.raises(RegelVerletzt) as error:
        _book(story, _reserve(story, kind, **WINTER), ueberlagerung="KLINIK", **angabe)
    assert error.value.feld == feld


def test_book__nothing_is_said_where_there_is_no_second_stay(story, kind) -> None:
    with pytest.raises(RegelVerletzt, match="kein anderer Aufenthalt"):
        _book(story, _reserve(story, kind, **WINTER), ueberlagerung="KLINIK")


def test_book__the_real_end_counts_and_the_day_of_the_move_is_shared(story, kind) -> None:
    heim = _book(story, _reserve(story, kind, "2017-06-01", "2017-11-30"))
    anna = story.akteur("anna")
    with story.at_vg():
        end_buchung(
            buchung=heim, akteur=anna, letzter_tag=_tag("2017-08-15"),
            grund=Beendigungsgrund.PLANMAESSIG,
        )  # fmt: skip
    assert _book(story, _reserve(story, kind, "2017-08-15", "2017-11-30")).ist_aufenthalt
    with pytest.raises(RegelVerletzt):
        _book(story, _reserve(story, kind, "2017-08-14", "2017-08-15"))


def test_book__what_lay_over_a_stay_that_has_ended_is_one_like_any_other(story, kind) -> None:
    heim = _book(story, _reserve(story, kind, "2017-01-01", "2017-06-30"))
    angabe = {"ueberlagerung": "KLINIK", "ueberlagerung_bis": _tag("2017-04-30"), "ueberlagerung_grund": GRUND}
    _book(story, _reserve(story, kind, "2017-02-01", "2017-04-30"), **angabe)
    anna = story.akteur("anna")
    with story.at_vg():
        end_buchung(
            buchung=heim, akteur=anna, letzter_tag=_tag("2017-03-01"),
            grund=Beendigungsgrund.PLANMAESSIG,
        )  # fmt: skip
    with pytest.raises(RegelVerletzt, match="2017"):
        _book(story, _reserve(story, kind, "2017-04-01", "2017-04-20"))
    assert _book(story, _reserve(story, kind, "2017-04-30", "2017-06-30")).ist_aufenthalt


def test_book__a_cancelled_stay_is_none(story, kind) -> None:
    heim = _book(story, _reserve(story, kind, "2099-01-01", "2099-06-30"))
    anna = story.akteur("anna")
    with story.at_vg():
        cancel_buchung(buchung=heim, akteur=anna, text="Familie zieht um")
    assert _book(story, _reserve(story, kind, "2099-01-01", "2099-06-30")).ist_aufenthalt


def test_book__a_help_without_a_bed_stands_beside_it(story, kind, cast, vg) -> None:
    _book(story, _reserve(story, kind, **SOMMER))
    gruppe = Story(cast, vg, create_angebot(hilfeart="T32"))
    assert not _book(gruppe, _reserve(gruppe, kind, **WINTER)).ist_aufenthalt


def test_book__what_else_is_held_is_named_and_given_back_with_one_click(story, kind, sign_in) -> None:
    andere, eine = _reserve(story, kind, **SOMMER), _reserve(story, kind, **WINTER)
    anna = sign_in("anna")
    antwort = anna.post(f"/reservierungen/{eine.pk}/buchen/", follow=True)
    assert "Andere Plätze für dieselbe Zeit sind noch gehalten" in antwort.text and andere.nummer in antwort.text
    grund = f"Gebucht ist ein anderer Platz: {story.angebot.einrichtung.name}, Nummer {eine.nummer}"
    assert f'value="{grund}"' in antwort.text
    anna.post(f"/reservierungen/{andere.pk}/zurueckziehen/", {"grund": grund})
    assert story.reload(andere).zustand == "ZURUECKGEZOGEN"
    assert "noch gehalten" not in anna.get(antwort.request["PATH_INFO"]).text


def test_begin__who_comes_on_the_last_day_takes_no_night_of_the_next_house(story, kind) -> None:
    heim = _book(story, _reserve(story, kind, "2017-06-01", "2017-08-15"))
    _book(story, _reserve(story, kind, "2017-08-15", "2017-11-30"))
    anna = story.akteur("anna")
    with story.at_vg(), pytest.raises(RegelVerletzt) as error:
        begin_buchung(buchung=heim, akteur=anna, beginn=_tag("2017-08-15"))
    assert error.value.feld == "beginn"


def test_end__says_what_has_the_child_from_now_on(story, kind, sign_in) -> None:
    """A clinic lies over the home; the home ends, and its page has named the clinic, before and after."""
    heim = _book(story, _reserve(story, kind, "2017-01-01", "2017-06-30"))
    angabe = {"ueberlagerung": "KLINIK", "ueberlagerung_bis": _tag("2017-04-30"), "ueberlagerung_grund": GRUND}
    klinik = _book(story, _reserve(story, kind, "2017-02-01", "2017-04-30"), **angabe)
    anna, url = sign_in("anna"), f"/buchungen/{heim.pk}/beenden/"
    seite = anna.get(url).text
    assert klinik.nummer in seite and f"/reservierungen/{klinik.reservierung_id}/" in seite
    antwort = anna.post(url, {"letzter_tag": "2017-03-01", "grund": "10"}, follow=True)
    assert "Der junge Mensch ist jetzt nur noch dort" in antwort.text and klinik.nummer in antwort.text
    assert story.reload(klinik).allein == (Zeitraum(_tag("2017-03-01"), _tag("2017-04-30")),)


def test_page__each_stay_names_the_one_over_it_and_the_one_beneath(story, kind, sign_in) -> None:
    heim = _book(story, _reserve(story, kind, **SOMMER))
    angabe = {"ueberlagerung": "INOBHUTNAHME", "ueberlagerung_bis": _tag("2027-01-20"), "ueberlagerung_grund": GRUND}
    obhut = _book(story, _reserve(story, kind, **WINTER), **angabe)
    anna = sign_in("anna")
    unten, oben = (" ".join(anna.get(f"/buchungen/{b.pk}/").text.split()) for b in (heim, obhut))
    assert "Darüber liegt: Inobhutnahme, 10.01.2027 bis 20.01.2027" in unten and f"/buchungen/{obhut.pk}/" in unten
    assert "Liegt über: § 34, 10.01.2027 bis 20.01.2027" in oben and f"/buchungen/{heim.pk}/" in oben
    hinweis = anna.get(f"/buchungen/{heim.pk}/beenden/").text
    assert "ist der junge Mensch danach nur noch dort" in hinweis and obhut.nummer in hinweis, "before the press"
    ines = sign_in("ines", at="VG").get(f"/buchungen/{heim.pk}/")
    assert "Darüber liegt" not in ines.text, "a provider is not told where else the child is"


def test_end__that_leaves_everything_as_it_was_says_nothing(story, kind, sign_in) -> None:
    heim = _book(story, _reserve(story, kind, "2017-01-01", "2017-06-30"))
    angabe = {"ueberlagerung": "KLINIK", "ueberlagerung_bis": _tag("2017-04-30"), "ueberlagerung_grund": GRUND}
    klinik = _book(story, _reserve(story, kind, "2017-02-01", "2017-04-30"), **angabe)
    anna = sign_in("anna")
    antwort = anna.post(f"/buchungen/{klinik.pk}/beenden/", {"letzter_tag": "2017-03-01", "grund": "10"}, follow=True)
    assert "nur noch dort" not in antwort.text
    antwort = anna.post(f"/buchungen/{heim.pk}/beenden/", {"letzter_tag": "2017-05-31", "grund": "10"}, follow=True)
    assert "nur noch dort" not in antwort.text


def test_cancel__what_lay_over_it_has_the_child(story, kind, sign_in) -> None:
    heim = _book(story, _reserve(story, kind, "2099-01-01", "2099-06-30"))
    angabe = {"ueberlagerung": "PROBEWOHNEN", "ueberlagerung_bis": _tag("2099-01-20"), "ueberlagerung_grund": GRUND}
    probe = _book(story, _reserve(story, kind, "2099-01-10", "2099-01-20"), **angabe)
    anna = sign_in("anna")
    antwort = anna.post(f"/buchungen/{heim.pk}/stornieren/", {"text": "Familie zieht um"}, follow=True)
    assert "Die Buchung ist storniert. Der junge Mensch ist jetzt nur noch dort" in antwort.text
    assert probe.nummer in antwort.text and not story.reload(probe).ueberlagernd


# -- the database -------------------------------------------------------------------------------------------


def test_the_database_marks_what_gives_a_bed_and_wants_a_reason(story, kind) -> None:
    buchung = story.book(hilfefall=kind)
    with story.at_vg():
        Buchung.objects.filter(pk=buchung.pk).update(ist_aufenthalt=False)
        assert Buchung.objects.get(pk=buchung.pk).ist_aufenthalt, "nobody takes the mark off"
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Buchung.objects.create(**_copy(buchung, "2018-01-01", "2018-01-05", "KLINIK", "2018-01-05", ""))
        assert refused_by(error.value) == "buchung_ueberlagerung_mit_grund"
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Buchung.objects.create(**_copy(buchung, "2018-01-01", "2018-01-05", "KLINIK", None, GRUND))
        assert refused_by(error.value) == "buchung_ueberlagerung_mit_ende"
        with pytest.raises(Konflikt) as konflikt, transaction.atomic(), check_zugleich():
            Buchung.objects.create(**_copy(buchung, "2017-11-29", "2017-12-05"))
        assert konflikt.value.code == "zweiter_aufenthalt"


def _copy(buchung: Buchung, von: str, bis: str, art: str = "", ueber: str | None = None, grund: str = "") -> dict:
    """Fields of another booking of the same child; its reservation is made along with it."""
    reservierung = Reservierung.objects.get(pk=buchung.reservierung_id)
    vermerk = reservierung.auswahlvermerk
    vermerk.pk, vermerk._state.adding = None, True
    vermerk.pk = type(vermerk)._meta.pk.get_default()
    vermerk.save()
    reservierung._state.adding = True
    reservierung.pk, reservierung.auswahlvermerk = type(reservierung)._meta.pk.get_default(), vermerk
    reservierung.pseudonym, reservierung.platzbindung_id = f"VG-{reservierung.pk.hex[-12:]}", reservierung.pk
    reservierung.save()
    felder = {
        name: getattr(buchung, name)
        for name in ("hilfefall_id", "klient_id", "hilfeart_id", "anbieter_id", "einrichtung_id", "angebot_id",
                     "soll_kosten", "ist_auswaertig", "gebucht_at")
    }  # fmt: skip
    return felder | {
        "reservierung": reservierung, "platzbindung_id": reservierung.pk,
        "zeitraum": DateRange(_tag(von), _tag(bis) + timedelta(days=1)), "ueberlagerung": art,
        "ueberlagerung_bis": ueber and _tag(ueber), "ueberlagerung_grund": grund,
    }  # fmt: skip


def test_the_database_says_what_the_rule_says(story, kind) -> None:
    """Three bookings of a child, written by hand in any order, taken back and changed: whose each night is, and what
    is refused, are the rule's answers; no night is left to a stay that is none any more."""
    wuerfel, einig = Random(84), {True: 0, False: 0}
    rows = [story.book(f"{jahr}-06-01", f"{jahr}-11-30", hilfefall=kind).pk for jahr in (2017, 2018, 2019)]
    wuenscht: dict = dict.fromkeys(rows)
    haben = dict.fromkeys(rows, Belegung())
    allein_geworden = 0
    with story.at_vg():
        Buchung.objects.filter(pk__in=rows).update(zustand="STORNIERT")
        for _ in range(400):
            pk = wuerfel.choice(rows)
            felder = {"zustand": "STORNIERT"} if wuerfel.random() < 0.25 else _random_stay(wuerfel)
            try:
                with transaction.atomic():
                    Buchung.objects.filter(pk=pk).update(**felder)
                passt = True
            except IntegrityError as error:
                assert refused_by(error) in {"buchung_ein_aufenthalt", "buchung_eine_ueberlagerung"}
                passt = False
            stay = None if felder["zustand"] == "STORNIERT" else _aufenthalt(felder)
            andere = [haben[other] for other in rows if other != pk]
            neu = Belegung() if stay is None else belegung(stay, andere, haben[pk])
            assert passt == all(belegungen_vertragen_sich(neu, anderer) for anderer in andere), felder
            einig[passt] += 1
            if not passt:
                continue
            wuenscht[pk], haben[pk] = stay, neu
            for oben in rows:
                unten = [haben[other] for other in rows if other != oben]
                if verwaiste_naechte(haben[oben], unten):
                    haben[oben] = belegung(wuenscht[oben], unten, haben[oben])
                    allein_geworden += 1
            for buchung in Buchung.objects.filter(pk__in=rows):
                ist, soll = get_belegung(buchung), haben[buchung.pk]
                assert _nights(ist.allein) == _nights(soll.allein)
                assert _nights(ist.ueberlagernd) == _nights(soll.ueberlagernd)
    assert min(einig.values()) > 20 and allein_geworden > 10, (einig, allein_geworden)


def _aufenthalt(felder: dict) -> Aufenthalt:
    zeitraum = felder["zeitraum"]
    beginn = felder["beginn_tatsaechlich"] or zeitraum.lower
    letzter = felder["ende_tatsaechlich"] or zeitraum.upper - timedelta(days=1)
    return Aufenthalt(Zeitraum.from_inclusive(beginn, letzter), felder["ueberlagerung_bis"])


def test_a_stay_without_an_end_is_none__and_its_nights_would_all_be_taken(story, kind) -> None:
    """No service writes one. Whoever does is refused, and the nights were taken to be all that come."""
    buchung = story.book(**SOMMER, hilfefall=kind)
    with story.at_vg():
        for falsch in ("daterange(lower(zeitraum), NULL)", "'empty'"):
            setzen = f"UPDATE placements_buchung SET zeitraum = {falsch} WHERE id = %s"
            with pytest.raises(IntegrityError, match="buchung_hat_ende"), transaction.atomic():
                connection.cursor().execute(setzen, [buchung.pk])


def test_nobody_writes_whose_a_night_is(story, kind) -> None:
    buchung = story.book("2017-06-01", "2017-06-30", hilfefall=kind)
    juni = (Zeitraum(date(2017, 6, 1), date(2017, 6, 30)),)
    with story.at_vg():
        Buchung.objects.filter(pk=buchung.pk).update(allein=(), ueberlagernd=juni)
    fresh = story.reload(buchung)
    assert (fresh.allein, fresh.ueberlagernd) == (juni, ())


def test_what_lay_over_a_cancelled_stay_is_hers_for_every_writer(story, kind) -> None:
    """The home is cancelled by hand while the clinic has the child: a third house is refused by the database itself."""
    heim = story.book("2017-01-01", "2017-06-30", hilfefall=kind)
    klinik = story.book("2017-02-01", "2017-04-30", hilfefall=kind, darueber=True)
    with story.at_vg():
        assert not Buchung.objects.get(pk=klinik.pk).allein
        Buchung.objects.filter(pk=heim.pk).update(zustand="STORNIERT")
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Buchung.objects.create(**_copy(heim, "2017-03-01", "2017-03-10"))
        assert refused_by(error.value) == "buchung_ein_aufenthalt"
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Buchung.objects.filter(pk=heim.pk).update(zustand="GEBUCHT")
        assert refused_by(error.value) == "buchung_ein_aufenthalt"


def _random_stay(wuerfel: Random) -> dict:
    von, bis = sorted(wuerfel.choices(range(12), k=2))
    zeitraum = DateRange(ERSTER + timedelta(days=von), ERSTER + timedelta(days=bis + 1))
    beginn = ende = ueber = None
    if wuerfel.random() < 0.4:
        beginn = ERSTER + timedelta(days=wuerfel.randint(von, bis))
    if wuerfel.random() < 0.4:
        erster = beginn or zeitraum.lower
        ende = erster + timedelta(days=wuerfel.randint(0, (zeitraum.upper - erster).days - 1))
    if wuerfel.random() < 0.5:
        ueber = ERSTER + timedelta(days=wuerfel.randint(-1, 13))
    return {
        "zeitraum": zeitraum, "beginn_tatsaechlich": beginn, "ende_tatsaechlich": ende, "ueberlagerung_bis": ueber,
        "zustand": "BEENDET" if ende else "GEBUCHT", "beendigungsgrund": "10" if ende else "",
        "ueberlagerung": "KLINIK" if ueber else "",
    }  # fmt: skip


def test_no_story_gives_a_child_two_beds(story, cast, vg) -> None:
    """Reservations, bookings, overlays, beginnings, ends and cancellations at random: at most one stay of her own each
    night, at most one over it, and what lies over one is a night of somebody's stay."""
    wuerfel, anna = Random(10), cast.akteur("anna", at="VG")
    haeuser = [tell(cast, vg, plaetze=40) for _ in range(2)]
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.user_id)
    gelungen = dict.fromkeys(("buchen", "überlagern", "beginnen", "beenden", "stornieren"), 0)
    for _ in range(70):
        was = wuerfel.choice(("buchen", "buchen", "überlagern", "beginnen", "beenden", "stornieren"))
        try:
            with transaction.atomic():
                _act(was, wuerfel, wuerfel.choice(haeuser), fall, anna)
            gelungen[was] += 1
        except (SojusError, IndexError):
            continue
        with story.at_vg():
            stehen = Buchung.objects.filter(klient=fall.klient, ist_aufenthalt=True).exclude(zustand="STORNIERT")
            belegungen = [get_belegung(buchung) for buchung in stehen]
            alle = {tag for buchung in stehen for tag in naechte(get_leistungszeitraum(buchung)).einzelne_tage()}
        allein = [tag for b in belegungen for tag in _nights(b.allein)]
        darueber = [tag for b in belegungen for tag in _nights(b.ueberlagernd)]
        assert len(allein) == len(set(allein)) and len(darueber) == len(set(darueber))
        assert set(darueber) <= set(allein) == alle
    assert all(gelungen.values()), gelungen


def _act(was: str, wuerfel: Random, haus: Story, fall, anna) -> None:
    if was in {"buchen", "überlagern"}:
        von = date(2017, 6, 1) + timedelta(days=wuerfel.randrange(0, 150, 5))
        bis = von + timedelta(days=wuerfel.randrange(0, 60, 5))
        reservierung = haus.reserve(von.isoformat(), bis.isoformat(), hilfefall=fall, zustand="ZUGESTIMMT")
        angabe = (
            {"ueberlagerung": wuerfel.choice(list(Ueberlagerung)[:4]), "ueberlagerung_bis": bis,
             "ueberlagerung_grund": GRUND}
            if was == "überlagern" else {}
        )  # fmt: skip
        with haus.at_vg():
            book_reservierung(reservierung=reservierung, akteur=anna, **angabe)
        return
    zustaende = {"beginnen": ["GEBUCHT"], "stornieren": ["GEBUCHT"], "beenden": ["GEBUCHT", "LAUFEND"]}[was]
    with haus.at_vg():
        buchung = wuerfel.choice(list(Buchung.objects.filter(klient=fall.klient, zustand__in=zustaende)))
        tag = buchung.beginn + timedelta(days=wuerfel.randint(0, (buchung.letzter_tag - buchung.beginn).days))
        if was == "beginnen":
            begin_buchung(buchung=buchung, akteur=anna, beginn=tag)
        elif was == "beenden":
            end_buchung(buchung=buchung, akteur=anna, letzter_tag=tag, grund=Beendigungsgrund.PLANMAESSIG)
        else:
            Buchung.objects.filter(pk=buchung.pk).update(zustand="STORNIERT")  # by hand: the help of 2017 has begun


def test_what_was_booked_twice_before_stays_and_says_so(own_database) -> None:
    """The release before has booked two beds for a child: the later one lies over the earlier one to its end."""
    story = tell(Cast(), Tenant.objects.get(kuerzel="VG"))
    anna = story.akteur("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.user_id)
    erste, zweite, danach, fremde = (
        story.book(von, bis, **fields)
        for von, bis, fields in (
            ("2017-06-01", "2017-08-31", {"hilfefall": fall}),
            ("2018-07-01", "2018-10-31", {"hilfefall": fall}),
            ("2017-11-01", "2017-12-31", {"hilfefall": fall}),
            ("2017-06-01", "2017-08-31", {}),
        )
    )
    with owner.superuser(own_database) as dba:
        dba.execute("SET session_replication_role = replica; SET search_path = vg, public")
        dba.execute("UPDATE placements_buchung SET ist_aufenthalt = false")
        dba.execute(
            "UPDATE placements_buchung SET zeitraum = daterange('2017-07-01', '2017-11-01') WHERE id = %s",
            [zweite.pk],
        )
        dba.execute(import_module("tenant_apps.placements.migrations.0014_one_child_one_bed").FILL)
        dba.execute("UPDATE placements_buchung SET allein = DEFAULT, ueberlagernd = DEFAULT")
        dba.execute(import_module("tenant_apps.placements.migrations.0020_whose_night_it_is").FILL)
    assert all(story.reload(row).ist_aufenthalt for row in (erste, zweite, danach, fremde))
    assert [story.reload(row).ueberlagerung for row in (erste, zweite, danach, fremde)] == ["", "BESTAND", "", ""]
    assert story.reload(zweite).ueberlagerung_bis == date(2017, 10, 31)
    erster, letzter, ende = (_tag(tag) for tag in ("2017-07-01", "2017-08-31", "2017-10-31"))
    assert story.reload(zweite).ueberlagernd == (Zeitraum(erster, letzter),)
    assert story.reload(zweite).allein == (Zeitraum(letzter, ende),), "over nothing after the first one"
    assert story.reload(danach).allein == (Zeitraum(_tag("2017-11-01"), _tag("2017-12-31")),)
