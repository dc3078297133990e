"""Modules that DRF's settings name can be imported first: the order of Django's checks is not fixed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import bootstrap

FIRST = [
    "shared_apps.core.api",
    "shared_apps.accounts.api.authentication",
    "shared_apps.accounts.api.permissions",
    "rest_framework.views",
    "drf_spectacular.openapi",
]


@pytest.mark.parametrize("module", FIRST)
def test_module_can_be_the_first(module):
    program = f"import django; django.setup(); import {module}; import rest_framework.views"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=bootstrap.ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
