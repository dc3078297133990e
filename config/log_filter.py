"""Logs without personal data: no exception values, no query strings, no database DETAIL."""

from __future__ import annotations

import logging
import traceback


class SparseFilter(logging.Filter):
    """Drops attributes that carry request data and cuts query strings."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name in ("request", "sql", "params"):
            if hasattr(record, name):
                setattr(record, name, None)
        if isinstance(record.args, tuple):
            record.args = tuple(a.split("?")[0] if isinstance(a, str) else a for a in record.args)
        return True


class SparseFormatter(logging.Formatter):
    """Prints where an exception was raised and its type, never its text (it may quote a row)."""

    def formatException(self, ei) -> str:  # noqa: N802
        kind, _, tb = ei
        frames = traceback.extract_tb(tb)[-12:]
        where = "\n".join(f"  {f.filename}:{f.lineno} in {f.name}" for f in frames)
        return f"{where}\n{kind.__module__}.{kind.__qualname__}"
