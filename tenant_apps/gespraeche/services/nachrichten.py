"""One message is written, read by the other side, or closed without an answer (ADR 0101)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.geld import format_zahl
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import notify_once, settle_hinweis
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.rules import Fundstelle, describe_personenbezug, find_personenbezug
from tenant_apps.cases.selectors import get_personenangaben
from tenant_apps.gespraeche import policies
from tenant_apps.gespraeche.enums import TEXT_HOECHSTENS, Absender, Vorgang
from tenant_apps.gespraeche.hooks import Bezug
from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht, Gespraechsstand
from tenant_apps.gespraeche.rules import split_at

NICHT_IHRE = "Zu diesem Vorgang schreiben Sie nicht: Das tun die Fachkraft des Falls und die Einrichtung."
TEXT_FEHLT = "Bitte schreiben Sie Ihre Nachricht."
ZU_LANG = "Die Nachricht ist zu lang (höchstens {} Zeichen)."
VORBEI = "Dieser Vorgang ist nicht zustande gekommen. Zu ihm wird nicht mehr geschrieben."
SCHON_ANDERS = (
    "Diese Nachricht ist schon gesendet. Sie haben den Text danach geändert: Bitte senden Sie ihn als neue Nachricht."
)
NICHT_GESENDET = "Die Nachricht konnte nicht gesendet werden. Bitte senden Sie sie noch einmal."
WARTET_NICHT = "Hier wartet keine Nachricht auf eine Antwort."


class NenntPerson(RegelVerletzt):
    """The text says who the child is, and the house does not know it yet; `teile`: the text, these places marked."""

    code = "nennt_person"

    def __init__(self, text: str, stellen: list[Fundstelle]) -> None:
        super().__init__(describe_personenbezug(stellen), feld="text")
        self.teile = split_at(text, stellen)


@transaction.atomic
def create_nachricht(*, akteur: Akteur, bezug: Bezug, text: str, einmal: str = "") -> Gespraechsnachricht:
    """Write to the other side about a matter; the first message begins the talk.

    `einmal`: the number the form was shown with; what is sent with it is one message, however often it is sent.
    `Verweigert`; `Konflikt` where it came to nothing; `RegelVerletzt` (text); before the booking `NenntPerson`.
    """
    if not policies.may_write_about(akteur, bezug.hilfefall.pk):
        raise Verweigert(NICHT_IHRE)
    text = _check_text(text)
    if not bezug.ist_offen:
        raise Konflikt(VORBEI)
    if not bezug.ist_gebucht and (stellen := _find_person(bezug, text)):
        raise NenntPerson(text, stellen)
    gespraech = _get_gespraech(bezug)
    pk = uuid5(gespraech.pk, f"{akteur.user_id}:{einmal}") if einmal else uuid7()
    if einmal and (schon := _find_gesendete(pk, text)):
        return schon
    _note_gelesen(akteur, gespraech)  # before the insert: messages are held before where their talk stands
    absender = Absender.JUGENDAMT if akteur.ist_amt else Absender.ANBIETER
    nachricht = Gespraechsnachricht(
        pk=pk, gespraech=gespraech, bezug_id=bezug.id, absender=absender, verfasser_id=akteur.user_id, text=text,
        nach_buchung=bezug.ist_gebucht,
    )  # fmt: skip
    try:
        with transaction.atomic():
            nachricht.save(force_insert=True)
    except IntegrityError as error:  # the same form, sent twice at once: the first one has come in meanwhile
        if schon := _find_gesendete(pk, text):
            return schon
        raise Konflikt(NICHT_GESENDET) from error
    record_access(
        akteur=akteur, aktion=Aktion.UEBERMITTELN if akteur.ist_amt else Aktion.ANLEGEN,
        vorgang=Vorgang.NACHRICHT_SENDEN, objekt=nachricht, felder=("text",),
    )  # fmt: skip
    if akteur.ist_amt:  # after the insert, which waits for whoever reads or writes here just now
        notify_once(
            angebot=bezug.angebot,
            anbieter_id=gespraech.anbieter_id,
            art=HinweisArt.RUECKFRAGE,
            objekt_id=gespraech.pk,
            platzbindung_id=bezug.id,
            beginn=bezug.beginn,
        )
    return nachricht


def _find_person(bezug: Bezug, text: str) -> list[Fundstelle]:
    if not bezug.mit_person:
        return []
    return find_personenbezug(text, get_personenangaben(bezug.hilfefall.klient))


def _find_gesendete(pk: UUID, text: str) -> Gespraechsnachricht | None:
    """What was sent with this form already. `Konflikt` where it said something else."""
    schon = Gespraechsnachricht.objects.select_related("gespraech__hilfefall").filter(pk=pk).first()
    if schon is not None and schon.text != text:
        raise Konflikt(SCHON_ANDERS)
    return schon


def _check_text(text: str) -> str:
    text = text.strip()
    if not text:
        raise RegelVerletzt(TEXT_FEHLT, feld="text")
    if len(text) > TEXT_HOECHSTENS:
        raise RegelVerletzt(ZU_LANG.format(format_zahl(Decimal(TEXT_HOECHSTENS), 0)), feld="text")
    return text


def _get_gespraech(bezug: Bezug) -> Gespraech:
    gespraech, _ = Gespraech.objects.get_or_create(
        hilfefall_id=bezug.hilfefall.pk,
        einrichtung_id=bezug.einrichtung.pk,
        defaults={"anbieter_id": bezug.anbieter.pk},
    )
    gespraech.hilfefall = bezug.hilfefall
    return gespraech


@transaction.atomic
def mark_gelesen(*, akteur: Akteur, gespraech: Gespraech, gezeigt: Iterable[Gespraechsnachricht]) -> frozenset[UUID]:
    """What she has been shown of the other side's is read, if she reads for hers. Returns which of them were new.

    No statement while nothing is new.
    """
    andere = Absender.ANBIETER if akteur.ist_amt else Absender.JUGENDAMT
    neu = frozenset(row.pk for row in gezeigt if row.absender == andere and row.gelesen_at is None)
    if neu and policies.reads_for_her_side(akteur, gespraech):
        _note_gelesen(akteur, gespraech, nur=neu)
    return neu


def _note_gelesen(akteur: Akteur, gespraech: Gespraech, nur: frozenset[UUID] | None = None) -> None:
    """`nur`: those she has been shown; whoever answers has read all."""
    andere = Absender.ANBIETER if akteur.ist_amt else Absender.JUGENDAMT
    offen = Gespraechsnachricht.objects.filter(gespraech=gespraech, absender=andere, gelesen_at__isnull=True)
    gezeigt = offen if nur is None else offen.filter(pk__in=nur)
    gelesen = gezeigt.update(gelesen_at=real_now(), gelesen_von_id=akteur.user_id)
    # What has come in meanwhile keeps its pointer: the update has waited for whoever wrote it.
    if gelesen and not akteur.ist_amt and not offen.exists():
        settle_hinweis(art=HinweisArt.RUECKFRAGE, objekt_id=gespraech.pk, ausgang=Ausgang.GESEHEN)


@transaction.atomic
def settle_gespraech(*, akteur: Akteur, gespraech: Gespraech) -> None:
    """The office says that what the house has written needs no answer; all of it counts as read. `Verweigert`,
    `Konflikt` when nothing waits (any more)."""
    if not akteur.ist_amt or not policies.may_write_about(akteur, gespraech.hilfefall_id):
        raise Verweigert(NICHT_IHRE)
    _note_gelesen(akteur, gespraech)
    stand = Gespraechsstand.objects.select_for_update(of=("self",)).filter(gespraech=gespraech).first()
    if stand is None or stand.wartet_seit is None:
        raise Konflikt(WARTET_NICHT)
    stand.erledigt_at, stand.erledigt_von_id = real_now(), akteur.user_id
    stand.wartet_seit = stand.eskaliert_at = None
    stand.save(update_fields=["erledigt_at", "erledigt_von", "wartet_seit", "eskaliert_at"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.GESPRAECH_ERLEDIGT, objekt=stand,
        felder=("erledigt_at",),
    )  # fmt: skip
