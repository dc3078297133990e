"""From when to when: with an end, or until further notice."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from shared_apps.core.zeitraum import Zeitraum, format_datum


class MitZeitraum(models.Model):
    """A half-open period [beginn, Tag nach dem letzten Tag)."""

    zeitraum = DateRangeField("Zeitraum")

    class Meta:
        abstract = True

    @property
    def beginn(self) -> date:
        """First day."""
        return self.zeitraum.lower

    @property
    def letzter_tag(self) -> date:
        """Last day, as typed on the screen."""
        return self.zeitraum.upper - timedelta(days=1)


class MitOffenemEnde(MitZeitraum):
    """A period that may go on until further notice (ADR 0092): `zeitraum` are the days that are planned with then."""

    ohne_ende = models.BooleanField("bis auf Weiteres", default=False, db_default=False)

    class Meta:
        abstract = True

    @property
    def endet_am(self) -> date | None:
        """Last day; None: until further notice."""
        return None if self.ohne_ende else self.letzter_tag

    @property
    def dauer(self) -> Zeitraum:
        """The days it goes on, without end where none is known."""
        return Zeitraum.from_inclusive(self.beginn, self.endet_am)

    @property
    def wann(self) -> str:
        """ "01.12.2026 – 31.05.2027" or "ab 01.12.2026 bis auf Weiteres"."""
        return describe_dauer(self.beginn, self.endet_am)

    @property
    def wie_lange(self) -> str:
        """How long something must be free for it."""
        return describe_wie_lange(ohne_ende=self.ohne_ende)

    @property
    def kosten_wann(self) -> str:
        """Which days an amount beside this word is for."""
        return f"bis {format_datum(self.letzter_tag)}" if self.ohne_ende else "im Zeitraum"

    @property
    def wann_gerechnet(self) -> str:
        """The same where amounts are beside it: they are said for days that have an end."""
        return f"{self.wann}; Beträge bis {format_datum(self.letzter_tag)} gerechnet" if self.ohne_ende else self.wann


def describe_dauer(beginn: date, endet_am: date | None) -> str:
    """Both days as pages and papers say them; None: until further notice."""
    if endet_am is None:
        return f"ab {format_datum(beginn)} bis auf Weiteres"
    return f"{format_datum(beginn)} – {format_datum(endet_am)}"


def describe_wie_lange(*, ohne_ende: bool) -> str:
    """How long something must be free: "im ganzen Zeitraum frei", "ohne bekanntes Ende frei"."""
    return "ohne bekanntes Ende" if ohne_ende else "im ganzen Zeitraum"
