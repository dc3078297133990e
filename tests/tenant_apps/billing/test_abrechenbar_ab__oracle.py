"""The day the database writes into a booking is the one the rule says, whoever has written what before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from importlib import import_module
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now
from shared_apps.core.zeitraum import monatserster
from tenant_apps.billing import policies, rules
from tenant_apps.billing.models import Leistungsnachweis, Rechnung, Rechnungskonto
from tenant_apps.billing.selectors import rechnungen as selectors
from tenant_apps.billing.services.check import approve_rechnung, check_rechnung, reject_rechnung, settle_rechnung
from tenant_apps.billing.states import RECHNUNG_LEBEND, RechnungZustand
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.services.end import begin_buchung, cancel_buchung, end_buchung
from tenant_apps.placements.states import BuchungZustand
from tenants.context import in_tenant_portal
from tenants.models import Tenant
from tests.people import Cast
from tests.tenant_apps.billing.story import JUNI, bill, record
from tests.tenant_apps.placements.story import Story, tell
from tests.tenants import owner

#: What runs is this; the rule is its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "tenant_apps/billing/migrations/0011_once_for_a_statement.py"

FILL = import_module("tenant_apps.billing.migrations.0008_when_it_can_be_billed").FILL
ANFANG = date(2017, 6, 1)
#: Days since then; the ends of months as often as any other.
TAG = st.sampled_from([0, 1, 29, 30, 60, 61, 62, 91, 92]) | st.integers(0, 130)
MONAT = st.sampled_from([date(2017, month, 1) for month in range(5, 12)])
NUMMERN = count(1)  # one that was removed has had its own
JULI, AUGUST, ENDE_JUNI, ENDE_JULI = date(2017, 7, 1), date(2017, 8, 1), date(2017, 6, 30), date(2017, 7, 31)


def _day(nummer: int) -> date:
    return ANFANG + timedelta(days=nummer)


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg, plaetze=5)


def _says(buchung: Buchung) -> date | None:
    """What the rule says of the booking as it is."""
    if buchung.zustand == BuchungZustand.STORNIERT:
        return None
    berechnet = {rechnung.monat for rechnung in buchung.rechnungen.all() if rechnung.zustand in RECHNUNG_LEBEND}
    return rules.abrechenbar_ab(get_leistungszeitraum(buchung), berechnet)


def _is_right(story: Story, *buchungen: Buchung) -> list[date | None]:
    """The stored days, each of which is the rule's."""
    with story.at_vg():
        rows = [Buchung.objects.get(pk=buchung.pk) for buchung in buchungen]
        days = [row.abrechenbar_ab for row in rows]
        assert days == [_says(row) for row in rows]
    return days


# --- any history --------------------------------------------------------------------------------------------


def _plan(rows: list[Buchung], which: int, beginn: int, tage: int) -> None:
    Buchung.objects.filter(pk=rows[which].pk).update(
        zeitraum=DateRange(_day(beginn), _day(beginn + tage)), beginn_tatsaechlich=None, ende_tatsaechlich=None,
        zustand=BuchungZustand.GEBUCHT,
    )  # fmt: skip


def _end(rows: list[Buchung], which: int, beginn: int, tage: int) -> None:
    Buchung.objects.filter(pk=rows[which].pk).update(
        beginn_tatsaechlich=_day(beginn), ende_tatsaechlich=_day(beginn + tage), zustand=BuchungZustand.BEENDET,
        beendigungsgrund=Beendigungsgrund("22"),
    )  # fmt: skip


def _cancel(rows: list[Buchung], which: int) -> None:
    Buchung.objects.filter(pk=rows[which].pk).update(zustand=BuchungZustand.STORNIERT)


def _lie(rows: list[Buchung], which: int, tag: int) -> None:
    Buchung.objects.filter(pk=rows[which].pk).update(abrechenbar_ab=_day(tag))


