"""Under which name the attempts of each form are counted; beside the view: `tenants.door.middleware.counts_first`.

A form that is refused before anything was tried gives its count back (`release_attempt(request.counted)`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from shared_apps.accounts.models import User
from shared_apps.core.errors import SojusError
from shared_apps.core.seite import show_error, status_of
from shared_apps.signin.herkunft import Herkunft, find_herkunft
from shared_apps.signin.services import Versuch, clear_attempts, find_attempt, record_attempt, release_attempt
from shared_apps.signin.services.throttle import SPAETER, AmTag

ZU_VIELE_ANTRAEGE = f"Von hier kamen zu viele Anträge. {SPAETER}"
#: Nothing was tried.
KEINER = Versuch(wartet=False, schluessel={})


def _of_person(was: str, request: HttpRequest, user: User) -> dict:
    """Counted per person over all hosts; her own device has a count of its own, so that no stranger uses it up."""
    herkunft = find_herkunft(request, user.username)
    return {"username": f"{was} {user.pk}", "host": "", "herkunft": herkunft if herkunft.geraet else None}


def _am_tag(was: str, user: User, herkunft: Herkunft | None, hoechstens: int) -> AmTag:
    """All devices that are not hers have one count, each of hers has its own. A new password begins with new ones:
    what somebody tried with the old one does not keep her out."""
    of = f" {herkunft.geraet}" if herkunft else ""
    return AmTag(name=f"{was} {user.pk} {user.get_session_auth_hash()}{of}", hoechstens=hoechstens)


def take_of_person(was: str, request: HttpRequest, user: User, *, am_tag: int = 0) -> Versuch:
    """Count an attempt of a person whom we know already: a code, a confirmation, the old password.

    `am_tag`: how many wrong ones there may be on a day from one of her devices, and from all others; 0: any number.
    """
    words = _of_person(was, request, user)
    return record_attempt(**words, am_tag=_am_tag(was, user, words["herkunft"], am_tag) if am_tag else None)


def clear_of_person(was: str, request: HttpRequest, user: User) -> None:
    """It was right."""
    words = _of_person(was, request, user)
    clear_attempts(**words, am_tag=_am_tag(was, user, words["herkunft"], 0))


def by_person(was: str, *, am_tag: int = 0) -> Callable[..., Versuch]:
    """For `counts_first`: a POST of whoever is signed in. `am_tag`: as of `take_of_person`."""

    def count(request: HttpRequest, **kwargs: Any) -> Versuch:
        if request.method != "POST" or request.akteur is None:
            return KEINER
        return take_of_person(was, request, request.user, am_tag=am_tag)

    return count


def by_name(request: HttpRequest, **kwargs: Any) -> Versuch:
    """For `counts_first`: name and password of a sign-in."""
    name = request.POST.get("username", "").strip()
    if request.method != "POST" or not name or not request.POST.get("password"):
        return KEINER
    return record_attempt(username=name, host=request.get_host(), herkunft=find_herkunft(request, name))


def take_of_network(was: str, request: HttpRequest, *, most: int | None = None) -> Versuch:
    """Count an attempt of a network at this host, whoever makes it. Outside of a transaction."""
    return record_attempt(**_of_network(was, request), most=most)


def release_of_network(was: str, request: HttpRequest) -> None:
    """One of the network's attempts was honest; the others stay counted."""
    release_attempt(find_attempt(**_of_network(was, request)))


def _of_network(was: str, request: HttpRequest) -> dict[str, Any]:
    return {"username": f"{was}:{find_herkunft(request, '').netz}", "host": request.get_host()}


def by_network(was: str, *, most: int | None = None) -> Callable[..., Versuch]:
    """For `counts_first`: a POST from a network, whoever sends it. `most`: another limit than that of a name."""

    def count(request: HttpRequest, **kwargs: Any) -> Versuch:
        return take_of_network(was, request, most=most) if request.method == "POST" else KEINER

    return count


def take_once(what: str) -> bool:
    """Whether this is used for the first time within the throttle's window; kept with the transaction that uses it."""
    return not record_attempt(username=what, host="", most=1).wartet


def ask_counted(
    request: HttpRequest, form: forms.Form, work: Callable[[], object], *, template: str, sent: str
) -> HttpResponse:
    """The page of a form with which strangers ask for something, counted beside the view: too often is 429, and a form
    that is refused gives its count back. `sent`: where it leads once it is written."""
    wartet = request.method == "POST" and request.counted.wartet
    if wartet:
        form.is_valid()
        form.add_error(None, ZU_VIELE_ANTRAEGE)
    elif request.method == "POST":
        try:
            if form.is_valid():
                work()
                return redirect(sent)
        except SojusError as error:
            show_error(error, form)
        release_attempt(request.counted)
    return render(request, template, {"form": form}, status=429 if wartet else status_of(form))
