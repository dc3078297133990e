"""One line of a result: typed in Python, plain values in the sealed list."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Self, get_type_hints
from uuid import UUID

from tenant_apps.placements.rules import describe_weg


@dataclass(frozen=True, slots=True, kw_only=True)
class Trefferzeile:
    """An offer as it was found; sealed in `Auswahlvermerk.angebote`.

    Amounts are those of the screen (`soll_entgelt` in full euro); what a line of an earlier release does not have is
    empty. `rang` and `differenz` exist among the available offers only.
    """

    rang: int | None = None
    angebot: UUID
    angebot_name: str = ""
    #: Code of its kind of help; its name where several are looked through.
    hilfeart: str = ""
    hilfeart_name: str = ""
    anbieter: str = ""
    anbieter_id: UUID | None = None
    einrichtung: str = ""
    einrichtung_id: UUID | None = None
    ort: str = ""
    kreis: str = ""
    hinweis: str = ""
    vakanzen: int = 0
    verfuegbar: bool = True
    tagesentgelt: Decimal | None = None
    entgelt_wechselt: bool = False
    soll_entgelt: Decimal | None = None
    soll_entgelt_exakt: Decimal | None = None
    differenz: Decimal | None = None
    bestprice: bool = False
    im_guenstigsten_drittel: bool = False
    passung: int | None = None
    entfernung_km: Decimal | None = None
    #: Measured to the middle of the house's postcode: it has no coordinates.
    entfernung_ungefaehr: bool = False
    vakanz_stand: datetime | None = None

    @property
    def weg(self) -> str:
        """How far it is, in words."""
        return describe_weg(self.entfernung_km, ungefaehr=self.entfernung_ungefaehr)

    @classmethod
    def from_json(cls, werte: dict[str, Any]) -> Self:
        """The line that `to_json` kept."""
        return cls(**{name: _LESEN[name](werte[name]) for name in _LESEN if werte.get(name) not in {None, ""}})

    def to_json(self) -> dict[str, Any]:
        """Texts, whole numbers, yes or no: what the checksum of an Auswahlvermerk is computed from."""
        return {name: _plain(getattr(self, name)) for name in _LESEN}


def _plain(wert: Any) -> Any:
    if isinstance(wert, datetime):
        return wert.isoformat()
    return str(wert) if isinstance(wert, UUID | Decimal) else wert


def _reader(typ: Any) -> Any:
    """How the value of a field is read: the first of its types, `UUID | None` is a UUID."""
    erster = getattr(typ, "__args__", (typ,))[0]
    return datetime.fromisoformat if erster is datetime else erster


_TYPEN = get_type_hints(Trefferzeile)
_LESEN: dict[str, Any] = {feld.name: _reader(_TYPEN[feld.name]) for feld in fields(Trefferzeile)}
