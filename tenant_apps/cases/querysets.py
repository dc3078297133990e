"""Finding young people whose names the database cannot read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q

from tenant_apps.cases import keyring
from tenant_apps.cases.states import HilfefallZustand
from tenants import crypto
from tenants.tables.base import TenantQuerySet

#: Namespaces of the index: a word of a name never meets a number.
NAME, PKZ, GEBOREN = "name", "pkz", "geboren"


def index_parts(*, vorname: str, nachname: str, pkz: str, geburtsdatum: date | None) -> list[tuple[str, str]]:
    """By what a person is found: each word of the name, the PKZ, the day of birth."""
    parts = [(NAME, word) for word in crypto.words(f"{vorname} {nachname}")]
    if pkz:
        parts.append((PKZ, pkz))
    if geburtsdatum:
        parts.append((GEBOREN, geburtsdatum.isoformat()))
    return parts


def _has(*parts: str) -> Q:
    return Q(suchindex__overlap=[index.hex() for index in crypto.blind_indexes(*parts)])


def _parse_day(text: str) -> date | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def word_query(word: str) -> Q:
    """Rows that a typed word finds: a whole name (a double name by both halves), the PKZ, the day of birth."""
    query = _has(PKZ, word)
    if names := crypto.words(word):
        alle = Q()
        for name in names:
            alle &= _has(NAME, name)
        query |= alle
    if tag := _parse_day(word):
        query |= _has(GEBOREN, tag.isoformat())
    return query


def from_the_night() -> Q:
    """Cases that were opened on call at night and that nobody of the office has taken over, nor ended, yet."""
    return Q(uebernahme_offen=True) & ~Q(zustand=HilfefallZustand.ABGESCHLOSSEN.value)


def not_restricted(rows: models.QuerySet, klient: str = "klient") -> models.QuerySet:
    """Rows of people whose data are not restricted (§ 84 (3) SGB X). `klient`: way from the row to the young person."""
    return rows.filter(**{f"{klient}__eingeschraenkt_seit__isnull": True})


class KlientQuerySet(TenantQuerySet):
    """Young people, found by blind index."""

    def not_restricted(self) -> KlientQuerySet:
        """Without those whose data only data protection may read any more."""
        return self.filter(eingeschraenkt_seit__isnull=True)

    def mit_pkz(self, pkz: str) -> KlientQuerySet:
        """Whoever has exactly this PKZ (case and white space do not count)."""
        return self.filter(pkz_index__in=[index.hex() for index in crypto.blind_indexes(PKZ, pkz)])

    def mit_name(self, *, vorname: str = "", nachname: str = "", geburtsdatum: date | None = None) -> KlientQuerySet:
        """Whoever has these whole names and this day of birth."""
        rows = self
        for word in crypto.words(f"{vorname} {nachname}"):
            rows = rows.filter(_has(NAME, word))
        return rows.filter(_has(GEBOREN, geburtsdatum.isoformat())) if geburtsdatum else rows

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        keyring.ensure_keys(objs)
        return super().bulk_create(objs, *args, **kwargs)


KlientManager = models.Manager.from_queryset(KlientQuerySet)
