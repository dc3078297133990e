"""Every job by the clock stands in deploy/README.md, so that an operator knows what has to run."""

from __future__ import annotations

import re

from procrastinate.contrib.django import app

from deploy.embedded_postgres import PROJECT

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


def test_long_kept_dump_leaves_the_keys_of_persons_out():
    dumps = [line for line in README.splitlines() if line.startswith("pg_dump")]
    assert len(dumps) == 2
    kept = [line for line in dumps if "may be kept long" in line]
    assert len(kept) == 1 and "--exclude-table-data='*.cases_personenschluessel'" in kept[0]
