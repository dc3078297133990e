"""What others see of a case: the hold of the place, and the provider's pointers."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.db.backends.postgresql.psycopg_any import DateRange

from deploy.demo.world.faelle.amt import Amt
from deploy.demo.world.faelle.vorgang import Momente, WeltVorgang
from shared_apps.inbox.models import Ausgang, Hinweis, HinweisArt, WartetAuf
from shared_apps.occupancy.enums import BindungZustand
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.placements.states import RESERVIERUNG_LEBEND, BuchungZustand, ReservierungZustand

#: What the provider reads under "Erledigt".
_AUSGANG = {
    ReservierungZustand.GEBUCHT: Ausgang.GEBUCHT,
    ReservierungZustand.ABGELEHNT: Ausgang.ABGELEHNT,
    ReservierungZustand.ZURUECKGEZOGEN: Ausgang.ZURUECKGENOMMEN,
    ReservierungZustand.ABGELAUFEN: Ausgang.ABGELAUFEN,
}


class Hinweise(Amt):
    """Says the hold and the pointers of what was drawn."""

    def _bindung(self, v: WeltVorgang, gewaehlt: datetime) -> Platzbindung:
        """The id equals the reservation's and the booking's `platzbindung_id`; ended holds end with the help."""
        if not v.haelt_platz:
            zustand = BindungZustand.FREIGEGEBEN
        else:
            zustand = BindungZustand.GEBUCHT if v.buchung else BindungZustand.RESERVIERT
        return Platzbindung(
            id=v.ids["bindung"],
            created_at=gewaehlt,
            mandant=self.tenant.schema_name,
            platz_id=v.platz.id,
            zeitraum=DateRange(v.beginn, v.bis),
            zustand=zustand,
            ablauf_at=v.ablauf if zustand == BindungZustand.RESERVIERT else None,
        )

    def _hinweis(self, v: WeltVorgang, gewaehlt: datetime) -> Hinweis | None:
        wartet_auf = WartetAuf.AMT if v.zustand == ReservierungZustand.ZUGESTIMMT else WartetAuf.ANBIETER
        if v.zustand in RESERVIERUNG_LEBEND:
            art, objekt, frist = HinweisArt.RESERVIERUNG, v.ids["reservierung"], v.ablauf
        elif v.buchung == BuchungZustand.GEBUCHT:
            art, objekt, frist = HinweisArt.BUCHUNG, v.ids["buchung"], None
        else:
            return None
        return Hinweis(
            id=self.zufall.uuid(gewaehlt),
            created_at=gewaehlt,
            mandant=self.tenant.schema_name,
            anbieter_id=v.angebot.einrichtung.anbieter.id,
            angebot_id=v.angebot.id,
            art=art,
            objekt_id=objekt,
            platzbindung_id=v.ids["bindung"],
            beginn=v.beginn,
            wartet_auf=wartet_auf,
            frist_at=frist,
        )

    def _erledigt(self, v: WeltVorgang, momente: Momente) -> Hinweis | None:
        """The pointer to a reservation of which something has become; None while it waits for an answer."""
        wann = {
            ReservierungZustand.GEBUCHT: momente.gebucht,
            ReservierungZustand.ABGELAUFEN: v.ablauf,
        }.get(v.zustand, momente.entschieden)
        if v.zustand not in _AUSGANG or wann is None:
            return None
        return Hinweis(
            id=uuid5(v.ids["reservierung"], "erledigt"),
            created_at=momente.gewaehlt,
            mandant=self.tenant.schema_name,
            anbieter_id=v.angebot.einrichtung.anbieter.id,
            angebot_id=v.angebot.id,
            art=HinweisArt.RESERVIERUNG,
            objekt_id=v.ids["reservierung"],
            platzbindung_id=v.ids["bindung"],
            beginn=v.beginn,
            frist_at=v.ablauf,
            erledigt_at=min(wann, self.zeit.jetzt),
            ausgang=_AUSGANG[v.zustand],
        )


def write_hinweise(hinweise: list[Hinweis]) -> None:
    """Write pointers with the day they came in: bulk_create puts now into `created_at`, so it is set afterwards."""
    eingang = [hinweis.created_at for hinweis in hinweise]
    Hinweis.objects.bulk_create(hinweise, batch_size=1000)
    for hinweis, moment in zip(hinweise, eingang, strict=True):
        hinweis.created_at = moment
    Hinweis.objects.bulk_update(hinweise, ["created_at"], batch_size=500)
