"""Nothing a person typed or a row held leaves through Sentry."""

from __future__ import annotations

import copy
import json

import sentry_sdk
from sentry_sdk.transport import Transport

from config.sentry import configure_sentry, scrub_event

CANARY = "Kanarienvogel-Petersen-7731"

EVENT = {
    "event_id": "a" * 32,
    "level": "error",
    "platform": "python",
    "message": f"Klient {CANARY}",
    "logentry": {"message": "x %s", "params": [CANARY], "formatted": f"x {CANARY}"},
    "request": {
        "url": f"https://vg.example.org/suche/?name={CANARY}",
        "query_string": f"name={CANARY}",
        "data": {"nachname": CANARY},
        "headers": {"Cookie": CANARY, "Authorization": f"Token {CANARY}"},
        "cookies": {"sojus-session": CANARY},
    },
    "user": {"id": "1", "username": CANARY, "ip_address": "10.0.0.1"},
    "extra": {"sys.argv": [CANARY]},
    "tags": {"klient": CANARY},
    "breadcrumbs": {"values": [{"message": f"SELECT … '{CANARY}'", "data": {"q": CANARY}}]},
    "contexts": {"runtime": {"name": "CPython"}, "klient": {"name": CANARY}, "response": {"body": CANARY}},
    "spans": [{"description": CANARY}],
    "threads": {"values": [{"name": CANARY}]},
    "transaction": "/buchungen/{uuid}/",
    "exception": {
        "values": [
            {
                "type": "IntegrityError",
                "value": f"duplicate key, DETAIL: Key (nachname)=({CANARY}) already exists.",
                "mechanism": {"data": {"x": CANARY}},
                "stacktrace": {
                    "frames": [
                        {
                            "filename": "services.py",
                            "function": "create_klient",
                            "lineno": 12,
                            "vars": {"nachname": CANARY},
                            "context_line": f'nachname = "{CANARY}"',
                            "pre_context": [CANARY],
                            "post_context": [CANARY],
                        }
                    ]
                },
            }
        ]
    },
}


def test_canary_survives_nowhere():
    sent = json.dumps(scrub_event(copy.deepcopy(EVENT), {}))
    assert CANARY not in sent
    assert "10.0.0.1" not in sent


def test_what_is_needed_to_find_the_error_stays():
    sent = scrub_event(copy.deepcopy(EVENT), {})
    (value,) = sent["exception"]["values"]
    assert value["type"] == "IntegrityError"
    assert value["stacktrace"]["frames"] == [{"filename": "services.py", "function": "create_klient", "lineno": 12}]
    assert sent["transaction"] == "/buchungen/{uuid}/"


def test_event_without_anything_is_fine():
    assert scrub_event({"exception": None}, None)["contexts"] == {}
    assert scrub_event({}, None) == {"contexts": {}}


class _Outbox(Transport):
    def __init__(self, options=None):
        super().__init__(options)
        self.sent: list[str] = []

    def capture_envelope(self, envelope):
        self.sent += [json.dumps(item.payload.json) for item in envelope.items]


def test_a_real_exception_carries_no_value_out():
    outbox = _Outbox()
    try:
        configure_sentry(dsn="https://key@sentry.example.org/1", environment="test", transport=outbox)
        nachname = CANARY
        sentry_sdk.set_user({"username": CANARY})
        sentry_sdk.add_breadcrumb(message=CANARY)
        try:
            raise ValueError(f"Klient {nachname}")
        except ValueError:
            sentry_sdk.capture_exception()
        sentry_sdk.capture_message(CANARY)
        sentry_sdk.flush()
    finally:
        sentry_sdk.init()
    assert len(outbox.sent) >= 1
    assert any("ValueError" in body for body in outbox.sent)
    assert all(CANARY not in body for body in outbox.sent)
