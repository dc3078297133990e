from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import User
from shared_apps.factors.services.mfa import revoke_all_factors
from shared_apps.signin.door import notify_account_change
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Takes all second factors of a person away. Only after the office has checked who is calling."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, username: str, **options: object) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Einen Benutzer {username} gibt es nicht.")
        count = revoke_all_factors(user=user)
        if count:
            notify_account_change(user=user, kind=MailArt.FAKTOR_WEG, host=settings.PORTAL_HOST)
        self.stdout.write(f"{count} Faktoren von {username} entfernt.")
