from django.core.management.base import BaseCommand

from tenants.onboarding.services import load_reference


class Command(BaseCommand):
    help = "Loads the reference data of the house (districts, inhabitants, kinds of help, figures). Repeatable."

    def handle(self, *args: object, **options: object) -> None:
        load_reference(report=self.stdout.write)
