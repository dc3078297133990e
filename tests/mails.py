"""What the worker does with the mails that wait."""

from __future__ import annotations

from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shared_apps.mails import services as mail
from shared_apps.providers.services.erinnerung import notify_vakanzen
from tenants.context import on_portal

#: Mails that were done: the login role of the tests may not take them out of the queue.
_done: set[str] = set()


def work() -> int:
    """Send the mails whose jobs wait, as the worker would; returns how many jobs there were."""
    jobs = list(ProcrastinateJob.objects.filter(task_name=mail.JOB, status="todo").order_by("id"))
    fresh = [job for job in jobs if job.args["mail_id"] not in _done]
    for job in fresh:
        mail.run_mailauftrag(mail_id=UUID(job.args["mail_id"]))
        _done.add(job.args["mail_id"])
    return len(fresh)


def remind() -> int:
    """Remind of vacancies on whatever day this runs: by itself nothing is sent at the weekend, and most on Mondays."""
    with on_portal(), pytest.MonkeyPatch.context() as patched:
        patched.setattr("shared_apps.providers.services.erinnerung.ist_erinnerungstag", lambda *_: True)
        return notify_vakanzen()
