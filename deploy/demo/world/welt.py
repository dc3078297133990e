"""The whole demo world, in one transaction: it is there or it is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from deploy.demo.world import akten, kontakte, listen, markt, seiten, vergangenes, vokabular
from deploy.demo.world.abrechnung import Abrechnung
from deploy.demo.world.faelle import AmtBau, Zeit
from deploy.demo.world.leute import Personal, build_amt, build_anbieter, build_besondere, build_land
from deploy.demo.world.werkzeug import Zufall
from shared_apps.accounts.models import User
from shared_apps.core.clock import now, today
from shared_apps.regions.models import Bevoelkerungsstand, Gebietskoerperschaft
from shared_apps.regions.services import load_postleitzahlen
from tenant_apps.controlling.publish import publish_monate
from tenants.context import in_tenant
from tenants.models import Tenant

#: Goes up when the world changes. The id of `anbieter-kueste` tells which version is in a database.
VERSION = 4
#: What is drawn stays the same from version to version.
SEED = "sojus-demo-1"
MONATE = 26
#: Cases of VG; the other offices in proportion to their inhabitants.
FAELLE_VG = 500
Report = Callable[[str], None]


class WeltFehlt(RuntimeError):
    """The world cannot be built here; the message says what is missing."""


def marker() -> UUID:
    """Id of the person `anbieter-kueste` in a world of this version."""
    return UUID(int=(0x5030DE30 << 96) | (7 << 76) | (2 << 62) | VERSION)


def build_world(*, report: Report) -> bool:
    """Build the demo world unless it is there already. Returns whether something was built. Owner process."""
    if User.objects.filter(pk=marker()).exists():
        report("Die Demo-Welt ist schon da.")
        return False
    if User.objects.filter(username="asd-vg").exists():
        report("Es gibt schon eine Demo-Welt einer anderen Fassung. Neu aufbauen: make demo-reset")
        return False
    tenants = list(Tenant.objects.filter(kuerzel__in=markt.EINRICHTUNGEN))
    if fehlend := sorted(set(markt.EINRICHTUNGEN) - {tenant.kuerzel for tenant in tenants}):
        raise WeltFehlt(f"Bitte zuerst onboarden: {', '.join(fehlend)} (manage.py onboard_tenant).")
    with transaction.atomic():
        _build(tenants, report)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return True


@contextmanager
def _timed(report: Report, title: str) -> Any:
    began = time.monotonic()
    details: list[str] = []
    yield details.append
    report(f"{title}{': ' + ', '.join(details) if details else ''} ({time.monotonic() - began:.1f} s)")


def _build(tenants: list[Tenant], report: Report) -> None:
    zufall = Zufall(SEED)
    zeit = Zeit(today(), now(), _vor_monaten(today(), MONATE - 1))
    welt = markt.MarktBau(zufall=zufall, heute=zeit.heute).build()
    with _timed(report, "Personen und Zugänge") as sage:
        personal = Personal(zufall=zufall)
        leute = {tenant.kuerzel: build_amt(personal, tenant) for tenant in tenants}
        build_land(personal)
        sage(f"{personal.save()} Personen der Ämter und des Landes")
    with _timed(report, "Listen der acht Ämter eingelesen") as sage:
        sage(f"{listen.read_lists(welt, tenants, heute=zeit.heute)} Zeilen, {len(welt.anbieter)} Anbieter")
        sage(f"{len(welt.einrichtungen)} Einrichtungen, {len(welt.angebote)} Angebote")
        sage(f"{sum(len(a.plaetze) for a in welt.angebote)} Plätze")
    with _timed(report, "Postleitzahlen geladen") as sage:
        sage(load_postleitzahlen(vokabular.postleitzahlen(zeit.heute)).text)
    with _timed(report, "Personen der Anbieter") as sage:
        build_anbieter(personal, welt, marker())
        besondere = Personal(zufall=Zufall("sojus-demo-rollen-1"))
        build_besondere(besondere, tenants, welt, zeit.heute)
        sage(f"{personal.save() + besondere.save()} Personen")
        vergangenes.write_bestaetigungen(welt)
        vergangenes.write_bankverbindungen(welt, jetzt=zeit.jetzt)
        sage(f"{kontakte.enter_kontakte(welt)} Kontakte")
    with _timed(report, "Dokumente und Bilder") as sage:
        sage(f"{akten.write_dokumente(welt, zufall=zufall, jetzt=zeit.jetzt)} PDF")
        sage(f"{akten.enter_fotos(welt)} Bilder")
    nachbarn = {
        kreis.kuerzel: [n.kuerzel for n in kreis.nachbarn.all()]
        for kreis in Gebietskoerperschaft.objects.prefetch_related("nachbarn")
    }
    belegungen = markt.belegung_2017(welt, zufall)
    frei = seiten.keep_free(welt, zeit.heute)
    with _timed(report, "Fälle gezogen") as sage:
        aemter = [
            AmtBau(tenant=t, leute=leute[t.kuerzel], markt=welt, zeit=zeit, nachbarn=nachbarn[t.kuerzel])
            for t in tenants
        ]
        for amt in aemter:
            if amt.kz == "VG":
                amt.draw_2017([b for i, b in enumerate(belegungen) if i % 6])
            if amt.kz == "MSE":
                amt.draw_2017([b for i, b in enumerate(belegungen) if i % 6 == 0])
            amt.draw_fuer_anbieter(1, {"VG": 8, "HRO": 5}.get(amt.kz, 0))
            amt.draw_fuer_anbieter(2, {"VG": 4, "MSE": 3}.get(amt.kz, 0))
        for amt in aemter:
            amt.draw_faelle(_anzahl(amt.kz))
        sage(f"{sum(len(amt.vorgaenge) for amt in aemter)} Vorgänge")
    for amt in aemter:
        with _timed(report, f"{amt.tenant.name}") as sage, in_tenant(amt.tenant):
            amt.write()
            abrechnung = Abrechnung(amt)
            abrechnung.write()
            sage(f"{len(amt.vorgaenge)} Vorgänge, {len(abrechnung.rechnungen)} Rechnungen")
    with _timed(report, "Was Menschen auf ihren Seiten eingetragen haben"):
        vg = next(tenant for tenant in tenants if tenant.kuerzel == "VG")
        seiten.enter_pages(welt, vg, frei, heute=zeit.heute, jetzt=zeit.jetzt)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the figures' statement joins what was just written
    with _timed(report, "Kennzahlen veröffentlicht") as sage:
        monate = [_vor_monaten(zeit.heute, i) for i in range(-12, MONATE)]
        werte = 0
        for amt in aemter:
            with in_tenant(amt.tenant):
                werte += publish_monate(monate=monate)
        sage(f"{werte} Werte")


def _anzahl(kuerzel: str) -> int:
    staende = Bevoelkerungsstand.objects.filter(alter_von=0, alter_bis=None, geschlecht="")
    zahl = {k: staende.filter(gebietskoerperschaft__kuerzel=k).latest("stichtag").anzahl for k in ("VG", kuerzel)}
    return round(FAELLE_VG * zahl[kuerzel] / zahl["VG"])


def _vor_monaten(tag: date, monate: int) -> date:
    """First day of the month that many months before; negative: after."""
    nummer = tag.year * 12 + tag.month - 1 - monate
    return date(nummer // 12, nummer % 12 + 1, 1)
