"""Published figures without the offices behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone

from shared_apps.comparison.models import Kennzahl, Kennzahlwert
from tenants.context import in_tenant
from tenants.models import Tenant

OKTOBER = date(2026, 10, 1)
HEUTE = "2026-11-22"


def publish_wert(
    kuerzel: str, wert: int | str | None, *, code: str = "fallzahlen", monat: date = OKTOBER, hilfeart: str = "",
    spezialisierung: str = "", faelle: int | None = None, zaehler: str | None = None, nenner: int | None = None,
) -> None:  # fmt: skip
    """One cell of one office, onboarded or not: the row is written as if that office had published it."""
    Kennzahlwert.objects.create(
        mandant=kuerzel.lower(), kuerzel=kuerzel, kennzahl=Kennzahl.objects.get(code=code), monat=monat,
        hilfeart_code=hilfeart, spezialisierung_code=spezialisierung, wert=None if wert is None else Decimal(wert),
        faelle=(int(Decimal(wert or 0)) if faelle is None else faelle), computed_at=timezone.now(),
        zaehler=None if zaehler is None else Decimal(zaehler), nenner=nenner,
    )  # fmt: skip


def publish_werte(werte: Mapping[str, int | str | None], **fields) -> None:
    """Cells of several onboarded offices, each in its own fence."""
    for kuerzel, wert in werte.items():
        with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
            publish_wert(kuerzel, wert, **fields)
