"""What the clock says about jobs, each once."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from procrastinate.periodic import MAX_DELAY

#: For this long somebody can look up what became of a job or of a mail.
KEPT = timedelta(days=90)
#: How often the worker forgets jobs that are older.
FORGET_SECONDS = 3600
#: After this many missing heartbeats a worker is taken for dead.
SILENT_BEATS = 3
#: What is less late is nobody's worry: procrastinate's clock hands it over by itself.
LATE = timedelta(seconds=MAX_DELAY)
#: The operator's page shows for this long what was made up late.
LATE_SHOWN = timedelta(days=7)


def silent_seconds() -> float:
    """After this many seconds without a word a worker is taken for dead."""
    return SILENT_BEATS * settings.WORKER_HEARTBEAT_SECONDS
