"""The arithmetic of second factors: codes that an app shows for half a minute, and recovery codes."""

from __future__ import annotations

import hmac
import string
from hashlib import sha1

import pyotp

#: An app shows a code for this long; the one before and the one after are taken as well.
PERIOD, TOLERANCE = 30, 1
#: Never to be changed: a seed that is stored would then mean other codes than those on the person's paper.
CODES, CODE_DIGITS = 10, 10
_LEFT_OUT = str.maketrans("", "", string.punctuation + string.whitespace)


def compute_zeitschritt(*, now: float) -> int:
    """The time step of RFC 6238 at this moment (seconds since 1970)."""
    return int(now) // PERIOD


def compute_app_code(*, secret: str, schritt: int) -> str:
    """Six digits that the app shows during this step."""
    return pyotp.HOTP(secret).at(schritt)


def find_zeitschritt(*, secret: str, code: str, after: int, now: float) -> int | None:
    """The step of a right code that is later than the last one used: one code works once."""
    hier = compute_zeitschritt(now=now)
    for schritt in range(max(hier - TOLERANCE, after + 1), hier + TOLERANCE + 1):
        if is_same_code(code, compute_app_code(secret=secret, schritt=schritt)):
            return schritt
    return None


def is_same_code(typed: str, code: str) -> bool:
    """Whether it is this code, however it was grouped; takes as long for a wrong one as for a right one."""
    return hmac.compare_digest(typed.translate(_LEFT_OUT).encode(), code.encode())


def compute_wiederherstellungscodes(*, seed: str) -> list[str]:
    """The ten codes of a seed: each the first bytes of an HMAC-SHA1 that goes on from code to code.

    As django-allauth made them: codes that people have on paper go on working (ADR 0048).
    """
    codes, running = [], hmac.new(seed.encode(), digestmod=sha1)
    for number in range(CODES):
        running.update(f"{number:3},".encode())
        value = int.from_bytes(running.digest()[: CODE_DIGITS // 2], "big") % 10**CODE_DIGITS
        codes.append(f"{value:0{CODE_DIGITS}}")
    return codes
