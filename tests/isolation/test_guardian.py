"""Exceptional rights are kept in the tenant: a grant on one case opens that case, in that office, to that person."""

from __future__ import annotations

import pytest
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import assign_perm, remove_perm
from uuid6 import uuid7

from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall

pytestmark = pytest.mark.django_db
RECHT = "cases.mitarbeiten_hilfefall"


def test_grant_opens_one_case_to_one_person(vg, cast):
    anna, bernd = cast.user("anna"), cast.user("bernd")
    with in_tenant(vg):
        fall, anderer = create_hilfefall(fachkraft_id=anna.pk), create_hilfefall(fachkraft_id=anna.pk)
        assign_perm(RECHT, bernd, fall)
        assert bernd.has_perm(RECHT, fall)
        assert not bernd.has_perm(RECHT, anderer)
        assert not anna.has_perm(RECHT, fall)
        remove_perm(RECHT, bernd, fall)
        assert not ObjectPermissionChecker(bernd).has_perm("mitarbeiten_hilfefall", fall)


def test_grant_in_one_office_means_nothing_in_another(vg, hro, cast):
    bernd = cast.user("bernd")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=bernd.pk)
        assign_perm(RECHT, bernd, fall)
        same_id = fall.pk
    with in_tenant(hro):
        zwilling = create_hilfefall(fachkraft_id=uuid7(), id=same_id)
        assert not ObjectPermissionChecker(bernd).has_perm("mitarbeiten_hilfefall", zwilling)
