"""The world of the mistakes."""

from __future__ import annotations

import pytest

from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.isolation.mistakes import DYE, World


@pytest.fixture
def world(vg, hro, cast) -> World:
    anna = cast.user("anna")
    with in_tenant(vg):
        klient = create_klient(nachname=DYE, vorname=DYE, pkz=DYE)
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer=DYE)
    return World(vg, hro, klient, fall)
