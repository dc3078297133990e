"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from tenant_apps.billing.services import kontowechsel  # noqa: F401
