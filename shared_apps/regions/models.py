"""Territorial authorities, planning areas and inhabitants."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from tenants.tables.data_class import DataClass
from tenants.tables.rights import REFERENCE, Rights


class Gebietskoerperschaft(SharedModel):
    """A district or independent city (örtlicher Träger der öffentlichen Jugendhilfe)."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    class Typ(models.TextChoices):
        LANDKREIS = "LK", "Landkreis"
        KREISFREIE_STADT = "KS", "kreisfreie Stadt"

    kuerzel = models.CharField("Kürzel", max_length=12, unique=True)
    name = models.CharField("Name", max_length=200)
    kurzname = models.CharField("Kurzname", max_length=100)
    ags = models.CharField("AGS", max_length=8, unique=True)
    typ = models.CharField("Typ", max_length=2, choices=Typ)
    sitz = models.CharField("Sitz", max_length=100)
    nuts3 = models.CharField("NUTS 3", max_length=5, blank=True)
    kfz = models.CharField("Kfz-Kennzeichen", max_length=120, blank=True)
    flaeche_km2 = models.DecimalField("Fläche in km²", max_digits=9, decimal_places=2, null=True)
    land = models.CharField("Land", max_length=60, default="Mecklenburg-Vorpommern")
    breite = models.DecimalField("Breite (Sitz)", max_digits=8, decimal_places=5, null=True)
    laenge = models.DecimalField("Länge (Sitz)", max_digits=8, decimal_places=5, null=True)
    kachel_spalte = models.PositiveSmallIntegerField("Kachelkarte Spalte", default=0)
    kachel_zeile = models.PositiveSmallIntegerField("Kachelkarte Zeile", default=0)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)
    nachbarn = models.ManyToManyField("self", symmetrical=True, blank=True, verbose_name="Nachbarn")
    quelle = models.CharField("Quelle", max_length=300)

    class Meta:
        ordering = ("sortierung", "kuerzel")
        verbose_name = "Gebietskörperschaft"
        verbose_name_plural = "Gebietskörperschaften"

    def __str__(self) -> str:
        return self.name


class Region(SharedModel):
    """A planning area (Sozialraum) inside a district."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    gebietskoerperschaft = models.ForeignKey(Gebietskoerperschaft, models.PROTECT, related_name="regionen")
    name = models.CharField("Name", max_length=120)

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Region"
        verbose_name_plural = "Regionen"
        constraints = [models.UniqueConstraint(fields=["gebietskoerperschaft", "name"], name="region_einmal")]

    def __str__(self) -> str:
        return self.name


class Bevoelkerungsstand(SharedModel):
    """Inhabitants of a district in an age range [alter_von, alter_bis) at a date, with its census basis."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    gebietskoerperschaft = models.ForeignKey(Gebietskoerperschaft, models.PROTECT, related_name="bevoelkerung")
    stichtag = models.DateField("Stichtag")
    alter_von = models.PositiveSmallIntegerField("Alter von", default=0)
    alter_bis = models.PositiveSmallIntegerField("Alter bis unter", null=True, help_text="leer: alle Älteren")
    geschlecht = models.CharField("Geschlecht", max_length=1, blank=True, help_text="leer: alle")
    anzahl = models.PositiveIntegerField("Einwohner")
    zensusbasis = models.CharField("Zensusbasis", max_length=20)
    quelle = models.CharField("Quelle", max_length=300)
    geschaetzt = models.BooleanField("geschätzt", default=False)

    class Meta:
        ordering = ("-stichtag", "alter_von")
        verbose_name = "Bevölkerungsstand"
        verbose_name_plural = "Bevölkerungsstände"
        constraints = [
            models.UniqueConstraint(
                fields=["gebietskoerperschaft", "stichtag", "alter_von", "alter_bis", "geschlecht", "zensusbasis"],
                name="bevoelkerung_einmal",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="bevoelkerung_alter", condition=Q(alter_bis__isnull=True) | Q(alter_bis__gt=F("alter_von"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gebietskoerperschaft_id} {self.stichtag} {self.anzahl}"


class Postleitzahl(SharedModel):
    """The middle of the area of a postcode, and where that is known from. No address and nobody is in it."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    plz = models.CharField("PLZ", max_length=5, unique=True)
    name = models.CharField("Ort", max_length=100)
    breite = models.DecimalField("Breite", max_digits=8, decimal_places=5)
    laenge = models.DecimalField("Länge", max_digits=8, decimal_places=5)
    quelle = models.CharField("Quelle", max_length=300)
    stand = models.DateField("Stand")

    class Meta:
        ordering = ("plz",)
        verbose_name = "Postleitzahl"
        verbose_name_plural = "Postleitzahlen"
        constraints = [models.CheckConstraint(name="postleitzahl_fuenf", condition=Q(plz__regex=r"^[0-9]{5}$"))]

    def __str__(self) -> str:
        return f"{self.plz} {self.name}"


class Referenzdatei(SharedModel):
    """A reference file as it was handed in: districts and inhabitants outside the data that come with the program.

    Read again by every `load_reference`, so that a rule that changes (an estimate) holds for these districts, too.
    """

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    pruefsumme = models.CharField("SHA-256", max_length=64, unique=True)
    inhalt = models.TextField("Inhalt")

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Referenzdatei"
        verbose_name_plural = "Referenzdateien"

    def __str__(self) -> str:
        return self.pruefsumme[:12]
