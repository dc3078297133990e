"""The case, who works in the office, and the exceptional rights to one case."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from uuid6 import uuid7

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.ordnung import deutsch
from tenant_apps.cases.models.klient import Klient
from tenant_apps.cases.states import HilfefallZustand
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.definer import DefinerFunction
from tenants.tables.rights import Policy, Rights


class Amtsperson(models.Model):
    """Who works in this office today and as what: a view of the shared memberships of the open tenant alone."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    view: ClassVar[str] = (
        " SELECT m.id, m.user_id, u.vorname, u.nachname, m.rolle, m.team, m.deputy_of_id AS vertritt_id"
        " FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id"
        " JOIN public.tenants_tenant t ON t.id = m.tenant_id"
        " CROSS JOIN (SELECT (now() AT TIME ZONE {zone})::date AS heute) h"  # the session's day is that of UTC
        " WHERE t.schema_name = public.sojus_mandant() AND u.is_active"
        " AND m.gueltig_ab <= h.heute AND (m.gueltig_bis IS NULL OR m.gueltig_bis > h.heute)"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    vorname = models.CharField(max_length=100)
    nachname = models.CharField(max_length=100)
    rolle = models.CharField(max_length=24)
    team = models.CharField(max_length=60)
    vertritt_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "accounts_amtsperson"
        ordering = (deutsch("nachname"), deutsch("vorname"))
        verbose_name = "Person im Amt"
        verbose_name_plural = "Personen im Amt"

    def __str__(self) -> str:
        return f"{self.vorname} {self.nachname}".strip()


class Aufgabenbereich(models.TextChoices):
    """For which task of the office data are kept; different tasks are not merged (§ 63 Abs. 2, § 68)."""

    LEISTUNG = "LEISTUNG", "Leistung (§ 2 Abs. 2)"
    ANDERE_AUFGABE = "ANDERE_AUFGABE", "andere Aufgabe (§ 2 Abs. 3)"
    VORMUNDSCHAFT = "VORMUNDSCHAFT", "Beistandschaft, Pflegschaft, Vormundschaft (§ 68)"


class Hilfefall(TenantModel):
    """One case of one young person, with the social worker in charge and her team. One case is one task.

    `uebernahme_offen`: whoever was on call at night has opened it for the office, and nobody of the office has taken
    it over yet (ADR 0091). Handing it over ends that, and so does closing the case.
    `abgeschlossen_am` is its last day. While it is closed no help of it lives: triggers hold both sides to it (app
    placements, ADR 0039).
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient",)
    says_who: ClassVar[tuple[str, ...]] = ("fallnummer",)
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy(
            "sperrfall",
            "tenants",
            "ALL",
            using=(
                "NOT gesperrt OR sojus_user() IS NULL OR EXISTS (SELECT 1 FROM {schema}.cases_fallfreigabe f"
                " WHERE f.hilfefall_id = cases_hilfefall.id AND f.user_id = sojus_user()"
                " AND f.art = 'SPERRFALL' AND f.beendet_at IS NULL)"
            ),
        ),
    )
    #: Sealed, and nobody named for it works here any more in a role that could hand it on: the row rule shows it to
    #: nobody. The head of the office learns that there is one, by number and task.
    tenant_functions: ClassVar[tuple[DefinerFunction, ...]] = (
        DefinerFunction(
            "cases_verwaiste_sperrfaelle",
            "",
            "TABLE (id uuid, klient_id uuid, fallnummer text, aufgabe text, zustand text)",
            """
WITH heute AS (SELECT (now() AT TIME ZONE {zone})::date AS tag),
leute AS (
    SELECT m.user_id, m.rolle FROM public.accounts_membership m
      JOIN public.accounts_user u ON u.id = m.user_id AND u.is_active
      JOIN public.tenants_tenant t ON t.id = m.tenant_id AND t.schema_name = '{schema}' CROSS JOIN heute
     WHERE m.gueltig_ab <= heute.tag AND (m.gueltig_bis IS NULL OR m.gueltig_bis > heute.tag))
