"""Own places of foster families, without any person, and what the office pays for a child there (ADR 0094)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zahlwort import altersspanne
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.models import Geschlecht
from tenant_apps.foster.enums import PFLEGEFORM_CHOICES
from tenant_apps.foster.rules import Pflegeform
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Gueltig(models.Model):
    """A half-open period: from a first day, to the day after the last one or without an end."""

    gueltig = DateRangeField("gilt")

    class Meta:
        abstract = True

    @property
    def erster_tag(self) -> date:
        """First day."""
        return self.gueltig.lower

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as on the screen; None while no end is set."""
        return self.gueltig.upper - EIN_TAG if self.gueltig.upper else None


class Pflegestelle(Gueltig, TenantModel):
    """Places of a foster family of the office under a sign of the office's. Who they are is written nowhere here."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE"

    kennzeichen = models.CharField("Kennzeichen", max_length=40)
    form = models.CharField("Form", max_length=12, choices=PFLEGEFORM_CHOICES)
    region = models.CharField("Region", max_length=80, blank=True)
    plaetze = models.PositiveSmallIntegerField("Plätze")
    belegt = models.PositiveSmallIntegerField("davon belegt", default=0)
    #: Only where all are taken.
    frei_ab = models.DateField("frei ab", null=True, blank=True)
    alter_von = models.PositiveSmallIntegerField("Alter von")
    alter_bis = models.PositiveSmallIntegerField("Alter bis einschließlich")
    geschlecht = models.CharField("Geschlecht", max_length=1, choices=Geschlecht, default=Geschlecht.ALLE, blank=True)
    hoechstens_tage = models.PositiveSmallIntegerField("höchstens … Tage", null=True, blank=True)
    bemerkung = models.CharField("Bemerkung", max_length=300, blank=True)
    eingetragen_von = SharedReference(Fachkraft, verbose_name="eingetragen von")
    #: As of when, and by whom, it is known to be so.
    stand_at = models.DateTimeField("Stand")
    stand_von = SharedReference(Fachkraft, verbose_name="Stand von")

    class Meta:
        ordering = (deutsch("kennzeichen"), "id")
        verbose_name = "Pflegestelle"
        verbose_name_plural = "Pflegestellen"
        constraints = [
            models.UniqueConstraint(Lower("kennzeichen"), name="pflegestelle_kennzeichen"),
            models.CheckConstraint(
                name="pflegestelle_ist_zeichen", condition=Q(kennzeichen__regex="^[^[:space:],]*[0-9][^[:space:],]*$")
            ),
            models.CheckConstraint(name="pflegestelle_alter", condition=Q(alter_bis__gte=F("alter_von"))),
            models.CheckConstraint(name="pflegestelle_belegt", condition=Q(plaetze__gte=1, belegt__lte=F("plaetze"))),
            models.CheckConstraint(
                name="pflegestelle_frei_ab", condition=Q(frei_ab__isnull=True) | Q(belegt=F("plaetze"))
            ),
            models.CheckConstraint(
                name="pflegestelle_dauer",
                condition=Q(hoechstens_tage__isnull=False, hoechstens_tage__gte=1)
                | (Q(hoechstens_tage__isnull=True) & ~Q(form=Pflegeform.KURZZEIT.value)),
            ),
            models.CheckConstraint(
                name="pflegestelle_tage", condition=Q(gueltig__isempty=False, gueltig__lower_inf=False)
            ),
        ]

    def __str__(self) -> str:
        return self.kennzeichen

    @property
    def frei(self) -> int:
        """How many places are free today; none before its first day, and none after its last one."""
        return self.plaetze - self.belegt if today() in self.gueltig else 0

    @property
    def frei_erst_ab(self) -> date | None:
        """From which day on one is free, where none is today; None where nobody knows, and where it has ended."""
        if self.frei or self.ist_beendet:
            return None
        if self.belegt < self.plaetze:
            return self.erster_tag
        return self.frei_ab and max(self.frei_ab, self.erster_tag)

    @property
    def ist_beendet(self) -> bool:
        """Its last day is over."""
        return self.letzter_tag is not None and self.letzter_tag < today()


class Pflegegeldsatz(Gueltig, TenantModel):
    """What the office pays in a month for a child of an age group in a form of foster care, and where that is written.

    The office types it: no official figure comes with the portal. Of one age there is one on each day.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "rates of the office"
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE (betrag, gueltig, quelle)"

    form = models.CharField("Form", max_length=12, choices=PFLEGEFORM_CHOICES)
    alter_von = models.PositiveSmallIntegerField("Alter von")
    alter_bis = models.PositiveSmallIntegerField("Alter bis einschließlich")
    betrag = models.DecimalField("Betrag je Monat", max_digits=8, decimal_places=2)
    quelle = models.CharField("Quelle", max_length=200)
    eingetragen_von = SharedReference(Fachkraft, verbose_name="eingetragen von")

    class Meta:
        ordering = ("form", "alter_von", "gueltig")
        verbose_name = "Pflegegeldsatz"
        verbose_name_plural = "Pflegegeldsätze"
        constraints = [
            models.CheckConstraint(name="pflegegeldsatz_betrag", condition=Q(betrag__gt=0)),
            models.CheckConstraint(name="pflegegeldsatz_quelle", condition=~Q(quelle="")),
            models.CheckConstraint(name="pflegegeldsatz_alter", condition=Q(alter_bis__gte=F("alter_von"))),
            models.CheckConstraint(
                name="pflegegeldsatz_tage", condition=Q(gueltig__isempty=False, gueltig__lower_inf=False)
            ),
            ExclusionConstraint(
                name="pflegegeldsatz_einer",
                expressions=[
                    ("form", RangeOperators.EQUAL),
                    (
                        Func(
                            F("alter_von"), F("alter_bis"), Value("[]"), function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("gueltig", RangeOperators.OVERLAPS),
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_form_display()}, {altersspanne(self.alter_von, self.alter_bis)}"
