"""The one way to send a mail: a row and a job in the transaction of the cause; the worker writes and sends."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage  # noqa: TID251 (this is the one way)
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from shared_apps.accounts.enums import MailArt, MailZustand
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.core.clock import real_now
from shared_apps.mails.arten import SCHREIBER, Nachricht
from tenants.context import on_shared_tables
from tenants.jobs import Final, JobsFull, defer
from tenants.jobs.times import KEPT
from tenants.models import Tenant

logger = logging.getLogger(__name__)

JOB = "accounts.send_mail"
UNREACHABLE = "Der Mailserver war nicht erreichbar."
REFUSED = "Der Mailserver nahm die Nachricht nicht an."
GIVEN_UP = "Der Versand wurde aufgegeben."
TOO_MANY = "Es warten zu viele E-Mails. Bitte später noch einmal versuchen."
#: How long an order for nobody is kept.
FUER_NIEMAND = timedelta(days=1)
#: What can still be sent.
OFFEN = (MailZustand.WARTET, MailZustand.FEHLGESCHLAGEN)


@transaction.atomic
def submit_mailauftrag(
    *,
    art: MailArt,
    user_id: UUID | None = None,
    tenant: Tenant | None = None,
    bezug_id: UUID | None = None,
    angefordert_von_id: UUID | None = None,
) -> Mailauftrag | None:
    """Ask for a mail; None when mail is not set up here. Rolled back with its cause.

    Where too many wait already it has failed at once: the cause is kept, and who asked for it sees why.
    """
    if not settings.SENDS_MAIL:
        return None
    mail = Mailauftrag(
        art=art, user_id=user_id, tenant=tenant, bezug_id=bezug_id, angefordert_von_id=angefordert_von_id
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
            defer(JOB, mail_id=str(mail.pk))
    except JobsFull:
        logger.error("a mail was not taken: too many wait (%s)", tenant.kuerzel if tenant else "portal")
        mail.zustand, mail.fehler = MailZustand.FEHLGESCHLAGEN, TOO_MANY
        mail.save(force_insert=True)
    return mail


def cancel_mailauftraege(*, user_id: UUID, art: MailArt) -> None:
    """What has not been sent yet is not sent any more: a newer one takes its place."""
    Mailauftrag.objects.filter(user_id=user_id, art=art, zustand__in=OFFEN).update(zustand=MailZustand.ENTFALLEN)


def run_mailauftrag(*, mail_id: UUID) -> bool:
    """Write the mail and send it; whether one was sent. Runs in the worker, outside any office.

    Done again after a crash it sends at most the same mail twice, under the same Message-ID. Raises what the mail
    server said (the job is tried again), or `Final` when that cannot help.
    """
    with on_shared_tables():
        mail = Mailauftrag.objects.select_for_update(of=("self",)).filter(pk=mail_id).first()
        if mail is None or mail.zustand not in OFFEN:
            return False
        nachricht = SCHREIBER[MailArt(mail.art)](mail)
        if nachricht is None:
            Mailauftrag.objects.filter(pk=mail_id).update(zustand=MailZustand.ENTFALLEN)
            return False
        Mailauftrag.objects.filter(pk=mail_id).update(versuche=F("versuche") + 1)
    try:
        _send(mail, nachricht)
    except (smtplib.SMTPException, OSError) as error:
        final = _is_final(error)
        refused = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
        fate = {"zustand": MailZustand.FEHLGESCHLAGEN} if final else {}
        _record(mail_id, fehler=REFUSED if refused else UNREACHABLE, **fate)
        # Without the cause: what a mail server answers repeats the address.
        raise (Final if final else ConnectionError)(f"mail not sent: {type(error).__name__}") from None
    _record(mail_id, zustand=MailZustand.GESENDET, gesendet_at=real_now(), fehler="")
    return True


def _record(mail_id: UUID, **fate: Any) -> None:
    with on_shared_tables():
        Mailauftrag.objects.filter(pk=mail_id, zustand__in=OFFEN).update(**fate)


def _send(mail: Mailauftrag, nachricht: Nachricht) -> None:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or settings.PORTAL_HOST
    EmailMessage(
        nachricht.betreff,
        nachricht.text,
        settings.DEFAULT_FROM_EMAIL,
        [nachricht.an],
        headers={"Message-ID": f"<{mail.pk}@{host}>"},
    ).send()


def _is_final(error: Exception) -> bool:
    """5xx: this mail, to this address, never."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code >= 500


def expire_mailauftraege() -> int:
    """Give up what waits without a job: its job has failed for good. Returns how many.

    In a fence of its own: under a role that does not see the jobs, every mail that waits would look given up.
    """
    with on_shared_tables(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_mailauftrag m SET zustand = 'FEHLGESCHLAGEN',"
            " fehler = CASE WHEN fehler = '' THEN %s ELSE fehler END"
            " WHERE zustand = 'WARTET' AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = %s"
            " AND j.status IN ('todo', 'doing') AND j.args ->> 'mail_id' = m.id::text)",
            [GIVEN_UP, JOB],
        )
        return cursor.rowcount


def purge_mailauftraege() -> int:
    """Forget what became of old mails, and after a day the orders that strangers placed for nobody."""
    done = Mailauftrag.objects.exclude(zustand=MailZustand.WARTET)
    for_nobody = done.filter(art=MailArt.PASSWORT_VERGESSEN, created_at__lt=real_now() - FUER_NIEMAND).filter(
        ~Exists(User.objects.filter(pk=OuterRef("user_id")))
    )
    return done.filter(created_at__lt=real_now() - KEPT).delete()[0] + for_nobody.delete()[0]
