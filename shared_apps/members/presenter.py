"""Words of administration's screens."""

from __future__ import annotations

from django.utils.timezone import localtime

from shared_apps.accounts.models import Mailauftrag


def describe_mail(mail: Mailauftrag | None) -> str:
    """What became of the mail with an invitation, for whoever asked for it."""
    if mail is None:
        return "ohne E-Mail"
    if mail.gesendet_at:
        return f"per E-Mail gesendet am {localtime(mail.gesendet_at):%d.%m.%Y um %H:%M Uhr}"
    text = f"E-Mail {mail.get_zustand_display()}"
    return f"{text}: {mail.fehler.rstrip('.')}" if mail.fehler else text
