"""Kinds of help, specialities, pocket money: the vocabulary of the market."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q

from shared_apps.catalogue.rights import AENDERUNGEN, KATALOG
from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG
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


class Entgeltrecht(models.TextChoices):
    """Under which law rates of a kind of help are agreed: with one office alone, too, or binding on all of them."""

    P78A = "78a", "§§ 78a ff. SGB VIII (bindet alle Jugendämter)"
    P77 = "77", "§ 77 SGB VIII (auch mit einem Jugendamt allein)"


#: The module of today: what a row of the release before belongs to. Its id follows from its code (`reference.upsert`).
SGB8 = UUID("6301eee1-1aa8-5049-9e0f-94c9b647f85d")


def immer() -> DateRange:
    """Without a beginning and without an end."""
    return DateRange(None, None)


class Befristet(models.Model):
    """An entry that may be chosen on the days of `gueltig` only; where it is in use it stays."""

    gueltig = DateRangeField("gültig", default=immer, db_default=models.Value("(,)"))

    class Meta:
        abstract = True

    @property
    def letzter_tag(self) -> date | None:
        """Last day on which it is offered; None while no end is set."""
        return self.gueltig.upper - EIN_TAG if self.gueltig.upper else None


class Modul(SharedModel):
    """A part of the social code that the market serves: its kinds of help, and what its offers say of themselves."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = KATALOG

    code = models.SlugField("Code", max_length=20, unique=True)
    name = models.CharField("Bezeichnung", max_length=120)
    rechtsgrundlage = models.CharField("Rechtsgrundlage", max_length=120, blank=True)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)
    eingeschaltet = models.BooleanField("eingeschaltet", default=False)
    quelle = models.CharField("Quelle", max_length=300)

    class Meta:
        ordering = ("sortierung", "code")
        verbose_name = "Modul"
        verbose_name_plural = "Module"

    def __str__(self) -> str:
        return self.name


class Merkmalart(models.TextChoices):
    """How an offer says something of itself, and how it is searched for."""

    WAHL = "WAHL", "eines aus einer Liste"
    SPANNE = "SPANNE", "ganze Zahlen von bis"
    MENGE = "MENGE", "mehrere aus einer Liste"


class Angebotsfeld(models.TextChoices):
    """Columns of an offer that a criterion may be kept in; every other criterion is an `Angebotsmerkmal`."""

    GESCHLECHT = "geschlecht", "Geschlecht"
    ALTER = "alter", "Aufnahmealter"
    SPEZIALISIERUNGEN = "spezialisierungen", "Spezialisierungen"


