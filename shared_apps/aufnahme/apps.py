from django.apps import AppConfig


class AufnahmeConfig(AppConfig):
    name = "shared_apps.aufnahme"
    label = "aufnahme"
    verbose_name = "Aufnahme von Anbietern"

    def ready(self) -> None:
        """Tell the register who may invite an administration, and why one was."""
        from shared_apps.aufnahme import policies, services
        from shared_apps.members.hooks import register_anlass
        from shared_apps.providers.hooks import register_einladung

        register_einladung(policies.may_invite_verwaltung)
        register_anlass(services.find_anlass)
