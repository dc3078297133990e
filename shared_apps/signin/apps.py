from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "shared_apps.signin"
    label = "signin"
    verbose_name = "Konten"
