"""Every page of docs/access.md, opened by somebody who may: accessible, no wider than the screen, no errors.

The journeys beside this file show that people get their work done; this one that no screen was forgotten. Each page is
opened on a dark phone, looked at, moved to a light desk and looked at again. The walk is cut into parts of about the
same length, so that both workers walk: each part is a group of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.test.client import ClientHandler

from config.access_table import AMT_HOST, Row, kinds, list_rows
from shared_apps.accounts.models import User
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from tenant_apps.cases.models import Klient
from tenants.context import in_tenant
from tests.access.world import Person, World, build_world, fill, sign_in
from tests.e2e.browser import DESK, PHONE
from tests.e2e.kept import Kept, keep
from tests.e2e.visitor import Visitor

#: Addresses that end the session or lead away, and a part of a page that its script asks for.
_SKIPPED = {"logout", "handover", "oidc_begin", "oidc_callback", "stand"}


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


class Openers:
    """Finds out by asking who opens a page; everybody signs in once."""

    def __init__(self, world: World, host: str) -> None:
        self.world, self.host = world, host
        self._handler = ClientHandler(enforce_csrf_checks=False)  # loading the middleware takes longer than a page
        self._cookies: dict[int, dict[str, str]] = {}

    def _client(self, person: Person | None) -> Client:
        client = Client(SERVER_NAME=self.host, raise_request_exception=False)
        client.handler = self._handler
        if person:
            if id(person) not in self._cookies:
                self._cookies[id(person)] = {c.key: c.value for c in sign_in(person, self.host).cookies.values()}
            for name, value in self._cookies[id(person)].items():
                client.cookies[name] = value
        return client

    def find(self, row: Row) -> tuple[Person | None, str, int] | None:
        """Who opens it, its path, and the status expected; None for files and for what only leads elsewhere.

        A page for everybody may explain a refusal (a used link), anything else has to open.
        """
        office = self.world.offices["VG"]
        for person in _candidates(self.world, row):
            path = fill(row.route, self.world, office=office, user=person.user if person else None)
            answer = self._client(person).get(path)
            if answer.streaming:
                answer.getvalue()  # a file that is read to its end is closed
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
        self._cookies: dict[int, list[dict[str, str]]] = {}

    def take(self, person: Person | None) -> Visitor:
        """Another person's session, if it is another."""
        if person is not self.person:
            self.visitor.context.clear_cookies()
            if person:
                self.visitor.context.add_cookies(self._session_of(person))
            self.person = person
        return self.visitor

    def _session_of(self, person: Person) -> list[dict[str, str]]:
        """She signs in once and comes back to it."""
        if id(person) not in self._cookies:
            url = self.visitor.site.url(self.host.split(".", maxsplit=1)[0])
            cookies = sign_in(person, self.host).cookies.values()
            self._cookies[id(person)] = [{"name": c.key, "value": c.value, "url": url} for c in cookies]
        return self._cookies[id(person)]


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


def _make_world() -> World:
    world = build_world(kinds())
    _lengthen(world)
    return world


@pytest.fixture(scope="session")
def everybody(django_db_setup, django_db_blocker) -> Iterator[Kept[World]]:
    """One person of every role and what they may open, made once for each worker."""
    with django_db_blocker.unblock(), keep("everybody", _make_world) as kept:
        yield kept


@pytest.fixture
def template(everybody) -> str:
    return everybody.database


#: Host, number of parts it is walked in, and how many pages each part has at least.
WALKS = (("amt", 2, 36), ("portal", 1, 36))

#: What a page is drawn like, element by element.
_DRAWN = """() => [...document.querySelectorAll('*')].map((e) => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  return [e.tagName, e.className, e.open, box.x, box.y, box.width, box.height, e.scrollWidth, style.display,
    style.visibility, style.position, style.fontSize, style.color, style.backgroundColor].join(' ');
})"""


