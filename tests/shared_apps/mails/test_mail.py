"""One way to send a mail: asked for in the transaction of its cause, tried again, and its fate is told."""

from __future__ import annotations

import ast
import contextlib
import os
import smtplib
import subprocess
import sys
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core import mail as outbox_module
from django.db import connection
from django.template.loader import get_template
from procrastinate.jobs import Job
from uuid6 import uuid7

from shared_apps.accounts.enums import MailArt, MailZustand
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.core.clock import real_now
from shared_apps.mails import services as mail
from shared_apps.mails.arten import SCHREIBER
from shared_apps.signin.services.password_reset import SUBJECTS
from tenants.context import on_portal
from tenants.jobs import Final, Growing
from tests import bootstrap
from tests.architecture.tree import nodes_of, parsed, python_files, text
from tests.mails import work
from tests.shared_apps.members.test_views_office import LISTE, day

pytestmark = pytest.mark.django_db
UTE = {"vorname": "Ute", "nachname": "Uhl", "email": "ute@example.org", "rolle": "ASD", "begruendung": "neu im Team"}
DOWN = ConnectionRefusedError("ute@example.org")
#: What asks for a mail.
ASKS = {"submit_mailauftrag", "notify_account_change", "notify_fehlversuche"}
NOBODY = smtplib.SMTPRecipientsRefused({"ute@example.org": (550, b"ute@example.org unknown")})


def invite(client) -> Mailauftrag:
    client.post(f"{LISTE}einladen/", UTE | {"gueltig_ab": day()})
    return Mailauftrag.objects.get(art=MailArt.EINLADUNG)


@contextlib.contextmanager
def server_says(error: Exception):
    with patch("django.core.mail.EmailMessage.send", side_effect=error):
        yield


@pytest.mark.parametrize("art", MailArt)
def test_every_kind_has_its_writer(art: MailArt) -> None:
    assert art in SCHREIBER, (
        f"write its text in `services` of the app whose matter it is, under @writes_mail(MailArt.{art}), and name that"
        " module in the app's `mails.py`"
    )


#: What `manage.py worker` has loaded before it takes its first job: its checks ask for isolation alone, no page.
WORKER = """
import sys
import django
django.setup()
from django.core.management import load_command_class
from procrastinate.contrib.django import app
load_command_class("tenants", "worker").check(tags=["isolation"])
app.perform_import_paths()
from shared_apps.accounts.enums import MailArt
from shared_apps.mails.arten import SCHREIBER
print(sorted(set(MailArt) - set(SCHREIBER)), "shared_apps.providers.views" in sys.modules)
"""


def test_worker_has_every_writer__though_it_loads_no_page() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=bootstrap.ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[] False", done.stdout + done.stderr[-1500:]


def _asked_for() -> set[str]:
    """Kinds that some code asks for: `art=` or `kind=` of the two calls, said there or in the same function before."""
    found: set[str] = set()
    for path in python_files():
        if "MailArt." not in text(path):
            continue
        for function in [node for node in nodes_of(parsed(path)) if isinstance(node, ast.FunctionDef)]:
            nodes = list(ast.walk(function))
            calls = [n for n in nodes if isinstance(n, ast.Call) and _name(n.func) in ASKS]
            said = [k.value for call in calls for k in call.keywords if k.arg in {"art", "kind"}]
            names = {value.id for value in said if isinstance(value, ast.Name)}
            said += [n.value for n in nodes if isinstance(n, ast.Assign) and names & {_name(t) for t in n.targets}]
            parts = [part for value in said for part in ast.walk(value) if isinstance(part, ast.Attribute)]
            found |= {part.attr for part in parts if _name(part.value) == "MailArt"}
    return found


def _name(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


@pytest.mark.parametrize("art", MailArt)
def test_every_kind_is_sent_by_somebody(art: MailArt) -> None:
    assert art.name in _asked_for(), (
        f"submit_mailauftrag(art=MailArt.{art.name}, …) in the transaction of its cause, or take the kind out"
    )


@pytest.mark.parametrize("art", SUBJECTS)
def test_note_about_ones_own_account__has_its_text(art: MailArt) -> None:
    assert get_template(f"signin/mail/{art.lower()}.txt")


def test_cause_rolled_back__no_mail_and_no_job(cast) -> None:
    anna = cast.user("anna")
    with contextlib.suppress(ZeroDivisionError), on_portal():
        mail.submit_mailauftrag(art=MailArt.PASSWORT_NEU, user_id=anna.pk)
        raise ZeroDivisionError
    assert not Mailauftrag.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)


def test_server_down__waits_says_why_and_goes_out_later(cast, sign_in) -> None:
    client = sign_in("anton")
    auftrag = invite(client)
    page = f"{LISTE}{auftrag.user_id}/"
    assert "wartet auf den Versand" in client.get(page).text
    with server_says(DOWN), pytest.raises(ConnectionError) as raised:
        mail.run_mailauftrag(mail_id=auftrag.pk)
    assert "example.org" not in str(raised.value) and raised.value.__suppress_context__
    shown = client.get(page).text
    assert "wartet auf den Versand: Der Mailserver war nicht erreichbar" in shown
    assert "Neu einladen" in shown and "Link anzeigen" not in shown
    assert mail.run_mailauftrag(mail_id=auftrag.pk)
    assert "per E-Mail gesendet am" in client.get(page).text
    (sent,) = outbox_module.outbox
    assert sent.extra_headers["Message-ID"].startswith(f"<{auftrag.pk}@")
    assert not mail.run_mailauftrag(mail_id=auftrag.pk), "done again, it sends nothing again"
    assert len(outbox_module.outbox) == 1


