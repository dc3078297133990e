"""Where the one line waits that the next page shows: in the session, or for strangers in a cookie.

A stranger has no session, and gets none for being told something: each row is one more that anybody at all could write.
A session that opens nothing any more (it has run out, its holder was deactivated) tells nothing either: it may name
people, and whoever sits there now is a stranger.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.messages.storage.base import BaseStorage, Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


class _Cookie(CookieStorage):
    """Signed, for this host only; gone when it was shown."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class Storage(BaseStorage):
    """In the session of whoever has one that holds; in a signed cookie otherwise."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self._cookie: Any = _Cookie(request, *args, **kwargs)  # its types leave out what a storage is made of
        self._session: Any = SessionStorage(request, *args, **kwargs)

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        stores = (self._cookie, self._session) if self._has_session() else (self._cookie,)
        return [m for store in stores for m in store._get()[0] or ()], True

    def _has_session(self) -> bool:
        """Whether there is a row, and nobody's or that of whoever acts now or has just signed in."""
        session, request = self.request.session, self.request
        if session.session_key is None:
            return False
        acts = getattr(request, "akteur", None) is not None or hasattr(request, "signed_in_name")
        return acts or SESSION_KEY not in session

    def _store(self, messages: list[Message], response: HttpResponse, *args: Any, **kwargs: Any) -> list[Message]:
        kept: list[Message] = []
        if self._has_session():
            self._session._store(messages, response)
        else:
            kept = messages
        if kept or _Cookie.cookie_name in self.request.COOKIES:
            unstored: list[Message] = self._cookie._store(kept, response)
            return unstored
        return []
