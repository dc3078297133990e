"""Every tenant URL asked with another tenant's person and ids: 404 or 403, never a row.

In `make test` each route is asked with the ids of its own kind and two of other kinds, in turn; `make security`
(SOJUS_CRAWL=full) asks each with every id there is (about 1,100 addresses a person).
"""

from __future__ import annotations

from itertools import product

import pytest
from django.apps import apps
from django.conf import settings

from config.access_table import Route, walk
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.foster import create_pflegegeldsatz, create_pflegestelle
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot
from tests.security.sizes import FULL

pytestmark = pytest.mark.django_db

DYE = "Farbstoffkind"
REFUSED = {302, 400, 401, 403, 404, 405, 409, 415, 422}


@pytest.fixture
def dyed(vg, cast) -> dict[str, str]:
    """A whole story in VG whose child is called by the dye. Returns ids of every tenant row, by model."""
    anna = cast.user("anna")
    angebot = create_angebot(plaetze=4)
    with in_tenant(vg):
        fall = create_hilfefall(
            fachkraft_id=anna.pk,
            fallnummer=f"F-{DYE}",
            klient=create_klient(nachname=DYE, vorname=DYE, pkz=f"PKZ-{DYE}"),
        )
        create_reservierung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall)
        create_buchung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall, zustand="LAUFEND")
        create_pflegestelle(eingetragen_von_id=anna.pk, kennzeichen=f"1-{DYE}", region=DYE, bemerkung=DYE)
        create_pflegegeldsatz(eingetragen_von_id=anna.pk, quelle=DYE)
        ids = {}
        for model in apps.get_models():
            if model._meta.app_config.name in settings.TENANT_APPS and model._meta.app_label not in {
                "guardian",
                "audit",
            }:
                for row in model.objects.all()[:3]:
                    ids[f"{model._meta.label_lower}:{row.pk}"] = str(row.pk)
    return ids


#: Which model the id behind a word of a path belongs to; no other model of this world has a page of its own.
KINDS = {
    "personen": "cases.klient", "klienten": "cases.klient", "hilfefaelle": "cases.hilfefall",
    "hze-auswahl": "placements.suche", "suchen": "placements.suche", "auswahlvermerke": "placements.auswahlvermerk",
    "reservierungen": "placements.reservierung", "buchungen": "placements.buchung",
    "pflegestellen": "foster.pflegestelle", "pflegegeld": "foster.pflegegeldsatz",
}  # fmt: skip


def _ids_for(route: Route, number: int, ids: dict[str, str]) -> set[str]:
    """What the route is asked with; `number`: whose turn it is among the ids of other kinds."""
    if FULL:
        return set(ids.values())
    kind = next((KINDS[word] for word in reversed(route.path.split("/")) if word in KINDS), None)
    own = {pk for name, pk in ids.items() if kind and name.startswith(f"{kind}:")}
    assert own or not kind, f"no row of {kind} in this world"
    others = sorted(set(ids.values()) - own)
    return own | {others[turn % len(others)] for turn in (number, number + 1)}


def _paths(ids: dict[str, str]) -> set[str]:
    paths = set()
    for number, route in enumerate(walk("config.urls_tenant")):
        if not route.arguments:
            paths.add(route.fill({}))
        for uuid in _ids_for(route, number, ids):
            paths.add(route.fill({"uuid": uuid, "str": "VG", "slug": "fallzahlen", "int": "1"}))
    return paths


@pytest.mark.parametrize("name", ["gerd", "hilde", "jette"])
def test_other_office_at_its_own_host_gets_no_row(dyed, sign_in, name):
    client = sign_in(name)
    client.raise_request_exception = False
    for path, method in product(sorted(_paths(dyed)), ("get", "post")):
        if "abmelden" in path or path.endswith("schema/"):
            continue
        response = getattr(client, method)(path)
        assert response.status_code < 500, (method, path, response.status_code)
        body = response.content.decode(errors="replace")
        assert DYE not in body, (method, path)
        if any(value in path for value in dyed.values()):
            assert response.status_code in REFUSED, (method, path, response.status_code)


def test_other_offices_key_is_worth_nothing_at_this_host(dyed, cast):
    client = cast.api("gerd", at="VG")
    for path in sorted(_paths(dyed)):
        if "/api/" not in path or path.endswith("schema/"):
            continue
        response = client.get(path)
        assert response.status_code in {401, 403, 404, 405}, (path, response.status_code)
        assert DYE not in response.content.decode(errors="replace")


def test_session_of_one_office_is_no_session_at_another(dyed, cast):
    from django.test import Client

    here = cast.sign_in("gerd")
    there = Client(SERVER_NAME="vg.localhost")
    there.cookies = here.cookies
    for path in ("/", "/faelle/", "/suche/"):
        response = there.get(path)
        assert response.status_code in {302, 403, 404}
        assert DYE not in response.content.decode(errors="replace")


@pytest.mark.parametrize("name", ["jan", "frieda", "anton", "paula"])
def test_person_without_the_right_gets_no_row_in_the_same_office(dyed, cast, name):
    """Another provider, controlling, tenant admin, committee: never a name of a child."""
    client = cast.sign_in(name, at="VG")
    client.raise_request_exception = False
    for path in sorted(_paths(dyed)):
        if "abmelden" in path:
            continue
        response = client.get(path)
        assert response.status_code < 500, (path, response.status_code)
        assert DYE not in response.content.decode(errors="replace"), path
