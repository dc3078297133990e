"""A request of SoJuS against plain Django doing the same (`make bench TESTS="-k request"`): CPU time of one process.

Both ask the same five questions of the same database and fill the same template; `plain` says what "plain" is. They
take turns, twenty requests each, so whatever else the machine does meets both.

SOJUS_BENCH_REQUESTS: how many turns, else 25. SOJUS_BENCH_PROFILE=cumtime prints where SoJuS's time goes instead.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import time
from statistics import median

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.urls import clear_url_caches

from config.room import with_room
from shared_apps.signin.services import create_api_token
from tenants.models import Tenant
from tests.bench import plain
from tests.people import Cast

pytestmark = pytest.mark.bench
HOST, TURNS, A_TURN = "vg.localhost", int(os.environ.get("SOJUS_BENCH_REQUESTS", "25")), 20


@pytest.fixture
def answers(own_database):
    """One set of settings for both; only their middleware differs, and each reads its own once."""
    with override_settings(
        ROOT_URLCONF="tests.bench.urls",
        AUTHENTICATION_BACKENDS=[*settings.AUTHENTICATION_BACKENDS, f"{plain.PlainBackend.__module__}.PlainBackend"],
        TEMPLATES=[
            {**engine, "DIRS": [settings.BASE_DIR / "tests" / "bench" / "templates"]}
            for engine in ({**settings.TEMPLATES[0], "NAME": "django"}, plain.ENGINE)
        ],
    ):
        clear_url_caches()
        yield Cast()
    clear_url_caches()


def _stacks(sojus: dict[str, str], bare: dict[str, str]) -> tuple[plain.Stack, plain.Stack]:
    ours = plain.Stack(host=HOST, headers=sojus, wrap=with_room)  # as config.wsgi
    with override_settings(MIDDLEWARE=plain.MIDDLEWARE, SESSION_ENGINE="django.contrib.sessions.backends.db"):
        theirs = plain.Stack(host=HOST, headers=bare, database=plain.plain_database())
    return ours, theirs


def _turn(stack: plain.Stack, path: str) -> tuple[float, float]:
    """CPU and wall time of one request."""
    with plain.on(stack.database):
        wall, start = time.perf_counter(), time.process_time()
        for _ in range(A_TURN):
            assert stack.ask(path)[0] == 200
        return (time.process_time() - start) / A_TURN, (time.perf_counter() - wall) / A_TURN


def _compare(name: str, stacks: tuple[plain.Stack, plain.Stack], paths: tuple[str, str], capsys) -> None:
    for stack, path in zip(stacks, paths, strict=True):
        _turn(stack, path)
    if os.environ.get("SOJUS_BENCH_PROFILE"):
        _profile(stacks[0], paths[0], capsys)
        return
    spent: tuple[list, list] = ([], [])
    for _ in range(TURNS):
        for times, stack, path in zip(spent, stacks, paths, strict=True):
            times.append(_turn(stack, path))
    (ours, ours_wall), (bare, bare_wall) = (map(median, zip(*times, strict=True)) for times in spent)
    with capsys.disabled():
        print(
            f"\nbench request {name}: SoJuS {ours * 1000:.2f} ms CPU, plain Django {bare * 1000:.2f} ms,"
            f" ratio {ours / bare:.2f} ({ours_wall * 1000:.2f} and {bare_wall * 1000:.2f} ms on the clock,"
            f" {TURNS} turns of {A_TURN})"
        )


def _profile(stack: plain.Stack, path: str, capsys) -> None:
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(10):
        _turn(stack, path)
    profile.disable()
    with capsys.disabled():
        pstats.Stats(profile).sort_stats(os.environ["SOJUS_BENCH_PROFILE"]).print_stats(70)


@pytest.mark.parametrize("page", ["", "rahmen/"], ids=["thin page", "page in its frame"])
def test_request_with_session(answers, capsys, page) -> None:
    client = answers.sign_in("anna")
    session, bare = client.cookies[settings.SESSION_COOKIE_NAME].value, plain.sign_in(answers.user("anna"))
    stacks = _stacks(*({"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={key}"} for key in (session, bare)))
    name = f"with session, {'page in its frame' if page else 'thin page'}"
    _compare(name, stacks, (f"/bench/sojus/{page}", f"/bench/plain/{page}"), capsys)


def test_request_with_token(answers, capsys) -> None:
    key = create_api_token(user=answers.user("anna"), tenant=Tenant.objects.get(kuerzel="VG"))
    stacks = _stacks(*({"HTTP_AUTHORIZATION": f"Token {key}"} for _ in range(2)))
    _compare("with API token", stacks, ("/api/v1/bench/sojus/", "/api/v1/bench/plain/"), capsys)
    assert connections["default"] is stacks[0].database
