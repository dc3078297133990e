"""Figures of the security runs: printed for the reader, appended for `make security`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "var" / "security-figures.jsonl"


def figure(name: str, value: float | str, unit: str = "", *, part: str = "") -> None:
    """Print `name: value unit` past pytest's capture and append it to var/security-figures.jsonl.

    One JSON object per line: name, value, unit, part, at (UTC). The last line of a name counts; with `part`
    the last line of each part, added up (work that several processes share).
    """
    line = f"{name}{' ' + part if part else ''}: {value} {unit}".rstrip()
    print(f"FIGURE {line}", file=sys.__stdout__, flush=True)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"name": name, "value": value, "unit": unit, "part": part, "at": at}
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_figures() -> dict[str, dict[str, object]]:
    """The newest line of each name; parts added up."""
    if not FILE.exists():
        return {}
    records = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]
    newest = {(record["name"], record.get("part", "")): record for record in records}
    found: dict[str, dict[str, object]] = {}
    for (name, part), record in newest.items():
        before = found.get(name)
        both = before is not None and part and before.get("part")
        found[name] = record | {"value": before["value"] + record["value"]} if both else record
    return found
