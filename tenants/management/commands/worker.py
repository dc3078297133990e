"""Background jobs. Two processes, so that no process that serves people can migrate or create roles."""

import asyncio
import contextlib

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

BETRIEB = "betrieb"


class Command(BaseCommand):
    help = "Runs background jobs until it is stopped. --betrieb: the operator's jobs (onboarding), as the owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--betrieb", action="store_true", help="queue 'betrieb' only, owner process")
        parser.add_argument("--concurrency", type=int, default=1)
        parser.add_argument("--once", action="store_true", help="work off what waits, then end")

    def handle(self, *args: object, betrieb: bool, concurrency: int, once: bool, **options: object) -> None:
        if betrieb != connection.is_owner:
            raise CommandError(
                "--betrieb braucht den Eigentümer-Prozess (SOJUS_DB_MODE=owner), jeder andere Worker läuft als app."
            )
        app.perform_import_paths()
        queues = {task.queue for task in app.tasks.values()} | {"default"}
        wanted = [BETRIEB] if betrieb else sorted(queues - {BETRIEB})
        self.stdout.write(f"Worker bereit, Warteschlangen: {', '.join(wanted)}")
        # `replace_connector` swaps Django's connection for a listening one; tests may have swapped it already.
        listening = isinstance(app.connector, DjangoConnector)
        context = app.replace_connector(app.connector.get_worker_connector()) if listening else contextlib.nullcontext()
        with context, contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(queues=wanted, concurrency=concurrency, wait=not once))


async def _run(*, queues: list[str], concurrency: int, wait: bool) -> None:
    async with app.open_async():
        await app.run_worker_async(
            queues=queues,
            name=",".join(queues),
            concurrency=concurrency,
            wait=wait,
            delete_jobs="successful",
            install_signal_handlers=True,
        )
