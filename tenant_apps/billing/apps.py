from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "tenant_apps.billing"
    label = "billing"
    verbose_name = "Abrechnung"

    def ready(self) -> None:
        # Cases lies below billing and may not import it; it asks through its hook before a case ends.
        from tenant_apps.billing.selectors.laufendes import list_offene_abrechnung
        from tenant_apps.cases.hooks import register_laufendes

        register_laufendes(list_offene_abrechnung)
