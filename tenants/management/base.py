"""What all commands of the portal have in common."""

from typing import Literal

from django.core.management.base import BaseCommand

from tenants.door.checks import ISOLATION


class PortalCommand(BaseCommand):
    """A command that is asked for isolation alone before it runs.

    Django would check every URL, view and form first, and load them for it: half of the time in which a command starts.
    The tests check all of that, and `migrate_all` once per release.
    """

    requires_system_checks: tuple[str, ...] | Literal["__all__"] = (ISOLATION,)
