"""Onboarding: all or nothing, repeatable, the same for the first office and for the hundredth."""

from __future__ import annotations

import contextlib
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.core import mail as django_mail
from django.db import ProgrammingError

from shared_apps.accounts.models import Mailauftrag, User
from tenants.context import in_tenant, on_portal
from tenants.fence.scan import scan_privileges
from tenants.models import Domain, OnboardingLauf, Tenant
from tenants.onboarding.registry import Angaben, OnboardingFehler
from tenants.onboarding.services import submit_onboarding
from tests import bootstrap
from tests.database import TENANTS
from tests.mails import work
from tests.people import Cast
from tests.tenants import owner

pytestmark = pytest.mark.slow
#: Schema of the office that was the first when the template was made.
MIGRATED = TENANTS[0].lower()


@pytest.fixture
def kuerzel():
    """A municipality nobody else uses: roles are shared by all databases of the test cluster."""
    name = f"Z{uuid.uuid4().hex[:7].upper()}"
    yield name
    (bootstrap.ROOT / "var" / f"referenz-{name}.csv").unlink(missing_ok=True)
    with contextlib.suppress(psycopg.Error):  # still owns rights in a database that goes next
        owner.drop_role(name)


KOPF = "kuerzel;name;kurzname;ags;typ;sitz;land;stichtag;zensusbasis;quelle;ew;u3;3-5;6-14;15-17;18-24;25-29"


def _referenz(kuerzel: str, ags: str = "99001") -> str:
    """A reference file of a state that the program does not know."""
    zahlen = "190000;4000;5000;18000;6000;9000;8000"
    return f"{KOPF}\n{kuerzel};Landkreis Zett;Zett;{ags};LK;Zettstadt;Zettland;31.12.2024;Zensus 2022;Probe;{zahlen}\n"


def _new(kuerzel: str, *more: str) -> tuple[str, ...]:
    datei = bootstrap.ROOT / "var" / f"referenz-{kuerzel}.csv"
    datei.write_text(_referenz(kuerzel))
    return ("onboard_tenant", "--kuerzel", kuerzel, "--referenz", str(datei), *more)


def test_onboard_tenant__everything_is_there(kuerzel, own_database):
    done = owner.manage(own_database, *_new(kuerzel, "--admin-username", f"chefin-{kuerzel.lower()}"))
    assert "[1/" in done.stdout and "ist bereit nach" in done.stdout
    tenant = Tenant.objects.get(kuerzel=kuerzel)
    assert Domain.objects.get(tenant=tenant).domain == f"{kuerzel.lower()}.localhost"
    with in_tenant(tenant):
        from tenant_apps.audit.models import Protokoll
        from tenant_apps.cases.models import Klient

        assert Klient.objects.count() == 0
        assert Protokoll.objects.filter(vorgang="jugendamt.einrichten").count() == 1
        assert scan_privileges() == []
    status = owner.manage(own_database, "tenant_status").stdout
    assert "4 von 4 Jugendämtern in Ordnung" in status
    with owner.superuser(own_database) as connection:
        rolle = connection.execute(
            "SELECT m.rolle, u.password FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
            " WHERE u.username = %s",
            [f"chefin-{kuerzel.lower()}"],
        ).fetchone()
    assert rolle[0] == "TENANT_ADMIN"
    assert rolle[1].startswith("!")  # nobody knows a password


def test_onboard_tenant__again_changes_nothing(kuerzel, own_database):
    words = _new(kuerzel)
    owner.manage(own_database, *words)
    before = _rows(own_database, kuerzel)
    done = owner.manage(own_database, *words)
    assert "schon auf dem Stand des Programms" in done.stdout
    assert _rows(own_database, kuerzel) == before


def _rows(name: str, kuerzel: str) -> list:
    with owner.superuser(name) as connection:
        schema = kuerzel.lower()
        return [
            connection.execute(query).fetchone()[0]
            for query in (
                "SELECT count(*) FROM tenants_tenant",
                "SELECT count(*) FROM tenants_domain",
                "SELECT count(*) FROM accounts_user",
                "SELECT count(*) FROM accounts_membership",
                f"SELECT count(*) FROM {schema}.audit_protokoll",
                f"SELECT count(*) FROM {schema}.django_migrations",
            )
        ]


