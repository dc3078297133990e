"""Every scheduled job is in deploy/README.md, so that an operator knows what has to run."""

from __future__ import annotations

import re

from django.core.management import get_commands, load_command_class
from procrastinate.contrib.django import app

from deploy.embedded_postgres import PROJECT
from tenants.operations.backup.dump import kept_apart

README = (PROJECT / "deploy" / "README.md").read_text()
ROW = re.compile(r"^\| (?P<when>[^|]+) \| (?P<jobs>`[^|]+) \| (?P<worker>app|operator's) \|", re.MULTILINE)


def _named() -> dict[str, str]:
    return {
        job: "betrieb" if row["worker"] == "operator's" else "default"
        for row in ROW.finditer(README)
        for job in re.findall(r"`([\w.]+)`", row["jobs"])
    }


def test_every_job_by_the_clock_is_named_with_its_worker():
    app.perform_import_paths()
    jobs = {task.task.name: task.task.queue for task in app.periodic_registry.periodic_tasks.values()}
    assert "journal.verify" in jobs
    assert _named() == jobs


def test_every_command_of_backup_and_return_is_one_the_program_takes():
    """Followed literally: the lines of the section are parsed by the commands themselves."""
    section = README[README.index("## Backup and return") : README.index("## Turn the field keys")]
    lines = [line.split() for line in section.splitlines() if line.startswith(".venv/bin/python manage.py ")]
    assert {line[2] for line in lines} == {"backup", "restore", "release_bindung"} and len(lines) == 5
    for _, _, name, *words in lines:
        app = get_commands()[name]
        load_command_class(app, name).create_parser("manage.py", name).parse_args(words)
    assert "pg_restore --" not in section and "pg_dump --" not in section


def test_keys_of_persons_are_kept_apart():
    assert kept_apart() == ["cases_personenschluessel"]
