"""Names beside each other, none of them twice: a house is often called as its provider, an offer as its house."""

from __future__ import annotations

from collections.abc import Iterable


def list_verschiedene(teile: Iterable[str | None], *, ausser: str = "") -> list[str]:
    """Those that say something, each once, whatever its capitals; `ausser`: what is written above them already."""
    gesehen, verschiedene = {"", ausser.strip().casefold()}, []
    for teil in teile:
        text = (teil or "").strip()
        if text.casefold() not in gesehen:
            gesehen.add(text.casefold())
            verschiedene.append(text)
    return verschiedene
