"""Commands of the loaded program are as apart from each other as processes are (tests/tenants/loaded.py)."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

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


def test_kept_file__has_another_name_when_a_line_of_the_program_is_another(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(loaded, "ROOT", tmp_path)
    source = tmp_path / "shared_apps" / "core" / "fields.py"
    source.parent.mkdir(parents=True)
    source.write_text("one = 1\n")
    before = loaded.file_of_this_program()
    assert loaded.file_of_this_program() == before
    source.write_text("one = 2\n")
    assert loaded.file_of_this_program() != before


def test_kept_file__has_only_what_the_programs_own_migrations_sent__and_few_are_kept(
    tmp_path: Path, monkeypatch
) -> None:
    ordinary = ((("guardian", "tenant_apps.audit.guardian_state"),), ("tenant_apps.cases",))
    of_a_test = ((("cases", "tests.tenants.operations.later.cases"),), ("tenant_apps.cases",))
    known = {ordinary: (2, [("CREATE TABLE a ()", None)]), of_a_test: (3, [("CREATE TABLE b ()", None)])}
    monkeypatch.setattr(loaded, "replays", known)
    files = [tmp_path / "kept" / f"{number}.pickle" for number in range(3)]
    for age, file in zip((30, 20, 10), files, strict=True):
        loaded.keep(file, newest=2)
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    assert pickle.loads(files[2].read_bytes()) == {ordinary: known[ordinary]}
    assert sorted(tmp_path.joinpath("kept").iterdir()) == files[1:]


@pytest.mark.parametrize(("database", "reads"), [("test_template_0_raw", False), ("test_sojus_main_1_own", True)])
def test_first_office_of_a_template__is_migrated_by_django(database, reads, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(loaded, "run", lambda *_, **options: asked.append(options["reads_kept"]))
    owner.manage(database, "onboard_tenant", ok=False)
    assert asked == [reads]
