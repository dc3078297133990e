"""A broken rule that no view has caught: its own words and status, its transaction undone."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory

from config.error_views import domain_error
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, RegelVerletzt, Verweigert
from shared_apps.providers import services
from shared_apps.providers.models import Angebot
from tests.factories.register import create_angebot


@pytest.mark.parametrize(
    ("error", "status"),
    [(RegelVerletzt("Zu kurz."), 422), (Konflikt("Schon gebucht."), 409), (Verweigert("Nicht Ihr Fall."), 403)],
)
def test_page_says_why(error, status):
    request = RequestFactory().get("/faelle/")
    request.user, request.urlconf = None, "config.urls_tenant"
    response = domain_error(request, error)
    assert response.status_code == status
    assert error.message in response.content.decode()


def test_api_gets_code_and_message():
    response = domain_error(RequestFactory().get("/api/v1/x/"), KeinPlatzFrei("Kein Platz mehr."))
    assert response.status_code == 409
    assert json.loads(response.content) == {"code": "kein_platz_frei", "detail": "Kein Platz mehr."}


def test_programming_errors_are_not_touched():
    assert domain_error(RequestFactory().get("/"), ValueError("geheim")) is None


def test_what_was_written_before_the_error_is_undone(vg, sign_in, monkeypatch):
    angebot = create_angebot()
    original = services.confirm_vakanzen

    def confirm_then_fail(**kwargs):
        original(**kwargs)
        raise Konflikt("Inzwischen hat jemand anderes bestätigt.")

    monkeypatch.setattr(services, "confirm_vakanzen", confirm_then_fail)
    response = sign_in("ines").post("/anbieter/eigene/bestaetigen/")
    assert response.status_code == 409
    assert "Inzwischen hat jemand anderes bestätigt." in response.content.decode()
    assert Angebot.objects.get(pk=angebot.pk).vakanz_bestaetigt_at is None
