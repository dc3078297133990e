from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Brings the demo's two commands; installed with SOJUS_ENV=demo and test only (config/settings/apps.py)."""

    name = "deploy.demo"
    label = "demo"
    verbose_name = "Vorführsystem"
