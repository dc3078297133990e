from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from shared_apps.core.errors import SojusError
from shared_apps.journal.services import check_siegel, get_siegel
from tenants.management.base import PortalCommand
from tenants.models import Tenant
from tenants.trail.chain import Befundbericht


class Command(PortalCommand):
    help = (
        "Checks the trails against their seals: names every row that was altered, removed or added. Operator and office"
        " see the result. Exit code 1 when something was found. Owner process."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="Kürzel of one office; without it all, and the shared journal")
        parser.add_argument(
            "--gegen",
            type=Path,
            nargs="+",
            help="files kept elsewhere: export_siegel, anchors, a mail of heads",
        )

    def handle(self, *args: object, tenant: str | None, gegen: list[Path] | None, **options: object) -> None:
        office = Tenant.objects.filter(kuerzel=tenant.upper()).first() if tenant else None
        if tenant and not office:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht.")
        try:
            copies = get_siegel(*gegen) if gegen else None
            found = sum(self._tell(report) for report in check_siegel(tenant=office, copies=copies))
        except SojusError as error:
            raise CommandError(error.message) from error
        if found:
            raise CommandError(f"{found} Mängel gefunden.")

    def _tell(self, report: Befundbericht) -> int:
        self.stdout.write(
            f"{report.schema}: {report.siegel} Siegel, {report.zeilen} Zeilen geprüft,"
            f" {report.unversiegelt} noch ohne Siegel, {report.bereinigt} nach Frist gelöscht,"
            f" {len(report.maengel)} Mängel"
            + (f", {report.verloren} Siegel durch eine Rückkehr verloren" if report.verloren else "")
        )
        for mangel in report.maengel:
            self.stdout.write(f"  {mangel}")
        return len(report.maengel)
