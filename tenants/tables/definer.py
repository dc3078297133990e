"""Functions of a tenant schema that run with the owner's rights, as data beside the model (`tenant_functions`).

For what the tenant's role may not do by itself, and may do in exactly one way: the body checks the condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from psycopg import sql

from tenants.tables.objects import Function, Trigger


@dataclass(frozen=True, slots=True)
class DefinerFunction:
    """`body` is SQL; `{schema}` stands for the tenant's schema, every table is named with it; `{zone}` for the
    office's time zone as a literal (a session's own day is that of UTC)."""

    name: str
    arguments: str
    returns: str
    body: str


@dataclass(frozen=True, slots=True)
class SharedFunction:
    """One of the shared schema that answers from the model's table; `{zone}` as above. `also`: which kinds of roles
    (`roles.kinds`) may call it besides those of the pages."""

    name: str
    returns: str
    body: str
    also: tuple[str, ...] = ()


def shared_functions(callers: tuple[str, ...], kinds: dict[str, str]) -> Iterator[Function]:
    """What models of the shared schema answer to row rules and pages (`shared_functions`), with the owner's rights."""
    for model in apps.get_models():
        if model._meta.app_config.name in settings.SHARED_APPS:
            for function in vars(model).get("shared_functions", ()):
                yield Function(
                    "public",
                    function.name,
                    sql.SQL(function.body).format(zone=sql.Literal(settings.TIME_ZONE)),
                    returns=function.returns,
                    language="sql",
                    options="STABLE",
                    definer=True,
                    callers=(*callers, *(kinds[kind] for kind in function.also)),
                )


def declared_objects() -> Iterator[Function | Trigger]:
    """Functions and triggers that a model of the shared schema makes out of what other models say (`fence_objects`)."""
    for model in apps.get_models():
        made: Callable[[], Iterator[Function | Trigger]] | None = getattr(model, "fence_objects", None)
        if made is not None and "fence_objects" in vars(model):
            yield from made()


def declared_views() -> Iterator[tuple[str, sql.Composed]]:
    """Views of the shared schema that models are read from (`view`, a SELECT; `{zone}` as above): name, statement."""
    for model in apps.get_models():
        if select := vars(model).get("view"):
            head = f"CREATE OR REPLACE VIEW public.{model._meta.db_table} WITH (security_barrier) AS"
            yield model._meta.db_table, sql.SQL(f"{head}{select}").format(zone=sql.Literal(settings.TIME_ZONE))


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
