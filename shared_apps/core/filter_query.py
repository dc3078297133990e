"""Which parts of a filter's form may be in a list's address, and what an address says that a list does not know."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest

#: Every list knows them: its page, the row it goes on after, its order, a file instead of a page, a kept draft.
_IMMER = frozenset({"seite", "nach", "sort", "format", "entwurf"})
_NAME = re.compile(r"[\w-]{1,30}")
#: A mistyped date stays, so that the list can say what is wrong with it; a name or a case number never looks so.
_MISTYPED_DATE = re.compile(r"[\d.\-/]{1,10}")


def build_filter_query(form: Form, data: Mapping[str, str], sortierungen: Collection[str]) -> dict[str, str]:
    """Name and value of every filter the form accepts, without `q` (kept separately, docs/security.md), plus the order.

    Whatever else was sent does not reach the address: not what a choice does not know, not an unknown order.
    """
    form.is_valid()
    query = {
        name: data[name]
        for name in form.fields
        if name != "q" and data.get(name) and (name not in form.errors or _MISTYPED_DATE.fullmatch(data[name]))
    }
    if data.get("sort", "").removeprefix("-") in sortierungen:
        query["sort"] = data["sort"]
    return query


def warn_ignored(
    request: HttpRequest,
    form: Form | None = None,
    *,
    bekannt: Mapping[str, Collection[str] | None] | None = None,
    sortierungen: Collection[str] | None = None,
    zeigt_fehler: bool = False,
) -> None:
    """Tell the reader which parts of the address her list ignores: a wrong list that looks right misleads.

    `bekannt`: parameters beside the form's, with the values there are (None: any); one that the form has and the
    address may not set is given as an empty collection. `zeigt_fehler`: the page shows the form's own errors.
    Values are never repeated: a name that somebody typed there stays out of sight.
    """
    bekannt = bekannt or {}
    fremd = []
    for name in request.GET:
        wert = request.GET.get(name, "")
        if name in bekannt:
            werte = bekannt[name]
            falsch = wert != "" and werte is not None and wert not in werte
        elif name == "sort" and sortierungen is not None:
            falsch = wert != "" and wert.removeprefix("-") not in sortierungen
        elif form is not None and name in form.fields:
            falsch = not zeigt_fehler and name != "sort" and name in form.errors
        else:
            falsch = name not in _IMMER
        if falsch:
            feld = form.fields.get(name) if form is not None else None
            label = "Reihenfolge" if name == "sort" else (feld and feld.label) or name
            fremd.append(f"„{label}“" if _NAME.fullmatch(name) else "eine unbekannte Angabe")
    if fremd:
        namen = ", ".join(dict.fromkeys(fremd[:5]))
        messages.warning(
            request, f"In der Adresse steht etwas, das diese Seite nicht kennt und nicht beachtet: {namen}."
        )
