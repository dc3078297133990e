"""What of a filter's form may stand in the address of its list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.forms import Form

#: A mistyped date stays, so that the list can say what is wrong with it; a name or a case number never looks so.
_MISTYPED_DATE = re.compile(r"[\d.\-/]{1,10}")


def build_filter_query(form: Form, data: Mapping[str, str], sortierungen: Collection[str]) -> dict[str, str]:
    """Name and value of every filter the form accepts, without `q` (kept aside, docs/security.md), plus the order.

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
