"""The one way from one state to the next: lock, check, save, trail, figures (ADR 0055)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import NICHT_SICHTBAR, Fehlt, Konflikt, Verweigert
from shared_apps.core.zeitraum import monatserster
from shared_apps.core.zustand import Beschriftet
from tenant_apps.audit import hooks
from tenant_apps.audit.enums import Aktion, Vorgangsart
from tenant_apps.audit.services.record import record_access
from tenant_apps.audit.services.refuse import Vorhaben
from tenants.tables.base import TenantModel

M = TypeVar("M", bound=TenantModel)
Z = TypeVar("Z", bound=Beschriftet)
A = TypeVar("A", bound=Beschriftet)

NICHT_IHR_SCHRITT = "Diesen Schritt dürfen Sie mit Ihrer Rolle nicht gehen."


class MitZustand(Protocol):
    """A row that is in a state."""

    zustand: str


class Schritt(Generic[M]):
    """A step that is being taken: the row as it is, held until the end of the transaction, in its old state.

    The service checks what else has to hold, and says what changes besides the state. The state is written at the end
    of the block, or before what needs it written (`write`).
    """

    def __init__(
        self, row: M, neu: str, *, akteur: Akteur | None, vorgang: Vorgangsart | None, grund: str, art: Aktion
    ) -> None:
        self.row = row
        self._neu, self._akteur, self._vorgang, self._grund, self._art = neu, akteur, vorgang, grund, art
        self._felder: list[str] = []
        self._monate: set[date] | None = None
        self._written = False

    def set(self, **werte: Any) -> None:
        """Fields that change with the state: saved with it, and named in the trail. Before `write`."""
        if self._written:
            raise RuntimeError(f"{self.row._meta.label}: {', '.join(werte)} after write() would not be saved")
        for name, wert in werte.items():
            setattr(self.row, name, wert)
            self._felder.append(self.row._meta.get_field(name).name)

    def write(self) -> None:
        """Save and record now. Once; the end of the block does it where nobody has."""
        if self._written:
            return
        self._written = True
        row = cast(MitZustand, self.row)
        if row.zustand != self._neu:
            row.zustand = self._neu
            self._felder.insert(0, "zustand")
        self.row.save(update_fields=self._felder)
        if self._vorgang is not None:
            record_access(
                akteur=self._akteur, aktion=self._art, vorgang=self._vorgang, objekt=self.row,
                felder=self._felder, grund=self._grund,
            )  # fmt: skip

    def mark(self, *tage: date) -> None:
        """The months of these days have other figures now; none: this step changes no figure.

        They are marked at the end of the block, in one sorted call: two transactions never deadlock.
        """
        self._monate = (self._monate or set()) | {monatserster(tag) for tag in tage}

    def finish(self, zaehlt: bool) -> None:
        """The end of the block."""
        self.write()
        if zaehlt and self._monate is None:
            raise RuntimeError(f"{self.row._meta.label}: which months have other figures now? Say schritt.mark(…)")
        if self._monate:
            hooks.mark(self._monate)


@contextmanager
def advance(
    rows: QuerySet[M],
    pk: UUID,
    vorhaben: Vorhaben[Z, A],
    *,
    akteur: Akteur | None,
    vorgang: Vorgangsart | None,
    grund: str = "",
    missing: str = "",
    art: Aktion = Aktion.AENDERN,
) -> Iterator[Schritt[M]]:
    """Take a step with the row `pk` of `rows`, in the caller's transaction, all of it or nothing.

    `Konflikt` (zustand) where its state does not allow the step (any more); it says who was faster, as far as she may
    know. `Verweigert` where the person may not take it, or (with the text `missing`) where the row is not hers; `Fehlt`
    where she does not see it (any more). An error in the block undoes what the step has written, also when the caller
    catches it and goes on.

    akteur: None where the step follows from another one, which has asked who may.
    vorgang: None where the entry about it is written about another row.
    art: what the trail calls it, where the step does more than change the row.
    """
    schritte, aktion = vorhaben.schritte, vorhaben.aktion
    maschine = schritte.maschine
    with transaction.atomic():
        row = rows.select_for_update(of=("self",), no_key=maschine.wird_bezogen).filter(pk=pk).first()
        if row is None:
            if missing:
                raise Verweigert(missing)
            raise Fehlt(NICHT_SICHTBAR)
        if text := vorhaben.describe_refusal(row, akteur):
            raise Konflikt(text, code="zustand")
        zustand = vorhaben.get_zustand(row)
        if akteur is not None and aktion not in schritte.allowed(zustand, akteur):
            raise Verweigert(NICHT_IHR_SCHRITT)
        neu = maschine.naechster(zustand, aktion).value
        schritt = Schritt(row, neu, akteur=akteur, vorgang=vorgang, grund=grund, art=art)
        yield schritt
        schritt.finish(maschine.zaehlt)
