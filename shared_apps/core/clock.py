"""The two clocks of the house (ADR 0038): one that a demo or a test can stop, and the real one."""

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """Calendar day in Germany, or the fixed day of SOJUS_FIXED_TODAY."""
    if settings.FIXED_TODAY:
        return date.fromisoformat(settings.FIXED_TODAY)
    return timezone.localdate()


def local_date(moment: datetime) -> date:
    """Calendar day of a point in time in Germany: the day the office writes, whatever zone the value came in.

    A moment from the database is in UTC; between midnight and two o'clock its `.date()` is yesterday.
    """
    return timezone.localdate(moment)


def midnight(tag: date) -> datetime:
    """The moment a day begins in Germany."""
    return timezone.make_aware(datetime.combine(tag, time.min))


def real_now() -> datetime:
    """The moment by the real clock, even on a fixed day: for what runs out (reservations, links, holds on places), and
    for what is noted about the machinery (a sign-in, a mail, a job).

    The database holds a place until its `now()` has passed `ablauf_at`; nothing else may judge by another clock.
    """
    return timezone.now()


def real_today() -> date:
    """Calendar day in Germany by the real clock, even on a fixed day: what the database's row rules call today."""
    return timezone.localdate()


def now() -> datetime:
    """The moment of an act on the day that the portal shows; on a fixed day, the real time of day on that day."""
    real = timezone.localtime()
    if settings.FIXED_TODAY:
        return datetime.combine(today(), time(real.hour, real.minute, real.second), tzinfo=real.tzinfo)
    return real
