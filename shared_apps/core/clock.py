"""Today, as one function, so that a demo or a test can stand still."""

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """Calendar day in Germany, or the fixed day of SOJUS_FIXED_TODAY."""
    if settings.FIXED_TODAY:
        return date.fromisoformat(settings.FIXED_TODAY)
    return timezone.localdate()


def now() -> datetime:
    """Aware point in time; on a fixed day, noon-independent: the real time of day on that day."""
    real = timezone.localtime()
    if settings.FIXED_TODAY:
        return datetime.combine(today(), time(real.hour, real.minute, real.second), tzinfo=real.tzinfo)
    return real
