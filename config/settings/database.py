"""One database, two kinds of process.

An `app` process logs in as `sojus_app`, which owns nothing and inherits nothing; each request or
job takes the role of one tenant inside one transaction (tenants/context.py). An `owner` process
(migrations, onboarding) logs in with DATABASE_OWNER_URL and works as `sojus_owner`.
"""

from typing import Any

from config import env

DB_MODE = env.DB_MODE
#: Roles belong to the whole cluster; a prefix keeps two databases on one cluster apart (tests).
DB_ROLE_PREFIX = env.get("SOJUS_DB_ROLE_PREFIX", "") or ""
DB_APP_PASSWORD = env.get("SOJUS_APP_DB_PASSWORD")

_url = env.get("DATABASE_URL") or (env.require("DATABASE_URL") if env.IS_PRODUCTION else "postgresql:///sojus")
if DB_MODE == "owner":
    _url = env.get("DATABASE_OWNER_URL", _url) or _url

DATABASES: dict[str, dict[str, Any]] = {"default": {"ENGINE": "tenants.db", **env.database(_url)}}
DATABASES["default"]["ATOMIC_REQUESTS"] = True
#: A statement of a web request is stopped after this many seconds; 0: never. Jobs and the owner have no limit.
DB_STATEMENT_SECONDS = env.number("SOJUS_DB_STATEMENT_SECONDS", 15)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # a pooler in transaction mode must stay possible
if DB_MODE == "app":
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True}
    if env.flag("SOJUS_DB_POOL", default=env.ENVIRONMENT != "test"):
        DATABASES["default"]["OPTIONS"] |= {
            "pool": {
                "min_size": 1,
                "max_size": env.number("SOJUS_DB_POOL_SIZE", 10),
                "timeout": 10,
                "max_lifetime": 1800,
            }
        }
    else:
        DATABASES["default"]["CONN_MAX_AGE"] = 60

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "tenants.door.cache.make_key",
    }
}
