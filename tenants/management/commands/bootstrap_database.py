from django.conf import settings
from django.db import connection

from tenants.fence.bootstrap import bootstrap
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Roles, extension and revoked defaults of the database. Repeatable; needs a login that may create roles."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        settings.DB_OWNER_ASSUMES_ROLE = False
        connection.close()
        for note in bootstrap(app_password=settings.DB_APP_PASSWORD):
            self.stdout.write(self.style.WARNING(note))
        self.stdout.write("Datenbankrollen sind eingerichtet.")
