"""The session of one host: begun at sign-in, idle after a while, over after a working day (security.md, T8)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone

from shared_apps.accounts.models import User

#: Schema of the tenant a session was made for; "" stands for the portal.
SESSION_TENANT = "sojus_tenant"
_STARTED = "sojus_started"
_SEEN = "sojus_seen"
_CONSENT = "sojus_zustimmung"
_BACKEND = "shared_apps.accounts.backends.MembershipBackend"
_TOUCH_SECONDS = 60


def here(request: HttpRequest) -> str:
    """What `SESSION_TENANT` must hold at this host."""
    return request.tenant.schema_name if request.tenant else ""


def start_session(request: HttpRequest, user: User) -> None:
    """Sign in at this host and no other; the session key is new."""
    login(request, user, backend=_BACKEND)
    now = timezone.now().timestamp()
    request.session[SESSION_TENANT] = here(request)
    request.session[_STARTED] = now
    request.session[_SEEN] = now
    request.session[_CONSENT] = settings.DATENSCHUTZ_TEXTVERSION


def is_worth_something(request: HttpRequest) -> bool:
    """Whether the session was made for this host and today's data-protection text, and is neither idle nor too old."""
    session = request.session
    text = settings.DATENSCHUTZ_TEXTVERSION
    if session.get(SESSION_TENANT) != here(request) or session.get(_CONSENT, text) != text:
        return False
    now = timezone.now().timestamp()
    seen, started = session.get(_SEEN, now), session.get(_STARTED, now)
    if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
        return False
    if _SEEN not in session or now - seen > _TOUCH_SECONDS:
        session[_SEEN] = now
        session.setdefault(_STARTED, now)
    return True


def idle_minutes() -> int:
    """After how many minutes without a click a session ends."""
    return settings.SESSION_IDLE_SECONDS // 60
