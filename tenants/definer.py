"""Functions of a tenant schema that run with the owner's rights, as data beside the model (`tenant_functions`).

For what the tenant's role may not do by itself, and may do in exactly one way: the body checks the condition.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from psycopg import sql

from tenants.ensure import Ensure


@dataclass(frozen=True, slots=True)
class DefinerFunction:
    """`body` is SQL; `{schema}` stands for the tenant's schema, every table is named with it; `{zone}` for the
    office's time zone as a literal (a session's own day is the one of UTC)."""

    name: str
    arguments: str
    returns: str
    body: str


def apply_tenant_functions(ensure: Ensure, schema: str, role: str) -> None:
    """Make the functions of one tenant schema; only the tenant's role may call them."""
    for model in apps.get_models():
        if model._meta.app_config.name not in settings.TENANT_APPS:
            continue
        for function in vars(model).get("tenant_functions", ()):
            _apply(ensure, function, schema, role)


def _apply(ensure: Ensure, function: DefinerFunction, schema: str, role: str) -> None:
    target = sql.SQL("{}.{}({})").format(
        sql.Identifier(schema), sql.Identifier(function.name), sql.SQL(function.arguments)
    )
    zone = sql.Literal(settings.TIME_ZONE).as_string(None)
    body = function.body.replace("{schema}", schema).replace("{zone}", zone)
    ensure.function(
        schema,
        function.name,
        sql.SQL(
            "CREATE OR REPLACE FUNCTION {} RETURNS {} LANGUAGE sql"
            " SECURITY DEFINER SET search_path = public, pg_temp AS {}"
        ).format(target, sql.SQL(function.returns), sql.Literal(body)),
        sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(target),
        sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(target, sql.Identifier(role)),
    )
