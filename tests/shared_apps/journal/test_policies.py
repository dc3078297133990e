"""The operator's pages are on the portal; at an office's host she is nobody."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.journal.policies import may_use_support, may_view_journal


def person(rolle: Rolle, tenant_id: int | None = None) -> Akteur:
    return Akteur(user_id=uuid4(), username="x", name="X", rollen=frozenset({rolle}), tenant_id=tenant_id)


@pytest.mark.parametrize("policy", [may_use_support, may_view_journal])
def test_operator_on_the_portal_only(policy):
    assert policy(person(Rolle.BETRIEB))
    assert not policy(person(Rolle.BETRIEB, tenant_id=1))
    assert not [rolle for rolle in Rolle if rolle != Rolle.BETRIEB and policy(person(rolle))]
