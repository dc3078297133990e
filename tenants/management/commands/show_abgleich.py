from django.core.management.base import CommandError, CommandParser

from tenants.management.base import PortalCommand
from tenants.models import Tenant
from tenants.operations.backup.restore import tell


class Command(PortalCommand):
    help = "Says once more what somebody has to decide after `restore --tenant`. Reads only; owner process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="Kürzel of the office")

    def handle(self, *args: object, tenant: str, **options: object) -> None:
        office = Tenant.objects.filter(kuerzel=tenant.upper()).first()
        if office is None:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht.")
        tell(office, self.stdout.write)
        self.stdout.write("Mehr gibt es nicht zu entscheiden.")
