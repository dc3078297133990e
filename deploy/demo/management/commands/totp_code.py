from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from shared_apps.accounts.models import User
from shared_apps.factors.door import compute_totp_code
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Prints the six digits the app of a demo user shows now, nothing else. Refuses outside the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, username: str, **options: object) -> None:
        if not settings.IS_DEMO:
            raise CommandError("Codes gibt es so nur im Vorführsystem.")
        user = User.objects.filter(username=username, is_active=True).first()
        code = compute_totp_code(user=user) if user else None
        if code is None:
            raise CommandError(f"{username} hat keine App eingerichtet und braucht keinen Code.")
        self.stdout.write(code)
