"""What the views of every page share: the way back at its top, what was sent, a refused rule at its field, and the
buttons of the steps somebody may take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.gelesen import BearbeitenForm, Veraltet
from shared_apps.core.zustand import Beschriftet, Schritte

Z = TypeVar("Z", bound=Beschriftet)
A = TypeVar("A", bound=Beschriftet)

#: A word, or a word and where it leads.
Stufe = str | tuple[str, str]

#: In the address: asks for what was typed here before her session ran out (`tenant_apps.drafts`).
ENTWURF = "entwurf"
#: What the button of a form says: it takes effect at once, or not before somebody else has confirmed it. No page
#: types these words itself (`save_label`).
SPEICHERN, VORLEGEN = "Speichern", "Zur Bestätigung vorlegen"
#: Heading of a refusal that no other input would change.
NICHT_MOEGLICH = "Das ist nicht möglich"
#: Heading of one that a second look at the page resolves.
INZWISCHEN_GEAENDERT = "Inzwischen geändert"


@dataclass(frozen=True, slots=True)
class Knopf:
    """A button that leads to the page of a step."""

    route: str
    #: Empty: the word of the step.
    label: str = ""
    #: "danger": it takes something away. "leise": it can be done, and is not what is next.
    level: str = ""
    args: tuple[Any, ...] = ()

    @property
    def url(self) -> str:
        """Where it leads."""
        return reverse(self.route, args=self.args)


@dataclass(frozen=True, slots=True)
class Faltung:
    """Fields that most people leave empty, behind one line of the form that says what is there.

    A form names them in `faltungen`; `kern_form` shows them after the others, open when one of them is filled in or
    wrong.
    """

    titel: str
    felder: tuple[str, ...]


def save_label(*, wartet: bool) -> str:
    """The button of a form, by whether somebody else still has to confirm what is entered (`wartet`)."""
    return VORLEGEN if wartet else SPEICHERN


def buttons(
    schritte: Schritte[Z, A], zustand: Z, akteur: object, knoepfe: Mapping[A, Knopf], *args: object
) -> list[Knopf]:
    """Those of `knoepfe` whose step this person may take in this state, for `core/components/buttons.html`.

    `args`: of their routes.
    """
    allowed = schritte.allowed(zustand, akteur)
    return [
        replace(knopf, label=knopf.label or aktion.label, args=args)
        for aktion, knopf in knoepfe.items()
        if aktion in allowed
    ]


class _Ablehnung(ValidationError):
    """A refusal among the errors of a form; it remembers the status of the page that shows it."""

    def __init__(self, error: SojusError) -> None:
        super().__init__(error.message, code=error.code)
        self.status = error.status


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


def is_just_opened(request: HttpRequest) -> bool:
    """Nothing was typed on this page yet: not sent, and not kept from before the session ran out. Only then it may
    have no form; otherwise what was typed would be lost."""
    return request.method != "POST" and not has_draft(request)


def has_draft(request: HttpRequest) -> bool:
    """It is opened with what was kept from before the session ran out: that is filled into the forms it shows."""
    return request.method != "POST" and ENTWURF in request.GET


def show_error(error: SojusError, *formulare: forms.Form) -> None:
    """Put each message at the field it belongs to, in whichever form has it; otherwise at the top of the first.
    What has changed meanwhile is shown at its fields, too."""
    if isinstance(error, Veraltet) and isinstance(formulare[0], BearbeitenForm):
        formulare[0].show_meanwhile(error)
    for einer in error.einzeln:
        form = next((form for form in formulare if einer.feld in form.fields), None)
        (form or formulare[0]).add_error(einer.feld if form is not None else None, _Ablehnung(einer))


def show_errors(form: forms.Form, fehler: Sequence[RegelVerletzt]) -> None:
    """Several broken rules, each at its field. A form's `clean` says so with all else that is wrong with it, instead of
    one after the other."""
    if fehler:
        show_error(RegelVerletzt.combine(fehler), form)


def status_of(*formulare: forms.BaseForm | None) -> int:
    """The status of the refusal a form shows; 422 when it shows mistakes in what was sent; otherwise 200."""
    shown = [error for form in formulare if form is not None and form.is_bound for error in _errors(form)]
    return next((error.status for error in shown if isinstance(error, _Ablehnung)), 422 if shown else 200)


def title_of(*formulare: forms.BaseForm | None) -> str:
    """The heading over the errors of these forms; empty where the usual one fits, because somebody mistyped."""
    if any(error.code == Veraltet.code for form in formulare if form is not None for error in _errors(form)):
        return INZWISCHEN_GEAENDERT
    return NICHT_MOEGLICH if status_of(*formulare) in {403, 409} else ""


def enter(
    request: HttpRequest,
    form: forms.Form,
    work: Callable[[dict[str, Any]], tuple[str, str]],
    *,
    name: str,
    lead: str,
    back: str,
    breadcrumb: list[dict[str, str]],
    wartet: bool = False,
) -> HttpResponse:
    """The page of one form (core/eingabe.html), or what was sent is written: `work` gets the cleaned data and returns
    what to say and where to go on. What is refused comes back with everything that was typed. `wartet`: it does not
    hold before somebody else has confirmed it, and the button says so."""
    if request.method == "POST" and form.is_valid():
        try:
            said, ziel = work(dict(form.cleaned_data))
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, said)
            return redirect(ziel)
    knopf = save_label(wartet=wartet)
    context = {"form": form, "name": name, "lead": lead, "back": back, "breadcrumb": breadcrumb, "knopf": knopf}
    return render(request, "core/eingabe.html", context, status=status_of(form))


def _errors(form: forms.BaseForm) -> list[ValidationError]:
    return [error for at_field in form.errors.as_data().values() for error in at_field]
