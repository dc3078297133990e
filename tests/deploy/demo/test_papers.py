"""The demo's papers: a start costs their words, the first reader the page, the second nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from deploy.demo.world import ablage

WORDS = {
    "titel": "Betriebserlaubnis",
    "zeilen": [("Einrichtung", "Haus Ährenfeld"), ("Datum", "01.06.2017")],
    "text": "Die Erlaubnis wird nach § 45 SGB VIII erteilt.",
    "jetzt": datetime(2026, 11, 28, tzinfo=UTC),
}
NAME = "register/blatt.pdf"


@pytest.fixture
def media(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def opened(name: str = NAME) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def test_paper__is_set_when_first_opened_and_kept(media, monkeypatch):
    assert ablage.save_blatt(NAME, **WORDS) == NAME
    assert not (media / NAME).exists()
    first = opened()
    assert first.startswith(b"%PDF")
    assert (media / NAME).stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(ablage, "_compile", lambda *_: pytest.fail("set a second time"))
    assert opened() == first


def test_paper__of_a_new_world_replaces_the_old_one(media):
    ablage.save_blatt(NAME, **WORDS)
    before = opened()
    ablage.save_blatt(NAME, **(WORDS | {"titel": "Leistungsbeschreibung"}))
    assert opened() != before


def test_paper__lies_there_at_once_where_files_are_kept_elsewhere(media, monkeypatch):
    monkeypatch.setattr(ablage, "default_storage", FileSystemStorage(location=media))
    ablage.save_blatt(NAME, **WORDS)
    assert (media / NAME).read_bytes().startswith(b"%PDF")


def test_file_that_nobody_has_written__is_missing(media):
    with pytest.raises(FileNotFoundError):
        opened("register/other.pdf")
