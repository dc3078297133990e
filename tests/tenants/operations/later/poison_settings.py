"""A rule that the rows of one office do not meet."""

from config.settings import *  # noqa: F403
from config.settings.apps import MIGRATION_MODULES as TODAY

MIGRATION_MODULES = TODAY | {"notifications": "tests.tenants.operations.later.poison.notifications"}
