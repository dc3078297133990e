from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "shared_apps.members"
    label = "members"
    verbose_name = "Zugänge"

    def ready(self) -> None:
        """Let the worker find who writes the mails of this app."""
        from shared_apps.members import services  # noqa: F401
