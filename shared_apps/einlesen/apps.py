from django.apps import AppConfig


class EinlesenConfig(AppConfig):
    name = "shared_apps.einlesen"
    label = "einlesen"
    verbose_name = "Listen einlesen"
