from django.apps import AppConfig


class AufnahmeConfig(AppConfig):
    name = "shared_apps.aufnahme"
    label = "aufnahme"
    verbose_name = "Aufnahme von Anbietern"

    def ready(self) -> None:
        """Let the worker find who writes the mails of this app."""
        from shared_apps.aufnahme import services  # noqa: F401
