"""How urgent a row is, and how that is said: at noon, at night, and around the change of a day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from shared_apps.inbox.rules import Eile, beginnzeit, eile, fristtag, restzeit

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


MITTAG, NACHTS = at("2026-11-28T12:00"), at("2026-11-28T02:30")


@pytest.mark.parametrize(
    ("jetzt", "faellig", "gruppe"),
    [
        (MITTAG, "2026-11-27T12:00", Eile.NACHT),  # late already: nothing is more urgent
        (MITTAG, "2026-11-28T22:30", Eile.NACHT),
        (MITTAG, "2026-11-29T05:59", Eile.NACHT),
        (MITTAG, "2026-11-29T06:00", Eile.NAHE),
        (MITTAG, "2026-12-01T23:59", Eile.NAHE),
        (MITTAG, "2026-12-02T00:00", Eile.SPAETER),
        (NACHTS, "2026-11-28T05:59", Eile.NACHT),
        (NACHTS, "2026-11-28T22:30", Eile.NACHT),  # another night, and today all the same
        (NACHTS, "2026-11-29T06:00", Eile.NAHE),
    ],
)
def test_eile(jetzt, faellig, gruppe):
    assert eile(at(faellig), jetzt) == gruppe


def test_eile__without_a_deadline_nothing_is_urgent():
    assert eile(None, MITTAG) == Eile.SPAETER


@pytest.mark.parametrize(
    ("frist", "rest", "tag"),
    [
        ("2026-11-28T11:59", "Frist abgelaufen", "heute, 11:59 Uhr"),
        ("2026-11-28T12:40", "noch 40 Min.", "heute, 12:40 Uhr"),
        ("2026-11-28T13:48", "noch 1 Std. 48 Min.", "heute, 13:48 Uhr"),
        ("2026-11-29T08:00", "noch 20 Std. 0 Min.", "So, 29.11.2026, 08:00 Uhr"),
        ("2026-11-29T12:00", "noch 1 Tag", "So, 29.11.2026"),
        ("2026-11-30T09:00", "noch 2 Tage", "Mo, 30.11.2026"),
    ],
)
def test_restzeit_and_its_day(frist, rest, tag):
    assert (restzeit(at(frist), MITTAG), fristtag(at(frist), MITTAG)) == (rest, tag)


def test_beginnzeit():
    heute = date(2026, 11, 28)
    assert [beginnzeit(date(2026, 11, tag), heute) for tag in (27, 28, 29, 30)] == [
        "Beginn war 27.11.2026", "Beginn heute", "Beginn in einem Tag", "Beginn in zwei Tagen",
    ]  # fmt: skip
