"""Reminders: one mail a day at most, with a link that confirms unchanged vacancies without signing in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from random import shuffle
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from uuid6 import uuid7

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt, MailZustand
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import real_now, today
from shared_apps.core.dauer import write_dauer
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.providers.models import Bestaetigungsweg, Vakanzerinnerung
from shared_apps.providers.policies import may_write_own, own_angebote
from shared_apps.providers.rules import LINK_GILT, ist_erinnerungstag
from shared_apps.providers.selectors.vakanz import (
    FaelligeEinrichtung,
    compute_stempel,
    list_bestaetigbare,
    list_erinnerte,
    list_faellige,
    list_faellige_namen,
    list_faellige_seit,
)
from shared_apps.providers.services.bestaetigung import record_bestaetigung
from shared_apps.signin.door import hash_secret
from tenants.context import on_portal
from tenants.jobs import WAITING_PER_OFFICE
from tenants.jobs.times import KEPT

#: People in one run of the job: half of what may wait of the portal's mails, so that others' have room beside them.
JE_LAUF = WAITING_PER_OFFICE // 2
UNGUELTIG = "Dieser Link gilt nicht mehr: Er ist schon benutzt oder abgelaufen."
GEAENDERT = (
    "Seit Sie diese Seite geöffnet haben, hat sich geändert, was frei ist. Es wurde nichts bestätigt."
    " Bitte melden Sie sich an und sehen Sie nach."
)


@transaction.atomic
def notify_vakanzen() -> int:
    """Remind whoever keeps facilities whose vacancies wait for a confirmation; returns how many people.

    All or nothing, and once for each person and day (`vakanzerinnerung_einmal_am_tag`): done again, after a crash or
    for those whom this run had no room for, it finds who has not been reminded yet. Four statements find them, however
    many facilities there are. Who comes first is drawn, so that it is never the same ones who come last.
    """
    heute = today()
    Vakanzerinnerung.objects.filter(expires_at__lt=real_now() - KEPT).delete()
    faellig = {ort for ort, seit in list_faellige_seit(heute).items() if ist_erinnerungstag(heute, seit)}
    empfaenger = list_erinnerte(faellig, heute)
    shuffle(empfaenger)
    erinnert = 0
    for user_id in empfaenger[:JE_LAUF]:
        try:
            with transaction.atomic():
                _remind(user_id, heute)
        except _KeinPlatz:
            break
        erinnert += 1
    return erinnert


class _KeinPlatz(Exception):
    """Too many mails wait. Whoever was not reminded for that is not noted as reminded."""


def _remind(user_id: UUID, heute: date) -> None:
    erinnerung_id = uuid7()
    Vakanzerinnerung.objects.create(
        id=erinnerung_id,
        user_id=user_id,
        tag=heute,
        token_hash=hash_secret(_build_token(erinnerung_id)),
        expires_at=real_now() + LINK_GILT,
    )
    mail = submit_mailauftrag(art=MailArt.VAKANZERINNERUNG, user_id=user_id, bezug_id=erinnerung_id)
    if mail is not None and mail.zustand == MailZustand.FEHLGESCHLAGEN:
        raise _KeinPlatz


def _build_token(erinnerung_id: UUID) -> str:
    """The same for a reminder whenever its mail is written, and known to nobody without the signing key."""
    return salted_hmac("shared_apps.providers.vakanz", str(erinnerung_id), algorithm="sha256").hexdigest()


@writes_mail(MailArt.VAKANZERINNERUNG)
def build_erinnerung_mail(mail: Mailauftrag) -> Nachricht | None:
    """Names of facilities alone: neither how many places are free nor who confirmed them last. None when nothing is due
    any more, or she no longer keeps what was."""
    erinnerung = mail.find_bezug(_gueltige())
    user = mail.find_empfaenger(User.objects.filter(is_active=True))
    if erinnerung is None or user is None or erinnerung.user_id != user.pk:
        return None
    akteur = get_akteur(user=user, tenant=None)
    faellig = list_faellige_namen(own_angebote(akteur), today()) if akteur and may_write_own(akteur) else []
    if not faellig:
        return None
    namen = "\n".join(f"- {name}" for name in faellig)
    text = (
        "Guten Tag,\n\nfür diese Einrichtungen ist zu bestätigen, ob die Vakanzen noch stimmen:\n\n"
        f"{namen}\n\nHat sich nichts geändert, bestätigen Sie das innerhalb von {write_dauer(LINK_GILT, dativ=True)} "
        f"hier, ohne sich anzumelden:\n\n{public_base(None)}/anbieter/bestaetigen/{_build_token(erinnerung.pk)}/\n\n"
        f"Hat sich etwas geändert, melden Sie sich bitte an:\n\n{public_base(None)}/anbieter/eigene/\n\n"
        "Der Link ist nur für Sie. Bitte leiten Sie diese Nachricht nicht weiter."
    )
    return Nachricht(an=user.email, betreff="Bitte Vakanzen bestätigen", text=text)


def _gueltige() -> QuerySet[Vakanzerinnerung]:
    return Vakanzerinnerung.objects.filter(expires_at__gt=real_now(), benutzt_at=None)


def find_bestaetigungslink(token: str) -> list[FaelligeEinrichtung] | None:
    """What the link of a mail shows now; None for a link that is none, used, out of time, or of somebody who no longer
    keeps any facility."""
    found = _find(token)
    if found is None:
        return None
    with _as_person(found[1]):
        return list_faellige(own_angebote(found[1]), today())


@transaction.atomic
def redeem_bestaetigungslink(*, token: str, stempel: str) -> int:
    """Confirm "unchanged" for the counts the page showed (`stempel`); returns the number of offers.

    `Verweigert` for a link that does not hold; `Konflikt` when the counts are no longer those of the page, which keeps
    the link. The writing is done as that very person: the database holds her to her own rows, whatever is wrong here.
    """
    found = _find(token)
    if found is None or not _gueltige().filter(pk=found[0].pk).update(benutzt_at=real_now()):
        raise Verweigert(UNGUELTIG)
    akteur = found[1]
    with _as_person(akteur):
        ids = list_bestaetigbare(list_faellige(own_angebote(akteur), today()))
        bestaetigt = record_bestaetigung(akteur=akteur, angebote=ids, weg=Bestaetigungsweg.MAIL)
        # Asked when the offers are held: whoever would take a place now waits for us.
        if not bestaetigt or bestaetigt != len(ids) or compute_stempel(ids, today()) != stempel:
            raise Konflikt(GEAENDERT, code="zustand")
    return bestaetigt


def _find(token: str) -> tuple[Vakanzerinnerung, Akteur] | None:
    erinnerung = _gueltige().filter(token_hash=hash_secret(token)).select_related("user").first()
    akteur = get_akteur(user=erinnerung.user, tenant=None) if erinnerung else None
    if erinnerung is None or akteur is None or not may_write_own(akteur):
        return None
    return erinnerung, akteur


def _as_person(akteur: Akteur) -> AbstractContextManager[None]:
    return on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids)
