import time

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, connection

from tenants.door.readiness import is_shared_ready
from tenants.door.rueckkehr import ALLES, is_returning
from tenants.management.base import PortalCommand


class Command(PortalCommand):
    help = (
        "Waits until the database answers and its shared schema is on the state of this program; then the web server "
        "and the workers may start. Offices that stay behind stop nobody: their hosts show a maintenance page."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=60, help="how long; then exit code 1")

    def handle(self, *args: object, seconds: float, **options: object) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if is_shared_ready():
                    return
                reason = (
                    ALLES
                    if is_returning()
                    else "Das gemeinsame Schema ist noch nicht migriert (sojus-migrate, `manage.py migrate_all`)."
                )
            except DatabaseError as error:
                connection.close()
                reason = f"Die Datenbank antwortet nicht ({type(error).__name__})."
            if time.monotonic() >= end:
                raise CommandError(reason)
            time.sleep(min(1, seconds))
