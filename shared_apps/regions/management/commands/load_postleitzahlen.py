from django.core.management.base import CommandError, CommandParser

from shared_apps.regions.postleitzahlen import PostleitzahlenFehler
from shared_apps.regions.services import check_postleitzahlen, load_postleitzahlen
from tenants.management.base import PortalCommand
from tenants.onboarding.reference import read_text


class Command(PortalCommand):
    help = "Loads the middles of postcodes from a CSV (docs/postleitzahlen.md). Repeatable; takes all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("datei")
        parser.add_argument("--nur-pruefen", action="store_true", help="says what would be done, and does nothing")

    def handle(self, *args: object, datei: str, nur_pruefen: bool, **options: object) -> None:
        text = read_text(datei)
        try:
            vorschau = check_postleitzahlen(text) if nur_pruefen else load_postleitzahlen(text)
        except PostleitzahlenFehler as error:
            raise CommandError(f"{datei}: Nichts geladen.\n{error}") from error
        self.stdout.write(f"{datei}: {vorschau.text}" + (" Nur geprüft, nichts geladen." if nur_pruefen else ""))
