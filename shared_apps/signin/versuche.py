"""Under which name the attempts of each form are counted; beside the view: `tenants.door.middleware.counts_first`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from shared_apps.accounts.models import User
from shared_apps.signin.herkunft import find_herkunft
from shared_apps.signin.services import Versuch, clear_attempts, find_attempt, record_attempt, release_attempt
from shared_apps.signin.services.throttle import AmTag

#: Nothing was tried.
KEINER = Versuch(wartet=False, schluessel={})


def _of_person(was: str, request: HttpRequest, user: User) -> dict:
    """Counted per person over all hosts; her own device has a count of its own, so that no stranger uses it up."""
    herkunft = find_herkunft(request, user.username)
    return {"username": f"{was} {user.pk}", "host": "", "herkunft": herkunft if herkunft.geraet else None}


def _am_tag(was: str, user: User, hoechstens: int) -> AmTag:
    """A new password begins with a new count: what somebody tried with the old one does not keep her out."""
    return AmTag(name=f"{was} {user.pk} {user.get_session_auth_hash()}", hoechstens=hoechstens)


def take_of_person(was: str, request: HttpRequest, user: User, *, am_tag: int = 0) -> Versuch:
    """Count an attempt of a person whom we know already: a code, a confirmation, the old password.

    `am_tag`: how many there may be on a day from devices that are not hers; 0: as many as there are.
    """
    words = _of_person(was, request, user)
    limit = _am_tag(was, user, am_tag) if am_tag and words["herkunft"] is None else None
    return record_attempt(**words, am_tag=limit)


def clear_of_person(was: str, request: HttpRequest, user: User) -> None:
    """It was right."""
    clear_attempts(**_of_person(was, request, user), am_tag=_am_tag(was, user, 0))


def by_person(was: str) -> Callable[..., Versuch]:
    """For `counts_first`: a POST of whoever is signed in."""

    def count(request: HttpRequest, **kwargs: Any) -> Versuch:
        if request.method != "POST" or request.akteur is None:
            return KEINER
        return take_of_person(was, request, request.user)

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
