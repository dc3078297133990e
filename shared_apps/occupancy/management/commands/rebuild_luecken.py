from django.db import connection

from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = "Computes again when each place is free (ADR 0099). Holds and blocks wait meanwhile; repeatable."

    def handle(self, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT occupancy_luecken_neu()")
            (anzahl,) = cursor.fetchone()
        self.stdout.write(f"{anzahl} Lücken neu berechnet.")
