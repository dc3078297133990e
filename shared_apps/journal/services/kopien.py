"""The copies of the seals as a file: one JSON object a line, checksums only."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from shared_apps.journal.selectors import list_siegelkopien
from tenants.chain import Kopie


def publish_siegel(path: Path) -> int:
    """Write all copies; returns their number. The file is written beside and then put in place."""
    beside = path.with_suffix(path.suffix + ".neu")
    count = 0
    with beside.open("w", encoding="utf-8") as file:
        for kopie in list_siegelkopien().iterator(chunk_size=2000):
            line = {"mandant": kopie.mandant, "nummer": kopie.nummer, "pruefsumme": kopie.pruefsumme}
            file.write(json.dumps(line | {"zeit": kopie.created_at.isoformat()}) + "\n")
            count += 1
    beside.replace(path)
    return count


def get_siegel(path: Path) -> dict[str, dict[int, Kopie]]:
    """Mandant → number → copy."""
    found: dict[str, dict[int, Kopie]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["mandant"], {})[row["nummer"]] = Kopie(
            row["pruefsumme"], datetime.fromisoformat(row["zeit"]) if row.get("zeit") else None
        )
    return found
