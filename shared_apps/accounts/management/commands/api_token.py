from django.core.management.base import BaseCommand, CommandError, CommandParser

from shared_apps.accounts.models import User
from shared_apps.accounts.services import create_api_token


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it, nothing else. It is shown once and not stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--tage", type=int, default=90, help="valid for so many days")
        parser.add_argument("--bezeichnung", default="Kommandozeile")

    def handle(self, *args: object, username: str, tage: int, bezeichnung: str, **options: object) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Die Person {username} gibt es nicht, oder ihr Zugang ist gesperrt.")
        self.stdout.write(create_api_token(user=user, bezeichnung=bezeichnung, tage=tage))
