"""Guards that migrations made are declared, all of them: none is lost, altered or forgotten unnoticed (ADR 0036)."""

from __future__ import annotations

from pprint import pformat

import pytest

from tenants.fence import functions as fence
from tenants.fence import migrated
from tenants.fence.ensure import standing_functions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("schema", ["public", "vg", "hro", "lhsn"])
def test_list_names_every_function_and_trigger_of_a_fresh_database_that_the_fence_does_not_make(schema):
    """After a migration that makes, changes or drops one: write into `migrated.py` of its app what this prints."""
    standing = migrated.read(schema)
    functions = dict(standing.functions)
    for function in fence.functions(schema):
        functions.pop(function.name)
    triggers = dict(standing.triggers)
    for trigger in fence.triggers(schema):
        triggers.pop((trigger.table, trigger.name))
    declared = {"functions": dict(migrated.functions(schema)), "triggers": dict(migrated.triggers(schema))}
    found = {"functions": functions, "triggers": triggers}
    assert found == declared, f"migrated.py of the app, {schema}:\n{pformat(found, width=110)}"


def test_who_may_call_a_migrations_function_is_said_where_it_has_the_owners_rights():
    """One that the table of callers forgets is nobody's: a trigger goes on working, a page does not."""
    definers = {
        name
        for (home, name), standing in standing_functions(["public", "vg"]).items()
        if name in migrated.functions(home) and any(function.definer for function in standing)
    }
    assert definers == {*migrated.callers()}
