"""Prints the figures of the last security run, and keeps them in docs/security.md.

python -m tests.security.report            # print
python -m tests.security.report --write    # and put them between the marks of docs/security.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.security.figures import read_figures

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- figures: begin (make security writes here) -->", "<!-- figures: end -->"


def rows() -> list[tuple[str, str, str]]:
    """(name, value with unit, time in UTC) of each figure, by name."""
    figures = read_figures()
    return [(name, f"{f['value']} {f['unit']}".strip(), str(f["at"])[:16]) for name, f in sorted(figures.items())]


def as_markdown() -> str:
    """The table as it is in docs/security.md."""
    lines = ["| what | figure | measured (UTC) |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {name} | {value} | {at} |" for name, value, at in rows()])


def write(text: str, table: str) -> str:
    """`text` with the part between the marks replaced. Raises ValueError when a mark is missing."""
    head, _, rest = text.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise ValueError(f"{DOCUMENT.name} lacks its marks")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def main(arguments: list[str]) -> int:
    """Exit code 1 when there is no figure at all."""
    found = rows()
    width = max((len(name) for name, _, _ in found), default=0)
    for name, value, _ in found:
        print(f"{name:<{width}}  {value}")
    if "--write" in arguments and found:
        DOCUMENT.write_text(write(DOCUMENT.read_text(encoding="utf-8"), as_markdown()), encoding="utf-8")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
