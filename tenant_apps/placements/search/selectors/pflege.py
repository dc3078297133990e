"""Own foster places beside the result of a search: how many come into question, and what they cost (ADR 0094)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tenant_apps.foster.rules import Pflegebedarf, im_monat, in_vollen_euro, list_formen
from tenant_apps.foster.selectors import Pflegeangebot, find_pflegeangebot
from tenant_apps.placements.search.selectors.kriterien import Kriterien


@dataclass(frozen=True, slots=True)
class Pflegevergleich:
    """What the page of a result says of them. `vergleich`: what the cheapest offer that can be reserved costs in an
    average month, in full euro; None where no offer or no rate is there to compare, and where the cheapest one could be
    of a kind that no foster family is another way to give."""

    angebot: Pflegeangebot
    vergleich: Decimal | None
    #: What the list of them is asked to show the same ones, by field; sent, for a child's age is in no address.
    frage: tuple[tuple[str, str], ...] = ()

    @property
    def gefuehrt(self) -> int:
        return self.angebot.gefuehrt

    @property
    def anzahl(self) -> int:
        return self.angebot.anzahl

    @property
    def ab(self) -> Decimal | None:
        return self.angebot.ab

    @property
    def ohne_satz(self) -> int:
        return self.angebot.ohne_satz

    @property
    def erspart(self) -> Decimal | None:
        """How much less the least of them costs in a month, in full euro; negative: how much more."""
        if self.vergleich is None or self.ab is None:
            return None
        return self.vergleich - in_vollen_euro(self.ab)

    @property
    def mehr(self) -> Decimal | None:
        """The same turned round."""
        return None if self.erspart is None else -self.erspart


def find_pflege(
    kriterien: Kriterien, find_guenstigstes: Callable[[], Decimal | None] | None = None
) -> Pflegevergleich | None:
    """For these criteria, beside the least planned amount of a result, which is asked for where it is compared. None
    where no foster family could be another way to help, or the office keeps none. One query at most of its own."""
    codes = _codes(kriterien)
    bedarf = Pflegebedarf(
        formen=list_formen(*codes), tage=kriterien.zeitraum, alter=kriterien.alter,
        geschlecht=kriterien.geschlecht,
    )  # fmt: skip
    angebot = find_pflegeangebot(bedarf)
    if angebot is None:
        return None
    vergleichbar = angebot.ab is not None and len(codes) == len(kriterien.hilfearten)
    guenstigstes = find_guenstigstes() if vergleichbar and find_guenstigstes else None
    vergleich = None if guenstigstes is None else im_monat(guenstigstes, kriterien.planzeitraum.tage)
    return Pflegevergleich(angebot, vergleich, _build_frage(kriterien))


def _codes(kriterien: Kriterien) -> list[str]:
    """Of the kinds of help that are asked for, those a foster family is another way to give."""
    return [art.code for art in kriterien.hilfearten if list_formen(art.code)]


def _build_frage(kriterien: Kriterien) -> tuple[tuple[str, str], ...]:
    """The list of those for these kinds of help, this child and these days."""
    werte = {
        "alter": "" if kriterien.alter is None else str(kriterien.alter),
        "geschlecht": kriterien.geschlecht,
        "ab": kriterien.beginn.isoformat(),
        "bis": "" if kriterien.ohne_ende else kriterien.ende.isoformat(),
        "frei": "1",
    }
    arten = [("hilfeart", code) for code in _codes(kriterien)]
    return (*arten, *((name, wert) for name, wert in werte.items() if wert))
