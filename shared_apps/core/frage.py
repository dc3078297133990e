"""The page that asks before something happens: one shape and one behaviour for every app.

GET shows what will happen and what it needs to know; POST does it and leads on. What is refused brings the page back
with everything that was typed: a broken rule (422) at its field; a state that has moved on meanwhile (409) or a right
that is missing (403) at its top. `ask` has one button, `decide` one for each answer. A question of `ask` without a
field has nothing to keep: it leads back and says why there, unless its own page says why already (`unmoeglich`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.seite import has_draft, is_just_opened, show_error, status_of

#: Name of the buttons of `decide`; the value says which was pressed.
ENTSCHEIDUNG = "entscheidung"
WAEHLEN = "Bitte wählen Sie, wie Sie entscheiden."
#: Over what was sent too late.
UNGESPEICHERT = "Ihre Eingabe, nicht gespeichert"
#: Above a draft of an answer that is not offered any more.
VORBEI = "Absenden lässt sie sich hier nicht mehr. Sie können den Text kopieren."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frage:
    """The words of the page, and the way back (components/confirm.html shows them in this order)."""

    title: str
    action_label: str = ""
    """On the button of `ask`."""
    back: str
    back_label: str = "Zurück"
    """On the link of `decide` that leads back."""
    breadcrumb: Sequence[Mapping[str, str]]
    text: str = ""
    level: str = ""
    """"danger" for what cannot be taken back or takes something away."""
    items: Sequence[Any] = ()
    achtung: Mapping[str, Any] | None = None
    """What the deed touches that she may not have in mind: title, text, zeilen, folge."""
    hindernisse: Sequence[Any] = ()
    """What has to be ended first; when it is just opened, the page then offers no button."""
    hinweise: Sequence[Any] = ()
    unmoeglich: str = ""
    """Why it cannot be done as things are now; the page then says so and offers no button."""
    template: str = ""
    """The page's own template, which extends core/frage.html or, for `decide`, core/entscheidung.html."""
    kontext: Mapping[str, Any] = field(default_factory=dict)
    """For that template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weg:
    """One answer to a question that has several: its button, what it needs to know, what it does.

    Answers that name the same form share it: its fields once, and a button for each of them below.
    """

    label: str
    work: Callable[[dict[str, Any]], Any]
    """Gets the cleaned data of the form, or nothing."""
    done: str | Callable[[Any], str] = ""
    """The message afterwards; a function gets what `work` returned. So does `leads`, where to go; by default, back."""
    leads: str | Callable[[Any], str] = ""
    shows: Callable[[Any], HttpResponse] | None = None
    """Instead of both: the page that is shown once, such as a link that is stored nowhere."""
    form: forms.Form | None = None
    title: str = ""
    """Heading above the form; none where it would only repeat the button."""
    text: str = ""
    level: str = ""
    """"danger" for what takes something away; "leise" for what is possible, and not what is asked for first."""
    offered: bool = True
    """Whether there is a button. If it is sent anyway (it was there when she opened the page), the service decides."""


def ask(
    request: HttpRequest,
    frage: Frage,
    *,
    work: Callable[[dict[str, Any]], Any],
    done: str | Callable[[Any], str],
    leads: str | Callable[[Any], str] = "",
    form: forms.Form | None = None,
    shown: Callable[[], object] | None = None,
    first: Callable[[dict[str, Any]], Frage | None] | None = None,
) -> HttpResponse:
    """Show the question, or do it: `work` gets the cleaned data.

    `first` looks at them before: a question that it returns is shown once more with what is typed, such as an amount
    that follows from it; None goes on. What it refuses is refused.

    `done` is said afterwards and `leads` is where it goes on, each by itself or made of what `work` returned; without
    `leads` it goes back. `shown` is called whenever the page is shown.
    """
    refused: forms.Form | None = None
    if request.method == "POST" and (form is None or form.is_valid()):
        weg = Weg(label=frage.action_label, work=work, done=done, leads=leads, form=form)
        try:
            noch = first(form.cleaned_data) if first is not None and form is not None else None
            if noch is None:
                return _go(request, frage, weg)
            frage = noch
        except SojusError as error:
            refused = form if form is not None and form.visible_fields() else forms.Form({})
            if refused is not form and not frage.unmoeglich:
                messages.error(request, error.message)
                return redirect(frage.back)
            show_error(error, refused)
    if shown is not None:
        shown()
    waits = bool(frage.hindernisse) and is_just_opened(request)
    context = _context(frage) | {"form": form, "refused": refused, "waits": waits}
    return render(request, frage.template or "core/frage.html", context, status=status_of(refused or form))


def answered(request: HttpRequest, *answers: str) -> QueryDict | None:
    """What was sent with one of these answers; None otherwise. For the form of some of the answers only."""
    return request.POST if request.POST.get(ENTSCHEIDUNG) in answers else None


def decide(
    request: HttpRequest, frage: Frage, wege: Mapping[str, Weg], *, shown: Callable[[], object] | None = None
) -> HttpResponse:
    """`ask` with several answers, by the value of their button. What is refused always comes back with the page.

    Opened with a draft, it also shows the forms of answers that are not offered any more, without a button: one of them
    is filled with what she typed, to be read and copied.
    """
    refused: forms.Form | None = None
    pressed: Weg | None = None
    if request.method == "POST":
        pressed = wege.get(request.POST.get(ENTSCHEIDUNG, ""))
        refused = (pressed.form if pressed else None) or forms.Form({})
        if pressed is None:
            show_error(RegelVerletzt(WAEHLEN), refused)
        elif refused.is_valid():
            try:
                return _go(request, frage, pressed)
            except SojusError as error:
                show_error(error, refused)
    if shown is not None:
        shown()
    context = _context(frage) | {
        "refused": refused,
        "gruppen": _group(wege, pressed, has_draft(request)),
        "entscheidung": ENTSCHEIDUNG,
    }
    return render(request, frage.template or "core/entscheidung.html", context, status=status_of(refused))


def _go(request: HttpRequest, frage: Frage, weg: Weg) -> HttpResponse:
    result = weg.work(weg.form.cleaned_data if weg.form is not None else {})
    if weg.shows is not None:
        return weg.shows(result)
    messages.success(request, weg.done if isinstance(weg.done, str) else weg.done(result))
    return redirect((weg.leads if isinstance(weg.leads, str) else weg.leads(result)) or frage.back)


def _group(wege: Mapping[str, Weg], pressed: Weg | None, is_draft: bool) -> list[dict[str, Any]]:
    """The forms to show, each with its buttons; what was sent too late is shown as text, or it would be lost."""
    gruppen: list[dict[str, Any]] = []
    for value, weg in wege.items():
        is_late = is_draft and weg.form is not None
        if not weg.offered and not is_late and (weg is not pressed or not _has_text(weg.form)):
            continue
        gruppe = next((g for g in gruppen if weg.form is not None and g["form"] is weg.form), None)
        if gruppe is None:
            title, text = (weg.title, weg.text) if weg.offered else (UNGESPEICHERT, VORBEI if is_late else "")
            title = "" if title == weg.label else title
            gruppe = {"form": weg.form, "title": title, "text": text, "knoepfe": [], "entwurf": is_late}
            gruppen.append(gruppe)
        if weg.offered:
            gruppe["knoepfe"].append({"value": value, "label": weg.label, "level": weg.level})
    return gruppen


def _has_text(form: forms.Form | None) -> bool:
    return form is not None and any(field.value() for field in form.visible_fields())


def _context(frage: Frage) -> dict[str, Any]:
    words = {feld.name: getattr(frage, feld.name) for feld in fields(frage) if feld.name not in {"kontext", "template"}}
    return words | dict(frage.kontext) | {"cancel_url": frage.back}
