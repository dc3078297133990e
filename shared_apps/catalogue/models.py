"""Kinds of help, specialities, pocket money: the vocabulary of the market."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from tenants.tables.data_class import DataClass
from tenants.tables.rights import REFERENCE, Rights


class Form(models.TextChoices):
    """How a help is given."""

    AMBULANT = "AMBULANT", "ambulant"
    TEILSTATIONAER = "TEILSTATIONAER", "teilstationär"
    STATIONAER = "STATIONAER", "stationär"


class Einheit(models.TextChoices):
    """What a rate is paid for."""

    TAG = "TAG", "Tag"
    STUNDE = "STUNDE", "Fachleistungsstunde"


class Hilfeart(SharedModel):
    """A type of help with its § (SGB VIII), the screen's code ("S34") and the statistics code."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    code = models.CharField("Code", max_length=8, unique=True)
    paragraf = models.CharField("§ SGB VIII", max_length=12)
    name = models.CharField("Bezeichnung", max_length=120)
    form = models.CharField("Form", max_length=16, choices=Form)
    einheit = models.CharField("Einheit", max_length=8, choices=Einheit)
    statistik_code = models.CharField("Statistikcode", max_length=2, blank=True)
    tage_je_woche = models.DecimalField("Tage je Woche (üblich)", max_digits=3, decimal_places=2, default=7)
    hat_barbetrag = models.BooleanField("mit Barbetrag (§ 39 Abs. 2)", default=False)
    #: Whether a facility needs a licence for it (§§ 45, 45a); rows of the release before have none (ADR 0060).
    erlaubnispflichtig = models.BooleanField("nur mit Betriebserlaubnis (§ 45)", default=False, db_default=False)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)
    quelle = models.CharField("Quelle", max_length=300)

    class Meta:
        ordering = ("sortierung", "code")
        verbose_name = "Hilfeart"
        verbose_name_plural = "Hilfearten"

    def __str__(self) -> str:
        return f"{self.paragraf} {self.name}"

    @property
    def ist_stationaer(self) -> bool:
        """Whether it is paid by day and takes a place."""
        return self.einheit == Einheit.TAG


class Spezialisierung(SharedModel):
    """A speciality a child may need and an offer may have (facet of the search)."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    code = models.SlugField("Code", max_length=40, unique=True)
    name = models.CharField("Bezeichnung", max_length=120)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)

    class Meta:
        ordering = ("sortierung", deutsch("name"))
        verbose_name = "Spezialisierung"
        verbose_name_plural = "Spezialisierungen"

    def __str__(self) -> str:
        return self.name


class Barbetrag(SharedModel):
    """Pocket money a month by age, fixed by the Land authority (§ 39 Abs. 2 SGB VIII).

    The table of M-V was not found (law.md 5.5): seeded rows are marked `ist_beispiel`.
    """

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    land = models.CharField("Land", max_length=60)
    alter_von = models.PositiveSmallIntegerField("Alter von")
    alter_bis = models.PositiveSmallIntegerField("Alter bis unter")
    betrag = models.DecimalField("Betrag je Monat", max_digits=7, decimal_places=2)
    gueltig = DateRangeField("gültig")
    quelle = models.CharField("Quelle", max_length=300)
    ist_beispiel = models.BooleanField("Beispielwert", default=True)

    class Meta:
        ordering = ("land", "alter_von")
        verbose_name = "Barbetrag"
        verbose_name_plural = "Barbeträge"
        constraints = [
            ExclusionConstraint(
                name="barbetrag_ueberschneidungsfrei",
                expressions=[
                    ("land", RangeOperators.EQUAL),
                    ("alter_von", RangeOperators.EQUAL),
                    ("gueltig", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.land} {self.alter_von}-{self.alter_bis}"
