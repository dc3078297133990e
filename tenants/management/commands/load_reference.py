from django.core.management.base import CommandError, CommandParser

from tenants.management.base import PortalCommand
from tenants.onboarding.reference import read_text
from tenants.onboarding.registry import OnboardingFehler, take_reference_file
from tenants.onboarding.services import load_reference


class Command(PortalCommand):
    help = "Loads the reference data of the house (districts, inhabitants, kinds of help, figures). Repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--datei", nargs="+", default=[], help="reference files (CSV) of other districts, kept")

    def handle(self, *args: object, datei: list[str], **options: object) -> None:
        for path in datei:
            try:
                self.stdout.write(f"{path}: {take_reference_file(read_text(path))} Gebietskörperschaften")
            except OnboardingFehler as error:
                raise CommandError(f"{path}: {error}") from error
        load_reference(report=self.stdout.write)
