from django.core.management.base import CommandError, CommandParser

from tenants.management.base import PortalCommand
from tenants.models import Tenant
from tenants.operations.backup.errors import SicherungFehler
from tenants.operations.backup.restore import end_rueckkehr


class Command(PortalCommand):
    help = (
        "Says that what is here counts: takes off the mark of a return that was broken off, where people have worked"
        " since. Changes no row. Otherwise call `restore` again. Owner process."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="Kürzel of the office; without it the return of everything")

    def handle(self, *args: object, tenant: str | None, **options: object) -> None:
        office = Tenant.objects.filter(kuerzel=tenant.upper()).first() if tenant else None
        if tenant and office is None:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht.")
        try:
            end_rueckkehr(tenant=office, report=self.stdout.write)
        except SicherungFehler as error:
            raise CommandError(str(error)) from error
