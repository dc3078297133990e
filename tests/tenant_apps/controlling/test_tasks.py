"""The job that keeps published figures fresh."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shared_apps.comparison.models import Kennzahlwert
from tenant_apps.controlling.tasks import publish_kennzahlen, publish_kennzahlen_of_tenant
from tenant_apps.notifications.services import mark_monate
from tenants.context import in_tenant
from tests.tenant_apps.controlling.world import HEUTE


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


def test_publish_kennzahlen__one_job_for_each_active_office(vg, hro, lhsn) -> None:
    publish_kennzahlen(timestamp=0)
    jobs = ProcrastinateJob.objects.filter(task_name=publish_kennzahlen_of_tenant.name)
    assert {job.args["schema"] for job in jobs} == {vg.schema_name, hro.schema_name, lhsn.schema_name}


def test_publish_kennzahlen_of_tenant__only_this_office(vg, hro) -> None:
    for tenant in (vg, hro):
        with in_tenant(tenant):
            mark_monate(monate=[date(2026, 9, 1)])
    assert publish_kennzahlen_of_tenant(schema=vg.schema_name) == 2
    with in_tenant(vg):
        assert Kennzahlwert.objects.filter(monat=date(2026, 9, 1)).exists()
    with in_tenant(hro):
        assert not Kennzahlwert.objects.exists()
