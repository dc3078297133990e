"""A case ends, and begins again: never while a help or a payment of it still runs."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from tenant_apps.audit.services import Schritt, Vorhaben, advance
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.hooks import list_laufendes
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.policies import (
    SCHRITTE_FALL,
    SCHRITTE_FALL_NACHTS,
    disposable_hilfefaelle,
    may_work_nights,
    own_of_the_night,
)
from tenant_apps.cases.services.freigabe import NICHT_IHR_FALL, check_grund
from tenant_apps.cases.services.klient import lock_unrestricted
from tenant_apps.cases.states import HilfefallAktion

IN_ZUKUNFT = (
    "Ein Fall kann nicht für einen Tag abgeschlossen werden, der noch kommt. Bitte nehmen Sie spätestens heute."
)
LAEUFT_NOCH = "Der Fall kann noch nicht abgeschlossen werden. Bitte beenden Sie zuerst, was noch läuft:"


@transaction.atomic
def close_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, letzter_tag: date, grund: str) -> Hilfefall:
    """Close the case with its last day and a reason: who disposes of it (`policies.disposable_hilfefaelle`), and who
    was on call her own of the night.

    `Konflikt` (laeuft_noch) names what still runs; `RegelVerletzt` (letzter_tag, grund). The case is locked first:
    who reserves or books for it at the same time comes before or after, and is seen or refused. The database
    refuses a closed case with a living help, and a living help in a closed case, whoever asks. A case of the night
    waits for nobody any more: opened again it is one without a worker, and nothing of whoever was on call.
    """
    grund = check_grund(grund)
    with _advance(hilfefall, HilfefallAktion.ABSCHLIESSEN, akteur, Vorgang.FALL_ABSCHLIESSEN, grund) as schritt:
        fall = schritt.row
        if letzter_tag > today():
            raise RegelVerletzt(IN_ZUKUNFT, feld="letzter_tag")
        hindernisse = [
            eintrag.text
            for eintrag in list_laufendes(akteur=akteur, hilfefall=fall, letzter_tag=letzter_tag)
            if eintrag.hindert
        ]
        if hindernisse:
            raise Konflikt(f"{LAEUFT_NOCH} {'; '.join(hindernisse)}.", code="laeuft_noch")
        schritt.set(abgeschlossen_am=letzter_tag, abschluss_grund=grund[:500])
        if fall.uebernahme_offen:  # nothing is left to take over, also when somebody opens it again
            schritt.set(uebernahme_offen=False)
        schritt.mark(letzter_tag, today())
    return fall


@transaction.atomic
def reopen_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, grund: str) -> Hilfefall:
    """Open a closed case again: who disposes of it. Why is in the trail; day and reason of the end go.

    `RegelVerletzt` (grund), `Konflikt` (zustand) when it is not closed, (eingeschraenkt) when the person has left daily
    work: she is held, so that nobody restricts her meanwhile because no case is open.
    """
    grund = check_grund(grund)
    lock_unrestricted(hilfefall.klient_id)
    with _advance(hilfefall, HilfefallAktion.WIEDER_OEFFNEN, akteur, Vorgang.FALL_WIEDER_OEFFNEN, grund) as schritt:
        schritt.mark(schritt.row.abgeschlossen_am or today(), today())
        schritt.set(abgeschlossen_am=None, abschluss_grund="")
    return schritt.row


def _advance(
    hilfefall: Hilfefall, aktion: HilfefallAktion, akteur: Akteur, vorgang: Vorgang, grund: str
) -> AbstractContextManager[Schritt[Hilfefall]]:
    nachts = may_work_nights(akteur)
    rows = own_of_the_night(akteur) if nachts else disposable_hilfefaelle(akteur)
    schritte = SCHRITTE_FALL_NACHTS if nachts else SCHRITTE_FALL
    return advance(
        rows, hilfefall.pk, Vorhaben(schritte, aktion), akteur=akteur, vorgang=vorgang, grund=grund[:200],
        missing=NICHT_IHR_FALL,
    )  # fmt: skip
