from django.apps import AppConfig


class RepeatsConfig(AppConfig):
    name = "tenant_apps.repeats"
    label = "repeats"
    verbose_name = "Wiederholte Anfragen"
