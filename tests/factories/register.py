"""Providers, facilities, offers, places, rates (shared schema)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from uuid6 import uuid7

from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.core.clock import real_now
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung, Entgelt, Platz
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import in_tenant
from tenants.models import Tenant

_nummer = count(1)
IMMER = DateRange(date(2015, 1, 1), None)


def period(beginn: str, letzter_tag: str) -> DateRange:
    """Half-open range from an inclusive period given as ISO dates."""
    upper = date.fromordinal(date.fromisoformat(letzter_tag).toordinal() + 1)
    return DateRange(date.fromisoformat(beginn), upper)


def create_einrichtung(
    *, anbieter: Anbieter | str = "Jugendhilfe Küste gGmbH", kreis: str = "VG", **fields
) -> Einrichtung:
    """A facility in a district."""
    if isinstance(anbieter, str):
        anbieter = Anbieter.objects.get_or_create(name=anbieter)[0]
    defaults = {"name": f"Haus {next(_nummer)}", "ort": "Greifswald"}
    return Einrichtung.objects.create(
        anbieter=anbieter, gebietskoerperschaft=Gebietskoerperschaft.objects.get(kuerzel=kreis), **(defaults | fields)
    )


def license_einrichtung(einrichtung: Einrichtung, **fields) -> Betriebserlaubnis:
    """A licence for more than any test offers, since before the first of them."""
    defaults = {"nummer": f"BE {next(_nummer)}", "datum": date(1990, 10, 3), "plaetze": 999}
    return Betriebserlaubnis.objects.create(einrichtung=einrichtung, **(defaults | fields))


def create_angebot(
    *,
    hilfeart: str = "S34",
    entgelt: str | Decimal | None = "88.00",
    plaetze: int = 1,
    kreis: str = "VG",
    anbieter: Anbieter | str = "Jugendhilfe Küste gGmbH",
    einrichtung: Einrichtung | None = None,
    spezialisierungen: tuple[str, ...] = (),
    erlaubnis: bool = True,
    **fields,
) -> Angebot:
    """An offer with free places and one rate that is valid for ever, in a facility with a licence when it needs one."""
    art = Hilfeart.objects.get(code=hilfeart)
    einrichtung = einrichtung or create_einrichtung(anbieter=anbieter, kreis=kreis)
    if erlaubnis and art.erlaubnispflichtig and not einrichtung.betriebserlaubnis_liste.exists():
        license_einrichtung(einrichtung)
    defaults = {"name": f"Angebot {next(_nummer)}", "gueltig": IMMER}
    angebot = Angebot.objects.create(einrichtung=einrichtung, hilfeart=art, **(defaults | fields))
    angebot.spezialisierungen.set(Spezialisierung.objects.filter(code__in=spezialisierungen))
    Platz.objects.bulk_create([Platz(angebot=angebot, nummer=n + 1, gueltig=IMMER) for n in range(plaetze)])
    if entgelt is not None:
        Entgelt.objects.create(angebot=angebot, betrag=Decimal(entgelt), einheit=art.einheit, gueltig=IMMER)
    return angebot


def occupy_platz(*, platz: Platz, tenant: Tenant, zeitraum: DateRange, zustand: str = "GEBUCHT") -> UUID:
    """Hold a place for an office, as if a child lived there."""
    bindung_id = uuid7()
    with in_tenant(tenant):
        Platzbindung.objects.create(
            id=bindung_id, mandant=tenant.schema_name, platz=platz, zeitraum=zeitraum, zustand=zustand,
            ablauf_at=real_now() + timedelta(days=7) if zustand == "RESERVIERT" else None,
        )  # fmt: skip
    return bindung_id


def list_freie_plaetze(angebot_id: UUID, zeitraum: Zeitraum) -> list[UUID]:
    """Places of one offer free in the whole period, by number, as the database finds them when one is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM occupancy_freie_plaetze(%s::uuid, daterange(%s::date, %s::date))",
            [str(angebot_id), zeitraum.beginn, zeitraum.ende],
        )
        return [platz_id for (platz_id,) in cursor.fetchall()]
