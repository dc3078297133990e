from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "tenant_apps.privacy"
    label = "privacy"
    verbose_name = "Datenschutzrechte"

    def ready(self) -> None:
        """The trail knows its coded reasons in words."""
        from tenant_apps.audit.hooks import register_gruende
        from tenant_apps.privacy.enums import Einschraenkungsgrund

        register_gruende(Einschraenkungsgrund.choices)
