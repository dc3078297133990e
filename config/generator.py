"""What makes the OpenAPI documents; a module of its own, because the library's views name it while they load."""

from __future__ import annotations

from threading import Lock
from typing import Any

from drf_spectacular.generators import SchemaGenerator


class EinGenerator(SchemaGenerator):
    """Makes one document at a time: it keeps what it reads in the classes of the views, threads would mix it up."""

    _einer = Lock()

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The document; another thread waits until it is made."""
        with self._einer:
            return super().get_schema(*args, **kwargs)
