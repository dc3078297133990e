"""A process gets ready before it takes requests, and its requests have room on the interpreter's stack (ADR 0051)."""

from __future__ import annotations

import logging
import resource
import sys
from threading import Thread

import pytest
from django.db import DatabaseError
from django.template import engines

from config import warm
from config.room import with_room


def test_every_template_of_ours_compiles():
    engine = engines["django"]
    names = warm.list_templates()
    assert len(names) > 100
    for name in names:
        engine.get_template(name)
    assert warm.warm_templates() == len(names)


def test_a_process_starts_though_the_database_does_not_answer(db, monkeypatch, caplog):
    def no_answer() -> bool:
        raise DatabaseError("connection refused")

    monkeypatch.setattr(warm, "is_shared_ready", no_answer)
    monkeypatch.setattr(warm.connection, "close", lambda: None)  # the test's own goes on
    with caplog.at_level(logging.WARNING, logger="config.warm"):
        warm.warm_up()
    assert "did not answer" in caplog.text and "refused" not in caplog.text


def test_a_request_enters_through_a_frame_that_brings_its_own_memory():
    def application(environ, start_response):
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    said: list[str] = []
    roomy = with_room(application)
    assert roomy({"PATH_INFO": "/faelle/"}, lambda status, headers: said.append(status)) == [b"/faelle/"]
    assert said == ["200 OK"]
    half_of_a_piece = 128 * 1024 // 8 // 2
    assert roomy.__code__.co_stacksize > half_of_a_piece


def test_a_test_has_room_for_a_request_and_for_its_framework():
    """Or each call that is just at an edge would fetch a piece of the stack and give it back."""
    frame, sizes = sys._getframe(), []
    while frame:
        sizes.append(frame.f_code.co_stacksize)
        frame = frame.f_back
    half_of_a_piece = 512 * 1024 // 8 // 2
    assert max(sizes) > half_of_a_piece


def _deeper(levels: int) -> None:
    """At each depth, ten calls and back."""
    for _ in range(10):
        _nothing(1, 2, 3, 4, 5, 6, 7, 8)
    if levels:
        _deeper(levels - 1)


def _nothing(*values: int) -> int:
    one, two, three, four, five, six, seven, eight = values
    return one + two + three + four + five + six + seven + eight


@pytest.mark.skipif(not hasattr(resource, "RUSAGE_THREAD"), reason="only Linux counts the page faults of a thread")
def test_with_room__calls_at_no_depth_ask_the_system_for_memory():
    faults: list[int] = []

    def count() -> None:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        _deeper(150)
        faults.append(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

    for work in (with_room(count), count):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    roomy, bare = faults
    assert roomy < 40, f"{roomy} page faults, {bare} without room"
