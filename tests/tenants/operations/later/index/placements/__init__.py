"""Today's migrations and one more."""

from tenant_apps.placements import migrations

__path__ = [*__path__, *migrations.__path__]
