from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tenants.fence import apply_shared_fence, apply_tenant_fence, scan_privileges
from tenants.lag import PUBLIC, has_register, lagging_schemas, tenant_schemas
from tenants.models import Tenant
from tenants.portal import drop_portal, outdated_portals


class Command(BaseCommand):
    help = (
        "Migrates the shared schema and each tenant that lags, then applies roles, grants and portal views. "
        "One bad tenant does not stop the others."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--force", action="store_true", help="migrate and grant even where nothing lags")

    def handle(self, *args: object, force: bool = False, verbosity: int = 1, **options: object) -> None:
        if force or lagging_schemas([PUBLIC]):
            self.stdout.write("Gemeinsames Schema wird migriert …")
            for schema in tenant_schemas() if has_register() else []:
                drop_portal(schema)  # the views lean on shared tables, too
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=max(0, verbosity - 1))
        apply_shared_fence()  # rights change without a migration, too
        schemas = tenant_schemas()
        lagging = schemas if force else lagging_schemas(schemas)
        for schema in (outdated := sorted({*outdated_portals(schemas)} - {*lagging})):
            apply_tenant_fence(Tenant.objects.get(schema_name=schema))
        failed = []
        for number, schema in enumerate(lagging, start=1):
            self.stdout.write(f"[{number}/{len(lagging)}] {schema} wird migriert …")
            try:
                drop_portal(schema)
                call_command(
                    "migrate_schemas",
                    schema_name=schema,
                    tenant=True,
                    interactive=False,
                    verbosity=max(0, verbosity - 1),
                )
                connection.set_schema_to_public()
                apply_tenant_fence(Tenant.objects.get(schema_name=schema))
            except Exception as error:
                failed.append(schema)
                connection.set_schema_to_public()
                self.stderr.write(self.style.ERROR(f"{schema}: {type(error).__name__}"))
        if violations := scan_privileges():
            raise CommandError(f"{len(violations)} Rechte zu viel, zuerst: {violations[0]}")
        if failed:
            raise CommandError(f"Nicht migriert: {', '.join(failed)}")
        self.stdout.write(
            f"Datenbank ist auf dem Stand des Programms ({len(lagging)} Schemata migriert,"
            f" {len(outdated)} Sichten erneuert)."
        )
