"""The demo's login with a second factor, and the command that shows its digits."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from deploy.demo import run as demo
from deploy.demo.world import leute
from shared_apps.factors.services import mfa
from tests.shared_apps.factors.steps import is_signed_in, post_password

pytestmark = pytest.mark.usefixtures("vg")


def test_orchestrator_prints_the_secret_of_the_world():
    assert demo.SECOND_FACTORS == leute.ZWEITER_FAKTOR
    assert {login for login, _, _ in demo.LOGINS} >= set(demo.SECOND_FACTORS)


def test_login_needs_the_digits_of_the_command(cast, settings, monkeypatch, capsys):
    settings.IS_DEMO = True
    doris = cast.user("doris")
    monkeypatch.setattr(leute, "ZWEITER_FAKTOR", {"doris": leute.ZWEITER_FAKTOR["wjh-vg"]})
    assert leute.set_up_second_factor() == ["doris"]
    assert leute.set_up_second_factor() == []
    client, response = post_password("doris")
    assert response["Location"] == "/anmelden/zweiter-faktor/"
    assert "make code USER=doris" in client.get(response["Location"]).content.decode()
    call_command("totp_code", "doris")
    client.post("/anmelden/zweiter-faktor/", {"code": capsys.readouterr().out.strip()})
    assert is_signed_in(client)
    assert mfa.compute_totp_code(user=doris) is not None


def test_command_refuses_outside_the_demo_and_for_people_without(cast, settings):
    cast.user("anna")
    with pytest.raises(CommandError, match="Vorführsystem"):
        call_command("totp_code", "anna")
    settings.IS_DEMO = True
    for name in ("anna", "niemand"):
        with pytest.raises(CommandError, match="keine App"):
            call_command("totp_code", name)


def test_sign_in_hints_at_the_command_in_the_demo_only(cast, monkeypatch):
    cast.user("doris")
    monkeypatch.setattr(leute, "ZWEITER_FAKTOR", {"doris": leute.ZWEITER_FAKTOR["wjh-vg"]})
    leute.set_up_second_factor()
    client, response = post_password("doris")
    assert "make code" not in client.get(response["Location"]).content.decode()
