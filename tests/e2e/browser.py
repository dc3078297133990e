"""How the browser is started, and the two sizes everything must work at."""

from __future__ import annotations

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=de-DE",
    "--js-flags=--no-maglev --no-turbofan",  # a document lives for a look or two: no time to make code fast
]  # fmt: skip
DESK, PHONE = (1280, 900), (390, 844)
#: A4 upright with the browser's usual margins, in CSS pixels.
A4 = (718, 1_000)
