from django.core.management.base import CommandError

from tenants.door.offices import OFFICES_BEHIND, visit
from tenants.fence.checks import describe_contradiction, validate
from tenants.fence.grants import apply_shared_fence, apply_tenant_fence
from tenants.fence.scan import scan_privileges
from tenants.management.base import PortalCommand
from tenants.models import Tenant


class Command(PortalCommand):
    help = "Applies roles, grants and row-level security anew and scans all role × schema pairs."

    def handle(self, *args: object, **options: object) -> None:
        apply_shared_fence()
        contradicted = [describe_contradiction("public", what) for what in validate("public")]
        visits = list(visit(Tenant.objects.all(), _apply))
        failed = [f"  {done.tenant.schema_name}: {done.words}" for done in visits if done.error]
        for done in visits:
            contradicted += [describe_contradiction(done.tenant.schema_name, what) for what in done.result or ()]
        for line in contradicted:
            self.stdout.write(line)
        if violations := scan_privileges():
            raise CommandError("\n".join(map(str, violations)))
        if failed:
            lines = "\n".join(failed)
            raise CommandError(
                f"Bei diesen Jugendämtern ließen sich die Rechte nicht setzen, bei allen anderen sind sie gesetzt und"
                f" geprüft:\n{lines}",
                returncode=OFFICES_BEHIND,
            )
        if contradicted:
            raise CommandError("Rechte sind gesetzt und geprüft, aber nicht alle Zeilen halten die Prüfregeln ein.")
        self.stdout.write("Rechte sind gesetzt und geprüft: keine Überschreitung.")


def _apply(tenant: Tenant) -> list[str]:
    apply_tenant_fence(tenant)
    return validate(tenant.schema_name)
