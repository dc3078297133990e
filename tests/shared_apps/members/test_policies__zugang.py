"""Who works through which request for access."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now
from shared_apps.members.models import Zugangsantrag
from shared_apps.members.policies import visible_zugangsantraege
from tests.people import Cast
from tests.shared_apps.members.test_policies import ADMIN, HEAD, OPERATOR, member, person, user

pytestmark = pytest.mark.django_db


def ask(name: str, ziel: str, organisation: str = "", zustand: str = "OFFEN", **fields) -> Zugangsantrag:
    """A request, confirmed unless told otherwise."""
    return Zugangsantrag.objects.create(
        vorname="X", nachname=name, email=f"{name}@example.org", ziel=ziel, organisation=organisation, rolle=Rolle.ASD,
        begruendung="x", zustand=zustand, token_hash=uuid4().hex, expires_at=now(),
        bestaetigt_at=None if zustand == "UNBESTAETIGT" else now(), **fields,
    )  # fmt: skip


def seen(akteur) -> set[str]:
    return {antrag.nachname for antrag in visible_zugangsantraege(akteur)}


def test_office_sees_confirmed_requests_for_itself(vg, hro, django_assert_num_queries):
    ask("anna", "AMT", tenant=vg)
    ask("done", "AMT", tenant=vg, zustand="ABGELEHNT", entschieden_von=user("Head"), ablehnungsgrund="nein")
    ask("unconfirmed", "AMT", tenant=vg, zustand="UNBESTAETIGT")
    ask("gerd", "AMT", tenant=hro)
    ask("provider", "ANBIETER", "Küste")
    assert seen(person(ADMIN, at=vg.pk)) == {"anna", "done"}
    assert not seen(person(HEAD, at=vg.pk)) and not seen(person(OPERATOR, at=vg.pk))
    with django_assert_num_queries(1):  # office and decider come with the list
        rows = visible_zugangsantraege(person(ADMIN, at=vg.pk))
        assert {(row.tenant.kuerzel, str(row.entschieden_von or "")) for row in rows} == {("VG", ""), ("VG", "Head")}


def test_provider_sees_requests_that_name_it_exactly(vg):
    kueste, see = Cast.anbieter("Jugendhilfe Küste").pk, Cast.anbieter("Haus am See").pk
    ask("ines", "ANBIETER", "JUGENDHILFE KÜSTE")
    ask("jan", "ANBIETER", "Haus am See")
    ask("half", "ANBIETER", "Küste")
    ask("state", "LAND", "Jugendhilfe Küste")
    ask("unconfirmed", "ANBIETER", "Jugendhilfe Küste", zustand="UNBESTAETIGT")
    assert seen(person(Rolle.ANBIETER, verwaltet=kueste)) == {"ines"}
    assert seen(person(Rolle.ANBIETER, verwaltet=see)) == {"jan"}
    assert not seen(person(Rolle.ANBIETER))


def test_operator_gets_the_state_and_providers_whom_nobody_administers_today(vg):
    for name, fields in {
        "kept": {"verwaltet": True},
        "colleague": {},
        "left": {"verwaltet": True, "bis": 0},
        "locked": {"verwaltet": True, "of": user("Locked out", is_active=False)},
    }.items():
        member(name, Rolle.ANBIETER, anbieter_id=Cast.anbieter(f"Haus {name}").pk, **fields)
        ask(name, "ANBIETER", f"haus {name}")
    ask("unknown", "ANBIETER", "Niemand e. V.")
    ask("state", "LAND")
    ask("state named like a provider", "LAND", "Haus kept")
    ask("office", "AMT", tenant=vg)
    operator = {"colleague", "left", "locked", "unknown", "state", "state named like a provider"}
    assert seen(person(OPERATOR)) == operator
    both = person(OPERATOR, Rolle.ANBIETER, verwaltet=Cast.anbieter("Haus kept").pk)
    assert seen(both) == operator | {"kept"}
