"""Container health: does the portal answer on this machine? Exit code 0 or 1."""

import http.client
import os
import sys


def main() -> int:
    domain = os.environ.get("SOJUS_BASE_DOMAIN", "localhost")
    host = os.environ.get("SOJUS_PORTAL_HOST") or f"portal.{domain}"
    port = int(os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/gesundheit/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
