"""Asks every route as everybody at every host and looks for dyes that do not belong in the answer."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, local

from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.client import ClientHandler

from config.access_table import AMT_HOST, Row
from config.room import with_room
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from tenants.models import Tenant, TenantZustand
from tests.access.world import DYE, Person, World, fill, sign_in

PORTAL = "portal.localhost"
#: Deeds that end the crawl itself: they are called by tests/access/test_cells.py, rolled back there.
SKIPPED = {("logout", "POST"), ("operations:maintenance", "POST"), ("key_revoke", "POST"), ("schema", "GET")}
#: A booking tells the provider who the young person is. Whoever may book would change by it what the crawl holds for
#: foreign; the cells call these too, rolled back. Everybody from elsewhere still tries.
TELLS_NAMES = {("placements:book", "POST"), ("api-buchen", "POST")}
#: Office roles that work with single cases.
CASE_ROLES = {Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG}
#: Numbers of the story whose name a provider knows (booked), by provider.
BOOKED = {"A": {1, 5}, "B": {2}}
KNOWN = {"A": {1, 3, 4, 5}, "B": {2}}
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def is_own(
    person: Person | None, host: str, kuerzel: str, kind: str, number: int, *, is_neighbour: bool, path: str = ""
) -> bool:
    """Whether this dye may be in an answer to this person at this host (and page, for data protection)."""
    if person is None or host != f"{kuerzel.lower()}.localhost":
        return False
    rolle = person.column.rolle
    if rolle in ANBIETERSEITE:
        if kind in "kpf":
            return number in BOOKED[person.provider]
        return kind in "av" and number in KNOWN[person.provider]
    if person.office != kuerzel:
        return False
    if rolle == Rolle.ASD:
        return (number == 2) == is_neighbour
    if kind == "e":  # what was entrusted is its author's alone: no lead, no head, no payment, no data protection
        return False
    if rolle == Rolle.DATENSCHUTZ:  # everything about a person, on the pages of her rights and nowhere else
        return path.startswith("/datenschutzrechte/")
    return rolle in CASE_ROLES


@dataclass(frozen=True, slots=True)
class Task:
    """One request: who asks what at which host."""

    host: str
    method: str
    path: str
    key: tuple[str, str] | None  # of the person in the world; None: a stranger
    by_token: bool = False
    session_of: str = ""  # host the session was made for, when it is carried to another
    form: str = ""  # what is typed, as a browser sends it


@dataclass
class Result:
    """What a crawl found."""

    responses: int = 0
    own: int = 0
    by_status: dict[int, int] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def visible_bytes(response) -> bytes:
    """Everything of an answer that leaves the house: headers, cookies, body, unpacked PDF."""
    body = response.getvalue() if response.streaming else response.content
    head = "\n".join(f"{name}: {value}" for name, value in response.items())
    if response.get("Content-Type", "").startswith("application/pdf"):
        for stream in _STREAM.findall(body):
            try:
                body += zlib.decompress(stream.strip(b"\r\n"))
            except zlib.error:
                continue
    return head.encode() + response.cookies.output().encode() + b"\n" + body


class Crawler:
    """Clients of every thread, and the plan."""

    def __init__(self, world: World, rows: list[Row]) -> None:
        self.world, self.rows = world, rows
        self.names = {id(person): key for key, person in world.people.items()}
        self._local = local()
        self._lock = Lock()
        self._cookies: dict[tuple[tuple[str, str], str], dict[str, str]] = {}

    # -- the plan ---------------------------------------------------------------------------------

    def plan(self, *, methods: tuple[str, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")) -> Iterator[Task]:
        """Every route × method × person × host, with ids of the host's office, of a neighbour, and of the others."""
        people: list[tuple[tuple[str, str] | None, Person | None]] = [(None, None), *self.world.people.items()]
        for row in self.rows:
            if row.method not in methods or (row.route.name, row.method) in SKIPPED:
                continue
            offices = list(self.world.offices.values())
            hosts = [office.host for office in offices] if row.host == AMT_HOST else [PORTAL]
            for host in hosts:
                for key, person in people:
                    at_home = person is not None and f"{person.office.lower()}.localhost" == host
                    if at_home and (row.route.name, row.method) in TELLS_NAMES:
                        continue
                    user = person.user if person else None
                    paths = {fill(row.route, self.world, office=office, user=user) for office in offices}
                    here = next((o for o in offices if o.host == host), offices[0])
                    paths.add(fill(row.route, self.world, office=here, user=user, neighbour=True))
                    for path in sorted(paths):
                        yield Task(host, row.method, path, key)
                        if person and row.route.is_api:
                            yield Task(host, row.method, path, key, by_token=True)
                        if person and person.office and f"{person.office.lower()}.localhost" != host:
                            home = f"{person.office.lower()}.localhost"
                            yield Task(host, row.method, path, key, session_of=home)

    def near(self) -> Iterator[Task]:
        """What people do all day: their own host, ids of that office; the answers that hold dyes at all."""
        offices = list(self.world.offices.values())
        for row in self.rows:
            if row.method != "GET" or (row.route.name, row.method) in SKIPPED:
                continue
            for here in offices if row.host == AMT_HOST else offices[:1]:
                host = here.host if row.host == AMT_HOST else PORTAL
                for key, person in self.world.people.items():
                    if host != PORTAL and person.office not in {"", here.tenant.kuerzel}:
                        continue
                    ids = {"office": here, "user": person.user}
                    own = fill(row.route, self.world, **ids)
                    for path in sorted({own, fill(row.route, self.world, **ids, neighbour=True)}):
                        yield Task(host, "GET", path, key)

    def sample(self, number: int, *, all_near: bool = False, seed: int = 20261122) -> list[Task]:
        """This many: a third from everywhere, two thirds from `near` (or all of it), most of these at offices' hosts,
        where dyes are. The same for every run of the same code."""
        rng = random.Random(seed)
        chosen, wanted, close = list(self.near()), number // 3, number * 2 // 3
        if all_near:
            wanted = max(0, number - len(chosen))
        else:
            at_offices = [task for task in chosen if task.host != PORTAL]
            chosen = rng.sample(at_offices, min(len(at_offices), close * 7 // 8)) + rng.sample(chosen, close // 8)
        reservoir: list[Task] = []
        for position, task in enumerate(self.plan()):  # with eight offices the plan is too long for a list
            if len(reservoir) < wanted:
                reservoir.append(task)
            elif (place := rng.randint(0, position)) < wanted:
                reservoir[place] = task
        chosen += reservoir
        rng.shuffle(chosen)
        return chosen

    # -- the requests -----------------------------------------------------------------------------

    def _client(self, task: Task) -> Client:
        if not hasattr(self._local, "handler"):
            self._local.handler = ClientHandler(enforce_csrf_checks=False)
        client = Client(SERVER_NAME=task.host, raise_request_exception=False)
        client.handler = self._local.handler
        if task.key and not task.by_token:
            for name, value in self._session(task.key, task.session_of or task.host).items():
                client.cookies[name] = value
        return client

    def _session(self, key: tuple[str, str], host: str) -> dict[str, str]:
        with self._lock:
            found = self._cookies.get((key, host))
            if found is None:
                cookies = sign_in(self.world.people[key], host).cookies
                found = {name: morsel.value for name, morsel in cookies.items()}
                self._cookies[key, host] = found
            return found

    def ask(self, task: Task, result: Result) -> None:
        """Send it, and judge the answer."""
        kwargs: dict = {}
        if task.by_token and task.key:
            token = self.world.tokens[self.world.people[task.key].user.pk, task.host]
            kwargs["headers"] = {"Authorization": f"Token {token}"}
        if task.method != "GET" and task.path.startswith("/api/"):
            kwargs |= {"data": json.dumps({}), "content_type": "application/json"}
        if task.form:
            kwargs |= {"data": task.form, "content_type": "application/x-www-form-urlencoded"}
        response = getattr(self._client(task), task.method.lower())(task.path, **kwargs)
        found = {(m[1].decode().upper(), m[2].decode(), int(m[3])) for m in DYE.finditer(visible_bytes(response))}
        person = self.world.people[task.key] if task.key else None
        if task.session_of:
            person = None  # that session is worth nothing here
        neighbour = bool(task.key) and task.key[1] == "NACHBARIN"
        foreign = [dye for dye in found if not is_own(person, task.host, *dye, is_neighbour=neighbour, path=task.path)]
        with self._lock:
            result.responses += 1
            result.own += len(found) - len(foreign)
            result.by_status[response.status_code] = result.by_status.get(response.status_code, 0) + 1
            if response.status_code >= 500:
                result.errors.append(f"{task}: {response.status_code}")
            if foreign:
                result.foreign.append(f"{task}: {sorted(foreign)}")

    def crawl(self, tasks: list[Task], *, threads: int = 1) -> Result:
        """Work through the tasks; a closed office is opened again, a lost session made again in between."""
        result = Result()

        def work(part: list[Task]) -> None:
            try:
                for task in part:
                    self.ask(task, result)
            finally:
                connections.close_all()

        size = 2000
        for begin in range(0, len(tasks), size):
            self._cookies.clear()
            cache.clear()
            Tenant.objects.filter(zustand=TenantZustand.WARTUNG).update(zustand=TenantZustand.AKTIV)
            part = tasks[begin : begin + size]
            if threads == 1:
                for task in part:
                    self.ask(task, result)
                continue
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(with_room(work), [part[n::threads] for n in range(threads)]))
        return result
