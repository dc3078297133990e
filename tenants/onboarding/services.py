"""Onboarding of a municipality: all or nothing, repeatable. And loading the reference data."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction
from django.utils import timezone
from uuid6 import uuid7

from tenants.context import on_portal
from tenants.models import OnboardingLauf, Tenant
from tenants.onboarding import registry, steps
from tenants.onboarding.registry import Angaben, OnboardingFehler, Report

logger = logging.getLogger(__name__)
_LOCK = 77130
_DEAD_AFTER = timedelta(minutes=15)


def _silent(line: str) -> None:
    """Nobody listens."""


def load_reference(*, report: Report = _silent) -> None:
    """Upsert all reference data of the shared schema in one transaction. Owner process only."""
    with transaction.atomic():
        for loader in registry.loaders():
            report(f"{loader.name}: {loader.load()} Zeilen")
    report("Referenzdaten sind geladen.")


def submit_onboarding(*, angaben: Angaben) -> OnboardingLauf:
    """Note the order and hand it to the operator's worker; called on the portal by the operator's form.

    Raises `OnboardingFehler` (German) for details that cannot work or while an order for this municipality
    is under way.
    """
    from tenants import tasks  # the worker's side imports this module

    registry.complete(angaben)
    steps.check_angaben(angaben)
    with on_portal():
        offen = (OnboardingLauf.Zustand.WARTET, OnboardingLauf.Zustand.LAEUFT)
        _give_up_dead_runs(angaben.kuerzel)
        if OnboardingLauf.objects.filter(kuerzel=angaben.kuerzel, zustand__in=offen).exists():
            raise OnboardingFehler(
                f"Für {angaben.kuerzel} läuft schon ein Onboarding. Bitte warten Sie dessen Ende ab."
            )
        lauf = _create_lauf(angaben)
        tasks.onboard.defer(lauf_id=str(lauf.pk))
    return lauf


def _give_up_dead_runs(kuerzel: str) -> None:
    """A worker that was killed left its run as it stood; its transaction was rolled back with it."""
    OnboardingLauf.objects.filter(
        kuerzel=kuerzel, zustand=OnboardingLauf.Zustand.LAEUFT, created_at__lt=timezone.now() - _DEAD_AFTER
    ).update(
        zustand=OnboardingLauf.Zustand.FEHLER,
        meldung="Der Lauf wurde unterbrochen. Es wurde nichts angelegt oder geändert.",
        finished_at=timezone.now(),
    )


def run_order(*, lauf_id: UUID) -> None:
    """Do what an order says. Called by the operator's worker; the outcome stands in the OnboardingLauf."""
    lauf = OnboardingLauf.objects.get(pk=lauf_id)
    if lauf.zustand != OnboardingLauf.Zustand.WARTET:
        return
    with contextlib.suppress(OnboardingFehler):  # its message stands in the row
        onboard_tenant(angaben=Angaben.from_json(lauf.angaben), lauf=lauf)


def onboard_tenant(*, angaben: Angaben, lauf: OnboardingLauf | None = None, report: Report = _silent) -> Tenant:
    """Onboard a municipality, or bring an existing one up to date, in ONE transaction. Owner process only.

    A failing step undoes everything, schema and role included, leaves an OnboardingLauf in FEHLER and
    raises `OnboardingFehler` with a German message.
    """
    registry.complete(angaben)
    lauf = lauf or _create_lauf(angaben)
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
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _create_lauf(angaben: Angaben) -> OnboardingLauf:
    return OnboardingLauf.objects.create(id=uuid7(), kuerzel=angaben.kuerzel[:12], angaben=angaben.as_json())


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
