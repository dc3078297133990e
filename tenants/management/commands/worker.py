"""Background jobs. Two processes, so that no process that serves people can migrate or create roles."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params

from tenants.db import roles
from tenants.jobs import BETRIEB, note_overdue
from tenants.jobs.missed import make_up
from tenants.jobs.overdue import Watch
from tenants.jobs.queue import QueueConnector
from tenants.jobs.stalled import forget, sweep
from tenants.jobs.times import FORGET_SECONDS, silent_seconds
from tenants.management.base import PortalCommand
from tenants.onboarding.services import end_broken_orders, submit_waiting_orders

logger = logging.getLogger(__name__)
#: How often the operator's worker looks for orders from the form.
ORDERS_SECONDS = 2


class Command(PortalCommand):
    help = "Runs background jobs until it is stopped. --betrieb: the operator's jobs (onboarding), as the owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--betrieb", action="store_true", help="queue 'betrieb' only, owner process")
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time, so that none holds up the rest")
        parser.add_argument("--once", action="store_true", help="work off what waits, then end")

    def handle(self, *args: object, betrieb: bool, concurrency: int, once: bool, **options: object) -> None:
        if betrieb != connection.is_owner:
            raise CommandError(
                "--betrieb braucht den Eigentümer-Prozess (SOJUS_DB_MODE=owner), jeder andere Worker läuft als app."
            )
        app.perform_import_paths()
        queues = {task.queue for task in app.tasks.values()} | {"default"}
        wanted = [BETRIEB] if betrieb else sorted(queues - {BETRIEB})
        _keep_own_clock(wanted)
        self.stdout.write(f"Worker bereit, Warteschlangen: {', '.join(wanted)}")
        # `replace_connector` swaps Django's connection for a listening one; tests may have swapped it already.
        listening = isinstance(app.connector, DjangoConnector)
        context = app.replace_connector(_connector()) if listening else contextlib.nullcontext()
        with context, contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(queues=wanted, concurrency=concurrency, wait=not once, orders=betrieb))


def _keep_own_clock(queues: list[str]) -> None:
    """Each worker hands over the scheduled jobs it does itself: no job of the owner comes from others."""
    tasks = app.periodic_registry.periodic_tasks
    for key in [key for key, periodic in tasks.items() if periodic.task.queue not in queues]:
        del tasks[key]


def _connector() -> QueueConnector:
    """To the queue, as the role that may touch it (docs/adr/0025); the jobs themselves use Django's connection."""
    params = connector_params()
    role = roles.owner() if connection.is_owner else roles.queue()
    params["options"] = f"{params.get('options', '')} -c role={role}".strip()
    return QueueConnector(kwargs=params)


async def _every(seconds: float, work: Any) -> None:
    """Again and again until it is cancelled; trouble is written down and does not end the worker."""
    while True:
        await _careful(work)
        await asyncio.sleep(seconds)


async def _careful(work: Any) -> None:
    try:
        await work()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task and task.cancelling():  # the worker ends
            raise
        logger.exception("the worker's own round was cut off from within")
    except Exception:
        logger.exception("the worker's own round failed")


def _orders() -> None:
    try:
        end_broken_orders()
        submit_waiting_orders()
    finally:
        connection.close()


async def _run(*, queues: list[str], concurrency: int, wait: bool, orders: bool) -> None:
    beat = settings.WORKER_HEARTBEAT_SECONDS

    async def take_up() -> None:
        await sweep(app, silent_seconds=silent_seconds())

    async def forget_old() -> None:
        await forget(app)

    async def make_up_missed() -> None:
        await make_up(app, at=datetime.now(UTC))

    rounds = [(beat, take_up), (FORGET_SECONDS, forget_old)]
    rounds += [(ORDERS_SECONDS, sync_to_async(_orders, thread_sensitive=False))] if orders else []
    async with app.open_async():
        for work in (make_up_missed, *(work for _, work in rounds)):
            await _careful(work)
        # Two heartbeats: others wait three before they take up what this worker leaves.
        watch = Watch(note=note_overdue, grace_seconds=2 * beat)
        watch.start()
        side = [asyncio.create_task(_every(seconds, work)) for seconds, work in rounds] if wait else []
        try:
            await app.run_worker_async(
                queues=queues,
                name=",".join(queues),
                concurrency=concurrency,
                wait=wait,
                delete_jobs="successful",
                install_signal_handlers=True,
                update_heartbeat_interval=beat,
                stalled_worker_timeout=silent_seconds(),
            )
        finally:
            watch.is_ended.set()
            for task in side:
                task.cancel()
            await asyncio.gather(*side, return_exceptions=True)  # before the connection they use is closed
