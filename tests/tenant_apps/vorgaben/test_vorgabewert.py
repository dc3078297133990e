"""What holds on which day; who may set it; what takes two; and that nothing is ever altered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Protokoll
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenant_apps.vorgaben.models import Vorgabebestaetigung, Vorgabewert
from tenant_apps.vorgaben.selectors import get_stand, get_vorgabe
from tenant_apps.vorgaben.services import create_vorgabewert, grant_vorgabewert
from tenants.context import in_tenant, on_portal
from tests.trail import reading

HEUTE = date(2026, 11, 29)
MORGEN = HEUTE + timedelta(days=1)


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE.isoformat()


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


def test_of_one_day__the_last_word_counts(vg, setze) -> None:
    setze("anton", RESERVIERUNG_TAGE, 5)
    setze("emil", RESERVIERUNG_TAGE, 10)
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 10
        assert [e.wert for e in get_stand(RESERVIERUNG_TAGE).verlauf] == ["10 Tage", "5 Tage"]


@pytest.mark.parametrize("roh", [99, -1, "x", True])
def test_row_that_does_not_keep_to_the_declaration__default_and_the_log_says_so(vg, setze, cast, caplog, roh) -> None:
    """Bounds that a release has narrowed, or a row that no service wrote: nobody is kept from working."""
    emil = cast.akteur("emil")
    with in_tenant(vg, user_id=emil.user_id):
        Vorgabewert.objects.create(
            vorgabe=RESERVIERUNG_TAGE.code, gueltig_ab=HEUTE, wert=roh, grund="x", user_id=emil.user_id, user_name="E"
        )
        assert get_vorgabe(RESERVIERUNG_TAGE) == RESERVIERUNG_TAGE.voreinstellung()
        assert "does not keep to its declaration" in caplog.text
        assert "nicht mehr zulässig" in get_stand(RESERVIERUNG_TAGE).wert
    setze("emil", RESERVIERUNG_TAGE, 9)
    with in_tenant(vg):
        assert get_vorgabe(RESERVIERUNG_TAGE) == 9


def test_day_is_that_of_berlin(vg, setze, settings) -> None:
    """Shortly after midnight a value of the new day holds."""
    setze("anton", RESERVIERUNG_TAGE, 5, MORGEN)
    settings.FIXED_TODAY = datetime(2026, 11, 30, 0, 30, tzinfo=ZoneInfo("Europe/Berlin")).date().isoformat()
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
