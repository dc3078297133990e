from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "shared_apps.providers"
    label = "providers"
    verbose_name = "Anbieterverzeichnis"

    def ready(self) -> None:
        # The catalogue is below providers and may not import it; it asks through its hook what uses an entry.
        from shared_apps.catalogue.hooks import register_zaehler
        from shared_apps.providers.selectors.katalog import count_angebote_mit

        register_zaehler(count_angebote_mit)
