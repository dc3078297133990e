"""A key, or its person's right, that ended between a push and its repetition: the kept answer is nobody's any more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import ApiToken, Membership
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.clock import today
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Vakanzbestaetigung
from shared_apps.signin.services import create_api_token, revoke_api_tokens
from tests.api.test_suchen import ANFRAGE
from tests.api.test_vakanzen import KUESTE, push, rows
from tests.factories.register import create_angebot
from tests.people import appoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def angebot(vg) -> Angebot:
    return create_angebot(anbieter=KUESTE, plaetze=3, name="Wohngruppe Möwe")


def client(key: str, host: str) -> Client:
    return Client(SERVER_NAME=host, HTTP_AUTHORIZATION=f"Token {key}")


def _revoked(cast: Any) -> None:
    revoke_api_tokens(user=cast.user("ines"))


def _over(cast: Any) -> None:
    ApiToken.objects.update(expires_at=timezone.now())


def _without_its_scope(cast: Any) -> None:
    ApiToken.objects.update(umfang=[Umfang.REGISTER.value])


def _left(cast: Any) -> None:
    Membership.objects.filter(user=cast.user("ines")).update(gueltig_bis=today())


def _does_accounts_now(cast: Any) -> None:
    (row,) = Membership.objects.filter(user=cast.user("ines"))
    _left(cast)
    appoint(user=row.user, rolle="ANBIETER_ABRECHNUNG", anbieter_id=row.anbieter_id, gueltig_ab=today())


def _switched_off(cast: Any) -> None:
    user = cast.user("ines")
    user.is_active = False
    user.save(update_fields=["is_active"])


ENDS = {_revoked: 401, _over: 401, _without_its_scope: 403, _left: 401, _does_accounts_now: 403, _switched_off: 401}


@pytest.mark.parametrize("end", ENDS, ids=lambda f: f.__name__)
def test_what_has_ended_gets_neither_the_kept_answer_nor_a_new_one(cast, settings, angebot, end):
    user = cast.user("ines")
    ines = client(create_api_token(user=user, tenant=None), settings.PORTAL_HOST)
    said = {"angebot": str(angebot.pk)}
    assert push(ines, angebot.einrichtung, said, key="nacht").status_code == 200
    before = len(rows(cast, Vakanzbestaetigung))
    end(cast)
    for key in ("nacht", "morgen", ""):
        answer = push(ines, angebot.einrichtung, said, key=key)
        assert answer.status_code == ENDS[end], answer.text
        assert "Möwe" not in answer.text and answer.json()["detail"].endswith(".")
    assert Vakanzbestaetigung.objects.count() == before


@pytest.mark.parametrize("of", [Angebot, Einrichtung, Anbieter], ids=lambda model: model.__name__)
def test_what_has_ended_is_confirmed_by_no_repetition(cast, settings, angebot, of):
    """Her own past is hers to read; nothing of it becomes a vacancy again."""
    user = cast.user("ines")
    ines = client(create_api_token(user=user, tenant=None), settings.PORTAL_HOST)
    said, haus = {"angebot": str(angebot.pk)}, angebot.einrichtung
    first = push(ines, haus, said, key="nacht")
    Angebot.objects.filter(pk=angebot.pk).update(gueltig=(None, today()))
    if of is not Angebot:
        Einrichtung.objects.filter(pk=haus.pk).update(gueltig_bis=today())
    if of is Anbieter:
        Einrichtung.objects.filter(anbieter=haus.anbieter).update(gueltig_bis=today())
        Anbieter.objects.filter(pk=haus.anbieter_id).update(gueltig_bis=today())
    count = Vakanzbestaetigung.objects.count()
    again = push(ines, haus, said, key="nacht")
    assert again.status_code in {200, 401, 404} and (again.status_code != 200 or again.json() == first.json())
    for key in ("morgen", ""):
        assert push(ines, haus, said, key=key).status_code in {401, 403, 404, 409}
    assert Vakanzbestaetigung.objects.count() == count


def test_a_key_of_the_portal_is_none_at_an_office_and_the_other_way_round(cast, vg, settings, angebot):
    user = cast.user("ines")
    portal, office = (create_api_token(user=user, tenant=where) for where in (None, vg))
    said = {"angebot": str(angebot.pk)}
    assert push(client(portal, settings.PORTAL_HOST), angebot.einrichtung, said, key="nacht").status_code == 200
    for key, host in ((portal, "vg.localhost"), (office, settings.PORTAL_HOST), (office, "vg.localhost")):
        answer = push(client(key, host), angebot.einrichtung, said, key="nacht")
        assert answer.status_code in {401, 404} and "Möwe" not in answer.text, (host, answer.text)
    assert client(portal, "nirgends.example.org").get("/api/v1/einrichtungen/").status_code in {400, 404}


def test_another_question_with_the_same_key_is_another_request(cast, vg, angebot):
    """What the address asks besides was left out, and the kept answer of the other question came."""
    anna = cast.api("anna")
    headers = {"Idempotency-Key": "suche-1"}
    ask = {"content_type": "application/json", "headers": headers}
    assert anna.post("/api/v1/suchen/", ANFRAGE, **ask).status_code == 201
    assert anna.post("/api/v1/suchen/", ANFRAGE, **ask).headers["Idempotency-Replayed"] == "true"
    other = anna.post("/api/v1/suchen/?alle=1", ANFRAGE, **ask)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key")
