"""Key figures that tenants publish. Counts and sums only; the comparison reads nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shared_apps.core.models import SharedModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import REFERENCE, Policy, Rights, own_rows


class Kennzahl(SharedModel):
    """A key figure with its definition as shown under the table (law.md 3.2)."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    class Einheit(models.TextChoices):
        ANZAHL = "ANZAHL", "Anzahl"
        EURO = "EURO", "Euro"
        MONATE = "MONATE", "Monate"
        PROZENT = "PROZENT", "Prozent"

    code = models.SlugField("Code", max_length=40, unique=True)
    name = models.CharField("Bezeichnung", max_length=120)
    definition = models.TextField("Definition")
    einheit = models.CharField("Einheit", max_length=8, choices=Einheit)
    nachkommastellen = models.PositiveSmallIntegerField("Nachkommastellen", default=0)
    ist_verhaeltnis = models.BooleanField("Verhältniszahl (keine Summe)", default=False)
    quelle = models.CharField("Quelle", max_length=300)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)

    class Meta:
        ordering = ("sortierung", "code")
        verbose_name = "Kennzahl"
        verbose_name_plural = "Kennzahlen"

    def __str__(self) -> str:
        return self.name


class Kennzahlwert(SharedModel):
    """One tenant's value of a figure in a month, for all or one Hilfeart and Spezialisierung ("" = all).

    `wert` NULL: not reported. `zaehler`/`nenner` let ratio figures be pooled. `faelle` is the number of
    cases behind the value, for disclosure control.
    """

    data_class: ClassVar[DataClass] = DataClass.AGGREGATE
    rights: ClassVar[Rights] = Rights(
        app="",
        tenants="SELECT, INSERT, UPDATE, DELETE",
        compare="SELECT",
        policies=(own_rows(), Policy("alle_lesen", "compare", "SELECT", using="true")),
    )

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    kuerzel = models.CharField("Kürzel", max_length=12)
    kennzahl = models.ForeignKey(Kennzahl, models.PROTECT, related_name="werte", verbose_name="Kennzahl")
    monat = models.DateField("Monat (Erster)")
    hilfeart_code = models.CharField("Hilfeart", max_length=8, blank=True)
    spezialisierung_code = models.CharField("Spezialisierung", max_length=40, blank=True)
    wert = models.DecimalField("Wert", max_digits=18, decimal_places=6, null=True)
    zaehler = models.DecimalField("Zähler", max_digits=18, decimal_places=6, null=True)
    nenner = models.DecimalField("Nenner", max_digits=18, decimal_places=6, null=True)
    faelle = models.PositiveIntegerField("Fälle", default=0)
    computed_at = models.DateTimeField("berechnet am")

    class Meta:
        verbose_name = "Kennzahlwert"
        verbose_name_plural = "Kennzahlwerte"
        constraints = [
            models.UniqueConstraint(
                fields=["mandant", "kennzahl", "monat", "hilfeart_code", "spezialisierung_code"],
                name="kennzahlwert_einmal",
            ),
            models.CheckConstraint(name="kennzahlwert_monatserster", condition=Q(monat__day=1)),
        ]
        indexes = [
            models.Index(
                fields=["kennzahl", "hilfeart_code", "spezialisierung_code", "monat"], name="kennzahlwert_vergleich"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kuerzel} {self.kennzahl_id} {self.monat}"
