from django.core.management.base import CommandError, CommandParser

from shared_apps.accounts.addresses import public_host
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import list_own_tenants
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.errors import RegelVerletzt
from shared_apps.signin.services import create_api_token
from shared_apps.signin.services.password_reset import notify_account_change
from tenants.management.base import PortalCommand
from tenants.models import Tenant


class Command(PortalCommand):
    help = "Makes an API token for a person at one host and prints it, nothing else. Shown once and not stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--tage", type=int, default=90, help="valid for so many days, 365 at most")
        parser.add_argument("--bezeichnung", default="Kommandozeile")
        parser.add_argument(
            "--ort", help="code of the office, or PORTAL; default: the person's only office, else the portal"
        )
        parser.add_argument(
            "--umfang", nargs="+", choices=Umfang.values, help="scopes; default: all that her role reaches"
        )

    def handle(
        self,
        *args: object,
        username: str,
        tage: int,
        bezeichnung: str,
        ort: str | None,
        umfang: list[str] | None,
        **options: object,
    ) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Die Person {username} gibt es nicht, oder ihr Zugang ist gesperrt.")
        try:
            tenant = self._find_tenant(user, ort)
            key = create_api_token(user=user, tenant=tenant, bezeichnung=bezeichnung, tage=tage, umfang=umfang)
            notify_account_change(user=user, kind=MailArt.SCHLUESSEL_NEU, host=public_host(tenant))
        except RegelVerletzt as error:
            raise CommandError(error.message) from error
        self.stdout.write(key)

    @staticmethod
    def _find_tenant(user: User, ort: str | None) -> Tenant | None:
        if ort is None:
            own = list(list_own_tenants(user_id=user.pk)[:2])
            return own[0] if len(own) == 1 else None
        if ort.upper() == "PORTAL":
            return None
        tenant = Tenant.objects.filter(kuerzel=ort.upper()).first()
        if tenant is None:
            raise CommandError(f"Ein Jugendamt mit dem Kürzel {ort} gibt es nicht.")
        return tenant
