"""What no person types is asked at the door: path, query, headers, cookies. A German answer, never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.hostile import find_english

PAGES = ("/", "/anmelden/", "/api/v1/suchen/")


@pytest.fixture
def stranger(db, vg) -> Client:
    return Client(SERVER_NAME="vg.localhost", raise_request_exception=False)


HEADERS = [
    "Accept", "Accept-Language", "Authorization", "HX-Request", "Idempotency-Key", "Origin", "Referer", "User-Agent",
    "X-CSRFToken", "X-Forwarded-For",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_in_a_header_the_request_cannot_be_read(stranger, header) -> None:
    for value in ("a\x00b", "Token \x00", "a\x1bb", "a\r\nb"):
        for page in PAGES:
            answer = stranger.get(page, headers={header: value})
            assert answer.status_code == 400, (page, value)
            assert not find_english(answer.text)


@pytest.mark.parametrize("path", ["/\x00/", "/passwort/neu/x/a%00b/", "/einladung/x/%00/", "/api/v1/buchungen/%07/"])
def test_in_a_path_too(stranger, path) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 400
    assert not find_english(answer.text)


def test_nul_in_a_query(stranger) -> None:
    for page in PAGES:
        assert stranger.get(page, {"suche": "a\x00b", "seite": "\x00"}).status_code == 400


def test_utf8_in_a_header_is_no_control_character(stranger) -> None:
    """The bytes of an Ä are read as Latin-1, and the second one is a C1 control there."""
    value = "Jugendamt Ängermünde".encode().decode("latin-1")
    assert stranger.get("/anmelden/", headers={"User-Agent": value}).status_code == 200


@pytest.mark.parametrize("cookie", ["SESSION", "CSRF", "DEVICE", "messages", "django_language", "any"])
def test_cookie_with_nul_was_not_sent(stranger, settings, cookie) -> None:
    """Quoted, a NUL passes every web server. Whoever has such a cookie signs in again instead of being locked out."""
    name = getattr(settings, f"{cookie}_COOKIE_NAME", cookie)
    for page in PAGES:
        answer = stranger.get(page, headers={"Cookie": f'{name}="a\\000b"'})
        assert answer.status_code in {200, 302, 401, 403}, page
        assert not find_english(answer.text)
