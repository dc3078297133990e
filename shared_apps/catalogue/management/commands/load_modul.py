from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from shared_apps.catalogue.services import load_modul
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Loads a module of the market from its file: criteria of its offers, kinds of help. Repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("datei", help="the module's file (JSON; shared_apps/catalogue/README.md says its form)")

    def handle(self, *args: object, datei: str, **options: object) -> None:
        try:
            modul = load_modul(Path(datei))
        except (OSError, ValueError) as error:
            raise CommandError(f"{datei} ist keine Datei eines Moduls: {error}") from error
        self.stdout.write(f"{modul}: {modul.kriterien.count()} Kriterien, {modul.hilfearten.count()} Hilfearten")
