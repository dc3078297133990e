"""What pages say about a talk: the one part that those of a reservation and a booking show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.zahlwort import anzahl
from tenant_apps.cases.hooks import Verweis
from tenant_apps.cases.models import Hilfefall
from tenant_apps.gespraeche import policies, selectors
from tenant_apps.gespraeche.enums import AUF_DER_SEITE, Absender
from tenant_apps.gespraeche.forms import NachrichtForm
from tenant_apps.gespraeche.hooks import Bezug
from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht
from tenant_apps.gespraeche.services import mark_gelesen


@dataclass(frozen=True, slots=True)
class Zeile:
    """One message: whose it is for the reader, and whether it is new to her side."""

    nachricht: Gespraechsnachricht
    ist_eigene: bool
    ist_neu: bool

    @property
    def wer(self) -> str:
        """Her side, as the other one calls it."""
        return Absender(self.nachricht.absender).label


@dataclass(frozen=True, slots=True)
class Gegenueber:
    """Whom to call about a matter, instead of writing."""

    wer: str
    nummer: str


@dataclass(frozen=True, slots=True)
class Ansicht:
    """The talk beside a matter: number, telephone of the other side, newest messages, the form for whoever writes."""

    bezug: Bezug
    telefon: Gegenueber
    gespraech: Gespraech | None
    zeilen: Sequence[Zeile]
    ist_mehr: bool
    form: NachrichtForm | None


def build_ansicht(akteur: Akteur, bezug: Bezug | None) -> Ansicht | None:
    """The talk as the page of this matter shows it, to whoever may read it; what she is shown counts as read.

    The caller writes the entry of the trail. A fixed number of statements, two more where there is something new.
    """
    if bezug is None or not policies.may_read_gespraeche(akteur):
        return None
    gespraech = selectors.find_gespraech(
        policies.visible_gespraeche(akteur),
        hilfefall_id=bezug.hilfefall.pk,
        einrichtung_id=bezug.einrichtung.pk,
    )
    darf = bezug.ist_offen and policies.may_write_about(akteur, bezug.hilfefall.pk)
    if gespraech is None and not darf:  # nothing to read; or she reads no file of this case
        return None
    if gespraech is not None:
        gespraech.hilfefall = bezug.hilfefall
    rows = selectors.list_neueste(gespraech, AUF_DER_SEITE) if gespraech else []
    gezeigt = rows[:AUF_DER_SEITE]
    neu = mark_gelesen(akteur=akteur, gespraech=gespraech, gezeigt=gezeigt) if gespraech else frozenset()
    return Ansicht(
        bezug=bezug,
        telefon=describe_gegenueber(akteur, bezug),
        gespraech=gespraech,
        zeilen=build_zeilen(akteur, gezeigt, neu),
        ist_mehr=len(rows) > AUF_DER_SEITE,
        form=NachrichtForm() if darf else None,
    )


def build_zeilen(akteur: Akteur, nachrichten: Sequence[Gespraechsnachricht], neu: frozenset[UUID]) -> list[Zeile]:
    """Messages as this reader sees them; `neu`: which nobody of her side had read before."""
    eigene = Absender.JUGENDAMT if akteur.ist_amt else Absender.ANBIETER
    return [Zeile(row, row.absender == eigene, row.pk in neu) for row in nachrichten]


def describe_gegenueber(akteur: Akteur, bezug: Bezug) -> Gegenueber:
    """The other side's: for the office the house's (else its provider's), for the house that of the worker."""
    if akteur.ist_amt:
        return Gegenueber(bezug.einrichtung.name, bezug.einrichtung.telefon or bezug.anbieter.telefon)
    fachkraft = bezug.hilfefall.fachkraft
    return Gegenueber(str(fachkraft), fachkraft.telefon)


def list_gespraeche_of(akteur: Akteur, hilfefall: Hilfefall) -> list[Verweis]:
    """The talks of a case for its page, with which house and how many messages. One query."""
    if not policies.may_read_gespraeche(akteur):
        return []
    return [
        Verweis(
            f"Rückfragen mit {gespraech.einrichtung.name} ({anzahl(zahl, 'Nachricht', 'Nachrichten')})",
            gespraech.pk,
            "gespraeche:detail",
        )
        for gespraech, zahl in selectors.list_with_counts(policies.visible_gespraeche(akteur), hilfefall.pk)
    ]
