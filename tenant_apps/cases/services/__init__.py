"""Writes of young people and cases."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.cases.selectors import pkz_is_taken

#: No vowels and no look-alikes: numbers that are dictated over the phone.
ZEICHEN = "23456789BCDFGHJKMNPQRSTVWXZ"

PKZ_VERGEBEN = (
    "Diese PKZ ist schon vergeben. Bitte prüfen Sie die Nummer; steht die Person in Ihrer Liste, wählen Sie sie dort."
)
FALLNUMMER_VERGEBEN = "Diese Fallnummer ist schon vergeben. Bitte prüfen Sie sie oder lassen Sie das Feld leer."


#: Parents may receive help too (§ 19 SGB VIII), nobody was born earlier: a slip of the keyboard, not a person.
FRUEHESTES_GEBURTSJAHR = 1900


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuePerson:
    """What is entered for a young person whom the office does not know yet."""

    pkz: str
    vorname: str
    nachname: str
    geburtsdatum: date
    geschlecht: str
    fallnummer: str = ""


def compute_code(length: int) -> str:
    """Random characters that can be read out without mistakes."""
    return "".join(secrets.choice(ZEICHEN) for _ in range(length))


@transaction.atomic
def create_klient(*, akteur: Akteur, person: NeuePerson) -> Klient:
    """Create a young person. `RegelVerletzt` (pkz, geburtsdatum) when the PKZ is taken or the birth lies ahead."""
    if person.geburtsdatum > today():
        raise RegelVerletzt("Das Geburtsdatum liegt in der Zukunft.", feld="geburtsdatum")
    if person.geburtsdatum.year < FRUEHESTES_GEBURTSJAHR:
        raise RegelVerletzt(
            "Bitte prüfen Sie das Geburtsdatum: Das Jahr ist vierstellig und nicht vor 1900.", feld="geburtsdatum"
        )
    if pkz_is_taken(person.pkz):
        raise RegelVerletzt(PKZ_VERGEBEN, feld="pkz")
    try:
        with transaction.atomic():
            klient = Klient.objects.create(
                pkz=person.pkz,
                vorname=person.vorname,
                nachname=person.nachname,
                geburtsdatum=person.geburtsdatum,
                geschlecht=person.geschlecht,
            )
    except IntegrityError as error:
        raise RegelVerletzt(PKZ_VERGEBEN, feld="pkz") from error
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang="klient.anlegen", objekt=klient)
    return klient


@transaction.atomic
def create_hilfefall(*, akteur: Akteur, klient: Klient, fallnummer: str = "") -> Hilfefall:
    """Open a case with the acting person in charge; without a number it gets one like F26-7K3QZ."""
    try:
        with transaction.atomic():
            fall = Hilfefall.objects.create(
                fallnummer=fallnummer or f"F{today():%y}-{compute_code(6)}",
                klient=klient,
                fachkraft_id=akteur.user_id,
                team=next(iter(sorted(akteur.teams)), ""),
            )
    except IntegrityError as error:
        raise RegelVerletzt(FALLNUMMER_VERGEBEN, feld="fallnummer") from error
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang="hilfefall.anlegen", objekt=fall)
    return fall
