"""Background jobs: procrastinate in the same PostgreSQL (ADR 0010, 0025)."""

from config import env

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_WORKER_DEFAULTS = {"shutdown_graceful_timeout": 20}
#: How often a worker says that it is alive, in seconds. After three silent intervals its jobs are taken up again.
WORKER_HEARTBEAT_SECONDS = env.number("SOJUS_WORKER_HEARTBEAT_SECONDS", 10)
