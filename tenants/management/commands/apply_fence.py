from django.core.management.base import BaseCommand, CommandError

from tenants.fence import apply_shared_fence, apply_tenant_fence, scan_privileges
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Applies roles, grants and row-level security anew and scans all role × schema pairs."

    def handle(self, *args: object, **options: object) -> None:
        apply_shared_fence()
        for tenant in Tenant.objects.all():
            apply_tenant_fence(tenant)
        if violations := scan_privileges():
            raise CommandError("\n".join(map(str, violations)))
        self.stdout.write("Rechte sind gesetzt und geprüft: keine Überschreitung.")