_BROKEN = """
from tenants.onboarding.registry import Angaben, OnboardingFehler, onboarding_step
from tenants.onboarding.services import onboard_tenant

@onboarding_step(order=95, name="Kaputter Schritt")
def broken(tenant, angaben, report):
    raise RuntimeError("Klientin Musterfrau")

try:
    onboard_tenant(angaben=Angaben(kuerzel="{kuerzel}", referenz={referenz!r}))
except OnboardingFehler as error:
    print("MELDUNG", error)
"""


def test_onboard_tenant__a_failing_step_leaves_nothing(kuerzel, own_database):
    done = owner.manage(
        own_database, "shell", "-v", "0", stdin=_BROKEN.format(kuerzel=kuerzel, referenz=_referenz(kuerzel))
    )
    assert "MELDUNG Der Schritt „Kaputter Schritt“ ist fehlgeschlagen" in done.stdout
    assert "Musterfrau" not in done.stdout
    assert not any(owner.exists(own_database, kuerzel).values())
    with on_portal():
        lauf = OnboardingLauf.objects.get(kuerzel=kuerzel)
    assert lauf.zustand == OnboardingLauf.Zustand.FEHLER
    assert "Es wurde nichts angelegt" in lauf.meldung and lauf.finished_at
    assert owner.manage(own_database, *_new(kuerzel)).returncode == 0  # and it can be repeated
    assert all(owner.exists(own_database, kuerzel).values())


UNMOEGLICH = (
    (("--kuerzel", "Q9"), "steht nicht in den Referenzdaten"),
    (("--kuerzel", "PORTAL", "--name", "X", "--ags", "99001"), "ist vergeben"),
    (("--kuerzel", "Q-9", "--name", "X", "--ags", "99001"), "Großbuchstaben"),
    (("--kuerzel", "Q9", "--name", "X", "--ags", "9"), "Gemeindeschlüssel"),
    (("--kuerzel", "Q9", "--name", "X", "--ags", "13075"), "gehört schon zu VG"),
    (("--kuerzel", "Q9", "--name", "X", "--ags", "12060"), "Zum AGS 12060 gibt es keine Referenzdaten"),
)


def test_check_angaben__refuses_what_cannot_work(own_database):
    before = OnboardingLauf.objects.count()
    for words, message in UNMOEGLICH:
        angaben = dict(zip((word.strip("-") for word in words[::2]), words[1::2], strict=True))
        with pytest.raises(OnboardingFehler, match=message):
            submit_onboarding(angaben=Angaben(**angaben), user_id=None)
    assert OnboardingLauf.objects.count() == before
    done = owner.manage(own_database, "onboard_tenant", *UNMOEGLICH[0][0], ok=False)
    assert done.returncode != 0
    assert UNMOEGLICH[0][1] in done.stderr and "Es wurde nichts angelegt" in done.stderr


_GUARDIAN = """
from uuid import UUID
from shared_apps.accounts.models import User
from tenant_apps.cases.models import Hilfefall, Klient
from tenants.context import in_tenant
from tenants.models import Tenant
user = User.objects.get(username="admin-{schema}")
with in_tenant(Tenant.objects.get(kuerzel="{kuerzel}")):
    klient = Klient.objects.create(
        pkz="1", vorname="A", nachname="B", geburtsdatum="2015-01-01", geschlecht="1")
    fall = Hilfefall.objects.create(fallnummer="1", klient=klient, fachkraft_id=user.pk)
    from tenant_apps.cases.models import HilfefallUserObjectPermission as Recht
    Recht.objects.assign_perm("mitarbeiten_hilfefall", user, fall)
    eigene = Recht.objects.filter(user=user, permission__codename="mitarbeiten_hilfefall", content_object=fall)
    print("RECHT", eigene.exists(), Recht.objects.count())
"""


