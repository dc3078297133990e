"""Who read or wrote what, and why; and who approved it as the second person."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from tenant_apps.audit.enums import AenderungArt, Aktion
from tenant_apps.audit.states import FreigabeZustand
from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy
from tenants.trail.models import ChangedRow, Seal, SealedRow
from tenants.trail.parts import Part

__all__ = ["Aenderung", "Aktion", "Freigabe", "Protokoll"]

#: A valid approval of the acting person that covers the row; {rows} says which column names the thing.
_APPROVED = (
    "EXISTS (SELECT 1 FROM {schema}.audit_freigabe f WHERE f.vorgang = 'PROTOKOLL_LESEN'"
    " AND f.zustand = 'BEWILLIGT' AND f.beantragt_von = sojus_user() AND f.gueltig_bis > now()"
    " AND (f.objekt_id IS NULL OR {rows})"
    # days of the office: a bare date would begin at midnight of UTC
    " AND (f.betrifft_von IS NULL OR {table}.created_at >= f.betrifft_von::timestamp AT TIME ZONE '{zone}')"
    " AND (f.betrifft_bis IS NULL"
    " OR {table}.created_at < (f.betrifft_bis + 1)::timestamp AT TIME ZONE '{zone}'))"
).replace("{zone}", settings.TIME_ZONE)


def _readable(table: str, rows: str) -> Policy:
    """Own entries always; those of others only under an approval by a second person."""
    approved = _APPROVED.replace("{rows}", rows).replace("{table}", table)
    return Policy("lesen", "tenants", "SELECT", using=f"user_id IS NOT DISTINCT FROM sojus_user() OR {approved}")


class Protokoll(TenantModel):
    """One access. `felder` holds names of fields, never values.

    personen: the young people whose data was shown or changed. objekte: ids of the rows of a list.
    vertretung_fuer: for whom the acting person was deputy that day.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT"
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        _readable(
            "audit_protokoll", "f.objekt_id = audit_protokoll.objekt_id OR f.objekt_id = ANY(audit_protokoll.personen)"
        ),
        # In one's own name. A job has no person; what the system does by itself is never a read.
        Policy(
            "schreiben",
            "tenants",
            "INSERT",
            check="sojus_user() IS NULL OR user_id = sojus_user() OR (user_id IS NULL AND aktion <> 'LESEN')",
        ),
    )
    is_trail: ClassVar[bool] = True
    trail_part: ClassVar[Part] = Part.READS

    user_id = models.UUIDField("Person", null=True)
    rolle = models.CharField("Rolle", max_length=24, blank=True)
    vertretung_fuer = ArrayField(models.UUIDField(), default=list, verbose_name="Vertretung für")
    aktion = models.CharField("Aktion", max_length=16, choices=Aktion)
    vorgang = models.CharField("Vorgang", max_length=60)
    objekt_art = models.CharField("Objektart", max_length=60)
    objekt_id = models.UUIDField("Objekt", null=True)
    personen = ArrayField(models.UUIDField(), default=list, verbose_name="Betroffene")
    objekte = ArrayField(models.UUIDField(), default=list, verbose_name="Zeilen")
    anzahl = models.PositiveIntegerField("Anzahl", null=True)
    felder = ArrayField(models.CharField(max_length=60), default=list, verbose_name="Felder")
    grund = models.CharField("Grund", max_length=200, blank=True)
    request_id = models.CharField("Anfrage", max_length=36, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Protokolleintrag"
        verbose_name_plural = "Protokoll"
        indexes = [
            models.Index(fields=["objekt_art", "objekt_id"], name="protokoll_objekt"),
            models.Index(fields=["created_at"], name="protokoll_zeit"),
            models.Index(fields=["user_id", "created_at"], name="protokoll_wer"),
            GinIndex(fields=["personen"], name="protokoll_personen"),
        ]

    def __str__(self) -> str:
        return f"{self.aktion} {self.objekt_art} {self.objekt_id}"


class Aenderung(ChangedRow, TenantModel):
    """One changed row of the office's schema.

    The tenant's role may not write here at all. datenbankrolle tells a portal role or an owner's session apart.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT"
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        _readable("audit_aenderung", "f.objekt_id::text = audit_aenderung.zeile"),
    )

    art = models.CharField("Art", max_length=16, choices=AenderungArt)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Änderung"
        verbose_name_plural = "Änderungen"
        indexes = [
            models.Index(fields=["tabelle", "zeile"], name="aenderung_zeile"),
            models.Index(fields=["created_at"], name="aenderung_zeit"),
        ]


class Protokollbereinigung(TenantModel):
    """Protocol of one removal: of these seals every entry that only says somebody looked is gone. The hashes stay.

    von_siegel, bis_siegel: the segments, whole ones, without a gap after those of the removal before.
    stichtag: all of them were sealed before. frist_monate: how long entries were kept.
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    tenant_rights: ClassVar[str] = "SELECT"
    is_trail: ClassVar[bool] = True
    trail_part: ClassVar[Part] = Part.REMOVALS

    tabelle = models.CharField("Tabelle", max_length=63)
    stichtag = models.DateTimeField("Stichtag")
    anzahl = models.PositiveIntegerField("Anzahl")
    von_siegel = models.BigIntegerField("von Siegel", default=0, db_default=0)
    bis_siegel = models.BigIntegerField("bis Siegel", default=0, db_default=0)
    frist_monate = models.PositiveSmallIntegerField("Frist in Monaten", default=0, db_default=0)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Bereinigung des Protokolls"
        verbose_name_plural = "Bereinigungen des Protokolls"

    def __str__(self) -> str:
        return f"{self.tabelle} vor {self.stichtag:%d.%m.%Y}"


class Siegel(Seal, TenantModel):
    """Seal over the entries of a minute of the office."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    tenant_rights: ClassVar[str] = ""

    class Meta:
        ordering = ("nummer",)
        verbose_name = "Siegel"
        verbose_name_plural = "Siegel"


class Siegelposten(SealedRow, TenantModel):
    """Hash of one entry under its seal."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    tenant_rights: ClassVar[str] = ""

    siegel = models.ForeignKey(Siegel, models.PROTECT, related_name="+", verbose_name="Siegel")

    class Meta:
        verbose_name = "Posten eines Siegels"
        verbose_name_plural = "Posten der Siegel"
        constraints = [models.UniqueConstraint(fields=["tabelle", "zeile"], name="siegelposten_einmal")]


class Freigabe(TenantModel):
    """Four eyes: one person asks, another one decides, for a limited time.

    The database itself holds both to it: a row can only be asked for in one's own name, and only be decided
    in one's own name by somebody else (`sojus.user` of the transaction). So services run inside
    `in_tenant(tenant, user_id=…)`, as every request does.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    seen_by_support: ClassVar[bool] = False  # a reason names people
    tenant_rights: ClassVar[str] = (
        "SELECT, INSERT, UPDATE (zustand, entschieden_von, entschieden_at, gueltig_bis, bemerkung)"
    )
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy("lesen", "tenants", "SELECT", using="true"),
        Policy(
            "beantragen",
            "tenants",
            "INSERT",
            check="zustand = 'BEANTRAGT' AND beantragt_von = sojus_user() AND entschieden_von IS NULL"
            " AND gueltig_bis IS NULL",
        ),
        Policy(
            "entscheiden",
            "tenants",
            "UPDATE",
            using="zustand IN ('BEANTRAGT', 'BEWILLIGT')",
            check="zustand IN ('ABGELAUFEN', 'WIDERRUFEN') OR (zustand IN ('BEWILLIGT', 'ABGELEHNT')"
            " AND entschieden_von = sojus_user() AND beantragt_von <> sojus_user()"
            " AND beantragt_von <> ALL (accounts_eigene_konten()))",
        ),
    )

    vorgang = models.CharField("Vorgang", max_length=40)
    objekt_art = models.CharField("Objektart", max_length=60, blank=True)
    objekt_id = models.UUIDField("Objekt", null=True)
    betrifft_von = models.DateField("betrifft von", null=True)
    betrifft_bis = models.DateField("betrifft bis", null=True)
    grund = models.CharField("Grund", max_length=500)
    beantragt_von = models.UUIDField("beantragt von")
    stunden = models.PositiveSmallIntegerField("Stunden", default=4)
    zustand = models.CharField(
        "Zustand",
        max_length=12,
        choices=FreigabeZustand.choices(),
        default=FreigabeZustand.BEANTRAGT.value,
        db_index=True,
    )
    entschieden_von = models.UUIDField("entschieden von", null=True)
    entschieden_at = models.DateTimeField("entschieden am", null=True)
    gueltig_bis = models.DateTimeField("gültig bis", null=True)
    bemerkung = models.CharField("Bemerkung", max_length=500, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Freigabe"
        verbose_name_plural = "Freigaben"
        indexes = [models.Index(fields=["vorgang", "beantragt_von", "zustand"], name="freigabe_gueltig")]
        constraints = [
            models.CheckConstraint(
                name="freigabe_vier_augen",
                condition=Q(entschieden_von__isnull=True) | ~Q(entschieden_von=F("beantragt_von")),
            ),
            models.CheckConstraint(
                name="freigabe_entschieden",
                condition=~Q(zustand__in=["BEWILLIGT", "ABGELEHNT"])
                | Q(entschieden_von__isnull=False, entschieden_at__isnull=False),
            ),
            models.CheckConstraint(
                name="freigabe_befristet", condition=~Q(zustand="BEWILLIGT") | Q(gueltig_bis__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vorgang} {self.zustand}"
