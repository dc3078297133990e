"""Every variable that the portal reads is one an operator finds in the README, and reaches a container."""

from __future__ import annotations

import re

import pytest
import yaml

from deploy.embedded_postgres import PROJECT

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
