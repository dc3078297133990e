"""A new master key: everything is turned to it, in batches, and the old one can go."""

from __future__ import annotations

import os
from io import StringIO

import pytest
from django.core.management import call_command

from tenant_apps.cases.models import Klient, Personenschluessel
from tenants import crypto
from tenants.context import in_tenant
from tenants.crypto.rotation import rotate_all
from tests.factories.cases import create_klient

pytestmark = pytest.mark.django_db


def test_rotate_keys__names_stay_readable_without_the_old_key(vg, hro, settings):
    old, new = settings.FIELD_KEYS[0], ("neu-2027", os.urandom(32))
    for tenant in (vg, hro):
        with in_tenant(tenant):
            for n in range(5):
                create_klient(nachname=f"Drehbar{n}", pkz=f"P-{n}")
    settings.FIELD_KEYS = [new, old]
    out = StringIO()
    call_command("rotate_keys", "--batch", "2", stdout=out)
    print(out.getvalue())
    assert "VG: Schlüssel von Personen, Suchindex: 5 umgeschlüsselt" in out.getvalue()
    assert "HRO: Schlüssel von Personen, Suchindex: 5 umgeschlüsselt" in out.getvalue()
    settings.FIELD_KEYS = [new]
    with in_tenant(vg):
        assert not any(
            crypto.needs_rotation(s) for s in Personenschluessel.objects.values_list("schluessel", flat=True)
        )
        assert Klient.objects.mit_pkz("P-3").get().nachname == "Drehbar3"
        assert Klient.objects.mit_name(nachname="drehbar4").count() == 1
    assert sum(turned.count for turned in rotate_all()) == 0


def test_rotate_keys__goes_on_where_it_was_stopped(vg, settings):
    old, new = settings.FIELD_KEYS[0], ("neu-2027", os.urandom(32))
    with in_tenant(vg):
        for n in range(4):
            create_klient(pkz=f"P-{n}")
    settings.FIELD_KEYS = [new, old]
    from tenant_apps.cases.rotation import rotate_person_keys

    with in_tenant(vg):
        assert rotate_person_keys(3) == 3
        assert Klient.objects.mit_pkz("P-0").exists() and Klient.objects.mit_pkz("P-3").exists()
        assert rotate_person_keys(3) == 1
        assert rotate_person_keys(3) == 0
