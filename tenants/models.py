"""A youth office's workspace, the host names that lead to it, and what the operator sees of orders and jobs."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin
from uuid6 import uuid7

from tenants.db import roles
from tenants.tables.data_class import DataClass
from tenants.tables.rights import REFERENCE, Policy, Rights


class TenantZustand(models.TextChoices):
    """Life of a tenant. Only AKTIV and WARTUNG answer on their host."""

    AKTIV = "AKTIV", "aktiv"
    WARTUNG = "WARTUNG", "in Wartung"
    STILLGELEGT = "STILLGELEGT", "stillgelegt"


class Tenant(TenantMixin):
    """One youth office (örtlicher Träger, § 69 SGB VIII) with a schema and a role of its own."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    #: The operator's page may switch maintenance on and off, and nothing else.
    rights: ClassVar[Rights] = Rights(
        app="SELECT, UPDATE (zustand)", tenants="SELECT", portal="SELECT", compare="SELECT", anmeldung="SELECT"
    )
    auto_create_schema = False
    auto_drop_schema = False

    kuerzel = models.CharField(
        "Kürzel", max_length=12, unique=True, validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,11}$")]
    )
    name = models.CharField("Name", max_length=200)
    ags = models.CharField("Amtlicher Gemeindeschlüssel", max_length=8, unique=True)
    zustand = models.CharField("Zustand", max_length=12, choices=TenantZustand, default=TenantZustand.AKTIV)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    class Meta:
        ordering = ("sortierung", "kuerzel")
        verbose_name = "Jugendamt"
        verbose_name_plural = "Jugendämter"

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> str:
        """The PostgreSQL role this tenant's transactions run under."""
        return roles.tenant(self.schema_name)

    @property
    def portal_role(self) -> str:
        """The role a provider's request runs under at this tenant's host."""
        return roles.tenant_portal(self.schema_name)


class Domain(DomainMixin):
    """A host name of a tenant (without port)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = REFERENCE


class Migrationsstand(models.Model):
    """How the last release went in one office: written by `migrate_all`, read by the operator's page and the host.

    `einzelheit` names classes, tables and constraints, never a value.
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(app="SELECT")

    class Grund(models.TextChoices):
        """Why an office stays behind."""

        SPERRE = "SPERRE", "Tabellen waren die ganze Zeit in Gebrauch"
        DATEN = "DATEN", "vorhandene Daten passen nicht zur neuen Version"
        RECHTE = "RECHTE", "jemand hat mehr Rechte, als das Programm vorsieht"
        FEHLER = "FEHLER", "unerwarteter Fehler"

    tenant = models.OneToOneField(Tenant, models.CASCADE, primary_key=True, verbose_name="Jugendamt")
    grund = models.CharField("bleibt zurück, weil", max_length=8, choices=Grund, blank=True)
    einzelheit = models.CharField("Einzelheit", max_length=300, blank=True)
    versuche = models.PositiveIntegerField("Versuche", default=0)
    updated_at = models.DateTimeField("zuletzt versucht am", auto_now=True)

    class Meta:
        verbose_name = "Migrationsstand"
        verbose_name_plural = "Migrationsstände"

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.grund or 'aktuell'}"


class OnboardingLauf(models.Model):
    """One attempt to onboard a municipality, with the step it is at (shown to the operator).

    An order is a row written by somebody who operates; the owner's worker does it (docs/adr/0025).
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT",
        policies=(
            Policy("ansehen", "app", "SELECT", using="true"),
            Policy("bestellen", "app", "INSERT", check="public.sojus_ist_betreiber() AND zustand = 'WARTET'"),
        ),
    )

    class Zustand(models.TextChoices):
        WARTET = "WARTET", "wartet"
        LAEUFT = "LAEUFT", "läuft"
        FERTIG = "FERTIG", "fertig"
        FEHLER = "FEHLER", "abgebrochen, nichts angelegt"

    id = models.UUIDField(primary_key=True, editable=False)
    kuerzel = models.CharField("Kürzel", max_length=12)
    angaben = models.JSONField("Angaben", default=dict)
    zustand = models.CharField("Zustand", max_length=8, choices=Zustand, default=Zustand.WARTET)
    schritt = models.PositiveSmallIntegerField("Schritt", default=0)
    schritte = models.PositiveSmallIntegerField("Schritte", default=0)
    meldung = models.CharField("Meldung", max_length=500, blank=True)
    created_at = models.DateTimeField("begonnen am", auto_now_add=True)
    finished_at = models.DateTimeField("beendet am", null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Onboarding-Lauf"
        verbose_name_plural = "Onboarding-Läufe"

    def __str__(self) -> str:
        return f"{self.kuerzel} {self.zustand}"


class Jobfehler(models.Model):
    """One attempt of a job that failed. Says kind and place of the error, never its text: that may name a person.

    Or one that ran late (`tenants.jobs.NACHGEHOLT`).
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, DELETE")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("am", auto_now_add=True)
    job_nr = models.BigIntegerField("Nummer des Auftrags", db_index=True)
    meldung = models.CharField("Meldung", max_length=200)

    class Meta:
        verbose_name = "Fehler eines Auftrags"
        verbose_name_plural = "Fehler von Aufträgen"

    def __str__(self) -> str:
        return f"{self.job_nr}: {self.meldung}"


class Jobwiederholung(models.Model):
    """An operator has had a failed job done again. The row is what the operator's journal shows."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT",
        policies=(
            Policy("ansehen", "app", "SELECT", using="true"),
            Policy("wiederholen", "app", "INSERT", check="public.sojus_ist_betreiber()"),
        ),
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("am", auto_now_add=True)
    job_nr = models.BigIntegerField("Nummer des Auftrags")
    art = models.CharField("Auftrag", max_length=128)
    user_id = models.UUIDField("Person")

    class Meta:
        verbose_name = "Wiederholung eines Auftrags"
        verbose_name_plural = "Wiederholungen von Aufträgen"

    def __str__(self) -> str:
        return f"{self.art} {self.job_nr}"
