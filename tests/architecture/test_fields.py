"""Every field a person or a machine can fill is one of the set (ADR 0031), and each of them refuses what is hostile."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from datetime import date
from decimal import Decimal
from itertools import chain

import pytest
from django import forms
from django.core.exceptions import ValidationError
from rest_framework import serializers

import config
import shared_apps
import tenant_apps
import tenants
from shared_apps.core import api_felder, eingabe, felder
from shared_apps.providers.models import Anbieter
from tests.architecture.tree import ROOT
from tests.hostile import HOSTILE, NO_NUMBERS, find_english

OWN_FORM_FIELDS = tuple(
    value for value in vars(felder).values() if isinstance(value, type) and value.__module__ == felder.__name__
)
OWN_API_FIELDS = tuple(
    value for value in vars(api_felder).values() if isinstance(value, type) and value.__module__ == api_felder.__name__
)
#: Fields of the API that are made of fields of the set.
COMPOSED = {"KlientReferenz"}


def _load_everything() -> None:
    for package in (shared_apps, tenant_apps, tenants, config):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in (".migrations", ".settings", ".management", ".wsgi")):
                importlib.import_module(module.name)


def _subclasses(base: type) -> list[type]:
    _load_everything()
    found, todo = [], [base]
    while todo:
        for cls in todo.pop().__subclasses__():
            todo.append(cls)
            if cls.__module__.split(".")[0] in {"shared_apps", "tenant_apps", "tenants", "config"}:
                found.append(cls)
    return sorted(set(found), key=lambda cls: f"{cls.__module__}.{cls.__qualname__}")


def list_forms() -> list[type[forms.BaseForm]]:
    """Every form of the code."""
    return _subclasses(forms.BaseForm)


def list_inputs() -> list[type[serializers.Serializer]]:
    """Every body and query of the API."""
    return [cls for cls in _subclasses(serializers.BaseSerializer) if cls.__name__.endswith(("Eingabe", "Filter"))]


def _writable(cls: type[serializers.Serializer]) -> dict[str, serializers.Field]:
    return {name: field for name, field in cls().fields.items() if not field.read_only}


def test_every_form_is_made_of_the_set() -> None:
    wrong = [
        f"{cls.__module__}.{cls.__name__}.{name}: {type(field).__name__}"
        for cls in list_forms()
        for name, field in cls.base_fields.items()
        if not isinstance(field, OWN_FORM_FIELDS)
    ]
    assert len(list_forms()) > 50
    assert not wrong, "Use a field of shared_apps.core.felder:\n" + "\n".join(wrong)


def test_everything_the_api_reads_is_made_of_the_set() -> None:
    wrong = []
    for cls in list_inputs():
        base = api_felder.Abfrage if cls.__name__.endswith("Filter") else api_felder.Eingabe
        if not issubclass(cls, base):
            wrong.append(f"{cls.__name__} is no {base.__name__}")
        wrong += [
            f"{cls.__name__}.{name}: {type(part).__name__}"
            for name, field in _writable(cls).items()
            for part in (field, getattr(field, "child", field))
            if not isinstance(part, (*OWN_API_FIELDS, api_felder.Eingabe)) and type(part).__name__ not in COMPOSED
        ]
    assert not wrong, "Use a field of shared_apps.core.api_felder:\n" + "\n".join(wrong)


def test_only_inputs_read_a_body() -> None:
    """`Something(data=…)` where Something is a serializer of an answer would take in what nobody checks."""
    answers = {cls.__name__ for cls in _subclasses(serializers.BaseSerializer)} - {
        cls.__name__ for cls in list_inputs()
    }
    wrong = []
    for path in chain(ROOT.glob("shared_apps/**/*.py"), ROOT.glob("tenant_apps/**/*.py")):
        wrong += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}(data=…)"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in answers
            and any(keyword.arg == "data" for keyword in node.keywords)
        ]
    assert not wrong, "\n".join(wrong)


# -- every field with every value ---------------------------------------------------------------


def _judge(value: object) -> str:
    """ "" when a kept value is one of this system."""
    if isinstance(value, date):
        return "" if eingabe.TAG_AB <= value <= eingabe.TAG_BIS else f"day {value}"
    if isinstance(value, Decimal):
        return "" if value.is_finite() and abs(value) <= eingabe.BETRAG_MAX else f"number {value}"
    if isinstance(value, str):
        return "invisible or control" if eingabe.has_control(value) or value != eingabe.clean_freitext(value) else ""
    return ""


def _is_misread(value: object, kept: object) -> bool:
    """Whether what is no number (or may be two) was kept as one."""
    return value in NO_NUMBERS.values() and isinstance(kept, int | Decimal) and not isinstance(kept, bool)


def _ask_form(field: forms.Field, value: str) -> str:
    try:
        kept = field.clean([value] if isinstance(field, forms.MultipleChoiceField) else value)
    except ValidationError as refused:
        return find_english(" ".join(refused.messages))
    if isinstance(field, felder.GeheimnisField | felder.VerstecktField):
        return "control" if eingabe.has_control(kept) else ""
    if isinstance(field, felder.GeldField) and value == NO_NUMBERS["one or a thousand"]:
        return "" if kept == 1000 else f"{kept}, but no euro has a thousandth"
    return f"taken for {kept}" if _is_misread(value, kept) else _judge(kept)


def _needs_database(field: forms.Field | serializers.Field) -> bool:
    return isinstance(field, forms.ModelChoiceField | serializers.RelatedField) or type(field).__name__ in COMPOSED


FORM_FIELDS = [
    pytest.param(field, id=f"{cls.__name__}.{name}")
    for cls in list_forms()
    for name, field in cls.base_fields.items()
    if not _needs_database(field)
]
API_FIELDS = [
    pytest.param(cls, name, id=f"{cls.__name__}.{name}")
    for cls in list_inputs()
    for name, field in _writable(cls).items()
    if not _needs_database(field)
]


@pytest.mark.parametrize("field", FORM_FIELDS)
def test_form_field_keeps_clean_or_refuses_in_german(field) -> None:
    wrong = {name: said for name, value in HOSTILE.items() if (said := _ask_form(field, value))}
    assert not wrong


@pytest.mark.parametrize(("cls", "name"), API_FIELDS)
def test_api_field_keeps_clean_or_refuses_in_german(cls, name) -> None:
    field = _writable(cls)[name]
    wrong = {}
    for what, value in {
        **HOSTILE,
        "list": ["x"],
        "object": {"x": 1},
        "true": True,
        "nothing": None,
        "float": 1e400,
    }.items():
        try:
            kept = field.run_validation(value)
        except serializers.ValidationError as refused:
            said = find_english(str(refused.detail))
        else:
            said = "" if isinstance(kept, list | dict) else _judge(kept)
            said = f"taken for {kept}" if isinstance(value, str) and _is_misread(value, kept) else said
        if said:
            wrong[what] = said
    assert not wrong


def test_bare_fields_are_banned_where_they_are_written() -> None:
    """Ruff refuses `forms.CharField`, so the first test is the second line."""
    banned = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bare = [
        name for name in vars(forms) if name.endswith("Field") and name not in {"Field", "BoundField", "ModelFormField"}
    ]
    missing = [name for name in bare if f'"django.forms.{name}"' not in banned]
    assert not missing


@pytest.mark.parametrize("field", [felder.ObjektField, felder.ObjekteField])
def test_key_that_cannot_be_one__is_no_choice_and_not_spoken_of(field) -> None:
    wrong = "QUATSCH" if field is felder.ObjektField else ["QUATSCH"]
    with pytest.raises(ValidationError) as refused:
        field(queryset=Anbieter.objects.all()).clean(wrong)
    assert refused.value.messages == [eingabe.KEINE_WAHL]
