"""She ends all that opens her account while a stolen session, already let in, makes something that would outlive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from shared_apps.accounts.models import ApiToken, Faktor, Handover, Sitzung, User
from shared_apps.signin.services import end_other_access, end_sitzungen, update_password
from shared_apps.signin.services.sitzungen import BEENDET
from tenants.context import at_sign_in
from tests.moment import while_open
from tests.people import PASSWORD, Cast
from tests.shared_apps.factors.steps import SECRET, code, confirmed

HERS, HIS = "Wolken ziehen schnell über das Haff", "ein ganz anderer Satz 2026"
KEY = {"bezeichnung": "x", "umfang": ["lesen"], "tage": 90}


@pytest.fixture
def cast(own_database, django_db_blocker) -> Iterator[Cast]:
    """People whom other connections see; Ines works at the portal."""
    del own_database
    with django_db_blocker.unblock():
        cast = Cast()
        cast.akteur("ines", at="VG")
        yield cast


def stolen(cast: Cast) -> Client:
    """A session of hers in which she has just proved who she is."""
    thief = cast.sign_in("ines")
    assert thief.get("/konto/").status_code == 200
    return confirmed(thief)


def while_she(ends: Callable[[], Any], user: User, ask: Callable[[], Any]) -> Any:
    """The answer to what the stolen session asks for, once she has ended it and nobody sees that yet."""
    answers: list[Any] = []
    assert while_open(ends, lambda: answers.append(ask()), within=lambda: at_sign_in(user_id=user.pk)) == ("ok", "ok")
    return answers[0]


def ticket(thief: Client) -> Any:
    return thief.get("/weiter/vg/")


def key(thief: Client) -> Any:
    return thief.post("/konto/schluessel/neu/", KEY)


def app(thief: Client) -> Any:
    return thief.post("/konto/sicherheit/app/", {"code": code()})


@pytest.mark.parametrize(("asks", "table"), [(ticket, Handover), (key, ApiToken), (app, Faktor)])
def test_end_all__while_a_stolen_session_makes_a_way_in__there_is_none(cast, monkeypatch, asks, table):
    monkeypatch.setattr("shared_apps.factors.services.mfa.create_totp_secret", lambda: SECRET)
    ines, thief = cast.user("ines"), stolen(cast)
    answer = while_she(lambda: end_sitzungen(user=ines), ines, lambda: asks(thief))
    assert answer.status_code == 403 and BEENDET in answer.text
    assert not table.objects.exists()
    assert thief.get("/konto/").status_code == 302


@pytest.mark.parametrize("how", ["new password", "all others end"])
def test_keys_end__while_a_stolen_session_makes_one__none_is_left(cast, how):
    ines, thief = cast.user("ines"), stolen(cast)

    def end() -> None:
        if how == "new password":
            update_password(user=ines, old=PASSWORD, new=HERS, host="portal.localhost")
        else:
            end_other_access(user=ines, ausser=None, keeps_keys=False)

    assert while_she(end, ines, lambda: key(thief)).status_code == 403
    assert not ApiToken.objects.filter(revoked_at=None).exists()


def test_new_password__while_somebody_with_the_old_one_sets_another__hers_stays(cast):
    ines, thief = cast.user("ines"), stolen(cast)
    his = {"passwort_alt": PASSWORD, "passwort_neu": HIS, "passwort_neu_2": HIS}
    answer = while_she(
        lambda: update_password(user=cast.user("ines"), old=PASSWORD, new=HERS, host="portal.localhost"),
        ines,
        lambda: thief.post("/passwort/", his),
    )
    assert answer.status_code == 422 and "Das bisherige Passwort stimmt nicht." in answer.text
    ines.refresh_from_db()
    assert ines.check_password(HERS)
    assert not Sitzung.objects.filter(beendet_at=None).exists()
