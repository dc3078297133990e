"""What the worker does with the mails that wait."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django.models import ProcrastinateJob

from shared_apps.mails import services as mail

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
