"""The only reader of the process environment.

Settings fail closed: what production needs and does not find raises `ImproperlyConfigured`
at start, never at the first request.
"""

from __future__ import annotations

import base64
import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import overload
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
FIELD_KEY_BYTES = 32


@overload
def get(name: str, default: None = None) -> str | None: ...
@overload
def get(name: str, default: str) -> str: ...
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


def secret(name: str) -> str | None:
    """A secret from the variable, or from the file that `<name>_FILE` names (systemd credential, Docker secret)."""
    if (value := get(name)) or not (path := get(f"{name}_FILE")):
        return value
    try:
        return Path(path).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read.") from error


def field_keys(text: str) -> list[tuple[str, bytes]]:
    """Read `id:base64, id:base64 …` (also one per line); the first key is the current one. Never quotes a key."""
    keys: list[tuple[str, bytes]] = []
    for number, part in enumerate(re.split(r"[,\s]+", text.strip()), start=1):
        name, _, value = part.partition(":")
        try:
            material = base64.b64decode(value, validate=True)
        except ValueError:
            material = b""
        if not re.fullmatch(r"[a-z0-9-]{2,16}", name) or len(material) != FIELD_KEY_BYTES:
            raise ImproperlyConfigured(
                f"SOJUS_FIELD_KEYS, entry {number}: write id:key, the id of 2 to 16 characters a-z 0-9 -, "
                "the key 32 random bytes in base64 (openssl rand -base64 32)."
            )
        keys.append((name, material))
    if len({name for name, _ in keys}) < len(keys):
        raise ImproperlyConfigured("SOJUS_FIELD_KEYS names an id twice.")
    return keys


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no variable (1, true, yes, on)."""
    value = get(name)
    return default if value is None else value.lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str = "") -> list[str]:
    """Read a comma separated list."""
    return [part.strip() for part in (get(name, default) or "").split(",") if part.strip()]


def networks(name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
    """Read a comma separated list of networks, `10.1.0.0/16`."""
    try:
        return [ip_network(part) for part in names(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Write networks as 10.1.0.0/16, fd12:3456::/32.") from None


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
