"""Figures of the security runs: printed for the reader, appended for `make security`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "var" / "security-figures.jsonl"


def figure(name: str, value: float | str, unit: str = "") -> None:
    """Print `name: value unit` past pytest's capture and append it to var/security-figures.jsonl.

    One JSON object per line: name, value, unit, at (UTC). The last line of a name counts.
    """
    line = f"{name}: {value} {unit}".rstrip()
    print(f"FIGURE {line}", file=sys.__stdout__, flush=True)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    record = {"name": name, "value": value, "unit": unit, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_figures() -> dict[str, dict[str, object]]:
    """The newest line of each name."""
    if not FILE.exists():
        return {}
    records = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {record["name"]: record for record in records}