def test_onboard_tenant__after_a_later_migration_content_types_and_guardian_agree(kuerzel, own_database):
    """ADR 0007: with contenttypes per tenant, a late tenant got other ids and guardian failed in it."""
    with owner.superuser(own_database) as connection:
        connection.execute("INSERT INTO django_content_type (app_label, model) VALUES ('spaeter', 'neu')")
        before = connection.execute("SELECT id, app_label, model FROM django_content_type ORDER BY id").fetchall()
    owner.manage(own_database, *_new(kuerzel))
    with owner.superuser(own_database) as connection:
        after = connection.execute("SELECT id, app_label, model FROM django_content_type ORDER BY id").fetchall()
        own = connection.execute("SELECT to_regclass(%s)", [f"{kuerzel.lower()}.django_content_type"]).fetchone()[0]
    assert after == before
    assert own is None
    done = owner.manage(
        own_database, "shell", "-v", "0", stdin=_GUARDIAN.format(kuerzel=kuerzel, schema=kuerzel.lower())
    )
    assert "RECHT True 1" in done.stdout, done.stderr


_CATALOGUE = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(s)s AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, replace(pg_get_constraintdef(o.oid), %(s)s || '.', ''), ''
  FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace WHERE n.nspname = %(s)s
UNION ALL
SELECT 'index', tablename, indexname, replace(indexdef, %(s)s || '.', ''), '' FROM pg_indexes WHERE schemaname = %(s)s
UNION ALL
SELECT 'right', table_name, replace(grantee, %(s)s, ''), privilege_type, ''
  FROM information_schema.role_table_grants WHERE table_schema = %(s)s
ORDER BY 1, 2, 3, 4
"""


def test_onboard_tenant__a_replayed_schema_is_identical_to_a_migrated_one(own_database):
    """The template's first office was migrated by Django; LUP may be, if no command before it was; NWM is replayed."""
    owner.manage(own_database, "onboard_tenant", "--kuerzel", "LUP", "NWM")
    with owner.superuser(own_database) as connection:
        schemas = []
        for schema in (MIGRATED, "lup", "nwm"):
            connection.execute(f"SET search_path = {schema}")
            schemas.append(connection.execute(_CATALOGUE, {"s": schema}).fetchall())
        recorded = [
            connection.execute(f"SELECT app, name FROM {s}.django_migrations ORDER BY 1, 2").fetchall()
            for s in (MIGRATED, "lup", "nwm")
        ]
    assert len(schemas[0]) > 200
    assert schemas[0] == schemas[1] == schemas[2]
    assert recorded[0] == recorded[1] == recorded[2]


def test_ensure_role__another_database_of_the_cluster_makes_the_same_role_meanwhile(own_database):
    """Seen when two portals were set up on one server at once: the second broke off."""
    role = f"{bootstrap.ROLE_PREFIX}t_zwilling"
    words = f"from tenants.fence.bootstrap import ensure_role; ensure_role({role!r}, 'NOLOGIN INHERIT')"
    blocked = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND query LIKE 'CREATE ROLE%%' AND wait_event_type = 'Lock'"
    )
    with owner.superuser("postgres") as other, owner.superuser("postgres") as eye, ThreadPoolExecutor() as pool:
        try:
            with other.transaction():
                other.execute(f'SET LOCAL ROLE "{bootstrap.ROLE_PREFIX}sojus_owner"')  # both portals have one owner
                other.execute(f'CREATE ROLE "{role}" NOLOGIN NOINHERIT')
                second = pool.submit(owner.manage, own_database, "shell", "-v", "0", "-c", words)
                while not second.done() and not eye.execute(blocked, [own_database]).fetchone():
                    time.sleep(0.05)
                assert not second.done(), "it waits for the first"
            assert second.result(timeout=60).returncode == 0
            assert eye.execute("SELECT rolinherit FROM pg_roles WHERE rolname = %s", [role]).fetchone() == (True,)
        finally:
            other.execute(f'DROP ROLE IF EXISTS "{role}"')


def _lars() -> User:
    return Cast().user("lars")


