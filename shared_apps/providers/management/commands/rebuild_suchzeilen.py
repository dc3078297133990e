from django.db import connection

from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Writes again what searches read of each offer (ADR 0099). Changes of the register wait; repeatable."

    def handle(self, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT providers_suchzeilen_neu()")
            (anzahl,) = cursor.fetchone()
        self.stdout.write(f"{anzahl} Suchzeilen neu geschrieben.")
