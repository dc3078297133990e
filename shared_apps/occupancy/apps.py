from django.apps import AppConfig


class OccupancyConfig(AppConfig):
    name = "shared_apps.occupancy"
    label = "occupancy"
    verbose_name = "Belegung"

    def ready(self) -> None:
        from shared_apps.occupancy.selectors import list_gehalten, list_gehaltene_plaetze
        from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
        from shared_apps.providers.hooks import (
            register_gehalten,
            register_gehaltene_plaetze,
            register_nichtaufnahmen,
        )

        register_gehalten(list_gehalten)
        register_gehaltene_plaetze(list_gehaltene_plaetze)
        register_nichtaufnahmen(list_nichtaufnahmen)
