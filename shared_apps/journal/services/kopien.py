"""The copies of the seals as a file: one JSON object a line, checksums only."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from shared_apps.journal.selectors import list_siegelkopien
from tenants.trail.chain import Copies, Kopie


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


def get_copies(text: str) -> Copies:
    """Lines of a file, or of a mail around them: mandant → number → copy. A number with two checksums keeps both."""
    found: Copies = {}
    for line in text.splitlines():
        if not line.lstrip().startswith("{"):
            continue
        row = json.loads(line)
        zeit = datetime.fromisoformat(row["zeit"]) if row.get("zeit") else None
        copies = found.setdefault(row["mandant"], {}).setdefault(int(row["nummer"]), [])
        if all(known.summe != row["pruefsumme"] for known in copies):
            copies.append(Kopie(row["pruefsumme"], zeit))
    return found


def get_siegel(*paths: Path) -> Copies:
    """What these files hold together."""
    return get_copies("\n".join(path.read_text(encoding="utf-8") for path in paths))
