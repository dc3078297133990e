"""What is over goes again: sessions a day after they have run out, counts of attempts after a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from shared_apps.accounts.models import Anmeldeversuch
from shared_apps.core.clock import real_now
from shared_apps.signin import session_store
from shared_apps.signin.services import throttle
from shared_apps.signin.tasks import clear_sessions

pytestmark = pytest.mark.usefixtures("vg")


def test_clear_sessions__what_is_over_goes_and_what_drafts_need_stays(sign_in, monkeypatch) -> None:
    monkeypatch.setattr(session_store, "_CLEARED_AT_ONCE", 2)
    client, now = sign_in("anna"), real_now()
    idle = sign_in("bernd")
    row = idle.session
    row["sojus_seen"] = now.timestamp() - settings.SESSION_ABSOLUTE_SECONDS  # ran out, and may hold what was typed
    row.save()
    Session.objects.bulk_create(
        [Session(session_key=f"over{n}", session_data="x", expire_date=now - timedelta(seconds=1)) for n in range(5)]
    )
    assert clear_sessions(timestamp=0) == 5
    assert Session.objects.count() == 2
    assert client.get("/konto/").status_code == 200
    assert clear_sessions(timestamp=0) == 0


def test_clear_sessions__counts_that_are_over_go__living_ones_stay(monkeypatch) -> None:
    throttle.record_attempt(username="old", host="a")
    Anmeldeversuch.objects.update(beginn_at=real_now() - throttle.TAG - timedelta(seconds=1))
    throttle.record_attempt(username="new", host="a")
    assert clear_sessions(timestamp=0) == 1
    assert Anmeldeversuch.objects.count() == 1