@pytest.mark.xdist_group("e2e pages amt 1")
@pytest.mark.parametrize("route", ["", "anbieter/"])
def test_a_page_moved_to_the_desk_is_the_page_opened_there(route, everybody, site, visit):
    """Why the walk below opens each page once. Areas that scroll, cards that are a table, what is folded on a phone."""
    host = "vg.localhost"
    row = next(row for row in _pages() if row.host == AMT_HOST and row.route.path == route)
    person, path, _ = Openers(everybody.made, host).find(row)
    phone, desk, moved = (
        Seat(visit("vg", size=size, dark=size == PHONE), host).take(person) for size in (PHONE, DESK, DESK)
    )
    moved.take_device(PHONE, dark=True)
    for visitor in (phone, desk, moved):
        visitor.open(path)
    on_the_phone = moved.page.evaluate(_DRAWN)
    assert on_the_phone == phone.page.evaluate(_DRAWN)
    moved.move_to(DESK)
    assert moved.page.evaluate(_DRAWN) == desk.page.evaluate(_DRAWN) != on_the_phone


def _look(visitor: Visitor, path: str) -> None:
    assert visitor.page.locator("h1").count() == 1, f"{path}: one heading"
    visitor.look()


@pytest.mark.parametrize(
    ("kind", "part", "parts", "least"),
    [
        pytest.param(kind, part, parts, least, marks=pytest.mark.xdist_group(f"e2e pages {kind} {part}"))
        for kind, parts, least in WALKS
        for part in range(parts)
    ],
)
def test_every_page_at_the_desk_and_on_the_phone(kind, part, parts, least, everybody, site, visit, subtests):
    world = everybody.made
    host = "vg.localhost" if kind == "amt" else "portal.localhost"
    name = host.split(".", maxsplit=1)[0]
    openers = Openers(world, host)
    seat = Seat(visit(name, size=DESK), host)
    opened = 0
    for row in [r for r in _pages() if (r.host == AMT_HOST) == (kind == "amt")][part::parts]:
        found = openers.find(row)
        if found is None:
            continue
        person, path, status = found
        with subtests.test(path=row.route.path):
            visitor = seat.take(person)
            visitor.troubles.clear()
            visitor.expected_statuses = {status}
            visitor.take_device(PHONE, dark=True)
            visitor.open(path)
            _look(visitor, path)
            visitor.move_to(DESK)
            _look(visitor, path)
            opened += 1
    assert opened >= least, f"only {opened} pages opened"


#: How many lines the areas take, and whether the one she is in can be seen.
_NAV = """() => { const nav = document.querySelector('.sojus-nav'), now = nav && nav.querySelector('[aria-current]');
  const inside = (e) => e.getBoundingClientRect().left >= 0 && e.getBoundingClientRect().right <= innerWidth;
  return {lines: new Set([...(nav ? nav.querySelectorAll('li') : [])].map((e) => e.offsetTop)).size,
    labels: [...(nav ? nav.querySelectorAll('a') : [])].map((e) => e.textContent), seen: !now || inside(now)}; }"""


@pytest.mark.xdist_group("e2e pages portal 0")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_the_areas_of_every_role_are_one_line(size, everybody, site, visit, subtests):
    """Whoever it is, at her office or at the portal: the head is no taller for a role that may do much."""
    seats: dict[str, Seat] = {}
    for (kuerzel, role), person in everybody.made.people.items():
        if kuerzel not in {"VG", ""}:
            continue
        name = (kuerzel or "portal").lower()
        if name not in seats:
            seats[name] = Seat(visit(name, size=size), f"{name}.localhost")
        seat = seats[name]
        with subtests.test(kuerzel=kuerzel, role=role):
            visitor = seat.take(person)
            for path in ("/", "/gebietskoerperschaften/"):
                visitor.open(path)
                nav = visitor.page.evaluate(_NAV)
                assert nav["lines"] <= 1, f"{role} at {path}: {nav['labels']}"
                assert nav["seen"], f"{role} at {path}: the area she is in is out of sight"
