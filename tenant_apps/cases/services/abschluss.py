"""A case ends, and begins again: never while a help or a payment of it still runs."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import monatserster
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.hooks import list_laufendes
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.freigabe import check_disposable, check_grund
from tenant_apps.cases.states import HILFEFALL, HilfefallAktion
from tenant_apps.notifications.services import mark_monate

IN_ZUKUNFT = (
    "Ein Fall kann nicht für einen Tag abgeschlossen werden, der noch kommt. Bitte nehmen Sie spätestens heute."
)
LAEUFT_NOCH = "Der Fall kann noch nicht abgeschlossen werden. Bitte beenden Sie zuerst, was noch läuft:"
_FELDER = ("zustand", "abgeschlossen_am", "abschluss_grund")


@transaction.atomic
def close_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, letzter_tag: date, grund: str) -> Hilfefall:
    """Close the case with its last day and a reason: who disposes of it (`policies.disposable_hilfefaelle`).

    `Konflikt` (laeuft_noch) names what still runs; `RegelVerletzt` (letzter_tag, grund). The case is locked first:
    who reserves or books for it at the same time comes before or after, and is seen or refused. The database
    refuses a closed case with a living help, and a living help in a closed case, whoever asks.
    """
    grund = check_grund(grund)
    fall = check_disposable(akteur, hilfefall)
    HILFEFALL.advance(fall, HilfefallAktion.ABSCHLIESSEN)
    if letzter_tag > today():
        raise RegelVerletzt(IN_ZUKUNFT, feld="letzter_tag")
    hindernisse = [
        eintrag.text
        for eintrag in list_laufendes(akteur=akteur, hilfefall=fall, letzter_tag=letzter_tag)
        if eintrag.hindert
    ]
    if hindernisse:
        raise Konflikt(f"{LAEUFT_NOCH} {'; '.join(hindernisse)}.", code="laeuft_noch")
    fall.abgeschlossen_am, fall.abschluss_grund = letzter_tag, grund[:500]
    fall.save(update_fields=_FELDER)
    _record(akteur, fall, Vorgang.FALL_ABSCHLIESSEN, grund, monate=[letzter_tag, today()])
    return fall


@transaction.atomic
def reopen_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, grund: str) -> Hilfefall:
    """Open a closed case again: who disposes of it. Why is in the trail; day and reason of the end go.

    `RegelVerletzt` (grund), `Konflikt` (zustand) when it is not closed.
    """
    grund = check_grund(grund)
    fall = check_disposable(akteur, hilfefall)
    HILFEFALL.advance(fall, HilfefallAktion.WIEDER_OEFFNEN)
    war_bis = fall.abgeschlossen_am
    fall.abgeschlossen_am, fall.abschluss_grund = None, ""
    fall.save(update_fields=_FELDER)
    _record(akteur, fall, Vorgang.FALL_WIEDER_OEFFNEN, grund, monate=[war_bis or today(), today()])
    return fall


def _record(akteur: Akteur, fall: Hilfefall, vorgang: Vorgang, grund: str, *, monate: list[date]) -> None:
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=vorgang, objekt=fall, felder=_FELDER, grund=grund[:200])
    mark_monate(monate=[monatserster(tag) for tag in monate])
