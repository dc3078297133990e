from django.core.management.base import ALL_CHECKS, CommandError, CommandParser

from tenants.door.offices import OFFICES_BEHIND
from tenants.management.base import PortalCommand
from tenants.operations.release import release


class Command(PortalCommand):
    help = (
        "Brings the shared schema and each office's schema to this release while people work: migrations, roles, "
        "grants, views. Exit code 1: the portal must not start. 3: it may, the named offices stay in maintenance."
    )
    requires_system_checks = ALL_CHECKS  # once per release: what answers requests checks nothing

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="run the shared part even where nothing lags")
        parser.add_argument("--only", nargs="+", metavar="KUERZEL", help="these offices only (and the shared schema)")

    def handle(self, *args: object, force: bool = False, only: list[str] | None = None, **options: object) -> None:
        wanted = {kuerzel.lower() for kuerzel in only} if only else None
        ergebnis = release(force=force, only=wanted, report=self.stdout.write)
        if ergebnis.verstoesse:
            raise CommandError(f"{len(ergebnis.verstoesse)} Rechte zu viel, zuerst: {ergebnis.verstoesse[0]}")
        if ergebnis.behind:
            lines = "\n".join(f"  {schema}: {grund}" for schema, grund in sorted(ergebnis.behind.items()))
            raise CommandError(
                f"Diese Jugendämter bleiben zurück und zeigen eine Wartungsseite, alle anderen arbeiten:\n{lines}\n"
                "Der Befehl kann jederzeit wiederholt werden; die Betriebsseite zeigt den Stand.",
                returncode=OFFICES_BEHIND,
            )
        self.stdout.write(
            f"Datenbank ist auf dem Stand des Programms ({len(ergebnis.migriert)} Schemata migriert,"
            f" {len(ergebnis.abgeglichen)} abgeglichen)."
        )
