"""Postcodes, which the owner of the database alone may write: what the program does not bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from django.db import connection
from uuid6 import uuid7

from tests.tenants import owner


@contextmanager
def postleitzahlen(mitten: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Latitude and longitude by postcode, committed, and gone afterwards."""
    with owner.superuser(connection.settings_dict["NAME"]) as by_hand:
        for plz, (breite, laenge) in mitten.items():
            by_hand.execute(
                "INSERT INTO regions_postleitzahl (id, created_at, plz, name, breite, laenge, quelle, stand)"
                " VALUES (%s, now(), %s, %s, %s, %s, 'Test', %s)",
                [uuid7(), plz, f"Ort {plz}", breite, laenge, date(2026, 1, 1)],
            )
        try:
            yield
        finally:
            by_hand.execute("DELETE FROM regions_postleitzahl WHERE plz = ANY(%s)", [list(mitten)])
