"""How large each attack is: small in `make test`, large in `make security`. The numbers are here and nowhere else.

python -m tests.security.sizes            # what `make security` sets; what is set already stays as it is
python -m tests.security.sizes --write    # write the table of docs/adr/0022 again
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "adr" / "0022-attacks-in-the-tests.md"
BEGIN, END = "<!-- sizes: begin (python -m tests.security.sizes --write) -->", "<!-- sizes: end -->"
CRAWL = "SOJUS_CRAWL"
#: SOJUS_CRAWL=full: eight offices, all plans, hours of hammering. Otherwise a sample.
FULL = os.environ.get(CRAWL) == "full"


@dataclass(frozen=True, slots=True)
class Size:
    """One attack: what is counted, how many of it, where. With a setting of its own, or with SOJUS_CRAWL=full."""

    what: str
    small: int | str
    large: int | str
    file: str
    setting: str = CRAWL

    @property
    def number(self) -> int:
        """How many in this run."""
        chosen = self.large if FULL else self.small
        return int(chosen if self.setting == CRAWL else os.environ.get(self.setting) or self.small)


_CRAWLER = "tests/security/test_crawler.py"
OFFICES = Size("offices of the crawled world", 3, 8, "tests/security/conftest.py")
DIRECT = Size("crawler: requests, one after the other", 1_800, 205_000, _CRAWLER)
POOLED = Size("crawler: requests through a pooler", 600, 60_000, _CRAWLER)
HAMMER = Size("crawler: requests all at once", 400, 4_000, _CRAWLER)
PEERS = Size("peers: made-up calls for each operation and peer", 4, 60, "tests/security/test_peers.py", "SOJUS_PEERS")
RACE = Size("last places fought for by 64 programs", 6, 50, "tests/api/test_race_for_last_place.py", "SOJUS_RACE")
KILLS = Size("workers killed with `kill -9`", 3, 25, "tests/tenants/jobs/test_worker_dies.py", "SOJUS_KILLS")
WORLDS = Size(
    "made-up offices whose figures are compared", 20, 80,
    "tests/tenant_apps/controlling/test_publish_monate__oracle.py", "SOJUS_WORLDS",
)  # fmt: skip
UPLOADS = Size(
    "damaged pictures and PDFs that are handed in, of each", 12, 1_500,
    "tests/shared_apps/core/uploads/test_annahme.py", "SOJUS_UPLOADS",
)  # fmt: skip
OFFERED = Size(
    "houses and offices that act in any order", 3, 60,
    "tests/tenant_apps/placements/test_offered_is_reserved__machine.py", "SOJUS_OFFERED",
)  # fmt: skip
MARKETS = Size(
    "made-up markets that are searched", 25, 1_000,
    "tests/tenant_apps/placements/test_search__oracle.py", "SOJUS_SUCHEN",
)  # fmt: skip
SIZES = (
    OFFICES, DIRECT, POOLED, HAMMER, PEERS, RACE, KILLS, WORLDS, UPLOADS, OFFERED, MARKETS,
    Size("errors that each view is made to fail with", "one, in turn", "all six", "tests/security/test_canaries.py"),
    Size("ids that each address is asked with", "its own kind, two others", "all there are",
         "tests/security/test_foreign_ids.py"),
    Size("people who ask for each page, entries counted", "who may", "everybody", "tests/security/test_read_log.py"),
    Size("hostile values for each field of the API", "in turn", "all", "tests/access/test_hostile_input.py"),
    Size("addresses before and after a case is sealed", "plain and one filter", "all filters",
         "tests/tenant_apps/cases/test_seal_hilfefall.py"),
    Size("characters that a letter has to draw", "edges and middle of each range", "all of all planes",
         "tests/shared_apps/core/test_pdf.py"),
)  # fmt: skip


def settings() -> dict[str, str]:
    """What `make security` sets, unless somebody has chosen another size."""
    large = {CRAWL: "full"} | {size.setting: str(size.large) for size in SIZES if size.setting != CRAWL}
    return {name: os.environ.get(name) or value for name, value in large.items()}


def table() -> str:
    """As it is in the document."""
    head = ["| what | `make test` | `make security` | set by | where |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(head + [_row(size) for size in SIZES])


def _row(size: Size) -> str:
    return f"| {size.what} | {_said(size.small)} | {_said(size.large)} | `{size.setting}` | `{size.file}` |"


def _said(size: int | str) -> str:
    return f"{size:,}" if isinstance(size, int) else size


def main(arguments: list[str]) -> int:
    if "--write" in arguments:
        head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        DOCUMENT.write_text(f"{head}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    else:
        print(" ".join(f"{name}={value}" for name, value in settings().items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
