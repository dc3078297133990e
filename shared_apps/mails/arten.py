"""Who writes which mail: one function per `MailArt`, registered by the app whose matter it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag


@dataclass(frozen=True, slots=True)
class Nachricht:
    """A mail ready to be sent: no name, no content of a case."""

    an: str
    betreff: str
    text: str


Schreiber = Callable[[Mailauftrag], Nachricht | None]
SCHREIBER: dict[MailArt, Schreiber] = {}


def writes_mail(*arten: MailArt) -> Callable[[Schreiber], Schreiber]:
    """Register the function that looks up person and address and writes the text.

    None: there is nobody to write to, or person, office and occasion do not fit (any more).
    """

    def register(function: Schreiber) -> Schreiber:
        for art in arten:
            SCHREIBER[art] = function
        return function

    return register
