from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MailsConfig(AppConfig):
    name = "shared_apps.mails"
    label = "mails"
    verbose_name = "E-Mails"

    def ready(self) -> None:
        """Each app names the modules that write its mails in a `mails.py`: the worker loads no page that would."""
        autodiscover_modules("mails")
