from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shared_apps.accounts"
    label = "accounts"
    verbose_name = "Konten"

    def ready(self) -> None:
        """Let the OpenAPI document describe the key."""
        from shared_apps.accounts.api import schema  # noqa: F401
