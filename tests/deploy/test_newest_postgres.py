"""A run of the tests ends with a word about the newest supported PostgreSQL: run on it, or loudly not."""

from __future__ import annotations

import os
import subprocess

import pytest

from deploy import newest_postgres, postgres_binaries
from deploy.embedded_postgres import PROJECT, Cluster, EmbeddedPostgresError


class Stand:
    """Stands in for a cluster of PostgreSQL 18 and notes what was done with it."""

    def __init__(self, *, at_hand: bool = True, running: bool = False, broken: bool = False) -> None:
        self.at_hand, self.running, self.broken = at_hand, running, broken
        self.done: list[str] = []

    def is_at_hand(self) -> bool:
        return self.at_hand

    def is_running(self) -> bool:
        return self.running

    def start(self) -> str:
        self.done.append("start")
        if self.broken:
            raise EmbeddedPostgresError("no room on the disk")
        return "postgres://eighteen"

    def stop(self) -> bool:
        self.done.append("stop")
        return True


def _prove(cluster: Stand, *, used: int = 15, code: int = 0) -> tuple[int, str, list[str]]:
    """(exit code, what was said, what ran)."""
    said: list[str] = []
    ran: list[str] = []

    def tests(url: str, folders: list[str]) -> int:
        ran.extend([url, *folders])
        return code

    end = newest_postgres.prove(18, ["tests/isolation"], used=used, cluster=cluster, tests=tests, say=said.append)
    return end, "\n".join(said), ran


def test_prove__where_it_is_not_at_hand_says_so_loudly_and_fetches_nothing():
    cluster = Stand(at_hand=False)
    code, said, ran = _prove(cluster)
    assert (code, ran, cluster.done) == (0, [], [])
    assert "POSTGRESQL 18 NOT RUN: the tests above ran on 15 only." in said
    assert "make test-postgres MAJOR=18" in said
    assert said.startswith("****") and said.endswith("****")


def test_prove__where_it_is_at_hand_runs_the_walls_on_it_and_stops_it_again():
    cluster = Stand()
    code, said, ran = _prove(cluster)
    assert (code, ran) == (0, ["postgres://eighteen", "tests/isolation"])
    assert cluster.done == ["start", "stop"]
    assert "POSTGRESQL 18: tests/isolation passed" in said


def test_prove__a_red_test_there_is_a_red_run():
    code, said, _ = _prove(Stand(), code=1)
    assert code == 1
    assert "POSTGRESQL 18: tests/isolation FAILED" in said


def test_prove__a_server_that_does_not_start_is_a_red_run_too():
    code, said, ran = _prove(Stand(broken=True))
    assert (code, ran) == (1, [])
    assert "no room on the disk" in said


def test_prove__what_ran_before_goes_on_running():
    cluster = Stand(running=True)
    _prove(cluster)
    assert cluster.done == ["start"]


def test_prove__nothing_runs_twice_when_the_tests_ran_on_it():
    cluster = Stand()
    code, said, ran = _prove(cluster, used=18)
    assert (code, ran, cluster.done) == (0, [], [])
    assert "PostgreSQL 18: all tests above ran on it" in said


@pytest.mark.parametrize(("majors", "at_hand"), [([15], False), ([15, 18], True), ([], False)])
def test_cluster__is_at_hand_when_its_programs_lie_on_this_machine(tmp_path, monkeypatch, majors, at_hand):
    places = [postgres_binaries.Binaries(tmp_path, major) for major in majors]
    monkeypatch.setattr(postgres_binaries, "_on_this_machine", lambda fetched: iter(places))
    assert Cluster(test=True, project=tmp_path, major=18).is_at_hand() is at_hand


def _steps_of(*words: str) -> str:
    """What make would do, whatever the make was told that runs this test."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-n", "test", *words]
    return subprocess.run(command, cwd=PROJECT, env=alone, capture_output=True, text=True, check=True).stdout


def test_make_test__asks_it_at_its_end_and_a_narrow_run_does_not():
    whole = _steps_of()
    assert whole.index("-m pytest") < whole.index("deploy.newest_postgres 18 tests/isolation")
    assert "newest_postgres" not in _steps_of("TESTS=tests/config")
