from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "tenant_apps.notifications"
    label = "notifications"
    verbose_name = "Benachrichtigungen"

    def ready(self) -> None:
        """Steps tell which months have other figures (ADR 0055)."""
        from tenant_apps.audit.hooks import register_marker
        from tenant_apps.notifications.services import mark_monate

        register_marker(mark_monate)
