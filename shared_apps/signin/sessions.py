"""The session of one host: begun at sign-in, idle after a while, over after a working day (ADR 0015).

A session that ran out still tells for a day whose it was: what its holder had typed is kept for her
(tenant_apps.drafts). It opens nothing. A session that was ended, from elsewhere too, is flushed at its next request.
"""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout
from django.http import HttpRequest

from shared_apps.accounts.models import User
from shared_apps.core.clock import real_now
from shared_apps.signin.geraet import describe_geraet
from shared_apps.signin.selectors.admission import Admission
from shared_apps.signin.services.sitzungen import create_sitzung, end_sitzung, lock_sitzung, mark_sitzung_seen
from shared_apps.signin.session_store import SESSION_ROW

#: Schema of the tenant a session was made for; "" stands for the portal.
SESSION_TENANT = "sojus_tenant"
_STARTED = "sojus_started"
_SEEN = "sojus_seen"
#: Version of the data-protection rules its holder has agreed to, noted so that not every request asks for it.
SESSION_CONSENT = "sojus_zustimmung"
#: Whose password was set in this browser a moment ago. An id, as all that sessions hold of people.
_JUST_CHOSEN = "sojus_anmeldename_von"
_BACKEND = "shared_apps.accounts.backends.MembershipBackend"
_TOUCH_SECONDS = 60
#: Asking how long the session lasts does not make it last longer.
STATE_PATH = "/sitzung/"


class Sitzungsstand(StrEnum):
    """What a session is worth at this request."""

    GUELTIG = "gueltig"
    ABGELAUFEN = "abgelaufen"
    FREMD = "fremd"
    WERTLOS = "wertlos"


class Abgelaufen(NamedTuple):
    """A session that has run out: whose, and which."""

    user_id: UUID
    sitzung_id: UUID


def here(request: HttpRequest) -> str:
    """What `SESSION_TENANT` must hold at this host."""
    return request.tenant.schema_name if request.tenant else ""


def start_session(request: HttpRequest, user: User, backend: str = _BACKEND) -> None:
    """Sign in at this host and no other; the session key is new and the list of sessions shows it."""
    old = request.session.get(SESSION_ROW)
    if SESSION_KEY in request.session:  # Django keeps the key of a session that names the same person, also of one
        request.session.flush()  # that is over: a stolen cookie would open what begins now
    login(request, user, backend=backend)
    request.session.pop(_JUST_CHOSEN, None)
    if old:  # after the person's row, as whoever ends all of them (`lock_person`)
        end_sitzung(user=user, sitzung_id=old)
    now = real_now().timestamp()
    request.session[SESSION_TENANT] = here(request)
    request.session[_STARTED] = now
    request.session[_SEEN] = now
    request.signed_in_name = user.username  # the middleware remembers the device
    _list_session(request, user)


def remember_password_set(request: HttpRequest, user: User) -> None:
    """Whoever has just chosen a password finds her user name filled in where she signs in with it."""
    request.session[_JUST_CHOSEN] = str(user.pk)


def get_name_to_fill_in(request: HttpRequest) -> str:
    """The user name of whoever has just chosen a password in this browser; "" where nobody has."""
    user_id = request.session.get(_JUST_CHOSEN)
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    return user.username if user else ""


def _list_session(request: HttpRequest, user: User) -> None:
    geraet = describe_geraet(request.headers.get("User-Agent", ""))
    request.session[SESSION_ROW] = str(create_sitzung(user=user, tenant=request.tenant, geraet=geraet).pk)


def says_consent(request: HttpRequest) -> bool:
    """Whether this session has noted that its holder agreed to the rules as they are today."""
    return request.session.get(SESSION_CONSENT) == settings.DATENSCHUTZ_TEXTVERSION


def note_consent(request: HttpRequest) -> None:
    """Note it."""
    request.session[SESSION_CONSENT] = settings.DATENSCHUTZ_TEXTVERSION


def end_session(request: HttpRequest) -> None:
    """Sign out at this host."""
    row = request.session.get(SESSION_ROW)
    if row and request.user.is_authenticated:
        end_sitzung(user=request.user, sitzung_id=row)
    logout(request)


def own_row(request: HttpRequest) -> UUID | None:
    """Key of this session in the list of sessions."""
    row = request.session.get(SESSION_ROW)
    return UUID(row) if row else None


def hold_session(request: HttpRequest) -> None:
    """Before this session changes what opens the account of its holder: it is open still, and until that is committed.

    Raises `Verweigert` when it was ended since the request was admitted.
    """
    lock_sitzung(user=request.user, sitzung_id=own_row(request))


def check_session(request: HttpRequest, admission: Admission) -> Sitzungsstand:
    """Whether the session was made for this host, and is neither ended nor over. A day later it is worth nothing.

    A valid one is noted as used now, at most once a minute.
    """
    session = request.session
    if session.get(SESSION_TENANT) != here(request):
        return Sitzungsstand.FREMD  # also the health check, which knows no host: nobody is signed out by it
    if not admission.is_sitzung_open:
        return Sitzungsstand.WERTLOS
    now = real_now().timestamp()
    seen, started = session.get(_SEEN, now), session.get(_STARTED, now)
    over = min(seen + settings.SESSION_IDLE_SECONDS, started + settings.SESSION_ABSOLUTE_SECONDS)
    if now >= over + settings.SESSION_COOKIE_AGE - settings.SESSION_ABSOLUTE_SECONDS:
        return Sitzungsstand.WERTLOS  # the store counts from the last time anything was written into it
    if now >= over:
        return Sitzungsstand.ABGELAUFEN
    if request.path != STATE_PATH:
        _touch(request, now, seen)
    return Sitzungsstand.GUELTIG


def describe_expired(request: HttpRequest) -> Abgelaufen | None:
    """Of a session that has run out: whose it was and which; None when it is in no list that could end it."""
    row = own_row(request)
    return Abgelaufen(request.user.pk, row) if row else None


def _touch(request: HttpRequest, now: float, seen: float) -> None:
    session = request.session
    if _SEEN in session and now - seen <= min(_TOUCH_SECONDS, settings.SESSION_IDLE_SECONDS // 10):
        return
    session[_SEEN] = now
    session.setdefault(_STARTED, now)
    if SESSION_ROW in session:
        mark_sitzung_seen(sitzung_id=session[SESSION_ROW])
    else:
        _list_session(request, request.user)


def seconds_left(request: HttpRequest) -> tuple[int, int]:
    """Seconds until the session ends without a click, and until it ends in any case.

    Rounded up: a page that reads 0 says that the session is over, and then it is.
    """
    now = real_now().timestamp()
    idle = settings.SESSION_IDLE_SECONDS - (now - request.session.get(_SEEN, now))
    absolute = settings.SESSION_ABSOLUTE_SECONDS - (now - request.session.get(_STARTED, now))
    return max(0, ceil(min(idle, absolute))), max(0, ceil(absolute))


def idle_minutes() -> int:
    """After how many minutes without a click a session ends."""
    return settings.SESSION_IDLE_SECONDS // 60
