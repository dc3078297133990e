"""What pages call that of which an offer has some free, and what they say when it takes nobody in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared_apps.core.zahlwort import anzahl as zahlwort
from shared_apps.core.zeitraum import format_datum


@dataclass(frozen=True, slots=True)
class Nichtaufnahme:
    """Why an offer takes nobody in; `letzter_tag` None: until further notice."""

    grund: str
    letzter_tag: date | None
    hinweis: str = ""

    @property
    def text(self) -> str:
        """ "Personal, bis 15.12.2026"."""
        bis = f"bis {format_datum(self.letzter_tag)}" if self.letzter_tag else "bis auf Weiteres"
        return f"{self.grund}, {bis}" + (f" ({self.hinweis})" if self.hinweis else "")


@dataclass(frozen=True, slots=True)
class Kapazitaetswort:
    """What pages call that of which an offer has some free: one, several ("von 3 …": `vielen`), and with its article,
    of what is held, booked or given back (nominative; accusative).
    """

    eins: str
    viele: str
    vielen: str
    der: str
    den: str
    label: str
    frei: str
    aendern: str
    vergebene: str
    letzte: str

    def vergeben(self, zahl: int) -> str:
        """How much of it is held beyond a day: "2 Plätze sind über diesen Tag hinaus vergeben."."""
        return f"{zahlwort(zahl, f'{self.eins} ist', f'{self.viele} sind')} über diesen Tag hinaus vergeben."

    def alle(self, zahl: int) -> str:
        """Several together, at the beginning of a sentence: "Beide Plätze", "Alle 3 Plätze"."""
        return f"Beide {self.viele}" if zahl == 2 else f"Alle {zahl} {self.viele}"

    @property
    def Der(self) -> str:  # noqa: N802 - the word at the beginning of a sentence
        """`der` at the beginning of a sentence."""
        return self.der[0].upper() + self.der[1:]


_PLATZ = Kapazitaetswort(
    eins="Platz", viele="Plätze", vielen="Plätzen", der="der Platz", den="den Platz",
    label="Plätze", frei="Freie Plätze", aendern="Plätze ändern",
    vergebene="Vergebene Plätze bleiben, bis sie frei sind.", letzte="Der letzte Platz",
)  # fmt: skip

_HILFE = Kapazitaetswort(
    eins="Hilfe", viele="Hilfen", vielen="Hilfen", der="die Kapazität", den="die Kapazität",
    label="Hilfen zugleich", frei="Freie Kapazität", aendern="Kapazität ändern",
    vergebene="Laufende Hilfen bleiben, bis sie enden.", letzte="Die letzte freie Kapazität",
)  # fmt: skip


def betriebstage_gelten(je_tag: Iterable[bool]) -> bool:
    """Whether days of operation say something of a house: not when all it offers is paid by the hour (`je_tag`: of each
    offer, whether it is paid by the day)."""
    angebote = list(je_tag)
    return not angebote or any(angebote)


def kapazitaetswort(*, je_tag: bool) -> Kapazitaetswort:
    """The words for what is paid by day, a place; and for what is paid by hour, which has none."""
    return _PLATZ if je_tag else _HILFE
