from django.apps import AppConfig


class ControllingConfig(AppConfig):
    name = "tenant_apps.controlling"
    label = "controlling"
    verbose_name = "Controlling"
