from django.core.management.base import CommandError, CommandParser

from shared_apps.core.zahlwort import anzahl
from tenant_apps.placements.search.selectors.kette import Kettenbericht, check_kette
from tenants.context import in_tenant
from tenants.door.offices import visit
from tenants.management.base import PortalCommand
from tenants.models import Tenant


def _check(office: Tenant) -> Kettenbericht:
    with in_tenant(office):
        return check_kette()


class Command(PortalCommand):
    help = (
        "Checks the chain of the Auswahlvermerke of each office against their contents and names the first break. Exit"
        " code 1 when there is one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="Kürzel of one office; without it all")

    def handle(self, *args: object, tenant: str | None, **options: object) -> None:
        offices = list(Tenant.objects.filter(kuerzel=tenant.upper()) if tenant else Tenant.objects.all())
        if not offices:
            raise CommandError(f"Ein Jugendamt {tenant} gibt es nicht." if tenant else "Es gibt noch kein Jugendamt.")
        broken = []
        for done in visit(offices, _check):
            kuerzel = done.tenant.kuerzel
            if done.error or done.result is None:
                broken.append(kuerzel)
                self.stdout.write(f"{kuerzel}: nicht möglich ({done.words})")
                continue
            bericht = done.result
            self.stdout.write(
                f"{kuerzel}: {anzahl(bericht.anzahl, 'Vermerk', 'Vermerke')} geprüft, {bericht.geleert} nach Frist"
                f" geleert, {f'unterbrochen: {bericht.bruch}' if bericht.bruch else 'die Kette hält'}"
            )
            if bericht.bruch:
                broken.append(kuerzel)
        if broken:
            raise CommandError(f"Die Kette hält nicht: {', '.join(broken)}.")
