"""Every variable that the portal reads is one an operator finds in the README, and reaches a container."""

from __future__ import annotations

import ast
import re

import pytest
import yaml
from django.conf import global_settings

from deploy.embedded_postgres import PROJECT
from tests.architecture.tree import python_files, text

#: Read, and not for an operator.
NOT_HERS = {
    "SOJUS_DB_MODE": "units and commands set it: which login a process takes",
    "SOJUS_ENV": "production is the default, as the text above the table says",
    "SOJUS_DEBUG": "refused in production",
    "SOJUS_FIXED_TODAY": "a demo or a test with a day of its own",
    "SOJUS_PUBLIC_PORT": "the demo's address",
    "SOJUS_PUBLIC_SCHEME": "the demo's address",
}
HOW = "{0}: add a row to `Production settings` in README.md (or say in NOT_HERS why no operator needs it)."


#: Settings of libraries; they read them by these names.
OF_LIBRARIES = re.compile(
    r"REST_FRAMEWORK|SPECTACULAR_SETTINGS|TENANT_(DOMAIN_)?MODEL|(PROCRASTINATE|GUARDIAN|WHITENOISE)_\w+"
    r"|ANONYMOUS_USER_NAME|CONTENT_SECURITY_POLICY"
)


def _settings() -> dict[str, str]:
    """Ours, by name: the module that sets it."""
    return {
        target.id: file.name
        for file in sorted((PROJECT / "config" / "settings").glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.isupper()
        if not hasattr(global_settings, target.id) and not OF_LIBRARIES.fullmatch(target.id)
    }


def _read() -> set[str]:
    found: set[str] = set()
    for file in [*(PROJECT / "config" / "settings").glob("*.py"), PROJECT / "config" / "env.py"]:
        found |= set(re.findall(r'"(SOJUS_[A-Z0-9_]+)"', file.read_text(encoding="utf-8")))
    return found


def _documented() -> set[str]:
    """Names of the first column; `_PORT` behind `SOJUS_SMTP_HOST` is `SOJUS_SMTP_PORT`."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8").partition("## Production settings")[2]
    found: set[str] = set()
    for row in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE):
        head = ""
        for name in re.findall(r"`([A-Z0-9_]+)`", row):
            head = head if name.startswith("_") else name.rpartition("_")[0]
            found.add(head + name if name.startswith("_") else name)
    return found


@pytest.mark.parametrize("name", sorted(_read() - set(NOT_HERS)))
def test_operator_finds_it_in_the_readme(name: str) -> None:
    assert name in _documented(), HOW.format(name)


@pytest.mark.parametrize("name", sorted(_settings()))
def test_some_code_reads_it(name: str) -> None:
    """`settings.NAME`, by name in a string, or in the settings themselves."""
    deploy = [path.relative_to(PROJECT) for path in (PROJECT / "deploy").rglob("*.py")]
    used = re.compile(rf"\bsettings\.{name}\b|[\"']{name}[\"']")
    within = [text(path) for path in python_files() if path.parts[:2] == ("config", "settings")]
    assert sum(len(re.findall(rf"\b{name}\b", source)) for source in within) > 1 or any(
        used.search(text(path)) for path in (*python_files(), *deploy)
    ), f"config/settings/{_settings()[name]}: use settings.{name} where it is for, or take it out"


def test_settings_are_found() -> None:
    assert {"RESERVIERUNG_TAGE", "PRUEFUNG_TAGE", "PORTAL_HOST"} <= set(_settings())


def test_nothing_is_promised_that_nobody_reads() -> None:
    ours = {name for name in _documented() if name.startswith("SOJUS_")}
    assert ours - {f"{name}_FILE" for name in _read()} <= _read()
    assert set(NOT_HERS) <= _read()


def test_container_takes_every_setting_from_a_file() -> None:
    """What compose.yaml does not name comes from app.env, so a new setting needs no line there."""
    compose = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    services = {name: service for name, service in compose["services"].items() if "SOJUS_ENV" in str(service)}
    assert {"web", "worker", "migrate"} <= set(services)
    assert all(service["env_file"] == [{"path": "app.env", "required": False}] for service in services.values())
