from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from tenants.door.offices import OFFICES_BEHIND
from tenants.management.base import PortalCommand
from tenants.models import Tenant
from tenants.operations.backup.errors import SicherungFehler
from tenants.operations.backup.manifest import OHNE
from tenants.operations.backup.restore import open_backup, restore_all, restore_office

DANACH = """
Jetzt:
  1. Wer nach der Sicherung gelöscht wurde, ist wieder zu löschen. Wessen Schlüssel fehlt, steht oben; wer nach der
     Sicherung der Schlüssel gelöscht wurde, steht nur im Papier des Löschlaufs. Jedes Amt bereitet dafür einen
     Löschlauf vor.
  2. Das Ergebnis der Protokollprüfung ablegen. Siegel nach der Sicherung sind verloren: diese Lücke steht ab jetzt als
     Rückkehr im Journal und gilt nicht als Mangel.
  3. Alle melden sich neu an. Mails und Aufträge, die zur Zeit der Sicherung warteten, laufen noch einmal.
  4. Erst dann Webserver und Arbeiter starten."""
DANACH_AMT = """
Jetzt:
  1. Über jede oben genannte Platzbindung entscheiden: gehört sie zu einem Kind, das wirklich dort ist, erfasst das
     Amt sie neu; sonst gibt der Betrieb sie frei (release_bindung).
  2. Wer nach der Sicherung gelöscht wurde, ist wieder zu löschen (oben und im Papier des Löschlaufs).
  3. Die Wartung auf der Betriebsseite beenden."""


class Command(PortalCommand):
    help = (
        "Brings a backup back: everything into an empty database, or with --tenant one office beside the others."
        " Refuses a database that is not empty; after an interruption call it again. Owner process; calls pg_restore."
    )
    requires_system_checks = ()  # the database may be empty

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("daten", type=Path, help="folder with the data, as `backup` made it")
        parser.add_argument("--schluessel", type=Path, required=True, help="folder with the newest keys")
        parser.add_argument("--tenant", help="Kürzel of one office to bring back")
        parser.add_argument(
            OHNE, dest="sealed", action="store_false", help="take a backup whose manifest bears no seal of our keys"
        )
        parser.add_argument("--gegen", type=Path, nargs="+", help="as for verify_audit: files kept elsewhere")

    def handle(
        self,
        *args: object,
        daten: Path,
        schluessel: Path,
        tenant: str | None,
        gegen: list[Path] | None,
        sealed: bool,
        **options: object,
    ) -> None:
        behind: dict[str, str] = {}
        try:
            sicherung = open_backup(daten=daten, schluessel=schluessel, sealed=sealed)
            if not sealed:
                self.stdout.write("Ohne Prüfung der Siegel: niemand hat bestätigt, dass die Sicherung von hier ist.")
            self.stdout.write(f"Sicherung {sicherung.manifest.sicherung} vom {sicherung.manifest.erstellt}.")
            if tenant is None:
                behind = restore_all(sicherung=sicherung, report=self.stdout.write)
            else:
                restore_office(sicherung=sicherung, tenant=_find(tenant), report=self.stdout.write)
        except SicherungFehler as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Protokolle werden geprüft …")
        named = "".join(f"\n  {schema}: {why}" for schema, why in sorted(behind.items()))
        left = f"\nDiese Jugendämter bleiben zurück, alle anderen sind ganz zurück:{named}" if named else ""
        try:
            call_command("verify_audit", tenant=tenant, gegen=gegen, stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            raise CommandError(
                f"Die Daten sind zurück, aber die Prüfung der Protokolle sagt: {error}{left}{DANACH}",
                returncode=OFFICES_BEHIND if left else 1,
            ) from error
        self.stdout.write(DANACH_AMT if tenant else DANACH)
        if left:
            raise CommandError(left, returncode=OFFICES_BEHIND)


def _find(kuerzel: str) -> Tenant:
    found = Tenant.objects.filter(kuerzel=kuerzel.upper()).first()
    if found is None:
        raise CommandError(f"Ein Jugendamt {kuerzel} gibt es nicht. Ist die Datenbank leer, dann ohne --tenant.")
    return found
