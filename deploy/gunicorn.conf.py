"""Web server, the same file for the demo and for production: what differs comes from the environment."""

import os
import sys


def _number(name: str, default: int) -> int:
    said = os.environ.get(name) or str(default)
    if not (said.isascii() and said.isdigit() and int(said) > 0):
        sys.exit(f"{name}={said} is no number of processes or threads: a whole number from 1 is.")
    return int(said)


bind = os.environ.get("BIND", "127.0.0.1:8000")
# One whole request, one thread, one transaction; no async (Django refuses it here). Slow clients hold no thread.
worker_class = "deploy.web_worker.WholeRequestWorker"
worker_connections = 512  # descriptors per process, below the usual limit of 1024
workers = _number("WEB_WORKERS", 2)
threads = _number("WEB_THREADS", 8)
timeout = 60
graceful_timeout = 20
keepalive = 15
# A backend remembers every tenant it has seen (about 0.6 MB each): processes are renewed in turn.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
errorlog = "-"
# Paths carry ids, queries may carry what a person typed: the log shows neither.
accesslog = "-" if os.environ.get("WEB_ACCESS_LOG") else None
access_log_format = "%(t)s %(m)s %(s)s %(B)s bytes %(M)s ms"
control_socket_disable = True
