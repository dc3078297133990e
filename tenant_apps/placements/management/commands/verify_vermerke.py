from django.core.management.base import CommandError, CommandParser

from shared_apps.core.zahlwort import anzahl
from tenant_apps.placements.search.selectors.kette import Kettenbericht, check_kette
from tenants.context import in_tenant
from tenants.door.offices import visit
from tenants.management.base import PortalCommand
from tenants.models import Tenant

#: The nightly job tells the operator by failing; the office is told by people.
WEM = (
    "Bitte sagen Sie es dem Datenschutz dieser Jugendämter. Der nächtliche Auftrag „Kette der Auswahlvermerke prüfen“"
    " meldet es dem Betrieb (/betrieb/auftraege/); die Seite eines betroffenen Vermerks sagt es allen, die ihn lesen."
)


class Command(PortalCommand):
    help = (
        "Checks the chain of the Auswahlvermerke of each office against their contents and names every break. Exit code"
        " 1 when there is one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="Kürzel of one office; without it all")
        parser.add_argument("--ab", type=int, default=1, help="number of the first note to look at (1)")

    def handle(self, *args: object, tenant: str | None, ab: int, **options: object) -> None:
        offices = list(Tenant.objects.filter(kuerzel=tenant.upper()) if tenant else Tenant.objects.all())
        if not offices:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht." if tenant else "Es gibt noch kein Jugendamt.")

        def check(office: Tenant) -> Kettenbericht:
            with in_tenant(office):
                return check_kette(ab)

        broken = []
        for done in visit(offices, check):
            kuerzel = done.tenant.kuerzel
            if done.error or done.result is None:
                broken.append(kuerzel)
                self.stdout.write(f"{kuerzel}: nicht möglich ({done.words})")
                continue
            self._say(kuerzel, done.result)
            if done.result.unterbrochen:
                broken.append(kuerzel)
        if broken:
            raise CommandError(f"Die Kette hält nicht: {', '.join(broken)}. {WEM}")

    def _say(self, kuerzel: str, bericht: Kettenbericht) -> None:
        stand = f"unterbrochen, {anzahl(bericht.unterbrochen, 'Mangel', 'Mängel')}:"
        self.stdout.write(
            f"{kuerzel}: {anzahl(bericht.anzahl, 'Vermerk', 'Vermerke')} geprüft, {bericht.geleert} nach Frist geleert,"
            f" {stand if bericht.unterbrochen else 'die Kette hält'}"
        )
        for bruch in bericht.brueche:
            self.stdout.write(f"  {bruch}")
        if bericht.weiter_ab is not None:
            self.stdout.write(f"  … weiter mit: verify_vermerke --tenant {kuerzel} --ab {bericht.weiter_ab}")
