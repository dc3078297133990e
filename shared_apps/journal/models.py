"""Trail of the shared tables, copies of all seals, and the operator's break-glass requests."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shared_apps.core.clock import real_now
from shared_apps.core.models import SharedModel
from shared_apps.journal.states import SupportZustand
from tenants.tables.data_class import DataClass
from tenants.tables.rights import OWN_MANDANT, Policy, Rights
from tenants.trail.models import ChangedRow, Seal, SealedRow
from tenants.trail.parts import Part

READ_ONLY = Rights(app="SELECT")


class JournalEintrag(ChangedRow, SharedModel):
    """One changed row of a shared table."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = READ_ONLY

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Journaleintrag"
        verbose_name_plural = "Journal"
        indexes = [
            models.Index(fields=["tabelle", "zeile"], name="journal_zeile"),
            models.Index(fields=["created_at"], name="journal_zeit"),
        ]


class JournalSiegel(Seal, SharedModel):
    """Seal over the journal entries of a minute."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = READ_ONLY

    class Meta:
        ordering = ("nummer",)
        verbose_name = "Siegel des Journals"
        verbose_name_plural = "Siegel des Journals"


class JournalPosten(SealedRow, SharedModel):
    """Hash of one journal entry under its seal."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(app="")

    siegel = models.ForeignKey(JournalSiegel, models.PROTECT, related_name="+", verbose_name="Siegel")

    class Meta:
        verbose_name = "Posten eines Siegels"
        verbose_name_plural = "Posten der Siegel"
        constraints = [models.UniqueConstraint(fields=["tabelle", "zeile"], name="journal_posten_einmal")]


class Siegelkopie(SharedModel):
    """Copy of every seal of every workspace, outside the workspace: number and checksum, no content."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(app="SELECT", policies=(Policy("lesen", "app", "SELECT", using="true"),))
    is_trail: ClassVar[bool] = True
    trail_part: ClassVar[Part] = Part.COPIES

    mandant = models.CharField("Schema", max_length=63)
    nummer = models.BigIntegerField("Nummer")
    anzahl = models.PositiveIntegerField("Anzahl")
    pruefsumme = models.CharField("Prüfsumme", max_length=64)

    class Meta:
        ordering = ("mandant", "nummer")
        verbose_name = "Kopie eines Siegels"
        verbose_name_plural = "Kopien der Siegel"
        constraints = [models.UniqueConstraint(fields=["mandant", "nummer"], name="siegelkopie_einmal")]

    def __str__(self) -> str:
        return f"{self.mandant} {self.nummer}"


class Rueckkehr(SharedModel):
    """A backup was brought back: behind this seal the chain of this workspace begins again (docs/adr/0035).

    Seals from `letztes_siegel` up to `verloren_bis`, and older anchors of later numbers, are lost and not removed.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    trail_part: ClassVar[Part] = Part.RESTORES
    rights: ClassVar[Rights] = Rights(
        app="SELECT",
        tenants="SELECT",
        policies=(
            Policy("betrieb_liest", "app", "SELECT", using="true"),
            Policy("amt_liest", "tenants", "SELECT", using=OWN_MANDANT),
        ),
    )

    mandant = models.CharField("Schema", max_length=63)
    sicherung = models.CharField("Sicherung", max_length=100)
    gesichert_at = models.DateTimeField("gesichert am")
    letztes_siegel = models.BigIntegerField("letztes Siegel der Sicherung")
    verloren_bis = models.BigIntegerField("verloren bis Siegel")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Rückkehr einer Sicherung"
        verbose_name_plural = "Rückkehren von Sicherungen"

    def __str__(self) -> str:
        return f"{self.mandant} {self.sicherung}"


