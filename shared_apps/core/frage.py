"""The page that asks before something happens: one shape and one behaviour for every app.

GET shows what will happen and what it needs to know; POST does it and leads on. What is refused brings the page back
with everything that was typed: a broken rule (422) at its field; a state that has moved on meanwhile (409) or a right
that is missing (403) at its top. A question without a field has nothing to keep: it leads back and says why there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from shared_apps.core.errors import SojusError
from shared_apps.core.seite import show_error, status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Frage:
    """The words of the page, and the way back (components/confirm.html shows them in this order)."""

    title: str
    action_label: str
    back: str
    breadcrumb: Sequence[Mapping[str, str]]
    text: str = ""
    level: str = ""
    """"danger" for what cannot be taken back or takes something away."""
    items: Sequence[Any] = ()
    achtung: Mapping[str, Any] | None = None
    """What the deed touches that she may not have in mind: title, text, zeilen, folge."""
    hindernisse: Sequence[Any] = ()
    """What has to be ended first; before anything is sent, the page then offers no button."""
    hinweise: Sequence[Any] = ()
    unmoeglich: str = ""
    """Why it cannot be done as things are now; the page then says so and offers no button."""
    template: str = "core/frage.html"
    kontext: Mapping[str, Any] = field(default_factory=dict)
    """For a template of one's own."""


def ask(
    request: HttpRequest,
    frage: Frage,
    *,
    work: Callable[[dict[str, Any]], Any],
    done: str | Callable[[Any], str],
    leads: str | Callable[[Any], str] = "",
    form: forms.Form | None = None,
    shown: Callable[[], object] | None = None,
) -> HttpResponse:
    """Show the question, or do it: `work` gets the cleaned data.

    `done` is said afterwards and `leads` is where it goes on, each by itself or made of what `work` returned; without
    `leads` it goes back. `shown` is called whenever the page is shown.
    """
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            result = work(form.cleaned_data if form is not None else {})
        except SojusError as error:
            if form is None or not form.visible_fields():
                messages.error(request, error.message)
                return redirect(frage.back)
            show_error(error, form)
        else:
            messages.success(request, done if isinstance(done, str) else done(result))
            return redirect((leads if isinstance(leads, str) else leads(result)) or frage.back)
    if shown is not None:
        shown()
    return render(request, frage.template, _context(frage, form), status=status_of(form))


def _context(frage: Frage, form: forms.Form | None) -> dict[str, Any]:
    words = {feld.name: getattr(frage, feld.name) for feld in fields(frage) if feld.name not in {"kontext", "template"}}
    return words | dict(frage.kontext) | {"form": form, "cancel_url": frage.back}
