import time

from django.conf import settings
from django.core.management.base import CommandError

from deploy.demo.world.leute import PASSWORT, set_up_second_factor
from deploy.demo.world.welt import WeltFehlt, build_world
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Fills the demo world: invented providers, people, cases, invoices, figures. Does nothing when it is there."

    def handle(self, *args: object, **options: object) -> None:
        if settings.SESSION_COOKIE_SECURE:
            raise CommandError("Die Demo-Welt gehört nicht in eine Produktion (SOJUS_ENV=demo oder test).")
        if settings.DB_MODE != "owner":
            raise CommandError("Nur als Eigentümer der Datenbank: python -m deploy.demo --manage demo_world")
        began = time.monotonic()
        try:
            built = build_world(report=self.stdout.write)
        except WeltFehlt as error:
            raise CommandError(str(error)) from error
        for username in set_up_second_factor():
            self.stdout.write(f"{username} meldet sich mit zweitem Faktor an: make code USER={username}")
        if built:
            self.stdout.write(f"Die Demo-Welt steht nach {time.monotonic() - began:.1f} s. Kennwort: {PASSWORT}")
