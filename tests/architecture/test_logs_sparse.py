"""Log lines carry places and types, never what a row or a person said."""

from __future__ import annotations

import io
import logging

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.urls import resolve

from config.log_filter import SparseFilter, SparseFormatter

CANARY = "Kanarienvogel-Petersen-7731"


@pytest.fixture
def lines() -> tuple[logging.Logger, io.StringIO]:
    """A logger wired exactly as in the settings, writing to memory."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatter = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(SparseFormatter(formatter["format"], style=formatter["style"]))
    handler.addFilter(SparseFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, out


def test_exception_text_is_not_printed(lines):
    logger, out = lines
    try:
        raise ValueError(f"DETAIL: Key (nachname)=({CANARY}) already exists.")
    except ValueError:
        logger.exception("Speichern fehlgeschlagen")
    assert CANARY not in out.getvalue()
    assert "builtins.ValueError" in out.getvalue()
    assert "test_logs_sparse.py" in out.getvalue()


def test_cause_is_not_printed_either(lines):
    logger, out = lines
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise RuntimeError(f"{CANARY} again") from error
    except RuntimeError:
        logger.exception("x")
    assert CANARY not in out.getvalue()


def test_query_string_is_cut(lines):
    logger, out = lines
    logger.warning(
        "Not Found: %s", f"/suche/?name={CANARY}", extra={"request": CANARY, "sql": CANARY, "params": CANARY}
    )
    assert CANARY not in out.getvalue()
    assert "/suche/" in out.getvalue()


def test_exception_passed_as_argument_is_not_printed(lines):
    logger, out = lines
    logger.error("Fehler: %s", ValueError(CANARY))
    assert CANARY not in out.getvalue()


def test_already_formatted_exception_text_is_not_reused(lines):
    logger, out = lines
    record = logging.LogRecord("test", logging.ERROR, "f.py", 1, "x", None, None)
    record.exc_text = f"Traceback … ValueError: {CANARY}"
    logger.handle(record)
    assert CANARY not in out.getvalue()


def test_every_handler_of_the_settings_is_sparse():
    for name, handler in settings.LOGGING["handlers"].items():
        if handler["class"] != "logging.NullHandler":
            assert "sparse" in handler.get("filters", []), name
            assert handler.get("formatter") == "line", name


def test_address_is_printed_as_its_route(lines, rf):
    logger, out = lines
    request = rf.get(f"/weiter/{CANARY}/")
    request.resolver_match = resolve("/weiter/vg/", urlconf="config.urls_portal")
    logger.error("Internal Server Error: %s", request.path, extra={"request": request})
    assert "/weiter/<slug:kuerzel>/" in out.getvalue()
    logger.error("Not Found: %s", f"/{CANARY}/", extra={"request": rf.get(f"/{CANARY}/")})
    assert "(unbekannte Adresse)" in out.getvalue()
    assert CANARY not in out.getvalue()


def test_message_that_repeats_its_exception_is_not_printed(lines):
    """As Django logs a suspicious request: with the text of the exception as the message."""
    logger, out = lines
    try:
        raise SuspiciousOperation(f"Invalid session of {CANARY}")
    except SuspiciousOperation as error:
        logger.error(str(error), exc_info=error)
    assert CANARY not in out.getvalue()
    assert "SuspiciousOperation" in out.getvalue()
