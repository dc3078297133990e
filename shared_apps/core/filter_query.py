"""Which parts of a filter's form may be in a list's address, and what an address says that a list does not know."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, QueryDict

from shared_apps.core.liste import without_page
from shared_apps.core.seite import ENTWURF

#: Every list knows them: its page, the row it goes on after, its order, a file instead of a page, a kept draft.
IMMER = frozenset({"seite", "nach", "sort", "format", ENTWURF})
_KENNUNG = re.compile(r"[\da-fA-F-]{32,36}")
#: What their values look like; the order has names of its own.
_IMMER_SO = {"seite": re.compile(r"\d{1,9}"), "nach": _KENNUNG, "format": re.compile("csv"), ENTWURF: _KENNUNG}
_NAME = re.compile(r"[\w-]{1,30}")
#: A mistyped date stays, so that the list can say what is wrong with it; a name or a case number never looks so.
_MISTYPED_DATE = re.compile(r"[\d.\-/]{1,10}")


#: What waits for the person who reads the list, as her start page counts it.
MEINE = "meine"
NUR_MEINE = (("", "alle"), (MEINE, "wartet auf Sie"))


class FilterForm(Form):
    """What a list is narrowed to. What is not a choice is ignored: `warn_ignored` tells the reader."""

    def values(self) -> dict[str, Any]:
        """What was asked for, by field; "" where nothing was, or nothing that there is."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


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


def note_ignored(
    request: HttpRequest,
    form: Form | None = None,
    *,
    bekannt: Mapping[str, Collection[str] | None] | None = None,
    sortierungen: Collection[str] | None = None,
    verworfen: Collection[str] = (),
    zeigt_fehler: bool = False,
) -> list[str]:
    """Note which parts of the address this page ignores, so that its links leave them out; return their names for a
    message.

    `bekannt`: parameters beside the form's, with the values there are (None: any); one that the form has and the
    address may not set is given as an empty collection. `verworfen`: what the page has found wrong by itself, and
    says so. `zeigt_fehler`: the page shows the form's own errors. Neither is named again, both are left out of links.
    Values are never repeated: a name that somebody typed there stays out of sight.
    """
    bekannt = bekannt or {}
    fremd, ignored = [], set()
    for name in request.GET:
        wert = request.GET.get(name, "")
        ist_gesagt = name in verworfen
        if ist_gesagt:
            falsch = True
        elif name == "sort" and name not in bekannt and sortierungen is not None:
            falsch = wert != "" and wert.removeprefix("-") not in sortierungen
        elif form is not None and name in form.fields and name not in bekannt:
            falsch = name != "sort" and name in form.errors
            ist_gesagt = zeigt_fehler
        else:
            falsch = _is_wrong(name, wert, bekannt)
        if falsch or (name == "sort" and sortierungen is None and not (form and _is_right(form, name))):
            ignored.add(name)  # an order that the page does not have is no mistake worth a word
        if falsch and not ist_gesagt:
            feld = form.fields.get(name) if form is not None else None
            label = "Reihenfolge" if name == "sort" else (feld and feld.label) or name
            fremd.append(f"„{label}“" if _NAME.fullmatch(name) else "eine unbekannte Angabe")
    request.ignored = frozenset(ignored)
    request.mehrfach = frozenset(_list_mehrfache(form))
    return fremd


def _list_mehrfache(form: Form | None) -> list[str]:
    """Fields of the filter of which several may be chosen."""
    felder = form.fields.items() if form is not None else ()
    return [name for name, feld in felder if getattr(feld.widget, "allow_multiple_selected", False)]


def _is_wrong(name: str, wert: str, bekannt: Mapping[str, Collection[str] | None]) -> bool:
    """Whether a page ignores this parameter that knows these, with the values there are (None: any)."""
    if name not in bekannt:
        return name not in IMMER
    werte = bekannt[name]
    return wert != "" and werte is not None and wert not in werte


def _is_right(form: Form, name: str) -> bool:
    return name in form.fields and name not in form.errors


def warn_ignored(request: HttpRequest, form: Form | None = None, **known: Any) -> None:
    """Tell the reader which parts of the address her list ignores: a wrong list that looks right misleads.

    Takes what `note_ignored` takes.
    """
    if fremd := note_ignored(request, form, **known):
        namen = ", ".join(dict.fromkeys(fremd[:5]))
        messages.warning(
            request, f"In der Adresse steht etwas, das diese Seite nicht kennt und nicht beachtet: {namen}."
        )


def kept_query(request: HttpRequest) -> QueryDict:
    """What a page's links carry on of its address: only what the page knows, never what somebody typed beside it.

    A page that has not said what it ignores has no filter. Of a parameter that is given twice the last one is judged,
    and carried on alone, unless the filter takes several.
    """
    query = request.GET.copy()
    ignored: frozenset[str] | None = getattr(request, "ignored", None)
    for name in set(query) - (IMMER - {"sort"}) if ignored is None else ignored:
        query.pop(name, None)
    for name in list(query):
        wert = str(query.get(name, ""))
        if name in _IMMER_SO and not _IMMER_SO[name].fullmatch(wert):
            query.pop(name)
        elif name not in getattr(request, "mehrfach", ()):
            query[name] = wert
    return query


def build_url_without(request: HttpRequest, *names: str) -> str:
    """Address of the list with all its filters but these, from its first page on."""
    query = without_page(kept_query(request))
    for name in names:
        query.pop(name, None)
    return f"?{query.urlencode()}"
