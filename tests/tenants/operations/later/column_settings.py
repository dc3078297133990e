"""A column more, and columns that views show get another type: at the offices and in the shared schema."""

from config.settings import *  # noqa: F403
from config.settings.apps import MIGRATION_MODULES as TODAY

MIGRATION_MODULES = TODAY | {
    "placements": "tests.tenants.operations.later.column.placements",
    "accounts": "tests.tenants.operations.later.column.accounts",
}