def test_submit_onboarding__the_operators_worker_does_it(own_database):
    lars = _lars()
    lauf = submit_onboarding(angaben=Angaben(kuerzel="VR", admin_email="erste@example.org"), user_id=lars.pk)
    assert lauf.zustand == OnboardingLauf.Zustand.WARTET
    with pytest.raises(OnboardingFehler, match="läuft schon"):
        submit_onboarding(angaben=Angaben(kuerzel="VR"), user_id=lars.pk)
    owner.manage(own_database, "worker", "--once", owner=False)  # the people's worker leaves it alone
    assert not Tenant.objects.filter(kuerzel="VR").exists()
    owner.manage(own_database, "worker", "--betrieb", "--once")
    with on_portal():
        lauf.refresh_from_db()
    assert (lauf.zustand, lauf.schritt) == (OnboardingLauf.Zustand.FERTIG, lauf.schritte)
    tenant = Tenant.objects.get(kuerzel="VR")
    assert tenant.name == "Landkreis Vorpommern-Rügen"
    mail = Mailauftrag.objects.get()
    assert (mail.art, mail.tenant, mail.angefordert_von, mail.zustand) == ("EINLADUNG", tenant, lars, "WARTET")
    assert work() == 1
    (sent,) = django_mail.outbox
    assert sent.to == ["erste@example.org"] and "http://vr.localhost/einladung/" in sent.body


def test_order__somebody_who_does_not_operate_cannot_write_it(own_database):
    with pytest.raises(ProgrammingError, match="row-level security"):
        submit_onboarding(angaben=Angaben(kuerzel="VR"), user_id=Cast().user("anna").pk)


def test_onboard_tenant__another_state_publishes_figures_from_the_first_day(kuerzel, own_database):
    """Its district came with a file; later releases read it again, and the job that failed every five minutes runs."""
    from shared_apps.regions.models import Bevoelkerungsstand
    from tenant_apps.controlling.publish import list_faellige, publish_faellige

    owner.manage(own_database, *_new(kuerzel))
    owner.manage(own_database, "load_reference")
    staende = Bevoelkerungsstand.objects.filter(gebietskoerperschaft__kuerzel=kuerzel)
    assert staende.get(alter_von=0, alter_bis=18).anzahl == 33_000
    with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
        monate = list_faellige()
        assert monate
        publish_faellige(monate=monate)


def test_load_reference__newer_inhabitants_come_as_a_file(kuerzel, own_database, tmp_path):
    datei = tmp_path / "neu.csv"
    datei.write_text(_referenz(kuerzel).replace("31.12.2024", "31.12.2025"))
    said = owner.manage(own_database, "load_reference", "--datei", str(datei)).stdout
    assert "1 Gebietskörperschaften" in said
    datei.write_bytes(b"\xff\xfe")
    done = owner.manage(own_database, "load_reference", "--datei", str(datei), ok=False)
    assert done.returncode != 0 and "UTF-8" in done.stderr and "Traceback" not in done.stderr


def test_load_reference__twice_is_once(own_database):
    tables = (
        "regions_gebietskoerperschaft", "regions_region", "regions_bevoelkerungsstand",
        "regions_gebietskoerperschaft_nachbarn", "catalogue_hilfeart", "catalogue_spezialisierung",
        "catalogue_barbetrag", "comparison_kennzahl",
    )  # fmt: skip

    def content() -> list:
        with owner.superuser(own_database) as connection:
            return [
                connection.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {t} t").fetchone()
                for t in tables
            ]

    before = content()
    owner.manage(own_database, "load_reference")
    assert content() == before


def test_reference__sums_agree_with_the_land(db):
    from shared_apps.regions.models import Bevoelkerungsstand

    staende = Bevoelkerungsstand.objects.filter(stichtag="2024-12-31", zensusbasis="Zensus 2022")
    assert sum(s.anzahl for s in staende.filter(alter_von=0, alter_bis=None)) == 1_573_597
    assert sum(s.anzahl for s in staende.filter(alter_von=0, alter_bis=18, geschaetzt=False)) == 239_941
    assert sum(s.anzahl for s in staende.filter(alter_von=0, alter_bis=21, geschaetzt=True)) == 281_219
    assert not staende.filter(quelle="").exists()
