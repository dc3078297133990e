"""Who keeps the keys of an office and the rules of its sign-in."""

from __future__ import annotations

from uuid import uuid4

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.policies import (
    may_lower_anmelderegeln,
    may_manage_keys,
    may_set_anmeldedienst,
    may_set_anmelderegeln,
)


def person(rolle: Rolle, tenant_id: int | None = 1) -> Akteur:
    return Akteur(user_id=uuid4(), username="x", name="X", rollen=frozenset({rolle}), tenant_id=tenant_id)


def who(policy, tenant_id: int | None = 1) -> set[Rolle]:
    return {rolle for rolle in Rolle if policy(person(rolle, tenant_id))}


def test_keys_are_managed_by_the_administration_at_its_own_host():
    assert who(may_manage_keys) == {Rolle.TENANT_ADMIN}
    assert who(may_manage_keys, tenant_id=None) == set()


def test_office_sets_its_rules_and_only_the_operator_lowers_them():
    assert who(may_set_anmelderegeln) == who(may_set_anmeldedienst) == {Rolle.TENANT_ADMIN}
    assert who(may_lower_anmelderegeln) == {Rolle.BETRIEB}
