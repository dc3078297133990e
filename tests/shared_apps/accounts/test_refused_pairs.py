"""Roles one person never holds together: the list, the rule and the database say the same."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.rules import REFUSED_PAIRS, VERTRETBAR_DURCH, RoleAt, unvereinbares_paar
from shared_apps.providers.models import Anbieter
from tenants.db.base import SessionStatementRefused
from tests.people import appoint

pytestmark = pytest.mark.django_db
TAG = date(2026, 1, 1)


@pytest.fixture
def nora(cast) -> User:
    return cast.user("nora")


def make(user: User, rolle: str, ab: date = TAG, bis: date | None = None, *, cast, tenant=None, **fields) -> Membership:
    """A membership of that role at its kind of place."""
    ort: dict = {}
    if rolle in AMT:
        ort = {"tenant": tenant}
    elif rolle in ANBIETERSEITE:
        ort = {"anbieter_id": cast.anbieter("Jugendhilfe Küste gGmbH").pk}
    else:
        ort = {"koerperschaft": rolle}
    if rolle == Rolle.EINRICHTUNG:
        from tests.people import PEOPLE

        ort["einrichtung_id"] = cast.einrichtung(PEOPLE["fritz"]).pk
    if rolle in {Rolle.PRUEFUNG, Rolle.RUFBEREITSCHAFT} and bis is None:
        bis = ab + timedelta(days=90)
    return appoint(user=user, rolle=rolle, gueltig_ab=ab, gueltig_bis=bis, **{"koerperschaft": "", **ort, **fields})


def test_every_code_is_a_role_and_every_pair_is_listed_once() -> None:
    codes = {p.a for p in REFUSED_PAIRS} | {p.b for p in REFUSED_PAIRS}
    assert codes <= set(Rolle.values)
    assert len({(p.a, p.b) for p in REFUSED_PAIRS}) == len(REFUSED_PAIRS)
    assert all(p.a < p.b and p.grund.endswith(".") for p in REFUSED_PAIRS)


def test_what_the_access_matrix_demands_is_listed() -> None:
    pairs = {frozenset((p.a, p.b)) for p in REFUSED_PAIRS}
    assert {frozenset(x) for x in (("ASD", "WJH"), ("ASD", "JUGENDAMTSLEITUNG"), ("ASD", "CONTROLLING"))} <= pairs
    assert all(frozenset(("TENANT_ADMIN", r)) in pairs for r in ("ASD", "TEAMLEITUNG", "WJH", "VORMUND", "PRUEFUNG"))
    assert all(frozenset(("BETRIEB", r)) in pairs for r in AMT | ANBIETERSEITE)
    assert set(Rolle) == AMT | ANBIETERSEITE | LAND


def test_the_database_knows_the_same_pairs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, b, wo FROM accounts_refused_pairs()")
        assert set(cursor.fetchall()) == {(p.a, p.b, p.wo) for p in REFUSED_PAIRS}


def test_the_database_knows_who_may_stand_in_for_whom() -> None:
    """No committee, audit or administration for somebody who works with cases; the pairs refuse the rest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolle, durch FROM accounts_vertretbar()")
        found = sorted(cursor.fetchall())
    assert found == sorted((rolle, durch) for rolle, alle in VERTRETBAR_DURCH.items() for durch in alle)
    assert set(VERTRETBAR_DURCH) == AMT
    refused = {frozenset((p.a, p.b)) for p in REFUSED_PAIRS}
    assert not [paar for paar in found if frozenset(paar) in refused], "what is offered can be given"


@pytest.mark.parametrize("pair", [p for p in REFUSED_PAIRS if p.wo != "FREMD"], ids=lambda p: f"{p.a}-{p.b}")
def test_every_pair__refused_by_the_database_in_both_orders(pair, cast, vg, nora) -> None:
    for first, second in ((pair.a, pair.b), (pair.b, pair.a)):
        with transaction.atomic():
            make(nora, first, cast=cast, tenant=vg)
            with pytest.raises(IntegrityError, match="refused pair"), transaction.atomic():
                make(nora, second, TAG + timedelta(days=5), cast=cast, tenant=vg)
            transaction.set_rollback(True)


