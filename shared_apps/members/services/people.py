"""Invite a person: an account without a password, and a link with which she sets one herself."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shared_apps.accounts.addresses import public_base, public_host
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.core.dauer import write_dauer
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.mails.door import Nachricht, cancel_mailauftraege, submit_mailauftrag, writes_mail
from shared_apps.members.hooks import Anlass, find_anlass
from shared_apps.members.models import Mitgliedschaftsantrag, Zugangsantrag
from shared_apps.members.selectors.mitglieder import is_mail_only, may_show_link
from shared_apps.members.states import ZugangZustand
from shared_apps.signin.door import build_invitation_path, create_invitation
from tenants.models import Tenant

NUR_PER_MAIL = (
    "Der Link zu diesem Zugang geht nur per E-Mail an die Person selbst, damit niemand an ihrer Stelle hereinkommt. Ist"
    " die Adresse falsch, beenden Sie die Rolle und laden Sie die Person neu ein. Verschickt das Portal keine E-Mails,"
    " wenden Sie sich bitte an den Betrieb."
)
_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Einladung:
    """What the inviting person is told: the mail that was asked for, or the link when there is none."""

    user: User
    mail: Mailauftrag | None
    link: str


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


@transaction.atomic
def issue_einladung(*, user: User, tenant: Tenant | None, von_id: UUID | None, zeigen: bool = False) -> Einladung:
    """Invite a person: by mail when mail is set up and she has an address, else with a link to be handed over.

    `tenant`: at whose host the link works, and nowhere else; none: at the portal. `zeigen`: no mail, the link is
    shown; only when a mail has failed or cannot be sent. Links and waiting mails of earlier invitations end with it.
    Whoever has set a password renews it herself. A link that is shown opens no account that already sees persons,
    and none of a provider: whoever sees it could take that account over (ADR 0029, 0075).
    """
    if user.has_usable_password():
        raise RegelVerletzt("Diese Person hat schon ein Passwort. Ein vergessenes setzt sie selbst zurück.")
    is_shown = zeigen or not user.email or not settings.SENDS_MAIL
    if is_shown and is_mail_only(user):
        raise RegelVerletzt(NUR_PER_MAIL)
    if user.pk == von_id:
        raise Verweigert("Sich selbst kann niemand einladen.")
    if zeigen and not may_show_link(user):
        raise Verweigert("Die Einladung ist per E-Mail unterwegs. Den Link sehen Sie erst, wenn der Versand scheitert.")
    cancel_mailauftraege(user_id=user.pk, art=MailArt.EINLADUNG)
    pfad = create_invitation(user=user, host=public_host(tenant))
    mail = None
    if user.email and not zeigen:
        mail = submit_mailauftrag(art=MailArt.EINLADUNG, user_id=user.pk, tenant=tenant, angefordert_von_id=von_id)
    return Einladung(user=user, mail=mail, link="" if mail else f"{public_base(tenant)}{pfad}")


@writes_mail(MailArt.EINLADUNG)
def build_einladung_mail(mail: Mailauftrag) -> Nachricht | None:
    """To a person without a password who has, or shall get, a role at this place; else to nobody."""
    user = mail.find_empfaenger(User.objects.filter(is_active=True))
    if user is None or user.has_usable_password() or not _belongs_here(user, mail.tenant):
        return None
    link = f"{public_base(mail.tenant)}{build_invitation_path(user=user, host=public_host(mail.tenant))}"
    anlass = find_anlass(user) or _describe(user, mail.tenant)
    absaetze = [
        "Guten Tag,",
        anlass.warum,
        f"Ihr Benutzername: {user.username}",
        f"1. Legen Sie innerhalb von {write_dauer(settings.PASSWORD_RESET_TIMEOUT, dativ=True)} Ihr Passwort fest:",
        link,
        "2. Melden Sie sich danach mit Benutzername und Passwort an:",
        f"{public_base(mail.tenant)}/anmelden/",
        "3. Braucht Ihre Rolle einen zweiten Faktor, richten Sie ihn dabei ein, mit einer App auf dem Telefon oder"
        " einem Passkey. Die Seite führt Sie.",
        *([f"4. {anlass.danach}"] if anlass.danach else []),
        "Wenn Sie diese Nachricht nicht erwartet haben, löschen Sie sie bitte.",
    ]
    return Nachricht(an=user.email, betreff="Ihr Zugang zu SoJuS", text="\n\n".join(absaetze))


def _describe(user: User, tenant: Tenant | None) -> Anlass:
    """Where she shall work, whether she had asked for it, and whether a second person still decides. No name of a
    provider is beside the link."""
    beantragt = Zugangsantrag.objects.filter(user=user, zustand=ZugangZustand.BEWILLIGT).exists()
    warum = "Ihr Antrag auf einen Zugang zu SoJuS ist bewilligt" if beantragt else "Für Sie ist ein Zugang zu SoJuS da"
    ort = tenant.name if tenant else "Landesportal"
    hat_rolle = Membership.objects.filter(user=user, tenant=tenant).exists()
    wartet = "Ihre Rolle bestätigt noch eine zweite Person; Ihr Passwort können Sie schon festlegen."
    return Anlass(f"{warum}: {ort}." if hat_rolle else f"{warum}: {ort}. {wartet}")


def _belongs_here(user: User, tenant: Tenant | None) -> bool:
    return any(model.objects.filter(user=user, tenant=tenant).exists() for model in (Membership, Mitgliedschaftsantrag))