def test_address_refused__failed_at_once_and_the_link_is_shown_once(cast, sign_in) -> None:
    client = sign_in("anton")
    auftrag = invite(client)
    with server_says(NOBODY), pytest.raises(Final):
        mail.run_mailauftrag(mail_id=auftrag.pk)
    page = f"{LISTE}{auftrag.user_id}/"
    shown = client.get(page).text
    assert "fehlgeschlagen: Der Mailserver nahm die Nachricht nicht an" in shown and "Link anzeigen" in shown
    link = client.post(f"{page}einladung/", {"weg": "link"}).text
    assert "http://vg.localhost/einladung/" in link and "sehen Sie nur jetzt" in link
    auftrag.refresh_from_db()
    assert auftrag.zustand == MailZustand.ENTFALLEN, "nothing is sent after the link was handed over"
    assert not mail.run_mailauftrag(mail_id=auftrag.pk)


def test_link_while_the_mail_is_on_its_way__refused(cast, sign_in) -> None:
    client = sign_in("anton")
    auftrag = invite(client)
    for _ in range(2):
        answer = client.post(f"{LISTE}{auftrag.user_id}/einladung/", {"weg": "link"})
        assert answer.status_code == 403 and "http://vg.localhost/einladung/" not in answer.text
        work()


def test_invited_again__the_first_mail_is_not_sent(cast, sign_in) -> None:
    client = sign_in("anton")
    first = invite(client)
    client.post(f"{LISTE}{first.user_id}/einladung/", {"weg": "mail"})
    work()
    assert len(outbox_module.outbox) == 1
    first.refresh_from_db()
    assert first.zustand == MailZustand.ENTFALLEN


def test_invitation_that_does_not_fit__goes_to_nobody(cast, vg, hro) -> None:
    """Whoever writes rows herself: a person of another place, one with a password, nobody at all."""
    gerd, fremd = cast.user("gerd"), User.objects.create_user(
        username="fremd", password=None, nachname="F", email="f@example.org"
    )  # fmt: skip
    for user_id, tenant in ((gerd.pk, hro), (fremd.pk, vg), (fremd.pk, None), (None, vg)):
        mail.submit_mailauftrag(art=MailArt.EINLADUNG, user_id=user_id, tenant=tenant)
    assert work() == 4
    assert outbox_module.outbox == []
    assert set(Mailauftrag.objects.values_list("zustand", flat=True)) == {MailZustand.ENTFALLEN}


def test_password_reset_for_another_office__goes_to_nobody(cast, hro) -> None:
    mail.submit_mailauftrag(art=MailArt.PASSWORT_VERGESSEN, user_id=cast.user("anna").pk, tenant=hro)
    assert work() == 1 and outbox_module.outbox == []


def test_host_header_has_no_say_in_the_link(cast, settings) -> None:
    settings.PUBLIC_PORT = "8000"
    mail.submit_mailauftrag(art=MailArt.PASSWORT_VERGESSEN, user_id=cast.user("anna").pk, tenant=cast.tenant_of("anna"))
    work()
    assert "http://vg.localhost:8000/passwort/neu/" in outbox_module.outbox[0].body


def test_given_up__row_without_a_job_is_marked(cast) -> None:
    Mailauftrag.objects.create(art=MailArt.PASSWORT_NEU, user=cast.user("anna"))
    mail.submit_mailauftrag(art=MailArt.CODES_NEU, user_id=cast.user("anna").pk)
    with on_portal():
        assert mail.expire_mailauftraege() == 1
    assert dict(Mailauftrag.objects.values_list("art", "zustand")) == {
        "PASSWORT_NEU": MailZustand.FEHLGESCHLAGEN,
        "CODES_NEU": MailZustand.WARTET,
    }


def test_intervals_grow_and_end() -> None:
    assert list(Growing.WAITS) == sorted(Growing.WAITS)
    job = Job(id=1, lock=None, queueing_lock=None, task_name="x", queue="default")
    strategy = Growing()
    decisions = [strategy.get_retry_decision(exception=OSError(), job=job.evolve(attempts=n)) for n in range(8)]
    times = [d.retry_at for d in decisions[:7]]
    assert times == sorted(times) and decisions[7] is None
    assert strategy.get_retry_decision(exception=Final(), job=job) is None


def test_purge__orders_that_name_nobody_go_after_a_day_people_s_stay(cast, monkeypatch) -> None:
    def order(user: UUID) -> None:
        mail.submit_mailauftrag(art=MailArt.PASSWORT_VERGESSEN, user_id=user)

    with on_portal():
        order(cast.user("anna").pk), order(uuid7()), order(uuid7())
    work()
    with on_portal():
        order(uuid7())
        assert mail.purge_mailauftraege() == 0
    later = real_now() + mail.FUER_NIEMAND + timedelta(minutes=1)
    monkeypatch.setattr(mail, "real_now", lambda: later)
    with on_portal():
        assert mail.purge_mailauftraege() == 2
    assert Mailauftrag.objects.count() == 2, "hers, and the one that waits"
