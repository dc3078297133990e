"""Password and second factors: each change is written down, shown to the person, and told to her by mail."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from shared_apps.accounts.models import Faktor, Sicherheitsereignis, User
from shared_apps.factors.services import mfa
from shared_apps.journal.models import JournalEintrag
from shared_apps.signin.services import create_invitation
from tests.mails import work
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "Wolken-ziehen-schnell-7"


def kinds(user: User) -> list[str]:
    return list(Sicherheitsereignis.objects.filter(user=user).order_by("created_at").values_list("art", flat=True))


def set_up_app(user: User) -> tuple[Faktor, str]:
    secret = mfa.create_totp_secret()
    return mfa.create_totp(user=user, secret=secret, code=mfa.compute_code(secret=secret)), secret


@pytest.fixture
def confirmed(sign_in):
    """Anna, who has just confirmed that it is she."""
    client = sign_in("anna")
    client.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": "/konto/"})
    return client


def test_password_changed__noted_and_mail_without_anything_but_the_host(cast, sign_in):
    data = {"passwort_alt": PASSWORD, "passwort_neu": NEW, "passwort_neu_2": NEW}
    assert sign_in("anna").post("/passwort/", data).status_code == 302
    anna = cast.user("anna")
    assert kinds(anna) == ["PASSWORT_NEU"]
    assert work() == 1
    (sent,) = mail.outbox
    assert sent.to == ["anna@example.org"] and sent.subject == "SoJuS: Ihr Passwort wurde neu festgelegt"
    assert "vg.localhost" in sent.body
    for word in (NEW, PASSWORD, "Anna", "Ahlers", str(anna.pk)):
        assert word not in sent.body and word not in sent.subject


def test_wrong_old_password__neither_noted_nor_told(cast, sign_in):
    data = {"passwort_alt": "falsch", "passwort_neu": NEW, "passwort_neu_2": NEW}
    assert sign_in("anna").post("/passwort/", data).status_code == 422
    assert kinds(cast.user("anna")) == [] and work() == 0 and mail.outbox == []


def test_first_password_by_invitation__noted_and_told(cast):
    anton = cast.user("anton")
    anton.set_unusable_password()
    anton.save()
    link = create_invitation(user=anton, host="vg.localhost")
    Client(SERVER_NAME="vg.localhost").post(link, {"passwort_neu": NEW, "passwort_neu_2": NEW})
    assert kinds(anton) == ["PASSWORT_NEU"]
    work()
    assert [m.subject for m in mail.outbox] == ["SoJuS: Ihr Passwort wurde neu festgelegt"]


def test_factor_added_codes_made_used_and_factor_removed__each_noted_and_told(cast, confirmed):
    anna = cast.user("anna")
    factor, _ = set_up_app(anna)
    session = confirmed.session
    session["sojus_faktor"] = "totp"
    session.save()
    codes = confirmed.post("/konto/sicherheit/codes/")
    assert codes.status_code == 200
    one = codes.context["codes"][0].replace(" ", "")
    assert mfa.redeem_code(user=anna, code=one, host="vg.localhost")
    page = confirmed.get("/konto/sicherheit/").text
    assert "Zuletzt geändert" in page and "Wiederherstellungscode benutzt" in page and "App eingerichtet" in page
    assert confirmed.post(f"/konto/sicherheit/{factor.pk}/entfernen/").status_code == 302
    assert kinds(anna) == ["APP_NEU", "CODES_NEU", "CODE_BENUTZT", "APP_WEG"]
    work()
    assert [m.subject for m in mail.outbox] == [
        "SoJuS: neue Wiederherstellungscodes wurden angelegt",
        "SoJuS: ein Wiederherstellungscode wurde benutzt",
        "SoJuS: ein zweiter Faktor wurde entfernt",
    ]
    assert not any(one in m.body or "Anna" in m.body for m in mail.outbox)


def test_ordinary_code_of_the_app__neither_noted_nor_told(cast):
    anna = cast.user("anna")
    factor, secret = set_up_app(anna)
    code = mfa.compute_code(secret=secret, after=factor.data["last_counter"])
    assert mfa.redeem_code(user=anna, code=code, host="vg.localhost")
    assert kinds(anna) == ["APP_NEU"]
    assert work() == 0 and mail.outbox == []


def test_operator_takes_all_away__noted_and_told(cast, capsys):
    anna = cast.user("anna")
    set_up_app(anna)
    call_command("reset_factors", "anna")
    assert kinds(anna) == ["APP_NEU", "FAKTOREN_WEG"]
    work()
    assert [m.subject for m in mail.outbox] == ["SoJuS: ein zweiter Faktor wurde entfernt"]


def test_another_persons_events_are_not_shown(cast, sign_in):
    set_up_app(cast.user("bernd"))
    assert "Zuletzt geändert" not in sign_in("anna").get("/konto/sicherheit/").text


def test_events_stand_in_the_journal_and_cannot_be_altered(cast):
    set_up_app(cast.user("anna"))
    row = Sicherheitsereignis.objects.get()
    noted = JournalEintrag.objects.filter(tabelle="accounts_sicherheitsereignis", zeile=str(row.pk))
    assert [entry.art for entry in noted] == ["ANLEGEN"]
    assert JournalEintrag.objects.filter(tabelle="mfa_authenticator", art="ANLEGEN").exists()
    table = row._meta.db_table
    for statement in (f"UPDATE {table} SET art = 'APP_WEG'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
