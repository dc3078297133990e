"""Commands start quickly: a timer, an operator, a test waits for each of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import ALL_CHECKS

from tenants.management.base import PortalCommand
from tests import bootstrap

FLOORS = ("config", "tenants", "shared_apps", "tenant_apps", "deploy")
OURS = sorted((app, name) for name, app in get_commands().items() if app.split(".")[0] in FLOORS)
#: Asked once per release, when nobody waits for it.
CHECKS_EVERYTHING = "migrate_all"
#: Takes long to load and is needed to answer requests, or where somebody has a DSN.
NOT_FOR_COMMANDS = (
    "sentry_sdk",
    "rest_framework.views",
    "drf_spectacular.plumbing",
    "config.urls_tenant",
    "config.urls_portal",
)
PROGRAM = f"""
import sys, django
django.setup()
from django.core.management import load_command_class
for app, name in {OURS!r}:
    load_command_class(app, name).check(tags=["isolation"])
print(*[name for name in {NOT_FOR_COMMANDS!r} if name in sys.modules])
"""


@pytest.mark.parametrize(("app", "name"), OURS)
def test_a_command_of_ours_does_not_check_every_page(app, name):
    command = load_command_class(app, name)
    assert isinstance(command, PortalCommand)
    if name == CHECKS_EVERYTHING:
        assert command.requires_system_checks == ALL_CHECKS
    else:
        assert set(command.requires_system_checks) <= {"isolation"}


def test_commands_load_nothing_that_only_answers_requests():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=bootstrap.ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
