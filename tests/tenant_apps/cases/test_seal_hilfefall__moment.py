"""A sealed person stays sealed, whoever writes about her at the same moment or has read her before."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from shared_apps.core.errors import Fehlt
from shared_apps.core.gelesen import Gelesen
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.cases.personfelder import NeuePerson, angaben_of
from tenant_apps.cases.services import create_hilfefall, update_klient, update_stammdaten
from tenant_apps.cases.services.sperre import seal_hilfefall, unseal_hilfefall
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall as make_hilfefall
from tests.moment import while_open
from tests.people import Cast
from tests.tenant_apps.cases.stage import Stage
from tests.tenant_apps.placements.story import tell

GRUND = "Kind einer Kollegin aus dem Team Wolgast"


@pytest.fixture
def stage(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield Stage(tell(Cast(), Tenant.objects.get(kuerzel="VG")), ["anna", "bernd", "clara"])


def seal(stage: Stage, fall: Hilfefall, by: str = "anna") -> None:
    stage.call(seal_hilfefall, by, hilfefall=fall, benannte=[], grund=GRUND)


def unseal(stage: Stage, fall: Hilfefall, by: str = "anna") -> None:
    stage.call(unseal_hilfefall, by, hilfefall=fall, grund=GRUND)


def another(stage: Stage, nummer: str = "FARB-2") -> Hilfefall:
    with stage.story.at_vg():
        anna = stage.akteure["anna"].user_id
        return make_hilfefall(fachkraft_id=anna, klient=stage.fall.klient, fallnummer=nummer, team="Anklam")


def klient(stage: Stage) -> Klient:
    return stage.story.reload(stage.fall.klient)


def sealed(stage: Stage) -> tuple[list[bool], bool]:
    """Her cases, oldest first, and the person."""
    with stage.story.at_vg():
        faelle = Hilfefall.objects.filter(klient=stage.fall.klient).order_by("created_at")
        return list(faelle.values_list("gesperrt", flat=True)), klient(stage).gesperrt


def known_to_bernd(stage: Stage) -> tuple[int, int]:
    """What the database itself shows to somebody who has nothing to do with her."""
    with stage.as_("bernd"):
        return Hilfefall.objects.count(), Klient.objects.count()


def changed(stage: Stage, person: Klient, **felder: Any) -> NeuePerson:
    with stage.story.at_vg():
        return NeuePerson(**angaben_of(person) | felder)


def test_seal__two_people_seal_one_case_each(stage):
    zweiter = another(stage)
    result = while_open(
        lambda: seal(stage, stage.fall, "anna"), lambda: seal(stage, zweiter, "clara"), within=lambda: stage.as_("anna")
    )
    assert result == ("ok", "ok")
    assert sealed(stage) == ([True, True], True)
    assert known_to_bernd(stage) == (0, 0)


def test_unseal__while_the_last_other_case_is_sealed(stage):
    zweiter = another(stage)
    seal(stage, stage.fall)
    result = while_open(
        lambda: seal(stage, zweiter, "anna"), lambda: unseal(stage, stage.fall), within=lambda: stage.as_("anna")
    )
    assert result == ("ok", "ok")
    assert sealed(stage) == ([False, True], False)


def test_update_klient__read_before_she_was_sealed(stage):
    gelesen = klient(stage)
    seal(stage, stage.fall, "clara")
    stage.call(update_klient, "anna", klient=gelesen, person=changed(stage, gelesen, vorname="Ofelia"))
    assert sealed(stage) == ([True], True)
    assert known_to_bernd(stage) == (0, 0)
    with stage.as_("anna"):
        assert Klient.objects.get().vorname == "Ofelia"
        assert Klient.objects.mit_name(vorname="Ofelia").exists(), "found by the new name"
        assert not Klient.objects.mit_name(vorname="Ophelia").exists()


def test_update_klient__while_she_is_being_sealed(stage):
    gelesen = klient(stage)
    result = while_open(
        lambda: seal(stage, stage.fall, "clara"),
        lambda: stage.call(update_klient, "anna", klient=gelesen, person=changed(stage, gelesen, pkz="PKZ-ANDERS")),
        within=lambda: stage.as_("clara"),
    )
    assert result == ("ok", "ok")
    assert sealed(stage) == ([True], True)
    with stage.as_("anna"):
        assert Klient.objects.mit_pkz("PKZ-ANDERS").exists()


def test_update_klient__not_by_whom_the_seal_shuts_out(stage):
    gelesen = klient(stage)
    stage.release("bernd")
    seal(stage, stage.fall)
    with pytest.raises(Fehlt):
        stage.call(update_klient, "bernd", klient=gelesen, person=changed(stage, gelesen, vorname="Ofelia"))
    with stage.story.at_vg():
        assert klient(stage).vorname == "Ophelia"


def test_create_hilfefall__read_before_she_was_sealed(stage):
    gelesen = klient(stage)
    seal(stage, stage.fall, "clara")
    fall = stage.call(create_hilfefall, "anna", klient=gelesen, fallnummer="FARB-3")
    assert fall.klient.gesperrt and fall.gesperrt
    assert sealed(stage) == ([True, True], True)
    assert known_to_bernd(stage) == (0, 0)
    assert stage.sees("anna", fall) and stage.sees("clara", fall), "whoever is named for her is named for it"


def test_create_hilfefall__while_she_is_being_sealed(stage):
    gelesen = klient(stage)
    result = while_open(
        lambda: seal(stage, stage.fall, "clara"),
        lambda: stage.call(create_hilfefall, "anna", klient=gelesen, fallnummer="FARB-3"),
        within=lambda: stage.as_("clara"),
    )
    assert result == ("ok", "ok")
    assert sealed(stage) == ([True, True], True)
    assert known_to_bernd(stage) == (0, 0)


def test_seal__while_a_new_case_of_hers_is_written(stage):
    """The other way round: the new one is there first, and the person stays visible for it."""
    gelesen = klient(stage)
    result = while_open(
        lambda: stage.call(create_hilfefall, "anna", klient=gelesen, fallnummer="FARB-3"),
        lambda: seal(stage, stage.fall, "clara"),
        within=lambda: stage.as_("anna"),
    )
    assert result == ("ok", "ok")
    assert sealed(stage) == ([True, False], False)


@pytest.mark.parametrize("by", ["clara", "anna"])
def test_update_stammdaten__sealed_meanwhile_while_she_has_another_open_case(stage, by):
    """The person stays visible to both; whoever is not named for the case reads that there is none."""
    another(stage)
    fall, gelesen = stage.story.reload(stage.fall), klient(stage)
    person = changed(stage, gelesen, vorname="Ofelia")
    with stage.story.at_vg():
        marken = Gelesen.of(angaben_of(gelesen) | {"fallnummer": fall.fallnummer})
    result = while_open(
        lambda: seal(stage, stage.fall, "anna"),
        lambda: stage.call(
            update_stammdaten, by, hilfefall=fall, person=person, fallnummer="FARB-9", gelesen=marken
        ),
        within=lambda: stage.as_("anna"),
    )  # fmt: skip
    assert result == ("ok", "ok" if by == "anna" else "fehlt")
    with stage.story.at_vg():
        assert stage.story.reload(fall).fallnummer == ("FARB-9" if by == "anna" else fall.fallnummer)


# -- the database -------------------------------------------------------------------------------


def test_database__the_person_follows_her_cases_whoever_writes(stage):
    zweiter = another(stage)
    faelle = Hilfefall.objects.filter(klient_id=stage.fall.klient_id)
    with stage.story.at_vg():
        faelle.filter(pk=stage.fall.pk).update(gesperrt=True)
    assert sealed(stage) == ([True, False], False)
    with stage.story.at_vg():
        Klient.objects.update(gesperrt=True)
    assert sealed(stage) == ([True, False], False), "she is not sealed by hand"
    with stage.story.at_vg():
        gelesen = Klient.objects.get()
        faelle.filter(pk=zweiter.pk).update(gesperrt=True)
    assert sealed(stage) == ([True, True], True)
    with stage.story.at_vg():
        gelesen.save()  # whole, as it was read before
    assert sealed(stage) == ([True, True], True)
    with stage.story.at_vg():
        faelle.update(gesperrt=False)
    assert sealed(stage) == ([False, False], False)


def test_database__two_statements_at_the_same_moment(stage):
    """Without any service that would hold her."""
    zweiter = another(stage)

    def update(fall: Hilfefall) -> None:
        with stage.story.at_vg():
            Hilfefall.objects.filter(pk=fall.pk).update(gesperrt=True)

    assert while_open(lambda: update(stage.fall), lambda: update(zweiter), within=stage.story.at_vg) == ("ok", "ok")
    assert sealed(stage) == ([True, True], True)


def test_migration__seals_whom_the_old_error_had_left_visible(stage):
    """A case that is written sealed at once asks nothing of the person, as two seals at one moment once did."""
    with stage.story.at_vg():
        anna = stage.akteure["anna"].user_id
        fall = make_hilfefall(fachkraft_id=anna, fallnummer="ALT-1", gesperrt=True)
        with connection.cursor() as cursor:
            cursor.execute(import_module("tenant_apps.cases.migrations.0010_seal_of_the_person").SEAL)
        assert list(Klient.objects.filter(gesperrt=True)) == [fall.klient]
