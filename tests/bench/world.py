"""A market of the state's size, made in bulk: 500 offers, 4,000 places, 20,000 holds."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from uuid6 import uuid7

from shared_apps.catalogue.models import Einheit, Hilfeart
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung, Entgelt, Platz
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import in_tenant
from tenants.models import Tenant

IMMER = DateRange(date(2015, 1, 1), None)
OFFERS = 500
PLACES = 8


def create_market() -> list[Angebot]:
    """500 offers § 34 over eight districts; five holds in a row on most places, the last still running."""
    rng = random.Random(2026)
    hilfeart = Hilfeart.objects.get(code="S34")
    kreise = list(Gebietskoerperschaft.objects.all())
    anbieter = Anbieter.objects.bulk_create([Anbieter(name=f"Anbieter {n}") for n in range(150)])
    einrichtungen = Einrichtung.objects.bulk_create(
        [
            Einrichtung(anbieter=anbieter[n % 150], name=f"Haus {n}", gebietskoerperschaft=kreise[n % len(kreise)])
            for n in range(OFFERS)
        ]
    )
    Betriebserlaubnis.objects.bulk_create(
        [Betriebserlaubnis(einrichtung=e, nummer="BE", datum=date(2015, 1, 1), plaetze=PLACES) for e in einrichtungen]
    )
    angebote = Angebot.objects.bulk_create(
        [
            Angebot(einrichtung=e, hilfeart=hilfeart, name=f"Gruppe {n}", gueltig=IMMER)
            for n, e in enumerate(einrichtungen)
        ]
    )
    Entgelt.objects.bulk_create(
        [
            Entgelt(angebot=a, betrag=Decimal(rng.randint(7600, 34000)) / 100, einheit=Einheit.TAG, gueltig=IMMER)
            for a in angebote
        ]
    )
    plaetze = Platz.objects.bulk_create(
        [Platz(angebot=a, nummer=n + 1, gueltig=IMMER) for a in angebote for n in range(PLACES)]
    )
    _occupy(plaetze, rng)
    return angebote


def _occupy(plaetze: list[Platz], rng: random.Random) -> None:
    tenants = list(Tenant.objects.all())
    shares: dict[str, list[Platzbindung]] = {t.schema_name: [] for t in tenants}
    for platz in plaetze:
        day = date(2023, 1, 1)
        for _ in range(5):
            end = day + timedelta(days=rng.randint(60, 420))
            mandant = rng.choice(tenants).schema_name
            shares[mandant].append(
                Platzbindung(id=uuid7(), mandant=mandant, platz=platz, zeitraum=DateRange(day, end), zustand="GEBUCHT")
            )
            day = end + timedelta(days=rng.randint(0, 90))
    for tenant in tenants:
        with in_tenant(tenant):
            Platzbindung.objects.bulk_create(shares[tenant.schema_name], batch_size=1000)
