"""Which parts of an address a page does not know. `shared_apps.core.filter_query` asks for those with a form, too."""

from __future__ import annotations

from collections.abc import Collection, Mapping

#: Asks for what was typed here before her session ran out (`drafts`).
ENTWURF = "entwurf"
#: Every list knows them: its page, the row it goes on after, its order, a file instead of a page, a kept draft.
IMMER = frozenset({"seite", "nach", "sort", "format", ENTWURF})


def is_wrong(name: str, wert: str, bekannt: Mapping[str, Collection[str] | None]) -> bool:
    """Whether a page ignores this parameter that knows these, with the values there are (None: any)."""
    if name not in bekannt:
        return name not in IMMER
    werte = bekannt[name]
    return wert != "" and werte is not None and wert not in werte
