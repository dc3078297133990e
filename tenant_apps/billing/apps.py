from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "tenant_apps.billing"
    label = "billing"
    verbose_name = "Abrechnung"

    def ready(self) -> None:
        # Cases and placements are below billing and may not import it; they ask through their hooks before a case or
        # a help ends, and for what somebody may do about its months.
        # The register asks nobody who pays a provider; it says that the account is another one.
        from shared_apps.providers.hooks import register_kontowechsel
        from tenant_apps.billing.policies import get_abrechnungsrechte
        from tenant_apps.billing.selectors.laufendes import list_offene_abrechnung
        from tenant_apps.billing.selectors.ueberzahlung import find_berechnetes, is_berechnet
        from tenant_apps.billing.services.kontowechsel import submit_kontowechsel
        from tenant_apps.cases.hooks import register_laufendes
        from tenant_apps.placements.hooks import (
            register_abrechnungsrechte,
            register_berechnetes,
            register_ist_berechnet,
        )

        register_kontowechsel(submit_kontowechsel)
        register_laufendes(list_offene_abrechnung)
        register_berechnetes(find_berechnetes)
        register_ist_berechnet(is_berechnet)
        register_abrechnungsrechte(get_abrechnungsrechte)
