from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "tenant_apps.placements"
    label = "placements"
    verbose_name = "HzE-Auswahl und Buchung"
