"""How old a confirmation is, in words; how far a facility's word can be trusted; when somebody is reminded."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.providers.rules import (
    BESTAETIGUNG_GILT_TAGE,
    TAEGLICH_TAGE,
    ZUVERLAESSIG_TAGE,
    Bestaetigungen,
    Vakanzstufe,
    darf_melden,
    ist_erinnerungstag,
    vakanzstand,
    zuverlaessigkeit,
)

HEUTE = date(2026, 11, 30)
alter = st.integers(0, 400)
tage = st.frozensets(st.integers(0, 120).map(lambda n: HEUTE - timedelta(days=n)), max_size=30)


def _offer(beginn: int, dauer: int | None, confirmed: frozenset[date]) -> Bestaetigungen:
    ab = HEUTE - timedelta(days=beginn)
    return Bestaetigungen(ab, None if dauer is None else ab + timedelta(days=dauer), confirmed)


offers = st.lists(st.builds(_offer, st.integers(0, 200), st.none() | st.integers(1, 200), tage), min_size=0, max_size=4)


def test_the_words():
    def words(n: int) -> str:
        return vakanzstand(HEUTE - timedelta(days=n), HEUTE).text

    assert [words(n) for n in (0, 1, 3, 7, 8, 9)] == [
        "heute bestätigt", "gestern bestätigt", "vor 3 Tagen bestätigt", "vor 7 Tagen bestätigt",
        "seit 8 Tagen unbestätigt", "seit 9 Tagen unbestätigt",
    ]  # fmt: skip
    assert vakanzstand(None, HEUTE).text == "nie bestätigt"
    assert vakanzstand(HEUTE, HEUTE, gemeldet=True).text == "gemeldet: war nicht frei"


@given(alter, st.booleans())
def test_fresh_is_what_is_young_and_unreported(n: int, gemeldet: bool):
    stand = vakanzstand(HEUTE - timedelta(days=n), HEUTE, gemeldet=gemeldet)
    assert stand.ist_frisch == (n <= BESTAETIGUNG_GILT_TAGE and not gemeldet)
    assert (stand.stufe is Vakanzstufe.GEMELDET) == gemeldet
    assert ("unbestätigt" in stand.text) == (n > BESTAETIGUNG_GILT_TAGE and not gemeldet)
    assert str(n) in stand.text or n < 2 or gemeldet


@given(offers, st.integers(0, 200))
def test_reliability_counts_days_and_never_more_than_there_were(angebote: list[Bestaetigungen], seit: int):
    ergebnis = zuverlaessigkeit(angebote, erste=HEUTE - timedelta(days=seit), heute=HEUTE)
    assert 0 <= ergebnis.bestaetigt <= ergebnis.tage <= min(ZUVERLAESSIG_TAGE, seit + 1)
    # Day by day, said another way: the days behind the newest confirmation before each of them.
    expected = days = 0
    for n in range(min(ZUVERLAESSIG_TAGE, seit + 1)):
        tag = HEUTE - timedelta(days=n)
        running = [a for a in angebote if a.beginn <= tag < (a.ende or date.max)]
        newest = [max((t for t in a.tage if t <= tag), default=date.min) for a in running]
        days += bool(running)
        expected += bool(running) and all((tag - t).days <= BESTAETIGUNG_GILT_TAGE for t in newest)
    assert (ergebnis.bestaetigt, ergebnis.tage) == (expected, days)


@given(offers, st.integers(0, 120))
def test_one_more_confirmation_never_harms(angebote: list[Bestaetigungen], n: int):
    tag = HEUTE - timedelta(days=n)
    erste = HEUTE - timedelta(days=120)
    more = [Bestaetigungen(a.beginn, a.ende, a.tage | {tag}) for a in angebote]
    assert (
        zuverlaessigkeit(more, erste=erste, heute=HEUTE).bestaetigt
        >= zuverlaessigkeit(angebote, erste=erste, heute=HEUTE).bestaetigt
    )


def test_reliability_in_words():
    offer = Bestaetigungen(date(2020, 1, 1), None, frozenset({HEUTE - timedelta(days=9)}))
    ergebnis = zuverlaessigkeit([offer], erste=HEUTE - timedelta(days=9), heute=HEUTE, aemter=1, bestritten=2)
    assert ergebnis.text == (
        "an 8 von 10 Tagen frisch bestätigt, „war nicht frei“ von 1 Jugendamt gemeldet, von 2 Jugendämtern gemeldet und"
        " von der Einrichtung bestritten"
    )
    assert zuverlaessigkeit([offer], erste=None, heute=HEUTE).text == "noch keine Bestätigung aufgezeichnet"


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_reminded_on_working_days_and_after_two_weeks_on_mondays(heute: date, seit: int):
    erinnert = ist_erinnerungstag(heute, heute - timedelta(days=seit))
    assert not (erinnert and heute.isoweekday() > 5)
    if heute.isoweekday() == 1:
        assert erinnert
    elif heute.isoweekday() < 6:
        assert erinnert == (seit < TAEGLICH_TAGE)


@given(st.integers(-30, 60))
def test_reported_is_what_was_lately(n: int):
    assert darf_melden(HEUTE - timedelta(days=n), HEUTE) == (0 <= n <= 14)
