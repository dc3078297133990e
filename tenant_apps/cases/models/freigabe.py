"""Exceptions to the rule of who sees a case, hand-overs, joined cases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.models.hilfefall import Hilfefall
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class FreigabeArt(models.TextChoices):
    """Why somebody sees a case that the ordinary rules do not show her."""

    MITARBEIT = "MITARBEIT", "Mitarbeit (zweite Fachkraft)"
    SPERRFALL = "SPERRFALL", "benannt im Sperrfall"
    EINSICHT = "EINSICHT", "Einsicht der Jugendamtsleitung mit Grund"
    PRUEFUNG = "PRUEFUNG", "Prüfung"


#: The right of guardian that goes with each kind.
RECHTE: dict[str, str] = {
    FreigabeArt.MITARBEIT: "mitarbeiten_hilfefall",
    FreigabeArt.SPERRFALL: "sperrfall_hilfefall",
    FreigabeArt.EINSICHT: "einsehen_hilfefall",
    FreigabeArt.PRUEFUNG: "pruefen_hilfefall",
}


class Fallfreigabe(TenantModel):
    """An exception: this person, this case, this period, this reason. Goes with a row of guardian (ADR 0019).

    Ended, never deleted. Valid in [gueltig_ab, gueltig_bis), while `beendet_at` is empty.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    ways_to_person: ClassVar[tuple[str, ...]] = ("hilfefall",)
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE"

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="freigaben", verbose_name="Fall")
    user = SharedReference(Fachkraft, verbose_name="Person")
    art = models.CharField("Art", max_length=12, choices=FreigabeArt)
    gueltig_ab = models.DateField("gültig ab")
    gueltig_bis = models.DateField("gültig bis (ausschließlich)", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500)
    erteilt_von = SharedReference(Fachkraft, verbose_name="erteilt von")
    beendet_at = models.DateTimeField("beendet am", null=True)
    beendet_von = SharedReference(Fachkraft, null=True, verbose_name="beendet von")

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Freigabe eines Falls"
        verbose_name_plural = "Freigaben von Fällen"
        indexes = [models.Index(fields=["user", "art"], name="fallfreigabe_person")]
        constraints = [
            models.UniqueConstraint(
                name="fallfreigabe_einmal", fields=["hilfefall", "user", "art"], condition=Q(beendet_at__isnull=True)
            ),
            models.CheckConstraint(
                name="fallfreigabe_zeitraum",
                condition=Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=F("gueltig_ab")),
            ),
            models.CheckConstraint(
                name="fallfreigabe_befristet",
                condition=Q(gueltig_bis__isnull=False) | ~Q(art__in=("EINSICHT", "PRUEFUNG")),
            ),
            models.CheckConstraint(name="fallfreigabe_begruendet", condition=~Q(grund="")),
        ]

    def __str__(self) -> str:
        return f"{self.hilfefall_id} {self.art} {self.user_id}"

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as shown on the screen."""
        return self.gueltig_bis - timedelta(days=1) if self.gueltig_bis else None


class Falluebergabe(TenantModel):
    """The case passed on to another worker: who, to whom, why. Continued only."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    ways_to_person: ClassVar[tuple[str, ...]] = ("hilfefall",)
    tenant_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="uebergaben", verbose_name="Fall")
    alte_fachkraft = SharedReference(Fachkraft, verbose_name="bisherige Fachkraft")
    neue_fachkraft = SharedReference(Fachkraft, verbose_name="neue Fachkraft")
    grund = models.CharField("Grund", max_length=500)
    erteilt_von = SharedReference(Fachkraft, verbose_name="übergeben von")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Übergabe eines Falls"
        verbose_name_plural = "Übergaben von Fällen"

    def __str__(self) -> str:
        return f"{self.hilfefall_id} {self.neue_fachkraft_id}"


class Fallverknuepfung(TenantModel):
    """Two cases of one young person in different tasks, joined for a reason (§ 63 Abs. 2)."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("hilfefall",)

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="verknuepfungen", verbose_name="Fall")
    verbunden = models.ForeignKey(Hilfefall, models.PROTECT, related_name="+", verbose_name="verbundener Fall")
    grund = models.CharField("Grund", max_length=500)
    erteilt_von = SharedReference(Fachkraft, verbose_name="verknüpft von")

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Verknüpfung von Fällen"
        verbose_name_plural = "Verknüpfungen von Fällen"
        constraints = [models.UniqueConstraint(name="fallverknuepfung_einmal", fields=["hilfefall", "verbunden"])]

    def __str__(self) -> str:
        return f"{self.hilfefall_id} {self.verbunden_id}"
