"""Where files from outside are kept: under a random name that says nothing of whose they are or what they were called.

A file is written before its row and removed after it. What a crash between the two leaves is in nobody's row, and
`clear_unnamed` takes it away.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from shared_apps.core.clock import real_now
from shared_apps.core.errors import Gestoert

logger = logging.getLogger(__name__)

#: A request or a return that is still running has not named its files yet.
ALT = timedelta(days=1)
NICHT_ABGELEGT = (
    "Die Datei konnte gerade nicht gespeichert werden. Es wurde nichts geändert. Bitte versuchen Sie es in einigen"
    " Minuten noch einmal."
)


class Ablage:
    """One folder of the storage, and what was written into it in this block."""

    def __init__(self, ordner: str) -> None:
        self.ordner = ordner
        self.geschrieben: list[str] = []

    def put(self, inhalt: bytes, endung: str) -> str:
        """Write it; the name it has got. `Gestoert` when the disk is full or the bucket does not answer."""
        name = f"{self.ordner}/{secrets.token_hex(16)}.{endung}"
        self.geschrieben.append(name)
        try:
            return default_storage.save(name, ContentFile(inhalt))
        except Exception as error:  # each storage has errors of its own
            logger.exception("a file could not be stored")
            raise Gestoert(NICHT_ABGELEGT) from error


@contextmanager
def writing(ordner: str) -> Iterator[Ablage]:
    """Files written in this block are gone again when it fails."""
    ablage = Ablage(ordner)
    try:
        yield ablage
    except BaseException:
        for name in ablage.geschrieben:
            remove(name)
        raise


def remove(name: str) -> None:
    """Take a file away; one that cannot be taken now is in nobody's row and goes with `clear_unnamed`."""
    try:
        default_storage.delete(name)
    except Exception:  # each storage has errors of its own
        logger.exception("a file could not be removed")


def remove_after_commit(*names: str | None) -> None:
    """Take files away when the row that named them has let them go for good."""
    for name in filter(None, names):
        transaction.on_commit(partial(remove, name))


def clear_unnamed(ordner: str, named: Iterable[str]) -> int:
    """Remove what no row names and no running request can still name; how many there were."""
    if not is_there(ordner):
        return 0
    known, cleared = set(named), 0
    for datei in default_storage.listdir(ordner)[1]:
        name = f"{ordner}/{datei}"
        if name not in known and default_storage.get_modified_time(name) < real_now() - ALT:
            remove(name)
            cleared += 1
    return cleared


def is_there(ordner: str) -> bool:
    """Whether there is such a folder: a disk that is not mounted has none."""
    try:
        default_storage.listdir(ordner)
    except FileNotFoundError:
        return False
    return True
