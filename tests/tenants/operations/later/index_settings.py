"""One more index on a table that grows: at the offices and in the shared schema."""

from config.settings import *  # noqa: F403
from config.settings.apps import MIGRATION_MODULES as TODAY

MIGRATION_MODULES = TODAY | {
    "placements": "tests.tenants.operations.later.index.placements",
    "accounts": "tests.tenants.operations.later.index.accounts",
}
