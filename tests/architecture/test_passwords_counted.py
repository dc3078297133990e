"""A password is compared in few places, and each is behind a count of attempts (ADR 0015, 0028)."""

from __future__ import annotations

import re

from tests.bootstrap import ROOT

#: Where one is compared -> the view before it, which counts the attempt first. A new place needs a count, then a line.
COUNTED = {
    "shared_apps/accounts/backends.py": "shared_apps/signin/views/sign_in.py",
    "shared_apps/factors/views/security.py": "shared_apps/factors/views/security.py",
    "shared_apps/signin/services/passwords.py": "shared_apps/signin/views/account.py",
}
_COMPARES = re.compile(r"\.check_password\(")


def test_whoever_compares_a_password_has_counted_the_attempt() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for floor in ("shared_apps", "tenant_apps")
        for path in (ROOT / floor).rglob("*.py")
        if _COMPARES.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(COUNTED)
    for view in COUNTED.values():
        assert "@counts_first(" in (ROOT / view).read_text(encoding="utf-8")
