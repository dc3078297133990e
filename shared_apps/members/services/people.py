"""Invite a person: an account without a password, and a link with which she sets one herself."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from shared_apps.accounts.models import User
from shared_apps.accounts.services import create_invitation
from shared_apps.core.errors import RegelVerletzt

_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Einladung:
    """What the inviting person is told: the name to sign in with; the path only when it was not mailed."""

    user: User
    per_mail: bool
    pfad: str


def notify_by_mail(*, email: str, betreff: str, text: str) -> bool:
    """A mail without names or contents, after the transaction has succeeded. Whether it will be sent at all."""
    if not email or not getattr(settings, "SENDS_MAIL", True):
        return False
    transaction.on_commit(
        lambda: send_mail(betreff, text, None, [email], fail_silently=False),
        robust=True,
    )
    return True


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().translate(_UMLAUTE)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def build_username(*, vorname: str, nachname: str, zusatz: str = "") -> str:
    """`anna.ahlers-vg`, with a random number when that name is taken (it tells nobody who took it)."""
    name = f"{_letters(vorname)}.{_letters(nachname)}".strip(".")[:100] or "person"
    name += f"-{_letters(zusatz)}" if zusatz else f"-{secrets.randbelow(900) + 100}"
    while User.objects.filter(username__iexact=name).exists():
        name = f"{name[:110]}-{secrets.randbelow(900) + 100}"
    return name


def create_person(*, vorname: str, nachname: str, email: str, zusatz: str = "") -> User:
    """An account without a password and without any role: nobody can sign in with it yet."""
    if not nachname.strip():
        raise RegelVerletzt("Bitte geben Sie den Nachnamen an.", feld="nachname")
    return User.objects.create_user(
        username=build_username(vorname=vorname, nachname=nachname, zusatz=zusatz),
        password=None,
        vorname=vorname.strip(),
        nachname=nachname.strip(),
        email=email.strip().lower(),
    )


def issue_einladung(*, user: User, basis: str) -> Einladung:
    """The invitation, by mail when mail is set up and there is an address, else to be handed over.

    `basis` is scheme and host, without a slash at the end: there the link works, and nowhere else.
    Whoever has set a password renews it herself.
    """
    if user.has_usable_password():
        raise RegelVerletzt("Diese Person hat schon ein Passwort. Ein vergessenes setzt sie selbst zurück.")
    pfad = create_invitation(user=user, host=basis.partition("//")[2])
    text = (
        "Guten Tag,\n\nfür Sie ist ein Zugang zu SoJuS angelegt. Mit diesem Link legen Sie innerhalb von drei Tagen "
        f"Ihr Passwort fest:\n\n{basis}{pfad}\n\nWenn Sie diese Nachricht nicht erwartet haben, löschen Sie sie bitte."
    )
    per_mail = notify_by_mail(email=user.email, betreff="Ihr Zugang zu SoJuS", text=text)
    return Einladung(user=user, per_mail=per_mail, pfad="" if per_mail else pfad)
