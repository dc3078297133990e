"""One broken office stops nobody else: whoever goes through all offices does the others and names the broken one."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

import pytest
from django.core.management import get_commands

from tests.architecture.tree import nodes_of, parsed, python_files
from tests.tenants import owner
from tests.tenants.broken_office import BROKEN
from tests.tenants.door.rounds_through_offices import JOBS
from tests.tenants.operations.backup.way_back import needs_clients

#: One worker: roles are the cluster's, and each case drops the role that another one has made.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("broken office")]

#: Jobs that work at each office under its own role, and those that work as the owner.
AT_EACH = (
    "anfragen.expire_anfragen", "audit.seal", "audit.seal_rest", "cases.notify_uebernahmen", "drafts.clear_expired",
    "gespraeche.notify_leitende", "gespraeche.notify_ungelesene", "placements.check_suchauftraege",
    "placements.expire_reservierungen", "placements.verify_vermerke", "verify_vermerke", "repeats.purge_answers",
)  # fmt: skip
AS_OWNER = ("audit.purge", "purge_protokoll")
#: What is wrong → who cannot do his work at that office, and so has to name it. Everybody else must not notice.
NAMED = {
    "a migration is missing": (),
    "its record is missing": ("backup",),
    "the views are missing": ("verify_audit",),
    "the schema is missing": (*AT_EACH, *AS_OWNER, "backup", "verify_audit", "rotate_keys", "apply_fence"),
    "the trail is missing": (
        "audit.seal", "audit.seal_rest", "placements.verify_vermerke", *AS_OWNER, "backup", "verify_audit",
        "verify_vermerke", "rotate_keys", "apply_fence",
    ),
    # `apply_fence` makes the role, and finds the rights that the role of the old name should not have.
    "the role is missing": (*AT_EACH, "controlling.publish_kennzahlen", "verify_audit", "rotate_keys", "apply_fence"),
    "a right too many": (),
}  # fmt: skip


@pytest.fixture
def no_role_stays() -> Iterator[None]:
    """`apply_fence` makes the role that was missing."""
    yield
    owner.drop_role("HRX")


@needs_clients
@pytest.mark.parametrize("what", BROKEN)
def test_round_goes_on_past_a_broken_office_and_names_it(no_role_stays, own_database, tmp_path, what):
    with owner.superuser(own_database) as by_hand:
        by_hand.execute(BROKEN[what])
    words = f"from tests.tenants.door.rounds_through_offices import *; run_all(Path({str(tmp_path)!r}))"
    said = owner.manage(own_database, "shell", "-v", "0", "-c", words).stdout
    found = json.loads(said.splitlines()[-1])
    assert {name: text for name, (code, text) in found.items() if code == 99} == {}

    def names(text: str) -> bool:
        return any(word in text for word in ("HRO", "hro", "hrx"))

    failed = {name for name, (code, _) in found.items() if code}
    assert failed == set(NAMED[what])
    assert {name for name in failed if not names(found[name][1])} == set()
    codes = {name: found[name][0] for name in ("backup", "rotate_keys") if name in failed}
    assert set(codes.values()) <= {3}, "done, but for the named office"

    paper = json.loads(next((tmp_path / "daten").glob("sojus-*/manifest.json")).read_text())
    assert set(paper["unvollstaendig"]) == ({"hro"} if "backup" in failed else set())
    with owner.superuser(own_database) as su:

        def asked(statement: str) -> list:
            return [row[0] for row in su.execute(statement)]

        # The others are done: backed up, checked, purged, their figures on the way.
        assert {"vg.cases_klient", "lhsn.cases_klient", "public.tenants_tenant"} <= set(paper["zeilen"])
        moved = {"public"} if what == "the role is missing" else set()  # a hand in the register is told there, too
        assert {"vg", "lhsn", "public"} - moved <= set(
            asked("SELECT mandant FROM journal_pruefbericht WHERE maengel = 0")
        )
        assert "public" in asked("SELECT mandant FROM journal_pruefbericht")
        faulty = set(asked("SELECT mandant FROM journal_pruefbericht WHERE maengel > 0"))
        assert bool(faulty) == ("verify_audit" in failed) and faulty <= {"hro", "hrx"} | moved
        waiting = asked(
            "SELECT args ->> 'schema' FROM procrastinate_jobs"
            " WHERE task_name = 'controlling.publish_kennzahlen_of_tenant'"
        )
        assert {"vg", "lhsn"} <= set(waiting)
    for kuerzel in ("VG", "LHSN"):
        assert f"{kuerzel}: nichts fällig" in found["purge_protokoll"][1]
        assert f"{kuerzel}: " in found["rotate_keys"][1]


def test_every_command_that_goes_through_offices_is_asked():
    """A new command that goes through all offices belongs in the round above; those named here do not."""
    ours = {name for name, app in get_commands().items() if app == "tenants"}
    assert ours <= {
        "backup", "rotate_keys", "tenant_status", "apply_fence",
        "restore", "migrate_all",  # tests/tenants/operations/backup, test_migrate_portal
        "bootstrap_database", "load_reference", "onboard_tenant", "wait_for_migration", "worker",  # no office, or one
        "show_abgleich", "end_rueckkehr",  # one
    }  # fmt: skip


def _names(node: ast.AST) -> set[str]:
    called = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return {getattr(function, "attr", getattr(function, "id", "")) for function in called}


def test_every_job_that_goes_through_offices_is_asked():
    """By what it calls: `run_in_offices`, or `visit` for a round of its own."""
    found = {
        node.name
        for path in python_files()
        for node in nodes_of(parsed(path))
        if isinstance(node, ast.FunctionDef)
        if any("job" in _names(decorator) for decorator in node.decorator_list)
        if {"run_in_offices", "visit"} & _names(node)
    }
    assert len(found) >= 7
    forgotten = found - {job.__name__ for job in JOBS}
    assert not forgotten, f"add it to JOBS in rounds_through_offices.py, and to NAMED what stops it: {forgotten}"
