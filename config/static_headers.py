"""Headers of static files, set by WhiteNoise."""

from __future__ import annotations


def add_static_headers(headers: dict[str, str], path: str, url: str) -> None:
    """Anybody may keep them (their names change with their content); no other site may embed them."""
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
