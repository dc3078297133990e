"""A plugin of mypy: names that Django's own classes do not have, and that objects of this house do.

A request class of our own would have to be named by every view and would still not be what Django hands over. `akteur`
and `user` are what a view behind `@require` finds; only what is in front of it asks whether there is nobody.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import MDEF, MypyFile, SymbolTableNode, TypeInfo, Var
from mypy.plugin import AttributeContext, ClassDefContext, Plugin
from mypy.types import AnyType, Instance, Type, TypeOfAny

#: Class → name → class of what is there, with what it holds (`frozenset[str]`); "": asked for as it is.
NAMES: dict[str, dict[str, str]] = {
    # Our middleware; `ignored`, `mehrfach`: `shared_apps.core.filter_query`, on lists that have said what they do not
    # know.
    # `bereich`: views whose address does not say to which area of the navigation they belong.
    "django.http.request.HttpRequest": {
        "akteur": "shared_apps.accounts.akteur.Akteur",
        "user": "shared_apps.accounts.models.people.User",
        "tenant": "tenants.models.Tenant",
        "request_id": "builtins.str",
        "owed": "builtins.str",
        "is_token_auth": "builtins.bool",
        "admission": "shared_apps.signin.selectors.admission.Admission",
        "counted": "",
        "expired": "",
        "ignored": "builtins.frozenset[builtins.str]",
        "mehrfach": "builtins.frozenset[builtins.str]",
        "bereich": "builtins.str",
        "signed_in_name": "",
        "token_scopes": "",
        "htmx": "",
        "is_draft_kept": "builtins.bool",
        "resolver_match": "django.urls.resolvers.ResolverMatch",
    },
    # What django-csp reads.
    "django.http.response.HttpResponse": {"_csp_update": ""},
    # The one backend there is (tenants/db/base.py).
    "django.db.backends.base.base.BaseDatabaseWrapper": dict.fromkeys(
        (
            "is_owner",
            "statement_seconds",
            "set_schema_to_public",
            "enter_fence",
            "plain_cursor",
            "fence",
            "set_schema",
            "schema_name",
            "tenant",
            "_cursor",
        ),
        "",
    ),
    # What a row remembers about its office and about the key that sealed it.
    "django.db.models.base.ModelState": dict.fromkeys(("sojus_bund", "tenant_schema"), ""),
    # `_meta.get_field(name)` is asked for columns, never for the way back.
    "django.db.models.fields.reverse_related.ForeignObjectRel": dict.fromkeys(
        ("attname", "choices", "flatchoices", "to_python", "verbose_name"), ""
    ),
    # Fields are asked for their columns when they have some, and for the row beyond when they lead to one.
    "django.db.models.fields.Field": {"column": "builtins.str", "is_cached": "", "get_cached_value": ""},
    # Django's own, which we call or override and the stubs leave out.
    "django.contrib.sessions.backends.base.SessionBase": dict.fromkeys(("_get_new_session_key", "_get_session"), ""),
    "django.core.files.storage.filesystem.FileSystemStorage": {"_open": ""},
    "django.db.backends.postgresql.base.CursorMixin": {"_execute_send": ""},
    "django.db.migrations.executor.MigrationExecutor": {"_create_project_state": ""},
    "django.db.models.query.QuerySet": dict.fromkeys(("_clone", "_fields"), ""),
    # `form.fields[name]` is of the class the form declares.
    "django.forms.fields.Field": dict.fromkeys(("choices", "queryset", "label_from_instance", "empty_label"), ""),
}


class NamesPlugin(Plugin):
    """Adds the names when Django's class is read, and says their types when one of them is used."""

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return _add if fullname in NAMES else None

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        owner, _, name = fullname.rpartition(".")
        wanted = NAMES.get(owner, {}).get(name)
        return (lambda context: _instance(context, wanted)) if wanted else None


def _add(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in NAMES[context.cls.fullname]:
        if name not in info.names:
            variable = Var(name, AnyType(TypeOfAny.special_form))
            variable.info, variable._fullname = info, f"{context.cls.fullname}.{name}"
            info.names[name] = SymbolTableNode(MDEF, variable, plugin_generated=True)


def _instance(context: AttributeContext, wanted: str) -> Type:
    if context.is_lvalue:  # a middleware writes None, too
        return context.default_attr_type
    wanted, _, held = wanted.removesuffix("]").partition("[")
    module, _, name = wanted.rpartition(".")
    modules: dict[str, MypyFile] = context.api.modules  # type: ignore[attr-defined]  # the checker has it
    found = modules[module].names.get(name) if module in modules else None
    # A file checked alone does not know them all.
    if not found or not isinstance(found.node, TypeInfo):
        return context.default_attr_type
    return Instance(found.node, [_instance(context, held)] if held else [])


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for."""
    return NamesPlugin
