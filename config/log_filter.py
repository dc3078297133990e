"""Logs without personal data: no exception values, no query strings, no database DETAIL."""

from __future__ import annotations

import logging
import traceback
from typing import Any


def _bare(value: object) -> object:
    """What may be printed of an argument: exceptions by type only, texts without a query string."""
    if isinstance(value, BaseException):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, str):
        return value.split("?")[0]
    return value


def _address(request: object) -> tuple[str, str]:
    """The path somebody asked for, and what may be printed instead: the route's pattern without its values."""
    path = getattr(request, "path", "")
    match = getattr(request, "resolver_match", None)
    return path, f"/{match.route}" if match else "(unbekannte Adresse)"


class SparseFilter(logging.Filter):
    """Drops attributes that carry request data, prints routes for addresses, reduces exceptions to their type."""

    def filter(self, record: logging.LogRecord) -> bool:
        path, route = _address(getattr(record, "request", None))
        for name in ("request", "sql", "params"):
            if hasattr(record, name):
                setattr(record, name, None)
        record.exc_text = None  # another formatter may have cached the text
        record.msg = _bare(record.msg)
        # Django logs a suspicious request with the text of its exception as the message.
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and isinstance(record.msg, str) and str(error) and str(error) in record.msg:
            record.msg = _bare(error)
        if isinstance(record.args, tuple):
            record.args = tuple(route if path and arg == path else _bare(arg) for arg in record.args)
        elif isinstance(record.args, dict):
            record.args = {key: _bare(arg) for key, arg in record.args.items()}
        return True


class SparseFormatter(logging.Formatter):
    """Prints where an exception was raised and its type, never its text (it may quote a row)."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        kind, _, tb = ei
        frames = traceback.extract_tb(tb)[-12:]
        where = "\n".join(f"  {f.filename}:{f.lineno} in {f.name}" for f in frames)
        return f"{where}\n{kind.__module__}.{kind.__qualname__}"
