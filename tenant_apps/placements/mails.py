"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from tenant_apps.placements.services import auftrag  # noqa: F401
