"""Schemathesis with peers: colleagues, providers and offices ask the API with each other's ids and odd input.

`SOJUS_PEERS` sets the number of examples per operation and peer (tests/security/sizes.py).
"""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
import requests
import schemathesis
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tenant_apps.placements import policies
from tenant_apps.placements.models import Reservierung
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot
from tests.people import PEOPLE
from tests.security import sizes
from tests.security.figures import figure

pytestmark = pytest.mark.django_db

#: guardian has no tables, the seals of the trail are nobody's to read.
UNREADABLE = {"guardian", "audit"}
EXAMPLES = sizes.PEERS.number
#: Each peer's own dye, and whose dyes she may meet: a provider meets the case that is booked at her house.
OWNERS = {"anna": "AHLERSDYE", "bernd": "BRANDTDYE", "gerd": "GROTHDYE"}
PEERS = [("anna", "VG", {"anna"}), ("bernd", "VG", {"bernd"}), ("gerd", "HRO", {"gerd"}),
         ("ines", "VG", {"anna"}), ("jan", "VG", {"bernd"}), ("jan", "HRO", {"gerd"})]  # fmt: skip


class World:
    """Three workers with a dyed case each; Ines houses Anna's, Jan the other two."""

    def __init__(self, cast, vg, hro) -> None:
        self.cast = cast
        users = {name: cast.user(name) for name in ("anna", "bernd", "gerd", "ines", "jan")}
        self.pool: set[str] = {str(user.pk) for user in users.values()}
        for name, tenant, host in (("anna", vg, "ines"), ("bernd", vg, "jan"), ("gerd", hro, "jan")):
            angebot = create_angebot(anbieter=PEOPLE[host].anbieter, plaetze=6)
            self.pool.add(str(angebot.pk))
            with in_tenant(tenant):
                dye = OWNERS[name]
                klient = create_klient(nachname=dye, vorname=dye, pkz=dye)
                fall = create_hilfefall(fachkraft_id=users[name].pk, klient=klient, fallnummer=dye)
                create_buchung(fachkraft_id=users[name].pk, angebot=angebot, hilfefall=fall, zustand="LAUFEND")
                create_reservierung(fachkraft_id=users[name].pk, angebot=angebot, hilfefall=fall)
                for model in apps.get_models():
                    if model._meta.app_config.name in settings.TENANT_APPS and model._meta.app_label not in UNREADABLE:
                        self.pool |= {str(pk) for pk in model.objects.values_list("pk", flat=True)[:20]}
        self.ids = sorted(i for i in self.pool if _is_uuid(i))

    def client(self, name: str, at: str) -> Client:
        """The peer with her API key at that host."""
        client = self.cast.api(name, at=at)
        client.raise_request_exception = False
        return client


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@pytest.fixture
def world(cast, vg, hro) -> World:
    return World(cast, vg, hro)


def _swap(value: object, ids: list[str], draw) -> object:
    """Whatever looks like an id becomes one that exists: mine, a colleague's, another office's."""
    if isinstance(value, dict):
        return {key: _swap(item, ids, draw) for key, item in value.items()}
    if isinstance(value, list):
        return [_swap(item, ids, draw) for item in value]
    if isinstance(value, str) and _is_uuid(value):
        return draw(st.sampled_from(ids)) if draw(st.integers(0, 5)) else str(uuid4())
    return value


def _send(client: Client, case, ids: list[str], draw):
    values = {}
    for key, value in (case.path_parameters or {}).items():
        values[key] = draw(st.sampled_from(ids)) if _is_uuid(str(value)) else str(value)
    path = "/" + case.path.lstrip("/").format(**values)
    query = {k: v for k, v in (_swap(dict(case.query or {}), ids, draw)).items() if v is not None}
    body = b""
    if isinstance(case.body, dict | list | str | int | float | bool) or case.body is None:
        body = json.dumps(_swap(case.body, ids, draw), default=str).encode()
    with transaction.atomic():
        answer = client.generic(
            case.method.upper(), path, body, content_type=case.media_type or "application/json",
            query_params=query,
        )  # fmt: skip
        transaction.set_rollback(True)
    return path, answer


def _as_response(path: str, case, answer) -> Response:
    prepared = requests.Request(case.method.upper(), f"http://vg.localhost{path}").prepare()
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {key.lower(): [value] for key, value in answer.headers.items()}
    return Response(answer.status_code, headers, content, prepared, 0.1, False)


def ask_everything(world: World, examples: int) -> tuple[dict[str, int], list, list]:
    """Counts, leaks and faults of all operations asked by all peers."""
    spec = world.cast.api("anna").get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").json()
    schema = schemathesis.openapi.from_dict(spec)
    operations = [result.ok() for result in schema.get_all_operations()]
    clients = [(world.client(name, at), owners) for name, at, owners in PEERS]
    seen = {"operations": len(operations), "requests": 0, "ok": 0}
    leaks: list = []
    faults: list = []

    for operation in operations:

        @hypothesis_settings(
            max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), data=st.data())
        def asked(case, data):
            for peer, owners in clients:
                path, answer = _send(peer, case, world.ids, data.draw)
                seen["requests"] += 1
                seen["ok"] += answer.status_code < 400
                response = _as_response(path, case, answer)
                text = response.content.decode(errors="replace")
                strangers = [dye for owner, dye in OWNERS.items() if owner not in owners]
                leaks.extend((case.method, path, dye) for dye in strangers if dye in text and dye not in path)
                try:
                    case.validate_response(
                        response,
                        checks=[not_a_server_error, content_type_conformance, response_schema_conformance],
                    )
                except BaseExceptionGroup as group:
                    faults.extend((case.method, case.path, str(error)[:300]) for error in group.exceptions)
                except AssertionError as error:
                    faults.append((case.method, case.path, str(error)[:300]))

        asked()
    return seen, leaks, faults


def test_peers_meet_no_row_of_another(world):
    seen, leaks, faults = ask_everything(world, EXAMPLES)
    assert seen["operations"] >= 10
    figure("schemathesis: operations of the OpenAPI document", seen["operations"], "operations")
    figure("schemathesis: requests of six peers", seen["requests"], f"requests, {seen['ok']} answered with 2xx")
    figure("schemathesis: rows of another peer", len(leaks), "leaks")
    figure("schemathesis: 5xx or answers against the document", len(faults), "faults")
    assert leaks == []
    assert not faults, "\n".join(" ".join(map(str, fault)) for fault in sorted(set(faults)))
    assert seen["ok"] > seen["requests"] / 50, "hardly anything was answered: this test would see nothing"


def test_a_planted_object_level_leak_is_found(world, monkeypatch):
    monkeypatch.setattr(policies, "visible_reservierungen", lambda akteur: Reservierung.objects.all())
    _, leaks, _ = ask_everything(world, 1)
    assert leaks, "the peers did not notice that everybody sees every reservation"