def _send(rows: list[Buchung], which: int, monat: date, zustand: str) -> None:
    """An invoice in any state, of that booking and month; a second live one is refused."""
    buchung, person = rows[which], rows[which].gebucht_von_id
    nachweis, _ = Leistungsnachweis.objects.get_or_create(
        buchung=buchung, monat=monat, defaults={"erfasst_von_id": person}
    )
    try:
        with transaction.atomic():
            Rechnung.objects.create(
                leistungsnachweis=nachweis, buchung=buchung, anbieter_id=buchung.anbieter_id, monat=monat, betrag=1,
                nummer=f"R-{next(NUMMERN):05}", zustand=zustand, eingereicht_at=now(),
                eingereicht_von_id=person, festgestellt_von_id=buchung.klient_id,
                angeordnet_von_id=buchung.hilfefall_id,
            )  # fmt: skip
    except DatabaseError as fehler:
        assert "rechnung_monat_einmal" in str(fehler)


def _change(rows: list[Buchung], which: int, **fields: Any) -> None:
    """One of all invoices becomes another one: its state, its month, its booking."""
    pks = list(Rechnung.objects.order_by("nummer").values_list("pk", flat=True))
    try:
        with transaction.atomic():
            Rechnung.objects.filter(pk__in=pks[which : which + 1]).update(**fields)
    except DatabaseError as fehler:
        assert "rechnung_monat_einmal" in str(fehler)


def _move(rows: list[Buchung], which: int, whereto: int) -> None:
    _change(rows, which, buchung=rows[whereto])


def _restate(rows: list[Buchung], which: int, zustand: str) -> None:
    _change(rows, which, zustand=zustand)


def _redate(rows: list[Buchung], which: int, monat: date) -> None:
    _change(rows, which, monat=monat)


def _remove(rows: list[Buchung], which: int) -> None:
    weg = list(Rechnung.objects.order_by("nummer").values_list("pk", flat=True)[which : which + 1])
    Rechnungskonto.objects.filter(rechnung__in=weg).delete()
    Rechnung.objects.filter(pk__in=weg).delete()


WHICH, ZUSTAND = st.integers(0, 1), st.sampled_from(RechnungZustand)
ACT: st.SearchStrategy[tuple[Callable, tuple]] = st.one_of(
    st.tuples(st.just(_plan), st.tuples(WHICH, TAG, st.integers(1, 130))),
    st.tuples(st.just(_end), st.tuples(WHICH, TAG, st.integers(0, 130))),
    st.tuples(st.just(_cancel), st.tuples(WHICH)),
    st.tuples(st.just(_lie), st.tuples(WHICH, TAG)),
    *[st.tuples(st.just(_send), st.tuples(WHICH, MONAT, ZUSTAND))] * 4,
    st.tuples(st.just(_restate), st.tuples(st.integers(0, 3), ZUSTAND)),
    st.tuples(st.just(_redate), st.tuples(st.integers(0, 3), MONAT)),
    st.tuples(st.just(_move), st.tuples(st.integers(0, 3), WHICH)),
    st.tuples(st.just(_remove), st.tuples(st.integers(0, 3))),
)


def test_abrechenbar_ab__any_history__is_what_the_rule_says(story) -> None:
    rows = [story.book(), story.book("2017-06-20", "2017-08-03")]
    for row in rows:
        row.gebucht_von_id = story.cast.user("anna").pk

    @hypothesis_settings(max_examples=25)
    @given(acts=st.lists(ACT, min_size=1, max_size=10))
    def compare(acts: list[tuple[Callable, tuple]]) -> None:
        with story.at_vg(), transaction.atomic():
            for act, drawn in acts:
                act(rows, *drawn)
                written = list(Buchung.objects.order_by("pk").prefetch_related("rechnungen"))
                assert [row.abrechenbar_ab for row in written] == [_says(row) for row in written], (act.__name__, drawn)
            with connection.cursor() as cursor:
                cursor.execute(FILL)
                assert cursor.rowcount == 0, "what the migration fills in is the same"
            transaction.set_rollback(True)

    compare()


# --- every way on which it is written -----------------------------------------------------------------------


