"""What each app adds to onboarding: reference data of the house, details of a municipality, steps.

`tenants` knows no other app. Every app may have an `onboarding.py`; it is imported at start and registers
its functions here, so that an app that comes later takes part without a change in this folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenants.models import Tenant

Report = Callable[[str], None]


class OnboardingFehler(Exception):
    """Something the operator can mend; the message is German and fit for the screen. `feld`: of the form, or ""."""

    def __init__(self, message: str, *, feld: str = "") -> None:
        self.feld = feld
        super().__init__(message)


@dataclass(slots=True)
class Angaben:
    """What is known about the municipality. Blank fields are completed from the reference data.

    referenz: text of a reference file (CSV) for a district that the program's own data do not know, or "".
    erneut: whoever ordered it knows that the office is there already and wants it brought up to date.
    """

    kuerzel: str
    name: str = ""
    ags: str = ""
    sortierung: int = 0
    admin_username: str = ""
    admin_email: str = ""
    admin_vorname: str = ""
    admin_nachname: str = ""
    bestellt_von: str = ""  # id of the operator whose form it was
    referenz: str = ""
    erneut: bool = False

    @classmethod
    def from_json(cls, daten: dict[str, Any]) -> Angaben:
        """From the JSON of an OnboardingLauf; unknown keys are ignored."""
        known = {key: daten[key] for key in cls.__slots__ if key in daten and daten[key] is not None}
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """For the JSON of an OnboardingLauf. Holds no password."""
        return {key: getattr(self, key) for key in self.__slots__}


StepFunction = Callable[[Tenant, Angaben, Report], None]


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One step of onboarding. `order`: 10 register, 20 schema, 30 tables, 40 rights, 80 host, 90 probe."""

    order: int
    name: str
    run: StepFunction = field(compare=False)


@dataclass(frozen=True, slots=True, order=True)
class ReferenceLoader:
    """One set of reference data of the shared schema; `load()` upserts it and says how many rows it has."""

    order: int
    name: str
    load: Callable[[], int] = field(compare=False)


_steps: dict[str, Step] = {}
_loaders: dict[str, ReferenceLoader] = {}
_completions: dict[str, Callable[[Angaben], None]] = {}
_checks: dict[str, Callable[[Angaben], None]] = {}
_files: dict[str, Callable[[str], int]] = {}
_gaps: dict[str, Callable[[list[Tenant]], dict[str, str]]] = {}


def _key(function: Callable) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def onboarding_step(*, order: int, name: str) -> Callable[[StepFunction], StepFunction]:
    """Register `(tenant, angaben, report) -> None`. It runs as the owner, inside the one transaction, and
    must be repeatable. Rows of the tenant are written inside `tenants.context.in_tenant`.
    """

    def register(function: StepFunction) -> StepFunction:
        _steps[_key(function)] = Step(order, name, function)
        return function

    return register


def reference_data(*, order: int, name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a loader of shared reference data for `manage.py load_reference`."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        _loaders[_key(function)] = ReferenceLoader(order, name, function)
        return function

    return register


def completes_angaben(function: Callable[[Angaben], None]) -> Callable[[Angaben], None]:
    """Register a function that fills blank fields of `Angaben` before the first step."""
    _completions[_key(function)] = function
    return function


def checks_angaben(function: Callable[[Angaben], None]) -> Callable[[Angaben], None]:
    """Register a function that raises `OnboardingFehler` for completed `Angaben` that an app cannot work with."""
    _checks[_key(function)] = function
    return function


def reference_file(function: Callable[[str], int]) -> Callable[[str], int]:
    """Register what takes the text of a reference file, keeps it and says how many rows it had."""
    _files[_key(function)] = function
    return function


def finds_gaps(function: Callable[[list[Tenant]], dict[str, str]]) -> Callable[[list[Tenant]], dict[str, str]]:
    """Register what says in German which reference data an office lacks, by kuerzel. Runs in an operator's page: a
    fixed number of statements, whatever the number of offices.
    """
    _gaps[_key(function)] = function
    return function


def list_gaps(tenants: list[Tenant]) -> dict[str, list[str]]:
    """Which reference data these offices lack, by kuerzel; who lacks nothing is not in it."""
    found: dict[str, list[str]] = {}
    for function in _gaps.values():
        for kuerzel, text in function(tenants).items():
            found.setdefault(kuerzel, []).append(text)
    return found


def check(angaben: Angaben) -> None:
    """Ask every app whether it can work with completed details; raises `OnboardingFehler`."""
    for function in _checks.values():
        function(angaben)


def take_reference_file(text: str) -> int:
    """Hand a reference file to whoever reads such files; raises `OnboardingFehler`. Owner process only."""
    return sum(function(text) for function in _files.values())


def steps() -> list[Step]:
    """All steps in their order."""
    return sorted(_steps.values())


def loaders() -> list[ReferenceLoader]:
    """All loaders of reference data in their order."""
    return sorted(_loaders.values())


def complete(angaben: Angaben) -> None:
    """Fill blank fields from whatever the apps know."""
    for function in _completions.values():
        function(angaben)
