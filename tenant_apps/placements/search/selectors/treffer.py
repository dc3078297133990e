"""How a result is sorted and narrowed: the published order, the filters, and how many each of their choices leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import models

from shared_apps.core.clock import midnight, today
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.occupancy.models import NIE_ENDE
from shared_apps.providers.rules import bestaetigt_bis_auf

#: Kilometres that the filter offers.
UMKREISE = (10, 30, 60)


class Sortierung(models.TextChoices):
    """Orders of the result; with `-` in front the other way round."""

    KOSTEN = "kosten", "Kosten"
    ENTFERNUNG = "entfernung", "Entfernung"
    PASSUNG = "passung", "Passung"
    FREI = "frei", "wie viel frei ist"
    FREI_AB = "frei_ab", "frei ab"


#: What a page says of it.
GLEICHSTAND = (
    "Bei gleichem Wert entscheidet der genaue Betrag, dann die Entfernung, dann der Name der Einrichtung, zuletzt ihr"
    " Schlüssel im Verzeichnis."
)
#: Column of the line, and which way round it is without `-`: the dear, the far, what fits badly comes last.
_SPALTEN: dict[str, tuple[str, bool]] = {
    Sortierung.KOSTEN.value: ("exakt", False),
    Sortierung.ENTFERNUNG.value: ("km", False),
    Sortierung.PASSUNG.value: ("passung", True),
    Sortierung.FREI.value: ("frei", True),
    Sortierung.FREI_AB.value: ("frei_ab", False),
}


#: Each order and the other way round, in words.
SORTIERUNGEN = [
    paar
    for wert, wort in Sortierung.choices
    for paar in ((wert, str(wort)), (f"-{wert}", f"{wort}, {'aufsteigend' if _SPALTEN[wert][1] else 'absteigend'}"))
]


def clean_sortierung(wert: str | None) -> str:
    """A known order, or by cost."""
    return wert if wert and wert.removeprefix("-") in _SPALTEN else Sortierung.KOSTEN.value


def order_without_preise(sortierung: str, *, preis_zaehlt: bool) -> str:
    """The order of a sheet without prices: as asked for, where it tells none; else the nearest first. `preis_zaehlt`:
    the price is in the fit."""
    verraet = {Sortierung.KOSTEN.value, *([Sortierung.PASSUNG.value] if preis_zaehlt else [])}
    return Sortierung.ENTFERNUNG.value if sortierung.removeprefix("-") in verraet else sortierung


#: For how many points of 100 the price can be tried out.
PROBE_VON, PROBE_BIS = 1, 100


@dataclass(frozen=True, slots=True)
class Ansicht:
    """How a result is shown: its order, and for how many of 100 points the price counts to try out; None: as the
    office weighs. Addresses carry it from page to page, so that what is sealed is what was seen."""

    sortierung: str = Sortierung.KOSTEN.value
    probe: int | None = None

    @property
    def query(self) -> str:
        """The end of an address that shows the result so; nothing for the usual view."""
        return self.query_with()

    def query_with(self, **mehr: str) -> str:
        """The same with more in it."""
        sort = self.sortierung if self.sortierung != Sortierung.KOSTEN else None
        werte: dict[str, Any] = {"sort": sort, "preis": self.probe, **mehr}
        query = urlencode({name: wert for name, wert in werte.items() if wert is not None})
        return f"?{query}" if query else ""


#: Tonight's: whoever drives asks how far it is, and within some kilometres who answers the telephone.
NACHT = "nacht"
NACHT_STUFE_KM = 10
NACHT_REGEL = (
    f"Nach der Entfernung in Stufen von {NACHT_STUFE_KM} km; in jeder Stufe zuerst Häuser, bei denen rund um die Uhr"
    " jemand ans Telefon geht; bei Gleichen das nähere."
)
_MIT_NOTRUF = (
    "m.haus IN (SELECT k.einrichtung_id FROM providers_kontakt k WHERE k.ist_notruf AND k.einrichtung_id IS NOT NULL)"
    " OR m.anbieter IN (SELECT k.anbieter_id FROM providers_kontakt k WHERE k.ist_notruf AND k.anbieter_id IS NOT NULL)"
)


def order_sql(sortierung: str, *, mit_preisen: bool = True) -> str:
    """Lines `m` that can be reserved first, each part in this order; the same input gives the same order.

    Equals (`GLEICHSTAND`): by the exact amount, then by distance, by the facility's name, by the offer's key. What is
    not known comes last, whichever way round. `mit_preisen`: without, no amount decides, not even between equals.
    """
    if sortierung == NACHT:
        return (
            f"m.grund <> '', floor(m.km / {NACHT_STUFE_KM}) NULLS LAST, NOT ({_MIT_NOTRUF}), m.km NULLS LAST,"
            ' m.haus_name COLLATE "C", m.id'
        )
    spalte, ab = _SPALTEN[sortierung.removeprefix("-")]
    richtung = "DESC" if ab != sortierung.startswith("-") else "ASC"
    betrag = "m.exakt NULLS LAST, " if mit_preisen else ""
    return f"m.grund <> '', m.{spalte} {richtung} NULLS LAST, {betrag}m.km NULLS LAST, m.haus_name COLLATE \"C\", m.id"


#: Lines of `markt` with the first day from which each is free to the end; what can be reserved is from the beginning.
#: The others are asked only where the page reaches them, for they come behind (`filter`: which lines are shown).
MIT_FREI_AB = f"""
SELECT m.*, CASE WHEN m.grund = '' THEN %(beginn)s::date ELSE f.frei_ab END AS frei_ab
  FROM markt m LEFT JOIN occupancy_frei_ab_bis(
         ARRAY(SELECT id FROM markt WHERE grund <> '' AND (
                 %(hoechstens)s::integer IS NULL
                 OR (SELECT count(*) FROM markt m WHERE m.grund = '' AND {{filter}})
                    < %(ab)s::integer + %(hoechstens)s::integer)),
         daterange(%(beginn)s::date, coalesce(%(ende)s::date, date '{NIE_ENDE}'))) f
    ON f.angebot_id = m.id"""  # noqa: S608 - a constant only

_DRITTEL = "m.rang <= (m.reservierbar + 2) / 3"
#: As `vakanzstand` says of one.
_FRISCH = "m.stand >= %(frisch_ab)s"
#: Whether the words are in what a line says: a column of its own, so that it is looked for once.
TRIFFT_TEXT = """position(lower(%(text)s) IN lower(
  concat_ws(chr(10), g.haus_name, g.anbieter_name, g.ort, g.name, g.kreis_name, g.kreis))) > 0"""
#: Name of a choice → the filter it belongs to, and what it means.
FACETTEN: dict[str, tuple[str, str]] = {
    **{f"km{km}": ("km", f"m.km <= {km}") for km in UMKREISE},
    "frisch": ("frisch", _FRISCH),
    "drittel": ("drittel", _DRITTEL),
}


@dataclass(frozen=True, slots=True)
class Eingrenzung:
    """Which part of a result is shown. `alle`: also what fits and cannot be reserved; satz, soll: at most, in euro."""

    alle: bool = False
    text: str = ""
    drittel: bool = False
    frisch: bool = False
    km: int | None = None
    satz: Decimal | None = None
    soll: Decimal | None = None

    def conditions(self) -> dict[str, str]:
        """Name of each filter that is asked for → what it asks of a line `m`."""
        return {
            name: bedingung
            for name, gefragt, bedingung in (
                ("alle", not self.alle, "m.grund = ''"),
                ("text", self.text, "m.trifft"),
                ("drittel", self.drittel, _DRITTEL),
                ("frisch", self.frisch, _FRISCH),
                ("km", self.km is not None, "m.km <= %(km)s"),
                ("satz", self.satz is not None, "m.satz <= %(satz)s"),
                ("soll", self.soll is not None, "m.soll <= %(soll)s"),
            )
            if gefragt
        }

    def counts(self) -> dict[str, str]:
        """What is counted: lines that all filters leave, those of them to be reserved, and those of each choice with
        all the other filters."""
        hier = self.conditions()

        def with_others(ohne: str, dazu: str) -> str:
            return " AND ".join([*(b for name, b in hier.items() if name != ohne), dazu])

        gezaehlt = {"anzahl": " AND ".join(hier.values()) or "TRUE", "frei": with_others("alle", "m.grund = ''")}
        return gezaehlt | {name: with_others(filter_, was) for name, (filter_, was) in FACETTEN.items()}

    @property
    def ohne_preise(self) -> Eingrenzung:
        """The same as far as it tells no price."""
        return replace(self, drittel=False, satz=None, soll=None)

    @property
    def ist_enger(self) -> bool:
        """Whether it leaves out more than what cannot be reserved."""
        return bool(self.conditions().keys() - {"alle"})

    def params(self) -> dict[str, Any]:
        """What these conditions are asked with."""
        heute = today()
        return {
            "text": self.text,
            "km": self.km,
            "satz": self.satz,
            "soll": self.soll,
            "frisch_ab": midnight(bestaetigt_bis_auf(heute)),
            "morgen": midnight(heute + EIN_TAG),
        }


#: The whole of it: what can be reserved, and what fits and cannot.
ALLES = Eingrenzung(alle=True)
