from pathlib import Path

from django.core.management.base import CommandParser

from shared_apps.journal.services import publish_siegel
from tenants.context import on_portal
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Writes the copies of all seals to a file (JSON lines) for another machine. Holds checksums only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("datei", type=Path)

    def handle(self, *args: object, datei: Path, **options: object) -> None:
        with on_portal():
            count = publish_siegel(datei)
        self.stdout.write(f"{count} Siegel geschrieben: {datei}")