SELECT h.id, h.klient_id, h.fallnummer::text, h.aufgabe::text, h.zustand::text FROM {schema}.cases_hilfefall h
 WHERE h.gesperrt AND h.zustand <> 'ABGESCHLOSSEN'
   AND EXISTS (SELECT 1 FROM leute WHERE user_id = public.sojus_user() AND rolle = 'JUGENDAMTSLEITUNG')
   AND NOT EXISTS (SELECT 1 FROM {schema}.cases_fallfreigabe f JOIN leute l ON l.user_id = f.user_id
                    WHERE f.hilfefall_id = h.id AND f.art = 'SPERRFALL' AND f.beendet_at IS NULL
                      AND l.rolle IN ('ASD', 'TEAMLEITUNG', 'VORMUND', 'JUGENDAMTSLEITUNG'))
 ORDER BY h.created_at, h.id
""",
        ),
    )

    fallnummer = models.CharField("Fallnummer", max_length=20)
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="hilfefaelle", verbose_name="Klient")
    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    team = models.CharField("Team", max_length=60, blank=True)
    zustand = models.CharField(
        "Zustand", max_length=16, choices=HilfefallZustand.choices(), default=HilfefallZustand.OFFEN.value
    )
    abgeschlossen_am = models.DateField("abgeschlossen zum", null=True, blank=True)
    abschluss_grund = models.CharField("Grund des Abschlusses", max_length=500, blank=True, default="", db_default="")
    aufgabe = models.CharField(
        "Aufgabe",
        max_length=16,
        choices=Aufgabenbereich,
        default=Aufgabenbereich.LEISTUNG,
        db_default=Aufgabenbereich.LEISTUNG,
    )
    uebernahme_offen = models.BooleanField("aus der Nacht zu übernehmen", default=False, db_default=False)
    gesperrt = models.BooleanField("gesperrt (Sperrfall)", default=False, db_default=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Hilfefall"
        verbose_name_plural = "Hilfefälle"
        indexes = [
            models.Index(fields=["fachkraft", "zustand"], name="hilfefall_fachkraft"),
            models.Index(fields=["team", "zustand"], name="hilfefall_team"),
            # In the order of the list, and whose the open ones are (docs/adr/0047).
            models.Index(fields=["created_at", "id"], name="hilfefall_neueste"),
            models.Index(
                fields=["aufgabe", "fachkraft"],
                name="hilfefall_offen",
                condition=~Q(zustand=HilfefallZustand.ABGESCHLOSSEN.value),
            ),
            # Few: those of the last nights, in the order of their list.
            models.Index(
                fields=["created_at", "id"], name="hilfefall_aus_der_nacht", condition=Q(uebernahme_offen=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="hilfefall_nummer_einmal", fields=["fallnummer"], condition=Q(gesperrt=False)),
            models.CheckConstraint(
                name="hilfefall_abschluss",
                condition=Q(zustand=HilfefallZustand.ABGESCHLOSSEN.value)
                | Q(abgeschlossen_am__isnull=True, abschluss_grund=""),
            ),
        ]
        permissions = [
            ("mitarbeiten_hilfefall", "Darf an diesem Hilfefall mitarbeiten (Vertretung, zweite Fachkraft)"),
            ("sperrfall_hilfefall", "Ist für diesen gesperrten Hilfefall benannt"),
            ("einsehen_hilfefall", "Darf diesen Hilfefall aus einem genannten Grund einsehen (Jugendamtsleitung)"),
            ("pruefen_hilfefall", "Darf diesen Hilfefall prüfen"),
        ]

    def __str__(self) -> str:
        return self.fallnummer


class HilfefallUserObjectPermission(UserObjectPermissionBase):
    """Exceptional right of one person to one case. Direct key: the row is in the tenant's schema."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Person"
    )
    permission = models.ForeignKey(
        Permission,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        related_query_name="hilfefalluserobjectpermission",  # guardian asks from the permission's side
        verbose_name="Recht",
    )
    content_object = models.ForeignKey(Hilfefall, models.CASCADE, verbose_name="Hilfefall")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "Recht an einem Hilfefall"
        verbose_name_plural = "Rechte an Hilfefällen"


class HilfefallGroupObjectPermission(GroupObjectPermissionBase):
    """Counterpart for groups; guardian asks for both."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(
        "auth.Group", models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Gruppe"
    )
    permission = models.ForeignKey(
        Permission,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        related_query_name="hilfefallgroupobjectpermission",
        verbose_name="Recht",
    )
    content_object = models.ForeignKey(Hilfefall, models.CASCADE, verbose_name="Hilfefall")

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = "Recht einer Gruppe an einem Hilfefall"
        verbose_name_plural = "Rechte von Gruppen an Hilfefällen"
