import time

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from tenants.crypto.rotation import BATCH, rotate_all
from tenants.door.offices import OFFICES_BEHIND, SomeOfficesFailed
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = (
        "Turns all sealed values to the first key of SOJUS_FIELD_KEYS. May be stopped and started again; "
        "when it prints 0 everywhere, the older keys can be taken out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="values per transaction")

    def handle(self, *args: object, batch: int, **options: object) -> None:
        begin = time.monotonic()
        names = [name for name, _ in settings.FIELD_KEYS]
        self.stdout.write(f"Aktueller Schlüssel: {names[0]}; daneben bekannt: {', '.join(names[1:]) or 'keiner'}")
        total = 0
        try:
            for turned in rotate_all(batch=batch):
                total += turned.count
                self.stdout.write(f"{turned.place}: {turned.what}: {turned.count} umgeschlüsselt")
        except SomeOfficesFailed as error:
            raise CommandError(
                f"Nicht umgeschlüsselt: {error}. Alle anderen sind fertig. Nehmen Sie keinen älteren Schlüssel heraus,"
                " bevor dieser Befehl ohne Fehler durchläuft.",
                returncode=OFFICES_BEHIND,
            ) from error
        self.stdout.write(f"Zusammen {total} Werte in {time.monotonic() - begin:.1f} s umgeschlüsselt.")
