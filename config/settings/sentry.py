"""Sentry: off without a DSN; with one, allow-listed and scrubbed."""

from config import env
from config.sentry import configure_sentry

if _dsn := env.get("SOJUS_SENTRY_DSN"):
    configure_sentry(dsn=_dsn, environment=env.ENVIRONMENT or "production")
