"""A commit states its effect in a line that fits, then the reason, and last its issue (CONTRIBUTING.md)."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.architecture.tree import ROOT

#: Commits after this one are asked; those before it stay as they are.
SINCE = "51aa665fae86de33047c48ad14841ae7bb1d7f45"
WIDTH = 72
ISSUE = re.compile(r"Issues? \d+(?:, \d+)*")
MEND = "git commit --amend, or git rebase -i for an older one, before it is on main"


def _git(*words: str) -> str | None:
    """What git says; None where it cannot: no git, an export without history, a shallow clone without that commit."""
    try:
        said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return said.stdout if said.returncode == 0 else None


def find_faults(message: str) -> list[str]:
    """What a message lacks."""
    subject, *rest = message.strip().split("\n")
    lines = [line for line in rest if line.strip()]
    faults = []
    if len(subject) > WIDTH:
        faults.append(f"the subject has {len(subject)} characters, {WIDTH} at most")
    if rest and rest[0].strip():
        faults.append("no empty line below the subject")
    if not lines or not ISSUE.fullmatch(lines[-1]):
        faults.append('the last line is not "Issue <number>"')
    elif len(lines) == 1:
        faults.append("no body that says why")
    return faults


def test_commits_say_effect_reason_and_issue():
    if _git("merge-base", "--is-ancestor", SINCE, "HEAD") is None:
        pytest.skip("this clone has no history that reaches back to the commit from which on messages are asked")
    said = _git("log", "--no-merges", "--format=%h%n%B%x00", f"{SINCE}..HEAD") or ""
    wrong = []
    for entry in filter(str.strip, said.split("\0")):
        short, _, message = entry.strip().partition("\n")
        wrong += [f"{short} {message.strip().splitlines()[0]!r}: {fault}" for fault in find_faults(message)]
    assert not wrong, "\n".join([*wrong, MEND])


@pytest.mark.parametrize(
    ("message", "faults"),
    [
        ("A month keeps its mark\n\nIt was lost when two wrote at once.\n\nIssue 8\n", 0),
        ("A month keeps its mark\n\nIt was lost.\n\nIssues 7, 8", 0),
        (f"{'A month' * 11}\n\nIt was lost.\n\nIssue 8", 1),
        ("A month keeps its mark\nIt was lost.\n\nIssue 8", 1),
        ("A month keeps its mark\n\nIt was lost. Issue 8", 1),
        ("A month keeps its mark\n\nIssue 8", 1),
        ("A month keeps its mark", 1),
    ],
)
def test_it_finds(message, faults):
    assert len(find_faults(message)) == faults