def test_abrechenbar_ab__follows_booking_and_invoices(story) -> None:
    doris, emil, anna = (story.akteur(name) for name in ("doris", "emil", "anna"))
    buchung = story.book()
    assert _is_right(story, buchung) == [ENDE_JUNI]
    record(story, buchung)
    assert _is_right(story, buchung) == [ENDE_JUNI], "a draft is no invoice"
    rechnung = bill(story, buchung)
    assert _is_right(story, buchung) == [ENDE_JULI]
    with story.at_vg():
        reject_rechnung(rechnung=rechnung, akteur=doris, grund="Tage prüfen")
    assert _is_right(story, buchung) == [ENDE_JUNI], "objected to: to be billed again"
    neue = bill(story, buchung)
    assert story.reload(rechnung).zustand == RechnungZustand.STORNIERT
    assert _is_right(story, buchung) == [ENDE_JULI]
    with story.at_vg():
        begin_buchung(buchung=buchung, akteur=anna, beginn=ANFANG)
        _settle(neue, doris, emil)
    assert _is_right(story, buchung) == [ENDE_JULI], "certified, ordered, paid: billed all the time"
    with story.at_vg():
        end_buchung(
            buchung=buchung, akteur=anna, letzter_tag=date(2017, 7, 15), grund=Beendigungsgrund("22"),
            trotz_rechnung=True,
        )  # fmt: skip
    assert _is_right(story, buchung) == [date(2017, 7, 15)], "from its last day on, not only from the month's"
    bill(story, buchung, JULI, range(1, 16))
    assert _is_right(story, buchung) == [None]


def _settle(rechnung: Rechnung, wjh: Akteur, leitung: Akteur) -> None:
    """Certify, order, pay: the states in which an invoice lives on."""
    check_rechnung(rechnung=rechnung, akteur=wjh)
    approve_rechnung(rechnung=rechnung, akteur=leitung)
    settle_rechnung(rechnung=rechnung, akteur=wjh)


def test_abrechenbar_ab__a_later_begin_moves_it(story) -> None:
    buchung, anna = story.book(), story.akteur("anna")
    bill(story, buchung, JULI, range(1, 32))
    with story.at_vg():
        begin_buchung(buchung=buchung, akteur=anna, beginn=date(2017, 7, 3), trotz_rechnung=True)
    assert _is_right(story, buchung) == [date(2017, 8, 31)]


def test_abrechenbar_ab__a_cancelled_booking_has_none(story) -> None:
    buchung, anna = story.book("2099-01-01", "2099-06-30"), story.akteur("anna")
    assert _is_right(story, buchung) == [date(2099, 1, 31)]
    with story.at_vg():
        cancel_buchung(buchung=buchung, akteur=anna, text="Irrtum")
    assert _is_right(story, buchung) == [None]


def test_abrechenbar_ab__a_provider_bills_under_her_role(story, sign_in) -> None:
    buchung, ines = story.book(), sign_in("ines", at="VG")
    nachweis = record(story, buchung)
    ines.post(f"/abrechnung/nachweise/{nachweis.pk}/rechnung/", {"nummer": "R-1"})
    assert _is_right(story, buchung) == [ENDE_JULI]
    assert "Juni 2017" not in ines.get("/abrechnung/monate/").text


