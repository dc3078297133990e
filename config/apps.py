from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top floor: start page, tables over all routes, and their commands. No models."""

    name = "config"
    label = "config"
    verbose_name = "Start"
