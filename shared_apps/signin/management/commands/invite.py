from django.core.management.base import CommandError, CommandParser

from shared_apps.accounts.addresses import public_base, public_host
from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.signin.services import create_invitation
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Prints the link with which a person sets her password, once, within three days. Give it to her directly."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, username: str, **options: object) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Einen aktiven Benutzer {username} gibt es nicht.")
        offices = [m.tenant for m in list_valid_memberships(user_id=user.pk).select_related("tenant") if m.tenant]
        tenant = offices[0] if offices else None
        self.stdout.write(f"{public_base(tenant)}{create_invitation(user=user, host=public_host(tenant))}")
