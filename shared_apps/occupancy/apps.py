from django.apps import AppConfig


class OccupancyConfig(AppConfig):
    name = "shared_apps.occupancy"
    label = "occupancy"
    verbose_name = "Belegung"
