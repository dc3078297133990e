"""Searches, reservations, bookings in every state (tenant schema: call inside in_tenant)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from uuid6 import uuid7

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import now
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Fremdeinrichtung, Fremdentgelt, Reservierung, Suche
from tenant_apps.placements.search.selectors.search import Zahlen
from tenant_apps.placements.services.vermerk import freeze_kriterien
from tenants.context import require_schema
from tests.factories.cases import create_hilfefall
from tests.factories.register import period

_nummer = count(1)


def create_suche(*, hilfefall: Hilfefall, angebot: Angebot, zeitraum: DateRange | None = None, **fields) -> Suche:
    """A stored search that found one offer."""
    zeitraum = zeitraum or period("2026-12-01", "2027-05-31")
    tage = (zeitraum.upper - zeitraum.lower).days - 1
    defaults = {
        "fachkraft_id": hilfefall.fachkraft_id, "klient": hilfefall.klient, "hilfeart": angebot.hilfeart,
        "region": "VG", "tage_je_woche": Decimal(7), "tage": Decimal(tage), "wochen": Decimal(tage) / 7,
        "angebote_gesamt": 1, "angebote_verfuegbar": 1,
    }  # fmt: skip
    return Suche.objects.create(hilfefall=hilfefall, zeitraum=zeitraum, **(defaults | fields))


def create_reservierung(
    *,
    fachkraft_id: UUID,
    angebot: Angebot,
    hilfefall: Hilfefall | None = None,
    zeitraum: DateRange | None = None,
    begruendung: str = "",
    gesucht: dict | None = None,
    ersparnis: Decimal | None = None,
    **fields,
) -> Reservierung:
    """A reservation that waits for the provider, with its hold on the first place; `gesucht`: of the search."""
    hilfefall = hilfefall or create_hilfefall(fachkraft_id=fachkraft_id)
    suche = create_suche(hilfefall=hilfefall, angebot=angebot, zeitraum=zeitraum, **(gesucht or {}))
    kriterien = freeze_kriterien(suche, Zahlen(1, {}), sortierung="-kosten", klient_id=hilfefall.klient_id)
    satz = angebot.entgelte.get().betrag
    soll = satz * suche.tage
    vermerk = Auswahlvermerk.objects.create(
        suche=suche, klient_id=hilfefall.klient_id, fachkraft_id=fachkraft_id, fachkraft_name="",
        kriterien=kriterien, angebote=[], angebot=angebot,
        rang=1, anzahl=1, im_guenstigsten_drittel=True,
        begruendung=begruendung, ersparnis=ersparnis,
    )  # fmt: skip
    belegt = Platzbindung.objects.filter(platz__angebot=angebot).values("platz_id")
    platz = angebot.plaetze.exclude(pk__in=belegt).first()
    gebucht = fields.get("zustand") == "GEBUCHT"
    bindung = Platzbindung.objects.create(
        id=uuid7(), mandant=require_schema(), platz=platz, zeitraum=suche.zeitraum,
        zustand="GEBUCHT" if gebucht else "RESERVIERT",
        ablauf_at=None if gebucht else now() + timedelta(days=7),
    )  # fmt: skip
    defaults = {
        "hilfeart": angebot.hilfeart, "anbieter_id": angebot.einrichtung.anbieter_id,
        "einrichtung": angebot.einrichtung,
        "platz": platz, "pseudonym": f"VG-{next(_nummer):05d}", "alter_bei_beginn": 10, "menge": suche.tage,
        "tage_je_woche": suche.tage_je_woche, "tagesentgelt": satz, "soll_entgelt_exakt": soll, "soll_entgelt": soll,
        "taschengeld": 0, "soll_kosten": soll, "ist_auswaertig": False, "ablauf_at": now() + timedelta(days=7),
    }  # fmt: skip
    return Reservierung.objects.create(
        auswahlvermerk=vermerk, suche=suche, hilfefall=hilfefall, klient=hilfefall.klient,
        angebot=angebot, platzbindung_id=bindung.pk, zeitraum=suche.zeitraum, **(defaults | fields),
    )  # fmt: skip


def create_buchung(
    *,
    fachkraft_id: UUID,
    angebot: Angebot,
    zustand: str = "GEBUCHT",
    darueber: bool = False,
    bestand: bool = False,
    **fields,
) -> Buchung:
    """A booking with the reservation it came from. `darueber`: it lies over another stay of the child, to its
    end. `bestand`: a stay of before there was one bed for each child, beside which there may be others."""
    reservierung = create_reservierung(fachkraft_id=fachkraft_id, angebot=angebot, zustand="GEBUCHT", **fields)
    ueberlagerung = {
        "ueberlagerung": "INOBHUTNAHME", "ueberlagerung_bis": reservierung.letzter_tag,
        "ueberlagerung_grund": "In der Nacht in Obhut genommen",
    }  # fmt: skip
    if bestand and angebot.hilfeart.ist_aufenthalt:
        darueber = True
        ueberlagerung |= {"ueberlagerung": "BESTAND", "ueberlagerung_bis": date(2999, 12, 31)}
    return Buchung.objects.create(
        reservierung=reservierung, hilfefall=reservierung.hilfefall, klient=reservierung.klient,
        hilfeart=angebot.hilfeart, anbieter_id=reservierung.anbieter_id,
        einrichtung=angebot.einrichtung, angebot=angebot, platzbindung_id=reservierung.platzbindung_id,
        soll_kosten=reservierung.soll_kosten, ist_auswaertig=reservierung.ist_auswaertig, zustand=zustand,
        gebucht_at=now(), zeitraum=reservierung.zeitraum, **(ueberlagerung if darueber else {}),
    )  # fmt: skip


def create_fremdeinrichtung(*, eingetragen_von_id: UUID, betrag: str = "190.00", **fields) -> Fremdeinrichtung:
    """A facility of the office's own list in Hamburg, with a rate for S34 since 2017."""
    angaben = {
        "name": "Haus Alsterblick", "anbieter": "Alster Jugendhilfe gGmbH", "ort": "Hamburg", "land": "Hamburg",
    }  # fmt: skip
    einrichtung = Fremdeinrichtung.objects.create(eingetragen_von_id=eingetragen_von_id, **(angaben | fields))
    Fremdentgelt.objects.create(
        fremdeinrichtung=einrichtung, hilfeart=Hilfeart.objects.get(code="S34"), betrag=Decimal(betrag),
        gueltig=DateRange(date(2017, 1, 1), None), quelle="Vereinbarung Hamburg", eingetragen_von_id=eingetragen_von_id,
    )  # fmt: skip
    return einrichtung
