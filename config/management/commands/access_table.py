"""`manage.py access_table`: write or check docs/access.md."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from config.access_table import Undeclared, render
from tenants.management.base import PortalCommand

PATH = settings.BASE_DIR / "docs" / "access.md"


class Command(PortalCommand):
    """Route × method × role, from the policies the views declare."""

    help = "Prints the table of access rights; --write stores it in docs/access.md, --check fails when that is stale."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--write", action="store_true", help="write docs/access.md")
        what.add_argument("--check", action="store_true", help="fail when docs/access.md is not up to date")

    def handle(self, **options: bool) -> None:
        try:
            table = render()
        except Undeclared as error:
            raise CommandError(f"Views without a declaration:\n{error}") from error
        if options["write"]:
            PATH.write_text(table, encoding="utf-8")
            self.stdout.write(f"{PATH} written")
        elif options["check"]:
            if not PATH.exists() or PATH.read_text(encoding="utf-8") != table:
                raise CommandError("docs/access.md is stale. Run: python manage.py access_table --write")
            self.stdout.write("docs/access.md is up to date")
        else:
            self.stdout.write(table)
