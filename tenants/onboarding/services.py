"""Onboarding of a municipality: all or nothing, repeatable. And loading the reference data."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction
from django.utils import timezone
from uuid6 import uuid7

from tenants.context import on_portal
from tenants.db.locks import Lock
from tenants.jobs import defer
from tenants.models import OnboardingLauf, Tenant
from tenants.onboarding import registry, steps
from tenants.onboarding.registry import Angaben, OnboardingFehler, Report

logger = logging.getLogger(__name__)
JOB = "tenants.onboard"
BROKEN = (
    "Der Lauf wurde abgebrochen, weil der Arbeiter des Betriebs endete. Es wurde nichts angelegt oder geändert. "
    "Bitte versuchen Sie es noch einmal."
)


def _silent(line: str) -> None:
    """Nobody listens."""


def load_reference(*, report: Report = _silent) -> None:
    """Upsert all reference data of the shared schema in one transaction. Owner process only."""
    with transaction.atomic():
        for loader in registry.loaders():
            report(f"{loader.name}: {loader.load()} Zeilen")
    report("Referenzdaten sind geladen.")


def submit_onboarding(*, angaben: Angaben, user_id: UUID | str | None) -> OnboardingLauf:
    """Note the order; called on the portal by the operator's form.

    The row is all: only somebody who operates may write it (row-level security), and the operator's worker makes
    the job of it. No page can hand over a job of the owner. Raises `OnboardingFehler` (German) for details that
    cannot work, for an office that is there already (unless `angaben.erneut`), or while an order for this
    municipality is under way.
    """
    registry.complete(angaben)
    steps.check_angaben(angaben)
    steps.check_erneut(angaben)
    angaben.bestellt_von = str(user_id or "")
    with on_portal(user_id=user_id):
        offen = (OnboardingLauf.Zustand.WARTET, OnboardingLauf.Zustand.LAEUFT)
        if OnboardingLauf.objects.filter(kuerzel=angaben.kuerzel, zustand__in=offen).exists():
            raise OnboardingFehler(
                f"Für {angaben.kuerzel} läuft schon ein Onboarding. Bitte warten Sie dessen Ende ab."
            )
        return _create_lauf(angaben, OnboardingLauf.Zustand.WARTET)


def submit_waiting_orders() -> int:
    """Make a job of each order that waits without one. Owner process only; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM tenants_onboardinglauf l WHERE zustand = 'WARTET' AND NOT EXISTS"
            " (SELECT 1 FROM procrastinate_jobs j WHERE task_name = %s AND args ->> 'lauf_id' = l.id::text)",
            [JOB],
        )
        return sum(defer(JOB, lauf_id=str(pk)) is not None for (pk,) in cursor.fetchall())


def end_broken_orders() -> int:
    """End runs nobody works on any more, as failed. Owner process only; returns how many.

    A run holds the lock from before its first step to its end, and the lock ends with its process. A job that is
    taken up again after `kill -9` starts the run over and is left alone here.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [Lock.ONBOARDING])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "UPDATE tenants_onboardinglauf l SET zustand = 'FEHLER', meldung = %s, finished_at = now()"
            " WHERE zustand IN ('WARTET', 'LAEUFT') AND created_at < now() - interval '1 minute' AND NOT EXISTS"
            " (SELECT 1 FROM procrastinate_jobs j WHERE task_name = %s AND args ->> 'lauf_id' = l.id::text"
            " AND status IN ('todo', 'doing'))",
            [BROKEN, JOB],
        )
        return cursor.rowcount


def run_order(*, lauf_id: UUID) -> None:
    """Do what an order says. Called by the operator's worker; the outcome is in the OnboardingLauf."""
    lauf = OnboardingLauf.objects.get(pk=lauf_id)
    if lauf.zustand not in {OnboardingLauf.Zustand.WARTET, OnboardingLauf.Zustand.LAEUFT}:
        return
    with contextlib.suppress(OnboardingFehler):  # its message is in the row
        onboard_tenant(angaben=Angaben.from_json(lauf.angaben), lauf=lauf)


def onboard_tenant(*, angaben: Angaben, lauf: OnboardingLauf | None = None, report: Report = _silent) -> Tenant:
    """Onboard a municipality, or bring an existing one up to date, in ONE transaction. Owner process only.

    A failing step undoes everything, schema and role included, leaves an OnboardingLauf in FEHLER and
    raises `OnboardingFehler` with a German message.
    """
    registry.complete(angaben)
    lauf = lauf or _create_lauf(angaben, OnboardingLauf.Zustand.LAEUFT)
    plan = registry.steps()
    total = len(plan) + 1
    current = "Angaben prüfen"
    try:
        with _progress(lauf) as note, transaction.atomic():
            _wait_for_turn()
            note(1, total, "Register")
            report(f"[1/{total}] Angaben prüfen und in das Register eintragen")
            steps.check_angaben(angaben)
            tenant = steps.enter_register(angaben)
            for number, step in enumerate(plan, start=2):
                current = step.name
                note(number, total, current)
                report(f"[{number}/{total}] {current}")
                step.run(tenant, angaben, lambda line: report(f"        {line}"))
    except Exception as error:
        connection.set_schema_to_public()
        message = _message(error, current)
        _finish(lauf, OnboardingLauf.Zustand.FEHLER, message)
        if not isinstance(error, OnboardingFehler):
            logger.exception("Onboarding %s failed at step %s", angaben.kuerzel, current)
        raise OnboardingFehler(message) from error
    _finish(lauf, OnboardingLauf.Zustand.FERTIG, "", schritt=total, schritte=total)
    return tenant


def _message(error: Exception, step: str) -> str:
    if isinstance(error, OnboardingFehler):
        return f"{error} Es wurde nichts angelegt."[:500]
    return (
        f"Der Schritt „{step}“ ist fehlgeschlagen ({type(error).__name__}). Es wurde nichts angelegt oder geändert. "
        "Der Lauf kann wiederholt werden; Einzelheiten stehen im Protokoll des Betriebs."
    )[:500]


def _wait_for_turn() -> None:
    """One onboarding at a time: roles are shared by the whole cluster."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.ONBOARDING])


def _create_lauf(angaben: Angaben, zustand: OnboardingLauf.Zustand) -> OnboardingLauf:
    return OnboardingLauf.objects.create(
        id=uuid7(), kuerzel=angaben.kuerzel[:12], angaben=angaben.as_json(), zustand=zustand
    )


def _finish(lauf: OnboardingLauf, zustand: OnboardingLauf.Zustand, meldung: str, **fields: int) -> None:
    OnboardingLauf.objects.filter(pk=lauf.pk).update(
        zustand=zustand, meldung=meldung, finished_at=timezone.now(), **fields
    )


@contextlib.contextmanager
def _progress(lauf: OnboardingLauf) -> Iterator:
    """Write progress over a connection of its own: the operator sees it while the transaction is open."""
    side = connections.create_connection(DEFAULT_DB_ALIAS)

    def note(schritt: int, schritte: int, name: str) -> None:
        with contextlib.suppress(Error), side.cursor() as cursor:  # progress never stops the work
            cursor.execute("SET lock_timeout = '500ms'")
            cursor.execute(
                "UPDATE tenants_onboardinglauf SET zustand = %s, schritt = %s, schritte = %s, meldung = %s"
                " WHERE id = %s",
                [OnboardingLauf.Zustand.LAEUFT, schritt, schritte, name, lauf.pk],
            )

    try:
        yield note
    finally:
        side.close()
