"""Nobody reads the trail of others without a second person; the database itself says so."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tenant_apps.audit.models import Aenderung, Aktion, Freigabe, Protokoll
from tenant_apps.audit.services import record_access
from tenants.context import in_tenant
from tests.factories.cases import create_klient
from tests.trail import READER, approve_reading, reading

pytestmark = pytest.mark.django_db


def _entry(vg, cast, name="anna"):
    akteur = cast.akteur(name)
    with in_tenant(vg, user_id=akteur.user_id):
        klient = create_klient()
        record_access(akteur=akteur, aktion=Aktion.LESEN, vorgang="test", objekt=klient)
    return akteur, klient


def test_own_entries_are_visible_others_are_not(vg, cast):
    anna, _ = _entry(vg, cast)
    with in_tenant(vg, user_id=anna.user_id):
        assert Protokoll.objects.filter(vorgang="test").count() == 1
        assert Aenderung.objects.filter(tabelle="cases_klient").count() == 1
    for other in (cast.user("emil").pk, uuid4(), None):
        with in_tenant(vg, user_id=other):
            assert Protokoll.objects.filter(vorgang="test").count() == 0
            assert Aenderung.objects.filter(tabelle="cases_klient").count() == 0


def test_approval_opens_all(vg, cast):
    _entry(vg, cast)
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="test").count() == 1
        assert Aenderung.objects.filter(tabelle="cases_klient").count() == 1


def test_approval_for_one_person_opens_only_her_entries(vg, cast):
    _, klient = _entry(vg, cast)
    _entry(vg, cast)
    approve_reading(vg, objekt_id=klient.pk)
    with in_tenant(vg, user_id=READER):
        assert list(Protokoll.objects.filter(vorgang="test").values_list("personen", flat=True)) == [[klient.pk]]
        assert set(Aenderung.objects.exclude(user_id=READER).values_list("zeile", flat=True)) == {str(klient.pk)}


def test_approval_for_a_period_opens_only_that_period(vg, cast):
    _entry(vg, cast)
    approve_reading(vg, betrifft_bis=timezone.localdate() - timedelta(days=1))
    with in_tenant(vg, user_id=READER):
        assert Protokoll.objects.filter(vorgang="test").count() == 0


def test_approval_ends_on_time(vg, cast):
    _entry(vg, cast)
    freigabe = approve_reading(vg)
    with in_tenant(vg, user_id=uuid4()):
        Freigabe.objects.filter(pk=freigabe.pk).update(zustand="WIDERRUFEN")
    with in_tenant(vg, user_id=READER):
        assert Protokoll.objects.filter(vorgang="test").count() == 0
