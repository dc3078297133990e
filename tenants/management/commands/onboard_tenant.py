import time

from django.core.management.base import CommandError, CommandParser

from tenants.management.base import PortalCommand
from tenants.onboarding.reference import read_text
from tenants.onboarding.registry import Angaben, OnboardingFehler
from tenants.onboarding.services import onboard_tenant


class Command(PortalCommand):
    help = (
        "Onboards a municipality (or brings it up to date): schema, tables, role and rights, administrator, host, "
        "probe. All or nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kuerzel", nargs="+", required=True, help="e.g. VG; several may be given")
        parser.add_argument("--name", default="", help="official name; default from the reference data")
        parser.add_argument("--ags", default="", help="Amtlicher Gemeindeschlüssel; default from the reference data")
        parser.add_argument("--admin-username", default="", help="first administrator; default admin-<kuerzel>")
        parser.add_argument("--admin-email", default="")
        parser.add_argument("--referenz", default="", help="reference file (CSV) of a district the program lacks")

    def handle(self, *args: object, kuerzel: list[str], name: str, ags: str, **options: str) -> None:
        if len(kuerzel) > 1 and any([name, ags, options["admin_username"]]):
            raise CommandError("--name, --ags und --admin-username gelten für ein einzelnes Kürzel.")
        referenz = read_text(options["referenz"]) if options["referenz"] else ""
        for one in kuerzel:
            self._onboard(
                Angaben(
                    kuerzel=one.upper(),
                    name=name,
                    ags=ags,
                    admin_username=options["admin_username"],
                    admin_email=options["admin_email"],
                    referenz=referenz,
                )
            )

    def _onboard(self, angaben: Angaben) -> None:
        began = time.monotonic()
        try:
            tenant = onboard_tenant(angaben=angaben, report=self.stdout.write)
        except OnboardingFehler as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tenant.kuerzel} ({tenant.name}) ist bereit nach {time.monotonic() - began:.1f} s.")
