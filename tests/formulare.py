"""What a browser would send: the fields of a page's form as they are filled."""

from __future__ import annotations

from html import unescape
from re import findall


def gelesen(page: str, *, prefix: str = "") -> dict[str, str]:
    """The hidden field that says what the page has shown."""
    name = f"{prefix}-gelesen" if prefix else "gelesen"
    (value,) = findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    return {name: unescape(value)}
