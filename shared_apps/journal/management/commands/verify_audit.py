from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from shared_apps.journal.export import read_siegel
from tenants.chain import Pruefung, shared_trail, tenant_trail
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Checks the trails against their seals: names every row that was altered, removed or added. "
        "Exit code 1 when something was found. Owner process."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="Kürzel of one office; without it all, and the shared journal")
        parser.add_argument("--gegen", type=Path, help="file written by export_siegel, kept on another machine")

    def handle(self, *args: object, tenant: str | None, gegen: Path | None, **options: object) -> None:
        if not connection.is_owner:
            raise CommandError("Bitte als Eigentümer-Prozess aufrufen (SOJUS_DB_MODE=owner).")
        offices = Tenant.objects.filter(kuerzel=tenant.upper()) if tenant else Tenant.objects.all()
        if tenant and not offices:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht.")
        trails = [tenant_trail(t.schema_name) for t in offices] + ([] if tenant else [shared_trail()])
        copies = read_siegel(gegen) if gegen else {}
        found = 0
        for trail in trails:
            with transaction.atomic():
                report = Pruefung(trail, copies.get(trail.schema)).run()
            self.stdout.write(
                f"{report.schema}: {report.siegel} Siegel, {report.zeilen} Zeilen geprüft,"
                f" {report.unversiegelt} noch ohne Siegel, {report.bereinigt} nach Frist gelöscht,"
                f" {len(report.maengel)} Mängel"
            )
            for mangel in report.maengel:
                self.stdout.write(f"  {mangel}")
            found += len(report.maengel)
        if found:
            raise CommandError(f"{found} Mängel gefunden.")
