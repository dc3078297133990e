"""One office's schema is gone: everybody else is backed up and comes back, and it can still come back later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_klient
from tests.tenants import owner
from tests.tenants.operations.backup.way_back import count, empty_server, fingerprints, needs_clients

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup"), needs_clients]


def _folders(folder: Path) -> list[Path]:
    return sorted(folder.glob("sojus-2*"))


def test_one_broken_office_stops_no_backup_no_return_and_no_other_offices_return(own_database, tmp_path, monkeypatch):
    monkeypatch.setenv("SOJUS_MEDIA_ROOT", str(tmp_path / "media"))
    for tenant in Tenant.objects.filter(kuerzel__in=("VG", "HRO")):
        with in_tenant(tenant):
            create_klient(vorname="Lotte", nachname="Lichtblau")
    words = ["backup", "--nach", str(tmp_path / "daten"), "--schluessel-nach", str(tmp_path / "keys")]
    owner.manage(own_database, *words)
    before = fingerprints(own_database, ("vg", "hro"))

    with owner.superuser(own_database) as su:
        su.execute("DROP SCHEMA hro CASCADE")
    nightly = owner.manage(own_database, *words, ok=False)
    assert nightly.returncode == 3
    assert "hro: das Schema fehlt" in nightly.stderr and "Traceback" not in nightly.stderr
    whole, broken = _folders(tmp_path / "daten")
    assert list(json.loads((broken / "manifest.json").read_text())["unvollstaendig"]) == ["hro"]
    keys_whole, keys_broken = _folders(tmp_path / "keys")  # without the older one Rostock could never come back
    owner.manage(own_database, *words, ok=False)
    assert keys_whole in _folders(tmp_path / "keys") and len(_folders(tmp_path / "keys")) == 2
    keys_broken = _folders(tmp_path / "keys")[-1]

    with empty_server(f"{own_database}_neu", tmp_path / "dateien") as ziel:
        back = ziel.manage("restore", str(broken), "--schluessel", str(keys_broken), ok=False)
        assert back.returncode == 3, back.stderr[-3000:]
        assert (
            "Diese Jugendämter bleiben zurück" in back.stderr and "hro: in der Sicherung unvollständig" in back.stderr
        )
        assert "vg: 0 Siegel" in back.stdout and "0 Mängel" in back.stdout
        assert fingerprints(ziel.name, ("vg",)) == {t: v for t, v in before.items() if t.startswith("vg.")}
        refused = ziel.manage("restore", str(broken), "--schluessel", str(keys_broken), "--tenant", "HRO", ok=False)
        assert refused.returncode and "in dieser Sicherung unvollständig" in refused.stderr

        with owner.superuser(ziel.name) as su:
            su.execute("DROP SCHEMA lhsn CASCADE")  # another office's trouble is not Rostock's
        home = ziel.manage("restore", str(whole), "--schluessel", str(keys_whole), "--tenant", "HRO")
        assert "steht in Wartung" in home.stdout
        assert fingerprints(ziel.name, ("hro",)) == {t: v for t, v in before.items() if t.startswith("hro.")}
        assert count(ziel.name, "SELECT count(*) FROM journal_rueckkehr WHERE mandant = 'hro'") == 1
