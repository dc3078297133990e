"""Who operates."""

from __future__ import annotations

from uuid import uuid4

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.operations.policies import may_operate


def person(rolle: Rolle) -> Akteur:
    return Akteur(user_id=uuid4(), username="lars", name="Lars", rollen=frozenset({rolle}))


def test_operator_alone():
    assert [rolle for rolle in Rolle if may_operate(person(rolle))] == [Rolle.BETRIEB]
