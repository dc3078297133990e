"""Every table says what kind of data it holds and who may do what with it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tenants.context import in_tenant
from tenants.db import roles
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights
from tests.architecture.tree import own_models

MODELS = own_models()
SHARED = [m for m in MODELS if m._meta.app_config.name in settings.SHARED_APPS]
TENANT = [m for m in MODELS if m._meta.app_config.name in settings.TENANT_APPS]

#: Tables that are emptied again, with the reason. Everything else in the shared schema is ended, never deleted.
MAY_DELETE = {
    ("app", "accounts_handover"): "tickets live 30 seconds",
    ("app", "accounts_anmeldeversuch"): "failed sign-ins are forgotten after 15 minutes",
    ("app", "accounts_portalentwurf"): "what was typed and not sent is forgotten after a day",
    ("app", "accounts_portalantwort"): "answers kept for a repeated request are forgotten after a day",
    ("app", "accounts_sitzung"): "ended sessions are forgotten after 30 days",
    ("app", "members_zugangsantrag"): "unconfirmed requests for access are deleted after 24 hours",
    ("app", "aufnahme_aufnahmeantrag"): "unconfirmed applications go after 24 hours, declined ones after a year",
    ("app", "tenants_jobfehler"): "why a job failed is forgotten with the job",
    ("app", "accounts_mailauftrag"): "what became of a mail is forgotten after 90 days",
    (
        "app",
        "providers_kontakt",
    ): "a name that no longer answers is kept for nothing; the journal says who took it away",
    ("app", "providers_vakanzerinnerung"): "who was reminded on which day is forgotten after 90 days",
    ("app", "einlesen_einlesezeile"): "lines of a list are forgotten after 30 days",
    ("app", "einlesen_einleseposten"): "the way back of a list is forgotten after 30 days",
    ("app", "einlesen_fremdschluessel"): "a row that was taken back has no number of the office any more",
    ("app", "django_session"): "sessions end",
    ("app", "mfa_authenticator"): "a person takes a lost passkey or phone out of her account",
    ("app", "socialaccount_socialaccount"): "a link to a district's sign-in server is cut",
    ("app", "providers_angebot_spezialisierungen"): "an offer loses a speciality; the journal says who took it away",
    ("app", "providers_angebot_sprachen"): "an offer loses a language; the journal says who took it away",
    ("queue", "procrastinate_jobs"): "finished jobs are cleared",
    ("queue", "procrastinate_events"): "finished jobs are cleared",
    ("queue", "procrastinate_periodic_defers"): "finished jobs are cleared",
    ("queue", "procrastinate_workers"): "workers come and go",
    ("tenants", "comparison_kennzahlwert"): "own figures are replaced when a month is computed anew",
}


def label(model: type) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_model_declares_its_data_class_itself(model):
    declared = vars(model).get("data_class")
    assert isinstance(declared, DataClass), f"{label(model)}: write data_class beside the fields, do not inherit it"


@pytest.mark.parametrize("model", SHARED, ids=label)
def test_no_social_data_in_the_shared_schema(model):
    assert model.data_class is not DataClass.SOZIALDATUM


@pytest.mark.parametrize("model", SHARED, ids=label)
def test_shared_model_declares_its_rights_itself(model):
    declared = vars(model).get("rights")
    assert isinstance(declared, Rights), f"{label(model)}: write rights beside the fields, do not inherit them"


@pytest.mark.parametrize("model", TENANT, ids=label)
def test_tenant_model_has_time_ordered_uuid_key_or_is_a_permission(model):
    key = model._meta.pk
    assert key.get_internal_type() == "UUIDField" or model.__name__.endswith("ObjectPermission")


@pytest.mark.parametrize("model", SHARED, ids=label)
def test_shared_model_points_to_no_tenant_model(model):
    targets = {f.related_model._meta.app_config.name for f in model._meta.get_fields() if f.concrete and f.is_relation}
    assert not targets & set(settings.TENANT_APPS)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_default_of_a_choice_is_a_choice(model):
    for field in model._meta.concrete_fields:
        if not field.choices or not field.has_default() or callable(field.default):
            continue
        values = {value for value, _ in field.flatchoices}
        assert str(field.default) in {str(v) for v in values}, f"{field}: {field.default!r} is none of {sorted(values)}"


@pytest.mark.django_db
def test_nobody_may_delete_from_register_tables():
    kinds = {
        "app": [roles.dienst(), roles.land(), roles.anmeldung()],
        "tenants": [roles.tenants()],
        "portal": [roles.portal()],
        "compare": [roles.compare()],
        "queue": [roles.queue()],
        "login": [roles.app()],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, c.relname FROM pg_roles r CROSS JOIN pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'p') AND r.rolname = ANY(%s)"
            " AND has_table_privilege(r.rolname, c.oid, 'DELETE, TRUNCATE')",
            [[role for same in kinds.values() for role in same]],
        )
        granted = set(cursor.fetchall())
    allowed = {(role, table) for kind, table in MAY_DELETE for role in kinds[kind]}
    assert granted - allowed == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["audit.Protokoll", "placements.Auswahlvermerk"])
def test_append_only_table_cannot_be_changed_by_the_tenant(vg, name):
    table = apps.get_model(name)._meta.db_table
    with in_tenant(vg), connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(current_user, c.oid, 'UPDATE, DELETE, TRUNCATE'),"
            " has_any_column_privilege(current_user, c.oid, 'UPDATE'),"
            " has_table_privilege(current_user, c.oid, 'INSERT')"
            " FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relname = %s",
            [vg.schema_name, table],
        )
        assert cursor.fetchone() == (False, False, True)


@pytest.mark.django_db
def test_shared_tables_that_mix_tenants_are_under_row_level_security():
    mixed = [m._meta.db_table for m in SHARED if any(f.name == "mandant" for f in m._meta.fields)]
    assert {"occupancy_platzbindung", "inbox_hinweis", "comparison_kennzahlwert"} <= set(mixed)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
            " AND relname = ANY(%s)",
            [mixed],
        )
        assert {row[0] for row in cursor.fetchall()} == set(mixed)
