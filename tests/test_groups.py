"""Tests of one `xdist_group` run on one worker, as the Makefile's runs promise.

Such groups share what only one may touch: the cluster's roles, a port, a world that takes a minute to make. When the
promise breaks, nothing says so: runs get slower and go red by chance (pytest 9.2 with xdist 3.8 did that).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SIX_TESTS = """
import pathlib, pytest

@pytest.mark.parametrize("number", range(6))
@pytest.mark.xdist_group("{group}")
def test_where(number, worker_id):
    with (pathlib.Path(__file__).parent / "{group}.txt").open("a") as file:
        print(worker_id, file=file)
"""
GROUPS = ("one", "two")
ROOT = Path(__file__).resolve().parents[1]


def test_tests_of_a_group_run_on_one_worker(tmp_path: Path) -> None:
    for group in GROUPS:
        (tmp_path / f"test_{group}.py").write_text(SIX_TESTS.format(group=group), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    options = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", "-p", "no:django", "-p", "tests.times")
    ours = ("PYTEST_", "DJANGO_", "SOJUS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )

    assert run.returncode == 0, run.stdout + run.stderr

    for group in GROUPS:
        workers = (tmp_path / f"{group}.txt").read_text(encoding="utf-8").split()
        assert len(workers) == 6
        assert len(set(workers)) == 1, f"the tests of group {group} ran on {set(workers)}"
