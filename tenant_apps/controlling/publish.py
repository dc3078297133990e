"""Publish the open tenant's key figures: counts and sums leave the office, never a case (§ 64 Abs. 3 SGB VIII)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.conf import settings
from django.db import connection, transaction

from shared_apps.comparison.katalog import KENNZAHLEN
from shared_apps.comparison.models import Kennzahlwert
from shared_apps.core.clock import now, today
from shared_apps.core.zeitraum import monatserster
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.controlling.publish_sql import DELETE, PUBLISH, VERALTETE_FREMDBELEGUNG
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.notifications.services import mark_key
from tenants.context import current_tenant
from tenants.db.locks import PairLock
from tenants.models import Tenant

#: While a month is computed, whoever marks it waits; a page is ended after `DB_STATEMENT_SECONDS`.
MONATE_JE_TRANSAKTION = 12


class StandortError(LookupError):
    """The register does not know the district of this office, so nothing can be told own from foreign."""


def _get_standort(tenant: Tenant) -> Gebietskoerperschaft:
    standort = Gebietskoerperschaft.objects.filter(ags=tenant.ags).first()
    if standort is None:
        raise StandortError(f"Keine Gebietskörperschaft mit AGS {tenant.ags}")
    return standort


def _is_publishable(monat: date, laufend: date) -> bool:
    """Closed months, the running one, and the rest of the running year (its budget is known already)."""
    return monat <= laufend or monat.year == laufend.year


@transaction.atomic
def publish_monate(*, monate: Iterable[date]) -> int:
    """Replace the open tenant's published values of these months; returns how many rows there are now.

    Days are taken as their months. Months of coming years are ignored, of later months of this year only the
    budget is published. Two publishers of one tenant wait for each other.
    """
    tenant = current_tenant()
    laufend = monatserster(today())
    liste = sorted({monatserster(m) for m in monate if _is_publishable(monatserster(m), laufend)})
    if not liste:
        return 0
    standort = _get_standort(tenant)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.PUBLISH, tenant.schema_name])
        cursor.execute(DELETE, [tenant.schema_name, liste, list(KENNZAHLEN)])
        cursor.execute(
            PUBLISH,
            [liste, today(), standort.pk, settings.TIME_ZONE, list(KENNZAHLEN), tenant.kuerzel, now()],
        )
        return cursor.rowcount


def _is_published_today() -> bool:
    return Kennzahlwert.objects.filter(
        mandant=current_tenant().schema_name, monat=monatserster(today()), computed_at__date=today()
    ).exists()


def _list_veraltete_fremdbelegung() -> set[date]:
    """Published months whose places meanwhile are used otherwise by other offices."""
    tenant = current_tenant()
    with connection.cursor() as cursor:
        cursor.execute(VERALTETE_FREMDBELEGUNG, [tenant.schema_name, today(), _get_standort(tenant).pk])
        return {monat for (monat,) in cursor.fetchall()}


def list_faellige() -> list[date]:
    """The stale months of the open tenant, newest first: the marked ones, those in which other offices changed their
    use of places here, and once a day the running one, because its Bestand is that of today."""
    monate = set(FaelligerMonat.objects.values_list("monat", flat=True)) | _list_veraltete_fremdbelegung()
    if not _is_published_today():
        monate.add(monatserster(today()))
    return sorted(monate, reverse=True)


@transaction.atomic
def publish_faellige(*, monate: Collection[date]) -> None:
    """Publish stale months of the open tenant (of `list_faellige`) and take their marks off.

    Marks go first, and are back when the transaction fails. Whoever marks such a month while it is computed waits, and
    marks it again: so few months at a time (`MONATE_JE_TRANSAKTION`). A mark that somebody holds who has not committed
    yet (`mark_monate`) stays for the next run.
    """
    marken = FaelligerMonat.objects.filter(monat__in=monate)
    frei = [monat for monat in marken.values_list("monat", flat=True) if _lock_mark(monat)]
    marken.filter(monat__in=frei).delete()
    publish_monate(monate=monate)


def _lock_mark(monat: date) -> bool:
    """Whether nobody holds the mark; from now on nobody can, until the figures are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [PairLock.MARK, mark_key(monat)])
        (free,) = cursor.fetchone()
        return bool(free)
