"""A real Chromium against a real server on a database of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection
from django.test import override_settings
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, Error, sync_playwright

from config.room import with_room
from deploy.browser import find
from shared_apps.core.clock import real_now
from shared_apps.signin import sessions
from tests import database
from tests.e2e.browser import ARGS, DESK
from tests.e2e.kept import Kept, keep
from tests.e2e.visitor import Site, Visitor, new_visitor
from tests.e2e.world import World, create_world
from tests.people import Cast

PICTURES = Path(__file__).resolve().parents[2] / "var" / "e2e"
NO_BROWSER = "NO BROWSER: no Chromium at SOJUS_CHROMIUM or on the PATH; what the browser tests cover is UNTESTED"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One Chromium for each worker; a file's tests stay together unless they name groups of their own."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(f"e2e {item.path.stem}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Let fixtures know how the test ended."""
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests. Django refuses its ORM beside Playwright's event loop unless told so."""
    executable = find()
    if executable is None:
        pytest.skip(NO_BROWSER)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=ARGS)
        except Error as error:
            pytest.skip(f"{NO_BROWSER} ({executable} does not start: {str(error).splitlines()[0]})")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def application() -> Callable:
    """The application as gunicorn loads it; static files come from WhiteNoise, and once for each visitor."""
    with override_settings(WHITENOISE_MAX_AGE=3600, WHITENOISE_AUTOREFRESH=False):
        return with_room(WSGIHandler())


@pytest.fixture(scope="session")
def worked_example(django_db_setup, django_db_blocker) -> Iterator[Kept[World]]:
    """The world of the stories, made once for each worker."""
    with django_db_blocker.unblock(), keep("example", lambda: create_world(Cast())) as kept:
        yield kept


@pytest.fixture
def template(request) -> str:
    """Whoever asks for the `world` gets a clone in which it is already there."""
    if "world" in request.fixturenames:
        return request.getfixturevalue("worked_example").database
    return database.ensure_template()


@pytest.fixture
def pool(own_database) -> Iterator[None]:
    """Threads take their connections from a pool, as gunicorn's do: a new one first has to learn every table."""
    options = connection.settings_dict["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 10, "timeout": 30}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "OPTIONS", options)
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        yield
        connection.close()
        connection.close_pool()


@pytest.fixture
def site(chromium, pool, application, settings) -> Iterator[Site]:
    """The portal on a free port, on a clone whose data is committed."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.daemon_threads, server.block_on_close = True, False
    server.set_app(application)
    port = server.server_address[1]
    settings.PUBLIC_PORT = str(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Site(port)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def world(site, worked_example) -> World:
    """The worked example and the cast."""
    return deepcopy(worked_example.made)


@pytest.fixture
def visit(request, chromium, site) -> Iterator[Callable[..., Visitor]]:
    """`visit("vg", size=PHONE)`: another person sits down. After a failure her screen is kept in var/e2e."""
    visitors: list[Visitor] = []

    def _visit(host: str, *, size: tuple[int, int] = DESK, script: bool = True, dark: bool = False) -> Visitor:
        visitors.append(new_visitor(chromium, site, host, size=size, script=script, dark=dark))
        return visitors[-1]

    yield _visit
    failed = getattr(request.node, "report_call", None) and request.node.report_call.failed
    for number, visitor in enumerate(visitors):
        if failed:
            PICTURES.mkdir(parents=True, exist_ok=True)
            visitor.page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png", full_page=True)
        visitor.context.close()


@pytest.fixture
def pass_time(monkeypatch) -> Callable[[Visitor, int], None]:
    """`pass_time(anna, 600)`: it is ten minutes later for the sessions, and for her page, whose clock was installed."""
    passed = timedelta()

    def _pass_time(visitor: Visitor, seconds: int) -> None:
        nonlocal passed
        passed += timedelta(seconds=seconds)
        monkeypatch.setattr(sessions, "real_now", lambda: real_now() + passed)
        if visitor.script:
            visitor.page.clock.fast_forward(seconds * 1000)

    return _pass_time
