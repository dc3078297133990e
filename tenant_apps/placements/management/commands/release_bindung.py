from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from shared_apps.occupancy.services import release_platz
from tenant_apps.placements.abgleich import find_orphans
from tenants.context import in_tenant, on_portal
from tenants.management.base import PortalCommand
from tenants.models import Tenant


class Command(PortalCommand):
    help = (
        "Gives held places back that no reservation and no booking of the office knows, as `restore --tenant`"
        " lists them. Only after the office has said that nobody lives there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="Kürzel of the office")
        parser.add_argument("bindung", type=UUID, nargs="+", help="id of the hold")

    def handle(self, *args: object, tenant: str, bindung: list[UUID], **options: object) -> None:
        with on_portal():
            office = Tenant.objects.filter(kuerzel=tenant.upper()).first()
        if office is None:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht.")
        with in_tenant(office):
            orphans = {row.pk for row in find_orphans(office)}
            if known := sorted(set(bindung) - orphans):
                raise CommandError(
                    f"{known[0]}: wird nicht gehalten, oder eine Reservierung oder Buchung des Amtes gehört dazu."
                    " Diese beendet das Amt selbst."
                )
            for pk in bindung:
                release_platz(bindung_id=pk)
        self.stdout.write(f"{len(bindung)} Plätze sind frei.")
