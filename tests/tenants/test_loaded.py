"""Commands of the loaded program are as apart from each other as processes are (tests/tenants/loaded.py)."""

from __future__ import annotations

import pytest
from django.db import connection

from manage import works_as_owner
from tests.tenants import loaded, owner

pytestmark = pytest.mark.django_db
LATER = "tests.tenants.operations.later.column_settings"
#: Says where it is, leaves something behind in its process, and asks whether another one has.
PROGRAM = """
import os, sys
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database()")
    here = cursor.fetchone()[0]
print(here, settings.SETTINGS_MODULE, settings.DB_MODE, getattr(settings, "LEFT", ""), os.environ.get("LEFT", ""))
settings.LEFT = os.environ["LEFT"] = sys.argv[-1]
"""


def where(database: str, settings: str = "config.settings") -> list[str]:
    return owner.manage(database, "shell", "--no-imports", "-c", PROGRAM, owner=False, settings=settings).stdout.split()


def test_commands_in_turn__other_database_other_settings__know_nothing_of_each_other() -> None:
    ours = connection.settings_dict["NAME"]
    assert where(ours) == [ours, "config.settings", "app"]
    assert where("postgres", LATER) == ["postgres", LATER, "app"]
    assert where("postgres") == ["postgres", "config.settings", "app"]
    assert where(ours, LATER) == [ours, LATER, "app"]


def test_command__stdin_streams_and_exit_code_arrive() -> None:
    ours = connection.settings_dict["NAME"]
    program = "import sys\nprint('gut')\nprint('schlecht', file=sys.stderr)\nsys.exit(3)"
    done = owner.manage(ours, "shell", "--no-imports", owner=False, stdin=program, ok=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "gut\n", "schlecht\n")
    assert owner.manage(ours, "shell", "--no-imports", "-c", "pass", owner=False, stdin=program).stdout == ""


def test_command__unknown__says_so_and_fails() -> None:
    done = owner.manage(connection.settings_dict["NAME"], "gibt_es_nicht", owner=False, ok=False)
    assert done.returncode == 1
    assert "Unknown command: 'gibt_es_nicht'" in done.stderr


@pytest.mark.parametrize(
    ("words", "owns"),
    [
        (["migrate_all"], True),
        (["backup", "--nach", "x"], True),
        (["invite", "--betrieb"], True),
        (["invite", "backup"], False),
        (["worker"], False),
        ([], False),
    ],
)
def test_rule_of_the_owner__is_that_of_manage_py(words: list[str], owns: bool) -> None:
    assert works_as_owner(words) is owns
    assert loaded.works_as_owner is works_as_owner
