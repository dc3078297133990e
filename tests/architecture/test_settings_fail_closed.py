"""Production refuses to start without its secrets, with DEBUG, or with a default key."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

KEY = "k8Zq-3vB1nM6xT0pL9sD4fG7hJ2wE5rY-uI8oA1cV3bN6mQ0zX"
FIELD_KEY = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
DEMO_FIELD_KEY = "aW5zZWN1cmUtZmllbGQta2V5LW9mLXRoZS1kZW1vLSE="
COMPLETE = {
    "SOJUS_FIELD_KEYS": f"2026:{FIELD_KEY}",
    "SOJUS_SECRET_KEY": KEY,
    "SOJUS_BASE_DOMAIN": "sojus.example.org",
    "DATABASE_URL": "postgresql://sojus_app:secret@localhost/sojus",
    "SOJUS_CLAMD": "/run/clamav/clamd.ctl",
}


def start(environment: dict[str, str], code: str = "import config.settings") -> subprocess.CompletedProcess[str]:
    """Import the settings in a process that knows nothing but `environment`."""
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False
    )


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in COMPLETE.items() if key != name}


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "SOJUS_SECRET_KEY is missing"),
        (without("SOJUS_SECRET_KEY"), "SOJUS_SECRET_KEY is missing"),
        (without("SOJUS_BASE_DOMAIN"), "SOJUS_BASE_DOMAIN is missing"),
        (without("DATABASE_URL"), "DATABASE_URL is missing"),
        (COMPLETE | {"SOJUS_DEBUG": "1"}, "SOJUS_DEBUG is set in production"),
        (COMPLETE | {"SOJUS_SECRET_KEY": "insecure-key-for-demo-and-tests-only-" + "x" * 20}, "is a default"),
        (COMPLETE | {"SOJUS_SECRET_KEY": "please-change-me-" + "y" * 50}, "is a default"),
        (COMPLETE | {"SOJUS_SECRET_KEY": "short"}, "too short"),
        (COMPLETE | {"SOJUS_SECRET_KEY": "   "}, "SOJUS_SECRET_KEY is missing"),
        (without("SOJUS_FIELD_KEYS"), "SOJUS_FIELD_KEYS (or SOJUS_FIELD_KEYS_FILE) is missing"),
        (COMPLETE | {"SOJUS_FIELD_KEYS": f"2026:{DEMO_FIELD_KEY}"}, "holds the key of the demo"),
        (COMPLETE | {"SOJUS_FIELD_KEYS": f"2026:{FIELD_KEY},old:{DEMO_FIELD_KEY}"}, "holds the key of the demo"),
        (COMPLETE | {"SOJUS_FIELD_KEYS": f"2026:{FIELD_KEY},2026:{FIELD_KEY}"}, "names an id twice"),
        (COMPLETE | {"SOJUS_FIELD_KEYS": f"2026:{FIELD_KEY[:20]}"}, "SOJUS_FIELD_KEYS, entry 1"),
        (without("SOJUS_FIELD_KEYS") | {"SOJUS_FIELD_KEYS_FILE": "/nonexistent"}, "file that cannot be read"),
        (COMPLETE | {"DATABASE_URL": "sqlite:///x"}, "must begin with postgres"),
        (without("SOJUS_CLAMD"), "SOJUS_CLAMD is missing"),
        (COMPLETE | {"SOJUS_CLAMD": "clamav"}, "SOJUS_CLAMD: the path"),
        (COMPLETE | {"SOJUS_OIDC_NETZE": "10.1.2.3/16"}, "has host bits set"),
        (COMPLETE | {"SOJUS_OIDC_NETZE": "intranet"}, "SOJUS_OIDC_NETZE: 'intranet'"),
        (COMPLETE | {"SOJUS_ENV": "prodution", "SOJUS_DEBUG": "1"}, "SOJUS_DEBUG is set in production"),
        (COMPLETE | {"SOJUS_ENV": "staging", "SOJUS_SECRET_KEY": ""}, "SOJUS_SECRET_KEY is missing"),
    ],
)
def test_production_refuses(environment, reason):
    done = start(environment)
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert reason in done.stderr
    assert KEY not in done.stderr
    assert FIELD_KEY[:20] not in done.stderr


def test_production_starts_with_everything_and_is_strict():
    done = start(
        COMPLETE,
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "from django.core.checks import run_checks\n"
        "assert not s.DEBUG\n"
        "assert s.SESSION_COOKIE_NAME.startswith('__Host-') and s.SESSION_COOKIE_SECURE\n"
        "assert s.CSRF_COOKIE_NAME.startswith('__Host-') and s.CSRF_COOKIE_SECURE\n"
        "assert s.SESSION_COOKIE_DOMAIN is None and s.SESSION_COOKIE_PATH == '/'\n"
        "assert s.SECURE_HSTS_SECONDS > 31_000_000 and s.SECURE_SSL_REDIRECT\n"
        "assert s.PASSWORD_HASHERS[0].endswith('Argon2PasswordHasher')\n"
        "assert s.ALLOWED_HOSTS == ['.sojus.example.org']\n"
        "assert s.DB_MODE == 'app' and s.DATABASES['default']['ATOMIC_REQUESTS']\n"
        "assert 'unsafe' not in str(s.CONTENT_SECURITY_POLICY)\n"
        "assert [name for name, _ in s.FIELD_KEYS] == ['2026']\n"
        "assert s.WHITENOISE_AUTOREFRESH is False\n"
        "assert s.FIXED_TODAY is None and not s.IS_DEMO\n"
        "assert s.OIDC_NETZE == []\n"
        "errors = [e for e in run_checks() if e.level >= 40]\n"
        "assert not errors, errors\n"
        "print('started')",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("started")
