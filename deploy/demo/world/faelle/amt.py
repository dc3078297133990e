"""The office that is built, and a search of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from deploy.demo.world.faelle.vorgang import WeltVorgang, Zeit
from deploy.demo.world.leute import Amtsleute
from deploy.demo.world.markt import Markt
from deploy.demo.world.werkzeug import Zufall
from tenant_apps.placements import rules
from tenants.models import Tenant


class Amt:
    """An office with its people, its market, its own chance, and what was drawn."""

    def __init__(self, *, tenant: Tenant, leute: Amtsleute, markt: Markt, zeit: Zeit, nachbarn: list[str]) -> None:
        self.tenant, self.leute, self.markt, self.zeit, self.nachbarn = tenant, leute, markt, zeit, nachbarn
        self.kz = tenant.kuerzel
        self.zufall = Zufall(f"sojus-demo-{self.kz}")
        self.nach = markt.nach_kreis_und_art()
        self.vorgaenge: list[WeltVorgang] = []
        self.leere: list[dict[str, Any]] = []
        self._pseudonyme: set[str] = set()

    def _suche_row(
        self,
        key: UUID,
        moment: datetime,
        fachkraft: UUID,
        art: str,
        beginn: date,
        ende: date,
        stunden: Decimal | None = None,
    ) -> dict:
        hilfeart = self.markt.hilfearten[art]
        tage = (ende - beginn).days - 1
        return {
            "id": key,
            "created_at": moment,
            "fachkraft_id": fachkraft,
            "hilfeart_id": hilfeart.pk,
            "region": self.kz,
            "zeitraum": DateRange(beginn, ende),
            "tage_je_woche": hilfeart.tage_je_woche if hilfeart.ist_stationaer else None,
            "stunden_je_woche": stunden,
            "tage": Decimal(tage),
            "wochen": rules.dauer_in_wochen(tage),
        }
