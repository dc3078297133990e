"""Every declared setting says all of what the screen shows, and its default is within its own bounds."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tenant_apps.vorgaben.katalog import LESENDE, list_erklaerte
from tenant_apps.vorgaben.models import Vorgabewert
from tests.architecture.tree import python_files, text

#: Module -> names it declares.
DECLARED = [
    pytest.param(path, name, id=f"{path.parts[-2]}.{name}")
    for path in python_files()
    if path.name == "vorgaben.py"
    for name in re.findall(r"^(\w+)(?:: \w+)? = register_vorgabe\(", text(path), re.MULTILINE)
]
VORGABEN = [pytest.param(vorgabe, id=vorgabe.code) for vorgabe in list_erklaerte()]


def test_the_first_ones_are_there() -> None:
    codes = {vorgabe.code for vorgabe in list_erklaerte()}
    assert {"placements.reservierung_tage", "placements.suche_tage", "privacy.einschraenkung_jahre"} <= codes


def test_each_declaration_is_found() -> None:
    """Also of a module that nobody imports, so that it would be on no screen."""
    assert len(DECLARED) == len(VORGABEN)


@pytest.mark.parametrize(("path", "name"), DECLARED)
def test_some_code_asks_for_it(path: Path, name: str) -> None:
    """A setting that nobody reads lets an office believe in something."""
    asks = re.compile(rf"\bget_vorgabe\(\s*(?:\w+\.)?{name}\b")
    readers = [other for other in python_files() if other != path and asks.search(text(other))]
    assert readers, f"get_vorgabe({name}) in the code that it is for, or take it out of {path}"


@pytest.mark.parametrize(("path", "name"), DECLARED)
def test_code_names_the_app_that_declares_it(path: Path, name: str) -> None:
    app = ".".join(path.parent.parts)
    vorgabe = getattr(import_module(f"{app}.vorgaben"), name)
    config = apps.get_app_config(vorgabe.app_label)
    assert config.name == app, f"{vorgabe.code}: begin the code with the label of the app that declares it"
    assert config.name in settings.TENANT_APPS
    assert len(vorgabe.code) <= Vorgabewert._meta.get_field("vorgabe").max_length


@pytest.mark.parametrize("vorgabe", VORGABEN)
def test_screen_has_something_to_say(vorgabe) -> None:
    for name in ("name", "erklaerung", "quelle"):
        assert getattr(vorgabe, name).strip(), f"{vorgabe.code}: write its {name}, in German, for the office"
    assert vorgabe.erklaerung.endswith("."), f"{vorgabe.code}: the explanation is a sentence"


@pytest.mark.parametrize("vorgabe", VORGABEN)
def test_default_obeys_its_own_bounds_and_can_be_kept(vorgabe) -> None:
    wert = vorgabe.voreinstellung()
    assert vorgabe.field().clean(wert) == vorgabe.read(wert) == wert
    assert vorgabe.write(wert)


@pytest.mark.parametrize("vorgabe", VORGABEN)
def test_whoever_sets_it_sees_it(vorgabe) -> None:
    assert vorgabe.aendern, f"{vorgabe.code}: name the roles that may set it"
    assert vorgabe.aendern <= LESENDE, f"{vorgabe.code}: its roles do not see the screen (katalog.LESENDE)"


@pytest.mark.parametrize("vorgabe", VORGABEN)
def test_row_of_another_type_is_no_value(vorgabe) -> None:
    with pytest.raises(ValueError, match=vorgabe.code):
        vorgabe.read("sieben")
