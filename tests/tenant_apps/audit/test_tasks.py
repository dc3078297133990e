"""The worker seals each office every minute."""

from __future__ import annotations

import pytest

from tenant_apps.audit.tasks import seal_all, seal_rest
from tenants.context import in_tenant
from tests.factories.cases import create_klient

pytestmark = pytest.mark.django_db


def test_seal_all__seals_what_is_new_in_every_office(vg, hro):
    seal_all(timestamp=0)
    assert seal_all(timestamp=0) == 0
    for tenant in (vg, hro):
        with in_tenant(tenant):
            create_klient()
    assert seal_all(timestamp=0) >= 2
    assert seal_rest(timestamp=0) == 0
