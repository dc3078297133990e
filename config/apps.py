from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top floor: start page, tables over all routes, and their commands. No models."""

    name = "config"
    label = "config"
    verbose_name = "Start"

    def ready(self) -> None:
        """Tell lower floors what only this one knows: what waits in other apps, which scopes a key can use."""
        from config.todo import list_einlesungen
        from config.umfaenge import find_umfaenge
        from shared_apps.accounts.hooks import register_umfaenge
        from shared_apps.operations.hooks import register_aufgaben

        register_umfaenge(find_umfaenge)
        register_aufgaben(list_einlesungen)
