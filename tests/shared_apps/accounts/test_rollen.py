"""What a role is, is said in one list; the sets that policies ask are made of it, and are those of before."""

from __future__ import annotations

import re

import pytest

from shared_apps.accounts.enums import (
    AMT,
    ANBIETERSEITE,
    BESTAETIGEND,
    IM_DIENST,
    LAND,
    LEITUNG_ENTSCHEIDET,
    PERSONENNAH,
    PERSONENSICHT,
    ZU_ZWEIT,
    Rolle,
)
from shared_apps.accounts.rollen import ROLLEN, rollenart
from shared_apps.accounts.rules import VERTRETBAR_DURCH
from tests.architecture.tree import ROOT, python_files, text
from tests.people import PEOPLE


def test_every_role_is_declared_and_nothing_else() -> None:
    assert {rolle.value for rolle in Rolle} == set(ROLLEN)


def test_a_role_that_nobody_declared__the_error_says_where() -> None:
    with pytest.raises(LookupError, match=r"rollen\.py"):
        rollenart("NEU")


def test_each_role_works_on_one_side() -> None:
    assert set(Rolle) == AMT | ANBIETERSEITE | LAND
    assert len(AMT) + len(ANBIETERSEITE) + len(LAND) == len(Rolle)
    assert LEITUNG_ENTSCHEIDET | PERSONENNAH | BESTAETIGEND <= AMT
    assert not LEITUNG_ENTSCHEIDET & PERSONENNAH and not BESTAETIGEND & (LEITUNG_ENTSCHEIDET | PERSONENNAH)


def test_sets_are_those_that_were_written_by_hand() -> None:
    assert {
        "ASD", "TEAMLEITUNG", "WJH", "CONTROLLING", "JUGENDAMTSLEITUNG", "TENANT_ADMIN", "DATENSCHUTZ", "AUSSCHUSS",
        "VORMUND", "PRUEFUNG", "RUFBEREITSCHAFT",
    } == AMT  # fmt: skip
    assert {"ANBIETER", "ANBIETER_ABRECHNUNG", "EINRICHTUNG"} == ANBIETERSEITE
    assert {"LANDESJUGENDAMT", "MINISTERIUM", "BETRIEB"} == LAND
    assert {"TEAMLEITUNG", "JUGENDAMTSLEITUNG", "TENANT_ADMIN", "DATENSCHUTZ", "PRUEFUNG"} == LEITUNG_ENTSCHEIDET
    assert {"ASD", "WJH", "VORMUND", "RUFBEREITSCHAFT"} == PERSONENNAH
    assert {"RUFBEREITSCHAFT"} == AMT - IM_DIENST
    assert PERSONENNAH | (LEITUNG_ENTSCHEIDET - {"TENANT_ADMIN"}) == PERSONENSICHT
    assert {"CONTROLLING"} == BESTAETIGEND
    assert ZU_ZWEIT == LEITUNG_ENTSCHEIDET | PERSONENNAH | BESTAETIGEND | LAND
    own = {code: (code,) for code in AMT}
    assert (
        own
        | {
            "ASD": ("ASD", "TEAMLEITUNG"),
            "TEAMLEITUNG": ("ASD", "JUGENDAMTSLEITUNG", "TEAMLEITUNG"),
            "JUGENDAMTSLEITUNG": ("JUGENDAMTSLEITUNG", "TEAMLEITUNG"),
            "RUFBEREITSCHAFT": (),
        }
        == VERTRETBAR_DURCH
    )


def test_heads_of_columns_are_short_and_differ() -> None:
    heads = [art.kopf for art in ROLLEN.values()]
    assert len(set(heads)) == len(heads) and all(0 < len(head) <= 9 for head in heads)


def test_an_operators_read_is_noted_under_her_role() -> None:
    """The floor below knows no app, so it types the word."""
    source = (ROOT / "tenants" / "trail" / "support.py").read_text(encoding="utf-8")
    assert re.findall(r"\'\'([A-Z_]+)\'\', \'\'LESEN\'\'", source) == [Rolle.BETRIEB.value]


def test_sql_names_roles_there_are() -> None:
    """Row rules and functions type them."""
    asks = re.compile(r"\brolle\s*(?:=|<>|IN|NOT IN)\s*\(?((?:'[A-Z_]+'(?:,\s*)?)+)")
    found = {
        (str(path), word)
        for path in python_files()
        for group in asks.findall(text(path))
        for word in re.findall(r"'([A-Z_]+)'", group)
    }
    assert len(found) >= 5 and {pair for pair in found if pair[1] not in Rolle.values} == set()


@pytest.mark.parametrize("rolle", Rolle)
def test_tests_have_somebody_of_every_role(rolle: Rolle) -> None:
    assert any(rolle in person.rollen for person in PEOPLE.values()), f"{rolle}: add somebody to PEOPLE"
