"""Whom a search or a reservation is for: somebody the office knows, or somebody new."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.cases.selectors import find_same_klient, get_offener_hilfefall
from tenant_apps.cases.services import NeuePerson, create_hilfefall, create_klient
from tenant_apps.placements.policies import bookable_hilfefaelle, visible_klienten


@dataclass(frozen=True, slots=True)
class Betroffen:
    """A young person with the case the help belongs to."""

    klient: Klient
    hilfefall: Hilfefall


@transaction.atomic
def resolve_klient(*, akteur: Akteur, klient: Klient, fallnummer: str = "") -> Betroffen:
    """The open case of somebody the office knows; opened when there is none."""
    fall = get_offener_hilfefall(faelle=bookable_hilfefaelle(akteur), klient=klient)
    return Betroffen(klient, fall or create_hilfefall(akteur=akteur, klient=klient, fallnummer=fallnummer))


@transaction.atomic
def resolve_neue_person(*, akteur: Akteur, person: NeuePerson) -> Betroffen:
    """Enter somebody new. The same PKZ, name and birth again mean the same person (a repeated request)."""
    try:
        klient = create_klient(akteur=akteur, person=person)
    except RegelVerletzt as error:
        bekannt = find_same_klient(
            pkz=person.pkz, vorname=person.vorname, nachname=person.nachname, geburtsdatum=person.geburtsdatum
        )
        if error.feld != "pkz" or bekannt is None or not visible_klienten(akteur).filter(pk=bekannt.pk).exists():
            raise
        return resolve_klient(akteur=akteur, klient=bekannt, fallnummer=person.fallnummer)
    return Betroffen(klient, create_hilfefall(akteur=akteur, klient=klient, fallnummer=person.fallnummer))
