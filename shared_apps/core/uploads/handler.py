"""How much one request may bring, whoever serves it, and what happens when this machine has no room for it."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from shared_apps.core.errors import Gestoert
from shared_apps.core.uploads import grenzen

logger = logging.getLogger(__name__)

#: Fields, boundaries and names around the files.
DRUMHERUM = grenzen.MB
KEIN_RAUM = (
    "Die Datei konnte nicht angenommen werden: Auf dem Server ist gerade kein Speicher frei. Es wurde nichts geändert."
    " Bitte versuchen Sie es in einigen Minuten noch einmal."
)
#: On a request: a file of it found no room.
_OHNE_RAUM = "sojus_file_without_room"


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


class RoomAskingHandler(TemporaryFileUploadHandler):
    """Large files wait on disk, and a disk can be full. Then the rest of the request is read all the same: what was
    typed beside the file is there, to be kept (`check_room`)."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._refuse(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
            self.file.flush()  # now, or closing would say that there is no room
        except OSError as error:
            self._refuse(error)

    def _refuse(self, error: OSError) -> None:
        logger.error("a file that was handed in found no room on disk: %s", error)
        setattr(self.request, _OHNE_RAUM, True)
        if hasattr(self, "file"):  # of this file, or the one before, which is not wanted any more either
            with suppress(OSError):
                self.file.close()
            del self.file  # closing it again would say once more that there is no room
        raise SkipFile from error


def check_room(request: HttpRequest) -> None:
    """`Gestoert` when a file of this request, which has been read, found no room."""
    if getattr(request, _OHNE_RAUM, False):
        raise Gestoert(KEIN_RAUM)
