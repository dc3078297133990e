"""Today's migrations and one more."""

from shared_apps.accounts import migrations

__path__ = [*__path__, *migrations.__path__]
