"""`make setup` installs once: the same list is never fetched or installed a second time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from deploy import environment

#: Stands in for the Python of a .venv: notes what it was asked, and can do everything.
PYTHON = '#!/bin/sh\necho "$*" >> "{asked}"\n'


@pytest.fixture
def asked(tmp_path, monkeypatch) -> Path:
    """A project with an empty list of requirements, and what its .venv was asked to do."""
    note = tmp_path / "asked"

    def make() -> None:
        python = tmp_path / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON.format(asked=note))
        python.chmod(0o755)
        with note.open("a") as file:
            file.write("venv\n")

    (tmp_path / "requirements").mkdir()
    for wanted in ("base", "dev"):
        (tmp_path / "requirements" / f"{wanted}.txt").write_text(f"# {wanted}\n")
    monkeypatch.setattr(environment, "PROJECT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "_make", make)
    return note


def _steps(asked: Path) -> list[str]:
    """What was made or installed; that the Python was asked whether it works is no step."""
    lines = asked.read_text().splitlines()
    asked.write_text("")
    return [" ".join(line.split()[:3]) for line in lines if not line.startswith("-c ")]


@pytest.mark.parametrize("wanted", ["base", "dev"])
def test_fill__installs_once_and_anew_only_when_the_list_has_changed(asked, tmp_path, capsys, wanted):
    assert environment.fill(wanted)
    assert _steps(asked) == ["venv", "-m pip install"]
    capsys.readouterr()

    assert not environment.fill(wanted)
    assert _steps(asked) == [], "nothing is made or installed a second time"
    assert capsys.readouterr().out == ""

    (tmp_path / "requirements" / f"{wanted}.txt").write_text("# another list\n")
    assert environment.fill(wanted)
    assert _steps(asked) == ["-m pip install"], "the environment stays, its list is installed"


def test_fill__that_failed_is_done_again(asked, tmp_path):
    environment._make()
    environment.PYTHON.write_text(PYTHON.format(asked=asked) + 'case "$*" in *install*) exit 1;; esac\n')
    with pytest.raises(environment.SetupError, match="could not be installed"):
        environment.fill("base")
    environment.PYTHON.write_text(PYTHON.format(asked=asked))
    _steps(asked)
    assert environment.fill("base")
    assert _steps(asked) == ["-m pip install"]


def test_main__says_what_is_missing_without_a_trace(monkeypatch, capsys):
    monkeypatch.setattr(environment, "OLDEST", (sys.version_info.major + 1, 0))
    monkeypatch.setattr(sys, "argv", ["environment", "base"])
    assert environment.main() == 1
    assert "or newer is needed" in capsys.readouterr().err
