from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top floor: start page, tables over all routes, and their commands. No models."""

    name = "config"
    label = "config"
    verbose_name = "Start"

    def ready(self) -> None:
        """Let the operator's start page, on a lower floor, name what waits in other apps."""
        from config.todo import list_einlesungen
        from shared_apps.operations.hooks import register_aufgaben

        register_aufgaben(list_einlesungen)