def test_whoever_writes_it_the_day_is_computed(story) -> None:
    buchung, ines = story.book(), story.akteur("ines")
    reserviert = story.reserve(zustand="GEBUCHT")
    with story.at_vg():
        assert Buchung.objects.filter(pk=buchung.pk).update(abrechenbar_ab=date(1990, 1, 1)) == 1
        neu = Buchung.objects.get(pk=buchung.pk)
        neu.pk, neu.reservierung, neu.platzbindung_id = uuid4(), reserviert, reserviert.platzbindung_id
        neu.abrechenbar_ab, neu.klient_id = date(1990, 1, 1), reserviert.klient_id  # one child has one bed
        neu.save(force_insert=True)
    assert _is_right(story, buchung, neu) == [ENDE_JUNI, ENDE_JUNI]
    with in_tenant_portal(story.vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert Buchung.objects.get(pk=buchung.pk).abrechenbar_ab == ENDE_JUNI
        for table in ("placements_buchung", "vg.placements_buchung"):
            statement = f"UPDATE {table} SET abrechenbar_ab = NULL"
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_abrechenbar_ab__two_invoices_at_the_same_moment(own_database) -> None:
    """Whoever comes second waits for the booking's row and sees the invoice of the first one."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    story = tell(cast, vg)
    buchung = story.book()
    juni, juli = bill(story, buchung), bill(story, buchung, JULI, range(1, 32))
    with story.at_vg():
        Rechnung.objects.update(zustand=RechnungZustand.BEANSTANDET)
    assert _is_right(story, buchung) == [ENDE_JUNI]
    with owner.superuser(own_database) as dba:
        dba.execute("SET session_replication_role = replica; SET search_path = vg, public")
        dba.execute("UPDATE placements_buchung SET abrechenbar_ab = NULL")
        dba.execute(FILL)
    assert _is_right(story, buchung) == [ENDE_JUNI], "as the migration fills it in"
    live = "UPDATE vg.billing_rechnung SET zustand = 'EINGEREICHT' WHERE id = %s"
    with owner.superuser(own_database) as first, owner.superuser(own_database) as second:
        first.autocommit = second.autocommit = False
        first.execute(live, [juni.pk])
        with ThreadPoolExecutor(1) as pool:
            waits = pool.submit(second.execute, live, [juli.pk])
            with pytest.raises(TimeoutError):
                waits.result(timeout=0.5)
            first.commit()
            waits.result(timeout=30)
        second.commit()
    assert _is_right(story, buchung) == [date(2017, 8, 31)]


@pytest.mark.parametrize("erst", ["the invoice", "the booking"])
def test_abrechenbar_ab__booking_and_invoice_at_the_same_moment(own_database, erst) -> None:
    """The office moves the begin while an invoice comes to life, whoever is first."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    story = tell(cast, vg)
    buchung = story.book()
    juli = bill(story, buchung, JULI, range(1, 32))
    with story.at_vg():
        Rechnung.objects.update(zustand=RechnungZustand.BEANSTANDET)
    lebt = ("UPDATE vg.billing_rechnung SET zustand = 'EINGEREICHT' WHERE id = %s", [juli.pk])
    beginnt = ("UPDATE vg.placements_buchung SET beginn_tatsaechlich = '2017-07-03' WHERE id = %s", [buchung.pk])
    acts = [lebt, beginnt] if erst == "the invoice" else [beginnt, lebt]
    with owner.superuser(own_database) as first, owner.superuser(own_database) as second:
        first.autocommit = second.autocommit = False
        first.execute(*acts[0])
        with ThreadPoolExecutor(1) as pool:
            waits = pool.submit(second.execute, *acts[1])
            with pytest.raises(TimeoutError):
                waits.result(timeout=0.5)
            first.commit()
            waits.result(timeout=30)
        second.commit()
    assert _is_right(story, buchung) == [date(2017, 8, 31)]


# --- the list that is found by it ---------------------------------------------------------------------------


@pytest.mark.parametrize("grenze", [2, 3, 5, 100])
def test_find_faellige__are_the_first_ones_however_many_are_counted(story, settings, monkeypatch, grenze) -> None:
    settings.FIXED_TODAY = "2017-10-15"
    monkeypatch.setattr(selectors, "GRENZE", grenze)
    rows = [story.book(), story.book("2017-06-20", "2017-08-03"), story.book("2017-10-01", "2017-12-31")]
    rows += [story.book("2017-08-10", "2017-10-15"), story.book("2017-10-20", "2017-12-31")]
    bill(story, rows[0], AUGUST, range(1, 32))
    bill(story, rows[1], JUNI, range(20, 31))
    akteur = story.akteur("ines")
    wanted = []
    with story.at_vg():
        for row in rows:
            hilfe, berechnet = get_leistungszeitraum(row), {r.monat for r in row.rechnungen.all()}
            for monat in hilfe.monate():
                letzter = hilfe.in_monat(monat).letzter_tag
                if monat not in berechnet and letzter <= date(2017, 10, 15):
                    wanted.append((letzter, row.pk, monatserster(monat)))
    wanted.sort()
    with in_tenant_portal(story.vg, user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        buchungen, rechnungen = policies.recordable_buchungen(akteur), policies.visible_rechnungen(akteur)
        for bis in range(1, grenze + 1):
            keys, more = selectors.find_faellige(buchungen, rechnungen, bis)
            assert more is (len(wanted) > grenze)
            assert keys[:bis] == [(pk, monat) for _, pk, monat in wanted][:bis]
            assert more or len(keys) == len(wanted) == 8
