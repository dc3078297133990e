from django.apps import AppConfig


class ControllingConfig(AppConfig):
    name = "tenant_apps.controlling"
    label = "controlling"
    verbose_name = "Controlling"

    def ready(self) -> None:
        # Placements is below controlling and may not import it; it asks through its hook.
        from tenant_apps.controlling.selectors import restbudget_im_monat
        from tenant_apps.placements.hooks import register_restbudget

        register_restbudget(restbudget_im_monat)
