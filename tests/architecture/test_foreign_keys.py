"""No database constraint between a tenant schema and the shared schema, in either direction."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection, models

from tests.architecture.tree import own_models

TENANT = [m for m in own_models() if m._meta.app_config.name in settings.TENANT_APPS]
TO_SHARED = [
    field
    for model in TENANT
    for field in model._meta.local_fields
    if field.is_relation and field.related_model._meta.app_config.name in settings.SHARED_APPS
]


def test_there_are_such_references():
    assert len(TO_SHARED) > 10


@pytest.mark.parametrize("field", TO_SHARED, ids=str)
def test_reference_to_shared_has_no_constraint_and_no_way_back(field):
    assert field.db_constraint is False
    assert field.remote_field.on_delete is models.DO_NOTHING
    assert field.remote_field.related_name == "+"


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_no_many_to_many_from_tenant_to_shared(model):
    shared = [f.name for f in model._meta.many_to_many if f.related_model._meta.app_config.name in settings.SHARED_APPS]
    assert shared == []


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_no_generic_relation(model):
    kinds = {type(f).__name__ for f in model._meta.get_fields()}
    assert not kinds & {"GenericForeignKey", "GenericRelation"}


@pytest.mark.django_db
def test_no_constraint_crosses_schemas(vg, hro):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname || '.' || r.relname, c.conname, fn.nspname || '.' || fr.relname"
            " FROM pg_constraint c"
            " JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace"
            " JOIN pg_class fr ON fr.oid = c.confrelid JOIN pg_namespace fn ON fn.oid = fr.relnamespace"
            " WHERE c.contype = 'f' AND n.nspname <> fn.nspname"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT count(*) FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace"
            " WHERE c.contype = 'f' AND n.nspname = ANY(%s)",
            [[vg.schema_name, hro.schema_name]],
        )
        assert cursor.fetchone()[0] > 10  # the query sees constraints at all


@pytest.mark.django_db
def test_tenants_own_no_contenttypes_and_no_generic_permissions(vg):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE (n.nspname = %s AND c.relname IN ('django_content_type', 'auth_permission', 'auth_group'))"
            " OR c.relname IN ('guardian_userobjectpermission', 'guardian_groupobjectpermission')",
            [vg.schema_name],
        )
        assert cursor.fetchall() == []