class Pruefbericht(SharedModel):
    """What one check of a chain of seals found (`verify_audit`); told to the operator and to the office."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(
        app="SELECT",
        tenants="SELECT",
        policies=(
            Policy("betrieb_liest", "app", "SELECT", using="true"),
            Policy("amt_liest", "tenants", "SELECT", using=OWN_MANDANT),
        ),
    )

    mandant = models.CharField("Schema", max_length=63)
    siegel = models.PositiveIntegerField("Siegel")
    zeilen = models.PositiveIntegerField("Zeilen")
    bereinigt = models.PositiveIntegerField("nach Frist gelöscht")
    maengel = models.PositiveIntegerField("Mängel")
    beispiele = ArrayField(models.TextField(), default=list, verbose_name="Beispiele")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Prüfbericht"
        verbose_name_plural = "Prüfberichte"
        indexes = [models.Index(fields=["mandant", "-created_at"], name="pruefbericht_mandant")]

    def __str__(self) -> str:
        return f"{self.mandant} {self.created_at:%d.%m.%Y}: {self.maengel}"


class Supportzugriff(SharedModel):
    """Break-glass: an operator asks an office for access to technical data, for a few hours.

    The operator may only ask, in her own name, and end; the office's own people decide and may take it back.
    Rows are never removed. Reading itself goes through `journal_support_*`, which checks and logs.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    trail_part: ClassVar[Part] = Part.SUPPORT
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE (zustand, beendet_at)",
        tenants="SELECT, UPDATE (zustand, entschieden_von, entschieden_at, gueltig_bis, bemerkung, beendet_at)",
        policies=(
            Policy("betrieb_liest", "app", "SELECT", using="true"),
            Policy(
                "betrieb_beantragt",
                "app",
                "INSERT",
                check="zustand = 'BEANTRAGT' AND beantragt_von = sojus_user() AND entschieden_von IS NULL"
                " AND gueltig_bis IS NULL",
            ),
            Policy(
                "betrieb_beendet",
                "app",
                "UPDATE",
                using="beantragt_von = sojus_user() AND zustand IN ('BEANTRAGT', 'BEWILLIGT')",
                check="zustand = 'BEENDET'",
            ),
            Policy("amt_liest", "tenants", "SELECT", using=OWN_MANDANT),
            Policy(
                "amt_entscheidet",
                "tenants",
                "UPDATE",
                using=f"{OWN_MANDANT} AND zustand IN ('BEANTRAGT', 'BEWILLIGT')",
                check=f"{OWN_MANDANT} AND zustand IN ('BEWILLIGT', 'ABGELEHNT', 'WIDERRUFEN')"
                " AND entschieden_von = sojus_user() AND beantragt_von <> sojus_user()"
                " AND beantragt_von <> ALL (accounts_eigene_konten())",
            ),
        ),
    )

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    ticket = models.CharField("Ticket", max_length=40)
    grund = models.CharField("Grund", max_length=500)
    stunden = models.PositiveSmallIntegerField("Stunden", default=1)
    beantragt_von = models.UUIDField("beantragt von")
    zustand = models.CharField(
        "Zustand", max_length=12, choices=SupportZustand.choices(), default=SupportZustand.BEANTRAGT.value
    )
    entschieden_von = models.UUIDField("entschieden von", null=True)
    entschieden_at = models.DateTimeField("entschieden am", null=True)
    gueltig_bis = models.DateTimeField("gültig bis", null=True)
    bemerkung = models.CharField("Bemerkung", max_length=500, blank=True)
    beendet_at = models.DateTimeField("beendet am", null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Supportzugriff"
        verbose_name_plural = "Supportzugriffe"
        constraints = [
            models.CheckConstraint(
                name="supportzugriff_vier_augen",
                condition=Q(entschieden_von__isnull=True) | ~Q(entschieden_von=F("beantragt_von")),
            ),
            models.CheckConstraint(name="supportzugriff_stunden", condition=Q(stunden__gte=1, stunden__lte=4)),
            models.CheckConstraint(
                name="supportzugriff_befristet",
                condition=~Q(zustand="BEWILLIGT") | Q(gueltig_bis__isnull=False, entschieden_von__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandant} {self.ticket} {self.zustand}"

    @property
    def ist_offen(self) -> bool:
        """Whether it opens something right now."""
        return self.zustand == SupportZustand.BEWILLIGT and bool(self.gueltig_bis and self.gueltig_bis > real_now())
