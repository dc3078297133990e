"""What the views of every page share: the way back at its top, what was sent, and a refused rule at its field."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, QueryDict

from shared_apps.core.errors import SojusError

#: A word, or a word and where it leads.
Stufe = str | tuple[str, str]


def crumbs(*stufen: Stufe) -> list[dict[str, str]]:
    """The breadcrumb: start, then these. The last one is the page itself and leads nowhere, whatever it says."""
    items = [{"label": "Start", "url": "/"}]
    for stufe in stufen:
        label, url = (stufe, "") if isinstance(stufe, str) else stufe
        items.append({"label": label, "url": url} if url else {"label": label})
    items[-1].pop("url", None)
    return items


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None when it is only opened. A form built with it is bound exactly when something was sent."""
    return request.POST if request.method == "POST" else None


def show_error(error: SojusError, *formulare: forms.Form) -> None:
    """Put the message at the field it belongs to, in whichever form has it; else at the top of the first."""
    for form in formulare:
        if error.feld in form.fields:
            form.add_error(error.feld, error.message)
            return
    formulare[0].add_error(None, error.message)


def status_of(*formulare: forms.Form | None) -> int:
    """422 for a page that shows what is wrong with what was sent, else 200."""
    return 422 if any(form is not None and form.is_bound and form.errors for form in formulare) else 200
