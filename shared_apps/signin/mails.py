"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from shared_apps.signin.services import password_reset  # noqa: F401
