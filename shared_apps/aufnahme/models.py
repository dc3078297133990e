"""What a provider says of itself when it asks to join, and who let it in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import Membership, User
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.core.models import SharedModel
from shared_apps.providers.models import Anbieter, Anerkennung, Anschrift, Steuerstatus
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy, Rights

#: A job, or set-up: no person acts, not even a stranger.
_JOB = "sojus_user() IS NULL"
#: The day it is here.
_TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
#: The acting person signs for the deciding office today (`policies.SIGNIERT`; trigger `aufnahme_antrag_geprueft`).
_HER_OFFICE = (
    "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = sojus_user()"  # noqa: S608 - constants only
    " AND m.tenant_id = aufnahme_aufnahmeantrag.tenant_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')"
    f" AND daterange(m.gueltig_ab, m.gueltig_bis) @> {_TODAY})"
)
#: What a person of the office may make of it; the applicant answers by her link (`aufnahme_beantworten`).
_BY_OFFICE = "zustand IN ('GEPRUEFT', 'AUFGENOMMEN', 'ABGELEHNT') OR (zustand = 'ZURUECKGEZOGEN' AND token_hash = '')"


class Aufnahmeantrag(Anschrift, SharedModel):
    """A provider asks to join, or an office enters it; two people of the office in whose district it works admit it.

    `einrichtungen` is what was said, letter by letter: a list of {name, kreis, strasse, plz, ort}, `kreis` a Kürzel;
    the first one decides which office it is. Admitted, they are rows of the register. `token_hash` is empty for what
    the office has entered itself. Nothing of it changes afterwards (trigger `aufnahme_antrag_geprueft`).
    `vorhandener`: the provider is in the register already and nobody administers it; whoever gives the first
    signature says so. Then only its administration is admitted, and nothing of the register is made or changed.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE, DELETE",
        policies=(
            Policy("lesen", "app", "SELECT", using=f"{_JOB} OR {_HER_OFFICE}"),
            Policy("stellen", "app", "INSERT", check="true"),
            Policy("entscheiden", "app", "UPDATE", using=_HER_OFFICE, check=f"{_HER_OFFICE} AND ({_BY_OFFICE})"),
            Policy(
                "vergessen",
                "app",
                "DELETE",
                using=f"{_JOB} AND zustand IN ('UNBESTAETIGT', 'ABGELEHNT', 'ZURUECKGEZOGEN')",
            ),
        ),
    )

    name = models.CharField("Name der Organisation", max_length=200)
    rechtsform = models.CharField("Rechtsform", max_length=60)
    register_nr = models.CharField("Registernummer", max_length=60, blank=True)
    dachverband = models.CharField("Dachverband", max_length=200, blank=True)
    anerkennung = models.CharField("Anerkennung nach § 75 SGB VIII", max_length=12, choices=Anerkennung)
    steuerstatus = models.CharField("Steuerstatus", max_length=16, choices=Steuerstatus)
    einrichtungen = models.JSONField("Einrichtungen")
    vorname = models.CharField("Vorname", max_length=100)
    nachname = models.CharField("Nachname", max_length=100)
    person_email = models.EmailField("E-Mail der Person")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name="Jugendamt")
    zustand = models.CharField(
        "Stand", max_length=16, choices=AufnahmeZustand.choices(), default=AufnahmeZustand.UNBESTAETIGT.value
    )
    token_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField("zu bestätigen bis", null=True, blank=True)
    bestaetigt_at = models.DateTimeField("E-Mail bestätigt am", null=True, blank=True)
    vorgeschlagen_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="geprüft von"
    )
    vorgeschlagen_at = models.DateTimeField("geprüft am", null=True, blank=True)
    entschieden_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    entschieden_at = models.DateTimeField("entschieden am", null=True, blank=True)
    grund = models.CharField("Grund der Ablehnung", max_length=500, blank=True)
    vorhandener = models.ForeignKey(
        Anbieter, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vorhandener Anbieter"
    )
    anbieter = models.ForeignKey(
        Anbieter, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Anbieter"
    )
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="erste Verwaltung"
    )

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = "Aufnahmeantrag"
        verbose_name_plural = "Aufnahmeanträge"
        indexes = [models.Index(fields=["tenant", "created_at", "id"], name="aufnahme_zeit")]
        constraints = [
            models.UniqueConstraint(name="aufnahme_link", fields=["token_hash"], condition=~Q(token_hash="")),
            models.UniqueConstraint(name="aufnahme_einmal", fields=["anbieter"], condition=Q(vorhandener__isnull=True)),
            models.CheckConstraint(
                name="aufnahme_vorhandener",
                condition=Q(vorhandener__isnull=True)
                | ~Q(zustand__in=[AufnahmeZustand.UNBESTAETIGT, AufnahmeZustand.OFFEN])
                & (Q(anbieter__isnull=True) | Q(anbieter=F("vorhandener"))),
            ),
            models.CheckConstraint(
                name="aufnahme_vier_augen",
                condition=~Q(zustand=AufnahmeZustand.AUFGENOMMEN) | ~Q(entschieden_von=F("vorgeschlagen_von")),
            ),
            models.CheckConstraint(
                name="aufnahme_stand",
                condition=Q(
                    zustand=AufnahmeZustand.UNBESTAETIGT,
                    bestaetigt_at__isnull=True,
                    expires_at__isnull=False,
                    vorgeschlagen_von__isnull=True,
                    entschieden_at__isnull=True,
                )
                & ~Q(token_hash="")
                | Q(
                    zustand=AufnahmeZustand.OFFEN,
                    bestaetigt_at__isnull=False,
                    vorgeschlagen_von__isnull=True,
                    entschieden_at__isnull=True,
                )
                | Q(
                    zustand=AufnahmeZustand.GEPRUEFT,
                    vorgeschlagen_von__isnull=False,
                    entschieden_at__isnull=True,
                )
                | Q(
                    zustand=AufnahmeZustand.AUFGENOMMEN,
                    vorgeschlagen_von__isnull=False,
                    entschieden_von__isnull=False,
                    entschieden_at__isnull=False,
                    anbieter__isnull=False,
                    membership__isnull=False,
                )
                | Q(
                    zustand=AufnahmeZustand.ABGELEHNT,
                    entschieden_von__isnull=False,
                    entschieden_at__isnull=False,
                    anbieter__isnull=True,
                    membership__isnull=True,
                )
                & ~Q(grund="")
                | Q(
                    zustand=AufnahmeZustand.ZURUECKGEZOGEN,
                    entschieden_at__isnull=False,
                    anbieter__isnull=True,
                    membership__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person(self) -> str:
        """Who shall administer the provider's accounts."""
        return f"{self.vorname} {self.nachname}"

    @property
    def vom_amt(self) -> bool:
        """Entered by somebody of the office, without an application by mail."""
        return not self.token_hash

    @property
    def ist_beitritt(self) -> bool:
        """Whether its provider is in the register already, and only lacks somebody who administers it."""
        return self.vorhandener_id is not None

    @property
    def herkunft(self) -> str:
        """How it came in, as pages say it."""
        if not self.vom_amt:
            return "online beantragt"
        return "Verwaltung vom Jugendamt vorgeschlagen" if self.ist_beitritt else "vom Jugendamt angelegt"

    @property
    def haeuser(self) -> list[dict[str, Any]]:
        """The facilities that were named."""
        return list(self.einrichtungen)


class OffeneAufnahme(models.Model):
    """Applications that wait in the open office: a database view, so that its own pages can count them. `vorschlag`:
    who signed first; another account of the acting person is she herself."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        " SELECT a.id, a.zustand, CASE WHEN EXISTS (SELECT 1 FROM public.accounts_user u, public.accounts_user ich"
        " WHERE u.id = a.vorgeschlagen_von_id AND ich.id = public.sojus_user() AND ich.email <> ''"
        " AND public.accounts_postfach(u.email) = public.accounts_postfach(ich.email))"
        " THEN public.sojus_user() ELSE a.vorgeschlagen_von_id END AS vorschlag_id"
        " FROM public.aufnahme_aufnahmeantrag a JOIN public.tenants_tenant t ON t.id = a.tenant_id"
        " WHERE t.schema_name = public.sojus_mandant() AND a.zustand IN ('OFFEN', 'GEPRUEFT')"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)
    zustand = models.CharField(max_length=16, choices=AufnahmeZustand.choices())
    vorschlag_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "aufnahme_offeneaufnahme"
        verbose_name = "offener Aufnahmeantrag"
        verbose_name_plural = "offene Aufnahmeanträge"

    def __str__(self) -> str:
        return str(self.pk)


#: FROM and WHERE of a facility of the provider `p` that has not ended, where an office works with SoJuS.
_HAUS = (
    "FROM public.providers_einrichtung {e}"
    " JOIN public.regions_gebietskoerperschaft g_{e} ON g_{e}.id = {e}.gebietskoerperschaft_id"
    " JOIN public.tenants_tenant t_{e} ON t_{e}.kuerzel = g_{e}.kuerzel"
    f" WHERE {{e}}.anbieter_id = p.id AND ({{e}}.gueltig_bis IS NULL OR {{e}}.gueltig_bis > {_TODAY})"
)
#: One of the provider's own people, of today or before, has entered that facility.
_SELBST = (
    "EXISTS (SELECT 1 FROM public.journal_journaleintrag j"
    " JOIN public.accounts_membership jm ON jm.user_id = j.user_id AND jm.anbieter_id = p.id"
    " WHERE j.tabelle = 'providers_einrichtung' AND j.zeile = {e}.id::text AND j.art = 'ANLEGEN')"
)


class UnverwalteterAnbieter(models.Model):
    """Providers whom nobody administers and who are checked by the open office: a database view, because no office's
    role reads who works for a provider, nor the journal. It says in full what `providers_amt_prueft` says: tables of a
    view are read with its owner's rights, a function in it runs with those of whoever asks. The trigger asks the same
    of what is signed (`aufnahme_unverwaltet`)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        " SELECT p.id, p.name, p.ort FROM public.providers_anbieter p"  # noqa: S608 - constants only
        f" WHERE (p.gueltig_bis IS NULL OR p.gueltig_bis > {_TODAY})"
        f" AND EXISTS (SELECT 1 {_HAUS.format(e='e')} AND t_e.schema_name = public.sojus_mandant()"
        f" AND (NOT {_SELBST.format(e='e')}"
        f" OR NOT EXISTS (SELECT 1 {_HAUS.format(e='n')} AND NOT {_SELBST.format(e='n')})))"
        " AND NOT EXISTS (SELECT 1 FROM public.accounts_membership m"
        " JOIN public.accounts_user u ON u.id = m.user_id AND u.is_active"
        " WHERE m.anbieter_id = p.id AND m.verwaltet"
        f" AND (m.gueltig_bis IS NULL OR m.gueltig_bis > {_TODAY}))"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)
    name = models.CharField("Name", max_length=200)
    ort = models.CharField("Ort", max_length=100)

    class Meta:
        managed = False
        db_table = "aufnahme_unverwalteteranbieter"
        verbose_name = "Anbieter ohne Verwaltung"
        verbose_name_plural = "Anbieter ohne Verwaltung"

    def __str__(self) -> str:
        return self.name
