"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from tenant_apps.gespraeche.services import melden  # noqa: F401