def test_other_provider__same_role_yes_other_role_no(cast, nora) -> None:
    make(nora, "ANBIETER", cast=cast)
    make(nora, "ANBIETER_ABRECHNUNG", cast=cast)
    haus = Anbieter.objects.create(name="Haus am See e. V.").pk
    with pytest.raises(IntegrityError, match="refused pair"), transaction.atomic():
        make(nora, "ANBIETER", cast=cast, anbieter_id=haus)


def test_neighbouring_periods_and_other_offices_are_fine(cast, vg, hro, nora) -> None:
    make(nora, "ASD", bis=TAG + timedelta(days=10), cast=cast, tenant=vg)
    make(nora, "WJH", ab=TAG + timedelta(days=10), cast=cast, tenant=vg)
    make(nora, "WJH", cast=cast, tenant=hro)


def test_prolonging_a_role_into_the_other__refused(cast, vg, nora) -> None:
    asd = make(nora, "ASD", bis=TAG + timedelta(days=10), cast=cast, tenant=vg)
    make(nora, "WJH", ab=TAG + timedelta(days=10), cast=cast, tenant=vg)
    with pytest.raises(IntegrityError, match="refused pair"), transaction.atomic():
        Membership.objects.filter(pk=asd.pk).update(gueltig_bis=TAG + timedelta(days=11))


def test_both_at_once_in_one_statement__refused(cast, vg, nora) -> None:
    rows = [Membership(user=nora, tenant=vg, rolle=r, gueltig_ab=TAG) for r in ("ASD", "WJH")]
    with pytest.raises(IntegrityError, match="refused pair"), transaction.atomic():
        Membership.objects.bulk_create(rows)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE accounts_membership DISABLE TRIGGER accounts_membership_refused",
        "DROP TRIGGER accounts_membership_refused ON accounts_membership",
        "DROP FUNCTION accounts_refused_pairs() CASCADE",
        "SET session_replication_role = replica",
    ],
)
def test_the_login_role_cannot_switch_it_off(statement) -> None:
    refused = (ProgrammingError, OperationalError, SessionStatementRefused)
    with pytest.raises(refused), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_tenant_role_neither_reads_nor_writes_memberships(vg) -> None:
    from tenants.context import in_tenant

    for statement in ("SELECT 1 FROM public.accounts_membership", "DELETE FROM public.accounts_membership"):
        with pytest.raises(ProgrammingError, match="permission denied"), in_tenant(vg):
            connection.cursor().execute(statement)


@pytest.mark.parametrize(("tage", "ok"), [(None, False), (93, False), (92, True), (1, True)])
def test_auditor__always_ends_within_92_days(tage, ok, vg, nora) -> None:
    bis = None if tage is None else TAG + timedelta(days=tage)
    row = {"user": nora, "tenant": vg, "rolle": Rolle.PRUEFUNG, "gueltig_ab": TAG, "gueltig_bis": bis}
    if ok:
        appoint(**row)
    else:
        with pytest.raises(IntegrityError, match="membership_pruefung_befristet"), transaction.atomic():
            Membership.objects.create(**row)


@pytest.mark.parametrize(("tage", "ok"), [(None, False), (367, False), (366, True)])
def test_on_call__always_ends_within_a_year(tage, ok, vg, nora) -> None:
    bis = None if tage is None else TAG + timedelta(days=tage)
    row = {"user": nora, "tenant": vg, "rolle": Rolle.RUFBEREITSCHAFT, "gueltig_ab": TAG, "gueltig_bis": bis}
    if ok:
        appoint(**row)
    else:
        with pytest.raises(IntegrityError, match="membership_rufbereitschaft_befristet"), transaction.atomic():
            Membership.objects.create(**row)


def test_on_call__nobody_deputises(cast, vg, hro, nora) -> None:
    """Not even somebody who is on call, too: the office appoints a second person instead."""
    rufina, bis = cast.user("rufina"), TAG + timedelta(days=14)
    row = {"tenant": vg, "rolle": Rolle.RUFBEREITSCHAFT, "gueltig_ab": TAG, "gueltig_bis": bis}
    appoint(**row, user=nora)
    with pytest.raises(IntegrityError, match="deputy and represented"), transaction.atomic():
        Membership.objects.create(**row, user=nora, deputy_of=rufina)


