"""Three offices at the same moment over the same few connections, with everything that can go wrong in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import Error, connection, connections, transaction

from config.room import with_room
from tenant_apps.cases.models import Hilfefall
from tenants.context import in_tenant
from tests.access.world import DYE, Office, World
from tests.security.crawl import Crawler, Result, Task


class _OnPurpose(Exception):
    pass


def _numbers() -> list[str]:
    return list(Hilfefall.objects.values_list("fallnummer", flat=True))


def _savepoint_rolled_back(office: Office, other: Office) -> list[str]:
    with in_tenant(office.tenant):
        seen = _numbers()
        try:
            with transaction.atomic():
                seen += _numbers()
                raise _OnPurpose
        except _OnPurpose:
            seen += _numbers()
        return seen


def _database_error(office: Office, other: Office) -> list[str]:
    with in_tenant(office.tenant):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        except Error:
            pass
        return _numbers()


def _transaction_rolled_back(office: Office, other: Office) -> list[str]:
    seen: list[str] = []
    try:
        with in_tenant(office.tenant):
            seen = _numbers()
            raise _OnPurpose
    except _OnPurpose:
        pass
    try:
        Hilfefall.objects.count()
    except Error:
        return seen
    return [*seen, "read without a tenant"]


def _other_office_denied(office: Office, other: Office) -> list[str]:
    with in_tenant(office.tenant):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT fallnummer FROM {other.tenant.schema_name}.cases_hilfefall")
                return [row[0] for row in cursor.fetchall()]
        except Error:
            return _numbers()


def _nested(office: Office, other: Office) -> list[str]:
    """One inside the other (no request does that): each block still sees its own."""
    with in_tenant(office.tenant):
        seen = _numbers()
        try:
            with in_tenant(other.tenant):
                if any(other.tenant.kuerzel.encode() != m[1] for m in DYE.finditer(" ".join(_numbers()).encode())):
                    return ["the inner block saw another office"]
                raise _OnPurpose
        except _OnPurpose:
            pass
        return seen + _numbers()


BLOCKS: tuple[Callable[[Office, Office], list[str]], ...] = (
    _savepoint_rolled_back, _database_error, _transaction_rolled_back, _other_office_denied, _nested,
)  # fmt: skip


def _requests(office: Office, other: Office) -> list[Task]:
    """Lists, details, exports, the API; refusals, wrong input, other people's ids."""
    kuerzel, host = office.tenant.kuerzel, office.host
    asd, provider, wjh = (kuerzel, "ASD"), ("", "ANBIETER"), (kuerzel, "WJH")
    own, foreign = office.own, other.own
    return [
        Task(host, "GET", "/faelle/", asd),
        Task(host, "GET", "/faelle/csv/", asd),
        Task(host, "GET", "/faelle/", provider),
        Task(host, "GET", "/abrechnung/", wjh),
        Task(host, "GET", f"/buchungen/{own['buchungen']}/", asd),
        Task(host, "GET", f"/buchungen/{own['buchungen']}/", provider),
        Task(host, "GET", "/api/v1/buchungen/", asd, by_token=True),
        Task(host, "GET", "/api/v1/reservierungen/", asd, by_token=True),
        Task(host, "GET", f"/buchungen/{foreign['buchungen']}/", asd),
        Task(host, "POST", f"/api/v1/buchungen/{foreign['buchungen']}/beenden/", asd, by_token=True),
        Task(host, "POST", "/api/v1/suchen/", asd, by_token=True),
        Task(host, "POST", "/hze-auswahl/", asd),
        Task(host, "GET", "/controlling/", asd),
        Task(host, "GET", "/faelle/", None),
        Task(host, "GET", f"/reservierungen/{own['reservierungen']}/", wjh),
    ]


def hammer(world: World, *, requests: int, threads: int) -> Result:
    """That many requests in all, one block of plain database work after every fourth."""
    crawler = Crawler(world, [])
    offices = [world.offices[k] for k in ("VG", "HRO", "LHSN")]
    result = Result()
    for office in offices:  # sessions first: signing in is not what is hammered
        for task in _requests(office, office):
            if task.key and not task.by_token:
                crawler._session(task.key, task.host)

    def work(number: int) -> None:
        rng = random.Random(number)
        try:
            for turn in range(-(-requests // threads)):
                office, other = rng.sample(offices, 2)
                crawler.ask(rng.choice(_requests(office, other)), result)
                if turn % 4 == 3:
                    _run_block(rng.choice(BLOCKS), office, other, result)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(with_room(work), range(threads)))
    return result


def _run_block(block: Callable[[Office, Office], list[str]], office: Office, other: Office, result: Result) -> None:
    seen = block(office, other)
    wrong = [text for text in seen if not text.startswith(f"Fb{office.tenant.kuerzel}f")]
    result.own += len(seen) - len(wrong)
    if wrong or not seen:
        result.foreign.append(f"{block.__name__} in {office.tenant.kuerzel}: {wrong or 'nothing seen'}")
