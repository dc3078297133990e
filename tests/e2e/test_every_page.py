"""Every page of the table in docs/access.md, opened by somebody who may: accessible, no wider than the screen, no errors.

The journeys beside this file show that people get their work done; this one that no screen was forgotten.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction

from shared_apps.accounts.access import AMT_HOST, Row, kinds, list_rows
from tests.access.world import Person, World, build_world, fill, sign_in
from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor

#: Pages that end the session or lead away, and what a person must not find in her own session.
_SKIPPED = {"logout", "handover", "oidc_begin", "oidc_callback"}


def _pages() -> list[Row]:
    return [
        row
        for row in list_rows()
        if row.method == "GET" and not row.route.is_api and row.route.name.split(":")[-1] not in _SKIPPED
    ]


def _candidates(world: World, row: Row) -> list[Person | None]:
    """Who may open it by the table, the office's own people first; a stranger where everybody may."""
    home = [p for (k, _), p in world.people.items() if k == ("VG" if row.host == AMT_HOST else "")]
    rest = [p for p in world.people.values() if p not in home]
    return [*(p for p in home + rest if row.cells.get(p.column.key) in {"ja", "offen", "Anm."}), None]


def _find_opener(world: World, row: Row, host: str) -> tuple[Person | None, str] | None:
    """Somebody for whom the page is a page (200, HTML), and its path; None for files, redirects, refusals."""
    office = world.offices["VG"]
    for person in _candidates(world, row):
        path = fill(row.route, world, office=office, user=person.user if person else None)
        client = sign_in(person, host) if person else None
        if client is None:
            return (None, path) if "offen" in row.cells.values() else None
        answer = client.get(path)
        if answer.status_code == 200:
            return (person, path) if "html" in answer["Content-Type"] else None
    return None


def _sit_down(visitor: Visitor, person: Person | None, host: str) -> None:
    visitor.context.clear_cookies()
    if person:
        url = visitor.site.url(host.split(".", maxsplit=1)[0])
        cookies = sign_in(person, host).cookies.values()
        visitor.context.add_cookies([{"name": c.key, "value": c.value, "url": url} for c in cookies])


@pytest.mark.parametrize("kind", ["amt", "portal"])
def test_every_page_at_the_desk_and_on_the_phone(kind, site, visit, subtests):
    with transaction.atomic():
        world = build_world(kinds())
    cache.clear()
    host = "vg.localhost" if kind == "amt" else "portal.localhost"
    desk, phone = visit(host.split(".")[0], size=DESK), visit(host.split(".")[0], size=PHONE, dark=True)
    for visitor in (desk, phone):
        visitor.expected_statuses = {404}  # a picture of the world may be gone; a page may not: its heading is asked for
    seated: Person | None = None
    opened = 0
    for row in (r for r in _pages() if (r.host == AMT_HOST) == (kind == "amt")):
        found = _find_opener(world, row, host)
        if found is None:
            continue
        person, path = found
        with subtests.test(path=row.route.path):
            for visitor in (desk, phone):
                if person is not seated or person is None:
                    _sit_down(visitor, person, host)
                visitor.troubles.clear()
                visitor.open(path)
                assert visitor.page.locator("h1").count() == 1, f"{path}: one heading"
                visitor.look()
            opened += 1
        seated = person
    assert opened >= (70 if kind == "amt" else 35), opened
