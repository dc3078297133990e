"""Mistakes a programmer makes on a bad day, with objects: querysets, instances, keys. The database's are in
`test_mistakes_database.py`. Each ends in an error or in no row, never in another office's row.

Every scenario is a function that makes its mistake and returns what it saw; `STOPPED` counts as stopped,
and so does an answer without the dye. The dye is looked for in the case number, which is in the clear: a name would
not be readable in another office anyway. The last test prints how many there are; 25 are asked for.
"""

from __future__ import annotations

import copy
import pickle

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from django.db.models import prefetch_related_objects

import tests.isolation.test_mistakes_database  # noqa: F401  registers its scenarios, so that all are counted
from tenant_apps.cases.models import Hilfefall, Klient
from tenants.context import in_tenant
from tenants.tables.base import CrossTenantUse
from tests.factories.cases import create_hilfefall, create_klient
from tests.isolation.mistakes import DYE, SCENARIOS, check, mistake, names

pytestmark = pytest.mark.django_db


@mistake
def lazy_queryset_is_read_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Hilfefall.objects.all()
    with in_tenant(w.hro):
        return [f.fallnummer for f in lazy]


@mistake
def lazy_values_list_is_read_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Hilfefall.objects.values_list("fallnummer", flat=True)
    with in_tenant(w.hro):
        return list(lazy)


@mistake
def evaluated_queryset_is_kept_and_shown_elsewhere(w):
    with in_tenant(w.vg):
        rows = Hilfefall.objects.all()
        len(rows)
    with in_tenant(w.hro):
        return [f.fallnummer for f in rows]


@mistake
def lazy_queryset_is_counted_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Hilfefall.objects.filter(fallnummer=DYE)
    with in_tenant(w.hro):
        return DYE if lazy.count() or lazy.exists() else None


@mistake
def lazy_queryset_is_updated_elsewhere(w):
    with in_tenant(w.hro):
        mine = create_klient(geschlecht="2")
    with in_tenant(w.vg):
        everybody = Klient.objects.all()
    try:
        with in_tenant(w.hro):
            everybody.update(geschlecht="3")
    finally:
        with in_tenant(w.hro):
            assert Klient.objects.get(pk=mine.pk).geschlecht == "2"


@mistake
def lazy_queryset_is_deleted_elsewhere(w):
    with in_tenant(w.hro):
        mine = create_klient()
    with in_tenant(w.vg):
        everybody = Klient.objects.all()
    try:
        with in_tenant(w.hro):
            everybody.delete()
    finally:
        with in_tenant(w.hro):
            assert Klient.objects.filter(pk=mine.pk).exists()


@mistake
def lazy_queryset_becomes_a_subquery_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Klient.objects.all()
    with in_tenant(w.hro):
        return [f.fallnummer for f in Hilfefall.objects.filter(klient__in=lazy)]


@mistake
def iterator_goes_on_after_the_switch(w):
    with in_tenant(w.vg):
        rows = Hilfefall.objects.iterator()
    with in_tenant(w.hro):
        return [f.fallnummer for f in rows]


@mistake
def open_iterator_is_carried_over(w):
    with in_tenant(w.vg):
        create_klient()
        rows = Klient.objects.order_by("created_at").iterator(chunk_size=1)
        next(rows)
        with in_tenant(w.hro):
            return [DYE for _ in rows]


@mistake
def instance_is_saved_elsewhere(w):
    with in_tenant(w.hro):
        w.klient.save()
    return


@mistake
def instance_is_deleted_elsewhere(w):
    with in_tenant(w.hro):
        w.klient.delete()


@mistake
def copy_of_an_instance_is_saved_elsewhere(w):
    with in_tenant(w.hro):
        twin = copy.copy(w.klient)
        twin.pk = None
        twin.save()
        return [k.pkz for k in Klient.objects.all()]


@mistake
def instance_is_built_here_and_saved_elsewhere(w):
    with in_tenant(w.vg):
        draft = Klient(pkz=DYE, vorname=DYE, nachname=DYE, geburtsdatum="2010-01-01", geschlecht="1")
    with in_tenant(w.hro):
        draft.save()
        return [k.pkz for k in Klient.objects.all()]


@mistake
def pickled_instance_is_saved_elsewhere(w):
    parcel = pickle.dumps(w.klient)
    with in_tenant(w.hro):
        pickle.loads(parcel).save()
        return [k.pkz for k in Klient.objects.all()]


@mistake
def pickled_queryset_is_read_elsewhere(w):
    with in_tenant(w.vg):
        parcel = pickle.dumps(Hilfefall.objects.all())
    with in_tenant(w.hro):
        return [f.fallnummer for f in pickle.loads(parcel)]


@mistake
def instances_are_created_in_bulk_elsewhere(w):
    with in_tenant(w.hro):
        Klient.objects.bulk_create([w.klient])


@mistake
def instances_are_updated_in_bulk_elsewhere(w):
    with in_tenant(w.hro):
        Klient.objects.bulk_update([w.klient], ["geschlecht"])


@mistake
def foreign_instance_is_attached(w):
    with in_tenant(w.hro):
        create_hilfefall(fachkraft_id=w.fall.fachkraft_id, klient=w.klient)


@mistake
def foreign_key_is_set_by_number(w):
    with in_tenant(w.hro):
        Hilfefall.objects.create(fallnummer="F-1", klient_id=w.klient.pk, fachkraft_id=w.fall.fachkraft_id)
        connection.check_constraints()


@mistake
def foreign_row_is_asked_by_its_id(w):
    with in_tenant(w.hro):
        return Klient.objects.get(pk=w.klient.pk).pkz


@mistake
def foreign_instance_is_refreshed(w):
    stale = copy.copy(w.klient)
    stale.pkz = ""
    with in_tenant(w.hro):
        stale.refresh_from_db()
        return stale.pkz


@mistake
def reverse_side_of_a_foreign_instance_is_followed(w):
    with in_tenant(w.hro):
        return [f.fallnummer for f in w.klient.hilfefaelle.all()]


@mistake
def related_rows_of_a_foreign_instance_are_prefetched(w):
    twin = copy.copy(w.klient)
    with in_tenant(w.hro):
        prefetch_related_objects([twin], "hilfefaelle")
        return [f.fallnummer for f in twin.hilfefaelle.all()]


@pytest.mark.parametrize("name", names(__name__))
def test_mistake_ends_in_an_error_or_no_row(world, name):
    check(name, world)


def test_the_guard_names_both_offices(world):
    with in_tenant(world.hro), pytest.raises(CrossTenantUse, match=r"'vg'.*'hro'"):
        world.klient.save()


def test_foreign_key_by_number_is_named_by_the_database(world):
    with pytest.raises((IntegrityError, ProgrammingError)):
        foreign_key_is_set_by_number(world)


def test_there_are_enough(capsys):
    with capsys.disabled():
        print(f"\n{len(SCENARIOS)} mistakes, each stopped (asked for: 25)")
    assert len(SCENARIOS) >= 25
