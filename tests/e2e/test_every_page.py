"""Every page of docs/access.md, opened by somebody who may: accessible, no wider than the screen, no errors.

The journeys beside this file show that people get their work done; this one that no screen was forgotten.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from config.access_table import AMT_HOST, Row, kinds, list_rows
from shared_apps.accounts.models import User
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from tenant_apps.cases.models import Klient
from tenants.context import in_tenant
from tests.access.world import Person, World, build_world, fill, sign_in
from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor

#: Addresses that end the session or lead away.
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


def _find_opener(world: World, row: Row, host: str) -> tuple[Person | None, str, int] | None:
    """Who opens it, its path, and the status expected; None for files and for what only leads elsewhere.

    A page for everybody may explain a refusal (a used link), anything else has to open.
    """
    office = world.offices["VG"]
    for person in _candidates(world, row):
        path = fill(row.route, world, office=office, user=person.user if person else None)
        client = sign_in(person, host) if person else Client(SERVER_NAME=host)
        answer = client.get(path)
        if answer.status_code == 200 or (
            person is None and answer.status_code == 403 and "offen" in row.cells.values()
        ):
            return (person, path, answer.status_code) if "html" in answer["Content-Type"] else None
    return None


class Seat:
    """A visitor and who sits there."""

    def __init__(self, visitor: Visitor, host: str) -> None:
        self.visitor, self.host = visitor, host
        self.person: Person | None = None

    def take(self, person: Person | None) -> Visitor:
        """Another person's session, if it is another."""
        if person is not self.person:
            self.visitor.context.clear_cookies()
            if person:
                url = self.visitor.site.url(self.host.split(".", maxsplit=1)[0])
                cookies = sign_in(person, self.host).cookies.values()
                self.visitor.context.add_cookies([{"name": c.key, "value": c.value, "url": url} for c in cookies])
            self.person = person
        return self.visitor


def _lengthen(world: World) -> None:
    """People, children and houses with names of a hundred letters and no blank: no page grows wider for them."""
    for model, feld in ((User, "nachname"), (Anbieter, "name"), (Einrichtung, "name"), (Angebot, "name")):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(**{feld: f"{getattr(row, feld)}{'o' * 100}"[:100].replace(" ", "")})
    for office in world.offices.values():
        with in_tenant(office.tenant):
            for klient in Klient.objects.all():
                klient.nachname = "N" * 100
                klient.save(update_fields=["nachname"])


@pytest.mark.xdist_group("e2e pages")
@pytest.mark.parametrize(("kind", "least"), [("amt", 70), ("portal", 35)])
def test_every_page_at_the_desk_and_on_the_phone(kind, least, site, visit, subtests):
    with transaction.atomic():
        world = build_world(kinds())
        _lengthen(world)
    cache.clear()
    host = "vg.localhost" if kind == "amt" else "portal.localhost"
    name = host.split(".", maxsplit=1)[0]
    seats = [Seat(visit(name, size=DESK), host), Seat(visit(name, size=PHONE, dark=True), host)]
    opened = 0
    for row in (r for r in _pages() if (r.host == AMT_HOST) == (kind == "amt")):
        found = _find_opener(world, row, host)
        if found is None:
            continue
        person, path, status = found
        with subtests.test(path=row.route.path):
            for seat in seats:
                visitor = seat.take(person)
                visitor.troubles.clear()
                visitor.expected_statuses = {status}
                visitor.open(path)
                assert visitor.page.locator("h1").count() == 1, f"{path}: one heading"
                visitor.look()
            opened += 1
    assert opened >= least, f"only {opened} pages opened"
