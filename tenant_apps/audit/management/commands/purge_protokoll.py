from django.core.management.base import CommandError, CommandParser

from shared_apps.core.clock import real_now
from shared_apps.core.errors import SojusError
from shared_apps.core.zahlwort import anzahl
from tenant_apps.audit.services import purge_protokoll
from tenants.door.offices import visit
from tenants.management.base import PortalCommand
from tenants.models import Tenant


class Command(PortalCommand):
    help = (
        "Removes entries of the trail that only say somebody looked and are older than SOJUS_PROTOKOLL_LESEN_MONATE. "
        "Their hashes stay and the removal is sealed, so that verify_audit still holds. Owner process."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="Kürzel of one office; without it all")

    def handle(self, *args: object, tenant: str | None, **options: object) -> None:
        offices = list(Tenant.objects.filter(kuerzel=tenant.upper()) if tenant else Tenant.objects.all())
        if not offices:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht." if tenant else "Es gibt noch kein Jugendamt.")
        failed = []
        for done in visit(offices, lambda office: purge_protokoll(tenant=office, now=real_now())):
            kuerzel, made = done.tenant.kuerzel, done.result
            if done.error:
                failed.append(kuerzel)
                said = done.error.message if isinstance(done.error, SojusError) else f"nicht möglich ({done.words})"
                self.stdout.write(f"{kuerzel}: {said}")
            elif made is None:
                self.stdout.write(f"{kuerzel}: nichts fällig")
            else:
                self.stdout.write(
                    f"{kuerzel}: {made.anzahl} Leseeinträge der Siegel {made.von_siegel} bis {made.bis_siegel}"
                    f" gelöscht (Frist {anzahl(made.frist_monate, 'Monat', 'Monate')})"
                )
        if failed:
            raise CommandError(f"Nicht bereinigt: {', '.join(failed)}. Alle anderen Jugendämter sind fertig.")
