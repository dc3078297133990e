"""A state is a member of its enum, never a word typed again; what SQL has to type is one of them."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from tenant_apps.billing import states as billing
from tenant_apps.placements import states as placements
from tests.architecture.diagrams import DOCUMENT, draw
from tests.architecture.tree import ROOT, python_files

#: A comparison of a state with a typed word: `row.zustand == "OFFEN"`, `filter(zustand__in=["OFFEN"])`.
_TYPED = re.compile(r'zustand\w*\s*(?:==|!=|=|in|not in)\s*[\[({]?\s*"[A-Z_]{3,}"')
#: What SQL compares a state with.
_SQL = re.compile(r"zustand\s*(?:=|<>|IN|NOT IN)\s*\(?((?:'[A-Z_]+'(?:,\s*)?)+)")
#: Constraints and row rules are text of the database; Django would see a changed migration in an enum's member.
_OF_THE_DATABASE = re.compile(r"(^|/)(models(_\w+)?|portal|\w+_sql)\.py$|/models/|deploy/demo/world/")

CODE = [path for path in python_files() if "zustand" in (ROOT / path).read_text()]
STATES = {
    str(value)
    for model in apps.get_models()
    for field in model._meta.fields
    if field.name == "zustand"
    for value, _ in field.choices or ()
}


@pytest.mark.parametrize("path", [p for p in CODE if not _OF_THE_DATABASE.search(p.as_posix())], ids=str)
def test_code_compares_with_members(path):
    found = _TYPED.findall((ROOT / path).read_text())
    assert not found, f"{path}: {found}"


@pytest.mark.parametrize("path", CODE, ids=str)
def test_sql_names_states_there_are(path):
    words = {word for group in _SQL.findall((ROOT / path).read_text()) for word in re.findall(r"'([A-Z_]+)'", group)}
    assert words <= STATES, f"{path}: {words - STATES}"


def test_a_row_of_the_fallmanager_is_in_a_state_of_its_reservation_or_booking():
    both = {*placements.ReservierungZustand, *placements.BuchungZustand}
    assert {z.value for z in placements.VorgangZustand} == {z.value for z in both}


@pytest.mark.parametrize(
    ("zustaende", "parts"),
    [
        (
            placements.VorgangZustand,
            (placements.VORGANG_OFFEN, placements.VORGANG_GEBUCHT, placements.VORGANG_GESCHEITERT),
        ),
        (placements.ReservierungZustand, (placements.RESERVIERUNG_LEBEND, placements.RESERVIERUNG_ENDGUELTIG)),
        (placements.BuchungZustand, (placements.BUCHUNG_LEBEND, placements.BUCHUNG_ENDGUELTIG)),
        (
            billing.RechnungZustand,
            (billing.RECHNUNG_OFFEN, billing.RECHNUNG_AUSGEZAHLT, {"BEANSTANDET", "STORNIERT"}),
        ),
        (
            billing.LeistungsnachweisZustand,
            (billing.LEISTUNGSNACHWEIS_BEARBEITBAR, billing.LEISTUNGSNACHWEIS_ABRECHENBAR, {"EINGEREICHT"}),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_sets_are_complete_and_disjoint(zustaende, parts):
    assert sorted(zustand for part in parts for zustand in part) == sorted(zustaende)


def test_diagrams_are_those_of_the_tables():
    assert DOCUMENT.read_text(encoding="utf-8") == draw(), "run python -m tests.architecture.diagrams"
