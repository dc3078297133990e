"""The steps every municipality needs. They run as the owner, inside one transaction, and are repeatable."""

from __future__ import annotations

import re
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from psycopg import sql

from tenants.context import in_tenant, in_tenant_portal
from tenants.db import roles
from tenants.fence.checks import validate
from tenants.fence.grants import apply_tenant_fence
from tenants.fence.scan import scan_privileges
from tenants.models import Domain, Tenant, TenantZustand
from tenants.onboarding import registry
from tenants.onboarding.migrate import migrate_schema
from tenants.onboarding.registry import Angaben, OnboardingFehler, Report, onboarding_step
from tenants.trail.triggers import tenant_models

_KUERZEL = re.compile(r"^[A-Z][A-Z0-9]{1,11}$")
_AGS = re.compile(r"^\d{5}(\d{3})?$")
#: Names that already mean something in the database or as a host.
_VERGEBEN = {"public", "pg", "information", "www", "api", "mail", "static"}


def check_angaben(angaben: Angaben) -> None:
    """Refuse what cannot become a schema, a host or a register entry. Messages say what to do."""
    if not _KUERZEL.match(angaben.kuerzel):
        raise OnboardingFehler("Das Kürzel besteht aus 2 bis 12 Großbuchstaben oder Ziffern, z. B. VG.")
    label = angaben.kuerzel.lower()
    if label in _VERGEBEN | {settings.PORTAL_HOST.split(".")[0]}:
        raise OnboardingFehler(f"Das Kürzel {angaben.kuerzel} ist vergeben. Bitte wählen Sie ein anderes.")
    if angaben.referenz:
        registry.check(angaben)  # first: what is missing may be in the file
    if not angaben.name.strip():
        raise OnboardingFehler(
            f"{angaben.kuerzel} steht nicht in den Referenzdaten. Bitte geben Sie Name und AGS an, oder eine"
            " Referenzdatei, in der beides steht."
        )
    if not _AGS.match(angaben.ags):
        raise OnboardingFehler("Der Amtliche Gemeindeschlüssel hat 5 oder 8 Ziffern, z. B. 13075.")
    other = Tenant.objects.filter(ags=angaben.ags).exclude(kuerzel=angaben.kuerzel).first()
    if other:
        raise OnboardingFehler(f"Der AGS {angaben.ags} gehört schon zu {other.kuerzel} ({other.name}).", feld="ags")
    if not angaben.referenz:
        registry.check(angaben)


def check_erneut(angaben: Angaben) -> None:
    """Refuse an office that is there already, unless a second run is what is wanted: it writes name and AGS again."""
    tenant = Tenant.objects.filter(kuerzel=angaben.kuerzel).first()
    if tenant is None:
        angaben.erneut = False
        return
    _refuse_closed(tenant)
    if not angaben.erneut:
        raise OnboardingFehler(
            f"{tenant.kuerzel} ({tenant.name}) ist bereits eingerichtet. Für ein neues Jugendamt wählen Sie bitte ein"
            " anderes Kürzel. Ein zweiter Lauf bringt Tabellen, Rechte und Adresse auf den Stand des Programms und"
            " trägt Name und AGS neu ein; Personen, Daten und Zugänge bleiben, wie sie sind. Ist das gewollt,"
            " bestätigen Sie es hier.",
            feld="erneut",
        )


def _refuse_closed(tenant: Tenant) -> None:
    if tenant.zustand == TenantZustand.STILLGELEGT:
        raise OnboardingFehler(f"{tenant.kuerzel} ist stillgelegt. Bitte nehmen Sie es erst wieder in Betrieb.")


def enter_register(angaben: Angaben) -> Tenant:
    """The row in the register of tenants; an existing one gets name, AGS and order."""
    schema = angaben.kuerzel.lower()
    tenant = Tenant.objects.select_for_update().filter(kuerzel=angaben.kuerzel).first()
    if tenant is None:
        if _schema_exists(schema):
            raise OnboardingFehler(
                f"In der Datenbank gibt es schon ein Schema {schema}, das zu keinem Jugendamt gehört."
            )
        tenant = Tenant(kuerzel=angaben.kuerzel, schema_name=schema)
    _refuse_closed(tenant)
    tenant.name, tenant.ags, tenant.sortierung = angaben.name.strip(), angaben.ags, angaben.sortierung
    tenant.save()
    return tenant


def _schema_exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        return cursor.fetchone() is not None


@onboarding_step(order=20, name="Schema anlegen")
def create_schema(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """The schema belongs to the owner; the tenant's role gets its rights in a later step."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(tenant.schema_name)))


@onboarding_step(order=30, name="Tabellen anlegen")
def create_tables(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """Django's own migrations, run under the tenant's schema inside the transaction."""
    number = migrate_schema(tenant.schema_name)
    report(f"{number} Migrationen" if number else "schon auf dem Stand des Programms")


@onboarding_step(order=40, name="Rolle und Rechte setzen")
def grant_rights(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """PostgreSQL role of the tenant and exactly the grants its models declare."""
    apply_tenant_fence(tenant)
    validate(tenant.schema_name)


@onboarding_step(order=80, name="Adresse eintragen")
def enter_domain(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """`<kuerzel>.<base domain>`, the first one is primary."""
    host = f"{tenant.kuerzel.lower()}.{settings.BASE_DOMAIN}"
    owner = Domain.objects.filter(domain=host).exclude(tenant=tenant).first()
    if owner:
        raise OnboardingFehler(f"Die Adresse {host} gehört schon einem anderen Jugendamt.")
    if not Domain.objects.filter(tenant=tenant, domain=host).exists():
        Domain.objects.create(
            tenant=tenant, domain=host, is_primary=not Domain.objects.filter(tenant=tenant, is_primary=True).exists()
        )
    cache.delete(f"tenants.host.{host}")
    report(host)


class _Undo(Exception):
    pass


@onboarding_step(order=90, name="Probe: Mandant öffnen, schreiben, lesen")
def probe(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """Open the tenant as every request will, write a row, read it, take it back; then scan the rights."""
    (model,) = [m for m in tenant_models() if "onboarding_probe" in vars(m)]
    table = sql.SQL(model._meta.db_table)
    columns, values = zip(*vars(model)["onboarding_probe"].items(), strict=True)
    try:
        with in_tenant(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_schema()")
            if cursor.fetchone() != (tenant.role, tenant.schema_name):
                raise OnboardingFehler("Die Probe lief nicht unter der Rolle des Jugendamtes.")
            key = uuid4()
            cursor.execute(
                sql.SQL("INSERT INTO {} (id, created_at, {}) VALUES (%s, now(), {})").format(
                    table,
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.SQL(", ").join(map(sql.Literal, values)),
                ),
                [key],
            )
            cursor.execute(sql.SQL("SELECT count(*) FROM {} WHERE id = %s").format(table), [key])
            if cursor.fetchone()[0] != 1:
                raise OnboardingFehler("Die Probe konnte ihre eigene Zeile nicht lesen.")
            raise _Undo
    except _Undo:
        pass
    with in_tenant_portal(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        if cursor.fetchone() != (tenant.portal_role, roles.portal_schema(tenant.schema_name)):
            raise OnboardingFehler("Die Probe lief nicht unter der Rolle der Anbieter.")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("onboarding must stay inside one transaction")
    own = {tenant.schema_name, roles.portal_schema(tenant.schema_name), tenant.role, tenant.portal_role}
    if violations := [v for v in scan_privileges() if own & {v.schema, v.role}]:
        raise OnboardingFehler(f"Die Rechteprüfung fand {len(violations)} Überschreitungen, zuerst: {violations[0]}")
