"""Sentry: off without a DSN; with one, allow-listed and scrubbed."""

from config import env

if _dsn := env.get("SOJUS_SENTRY_DSN"):
    from config.sentry import configure_sentry  # takes a quarter of a second; most processes have no DSN

    configure_sentry(dsn=_dsn, environment=env.ENVIRONMENT or "production")
