"""The worker seals each office every minute."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shared_apps.journal import selectors
from shared_apps.journal.models import Pruefbericht
from shared_apps.journal.tasks import export_siegel
from tenant_apps.audit.tasks import seal_all, seal_rest
from tenants.context import in_tenant
from tests.factories.cases import create_klient

pytestmark = pytest.mark.django_db


def test_seal_all__seals_what_is_new_in_every_office(vg, hro):
    seal_all(timestamp=0)
    assert seal_all(timestamp=0) == 0
    for tenant in (vg, hro):
        with in_tenant(tenant):
            create_klient()
    assert seal_all(timestamp=0) >= 2
    assert seal_rest(timestamp=0) == 0


def test_export_siegel__writes_every_hour_where_the_setting_says(vg, settings, tmp_path):
    assert export_siegel(timestamp=0) == 0
    settings.SIEGEL_DATEI = str(tmp_path / "siegel.jsonl")
    with in_tenant(vg):
        create_klient()
    seal_all(timestamp=0)
    assert export_siegel(timestamp=0) > 0
    lines = (tmp_path / "siegel.jsonl").read_text().splitlines()
    assert "vg" in {json.loads(line)["mandant"] for line in lines}


def _report(mandant: str, maengel: int, hours: int = 1) -> Pruefbericht:
    found = Pruefbericht(mandant=mandant, siegel=4, zeilen=1200, bereinigt=0, maengel=maengel)
    found.beispiele = ["vg.audit_protokoll 7: Zeile geändert"] * maengel
    found.created_at = timezone.now() - timedelta(hours=hours)
    return found


@pytest.fixture
def latest(monkeypatch):
    """What the last checks found; the tenant's role may write no report."""
    found: dict[str, Pruefbericht] = {}
    monkeypatch.setattr(selectors, "_latest", lambda: found)
    return found


def test_faults_are_told_to_the_office_and_to_the_operator(vg, sign_in, latest):
    latest |= {"vg": _report("vg", 2), "hro": _report("hro", 0)}
    for person, at, path in (
        ("dora", "VG", "/protokoll/"),
        ("lars", "PORTAL", "/betrieb/"),
        ("lars", "PORTAL", "/betrieb/journal/"),
    ):
        text = sign_in(person, at=at).get(path).content.decode()
        assert "VG: 2 Mängel im Protokoll" in text and "vg.audit_protokoll 7: Zeile geändert" in text, path
        assert "HRO: " not in text
    start = sign_in("dora", at="VG").get("/").content.decode()
    assert "Mängel im Protokoll" in start
    assert "Mängel im Protokoll" not in sign_in("anna", at="VG").get("/").content.decode()


def test_check_that_did_not_run_is_told(vg, sign_in, latest):
    assert "noch nicht gegen seine Siegel geprüft" in sign_in("dora", at="VG").get("/protokoll/").content.decode()
    latest["vg"] = _report("vg", 0, hours=40)
    assert "ausgeblieben" in sign_in("dora", at="VG").get("/protokoll/").content.decode()
    latest["vg"] = _report("vg", 0)
    text = sign_in("dora", at="VG").get("/protokoll/").content.decode()
    assert "1.200 Einträge, keine Mängel" in text and "ausgeblieben" not in text
    assert "nach 24 Monaten gelöscht (eigener Vorschlag" in text
