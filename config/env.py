"""The only reader of the process environment.

Settings fail closed: what production needs and does not find raises `ImproperlyConfigured`
at start, never at the first request.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def get(name: str, default: str | None = None) -> str | None:
    """Return the variable, or `default` when it is absent or blank."""
    value = os.environ.get(name, "").strip()
    return value or default


def require(name: str) -> str:
    """Return the variable or refuse to start."""
    value = get(name)
    if value is None:
        raise ImproperlyConfigured(f"Environment variable {name} is missing; see README, 'Production settings'.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no variable (1, true, yes, on)."""
    value = get(name)
    return default if value is None else value.lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str = "") -> list[str]:
    """Read a comma separated list."""
    return [part.strip() for part in (get(name, default) or "").split(",") if part.strip()]


def number(name: str, default: int) -> int:
    """Read a whole number."""
    return int(get(name, str(default)) or default)


def database(url: str) -> dict[str, object]:
    """Turn a postgres:// URL into Django's NAME/USER/PASSWORD/HOST/PORT/OPTIONS."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or postgresql://")
    query = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or query.pop("host", "")
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }


#: demo | test | production. Anything unknown is treated as production, the strict one.
ENVIRONMENT = get("SOJUS_ENV", "production")
IS_PRODUCTION = ENVIRONMENT not in {"demo", "test"}
#: 'owner' processes migrate and onboard; 'app' processes serve people and own nothing.
DB_MODE = get("SOJUS_DB_MODE", "app")
