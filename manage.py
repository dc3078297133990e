#!/usr/bin/env python
"""Django's command line. Commands that change the schema run as the owner, all others as the app."""

import os
import sys

#: Everything that creates, migrates, seeds, keeps or checks schemas as a whole.
OWNER_COMMANDS = {
    "bootstrap_database",
    "migrate_all",
    "migrate_schemas",
    "migrate",
    "makemigrations",
    "load_reference",
    "load_modul",
    "onboard_tenant",
    "tenant_status",
    "apply_fence",
    "backup",
    "restore",
    "show_abgleich",
    "verify_audit",
    "purge_protokoll",
    "rebuild_luecken",
    "rebuild_suchzeilen",
}


def works_as_owner(words: list[str]) -> bool:
    """Whether the command of these words changes schemas, or asks for the rights to."""
    return (bool(words) and words[0] in OWNER_COMMANDS) or "--betrieb" in words


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if works_as_owner(sys.argv[1:]):
        os.environ.setdefault("SOJUS_DB_MODE", "owner")
    from django.core.management import execute_from_command_line

    from config.room import with_room

    with_room(execute_from_command_line)(sys.argv)


if __name__ == "__main__":
    main()