def test_facility__must_be_named_and_be_the_providers_own(cast, nora) -> None:
    kueste = cast.anbieter("Jugendhilfe Küste gGmbH").pk
    row = {"user": nora, "rolle": Rolle.EINRICHTUNG, "gueltig_ab": TAG}
    with pytest.raises(IntegrityError, match="membership_einrichtung"), transaction.atomic():
        Membership.objects.create(**row, anbieter_id=kueste)
    fremd = Anbieter.objects.create(name="Haus am See e. V.").pk
    from tests.people import PEOPLE

    haus = cast.einrichtung(PEOPLE["fritz"]).pk
    for ids in ({"anbieter_id": fremd, "einrichtung_id": haus}, {"anbieter_id": kueste, "einrichtung_id": uuid4()}):
        with pytest.raises(IntegrityError, match="membership_einrichtung_fk"), transaction.atomic():
            Membership.objects.create(**row, **ids)
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    appoint(**row, anbieter_id=kueste, einrichtung_id=haus)


def test_deputy__needs_an_end_a_colleague_with_that_role_and_a_role_of_her_own(cast, vg, hro) -> None:
    anna, bernd, doris, gerd, nora, paula = (cast.user(n) for n in ("anna", "bernd", "doris", "gerd", "nora", "paula"))
    row = {"tenant": vg, "rolle": Rolle.ASD, "gueltig_ab": TAG}
    bis = {"gueltig_bis": TAG + timedelta(days=14)}
    refused = [
        (row | {"user": bernd, "deputy_of": anna}, "membership_vertretung"),  # without an end
        (row | bis | {"user": anna, "deputy_of": anna}, "membership_vertretung"),  # of herself
        (row | bis | {"user": bernd, "deputy_of": doris}, "deputy and represented"),  # doris is not ASD
        (row | bis | {"user": bernd, "deputy_of": gerd}, "deputy and represented"),  # another office
        (row | bis | {"user": nora, "deputy_of": anna}, "deputy and represented"),  # not a member
        (row | bis | {"user": gerd, "deputy_of": anna}, "deputy and represented"),  # elsewhere a member
        (row | bis | {"user": paula, "deputy_of": anna}, "deputy and represented"),  # of the committee
        (row | {"user": bernd, "deputy_of": anna, "gueltig_bis": TAG + timedelta(days=367)}, "lasts 366 days"),
    ]
    for fields, message in refused:
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            Membership.objects.create(**fields)
    appoint(**row, **bis, user=bernd, deputy_of=anna)


def test_old_snapshots_cannot_write(cast, nora, vg) -> None:
    """Under REPEATABLE READ two transactions could each miss the other's half of a pair."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'accounts_membership_refuse'")
        assert "transaction_isolation" in cursor.fetchone()[0]


days = st.integers(0, 40)
roles_at = st.tuples(st.sampled_from(sorted(AMT - {Rolle.PRUEFUNG})), st.sampled_from("VH"), days, days)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(roles_at, min_size=2, max_size=4))
def test_property__rule_and_database_decide_alike(rows, cast, vg, hro, nora) -> None:
    offices = {"V": vg, "H": hro}
    done: list[RoleAt] = []
    with transaction.atomic():
        Membership.objects.filter(user=nora).update(rolle=Rolle.AUSSCHUSS)
        for rolle, ort, start, length in rows:
            ab = TAG + timedelta(days=start)
            new = RoleAt(str(rolle), ort, ab, ab + timedelta(days=length + 1))
            if any(o.rolle == new.rolle and o.ort == ort and o.ab == ab for o in done):
                continue
            expected = unvereinbares_paar(new, done) is None
            try:
                with transaction.atomic():
                    Membership.objects.create(
                        user=nora, tenant=offices[ort], rolle=rolle, gueltig_ab=ab, gueltig_bis=new.bis
                    )
                accepted = True
            except IntegrityError:
                accepted = False
            assert accepted is expected, (done, new)
            if accepted:
                done.append(new)
        transaction.set_rollback(True)
