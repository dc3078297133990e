"""What a newcomer or an operator takes from the repository holds what it promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.embedded_postgres import PROJECT

REQUIREMENTS = ["base", "dev"]
#: Steps of other commands, not commands.
INTERNAL_TARGETS = {"python", "address", "postgres", "postgres-test", "setup-base"}


def locked(name: str) -> dict[str, str]:
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_lock__pins_everything_with_hashes_and_names_no_index(name):
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    blocks = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n    --hash=[^\n]*)*", text, re.MULTILINE)
    assert len(blocks) > 30
    assert [block.split()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_lock__holds_what_is_declared():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    for name, wanted in (
        ("base", project["dependencies"]),
        ("dev", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        versions = locked(name)
        for line in wanted:
            requirement = Requirement(line)
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), line


def test_lock__dev_and_base_agree():
    base, dev = locked("base"), locked("dev")
    assert {name: dev.get(name) for name in base} == base


def test_make_help__lists_every_command():
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, re.MULTILINE)) - INTERNAL_TARGETS
    said = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  make ([a-z-]+) ", said, re.MULTILINE))
    assert listed == targets
    assert {"demo", "demo-stop", "demo-reset", "test", "token", "setup", "lock"} <= listed


def test_build_machine__calls_the_test_command():
    run = PROJECT / ".ci" / "run"
    assert run.stat().st_mode & 0o111
    assert "set -euo pipefail" in run.read_text()
    assert run.read_text().rstrip().endswith("make test")


def test_licence__is_complete():
    text = (PROJECT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [int(n) for n in re.findall(r"^(\d+)\. ?[A-Z]", text, re.MULTILINE)] == list(range(1, 16))
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text


def test_readme__speaks_of_commands_that_exist():
    readme = (PROJECT / "README.md").read_text()
    makefile = (PROJECT / "Makefile").read_text()
    for target in set(re.findall(r"`make ([a-z-]+)", readme)):
        assert f"\n{target}:" in makefile, f"README names `make {target}`"


def test_environment_examples__name_only_what_is_read():
    read = {"HTTPS_PROXY", "NO_PROXY"}  # by Python itself: `urllib.request.getproxies`, in shared_apps/oidc/calls.py
    assert "getproxies()" in (PROJECT / "shared_apps" / "oidc" / "calls.py").read_text()
    for file in [*(PROJECT / "config").rglob("*.py"), PROJECT / "deploy" / "gunicorn.conf.py"]:
        read |= set(re.findall(r'"([A-Z][A-Z0-9_]+)"', file.read_text()))
    for example in (PROJECT / "deploy" / "systemd").glob("*.env.example"):
        named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example.read_text(), re.MULTILINE))
        assert named
        assert named <= read, f"{example.name}: {named - read} is read by nobody"


def test_units__only_those_that_migrate_or_onboard_read_the_owners_file():
    folder = PROJECT / "deploy" / "systemd"
    readers = {unit.name for unit in folder.glob("*.service") if "owner.env" in unit.read_text()}
    assert readers == {"sojus-migrate.service", "sojus-betrieb.service", "sojus-backup.service"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_units__are_valid(tmp_path):
    for unit in (PROJECT / "deploy" / "systemd").glob("sojus*"):
        # the program must exist for the check; that it is in /opt is the operator's business
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/sojus/.venv/bin/python", sys.executable))
    units = sorted(tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "sojus" in line]
    assert ours == []


def test_units__a_backup_is_made_each_night_with_the_arguments_the_command_takes():
    from tenants.door.offices import OFFICES_BEHIND
    from tenants.management.commands.backup import Command as Backup

    timer = (PROJECT / "deploy" / "systemd" / "sojus-backup.timer").read_text()
    assert "OnCalendar=*-*-* 04:30:00" in timer and "Persistent=yes" in timer
    unit = _unit("backup")
    assert unit["Type"] == ["oneshot"] and unit["ReadWritePaths"] == ["/srv/sicherung /srv/schluessel"]
    folders = dict(word.split("=") for word in unit["Environment"][0].split())
    words = re.sub(r"\$\{(\w+)\}", lambda m: folders[m[1]], unit["ExecStart"][0]).split()
    # Done but for a named office: no second backup ten minutes later, and the unit stays seen as failed.
    assert (unit["Restart"], unit["RestartPreventExitStatus"]) == (["on-failure"], [str(OFFICES_BEHIND)])
    options = Backup().create_parser("manage.py", "backup").parse_args(words[words.index("backup") + 1 :])
    assert (str(options.nach), str(options.schluessel_nach)) == ("/srv/sicherung/daten", "/srv/schluessel")
    readme = (PROJECT / "deploy" / "README.md").read_text()
    assert "systemctl enable --now sojus-backup.timer" in readme and all(path in readme for path in folders.values())


def _unit(name: str) -> dict[str, list[str]]:
    text = (PROJECT / "deploy" / "systemd" / f"sojus-{name}.service").read_text()
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("name", ["web", "worker", "betrieb"])
def test_units__a_release_stops_nobody_and_starts_nobody_too_early(name):
    unit = _unit(name)
    assert "Requires" not in unit, "a restart of sojus-migrate would stop it"
    assert "sojus-migrate.service" in unit["Wants"][0] and "sojus-migrate.service" in unit["After"][0]
    assert unit["ExecStartPre"] == ["/opt/sojus/.venv/bin/python manage.py wait_for_migration"]
    assert unit["Restart"] == ["always"]


def test_units__a_migration_waits_for_the_database_and_one_office_stops_no_portal():
    from tenants.door.offices import OFFICES_BEHIND

    unit = _unit("migrate")
    assert "postgresql.service" in unit["After"][0]
    assert (unit["Restart"], unit["SuccessExitStatus"]) == (["on-failure"], [str(OFFICES_BEHIND)])
    compose = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text())["services"]["migrate"]
    assert f"migrate_all || [ $$? -eq {OFFICES_BEHIND} ]" in compose["command"][-1]


def test_compose__gives_the_owners_login_to_the_fewest():
    services = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text())["services"]
    owners = {name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})}
    assert owners == {"migrate", "betrieb"}
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"], "only the proxy is reached from outside"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("terraform"), reason="no terraform on this machine")
def test_sizing_module__passes_its_own_tests(tmp_path):
    module = shutil.copytree(
        PROJECT / "terraform" / "modules" / "sojus", tmp_path / "sojus", ignore=shutil.ignore_patterns(".terraform*")
    )
    subprocess.run(["terraform", f"-chdir={module}", "init", "-backend=false"], capture_output=True, check=True)
    done = subprocess.run(
        ["terraform", f"-chdir={module}", "test", "-no-color"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout


def test_example__names_the_eight_offices_of_the_demo():
    from deploy.demo.run import OFFICES

    text = (PROJECT / "terraform" / "example" / "offices.tf").read_text()
    assert set(re.findall(r"^    ([A-Z]+) ", text, re.MULTILINE)) == set(OFFICES)


def test_programs__outside_django_use_the_standard_library_only():
    """They run on the machine's own Python, before anything is installed."""
    for name in ("embedded_postgres", "postgres_binaries", "environment", "browser", "bare_machine"):
        text = Path(PROJECT, "deploy", f"{name}.py").read_text()
        modules = set(re.findall(r"^(?:from|import) ([a-z0-9_]+)", text, re.MULTILINE)) - {"deploy"}
        assert modules <= set(sys.stdlib_module_names), name
