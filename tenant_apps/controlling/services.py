"""Writes of controlling."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.controlling.enums import Vorgang
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.controlling.policies import may_edit_haushalt
from tenant_apps.notifications.services import mark_monate

HOECHSTBETRAG = Decimal("99999999999.99")


@transaction.atomic
def update_haushaltsansatz(
    *, akteur: Akteur, jahr: int, hilfeart: Hilfeart, betrag: Decimal, produktkonto: str = ""
) -> Haushaltsansatz:
    """Enter or change the budget of a year for one type of help; all its months are published again."""
    if not may_edit_haushalt(akteur):
        raise Verweigert("Haushaltsansätze ändert das Controlling.")
    if not 2015 <= jahr <= today().year + 2:
        raise RegelVerletzt("Dieses Haushaltsjahr kann nicht bearbeitet werden.", feld="jahr")
    if not 0 <= betrag <= HOECHSTBETRAG:
        raise RegelVerletzt("Der Ansatz darf nicht negativ sein.", feld="betrag")
    ansatz, neu = Haushaltsansatz.objects.update_or_create(
        jahr=jahr, hilfeart=hilfeart, defaults={"betrag": betrag, "produktkonto": produktkonto}
    )
    record_access(
        akteur=akteur,
        aktion=Aktion.ANLEGEN if neu else Aktion.AENDERN,
        vorgang=Vorgang.ANSATZ_FESTLEGEN,
        objekt=ansatz,
        felder=["betrag", "produktkonto"],
    )
    mark_monate(monate=[date(jahr, monat, 1) for monat in range(1, 13)])
    return ansatz
