"""What holds on which day; who may set it; what takes two; and that nothing is ever altered."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from shared_apps.accounts.models import User
from shared_apps.core.clock import real_now, real_today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.selectors import list_freie_tage
from tenant_apps.cases.vorgaben import FREIE_TAGE
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenant_apps.vorgaben.katalog import list_erklaerte
from tenant_apps.vorgaben.models import Vorgabebestaetigung, Vorgabewert
from tenant_apps.vorgaben.selectors import VERLAUF, build_verlauf, get_stand, get_vorgabe, list_verlauf
from tenant_apps.vorgaben.services import create_vorgabewert, grant_vorgabewert
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.people import Cast
from tests.tenants.owner import superuser
from tests.trail import reading

#: Later than any day on which this runs: the database uses the real clock, and refuses what is earlier.
HEUTE = date(2036, 11, 29)
MORGEN = HEUTE + timedelta(days=1)


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE.isoformat()


@pytest.fixture
def committed(own_database, django_db_blocker):
    """People whom other connections see."""
    del own_database
    with django_db_blocker.unblock():
        yield Cast()


@pytest.fixture
def setze(vg, cast):
    """Set a value as somebody of VG."""

    def do(name: str, vorgabe, wert: object, ab: date = HEUTE, grund: str = "Beschluss der Leitung") -> Vorgabewert:
        akteur = cast.akteur(name)
        with in_tenant(vg, user_id=akteur.user_id):
            return create_vorgabewert(akteur=akteur, vorgabe=vorgabe, wert=wert, gueltig_ab=ab, grund=grund)

    return do


def test_nothing_set__default_everywhere(vg, settings) -> None:
    settings.RESERVIERUNG_TAGE = 9
    assert get_vorgabe(RESERVIERUNG_TAGE) == 9
    with on_portal():
        assert get_vorgabe(RESERVIERUNG_TAGE) == 9
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 9


def test_value_holds_from_its_day_on__and_in_its_office_only(vg, hro, setze) -> None:
    setze("anton", RESERVIERUNG_TAGE, 5, MORGEN)
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 7
        assert get_vorgabe(RESERVIERUNG_TAGE, am=MORGEN) == 5
    with in_tenant(hro):
        assert get_vorgabe(RESERVIERUNG_TAGE, am=MORGEN) == 7


def test_days__are_days_in_their_order_and_nothing_else(vg, cast, setze) -> None:
    """As they are typed, as they are kept, and what the database itself refuses."""
    assert FREIE_TAGE.field().clean("25.12.2036, 24.12.2036\n\n 24.12.2036") == ["2036-12-24", "2036-12-25"]
    for falsch in ("Weihnachten", "31.02.2036", ", ".join(f"{n % 28 + 1}.{n // 28 + 1}.2036" for n in range(61))):
        with pytest.raises(ValidationError):
            FREIE_TAGE.field().clean(falsch)
    setze("emil", FREIE_TAGE, ["2036-12-24", "2036-12-25"])
    with in_tenant(vg):
        assert list_freie_tage() == {date(2036, 12, 24), date(2036, 12, 25)}
    assert FREIE_TAGE.write(["2036-12-24"]) == "24.12.2036"
    emil = cast.akteur("emil")
    for roh in ("2036-12-24", ["morgen"], [7], {"a": 1}, ["2036-12-24"] * 61):
        with pytest.raises(DatabaseError), in_tenant(vg, user_id=emil.user_id), transaction.atomic():
            Vorgabewert.objects.create(
                vorgabe=FREIE_TAGE.code, gueltig_ab=HEUTE, wert=roh, grund="x", user_id=emil.user_id, user_name="Emil"
            )


def test_days__have_names_of_their_own(vg, cast, setze) -> None:
    """Half-official days are in no law: an office says what they are called."""
    getippt = "31.12.2036: Silvester\n24.12.2036 Heiligabend, 25.12.2036 1. Weihnachtstag\n26.12.2036\n24.12.2036"
    tage = ["2036-12-24 Heiligabend", "2036-12-25 1. Weihnachtstag", "2036-12-26", "2036-12-31 Silvester"]
    feld = FREIE_TAGE.field()
    assert feld.clean(getippt) == feld.clean(feld.prepare_value(tage)) == FREIE_TAGE.read(tage) == tage
    for falsch, gesagt in (
        ("Heiligabend 24.12.2036", "beginnt mit keinem Tag"), ("24.12.2036 Heiligabend, 24.12.2036 Ruhe", "zweimal da"),
        (f"24.12.2036 {'x' * 61}", "zu lang"), ('24.12.2036 "Ruhe"', "Anführungszeichen"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=gesagt):
            feld.clean(falsch)
    setze("emil", FREIE_TAGE, tage)
    with in_tenant(vg):
        assert list_freie_tage() == {date(2036, 12, tag) for tag in (24, 25, 26, 31)}
        assert get_stand(FREIE_TAGE).wert.startswith("24.12.2036 (Heiligabend), 25.12.2036 (1. Weihnachtstag), 26.12.")
    emil = cast.akteur("emil")
    for name in ("", "Übung 'ü'", "a", "a b", "x" * 60, "x" * 61, " x", "x ", "a  b", 'a"b', "a\\b", "a\tb", "ß", "😀"):
        row = Vorgabewert(
            vorgabe=FREIE_TAGE.code, gueltig_ab=HEUTE, wert=[f"2036-12-24 {name}"], grund="x", user_id=emil.user_id,
            user_name="Emil",
        )  # fmt: skip
        with in_tenant(vg, user_id=emil.user_id):
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
                kept = True
            except DatabaseError:
                kept = False
        assert kept == _reads(FREIE_TAGE, row.wert), f"both read {name!r} alike"


def test_of_one_day__the_last_word_counts(vg, setze) -> None:
    setze("anton", RESERVIERUNG_TAGE, 5)
    setze("emil", RESERVIERUNG_TAGE, 10)
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 10
        zeilen = VERLAUF.all(list_verlauf(RESERVIERUNG_TAGE))
        assert [e.wert for e in build_verlauf(RESERVIERUNG_TAGE, zeilen)] == ["10 Tage", "5 Tage"]


@pytest.mark.parametrize("roh", [99, -1, "x", True])
def test_row_that_does_not_keep_to_the_declaration__default_and_the_log_says_so(
    committed, django_db_blocker, caplog, roh
) -> None:
    """Bounds that a release has narrowed, or a row that no service wrote: nobody is kept from working."""
    vg, emil = Tenant.objects.get(kuerzel="VG"), committed.akteur("emil")
    with superuser(connection.settings_dict["NAME"]) as su:
        su.execute(
            "INSERT INTO vg.vorgaben_vorgabewert (id, created_at, vorgabe, gueltig_ab, wert, grund, user_id, user_name)"
            " VALUES (gen_random_uuid(), now(), %s, %s, %s, 'x', %s, 'E')",
            [RESERVIERUNG_TAGE.code, HEUTE, json.dumps(roh), emil.user_id],
        )
    with in_tenant(vg, user_id=emil.user_id):
        assert get_vorgabe(RESERVIERUNG_TAGE) == RESERVIERUNG_TAGE.voreinstellung()
        assert "does not keep to its declaration" in caplog.text
        assert "nicht mehr zulässig" in get_stand(RESERVIERUNG_TAGE).wert
        create_vorgabewert(akteur=emil, vorgabe=RESERVIERUNG_TAGE, wert=9, gueltig_ab=HEUTE, grund="Beschluss")
        assert get_vorgabe(RESERVIERUNG_TAGE) == 9


def test_day_is_that_of_berlin(vg, setze, settings) -> None:
    """Shortly after midnight a value of the new day holds."""
    setze("anton", RESERVIERUNG_TAGE, 5, MORGEN)
    settings.FIXED_TODAY = datetime(2036, 11, 30, 0, 30, tzinfo=ZoneInfo("Europe/Berlin")).date().isoformat()
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 5


@pytest.mark.parametrize("name", ["anna", "doris", "frieda", "dora"])
def test_other_roles__refused(setze, name) -> None:
    with pytest.raises(Verweigert):
        setze(name, RESERVIERUNG_TAGE, 5)


@pytest.mark.parametrize(
    ("wert", "ab", "grund", "feld"),
    [
        (0, HEUTE, "x", "wert"),
        (29, HEUTE, "x", "wert"),
        ("viele", HEUTE, "x", "wert"),
        (5, HEUTE - timedelta(days=1), "x", "gueltig_ab"),
        (5, HEUTE, "  ", "grund"),
    ],
)
def test_broken_rule__named_at_its_field(setze, wert, ab, grund, feld) -> None:
    with pytest.raises(RegelVerletzt) as error:
        setze("anton", RESERVIERUNG_TAGE, wert, ab, grund)
    assert error.value.feld == feld


def test_trail_says_who_and_why(vg, setze, cast) -> None:
    setze("anton", RESERVIERUNG_TAGE, 5)
    with reading(vg):
        eintrag = Protokoll.objects.get(vorgang="vorgabe.festlegen")
    assert eintrag.user_id == cast.user("anton").pk
    assert eintrag.felder == ["wert", "gueltig_ab"]


def test_takes_two__holds_once_the_second_has_confirmed(vg, setze, cast) -> None:
    zeile = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    emil = cast.akteur("emil")
    with in_tenant(vg, user_id=emil.user_id):
        assert get_vorgabe(EINSCHRAENKUNG_JAHRE) == 1
        grant_vorgabewert(akteur=emil, wert=zeile)
        assert get_vorgabe(EINSCHRAENKUNG_JAHRE) == 2
        with pytest.raises(Konflikt):
            grant_vorgabewert(akteur=emil, wert=zeile)
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="vorgabe.bestaetigen").count() == 1


@pytest.mark.parametrize("name", ["dora", "anton", "anna"])
def test_takes_two__neither_the_same_person_nor_another_role(vg, setze, cast, name) -> None:
    zeile = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    akteur = cast.akteur(name)
    with in_tenant(vg, user_id=akteur.user_id), pytest.raises(Verweigert):
        grant_vorgabewert(akteur=akteur, wert=zeile)


def test_takes_two__database_refuses_the_same_person(vg, setze, cast) -> None:
    zeile = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    dora = cast.akteur("dora")
    with in_tenant(vg, user_id=dora.user_id), pytest.raises(DatabaseError), transaction.atomic():
        Vorgabebestaetigung.objects.create(vorgabewert=zeile, user_id=dora.user_id, user_name="Dora Dietz")


def test_takes_two__a_second_account_behind_her_mailbox_is_she_herself(vg, setze, cast) -> None:
    zeile = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    dirk = cast.akteur("dirk")
    User.objects.filter(pk=dirk.user_id).update(email="Dora+Amt@example.org")
    with in_tenant(vg, user_id=dirk.user_id):
        with pytest.raises(Verweigert):
            grant_vorgabewert(akteur=dirk, wert=zeile)
        with pytest.raises(DatabaseError), transaction.atomic():
            Vorgabebestaetigung.objects.create(vorgabewert=zeile, user_id=dirk.user_id, user_name="Dirk")


def test_takes_two__an_older_proposal_or_one_whose_day_is_over_cannot_be_confirmed(vg, setze, cast, settings) -> None:
    alt = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    neu = setze("dirk", EINSCHRAENKUNG_JAHRE, 3)
    emil = cast.akteur("emil")
    with in_tenant(vg, user_id=emil.user_id), pytest.raises(Konflikt):
        grant_vorgabewert(akteur=emil, wert=alt)
    settings.FIXED_TODAY = MORGEN.isoformat()
    with in_tenant(vg, user_id=emil.user_id), pytest.raises(Konflikt):
        grant_vorgabewert(akteur=emil, wert=neu)


def test_database__in_ones_own_name_and_never_altered(vg, setze, cast) -> None:
    zeile = setze("anton", RESERVIERUNG_TAGE, 5)
    emil = cast.user("emil").pk
    with in_tenant(vg, user_id=emil):
        with pytest.raises(DatabaseError), transaction.atomic():
            Vorgabewert.objects.filter(pk=zeile.pk).update(wert=6)
        with pytest.raises(DatabaseError), transaction.atomic():
            Vorgabewert.objects.filter(pk=zeile.pk).delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            Vorgabewert.objects.create(
                vorgabe=RESERVIERUNG_TAGE.code, gueltig_ab=HEUTE, wert=6, grund="x", user_id=cast.user("anna").pk,
                user_name="Anna Ahlers",
            )  # fmt: skip


# -- what the database refuses, whoever writes ---------------------------------------------------


def _row(cast, **more: object) -> Vorgabewert:
    emil = cast.akteur("emil")
    fields = {
        "vorgabe": RESERVIERUNG_TAGE.code, "gueltig_ab": real_today(), "wert": 6, "grund": "x",
        "user_id": emil.user_id, "user_name": "Emil Ebert",
    }  # fmt: skip
    return Vorgabewert(**fields | more)


def test_database__takes_a_row_of_today(vg, cast) -> None:
    rows = [_row(cast), _row(cast, wert=RESERVIERUNG_TAGE.von), _row(cast, wert=RESERVIERUNG_TAGE.bis)]
    with in_tenant(vg, user_id=rows[0].user_id):
        for row in rows:
            row.save(force_insert=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gueltig_ab": real_today() - timedelta(days=2)},
        {"vorgabe": "placements.erfunden"},
        {"vorgabe": ""},
        {"wert": RESERVIERUNG_TAGE.bis + 1},
        {"wert": RESERVIERUNG_TAGE.von - 1},
        {"wert": 6.5},
        {"wert": "6"},
        {"wert": None},
        {"wert": True},
        {"wert": [6]},
        {"wert": {"tage": 6}},
        {"wert": 10**30},
        {"grund": ""},
    ],
    ids=str,
)
def test_database__refuses_what_nobody_could_delete_later(vg, cast, wrong) -> None:
    """SQL on a page of the office, in the name of whoever opened it: no day that was, and no value out of bounds."""
    row = _row(cast, **wrong)
    with in_tenant(vg, user_id=row.user_id), pytest.raises(DatabaseError, match="row-level security"):
        row.save(force_insert=True)


@pytest.mark.parametrize("minutes", [-60, 60, 60 * 24 * 365])
def test_database__a_row_is_of_now(vg, cast, minutes) -> None:
    """Of one day the value set last holds: one "set next year" would win for a year."""
    row = _row(cast)
    with in_tenant(vg, user_id=row.user_id):
        field = Vorgabewert._meta.get_field("created_at")
        with mock.patch.object(field, "auto_now_add", new=False):
            row.created_at = real_now() + timedelta(minutes=minutes)
            with pytest.raises(DatabaseError, match="row-level security"):
                row.save(force_insert=True)


def test_database__confirms_the_newest_proposal_of_what_takes_two(vg, setze, cast) -> None:
    alt = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    neu = setze("dirk", EINSCHRAENKUNG_JAHRE, 3)
    allein = setze("anton", RESERVIERUNG_TAGE, 5)
    emil = {"user_id": cast.akteur("emil").user_id, "user_name": "Emil Ebert"}
    with in_tenant(vg, user_id=emil["user_id"]):
        for wert in (alt, allein):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Vorgabebestaetigung.objects.create(vorgabewert=wert, **emil)
        Vorgabebestaetigung.objects.create(vorgabewert=neu, **emil)


@pytest.mark.parametrize("vorgabe", [pytest.param(v, id=v.code) for v in list_erklaerte()])
def test_database__bounds_are_those_that_python_reads(vg, vorgabe) -> None:
    """Each declaration says them twice; here both are asked about the same values."""
    values = [*range(-3, 1000), 1.5, 7.0, 1e3, "7", "x", True, False, None, [], {}, 10**12]
    with in_tenant(vg), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT array_agg(coalesce({vorgabe.condition()}, false) ORDER BY nr)"
            " FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS roh (wert, nr)",
            [json.dumps(values)],
        )
        (found,) = cursor.fetchone()
    assert found == [_reads(vorgabe, json.loads(json.dumps(value))) for value in values]


def _reads(vorgabe, roh: object) -> bool:
    try:
        vorgabe.read(roh)
    except ValueError:
        return False
    return True


# -- two at the same moment ----------------------------------------------------------------------


def _propose(cast: Cast, wert: int, name: str = "dora") -> Vorgabewert:
    akteur, vg = cast.akteur(name), Tenant.objects.get(kuerzel="VG")
    with in_tenant(vg, user_id=akteur.user_id):
        return create_vorgabewert(
            akteur=akteur, vorgabe=EINSCHRAENKUNG_JAHRE, wert=wert, gueltig_ab=HEUTE, grund="Konzept"
        )


def _grant(cast: Cast, zeile: Vorgabewert, name: str = "emil") -> str:
    akteur, vg = cast.akteur(name), Tenant.objects.get(kuerzel="VG")
    try:
        with in_tenant(vg, user_id=akteur.user_id):
            grant_vorgabewert(akteur=akteur, wert=zeile)
    except Konflikt:
        return "Konflikt"
    finally:
        connection.close()
    return "bestätigt"


def test_two_confirm_at_the_same_moment__one_of_them_does(committed) -> None:
    zeile = _propose(committed, 2)
    for name in ("dirk", "emil"):
        committed.akteur(name)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda name: _grant(committed, zeile, name), ("dirk", "emil")))
    assert sorted(answers) == ["Konflikt", "bestätigt"]


def test_newer_proposal_at_the_same_moment__the_older_one_is_not_confirmed(committed) -> None:
    """Whoever confirms waits for the one who is just setting, and then sees the newer one."""
    alt = _propose(committed, 2)
    emil, dirk, vg = committed.akteur("emil"), committed.akteur("dirk"), Tenant.objects.get(kuerzel="VG")
    del emil
    with ThreadPoolExecutor(1) as pool:
        with in_tenant(vg, user_id=dirk.user_id):
            create_vorgabewert(akteur=dirk, vorgabe=EINSCHRAENKUNG_JAHRE, wert=3, gueltig_ab=HEUTE, grund="Konzept")
            answer = pool.submit(_grant, committed, alt)
            with pytest.raises(TimeoutError):
                answer.result(timeout=1.5)
        assert answer.result(timeout=10) == "Konflikt"


def test_takes_two__nothing_of_a_closed_account_is_confirmed(vg, setze, cast) -> None:
    zeile = setze("dora", EINSCHRAENKUNG_JAHRE, 2)
    User.objects.filter(pk=cast.user("dora").pk).update(is_active=False)
    emil = cast.akteur("emil")
    with in_tenant(vg, user_id=emil.user_id), pytest.raises(Konflikt, match="ist gesperrt"):
        grant_vorgabewert(akteur=emil, wert=zeile)
