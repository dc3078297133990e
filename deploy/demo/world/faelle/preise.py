"""What an offer costs, as placements.rules, in whole cents."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, Decimal

from deploy.demo.world.markt import WeltAngebot
from deploy.demo.world.werkzeug import EIN_TAG
from tenant_apps.placements import rules

_STATT = Decimal("0.000001")


def preis(angebot: WeltAngebot, beginn: date, ende: date, stunden: Decimal | None) -> tuple[Decimal, Decimal, Decimal]:
    """Rate on the first day, quantity, exact planned amount: as placements.rules, in whole cents.

    `ende` is exclusive; the plan counts end minus start, so its last day is left out.
    """
    plan_ende = ende - EIN_TAG
    tage = (plan_ende - beginn).days
    cent_tage = sum((bis - von).days * cent for von, bis, cent in angebot.abschnitte(beginn, plan_ende))
    satz = Decimal(angebot.satz_am(beginn)) / 100
    if stunden is not None:
        menge = rules.fachleistungsstunden(rules.dauer_in_wochen(tage), stunden)
        exakt = (menge * cent_tage / tage / 100).quantize(_STATT)
    else:
        je_woche = 5 if angebot.art == "T32" else 7
        menge = (Decimal(tage) * je_woche / 7).quantize(Decimal("0.01"))
        exakt = (Decimal(cent_tage) * je_woche / 700).quantize(_STATT)
    return satz.quantize(Decimal("0.01")), menge, exakt


def soll(exakt: Decimal) -> Decimal:
    """Up to the full euro."""
    return exakt.quantize(Decimal(1), rounding=ROUND_CEILING)
