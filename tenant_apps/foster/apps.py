from django.apps import AppConfig


class FosterConfig(AppConfig):
    name = "tenant_apps.foster"
    label = "foster"
    verbose_name = "Pflegestellen"
