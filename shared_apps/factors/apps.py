from django.apps import AppConfig


class FactorsConfig(AppConfig):
    name = "shared_apps.factors"
    label = "factors"
    verbose_name = "Konten"
