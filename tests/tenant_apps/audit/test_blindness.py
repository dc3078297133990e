"""To what the check of the trail was blind, one story each (ADR 0036)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from moto import mock_aws

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag
from shared_apps.journal.services import get_siegel, publish_anker
from shared_apps.journal.services.anker import _client, get_anker
from shared_apps.mails.services import run_mailauftrag
from tenant_apps.audit.models import Aktion, Protokoll
from tenant_apps.audit.services import record_access
from tenants.context import in_tenant, in_tenant_portal
from tenants.fence.structure import check_structure
from tenants.jobs import Final
from tenants.models import Tenant
from tenants.trail.chain import Mangel, Pruefung, seal, tenant_trail
from tests.factories.cases import create_klient
from tests.tenant_apps.audit.committed import own_clone, tampering
from tests.tenants import owner

TRAIL = tenant_trail("vg")


@pytest.fixture(scope="module")
def sealed(django_db_setup, django_db_blocker) -> Iterator[str]:
    """VG with three seals, committed."""
    with django_db_blocker.unblock(), own_clone("blind") as name:
        vg = Tenant.objects.get(kuerzel="VG")
        for _ in range(3):
            with in_tenant(vg):
                record_access(akteur=None, aktion=Aktion.LESEN, vorgang="test", objekt=create_klient())
            with in_tenant(vg):
                assert seal() > 0
        connection.close()
        yield name


@pytest.fixture
def anker(sealed, settings, tmp_path, django_db_blocker) -> Path:
    """The heads of last night, as another machine fetched them."""
    settings.ANKER_DATEI = str(tmp_path / "anker.jsonl")
    with django_db_blocker.unblock():
        assert publish_anker() >= 1
    return tmp_path / "anker.jsonl"


def check(su, anker: Path | None = None) -> list[Mangel]:
    return Pruefung(TRAIL, get_siegel(anker)["vg"] if anker else None, over=su).run().maengel


def _remove_everything(su) -> None:
    for table in (*TRAIL.tables, TRAIL.posten, TRAIL.siegel):
        su.execute(f"DELETE FROM vg.{table}")
    su.execute("DELETE FROM journal_siegelkopie WHERE mandant = 'vg'")


def test_everything_deleted_with_seals_and_copies_is_found_by_the_anchor(sealed, anker):
    with tampering(sealed) as su:
        _remove_everything(su)
        assert check(su) == [], "the database alone knows nothing any more"
        assert [str(m) for m in check(su, anker)] == [
            "vg.audit_siegel Siegel 3: entfernt, steht aber in der ausgelagerten Datei"
        ]


def test_a_rebuilt_chain_is_found_by_the_anchor(sealed, anker):
    """As long as the one that was: the same seals in number, over rows that say something else."""
    with tampering(sealed) as su:
        su.execute("UPDATE vg.audit_protokoll SET vorgang = 'erfunden'")
        for table in (TRAIL.posten, TRAIL.siegel):
            su.execute(f"DELETE FROM vg.{table}")
        su.execute("DELETE FROM journal_siegelkopie WHERE mandant = 'vg'")
        su.execute("CREATE TEMP TABLE spaeter AS SELECT * FROM vg.audit_protokoll")
        su.execute("DELETE FROM vg.audit_protokoll")
        for _ in range(3):  # as the entries came, seal by seal
            su.execute("INSERT INTO vg.audit_protokoll SELECT * FROM spaeter ORDER BY created_at LIMIT 1")
            su.execute("DELETE FROM spaeter WHERE id IN (SELECT id FROM vg.audit_protokoll)")
            assert su.execute("SELECT vg.audit_siegeln(true)").fetchone()[0] > 0
        assert su.execute("SELECT max(nummer), count(*) FROM vg.audit_siegel").fetchone() == (3, 3)
        found = [str(m) for m in check(su, anker)]
        assert found == ["vg.audit_siegel Siegel 3: anders als in der ausgelagerten Datei"]


def test_an_entry_dated_ahead_or_47_hours_back_is_found(sealed):
    for hours, words in ((72, "vordatiert"), (-47, "nachträglich hinzugefügt")):
        with tampering(sealed) as su:
            su.execute("CREATE TEMP TABLE kopie AS SELECT * FROM vg.audit_protokoll LIMIT 1")
            su.execute(
                "UPDATE kopie SET id = gen_random_uuid(), created_at = now() + make_interval(hours => %s)", [hours]
            )
            su.execute("INSERT INTO vg.audit_protokoll SELECT * FROM kopie")
            su.execute("SELECT vg.audit_siegeln(true)")
            key = str(su.execute("SELECT id FROM kopie").fetchone()[0])
            (found,) = check(su)
            assert found.zeile == key and words in found.art


def test_seals_of_a_worker_that_stood_still_are_no_fault(sealed):
    """The rows are days older than their seal, but no seal is in between."""
    with tampering(sealed) as su:
        for table in (TRAIL.posten, TRAIL.siegel):
            su.execute(f"DELETE FROM vg.{table}")
        su.execute("DELETE FROM journal_siegelkopie WHERE mandant = 'vg'")
        for table in TRAIL.tables:
            su.execute(f"UPDATE vg.{table} SET created_at = created_at - interval '5 days'")
        su.execute("SELECT vg.audit_siegeln(true)")
        assert check(su) == []


@pytest.mark.django_db
def test_the_time_of_an_entry_is_the_databases(vg):
    with in_tenant(vg), connection.cursor() as cursor:
        entry = record_access(akteur=None, aktion=Aktion.ANLEGEN, vorgang="test")
        for days in (3, -2):
            cursor.execute(
                "INSERT INTO audit_protokoll SELECT (jsonb_populate_record(p, jsonb_build_object("
                "'id', gen_random_uuid(), 'created_at', now() + make_interval(days => %s),"
                " 'vorgang', 'falsche Zeit'))).*"
                " FROM audit_protokoll p WHERE id = %s",
                [days, entry.pk],
            )
        times = Protokoll.objects.filter(vorgang="falsche Zeit").values_list("created_at", flat=True)
        assert len(times) == 2 and all(abs(timezone.now() - t) < timedelta(minutes=1) for t in times)


@pytest.mark.django_db
def test_nobody_writes_a_look_in_anothers_name_or_in_nobodys(vg, cast):
    anna, bernd, ines = (cast.user(name).pk for name in ("anna", "bernd", "ines"))
    anbieter = [cast.anbieter_id("ines")]
    with in_tenant(vg, user_id=anna):
        for name in (bernd, None, uuid4()):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Protokoll.objects.create(user_id=name, aktion="LESEN", vorgang="test", rolle="SYSTEM")
        Protokoll.objects.create(user_id=anna, aktion="LESEN", vorgang="test")
    with in_tenant_portal(vg, user_id=ines, anbieter_ids=anbieter):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Protokoll.objects.create(user_id=anna, aktion="LESEN", vorgang="test")
        Protokoll.objects.create(user_id=ines, aktion="LESEN", vorgang="test")


#: What somebody with the owner's rights does in an office's schema → what the check of the night says.
EINGRIFFE = {
    "DROP TRIGGER sojus_spur_aendern ON vg.cases_klient": "Auslöser sojus_spur_aendern an cases_klient fehlt",
    "ALTER TABLE vg.cases_hilfefall DISABLE TRIGGER sojus_spur_loeschen": (
        "Auslöser sojus_spur_loeschen an cases_hilfefall ist abgeschaltet"
    ),
    "DROP TRIGGER sojus_nur_fortschreiben ON vg.audit_protokoll": (
        "Auslöser sojus_nur_fortschreiben an audit_protokoll fehlt"
    ),
    "ALTER TABLE vg.audit_aenderung ENABLE REPLICA TRIGGER sojus_nur_fortschreiben": (
        "Auslöser sojus_nur_fortschreiben an audit_aenderung ist abgeschaltet"
    ),
    "DROP TRIGGER sojus_spur_anlegen ON vg.cases_fallnotiz; CREATE TRIGGER sojus_spur_anlegen AFTER INSERT ON"
    " vg.cases_fallnotiz REFERENCING NEW TABLE AS neu FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION"
    " vg.audit_aenderung_notieren()": "Auslöser sojus_spur_anlegen an cases_fallnotiz ist ein anderer",
    "CREATE FUNCTION vg.still() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER still"
    " BEFORE INSERT ON vg.audit_aenderung FOR EACH ROW EXECUTE FUNCTION vg.still()": (
        "Auslöser still an audit_aenderung ist nicht vom Programm"
    ),
    "CREATE RULE nichts AS ON INSERT TO vg.audit_protokoll DO INSTEAD NOTHING": (
        "Regel nichts an audit_protokoll ist nicht vom Programm"
    ),
    "CREATE OR REPLACE FUNCTION vg.audit_aenderung_notieren() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = public, pg_temp AS 'BEGIN RETURN NULL; END'": (
        "Funktion audit_aenderung_notieren ist eine andere"
    ),
    "DROP POLICY schreiben ON vg.audit_protokoll; CREATE POLICY schreiben ON vg.audit_protokoll FOR INSERT"
    " WITH CHECK (true)": "Zeilenregel schreiben an audit_protokoll ist eine andere",
    "ALTER TABLE vg.audit_freigabe DISABLE ROW LEVEL SECURITY": "Zeilenregeln an audit_freigabe sind abgeschaltet",
    "CREATE POLICY alles ON vg.cases_klient FOR SELECT USING (true)": (
        "Zeilenregel alles an cases_klient ist nicht vom Programm"
    ),
    "CREATE FUNCTION vg.hintertuer() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'": (
        "Funktion hintertuer ist nicht vom Programm"
    ),
    "DROP TRIGGER portal_check ON vg.placements_reservierung": "Auslöser portal_check an placements_reservierung fehlt",
    "DROP TRIGGER portal_check ON vg.billing_rechnung; CREATE TRIGGER portal_check BEFORE INSERT OR UPDATE ON"
    " vg.billing_rechnung FOR EACH ROW WHEN (public.sojus_ist_portal() AND NEW.id IS NULL)"
    " EXECUTE FUNCTION vg.portal_check_billing_rechnung()": "Auslöser portal_check an billing_rechnung ist ein anderer",
    "CREATE OR REPLACE FUNCTION vg.portal_check_billing_rechnungsposition() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NEW; END'": "Funktion portal_check_billing_rechnungsposition ist eine andere",
    "ALTER FUNCTION vg.audit_siegeln(boolean) OWNER TO CURRENT_USER": "Funktion audit_siegeln ist eine andere",
    "DROP TRIGGER placements_nichts_laeuft ON vg.cases_hilfefall": (
        "Auslöser placements_nichts_laeuft an cases_hilfefall fehlt"
    ),
    "CREATE OR REPLACE FUNCTION vg.placements_fall_ist_offen() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END'": "Funktion placements_fall_ist_offen ist eine andere",
    "GRANT EXECUTE ON FUNCTION vg.privacy_zugriffe TO PUBLIC": (
        "Wer Funktion privacy_zugriffe aufrufen darf, ist verändert"
    ),
}
#: The same in the shared schema.
GEMEINSAM = {
    "DROP TRIGGER members_vier_augen ON accounts_membership": (
        "Auslöser members_vier_augen an accounts_membership fehlt"
    ),
    "DROP TRIGGER members_antrag_geprueft ON members_mitgliedschaftsantrag": (
        "Auslöser members_antrag_geprueft an members_mitgliedschaftsantrag fehlt"
    ),
    "DROP TRIGGER accounts_anmeldedienst_geprueft ON accounts_anmeldedienst; CREATE TRIGGER"
    " accounts_anmeldedienst_geprueft AFTER INSERT ON accounts_anmeldedienst FOR EACH ROW EXECUTE FUNCTION"
    " accounts_anmeldedienst_pruefen()": (
        "Auslöser accounts_anmeldedienst_geprueft an accounts_anmeldedienst ist ein anderer"
    ),
    "ALTER TABLE accounts_membership DISABLE TRIGGER accounts_membership_refused": (
        "Auslöser accounts_membership_refused an accounts_membership ist abgeschaltet"
    ),
    "CREATE OR REPLACE FUNCTION members_leitende_rollen() RETURNS text[] LANGUAGE sql IMMUTABLE AS"
    " 'SELECT ''{}''::text[]'": "Funktion members_leitende_rollen ist eine andere",
    "CREATE OR REPLACE FUNCTION sojus_job_rules() RETURNS jsonb LANGUAGE sql IMMUTABLE AS 'SELECT ''{}''::jsonb'": (
        "Funktion sojus_job_rules ist eine andere"
    ),
    "CREATE OR REPLACE FUNCTION sojus_defer_job(task text, args jsonb) RETURNS bigint LANGUAGE sql SECURITY DEFINER"
    " SET search_path = public, pg_temp AS 'SELECT 1::bigint'": "Funktion sojus_defer_job ist eine andere",
    "CREATE OR REPLACE FUNCTION occupancy_ist_belegt(der_platz uuid, zr daterange) RETURNS boolean LANGUAGE sql"
    " SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT false'": (
        "Funktion occupancy_ist_belegt ist eine andere"
    ),
    "CREATE OR REPLACE FUNCTION tenants_hindernis(office text, rollen text[], bekannt text[]) RETURNS text LANGUAGE sql"
    " SECURITY DEFINER SET search_path = public, pg_temp AS $$SELECT ''::text$$": (
        "Funktion tenants_hindernis ist eine andere"
    ),
    "ALTER FUNCTION procrastinate_defer_jobs_v1 SECURITY DEFINER": (
        "Funktion procrastinate_defer_jobs_v1 ist eine andere"
    ),
    "DROP TRIGGER occupancy_ende_anbieter ON providers_anbieter": (
        "Auslöser occupancy_ende_anbieter an providers_anbieter fehlt"
    ),
    "ALTER FUNCTION sojus_ist_betreiber() RESET search_path": "Funktion sojus_ist_betreiber ist eine andere",
    "ALTER FUNCTION occupancy_vakanzen(uuid[], daterange) RENAME TO occupancy_vakanzen_alt": (
        "Funktion occupancy_vakanzen fehlt"
    ),
}
#: Calls that somebody opens → whose they are now. Said of the shared schema, in which office it is.
AUFRUFE = {
    "GRANT EXECUTE ON FUNCTION occupancy_ist_belegt TO test_sojus_portal": (
        "test_sojus_portal", "EXECUTE ON occupancy_ist_belegt in public",
    ),
    "GRANT EXECUTE ON FUNCTION members_vier_augen TO PUBLIC": ("PUBLIC", "EXECUTE ON members_vier_augen in public"),
    "GRANT EXECUTE ON FUNCTION sojus_retry_job TO test_t_vg": ("test_t_vg", "EXECUTE ON sojus_retry_job in public"),
    "GRANT EXECUTE ON FUNCTION hro.audit_siegeln TO test_t_vg": ("test_t_vg", "EXECUTE ON audit_siegeln in hro"),
    "GRANT EXECUTE ON FUNCTION procrastinate_fetch_job_v2 TO test_sojus_land": (
        "test_sojus_land", "EXECUTE ON procrastinate_fetch_job_v2 in public",
    ),
    "GRANT DELETE ON vg.audit_protokoll TO test_t_vg": ("test_t_vg", "DELETE ON audit_protokoll in vg"),
}  # fmt: skip
#: What some of these bring with them.
BEILAEUFIG = "Funktion still ist nicht vom Programm"
BEILAEUFIG_GEMEINSAM = [
    "Funktion occupancy_vakanzen_alt ist nicht vom Programm",
    "Recht zu viel: PUBLIC EXECUTE ON hintertuer in vg",
    "Recht zu viel: PUBLIC EXECUTE ON privacy_zugriffe in vg",
    *(f"Recht zu viel: test_sojus_{r} EXECUTE ON occupancy_vakanzen_alt in public" for r in ("land", "tenants")),
]
#: What a process without the owner's rights cannot compare.
NUR_EIGENTUEMER = "Wer Funktion privacy_zugriffe aufrufen darf, ist verändert"


def test_every_meddling_with_triggers_functions_rules_and_rights_is_told_each_night(
    sealed, anker, django_db_blocker, monkeypatch, tmp_path
):
    with django_db_blocker.unblock():
        assert [*check_structure("vg"), *check_structure("hro"), *check_structure("public")] == []
        with owner.superuser(sealed) as su:
            for statement in [*EINGRIFFE, *GEMEINSAM, *AUFRUFE]:
                su.execute(statement)
        opened = {f"Recht zu viel: {role} {what}" for role, what in AUFRUFE.values()}
        assert {*check_structure("public")} == {*GEMEINSAM.values(), *opened, *BEILAEUFIG_GEMEINSAM}
        assert {*check_structure("vg")} == {*EINGRIFFE.values(), BEILAEUFIG} - {NUR_EIGENTUEMER}
        monkeypatch.setenv("SOJUS_ANKER_DATEI", str(anker))
        anker.write_text(anker.read_text() + json.dumps({"mandant": "nwm", "nummer": 7, "pruefsumme": "x"}) + "\n")
        said = owner.manage(sealed, "verify_audit", owner=False, ok=False)
        assert said.returncode
        for what in (*EINGRIFFE.values(), *GEMEINSAM.values(), *opened, "nwm.Siegel bis 7: ein Anker nennt sie"):
            assert what in said.stdout
        anker.unlink()
        with owner.superuser(sealed) as su:
            su.execute("SET session_replication_role = replica")
            su.execute("UPDATE journal_siegelkopie SET created_at = created_at - interval '3 days'")
        assert "Anker SOJUS_ANKER_DATEI: fehlt" in owner.manage(sealed, "verify_audit", owner=False, ok=False).stdout


def test_heads_go_into_the_file_by_mail_and_into_a_bucket_that_nobody_empties(
    sealed, anker, settings, django_db_blocker, monkeypatch, tmp_path
):
    people = ["datenschutz@example.org", "revision@example.org"]
    settings.ANKER_MAIL, settings.ANKER_S3_BUCKET = people, "anker"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(), django_db_blocker.unblock():
        with pytest.raises(boto3.client("s3").exceptions.NoSuchBucket):
            publish_anker()
        orders = list(Mailauftrag.objects.filter(art=MailArt.SIEGELKOEPFE))
        assert len(orders) == 2 and mail.outbox == [], "the one way, whatever became of the bucket: a job for each"
        boto3.client("s3").create_bucket(Bucket="anker", ObjectLockEnabledForBucket=True)
        settings.ANKER_MAIL = people[:1]
        assert [run_mailauftrag(mail_id=order.pk) for order in orders].count(True) == 1, "who left gets none"
        settings.ANKER_MAIL = []
        assert publish_anker() >= 1
        (sent,) = mail.outbox
        assert sent.to == people[:1] and "Siegelköpfe" in sent.subject
        saved = tmp_path / "mail.eml"
        saved.write_text(sent.body)
        assert get_siegel(saved) == get_siegel(anker) and "vg" in get_siegel(saved)
        (entry,) = boto3.client("s3").list_objects_v2(Bucket="anker")["Contents"]
        kept = boto3.client("s3").head_object(Bucket="anker", Key=entry["Key"])
        assert kept["ObjectLockMode"] == "COMPLIANCE"
        assert kept["ObjectLockRetainUntilDate"] - timezone.now() > timedelta(days=3600)
        anker.unlink()
        assert get_anker()[0] == get_siegel(saved), "the bucket alone tells as much"


def test_bucket_that_is_slow__the_job_waits_no_longer_than_the_settings_say(settings, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = _client().meta.config
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (5, 20, 2)


def test_heads_for_people_without_a_mail_server_are_a_failed_job_and_no_silence(sealed, settings, django_db_blocker):
    settings.ANKER_MAIL, settings.SENDS_MAIL = ["datenschutz@example.org"], False
    with django_db_blocker.unblock(), pytest.raises(Final, match="no mail server"):
        publish_anker()


_CHECK_WHILE_SEALING = """
import os, psycopg
from shared_apps.journal.services import check_siegel
from tenants.trail.chain import Pruefung

plain = Pruefung._check_seals

def and_then_a_seal(self):
    seals = plain(self)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as other:
        if self.trail.schema == "vg":
            print("sealed meanwhile", other.execute("SELECT vg.audit_siegeln(true)").fetchone()[0])
    return seals

Pruefung._check_seals = and_then_a_seal
for report in check_siegel():
    print(report.schema, [str(m) for m in report.maengel])
"""


def test_check__what_is_sealed_while_it_reads_is_no_fault(django_db_setup, django_db_blocker) -> None:
    """Every minute something is sealed, and a check of a large office takes longer than that."""
    with django_db_blocker.unblock(), own_clone("waehrend") as name:
        with in_tenant(Tenant.objects.get(kuerzel="VG")):
            record_access(akteur=None, aktion=Aktion.LESEN, vorgang="test", objekt=create_klient())
        said = owner.manage(name, "shell", "-v", "0", stdin=_CHECK_WHILE_SEALING).stdout
    assert "sealed meanwhile 0" not in said and "sealed meanwhile" in said
    assert "vg []" in said, said
