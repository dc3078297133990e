"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from shared_apps.aufnahme import services  # noqa: F401
