"""People who go on working while something is done to their offices' tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from config.access_table import kinds
from tests.access.world import Office, build_world
from tests.database import TENANTS
from tests.security.crawl import Crawler, Result, Task

#: A social worker's search: its rows and those of the trail are written while tables change.
SEARCH = "beginn=2017-06-01&ende=2017-11-30&hilfeart=S34&reichweite=EIGENE&tage_je_woche=7,00"


@contextmanager
def people_at_work(*, more_hosts: tuple[str, ...] = ()) -> Iterator[tuple[Result, int]]:
    """Three threads that ask pages of workers and providers in three offices, and the sign-in of `more_hosts`.

    Workers also write. Yields what they got, complete when the block has ended, and how many different pages they ask
    in turn.
    """
    with transaction.atomic():
        world = build_world(kinds(), TENANTS)
    crawler, result, done = Crawler(world, []), Result(), threading.Event()
    tasks = [task for office in world.offices.values() for task in _work_of(office)]
    for task in tasks:
        crawler._session(task.key, task.host)
    tasks += [Task(host, "GET", "/anmelden/", None) for host in more_hosts]

    def work(number: int) -> None:
        try:
            turn = number
            while not done.is_set():
                crawler.ask(tasks[turn % len(tasks)], result)
                turn += 1
        finally:
            connections.close_all()

    people = [threading.Thread(target=work, args=[number]) for number in range(3)]
    for person in people:
        person.start()
    try:
        yield result, len(tasks)
    finally:
        done.set()
        for person in people:
            person.join()


def _work_of(office: Office) -> list[Task]:
    kuerzel, host, own = office.tenant.kuerzel, office.host, office.own
    asd, wjh, provider = (kuerzel, "ASD"), (kuerzel, "WJH"), ("", "ANBIETER")
    return [
        Task(host, "GET", "/faelle/", asd),
        Task(host, "POST", "/hze-auswahl/", asd, form=SEARCH),
        Task(host, "GET", f"/reservierungen/{own['reservierungen']}/", asd),
        Task(host, "GET", "/abrechnung/", wjh),
        Task(host, "GET", f"/buchungen/{own['buchungen']}/", provider),
        Task(host, "GET", "/faelle/", provider),
        Task("portal.localhost", "GET", "/eingang/", provider),
    ]
