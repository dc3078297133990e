"""The one way to send a mail: ask for one (`submit_mailauftrag`), and say who writes its kind (`writes_mail`)."""

from shared_apps.mails.arten import Nachricht, writes_mail
from shared_apps.mails.services import cancel_mailauftraege, submit_mailauftrag

__all__ = [
    "Nachricht",
    "cancel_mailauftraege",
    "submit_mailauftrag",
    "writes_mail",
]
