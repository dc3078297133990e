"""A column of nights that only the database writes (`datemultirange`), read as the rule's periods."""

from __future__ import annotations

from typing import Any

from django.db import models

from shared_apps.core.zeitraum import Zeitraum


class NaechteField(models.Field):
    """Nights as half-open periods; () where there are none, or where the reader may not know of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"editable": False, "db_default": "{}"}))

    def db_type(self, connection: Any) -> str:
        return "datemultirange"

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return "{{{}}}".format(",".join(f"[{stueck.beginn},{stueck.ende or ''})" for stueck in value))

    def from_db_value(self, value: Any, *_: Any) -> tuple[Zeitraum, ...]:
        return () if value is None else tuple(Zeitraum.from_range(stueck) for stueck in value)
