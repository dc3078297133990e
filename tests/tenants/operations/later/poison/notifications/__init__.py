"""Today's migrations and one more."""

from tenant_apps.notifications import migrations

__path__ = [*__path__, *migrations.__path__]
