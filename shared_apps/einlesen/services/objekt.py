"""What the lines of a list speak of, beside what the register has of it, and what is said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.katalog import SPALTEN
from shared_apps.einlesen.models import Einlesung, Fremdschluessel
from shared_apps.einlesen.rules import schwerster, vergleich
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung, Entgelt, Entgeltvorschlag
from shared_apps.providers.rules import Entgeltsatz, Entgeltzeit
from shared_apps.providers.selectors.kontakte import TELEFONE

Row = Anbieter | Einrichtung | Angebot | Betriebserlaubnis
#: For whom rates of an offer hold: the offer, and the only office; None: all of them.
FuerWen = tuple[UUID, UUID | None]

FELDER: Mapping[Gegenstand, tuple[str, ...]] = {
    art: tuple(
        spalte.feld
        for spalte in SPALTEN
        if spalte.art == art and not spalte.ist_schluessel and spalte.feld not in {"kreis", "hilfeart", "beginn"}
    )
    for art in (Gegenstand.ANBIETER, Gegenstand.EINRICHTUNG, Gegenstand.ERLAUBNIS, Gegenstand.ANGEBOT)
}
#: What a line says of a facility and is in another table, or never changes.
NICHT_AM_HAUS = {"kreis", *TELEFONE}
#: What parts the numbers of a key: no cell holds it, for a cell is one line.
TEILER = "\n"

FEHLT = "fehlt. Bitte füllen Sie die Zelle aus."
VOM_ANBIETER = "bleibt, wie der Anbieter es eingetragen hat."


@dataclass(frozen=True, slots=True)
class Zeile:
    """One line: its number, and the cells of the columns that are read, by code."""

    nummer: int
    zellen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listensatz:
    """A rate of a line. `amt`: the word for the only office it holds for, as the line has it; `jugendamt_id`: which one
    that is."""

    nummer: int
    satz: Entgeltsatz
    amt: str = ""
    jugendamt_id: UUID | None = None


@dataclass(slots=True, eq=False)
class Objekt:
    """A provider, a facility or an offer of the list, beside what the register has of it."""

    gegenstand: Gegenstand
    schluessel: str
    zeile: int
    werte: dict[str, Any]
    eltern: Objekt | None = None
    row: Any = None
    fremd: Fremdschluessel | None = None
    ist_fehlerhaft: bool = False
    befund: Befund = Befund.UNVERAENDERT
    neu: dict[str, Any] = field(default_factory=dict)
    ist: dict[str, Any] = field(default_factory=dict)
    fest: dict[str, Any] = field(default_factory=dict)
    """What never changes: district, kind of help, first day."""
    abgeloest: Objekt | None = None
    """Of a new licence: the one that ends with it."""
    saetze: list[Listensatz] = field(default_factory=list)
    zeiten: dict[UUID | None, list[Entgeltzeit]] = field(default_factory=dict)
    """What is agreed already, by the only office it holds for; None: all of them."""

    @property
    def ist_neu(self) -> bool:
        """Whether it has to be inserted."""
        return self.befund == Befund.NEU

    @property
    def plaetze(self) -> int:
        """Of a new offer."""
        return self.werte.get("plaetze", 0)


@dataclass(slots=True)
class Plan:
    """What there is to do, in the order in which it is done, and what is said of each line."""

    objekte: dict[Gegenstand, dict[str, Objekt]]
    befunde: dict[int, Befund]
    meldungen: dict[int, list[tuple[str, str]]]
    zu: dict[int, list[Objekt]]
    """What each line speaks of."""


def build_wert(wert: Any) -> Any:
    """A value as it is compared and kept as JSON: a row by its key, a number in its shortest form."""
    if isinstance(wert, Decimal):
        return f"{wert.normalize():f}"
    if isinstance(wert, list | tuple):
        return sorted(map(build_wert, wert))
    if isinstance(wert, UUID):
        return str(wert)
    if isinstance(wert, date):
        return wert.isoformat()
    return str(wert.pk) if hasattr(wert, "pk") else wert


def get_stand(
    row: Row,
    gegenstand: Gegenstand,
    *,
    spezialisierungen: Iterable[UUID] = (),
    plaetze: int = 0,
    telefone: Mapping[str, str] = MappingProxyType({}),
) -> dict:
    """What the register says of a row, in the fields of a list; what is in other tables says the caller."""
    other = {
        "spezialisierungen": build_wert(list(spezialisierungen)),
        "plaetze": plaetze,
        **{feld: telefone.get(feld, "") for feld in TELEFONE},
    }
    if isinstance(row, Betriebserlaubnis):
        other = {"letzter_tag": build_wert(row.letzter_tag)}
    return {
        feld: other[feld] if feld in other else build_wert(_clean(row, "region_id" if feld == "region" else feld))
        for feld in FELDER[gegenstand]
    }


def _clean(row: Row, feld: str) -> Any:
    """A value as the database gives it back: a default of the model may still be of another kind."""
    return row._meta.get_field(feld.removesuffix("_id")).to_python(getattr(row, feld))


def get_code(art: Gegenstand, feld: str) -> str:
    """The column of a field; of one without a column that of the number."""
    codes = {spalte.feld: spalte.code for spalte in SPALTEN if spalte.art == art}
    return codes.get(feld, codes["nr"])


class Planung:
    """What is known of a list while it is compared."""

    def __init__(self, einlesung: Einlesung, zeilen: Sequence[Zeile]) -> None:
        self.einlesung, self.zeilen = einlesung, zeilen
        self.meldungen: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.fehlerhaft: set[int] = set()
        self.objekte: dict[Gegenstand, dict[str, Objekt]] = {art: {} for art in FELDER}
        self.zu: dict[int, list[Objekt]] = {}
        self.gepflegt: set[UUID] = set()
        self.known: dict[UUID, Fremdschluessel] = {}
        self.entgelt_befunde: dict[int, Befund] = {}
        # what the register has of each offer
        self.spez: dict[UUID, list[UUID]] = defaultdict(list)
        self.entgelte: dict[FuerWen, list[Entgelt]] = defaultdict(list)
        self.offene: dict[FuerWen, Entgeltvorschlag] = {}
        # and of each facility
        self.telefone: dict[UUID, dict[str, str]] = {}

    def say(self, nummer: int, code: str, text: str, *, ist_fehler: bool = True) -> None:
        """Say something of a cell; a fault, or only to be known."""
        self.meldungen[nummer].append((code, text))
        if ist_fehler:
            self.fehlerhaft.add(nummer)

    def miss(self, nummer: int, code: str, text: str = FEHLT) -> None:
        """A cell that a line needs is empty. One of which something is said already is not, it is wrong."""
        if not any(code == wo for wo, _ in self.meldungen[nummer]):
            self.say(nummer, code, text)

    def fault(self, objekt: Objekt, feld: str, text: str) -> None:
        """Something is wrong with it: nothing of it is read, and nothing below it."""
        code = get_code(objekt.gegenstand, feld)
        self.say(objekt.zeile, code, text)
        objekt.ist_fehlerhaft = True

    def keep(self, objekt: Objekt, feld: str, text: str) -> None:
        """This field stays as the register has it."""
        code = get_code(objekt.gegenstand, feld)
        self.say(objekt.zeile, code, text, ist_fehler=False)
        objekt.befund = Befund.GESPERRT

    def compare(self, objekt: Objekt, ist: dict[str, Any], *, ist_gepflegt: bool) -> None:
        """What a line changes of a row that is there, and what stays as its provider has it."""
        soll = {feld: build_wert(wert) for feld, wert in objekt.werte.items() if feld in ist}
        stand = objekt.fremd.stand if objekt.fremd else {}
        found = vergleich(ist=ist, soll=soll, stand=stand, ist_gepflegt=ist_gepflegt)
        objekt.ist = ist
        for feld in found.gesperrt:
            self.keep(objekt, feld, VOM_ANBIETER)
        objekt.neu = {feld: objekt.werte[feld] for feld in found.neu}
        if objekt.neu:
            objekt.befund = schwerster((objekt.befund, Befund.GEAENDERT))
