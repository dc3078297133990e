"""Jobs: who keeps facilities is reminded of their vacancies, files are scanned, and what nobody names, or
is over its time, is removed."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.core.clock import real_now
from shared_apps.providers.services.aufbewahrung import clear_gruende, clear_kontakte
from shared_apps.providers.services.dateien import check_dateien, clear_dateien
from shared_apps.providers.services.erinnerung import notify_vakanzen
from shared_apps.providers.services.verlauf import purge_verlauf
from tenants.context import on_portal
from tenants.jobs import BETRIEB, job


@job(
    name="providers.notify_vakanzen",
    title="An unbestätigte Vakanzen erinnern",
    repeat="All or nothing; a second run finds who was not reminded today, and a constraint asks nobody twice.",
    longest=timedelta(minutes=30),
    cron="*/10 5-8 * * *",
    late=timedelta(hours=8),
)
def notify(timestamp: int) -> int:
    """Every morning, again and again: whom the queue had no room for, or whose run fell out, is reminded by a later
    one; after a morning without a worker until the late afternoon. Never at the weekend (`rules.ist_erinnerungstag`).
    """
    with on_portal():
        return notify_vakanzen()


@job(
    name="providers.scan_files",
    title="Hochgeladene Dateien auf Viren prüfen",
    repeat="Asks about what still waits; a file that was decided is not asked about again.",
    longest=timedelta(minutes=60),
    cron="* * * * *",
    retry=False,
)
def scan_files(timestamp: int) -> int:
    """Every minute."""
    return check_dateien()


@job(
    name="providers.clear_files",
    title="Dateien ohne Eintrag löschen",
    repeat="Removes what no row names; a second run finds nothing.",
    longest=timedelta(minutes=60),
    cron="20 4 * * *",
)
def clear_files(timestamp: int) -> int:
    """Every night."""
    return clear_dateien()


@job(
    name="providers.clear_reasons",
    title="Begründungen entschiedener Vorschläge leeren",
    repeat="Empties what is over its time; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="15 3 * * *",
)
def clear_reasons(timestamp: int) -> int:
    """Every night."""
    with on_portal():
        return clear_gruende()


@job(
    name="providers.clear_contacts",
    title="Kontakte beendeter Einrichtungen und Anbieter löschen",
    repeat="All or nothing; removes what is over its time, a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="20 3 * * *",
)
def clear_contacts(timestamp: int) -> int:
    """Every night."""
    with on_portal():
        return clear_kontakte()


@job(
    name="providers.purge_history",
    title="Alten Verlauf des Verzeichnisses löschen",
    repeat="Removes what is older than the period; a second run finds nothing.",
    longest=timedelta(hours=1),
    queue=BETRIEB,
    cron="25 4 1 * *",
)
def purge_history(timestamp: int) -> int:
    """Every month, as the owner: no other role may take anything out of the history."""
    return purge_verlauf(now=real_now())
