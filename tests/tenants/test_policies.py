"""Pages of the operator: strangers sign in, everybody else is refused, and the rule is on the view as data."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from shared_apps.accounts.enums import Rolle
from tenants.policies import may_operate, operators_only


def person(rolle: Rolle) -> SimpleNamespace:
    return SimpleNamespace(rollen=frozenset({rolle}))


def test_operator_alone():
    assert [rolle for rolle in Rolle if may_operate(person(rolle))] == [Rolle.BETRIEB]


def test_view_runs_for_the_operator_only_with_its_arguments():
    @operators_only
    def view(request, kuerzel, *, seite):
        return HttpResponse(f"{kuerzel} {seite}")

    assert view.policy is may_operate
    request = RequestFactory().get("/betrieb/?x=1")
    request.akteur = None
    assert view(request, "vg", seite=2).url.endswith("?next=/betrieb/%3Fx%3D1")
    request.akteur = person(Rolle.BETRIEB)
    assert view(request, "vg", seite=2).text == "vg 2"
    request.akteur = person(Rolle.LANDESJUGENDAMT)
    with pytest.raises(PermissionDenied):
        view(request, "vg", seite=2)
