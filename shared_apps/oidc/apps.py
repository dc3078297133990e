from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "shared_apps.oidc"
    label = "oidc"
    verbose_name = "Konten"
