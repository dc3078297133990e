"""Releases that come later: today's migrations of an app and one more. For `manage.py` processes of the tests only."""

from __future__ import annotations

import pkgutil
from types import ModuleType


def last(migrations: ModuleType) -> str:
    """Name of the newest migration that the app has today."""
    return max(name for _, name, _ in pkgutil.iter_modules(migrations.__path__))
