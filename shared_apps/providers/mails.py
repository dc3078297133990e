"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from shared_apps.providers.services import entgelte, erinnerung, konto  # noqa: F401
