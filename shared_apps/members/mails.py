"""Who writes the mails of this app (`writes_mail`): loaded in every process, the worker too."""

from shared_apps.members.services import antraege, people, zugang  # noqa: F401
