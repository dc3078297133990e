"""What the database itself forbids, and the sum that must fit over all offices."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from shared_apps.comparison.models import Kennzahl, Kennzahlwert
from tenant_apps.controlling.publish import publish_monate
from tenants.context import as_comparison, in_tenant
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot, period
from tests.tenant_apps.controlling.world import HEUTE, OKTOBER


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


def _row(mandant: str) -> Kennzahlwert:
    return Kennzahlwert(
        mandant=mandant, kuerzel="HRO", kennzahl=Kennzahl.objects.get(code="fallzahlen"), monat=OKTOBER,
        wert=Decimal(1), computed_at=timezone.now(),
    )  # fmt: skip


def test_publish__as_another_office__is_refused_by_the_database(vg, hro) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), in_tenant(vg), transaction.atomic():
        _row(hro.schema_name).save(force_insert=True)


def test_publish__rows_of_another_office__are_neither_seen_nor_changed(vg, hro) -> None:
    with in_tenant(hro):
        publish_monate(monate=[OKTOBER])
        anzahl = Kennzahlwert.objects.count()
    with in_tenant(vg):
        assert not Kennzahlwert.objects.filter(mandant=hro.schema_name).exists()
        assert Kennzahlwert.objects.filter(mandant=hro.schema_name).delete()[0] == 0
        publish_monate(monate=[OKTOBER])
    with in_tenant(hro):
        assert Kennzahlwert.objects.count() == anzahl


@pytest.mark.parametrize(
    "anweisung",
    [
        "SELECT count(*) FROM vg.placements_buchung",
        "SELECT count(*) FROM vg.cases_klient",
        "SELECT count(*) FROM vg.controlling_haushaltsansatz",
        "SELECT count(*) FROM public.occupancy_platzbindung",
        "SELECT count(*) FROM public.accounts_user",
        "DELETE FROM public.comparison_kennzahlwert",
        "UPDATE public.comparison_kennzahlwert SET wert = 0",
    ],
)
def test_comparison_role__reads_figures_and_nothing_else(vg, anweisung: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_comparison(), connection.cursor() as cursor:
        cursor.execute(anweisung)


def test_invariant__auswaertige_buchungen_of_all_equal_fremdbelegungen_of_all(vg, hro, lhsn, cast) -> None:
    zufall = random.Random(7)
    tenants = {"VG": (vg, "anna"), "HRO": (hro, "gerd"), "LHSN": (lhsn, "jette")}
    # An offer of its own for each booking: whose place is taken is not the question here.
    for tenant, wer in tenants.values():
        fachkraft = cast.user(wer).pk
        for _ in range(8):
            angebot = create_angebot(kreis=zufall.choice(sorted(tenants)), hilfeart=zufall.choice(["S34", "A30"]))
            monat = zufall.randint(6, 11)
            zeitraum = period(f"2026-{monat:02d}-05", f"2026-{min(monat + zufall.randint(0, 2), 12):02d}-28")
            with in_tenant(tenant):
                create_buchung(fachkraft_id=fachkraft, angebot=angebot, zeitraum=zeitraum)
    monate = [date(2026, m, 1) for m in range(6, 12)]
    for tenant, _ in tenants.values():
        with in_tenant(tenant):
            publish_monate(monate=monate)
    with as_comparison():
        rows = list(
            Kennzahlwert.objects.filter(spezialisierung_code="").values_list(
                "kennzahl__code", "monat", "hilfeart_code", "wert"
            )
        )
    summen = {
        code: {
            (m, art): sum(w for c, monat, h, w in rows if c == code and (monat, h) == (m, art))
            for m in monate for art in ("", "S34", "A30")
        }
        for code in ("auswaertige_buchungen", "fremdbelegungen")
    }  # fmt: skip
    assert summen["auswaertige_buchungen"] == summen["fremdbelegungen"]
    assert sum(summen["fremdbelegungen"].values()) > 0
