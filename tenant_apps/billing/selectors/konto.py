"""To which account an invoice says it is paid, and whether its provider has another one by now."""

from __future__ import annotations

from dataclasses import dataclass

from shared_apps.core.eingabe import format_iban
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.states import RECHNUNG_OFFEN

GEAENDERT = "Die Bankverbindung wurde nach dieser Rechnung geändert"
_STEHT = "Auf der Rechnung steht das Konto vom Tag der Einreichung."
_KEINES = "Am Tag der Einreichung war kein Konto eingetragen."
_HEUTE = (
    "{} Heute gilt: {}. Klären Sie vor der Zahlung, auf welches gezahlt wird; rufen Sie dazu unter einer Nummer an, die"
    " Sie kennen."
)


@dataclass(frozen=True, slots=True)
class Rechnungskontostand:
    """What is printed, and what is said beside it."""

    inhaber: str
    iban: str
    #: What holds today, when it is another account and the invoice is not paid yet.
    hinweis: str = ""

    @property
    def text(self) -> str:
        """Holder and number in one line."""
        return ", ".join(filter(None, (self.inhaber, self.iban and f"IBAN {format_iban(self.iban)}"))) or "kein Konto"

    @property
    def iban_text(self) -> str:
        """In groups of four, as it is read out."""
        return format_iban(self.iban)


def describe_konto(rechnung: Rechnung) -> Rechnungskontostand | None:
    """The account of an invoice, loaded with `konto` and `anbieter__bankverbindung`.

    None for whoever does not read accounts. Of an invoice of before, of which no account was kept, that of today.
    """
    konto, heute = getattr(rechnung, "konto", None), getattr(rechnung.anbieter, "bankverbindung", None)
    jetzt = Rechnungskontostand(heute.inhaber, heute.iban) if heute else None
    if konto is None:
        return jetzt
    hinweis = ""
    if jetzt is not None and (konto.iban, konto.inhaber) != (jetzt.iban, jetzt.inhaber):
        damals = _STEHT if konto.iban else _KEINES
        hinweis = _HEUTE.format(damals, jetzt.text) if rechnung.zustand in RECHNUNG_OFFEN else ""
    return Rechnungskontostand(konto.inhaber, konto.iban, hinweis)
