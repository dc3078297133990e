"""Sessions at rest: the table holds the hash of the key and a sealed content (ADR 0028).

Whoever reads the whole table can neither take over a session nor see what is in one: the key is in the cookie
alone, and the content opens with a key of the installation, for that cookie only.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, transaction

from shared_apps.core.clock import real_now
from tenants.crypto import SealBroken, open_shared, seal_shared

#: Key of the row in the list of sessions, in the session.
SESSION_ROW = "sojus_sitzung"
#: Sessions whose owner is remembered, per process.
_REMEMBERED_MAX = 10_000
_CLEARED_AT_ONCE = 5_000
#: Hex digits of the hash, as many as the column holds: 160 bits of a longer random key.
_LENGTH = 40


def hash_key(key: str) -> str:
    """Under which key of the table the session of a cookie is stored. Any text may come with a cookie."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def open_content(key: str, sealed: str) -> dict[str, Any] | None:
    """What a row holds for the cookie it was made for; None when it was brought in or moved from elsewhere."""
    try:
        return json.loads(open_shared(sealed, context=_context(key)))
    except SealBroken:
        return None


def _context(key: str) -> str:
    return f"django_session|session_data|{key}"


def owner_of(content: dict[str, Any] | None) -> tuple[str, str] | None:
    """Person and row in the list of sessions ("": none) that a session names; None: nobody is signed in."""
    user = content.get(SESSION_KEY) if content else None
    return (user, content.get(SESSION_ROW, "")) if content and user else None


class _Owners:
    """Whose session a cookie opened or was written for last time, by hash of its key. Never more than a guess."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, hashed: str) -> tuple[str, str] | None:
        return self._known.get(hashed)

    def note(self, hashed: str, owner: tuple[str, str]) -> None:
        with self._lock:
            self._known[hashed] = owner
            while len(self._known) > _REMEMBERED_MAX:
                self._known.popitem(last=False)

    def forget(self, hashed: str) -> None:
        with self._lock:
            self._known.pop(hashed, None)


owners = _Owners()


class SessionStore(SessionBase):
    """As Django's database sessions, but hashed and sealed."""

    def load(self) -> dict[str, Any]:
        """The content; nothing, and no key to go on with, when there is no such row, or it is over or not sealed so."""
        key = self.session_key or ""
        row = Session.objects.filter(session_key=hash_key(key), expire_date__gt=real_now()).first()
        content = open_content(key, row.session_data) if row is not None else None
        if content is None:
            self._session_key = None
        return content or {}

    def adopt(self, content: dict[str, Any] | None) -> None:
        """Have the content that somebody else has just read, as if by `load`; None: there is none."""
        self.accessed = True
        self._session_cache = content or {}
        if content is None:
            self._session_key = None

    def exists(self, session_key: str) -> bool:
        """Whether there is a row for this key of a cookie."""
        return Session.objects.filter(session_key=hash_key(session_key)).exists()

    def create(self) -> None:
        """A session with a key nobody has had."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the row. `CreateError` when it must be new and is not; `UpdateError` when it has gone meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        content = json.dumps(data, separators=(",", ":"))
        row = Session(
            session_key=hash_key(self.session_key),
            session_data=seal_shared(content, context=_context(self.session_key)),
            expire_date=self.get_expiry_date(),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError as error:
            raise CreateError from error
        except DatabaseError as error:
            if must_create:
                raise
            raise UpdateError from error
        if owner := owner_of(data):
            owners.note(row.session_key, owner)

    def delete(self, session_key: str | None = None) -> None:
        """Take the row away."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=hash_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Rows that are over (`clearsessions`)."""
        clear_over()


def clear_over() -> int:
    """Take away the rows that are over, some at a time; how many.

    Not those that have merely run out: for a day more they tell whose typed text to keep (`SESSION_COOKIE_AGE`).
    """
    over = Session.objects.filter(expire_date__lt=real_now())
    cleared = 0
    while some := list(over.values_list("pk", flat=True)[:_CLEARED_AT_ONCE]):
        cleared += Session.objects.filter(pk__in=some).delete()[0]
    return cleared
