from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Jugendämter"

    def ready(self) -> None:
        from tenants.door import checks  # noqa: F401

        autodiscover_modules("onboarding", "rotation", "abgleich")
