"""The nightly backup goes on while somebody backs up one office by hand."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tenants.operations.backup.dump import UNFINISHED, remove_older_keys
from tenants.operations.backup.manifest import SCHLUESSEL
from tests.tenants import owner
from tests.tenants.operations.backup.way_back import needs_clients

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup"), needs_clients]


def test_two_commands__both_come_to_their_end_and_what_was_killed_is_swept(own_database, tmp_path, monkeypatch):
    monkeypatch.setenv("SOJUS_MEDIA_ROOT", str(tmp_path / "media"))
    daten, keys = tmp_path / "daten", tmp_path / "schluessel"
    words = ("--nach", str(daten), "--schluessel-nach", str(keys))
    killed = keys / f"sojus-2026-11-27T020000.000000Z-a1b2c3{UNFINISHED}"
    killed.mkdir(parents=True)
    nightly: list[int] = []

    def backup_everything() -> None:
        nightly.append(owner.manage(own_database, "backup", *words, ok=False).returncode)

    with owner.superuser(own_database) as slow:
        slow.execute("BEGIN")
        slow.execute("LOCK TABLE vg.cases_klient IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=backup_everything)
        thread.start()
        while not [p for p in keys.glob(f"*{UNFINISHED}") if p != killed]:
            assert thread.is_alive()
            time.sleep(0.02)
        assert not killed.exists()
        owner.manage(own_database, "backup", *words, "--tenant", "HRO")
        slow.execute("ROLLBACK")
    thread.join()
    assert nightly == [0]
    assert not list(tmp_path.glob(f"*/*{UNFINISHED}"))
    assert [len(list(folder.iterdir())) for folder in (daten, keys)] == [2, 2]


def test_older_keys__one_that_is_still_being_written_is_not_older(tmp_path: Path):
    older, writing, mine = (
        tmp_path / name
        for name in ("sojus-2026-11-01T02-a", f"sojus-2026-11-02T02-b{UNFINISHED}", "sojus-2026-11-03T02-c")
    )
    for folder in (older, writing, mine):
        folder.mkdir()
        (folder / SCHLUESSEL).touch()
    assert remove_older_keys(mine) == 1
    assert sorted(tmp_path.iterdir()) == [writing, mine]
