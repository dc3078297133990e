"""How much one request may bring, whoever serves it: nothing of a larger one is read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from shared_apps.core.uploads import grenzen

#: Fields, boundaries and names around the files.
DRUMHERUM = grenzen.MB


class RequestTooLarge(RequestDataTooBig):
    """Answered with 413 and a page that says how much is possible."""


class BoundedRequestHandler(FileUploadHandler):
    """Comes first: asks the length before a byte is read, and hands every file on to the next one."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > grenzen.ANFRAGE_MAX + DRUMHERUM:
            raise RequestTooLarge

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
