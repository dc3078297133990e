"""Which browser, how it is started, and the two sizes everything must work at."""

from __future__ import annotations

import os
import shutil

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=de-DE",
]  # fmt: skip
DESK, PHONE = (1280, 900), (390, 844)


def find_browser() -> str | None:
    """The browser `make test` has found, or Debian's."""
    chosen = os.environ.get("SOJUS_CHROMIUM") or "/usr/bin/chromium"
    return shutil.which(chosen)
