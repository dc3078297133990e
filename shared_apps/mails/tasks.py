"""Jobs: the worker writes every mail, so that no answer takes longer for people who exist."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from shared_apps.mails import services as mail
from tenants.context import on_portal
from tenants.jobs import Arg, Caller, job


@job(
    name=mail.JOB,
    title="E-Mail versenden",
    repeat="A mail that is sent is not sent again; one whose worker died while sending may arrive twice, with the "
    "same Message-ID and a link that works once.",
    longest=timedelta(minutes=5),
    callers={Caller.PORTAL, Caller.OWNER},
    args={"mail_id": Arg.ID},
    lock="accounts.send_mail:{mail_id}",
    office=("accounts_mailauftrag", "tenant_id"),
)
def send_mail(*, mail_id: str) -> bool:
    """Send one Mailauftrag."""
    return mail.run_mailauftrag(mail_id=UUID(mail_id))


@job(
    name="accounts.expire_mails",
    title="Gescheiterte E-Mails kennzeichnen",
    repeat="Marks what waits without a job; a second run finds nothing.",
    longest=timedelta(minutes=10),
    cron="* * * * *",
    retry=False,
)
def expire_mails(timestamp: int) -> int:
    """Every minute: whoever asked for a mail that was given up sees it."""
    return mail.expire_mailauftraege()


@job(
    name="accounts.purge_mails",
    title="Alte Mailaufträge löschen",
    repeat="Deletes what is over its time; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="50 3 * * *",
)
def purge_mails(timestamp: int) -> int:
    """Every night."""
    with on_portal():
        return mail.purge_mailauftraege()
