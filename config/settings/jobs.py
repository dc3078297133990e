"""Background jobs: procrastinate in the same PostgreSQL."""

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_WORKER_DEFAULTS = {"shutdown_graceful_timeout": 20}
