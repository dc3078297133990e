from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class VorgabenConfig(AppConfig):
    name = "tenant_apps.vorgaben"
    label = "vorgaben"
    verbose_name = "Vorgaben"

    def ready(self) -> None:
        """Each app declares what an office may set in a `vorgaben.py` of its own."""
        autodiscover_modules("vorgaben")
