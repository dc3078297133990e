"""Crawl against log: an answer that holds the dye of a young person has an entry that names her. No log, no data.

In `make test` everybody asks the routes that the access table opens to her (that the others are refused is asked
by tests/access/test_cells.py); `make security` (SOJUS_CRAWL=full) asks everything as everybody.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import DatabaseError

from config.access_table import AMT_HOST, JA, OFFEN, OTHER_OFFICE, STRANGER, Column, Route, kinds, list_rows, walk
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Klient
from tenants.context import in_tenant
from tenants.door.middleware import ReadNotRecorded
from tests.access.world import DYE, World, build_world, fill, sign_in
from tests.security.figures import figure
from tests.security.sizes import FULL
from tests.trail import reading

pytestmark = pytest.mark.django_db
COLUMNS = kinds()
#: Who may GET a page at an office's host, by its name.
CELLS = {row.route.name: row.cells for row in list_rows() if row.host == AMT_HOST and row.method == "GET"}
#: Signing out, and the pages of strangers, which end a session: they show nobody.
SKIPPED = (
    "gesundheit",
    "abmelden",
    "schema/",
    "anmelden",
    "einladung",
    "uebergabe",
    "weiter/",
    "passwort/",
    "konto/sicherheit",
)


@pytest.fixture
def world(db) -> World:
    made = build_world(COLUMNS, ("VG",))
    cache.clear()
    return made


def _people_by_number(world: World) -> dict[str, object]:
    with in_tenant(world.offices["VG"].tenant):
        found = {}
        for klient in Klient.objects.all():
            if match := DYE.search(f"{klient.pkz}".encode()):
                found[match[3].decode()] = klient.pk
    return found


def _is_asked(route: Route, column: Column) -> bool:
    """Whether somebody of this column asks this route: in the short form only where the table lets her in."""
    return FULL or CELLS.get(route.name, {}).get(column.key, JA) in {JA, OFFEN}


def _answers(world: World, columns=COLUMNS) -> list[tuple[str, str, str, set[str]]]:
    """(role, path, request id, numbers of the people whose dye is in the answer) of every GET route."""
    office = world.offices["VG"]
    seen = []
    for column in columns:
        if column in (STRANGER, OTHER_OFFICE):
            continue
        person = world.person(column, "VG")
        client = sign_in(person, office.host)
        for route in walk("config.urls_tenant"):
            if any(word in route.path for word in SKIPPED) or not _is_asked(route, column):
                continue
            for neighbour in (False, True) if "<" in route.path else (False,):
                path = fill(route, world, office=office, user=person.user, neighbour=neighbour)
                client.raise_request_exception = True
                key = (
                    {"HTTP_AUTHORIZATION": f"Token {world.tokens[person.user.pk, office.host]}"}
                    if "/api/" in path
                    else {}
                )
                response = client.get(path, **key)
                body = b"".join(response.streaming_content) if response.streaming else response.content
                if numbers := {m[3].decode() for m in DYE.finditer(body)}:
                    seen.append((column.key, path, response.get("X-Request-ID", ""), numbers))
    return seen


def test_every_answer_with_a_person_has_an_entry_that_names_her(world):
    people = _people_by_number(world)
    assert len(people) == 5
    answers = _answers(world)
    missing = []
    shown = 0
    with reading(world.offices["VG"].tenant):
        for role, path, request_id, numbers in answers:
            named = {
                person
                for row in Protokoll.objects.filter(request_id=request_id).values_list("personen", flat=True)
                for person in row
            }
            for number in numbers:
                shown += 1
                if people[number] not in named:
                    missing.append((role, path, number))
    assert missing == []
    assert shown > 50
    figure("read log: answers with a person that have an entry naming her", f"{shown} of {shown}")


def test_no_log_no_data(world, monkeypatch):
    """The entry cannot be written: the answer is an error without the person, on every page that shows one."""
    office = world.offices["VG"]
    asd = next(c for c in COLUMNS if c.key == "ASD")
    person = world.person(asd, "VG")
    client = sign_in(person, office.host)
    paths = sorted({path for role, path, _, _ in _answers(world, (asd,))})
    assert len(paths) >= 5

    def broken(*args, **kwargs):
        raise DatabaseError("no space left")

    monkeypatch.setattr(Protokoll.objects, "create", broken)
    client.raise_request_exception = False
    for path in paths:
        key = {"HTTP_AUTHORIZATION": f"Token {world.tokens[person.user.pk, office.host]}"} if "/api/" in path else {}
        response = client.get(path, **key)
        assert response.status_code == 500, path
        assert not DYE.search(response.content), path
    figure("read log: pages that show nobody when the entry cannot be written", f"{len(paths)} of {len(paths)}")


def test_forgotten_entry_is_an_error_and_shows_nothing(world, monkeypatch):
    """A view that forgets to write its entry: nothing is shown, nothing is kept."""
    from tenant_apps.placements.faelle.views import detail as faelle_detail

    monkeypatch.setattr(faelle_detail, "record_access", lambda **kwargs: None)
    office = world.offices["VG"]
    asd = next(c for c in COLUMNS if c.key == "ASD")
    person = world.person(asd, "VG")
    client = sign_in(person, office.host)
    path = f"/buchungen/{office.own['buchungen']}/"
    with pytest.raises(ReadNotRecorded, match="record_access"):
        client.raise_request_exception = True
        client.get(path)
    client.raise_request_exception = False
    response = client.get(path)
    assert response.status_code == 500
    assert not DYE.search(response.content)
