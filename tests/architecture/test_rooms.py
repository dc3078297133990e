"""Every module is in a room of .importlinter: of one that no contract names, nobody asks what it imports.

`lint-imports` skips modules it does not know. Here each module of each app is looked for in the contracts that order
rooms. `forms_rain` beside `forms` is in none: it says what it is beside, not what it holds. Both make a package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache

from tests.architecture.tree import ROOT

FLOORS = ("tenants", "shared_apps", "tenant_apps")
#: Django starts an app in `apps`, which brings together whatever registers itself; migrations keep the past.
OF_DJANGO = {"__init__", "apps", "migrations", "guardian_state"}
EVERY_APP = re.compile(r"(shared|tenant)_apps\.\*")


def _contracts() -> list[tuple[list[str], list[list[str]]]]:
    """Containers and rows of names of each contract that orders rooms."""
    read = ConfigParser()
    read.read(ROOT / ".importlinter", encoding="utf-8")
    return [
        (
            section.get("containers", "").split() or [""],
            [re.findall(r"[\w.]+", line) for line in section["layers"].strip().splitlines()],
        )
        for section in (read[name] for name in read.sections())
        if section.get("type") == "layers"
    ]


@cache
def rooms() -> dict[str, int]:
    """Name of a room that every app may have -> its row, from the top."""
    (found,) = [rows for containers, rows in _contracts() if all(map(EVERY_APP.fullmatch, containers))]
    return {name: row for row, names in enumerate(found) for name in names}


@cache
def named() -> frozenset[str]:
    """Modules that a contract names by their whole name."""
    return frozenset(
        f"{container}.{name}".lstrip(".")
        for containers, rows in _contracts()
        for container in containers
        for names in rows
        for name in names
        if "*" not in container
    )


def apps() -> list[str]:
    """Every app of the three floors."""
    below = [f"{floor}.{path.name}" for floor in FLOORS[1:] for path in (ROOT / floor).iterdir()]
    return ["tenants", *sorted(app for app in below if (ROOT / app.replace(".", "/") / "apps.py").is_file())]


def modules_of(package: str) -> Iterator[str]:
    """Modules and packages right below a package."""
    for path in sorted((ROOT / package.replace(".", "/")).iterdir()):
        is_code = path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").is_file())
        if is_code and path.stem not in OF_DJANGO:
            yield f"{package}.{path.stem}"


def without_a_room(package: str, *, is_app: bool = True) -> list[str]:
    """Modules that no contract orders. A package is ordered by its own name, or by those of all that is in it."""
    found = []
    for module in modules_of(package):
        if module in named() or (is_app and package != "tenants" and module.rpartition(".")[2] in rooms()):
            continue
        within = any(name.startswith(f"{module}.") for name in named())
        found += without_a_room(module, is_app=False) if within else [module]
    return found


def test_every_module_is_in_a_room():
    homeless = [module for app in apps() for module in without_a_room(app)]
    assert homeless == [], "name each in a contract of .importlinter that orders rooms, as deep as what it imports"


def test_a_module_that_nobody_thought_of_is_found(tmp_path, monkeypatch):
    app = tmp_path / "shared_apps" / "weather"
    (app / "tools").mkdir(parents=True)
    (tmp_path / "tenant_apps").mkdir()
    for name in ("__init__", "apps", "models", "forms_rain", "clouds", "tools/__init__"):
        (app / f"{name}.py").touch()
    rooms(), named()  # of this house, not of the one below
    monkeypatch.setattr("tests.architecture.test_rooms.ROOT", tmp_path)
    assert apps() == ["tenants", "shared_apps.weather"]
    assert without_a_room("shared_apps.weather") == [
        "shared_apps.weather.clouds", "shared_apps.weather.forms_rain", "shared_apps.weather.tools",
    ]  # fmt: skip


def test_rooms_are_read():
    assert rooms()["views"] < rooms()["services"] < rooms()["models"]
    assert {"tenants.door", "tenants.context", "shared_apps.accounts"} <= named()


def test_every_room_of_the_lowest_floor_says_what_it_is_for_and_which_names_others_use():
    silent = [
        module
        for module in modules_of("tenants")
        if (path := ROOT / module.replace(".", "/") / "__init__.py").is_file()
        and module != "tenants.management"
        and not re.match(r'""".+?\n\nDoor: .+?"""', path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert silent == []


#: Names that begin with a room's and are rooms of their own.
OWN_ROOMS = {
    "publish_sql": "the statement that `publish` runs: SQL, which the tests' database watches by this ending",
}


def test_a_suffix_is_no_room():
    """`urls_portal` beside `urls` is in the package `urls`; the contract gives such a name no place of its own."""
    suffixed = {name for name in rooms() for other in rooms() if name.startswith(f"{other}_")}
    assert suffixed == set(OWN_ROOMS), "make a package of the room: urls/portal.py"
