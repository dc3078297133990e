"""A month small enough to count by hand: October 2026 of VG. Used by the tests of publishing and of budgets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from shared_apps.occupancy.models import Platzbindung
from tenant_apps.billing.models import Auszahlung, Leistungsnachweis, Rechnung
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Buchung, Suche
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_buchung, create_suche
from tests.factories.register import create_angebot, occupy_platz, period
from tests.people import Cast

OKTOBER = date(2026, 10, 1)
HEUTE = "2026-11-22"


def end_buchung(buchung: Buchung, *, letzter_tag: str, grund: str, zustand: str = "BEENDET") -> None:
    """As the services would leave it."""
    Buchung.objects.filter(pk=buchung.pk).update(
        zustand=zustand, ende_tatsaechlich=date.fromisoformat(letzter_tag), beendigungsgrund=grund
    )


def pay(buchung: Buchung, *, betrag: str, am: str, wer: tuple[UUID, UUID]) -> None:
    """An invoice that went all the way."""
    monat = date.fromisoformat(am).replace(day=1)
    nachweis = Leistungsnachweis.objects.create(
        buchung=buchung, monat=monat, tage=[1], zustand="BESTAETIGT", erfasst_von_id=wer[0]
    )
    rechnung = Rechnung.objects.create(
        leistungsnachweis=nachweis, buchung=buchung, anbieter_id=buchung.anbieter_id, nummer=f"{buchung.pk}{am}"[-38:],
        monat=monat, betrag=Decimal(betrag), zustand="BEZAHLT", eingereicht_at=timezone.now(),
        eingereicht_von_id=wer[0], festgestellt_von_id=wer[0], angeordnet_von_id=wer[1],
    )  # fmt: skip
    Auszahlung.objects.create(
        rechnung=rechnung, betrag=Decimal(betrag), bezahlt_am=date.fromisoformat(am), erfasst_von_id=wer[1]
    )


def search_at(fall: Hilfefall, *, angebot, wann: str, verfuegbar: int) -> None:
    """A search made at that point in time (UTC)."""
    suche = create_suche(hilfefall=fall, angebot=angebot, angebote_verfuegbar=verfuegbar)
    Suche.objects.filter(pk=suche.pk).update(created_at=datetime.fromisoformat(wann))


def create_oktober(*, vg: Tenant, hro: Tenant, cast: Cast) -> dict[str, Buchung]:
    """Bookings, payments, searches of VG, and two places in VG that HRO uses."""
    anna, wer = cast.user("anna").pk, (cast.user("doris").pk, cast.user("emil").pk)
    heim = create_angebot(plaetze=9, spezialisierungen=("trauma",))
    rostock = create_angebot(kreis="HRO", plaetze=2)
    ambulant = create_angebot(hilfeart="A30", entgelt="60.00", plaetze=2)
    fremd = create_angebot(plaetze=3)
    zeitraum = period("2026-10-01", "2026-12-31")
    with in_tenant(vg):
        ende = create_buchung(fachkraft_id=anna, angebot=heim, zeitraum=period("2026-08-15", "2026-10-10"))
        end_buchung(ende, letzter_tag="2026-10-10", grund="10")
        umzug = create_buchung(
            fachkraft_id=anna, angebot=heim, zustand="LAUFEND", hilfefall=ende.hilfefall,
            zeitraum=period("2026-10-11", "2026-12-31"),
        )  # fmt: skip
        aussen = create_buchung(fachkraft_id=anna, angebot=rostock, zustand="LAUFEND", zeitraum=zeitraum)
        abbruch = create_buchung(fachkraft_id=anna, angebot=ambulant, zeitraum=period("2026-09-01", "2026-10-31"))
        end_buchung(abbruch, letzter_tag="2026-10-31", grund="20", zustand="ABGEBROCHEN")
        storniert = create_buchung(fachkraft_id=anna, angebot=rostock, zustand="STORNIERT", zeitraum=zeitraum)
        Platzbindung.objects.filter(pk=storniert.platzbindung_id).update(zustand="FREIGEGEBEN")
        spaeter = create_buchung(fachkraft_id=anna, angebot=heim, zeitraum=period("2026-11-01", "2027-01-31"))
        pay(ende, betrag="100.10", am="2026-10-31", wer=wer)
        pay(aussen, betrag="7.00", am="2026-11-01", wer=wer)
        fall = create_hilfefall(fachkraft_id=anna)
        search_at(fall, angebot=heim, wann="2026-10-31T22:30:00+00:00", verfuegbar=0)
        search_at(fall, angebot=heim, wann="2026-10-31T23:30:00+00:00", verfuegbar=0)
        search_at(fall, angebot=heim, wann="2026-10-15T10:00:00+00:00", verfuegbar=4)
    plaetze = list(fremd.plaetze.all())
    occupy_platz(platz=plaetze[0], tenant=hro, zeitraum=period("2026-10-31", "2026-11-30"))
    occupy_platz(platz=plaetze[1], tenant=hro, zeitraum=period("2026-01-01", "2026-12-31"))
    occupy_platz(platz=plaetze[2], tenant=hro, zeitraum=period("2026-11-01", "2026-12-31"))
    return {"ende": ende, "umzug": umzug, "aussen": aussen, "abbruch": abbruch, "spaeter": spaeter}
