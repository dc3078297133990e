from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "tenant_apps.drafts"
    label = "drafts"
    verbose_name = "Entwürfe"
