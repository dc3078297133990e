"""Sentry by allow-list: type, place, release. No values, no bodies, no users, no breadcrumb texts."""

from __future__ import annotations

from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.types import Event, Hint

_EVENT_KEYS = {
    "event_id",
    "timestamp",
    "platform",
    "level",
    "logger",
    "release",
    "environment",
    "server_name",
    "sdk",
    "exception",
    "transaction",
    "transaction_info",
    "contexts",
    "fingerprint",
    "modules",
}
_FRAME_KEYS = {"filename", "abs_path", "module", "function", "lineno", "in_app"}


def scrub_event(event: Event, hint: Hint | None = None) -> Event:
    """Keep only what cannot hold a person's data."""
    kept: dict[str, Any] = {key: value for key, value in event.items() if key in _EVENT_KEYS}
    for value in (kept.get("exception") or {}).get("values", []):
        value["value"] = ""
        value.pop("mechanism", None)
        frames = (value.get("stacktrace") or {}).get("frames", [])
        value["stacktrace"] = {"frames": [{k: f[k] for k in _FRAME_KEYS if k in f} for f in frames]}
    if (kept.get("transaction_info") or {}).get("source") == "url":
        kept.pop("transaction", None)  # an address as it was asked for: a link's secret may be in it
    kept["contexts"] = {k: v for k, v in (kept.get("contexts") or {}).items() if k in {"runtime", "os", "trace"}}
    return cast("Event", kept)


def configure_sentry(*, dsn: str, environment: str, transport: Any = None) -> None:
    """Start Sentry. `transport` is for tests."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        integrations=[DjangoIntegration(transaction_style="url", middleware_spans=False)],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=scrub_event,
        transport=transport,
    )
