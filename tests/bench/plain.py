"""What SoJuS's way of a request is measured against: Django as `startproject` makes it, in the same process.

Its middleware, its sessions and its backend for PostgreSQL, a user whose password is not sealed; the same URL conf, the
same view, the same template. A page frame comes to it ready-made.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from rest_framework.authentication import TokenAuthentication

from shared_apps.accounts.models import ApiToken, User
from shared_apps.signin.services import hash_secret

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "tests.bench.plain.frame",
]
#: What the page frame of SoJuS needs, found once.
FRAME: dict[str, Any] = {}


def frame(request: Any) -> dict[str, Any]:
    """A frame that costs nothing."""
    return FRAME


class PlainUser(User):
    """As Django's: the hash of the password is read as it is."""

    _get_session_auth_hash = AbstractBaseUser._get_session_auth_hash

    class Meta:
        proxy = True
        app_label = "accounts"
        managed = False


class PlainBackend(BaseBackend):
    """`ModelBackend.get_user`."""

    def get_user(self, user_id: Any) -> PlainUser | None:
        try:
            user = PlainUser._default_manager.get(pk=user_id)
        except PlainUser.DoesNotExist:
            return None
        return user if user.is_active else None


class PlainTokens(TokenAuthentication):
    """As DRF's: one statement for key and user."""

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = ApiToken.objects.select_related("user").get(key_hash=hash_secret(key))
        return token.user, token


def sign_in(user: User) -> str:
    """The key of a session of Django's own, for the cookie."""
    plain = PlainUser.objects.get(pk=user.pk)
    session = SessionStore()
    session[SESSION_KEY] = str(plain.pk)
    session[BACKEND_SESSION_KEY] = f"{PlainBackend.__module__}.PlainBackend"
    session[HASH_SESSION_KEY] = plain.get_session_auth_hash()
    session.create()
    return session.session_key


ENGINE = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "NAME": "plain",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": PROCESSORS},
}


class Stack:
    """One way of a request from WSGI to the answer."""

    def __init__(self, *, host: str, headers: dict[str, str], database: Any = None, wrap: Any = None) -> None:
        self.handler = (wrap or (lambda handler: handler))(WSGIHandler())
        self.host, self.headers, self.database = host, headers, database or connections["default"]

    def ask(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": self.host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host,
            "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/json",
            "HTTP_ACCEPT_LANGUAGE": "de",
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            **self.headers,
        }
        status: list[int] = []
        answer = self.handler(environ, lambda line, headers: status.append(int(line[:3])))
        body = b"".join(answer)
        answer.close()
        return status[0], body


def plain_database() -> DatabaseWrapper:
    """The same database by Django's own backend."""
    settings = {**connection.settings_dict, "ENGINE": "django.db.backends.postgresql", "ATOMIC_REQUESTS": True}
    return DatabaseWrapper(settings, alias="default")


@contextmanager
def on(database: Any) -> Iterator[None]:
    """Let `connection` be this one."""
    before = connections["default"]
    connections["default"] = database
    try:
        yield
    finally:
        connections["default"] = before
