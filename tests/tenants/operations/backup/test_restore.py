"""The rehearsal: a portal is backed up, its server is gone, and comes back on another one; or one office alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tenants.operations.backup.dump import create_backup
from tenants.operations.backup.errors import SicherungFehler
from tenants.operations.backup.restore import open_backup
from tenants.trail.chain import seal
from tests import bootstrap
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot
from tests.people import PASSWORD, Cast
from tests.tenant_apps.audit.committed import own_clone
from tests.tenants import owner
from tests.tenants.operations.backup.way_back import (
    PREFIX,
    Browser,
    Ziel,
    catalogue,
    count,
    empty_server,
    fingerprints,
    needs_clients,
    web_server,
)

#: One server after another: the empty one's roles have one prefix, and roles belong to the whole cluster.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("backup"),
    needs_clients,
]


@dataclass
class Amt:
    """What was there before: the database, a person with her case, the two halves of the backup."""

    name: str
    klient: str
    fall: str
    geloescht: str
    daten: Path
    schluessel: Path
    later: Path
    first_keys: Path
    rows: dict[str, tuple[int, str]]


def newest(folder: Path) -> Path:
    return max(folder.glob("sojus-2*"))


@pytest.fixture(scope="module")
def amt(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Amt]:
    """VG with two people, bookings and seals; backed up while whole. Later one person is deleted: her key goes."""
    folder = tmp_path_factory.mktemp("sicherung")
    with pytest.MonkeyPatch.context() as m, django_db_blocker.unblock(), own_clone("sicherung") as name:
        cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
        anna, angebote = cast.user("anna"), [create_angebot(), create_angebot()]
        with in_tenant(vg, user_id=anna.pk, request_id="anfrage"):
            faelle = []
            people = [create_klient(vorname="Lotte", nachname=f"Lichtblau{n}") for n in range(2)]
            for klient, angebot in zip(people, angebote, strict=True):
                fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient)
                create_buchung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall)
                faelle.append(str(fall.pk))
        with in_tenant(vg):
            record_access(akteur=None, aktion=Aktion.LESEN, vorgang="test", objekt=people[0], felder=["name"])
        with in_tenant(vg):
            assert seal() > 0
        with on_portal():
            assert seal(shared=True) > 0
        m.setenv("SOJUS_MEDIA_ROOT", str(folder / "media"))
        media = folder / "media"
        (media / "register").mkdir(parents=True, exist_ok=True)
        (media / "register" / "vertrag.pdf").write_bytes(b"%PDF-1.7 Vertrag")
        rows = fingerprints(name)
        said = owner.manage(
            name, "backup", "--nach", str(folder / "daten"), "--schluessel-nach", str(folder / "keys"), owner=False
        )
        assert "Gesichert" in said.stdout
        daten = newest(folder / "daten")
        with owner.superuser(name) as su:  # after the data were backed up, one of the two is deleted
            su.execute("DELETE FROM vg.cases_personenschluessel WHERE id = %s", [people[1].pk])
        later = folder / "später"
        owner.manage(name, "backup", "--nach", str(later / "daten"), "--schluessel-nach", str(later / "keys"))
        yield Amt(
            name, str(people[0].pk), faelle[0], str(people[1].pk), daten, newest(later / "keys"),
            newest(later / "daten"), newest(folder / "keys"), rows,
        )  # fmt: skip


@pytest.fixture(scope="module")
def zurueck(amt, tmp_path_factory) -> Iterator[tuple[Ziel, str]]:
    """The empty server after `restore`, with what it said. The first attempt is killed when half of it is there."""
    words = ["restore", str(amt.daten), "--schluessel", str(amt.schluessel)]
    half = "SELECT count(*) FROM pg_class WHERE relname = 'cases_klient' AND relkind = 'r'"
    with empty_server(f"{amt.name}_neu", tmp_path_factory.mktemp("dateien")) as ziel:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *words], cwd=bootstrap.ROOT, env=ziel.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while not count(ziel.name, half):
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        assert count(ziel.name, half), "half of it is there"
        yield ziel, ziel.manage(*words).stdout


def test_backup__two_halves_of_one_moment_and_the_paper_names_nobody(amt):
    paper = json.loads((amt.daten / "manifest.json").read_text())
    assert {p.name for p in amt.daten.iterdir()} == {"daten.dump", "dateien.tar", "manifest.json"}
    assert set(paper["checksums"]) == {"daten.dump", "dateien.tar"}
    # To the microsecond, in the paper and in the name: keys of the same second may be the older ones.
    assert re.fullmatch(r"[\d-]+T[\d:]+\.\d{6}\+00:00", paper["erstellt"])
    assert re.fullmatch(r"sojus-[\d-]+T\d{6}\.\d{6}Z-[0-9a-f]{6}", amt.daten.name)
    assert paper["schemas"] == {"vg": "VG", "hro": "HRO", "lhsn": "LHSN"} and paper["dateien"] == 1
    assert "vg.cases_personenschluessel" not in paper["zeilen"] and paper["zeilen"]["vg.cases_klient"] == 2
    assert "Lichtblau" not in (amt.daten / "manifest.json").read_text()
    assert all(p.stat().st_mode & 0o077 == 0 for p in [amt.daten, *amt.daten.iterdir(), *amt.schluessel.iterdir()])
    dump = (amt.daten / "daten.dump").read_bytes()
    with owner.superuser(amt.name) as su:
        key = su.execute("SELECT schluessel FROM vg.cases_personenschluessel LIMIT 1").fetchone()[0]
    listed = subprocess.run(
        ["pg_restore", "-f", "-", str(amt.daten / "daten.dump")], capture_output=True, text=True, check=True
    ).stdout
    assert key.hex() not in listed and key not in dump and "cases_klient" in listed


def test_backup__keys_beside_the_data_are_refused(tmp_path):
    for keys in (tmp_path, tmp_path / "keys"):
        with pytest.raises(SicherungFehler, match="gehören an einen anderen Ort"):
            create_backup(nach=tmp_path, schluessel_nach=keys)
    assert not list(tmp_path.iterdir())


def test_restore__every_row_of_every_table_is_there_and_no_entry_came_by_loading(amt, zurueck):
    ziel, said = zurueck
    there = fingerprints(ziel.name)
    different = {t for t in amt.rows if there.get(t) != amt.rows[t]}
    # The second person's key is gone since; a restore writes down one line for each chain, and the journal notes it.
    assert different == {"vg.cases_personenschluessel", "public.journal_journaleintrag"}
    assert set(there) == set(amt.rows)
    assert there["vg.cases_personenschluessel"][0] == 1
    new = "SELECT count(*) FROM journal_journaleintrag WHERE tabelle = 'journal_rueckkehr'"
    assert there["public.journal_journaleintrag"][0] == amt.rows["public.journal_journaleintrag"][0] + 4
    assert count(ziel.name, new) == 4
    for chain in ("vg", "hro", "lhsn", "public"):
        line = next(line for line in said.splitlines() if line.startswith(f"{chain}: "))
        assert "0 Mängel" in line, line


def test_restore__triggers_rules_rights_and_views_are_those_of_the_program(amt, zurueck):
    ziel, _ = zurueck
    before, after = catalogue(amt.name, bootstrap.ROLE_PREFIX), catalogue(ziel.name, PREFIX)
    assert "\n".join(map(str, sorted(before - after)[:5])) == ""
    assert "\n".join(map(str, sorted(after - before)[:5])) == ""
    assert len(before) > 2000


def test_restore__anna_signs_in_over_http_and_reads_the_name(amt, zurueck):
    ziel, _ = zurueck
    with web_server(ziel) as port:
        anna = Browser(port, "vg.localhost")
        status, text = anna.sign_in("anna", PASSWORD)
        assert status == 200 and "Abmelden" in text, text[:500]
        status, text = anna.ask(f"/hilfefaelle/{amt.fall}/")
        assert status == 200 and "Lichtblau0" in text


def test_restore__files_are_back_and_who_was_deleted_since_is_named_by_id(amt, zurueck):
    ziel, said = zurueck
    assert (ziel.media / "register" / "vertrag.pdf").read_bytes() == b"%PDF-1.7 Vertrag"
    assert f"  {amt.geloescht}" in said and amt.klient not in said and "wieder zu löschen" in said
    assert "Lichtblau" not in said
    assert "Eine abgebrochene Rückkehr wird weggeräumt" in said


def test_restore__a_database_that_is_not_empty_is_left_alone(amt, zurueck):
    ziel, _ = zurueck
    before = fingerprints(ziel.name)
    done = ziel.manage("restore", str(amt.daten), "--schluessel", str(amt.schluessel), ok=False)
    assert done.returncode and "nicht leer" in done.stderr and fingerprints(ziel.name) == before


def test_restore__a_changed_file_or_older_keys_are_refused(amt, tmp_path):
    forged = tmp_path / "daten"
    shutil.copytree(amt.daten, forged)
    with (forged / "daten.dump").open("ab") as file:
        file.write(b"x")
    with pytest.raises(SicherungFehler, match="nicht, was gesichert wurde"):
        open_backup(daten=forged, schluessel=amt.schluessel)
    with pytest.raises(SicherungFehler, match="keine vollständige Sicherung"):
        open_backup(daten=tmp_path, schluessel=amt.schluessel)
    with pytest.raises(SicherungFehler, match="älter als die Daten"):
        open_backup(daten=amt.later, schluessel=amt.first_keys)


def _forge(folder: Path, to: Path, change, **fields: object) -> Path:
    """A copy in which `change(copy)` was done and the checksums were made to fit, as whoever can write there would."""
    copy = shutil.copytree(folder, to)
    change(copy)
    paper = json.loads((copy / "manifest.json").read_text()) | fields
    files = sorted(p for p in copy.iterdir() if p.name != "manifest.json")
    paper["checksums"] = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    (copy / "manifest.json").write_text(json.dumps(paper))
    return copy


def test_restore__what_somebody_else_could_have_written_is_refused(amt, tmp_path, settings):
    """Before, a dump, a file of the archive or the list of offices came back when its checksum was made to fit."""

    def opened(daten: Path, **more: bool):
        return open_backup(daten=daten, schluessel=amt.schluessel, **more)

    assert opened(amt.daten)

    def grown(folder: Path) -> None:
        with (folder / "daten.dump").open("ab") as dump:
            dump.write(b"x")

    forgeries = {
        "dump": _forge(amt.daten, tmp_path / "dump", grown),
        "archive": _forge(amt.daten, tmp_path / "tar", lambda f: (f / "dateien.tar").write_bytes(b"")),
        "archive taken out": _forge(amt.daten, tmp_path / "less", lambda f: (f / "dateien.tar").unlink(), dateien=None),
        "file added": _forge(amt.daten, tmp_path / "more", lambda f: (f / "mehr.dump").write_bytes(b"x")),
        "offices": _forge(amt.daten, tmp_path / "offices", lambda f: None, schemas={"vg": "VG"}),
        "rows": _forge(amt.daten, tmp_path / "rows", lambda f: None, zeilen={}),
    }
    for what, forged in forgeries.items():
        with pytest.raises(SicherungFehler, match="geändert oder gehört zu einer anderen") as refused:
            opened(forged)
        assert "--ohne-siegelpruefung" in str(refused.value), what
    bare = _forge(amt.daten, tmp_path / "bare", lambda f: None, echtheit="", format=1)
    with pytest.raises(SicherungFehler, match="trägt kein Siegel"):
        opened(bare)
    assert opened(bare, sealed=False), "from before there were seals, or the key is lost"
    added = shutil.copytree(amt.daten, tmp_path / "added")
    (added / "notiz.txt").write_text("x")
    with pytest.raises(SicherungFehler, match=r"notiz\.txt gehört nicht zur Sicherung"):
        opened(added)
    (added / "notiz.txt").unlink()
    (added / "dateien.tar").unlink()
    for sealed in (True, False):
        with pytest.raises(SicherungFehler, match=r"dateien\.tar fehlt oder ist nicht"):
            opened(added, sealed=sealed)
    with pytest.raises(SicherungFehler, match="geändert oder gehört zu einer anderen"):
        open_backup(daten=amt.daten, schluessel=_forge(amt.schluessel, tmp_path / "keys", lambda f: None, zeilen={}))
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [("neu", b"n" * 32)]
    with pytest.raises(SicherungFehler, match="den es hier nicht gibt"):
        opened(amt.daten)
    settings.FIELD_KEYS = [(old[0][0], b"n" * 32)]
    with pytest.raises(SicherungFehler, match="geändert oder gehört zu einer anderen"):
        opened(amt.daten)
    settings.FIELD_KEYS = [("neu", b"n" * 32), *old]
    assert opened(amt.daten), "after the keys were turned"


def test_restore__one_office_beside_the_others_who_go_on(amt):
    """VG is broken. It comes back from the backup of everything; HRO keeps what it wrote since."""
    vg, hro = Tenant.objects.get(kuerzel="VG"), Tenant.objects.get(kuerzel="HRO")
    later = uuid4()
    with in_tenant(hro):
        create_klient(vorname="Später", nachname="Spät")
    anna, angebot = Cast().user("anna").pk, create_angebot()
    with in_tenant(vg, user_id=anna, request_id=str(later)):
        nachher = create_buchung(fachkraft_id=anna, angebot=angebot)
        bindung = str(nachher.platzbindung_id)
    with in_tenant(vg):
        assert seal() > 0  # a seal the backup does not know; its copy stays in the shared schema
    others = fingerprints(amt.name, ("hro", "lhsn"))
    with owner.superuser(amt.name) as su:
        su.execute("DROP TABLE vg.cases_fallnotiz CASCADE")  # broken
    said = owner.manage(
        amt.name, "restore", str(amt.daten), "--schluessel", str(amt.schluessel), "--tenant", "vg", owner=False
    ).stdout
    assert "0 Mängel" in next(line for line in said.splitlines() if line.startswith("vg: "))
    assert "1 Siegel durch eine Rückkehr verloren" in said and "steht in Wartung" in said
    assert f"Bindung {bindung}" in said, "a place is held for a booking that the backup does not know"
    there = fingerprints(amt.name, ("vg",))
    assert {t for t in amt.rows if t.startswith("vg.") and there.get(t) != amt.rows[t]} == {
        "vg.cases_personenschluessel"
    }
    assert fingerprints(amt.name, ("hro", "lhsn")) == others
    role = f"{bootstrap.ROLE_PREFIX}t_vg"
    assert not count(amt.name, f"SELECT count(*) WHERE has_schema_privilege('{role}', 'vg_defekt', 'USAGE')")
    vg.refresh_from_db()
    assert vg.zustand == "WARTUNG"
    with in_tenant(vg, user_id=anna):
        create_klient()
    with in_tenant(vg):
        assert seal() > 0, "the chain goes on behind the lost seals"
    assert "0 Mängel" in owner.manage(amt.name, "verify_audit", "--tenant", "VG", owner=False).stdout
    again = owner.manage(
        amt.name, "restore", str(amt.daten), "--schluessel", str(amt.schluessel), "--tenant", "VG", ok=False
    )
    assert again.returncode and "DROP SCHEMA vg_defekt" in again.stderr
