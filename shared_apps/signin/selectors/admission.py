"""Whom a request may act as, in one statement: session, person, memberships, factors, rules of signing in.

Every one of these facts is read at every request, so a right taken away, a session ended and a rule changed hold at the
next one, in every process. What is remembered between two requests is only whose session a cookie opened last time:
without it nobody could ask for session and person at once, since the session says who she is and is sealed. The
session, once opened, is the one that counts; where it names somebody else, the question is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.crypto import constant_time_compare

from shared_apps.accounts.enums import FaktorArt, Verfahren
from shared_apps.accounts.models import Anmelderegel, ApiToken, Faktor, Membership, Sitzung, User
from shared_apps.core.clock import real_now, today
from shared_apps.signin.session_store import SessionStore, hash_key, open_content, owner_of, owners
from tenants.models import Tenant


class Zugehoerigkeit(NamedTuple):
    """A membership that holds today, as `build_akteur` reads it."""

    tenant_id: int | None
    rolle: str
    anbieter_id: UUID | None
    einrichtung_id: UUID | None
    team: str
    deputy_of_id: UUID | None
    verwaltet: bool
    gueltig_ab: date


class Regel(NamedTuple):
    """A rule who needs a second factor, as `find_pflicht_ab` reads it."""

    tenant_id: int | None
    rolle: str
    verfahren: str
    frist_tage: int
    gilt_ab: date


@dataclass(frozen=True, slots=True)
class Admission:
    """What the database says now.

    `is_hers`: the session was begun with the password she still has. `is_sitzung_open`: nobody has ended it.
    """

    user: User
    memberships: list[Zugehoerigkeit]
    is_hers: bool = True
    is_sitzung_open: bool = True
    has_factor: bool = False
    regeln: tuple[Regel, ...] = ()


@lru_cache(maxsize=1)
def _user_fields() -> tuple[list[str], str]:
    fields = User._meta.concrete_fields
    return [f.attname for f in fields], ", ".join(f'u."{f.column}"' for f in fields)


def _memberships_sql() -> str:
    return (
        "(SELECT json_agg(json_build_array(m.tenant_id, m.rolle, m.anbieter_id, m.einrichtung_id, m.team,"  # noqa: S608
        f" m.deputy_of_id, m.verwaltet, m.gueltig_ab)) FROM {Membership._meta.db_table} m WHERE m.user_id = u.id"
        " AND m.gueltig_ab <= %s AND (m.gueltig_bis IS NULL OR m.gueltig_bis > %s))"
    )


@lru_cache(maxsize=1)
def _session_sql() -> str:
    return (
        f"SELECT s.session_data, {_memberships_sql()},"  # noqa: S608
        f" EXISTS (SELECT 1 FROM {Sitzung._meta.db_table} z WHERE z.id = %s AND z.user_id = u.id"
        " AND z.beendet_at IS NULL),"
        f" EXISTS (SELECT 1 FROM {Faktor._meta.db_table} f WHERE f.user_id = u.id AND f.type IN (%s, %s)),"
        " (SELECT json_agg(json_build_array(r.tenant_id, r.rolle, r.verfahren, r.frist_tage, r.gilt_ab))"
        f" FROM {Anmelderegel._meta.db_table} r WHERE r.verfahren <> %s AND (r.tenant_id IS NULL OR r.tenant_id = %s)),"
        f" {_user_fields()[1]} FROM {Session._meta.db_table} s"
        f" LEFT JOIN {User._meta.db_table} u ON u.id = %s AND u.is_active"
        " WHERE s.session_key = %s AND s.expire_date > %s"
    )


@lru_cache(maxsize=1)
def _token_sql() -> str:
    return (
        f"SELECT t.id, t.umfang, t.zuletzt_at, {_memberships_sql()}, {_user_fields()[1]}"  # noqa: S608
        f" FROM {ApiToken._meta.db_table} t JOIN {User._meta.db_table} u ON u.id = t.user_id AND u.is_active"
        " WHERE t.key_hash = %s AND t.tenant_id IS NOT DISTINCT FROM %s AND t.revoked_at IS NULL AND t.expires_at > %s"
    )


def _fetch(statement: str, params: list[Any]) -> tuple | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _memberships(rows: list[list] | None) -> list[Zugehoerigkeit]:
    return [
        Zugehoerigkeit(amt, rolle, _uuid(anbieter), _uuid(einrichtung), team, _uuid(deputy), verwaltet, _day(ab))
        for amt, rolle, anbieter, einrichtung, team, deputy, verwaltet, ab in rows or ()
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _user(values: tuple) -> User:
    return User.from_db(connection.alias, _user_fields()[0], values)


def load_admission(session: SessionStore, *, tenant: Tenant | None) -> Admission | None:
    """Open the session of a cookie and find whose it is; None when it is nobody's, who is then asked no further.

    The session has its content afterwards, or is empty, as after its own `load`.
    """
    if not session.session_key:
        return None
    hashed = hash_key(session.session_key)
    guess = owners.get(hashed)
    row, content = _open(session.session_key, hashed, guess, tenant)
    owner = owner_of(content)
    if owner and owner != guess:
        owners.note(hashed, owner)
        row, content = _open(session.session_key, hashed, owner, tenant)
    if content is None:
        owners.forget(hashed)
    session.adopt(content)
    if row is None or content is None or owner_of(content) != owner:
        return None
    values = row[5:]
    if not owner or str(values[_user_fields()[0].index("id")]) != owner[0]:
        return None  # nobody, or somebody who does not work here any more
    user = _user(values)
    regeln = tuple(Regel(amt, rolle, wie, frist, _day(ab)) for amt, rolle, wie, frist, ab in row[4] or ())
    return Admission(
        user=user,
        memberships=_memberships(row[1]),
        is_hers=_is_hers(content, user),
        is_sitzung_open=row[2] or not owner[1],
        has_factor=row[3],
        regeln=regeln,
    )


def _open(
    key: str, hashed: str, owner: tuple[str, str] | None, tenant: Tenant | None
) -> tuple[tuple | None, dict[str, Any] | None]:
    """The row, and what its session says when it opens with this key."""
    row = _ask(hashed, owner, tenant)
    return row, open_content(key, row[0]) if row else None


def _ask(hashed: str, owner: tuple[str, str] | None, tenant: Tenant | None) -> tuple | None:
    day, factors = today(), (FaktorArt.TOTP.value, FaktorArt.PASSKEY.value)
    amt = tenant.pk if tenant else None
    user, sitzung = owner or (None, None)
    params = [day, day, sitzung or None, *factors, Verfahren.VORGABE.value, amt, user, hashed, real_now()]
    return _fetch(_session_sql(), params)


def _is_hers(content: dict[str, Any], user: User) -> bool:
    """As Django's `get_user`: the session was begun by a way of ours, with the password she still has."""
    if content.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    return constant_time_compare(content.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


class TokenRow(NamedTuple):
    """The key a program has shown."""

    pk: UUID
    umfang: list[str]
    zuletzt_at: Any


def load_admission_of_token(*, key_hash: str, tenant: Tenant | None) -> tuple[TokenRow, Admission] | None:
    """The valid key of an active person for this host, and who she is there; None otherwise."""
    day = today()
    row = _fetch(_token_sql(), [day, day, key_hash, tenant.pk if tenant else None, real_now()])
    if row is None:
        return None
    return TokenRow(*row[:3]), Admission(user=_user(row[4:]), memberships=_memberships(row[3]))