class Kriterium(SharedModel):
    """What an offer of a module says of itself, beside what all offers say. Declared by the module's file.

    WAHL: one of `werte`, or none, which is no limit. SPANNE: from … to within `von` and `bis`, or no limit.
    MENGE: any of `werte`; whoever asks for some finds offers that have all of them. `filtert`: the search asks for it.
    """

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = REFERENCE

    modul = models.ForeignKey(Modul, models.PROTECT, related_name="kriterien", verbose_name="Modul")
    code = models.SlugField("Code", max_length=40)
    name = models.CharField("Bezeichnung", max_length=120)
    art = models.CharField("Art", max_length=8, choices=Merkmalart)
    feld = models.CharField("Feld des Angebots", max_length=20, choices=Angebotsfeld, blank=True)
    von = models.PositiveSmallIntegerField("von", null=True, blank=True)
    bis = models.PositiveSmallIntegerField("bis", null=True, blank=True)
    werte = models.JSONField("Werte", default=list, blank=True)
    filtert = models.BooleanField("in der Suche", default=True)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)

    class Meta:
        ordering = ("modul", "sortierung", "code")
        verbose_name = "Kriterium"
        verbose_name_plural = "Kriterien"
        constraints = [
            models.UniqueConstraint(fields=["modul", "code"], name="kriterium_einmal"),
            models.CheckConstraint(
                name="kriterium_spanne",
                condition=~Q(art="SPANNE", feld="") | Q(von__isnull=False, bis__isnull=False, bis__gte=F("von")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def wahl(self) -> list[tuple[str, str]]:
        """Codes and words of its list."""
        return [(wert["code"], wert["name"]) for wert in self.werte]


class Hilfeart(Befristet, SharedModel):
    """A type of help of a module with its §, the screen's code ("S34") and the statistics code."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = KATALOG

    #: Typed by hand: with a default of the database the types of Django take it for an id.
    modul: models.ForeignKey[Modul, Modul] = models.ForeignKey(
        Modul,
        models.PROTECT,
        related_name="hilfearten",
        default=SGB8,
        db_default=models.Value(SGB8),
        verbose_name="Modul",
    )
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
    #: Rows of the release before are held to the stricter law: no rate for one office alone (ADR 0073).
    entgeltrecht = models.CharField(
        "Entgelte nach",
        max_length=4,
        choices=Entgeltrecht,
        default=Entgeltrecht.P78A,
        db_default=Entgeltrecht.P78A.value,
    )
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

    @property
    def ist_aufenthalt(self) -> bool:
        """Whether it gives a bed: a child has one at a time."""
        return self.form == Form.STATIONAER

    @property
    def hat_einzelentgelte(self) -> bool:
        """Whether a rate may hold for one youth office alone (§ 77 SGB VIII)."""
        return self.entgeltrecht == Entgeltrecht.P77


class Spezialisierung(Befristet, SharedModel):
    """A speciality a child may need and an offer may have (facet of the search)."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = KATALOG

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


class Sprache(Befristet, SharedModel):
    """A language that is spoken at an offer, by its code of ISO 639-1."""

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = KATALOG

    code = models.CharField("Code", max_length=2, unique=True)
    name = models.CharField("Bezeichnung", max_length=120)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)

    class Meta:
        ordering = ("sortierung", deutsch("name"))
        verbose_name = "Sprache"
        verbose_name_plural = "Sprachen"

    def __str__(self) -> str:
        return self.name


class Grundart(models.TextChoices):
    """What a reason is chosen for."""

    SPERRE = "SPERRE", "Sperre durch das Haus"
    STOPP = "STOPP", "Aufnahmestopp"
    MELDUNG = "MELDUNG", "Meldung „war nicht frei“"


class Grund(Befristet, SharedModel):
    """A reason that people choose by its kind: why something is blocked, nobody is taken in, a vacancy was none.

    Rows of other tables keep kind and code, and a foreign key holds both (ADR 0072). `fest`: a page names it, or its
    kind would be without a choice; it may have another name and never ends.
    """

    data_class: ClassVar[DataClass] = DataClass.REFERENCE
    rights: ClassVar[Rights] = KATALOG

    art = models.CharField("Wofür", max_length=8, choices=Grundart)
    code = models.CharField("Code", max_length=20)
    name = models.CharField("Bezeichnung", max_length=120)
    sortierung = models.PositiveSmallIntegerField("Sortierung", default=0)
    fest = models.BooleanField("bleibt immer", default=False, db_default=False)

    class Meta:
        ordering = ("art", "sortierung", deutsch("name"))
        verbose_name = "Grund"
        verbose_name_plural = "Gründe"
        constraints = [
            models.UniqueConstraint(fields=["art", "code"], name="grund_einmal"),
            models.CheckConstraint(
                name="grund_fest_ohne_ende",
                condition=Q(fest=False)
                | Q(gueltig__startswith__isnull=True, gueltig__endswith__isnull=True, gueltig__isempty=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Katalogaenderung(SharedModel):
    """A person has entered or changed a value of the catalogue: who, when, before, after.

    Written by trigger `catalogue_aenderung_notieren` alone, for every person's statement; a loaded file is none.
    `vorher` is empty for what was new. What is in here the next loaded file leaves as it is.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = AENDERUNGEN

    tabelle = models.CharField("Tabelle", max_length=63)
    zeile = models.UUIDField("Zeile")
    feld = models.CharField("Feld", max_length=63)
    vorher = models.TextField("vorher", blank=True, default="", db_default="")
    nachher = models.TextField("nachher", blank=True, default="", db_default="")
    user_id = models.UUIDField("Person")

    class Meta:
        ordering = ("-created_at", "id")
        verbose_name = "Änderung des Katalogs"
        verbose_name_plural = "Änderungen des Katalogs"
        indexes = [
            models.Index(fields=["created_at", "id"], name="katalogaenderung_zeit"),
            models.Index(fields=["zeile", "created_at"], name="katalogaenderung_zeile"),
        ]

    def __str__(self) -> str:
        return f"{self.tabelle} {self.feld}"
