"""The account of a provider: one of its people enters it, another one confirms it (ADR 0070)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.accounts.policies import check_autor
from shared_apps.core.clock import real_now
from shared_apps.core.dauer import write_dauer
from shared_apps.core.eingabe import GRUND_FEHLT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.providers.models import Anbieter, Kontovorschlag
from shared_apps.providers.policies import may_keep_konto, own_anbieter, visible_kontovorschlaege
from shared_apps.providers.selectors.konto import find_bankverbindung, list_kontofuehrende, list_zweite
from shared_apps.providers.services import check_own
from shared_apps.providers.states import KONTOVORSCHLAG, KontoAktion, KontoZustand

#: How long the second person has. What nobody confirms in that time was a mistake, or is one by now.
BESTAETIGEN_BINNEN = timedelta(days=14)

KEINE_ZWEITE = (
    "Ein Konto gilt erst, wenn eine zweite Person Ihres Anbieters es bestätigt. Es gibt keine. Nötig ist die Rolle"
    " „Anbieter“ oder „Anbieter, Abrechnung“; wer Ihre Zugänge verwaltet, lädt unter „Mitglieder“ eine zweite Person"
    " ein."
)
GILT_SCHON = "Dieses Konto gilt schon."
WARTET_SCHON = "Ein anderes Konto wartet schon auf Bestätigung. Darüber wird zuerst entschieden."
ENTSCHIEDEN = "Darüber ist schon entschieden."
ABGELAUFEN = "Das hat niemand rechtzeitig bestätigt. Bitte tragen Sie das Konto neu ein."
SELBST = "Wer ein Konto einträgt, bestätigt es nicht selbst. Das macht eine andere Person Ihres Anbieters."
ZU_NEU = (
    "Sie sind erst nach diesem Eintrag dazugekommen. Bestätigen kann nur, wer vorher schon zum Anbieter gehörte; sonst"
    " tragen Sie das Konto bitte neu ein."
)
EINTRAGENDE_WEG = (
    "Wer dieses Konto eingetragen hat, gehört nicht mehr zu denen, die es führen. Bitte lehnen Sie ab, und tragen Sie"
    " es neu ein, wenn es stimmt."
)
NICHT_IHRES = "Zurückziehen kann nur, wer das Konto eingetragen hat. Sie können es ablehnen."


@transaction.atomic
def submit_kontovorschlag(*, akteur: Akteur, anbieter: Anbieter, iban: str, inhaber: str) -> Kontovorschlag:
    """Enter another account of one's own provider. It holds when somebody else there confirms it; until then the one
    before does. The others are told by mail, without the number.

    `Konflikt` while another one waits, or when nobody could confirm it; `RegelVerletzt` for the account that holds.
    """
    check_own(may_keep_konto(akteur), own_anbieter(akteur), anbieter.pk)
    anbieter = Anbieter.objects.select_for_update(no_key=True).get(pk=anbieter.pk)
    _expire(anbieter)
    if visible_kontovorschlaege(akteur).filter(anbieter=anbieter, zustand=KontoZustand.VORGESCHLAGEN).exists():
        raise Konflikt(WARTET_SCHON, code="zustand")
    bisher = find_bankverbindung(anbieter)
    if bisher is not None and (bisher.iban, bisher.inhaber) == (iban, inhaber):
        raise RegelVerletzt(GILT_SCHON, feld="iban")
    if not list_zweite(anbieter.pk, ohne=akteur.user_id).exists():
        raise Konflikt(KEINE_ZWEITE, code="zustand")
    vorschlag = Kontovorschlag.objects.create(
        anbieter=anbieter,
        iban=iban,
        inhaber=inhaber,
        gilt_bis=real_now() + BESTAETIGEN_BINNEN,
        vorgeschlagen_von_id=akteur.user_id,
    )
    for user in _others(akteur, vorschlag):
        submit_mailauftrag(
            art=MailArt.KONTO_WARTET, user_id=user.pk, bezug_id=vorschlag.pk, angefordert_von_id=akteur.user_id
        )
    return vorschlag


@transaction.atomic
def confirm_kontovorschlag(*, akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    """The second signature: from now on the provider is paid there (trigger `providers_konto_geprueft`).

    `Verweigert` for whoever entered it, or came after; `Konflikt` when it is decided or out of time, or whoever entered
    it has left.
    """
    vorschlag = _locked(akteur, vorschlag, KontoAktion.BESTAETIGEN)
    check_autor(vorschlag.vorgeschlagen_von_id)
    _check_zweite(akteur, vorschlag)
    if not list_kontofuehrende(vorschlag.anbieter_id).filter(pk=vorschlag.vorgeschlagen_von_id).exists():
        raise Konflikt(EINTRAGENDE_WEG, code="zustand")
    _decide(akteur, vorschlag, KontoAktion.BESTAETIGEN)
    for user in _others(akteur, vorschlag):
        submit_mailauftrag(
            art=MailArt.KONTO_GEAENDERT, user_id=user.pk, bezug_id=vorschlag.pk, angefordert_von_id=akteur.user_id
        )


@transaction.atomic
def decline_kontovorschlag(*, akteur: Akteur, vorschlag: Kontovorschlag, grund: str) -> None:
    """The second person says no, and why; the account before goes on."""
    vorschlag = _locked(akteur, vorschlag, KontoAktion.ABLEHNEN)
    if not grund.strip():
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    _check_zweite(akteur, vorschlag)
    vorschlag.grund = grund.strip()
    _decide(akteur, vorschlag, KontoAktion.ABLEHNEN)


@transaction.atomic
def withdraw_kontovorschlag(*, akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    """Whoever entered it takes it back."""
    vorschlag = _locked(akteur, vorschlag, KontoAktion.ZURUECKZIEHEN)
    if vorschlag.vorgeschlagen_von_id != akteur.user_id:
        raise Verweigert(NICHT_IHRES)
    _decide(akteur, vorschlag, KontoAktion.ZURUECKZIEHEN)


def _expire(anbieter: Anbieter) -> None:
    """What ran out says so in its row before the next one is entered."""
    offen = Kontovorschlag.objects.filter(anbieter=anbieter, zustand=KontoZustand.VORGESCHLAGEN)
    offen.filter(gilt_bis__lt=real_now()).update(
        zustand=KONTOVORSCHLAG.naechster(KontoZustand.VORGESCHLAGEN, KontoAktion.ABLAUFEN)
    )


def _locked(akteur: Akteur, vorschlag: Kontovorschlag, aktion: KontoAktion) -> Kontovorschlag:
    check_own(may_keep_konto(akteur), visible_kontovorschlaege(akteur), vorschlag.pk)
    fresh = Kontovorschlag.objects.select_for_update(of=("self",), no_key=True).get(pk=vorschlag.pk)
    if fresh.stand is KontoZustand.ABGELAUFEN:
        raise Konflikt(ABGELAUFEN, code="zustand")
    if aktion not in KONTOVORSCHLAG.erlaubt(KontoZustand(fresh.zustand)):
        raise Konflikt(ENTSCHIEDEN, code="zustand")
    return fresh


def _check_zweite(akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    if vorschlag.vorgeschlagen_von_id == akteur.user_id:
        raise Verweigert(SELBST)
    if not list_kontofuehrende(vorschlag.anbieter_id, seit=vorschlag.created_at).filter(pk=akteur.user_id).exists():
        raise Verweigert(ZU_NEU)


def _decide(akteur: Akteur, vorschlag: Kontovorschlag, aktion: KontoAktion) -> None:
    vorschlag.zustand = KONTOVORSCHLAG.naechster(KontoZustand(vorschlag.zustand), aktion)
    vorschlag.entschieden_von_id, vorschlag.entschieden_at = akteur.user_id, real_now()
    vorschlag.save(update_fields=["zustand", "entschieden_von", "entschieden_at", "grund"])


def _others(akteur: Akteur, vorschlag: Kontovorschlag) -> QuerySet[User]:
    return list_zweite(vorschlag.anbieter_id, ohne=akteur.user_id).exclude(email="")


@writes_mail(MailArt.KONTO_WARTET)
def build_wartet_mail(mail: Mailauftrag) -> Nachricht | None:
    """To somebody who may still confirm it. Neither number nor holder nor who entered it."""
    offen = Kontovorschlag.objects.filter(zustand=KontoZustand.VORGESCHLAGEN, gilt_bis__gt=real_now())
    return _build(
        mail,
        mail.find_bezug(offen),
        betreff="Eine Bankverbindung wartet auf Ihre Bestätigung",
        text=(
            "für Ihren Anbieter ist in SoJuS ein anderes Konto eingetragen. Es gilt erst, wenn eine zweite Person es "
            f"innerhalb von {write_dauer(BESTAETIGEN_BINNEN, dativ=True)} bestätigt. Bitte prüfen Sie es dort; bis "
            "dahin gilt das bisherige."
        ),
    )


@writes_mail(MailArt.KONTO_GEAENDERT)
def build_geaendert_mail(mail: Mailauftrag) -> Nachricht | None:
    """To everybody else who keeps the account: whoever knows nothing of it shall notice."""
    bestaetigt = Kontovorschlag.objects.filter(zustand=KontoZustand.BESTAETIGT)
    return _build(
        mail,
        mail.find_bezug(bestaetigt),
        betreff="Die Bankverbindung Ihres Anbieters ist geändert",
        text=(
            "das Konto Ihres Anbieters in SoJuS ist geändert. Zwei Personen haben das unterschrieben. Wissen Sie "
            "nichts davon, sehen Sie bitte gleich nach."
        ),
    )


def _build(mail: Mailauftrag, vorschlag: Kontovorschlag | None, *, betreff: str, text: str) -> Nachricht | None:
    user = mail.find_empfaenger(list_kontofuehrende(vorschlag.anbieter_id)) if vorschlag else None
    if vorschlag is None or user is None:
        return None
    adresse = f"{public_base(None)}/anbieter/eigene/{vorschlag.anbieter_id}/bankverbindung/"
    return Nachricht(an=user.email, betreff=betreff, text=f"Guten Tag,\n\n{text}\n\n{adresse}")
