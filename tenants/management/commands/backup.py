from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from tenants.door.offices import OFFICES_BEHIND
from tenants.management.base import PortalCommand
from tenants.models import Tenant
from tenants.operations.backup.dump import create_backup, remove_older_keys
from tenants.operations.backup.errors import SicherungFehler


class Command(PortalCommand):
    help = (
        "Backs up everything, or one office: data without the keys of persons, and the keys apart, of one moment, with"
        " manifests and checksums. Owner process; calls pg_dump. May run while people work. Exit code 3: done, but the"
        " named offices are incomplete."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--nach", type=Path, required=True, help="folder for the data (may be kept long)")
        parser.add_argument(
            "--schluessel-nach", type=Path, required=True, help="folder for the keys (days, not months)"
        )
        parser.add_argument("--tenant", help="Kürzel of one office; without it everything")
        parser.add_argument(
            "--alte-schluessel-behalten", action="store_true", help="leave older key dumps where they are"
        )

    def handle(
        self, *args: object, nach: Path, schluessel_nach: Path, tenant: str | None, alte_schluessel_behalten: bool,
        **options: object,
    ) -> None:  # fmt: skip
        office = Tenant.objects.filter(kuerzel=tenant.upper()).first() if tenant else None
        if tenant and not office:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht.")
        try:
            made = create_backup(nach=nach, schluessel_nach=schluessel_nach, tenant=office, report=self.stdout.write)
        except SicherungFehler as error:
            raise CommandError(str(error)) from error
        removed = 0 if alte_schluessel_behalten else remove_older_keys(made.schluessel)
        self.stdout.write(f"Gesichert:\n  {made.daten}\n  {made.schluessel}")
        if removed:
            self.stdout.write(f"{removed} ältere Sicherungen der Schlüssel sind gelöscht.")
        if made.unvollstaendig:
            lines = "\n".join(f"  {schema}: {reason}" for schema, reason in sorted(made.unvollstaendig.items()))
            raise CommandError(
                "Gesichert ist, was da ist. Diese Jugendämter sind unvollständig, alle anderen ganz gesichert:\n"
                f"{lines}\nIhre letzte vollständige Sicherung der Schlüssel bleibt liegen, bis sie wieder ganz sind:"
                " behalten Sie auch die Daten dazu.",
                returncode=OFFICES_BEHIND,
            )
