"""`manage.py worker` with a task that is slow and repeatable, to be killed in the middle of it, and one that hangs."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402

from tenants.jobs import job, overdue  # noqa: E402
from tests.tenants.jobs.slow_job import SECONDS_PER_JOB  # noqa: E402

overdue.MARGIN_SECONDS = 0


@app.task(name="tests.slow")
def slow(*, key: str) -> None:
    """Note the attempt, then do the work in one transaction. Two workers at it at once would both write a row."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO public.versuch VALUES (%s)", [key])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM public.effekt WHERE id = %s", [key])
        if cursor.fetchone():
            return
        time.sleep(SECONDS_PER_JOB * 3 / 4)
        cursor.execute("INSERT INTO public.effekt (id) VALUES (%s)", [key])
        time.sleep(SECONDS_PER_JOB / 4)


@job(name="tests.hang", title="Hängt", repeat="Does nothing.", longest=timedelta(seconds=2))
def hang() -> None:
    """Alive, and never done."""
    while True:
        time.sleep(60)


call_command("worker", *sys.argv[1:])
