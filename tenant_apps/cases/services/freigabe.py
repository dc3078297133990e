"""Exceptions: somebody sees a case for a period and a reason. guardian holds the right, `Fallfreigabe` the story."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import User
from shared_apps.accounts.rules import pruefung_befristet
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.zahlwort import anzahl_tage
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.models import RECHTE, Aufgabenbereich, Fallfreigabe, FreigabeArt, Hilfefall
from tenant_apps.cases.selectors import list_rollen

GRUND_MINDESTENS = 10

GRUND_FEHLT = f"Bitte nennen Sie den Grund (mindestens {GRUND_MINDESTENS} Zeichen). Er bleibt im Protokoll."
NICHT_IHR_FALL = "Das darf nur die fallführende Fachkraft, ihre Vertretung oder ihre Teamleitung."
SCHON_FREIGEGEBEN = "Diese Person hat diese Freigabe schon. Beenden Sie sie zuerst, wenn sich etwas ändern soll."
FALSCHE_ROLLE = "Diese Person arbeitet in Ihrem Jugendamt nicht in einer Rolle, für die diese Freigabe gedacht ist."
LETZTE_BENANNTE = "Es muss mindestens eine Person benannt bleiben. Benennen Sie zuerst eine andere."
FUEHRT_DEN_FALL = "Diese Person führt den Fall. Übergeben Sie ihn zuerst."
NICHT_VERWAIST = "Für diesen Fall ist wieder jemand benannt, oder er ist nicht gesperrt."
NICHT_SELBST = "Sich selbst können Sie nicht benennen: Wer benennt, sieht den Fall nicht."
EINSICHT_NUR_SELBST = "Einsicht mit Grund nimmt die Jugendamtsleitung nur selbst, für sich."

#: What the trail says at the beginning and at the end of each kind.
_VORGAENGE: dict[str, tuple[Vorgang, Vorgang]] = {
    FreigabeArt.MITARBEIT: (Vorgang.MITARBEIT, Vorgang.MITARBEIT_BEENDEN),
    FreigabeArt.SPERRFALL: (Vorgang.SPERRFALL, Vorgang.SPERRFALL_BEENDEN),
    FreigabeArt.EINSICHT: (Vorgang.EINSICHT, Vorgang.EINSICHT_BEENDEN),
    FreigabeArt.PRUEFUNG: (Vorgang.PRUEFUNG, Vorgang.PRUEFUNG_BEENDEN),
}


def check_grund(grund: str) -> str:
    """The reason without surrounding white space; `RegelVerletzt` (grund) when it says nothing."""
    grund = " ".join(grund.split())
    if len(grund) < GRUND_MINDESTENS:
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    return grund


def check_disposable(akteur: Akteur, hilfefall: Hilfefall) -> Hilfefall:
    """The case as it is now, locked; `Verweigert` unless the person may dispose of it."""
    mine = policies.disposable_hilfefaelle(akteur).select_for_update(of=("self",), no_key=True)
    found = mine.filter(pk=hilfefall.pk).first()
    if found is None:
        raise Verweigert(NICHT_IHR_FALL)
    return found


def _check_person(user_id: UUID, art: FreigabeArt, hilfefall: Hilfefall) -> None:
    rollen = list_rollen(user_id)
    passend: frozenset[str]
    if hilfefall.aufgabe == Aufgabenbereich.VORMUNDSCHAFT and art is not FreigabeArt.PRUEFUNG:
        passend = frozenset({policies.VORMUND})
    else:
        passend = policies.EMPFAENGER[art] - {policies.VORMUND}
    if not rollen & passend:
        raise RegelVerletzt(FALSCHE_ROLLE, feld="person")


def _check_period(art: FreigabeArt, ab: date, bis: date | None) -> None:
    if bis is not None and bis <= ab:
        raise RegelVerletzt("Das Ende liegt vor dem Beginn.", feld="gueltig_bis")
    if bis is not None and bis <= today():
        raise RegelVerletzt("Das Ende liegt in der Vergangenheit.", feld="gueltig_bis")
    if art is FreigabeArt.PRUEFUNG and not pruefung_befristet(ab, bis, tage=settings.PRUEFUNG_TAGE):
        raise RegelVerletzt(
            f"Eine Prüfung ist befristet: höchstens {anzahl_tage(settings.PRUEFUNG_TAGE)}.", feld="gueltig_bis"
        )
    if art is FreigabeArt.SPERRFALL and bis is not None:
        raise RegelVerletzt("Die Benennung im Sperrfall endet nicht von selbst.", feld="gueltig_bis")


def _write(
    *, akteur: Akteur, hilfefall: Hilfefall, user_id: UUID, art: FreigabeArt, grund: str, ab: date, bis: date | None
) -> Fallfreigabe:
    """Both rows and the trail. An expired one that nobody ended makes room first."""
    alte = Fallfreigabe.objects.filter(hilfefall=hilfefall, user_id=user_id, art=art, beendet_at__isnull=True)
    if alte.exclude(gueltig_bis__lte=today()).exists():
        raise Konflikt(SCHON_FREIGEGEBEN)
    alte.update(beendet_at=now())
    freigabe = Fallfreigabe.objects.create(
        hilfefall=hilfefall,
        user_id=user_id,
        art=art,
        grund=grund[:500],
        gueltig_ab=ab,
        gueltig_bis=bis,
        erteilt_von_id=akteur.user_id,
    )
    assign_perm(f"cases.{RECHTE[art]}", User(pk=user_id), hilfefall)
    record_access(
        akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=_VORGAENGE[art][0], objekt=hilfefall,
        felder=("user", "gueltig_ab", "gueltig_bis"), grund=grund[:200],
    )  # fmt: skip
    return freigabe


@transaction.atomic
def create_freigabe(
    *,
    akteur: Akteur,
    hilfefall: Hilfefall,
    user_id: UUID,
    art: FreigabeArt,
    grund: str,
    gueltig_ab: date | None = None,
    gueltig_bis: date | None = None,
) -> Fallfreigabe:
    """Let somebody work on or audit the case, or name her for a sealed one. `gueltig_bis` is exclusive.

    `Verweigert` for others than those who dispose of the case; `RegelVerletzt` (person, grund, gueltig_bis).
    """
    if art is FreigabeArt.EINSICHT:
        raise Verweigert(EINSICHT_NUR_SELBST)
    grund = check_grund(grund)
    hilfefall = check_disposable(akteur, hilfefall)
    ab = gueltig_ab or today()
    _check_period(art, ab, gueltig_bis)
    if art is FreigabeArt.SPERRFALL and not hilfefall.gesperrt:
        raise RegelVerletzt("Dieser Fall ist nicht gesperrt. Sperren Sie ihn, um Personen zu benennen.", feld="art")
    if user_id == hilfefall.fachkraft_id:
        raise RegelVerletzt("Diese Person führt den Fall schon.", feld="person")
    _check_person(user_id, art, hilfefall)
    return _write(akteur=akteur, hilfefall=hilfefall, user_id=user_id, art=art, grund=grund, ab=ab, bis=gueltig_bis)


@transaction.atomic
def create_einsicht(*, akteur: Akteur, hilfefall: Hilfefall, grund: str) -> Fallfreigabe:
    """The lead looks into one case until the end of the day. `hilfefall` comes from `policies.open_to_reason`."""
    if not policies.open_to_reason(akteur).filter(pk=hilfefall.pk).exists():
        raise Verweigert(NICHT_IHR_FALL)
    tag = today()
    return _write(
        akteur=akteur, hilfefall=hilfefall, user_id=akteur.user_id, art=FreigabeArt.EINSICHT,
        grund=check_grund(grund), ab=tag, bis=tag + timedelta(days=1),
    )  # fmt: skip


@transaction.atomic
def end_freigabe(*, akteur: Akteur, freigabe: Fallfreigabe) -> Fallfreigabe:
    """Take the right back. Sight ends with the transaction, whatever the period said."""
    hilfefall = check_disposable(akteur, freigabe.hilfefall)
    freigabe = Fallfreigabe.objects.select_for_update().get(pk=freigabe.pk, hilfefall=hilfefall)
    if freigabe.beendet_at is not None:
        raise Konflikt("Diese Freigabe ist schon beendet.")
    if freigabe.art == FreigabeArt.SPERRFALL:
        if freigabe.user_id == hilfefall.fachkraft_id:
            raise Konflikt(FUEHRT_DEN_FALL)
        rest = hilfefall.freigaben.filter(art=FreigabeArt.SPERRFALL, beendet_at__isnull=True).exclude(pk=freigabe.pk)
        if not rest.exists():
            raise Konflikt(LETZTE_BENANNTE)
    return close_freigabe(akteur=akteur, freigabe=freigabe)


def close_freigabe(*, akteur: Akteur, freigabe: Fallfreigabe) -> Fallfreigabe:
    """Both rows and the trail; who may is decided by the caller (ending, unsealing, hand-over)."""
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=_VORGAENGE[freigabe.art][1],
        objekt=freigabe.hilfefall, felder=("user",),
    )  # fmt: skip
    remove_perm(f"cases.{RECHTE[freigabe.art]}", User(pk=freigabe.user_id), freigabe.hilfefall)
    freigabe.beendet_at, freigabe.beendet_von_id = now(), akteur.user_id
    freigabe.save(update_fields=["beendet_at", "beendet_von"])
    return freigabe


@transaction.atomic
def create_benennung(*, akteur: Akteur, hilfefall_id: UUID, user_id: UUID, grund: str) -> Fallfreigabe:
    """Name a colleague for a sealed case in which nobody works any more. She finds it among the cases without anybody
    and takes it on; who names her sees neither name nor file, before or after: it takes the two of them.

    `Verweigert` unless the head names for such a case; `RegelVerletzt` (person, grund).
    """
    grund = check_grund(grund)
    fall = next((f for f in policies.abandoned_sperrfaelle(akteur) if f.pk == hilfefall_id), None)
    if fall is None:
        raise Verweigert(NICHT_VERWAIST)
    if user_id == akteur.user_id:
        raise RegelVerletzt(NICHT_SELBST, feld="person")
    if not list_rollen(user_id) & policies.takers(fall):
        raise RegelVerletzt(FALSCHE_ROLLE, feld="person")
    return record_benennung(akteur=akteur, hilfefall=fall, user_id=user_id, grund=grund)


def record_benennung(*, akteur: Akteur, hilfefall: Hilfefall, user_id: UUID, grund: str) -> Fallfreigabe:
    """Name one person for a case that is about to be sealed; nothing when she is named already."""
    vorhanden = hilfefall.freigaben.filter(user_id=user_id, art=FreigabeArt.SPERRFALL, beendet_at__isnull=True).first()
    return vorhanden or _write(
        akteur=akteur,
        hilfefall=hilfefall,
        user_id=user_id,
        art=FreigabeArt.SPERRFALL,
        grund=grund,
        ab=today(),
        bis=None,
    )
