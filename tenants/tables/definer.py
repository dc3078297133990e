"""Functions of a tenant schema that run with the owner's rights, as data beside the model (`tenant_functions`).

For what the tenant's role may not do by itself, and may do in exactly one way: the body checks the condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from psycopg import sql

from tenants.tables.objects import Function


@dataclass(frozen=True, slots=True)
class DefinerFunction:
    """`body` is SQL; `{schema}` stands for the tenant's schema, every table is named with it; `{zone}` for the
    office's time zone as a literal (a session's own day is that of UTC)."""

    name: str
    arguments: str
    returns: str
    body: str


def tenant_functions(schema: str, role: str) -> Iterator[Function]:
    """The functions of one tenant schema; only the tenant's role may call them."""
    zone = sql.Literal(settings.TIME_ZONE).as_string(None)
    for model in apps.get_models():
        if model._meta.app_config.name not in settings.TENANT_APPS:
            continue
        for function in vars(model).get("tenant_functions", ()):
            yield Function(
                schema,
                function.name,
                sql.SQL(function.body.replace("{schema}", schema).replace("{zone}", zone)),
                arguments=function.arguments,
                returns=function.returns,
                language="sql",
                definer=True,
                callers=(role,),
            )
