"""Who offers help and where: providers, their facilities."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from shared_apps.core.clock import today
from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.rights import WHOLE_ANBIETER
from shared_apps.regions.models import Gebietskoerperschaft, Region
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights, own_anbieter, register


class Anschrift(models.Model):
    """Address and contact shared by provider and facility."""

    strasse = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    plz = models.CharField("PLZ", max_length=5, blank=True)
    ort = models.CharField("Ort", max_length=100, blank=True)
    telefon = models.CharField("Telefon", max_length=40, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    web = models.URLField("Internet", blank=True)
    ansprechpartner = models.CharField("Ansprechpartner", max_length=120, blank=True)

    class Meta:
        abstract = True


class MitEnde(models.Model):
    """Ended by `gueltig_bis`, the first day after the last one (`querysets` asks), never deleted."""

    gueltig_bis = models.DateField("gültig bis (ausschließlich)", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as on the screen; None while no end is set."""
        return self.gueltig_bis - EIN_TAG if self.gueltig_bis else None

    @property
    def ist_beendet(self) -> bool:
        """Whether the last day has passed."""
        return self.gueltig_bis is not None and self.gueltig_bis <= today()


class Anerkennung(models.TextChoices):
    """Whether a provider is recognised as one of youth welfare (§ 75 SGB VIII)."""

    ANERKANNT = "ANERKANNT", "anerkannt (§ 75 Abs. 1 SGB VIII)"
    GESETZLICH = "GESETZLICH", "kraft Gesetzes anerkannt (§ 75 Abs. 3 SGB VIII)"
    KEINE = "KEINE", "nicht anerkannt"
    OHNE_ANGABE = "", "ohne Angabe"


class Steuerstatus(models.TextChoices):
    """How a provider is taxed, as it says itself."""

    GEMEINNUETZIG = "GEMEINNUETZIG", "gemeinnützig (§ 52 AO)"
    STEUERPFLICHTIG = "STEUERPFLICHTIG", "nicht gemeinnützig"
    OEFFENTLICH = "OEFFENTLICH", "öffentlich-rechtlich"
    OHNE_ANGABE = "", "ohne Angabe"


#: Columns of an `Anschrift` in the history: persons are not named there.
_ANSCHRIFT = ("strasse", "plz", "ort", "web", "gueltig_bis")
_PERSONEN = ("telefon", "email", "ansprechpartner")


class Anbieter(MitEnde, Anschrift, SharedModel):
    """An independent provider (freier Träger der Jugendhilfe)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(f"id = ANY (sojus_anbieter()) AND {WHOLE_ANBIETER}")
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.STAMMDATEN,
        werte=(
            "name", "rechtsform", "traegerart_code", "register_nr", "dachverband", "anerkennung", "steuerstatus",
            *_ANSCHRIFT,
        ),
        vermerkt=_PERSONEN,
        bezeichnung="name",
        bis="gueltig_bis",
    )  # fmt: skip

    name = models.CharField("Name", max_length=200, unique=True)
    rechtsform = models.CharField("Rechtsform", max_length=60, blank=True)
    traegerart_code = models.CharField("Art (Statistikcode)", max_length=2, blank=True)
    register_nr = models.CharField("Registernummer", max_length=60, blank=True)
    dachverband = models.CharField("Dachverband", max_length=200, blank=True, default="", db_default="")
    anerkennung = models.CharField(
        "Anerkennung nach § 75 SGB VIII",
        max_length=12,
        choices=Anerkennung,
        blank=True,
        default=Anerkennung.OHNE_ANGABE,
        db_default="",
    )
    steuerstatus = models.CharField(
        "Steuerstatus", max_length=16, choices=Steuerstatus, blank=True, default=Steuerstatus.OHNE_ANGABE, db_default=""
    )

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Anbieter"
        verbose_name_plural = "Anbieter"
        indexes = [models.Index(deutsch("name"), "id", name="anbieter_nach_name")]

    def __str__(self) -> str:
        return self.name


class Einrichtung(MitEnde, Anschrift, SharedModel):
    """A facility of a provider, at one place in one district.

    `eroeffnet_am`: it may be entered before it opens; no offer begins before that day (trigger
    `providers_eroeffnung_geprueft`), so nobody finds one. `breite`, `laenge`: WGS 84, in degrees.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(own_anbieter(einrichtung="id"))
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.STAMMDATEN,
        werte=(
            "name", "gebietskoerperschaft_id", "region_id", "breite", "laenge", "betriebstage_woche",
            "betriebstage_jahr", "beschreibung", "eroeffnet_am", *_ANSCHRIFT,
        ),
        vermerkt=_PERSONEN,
        ohne=("anbieter_id",),
        bezeichnung="name",
        bis="gueltig_bis",
    )  # fmt: skip

    anbieter = models.ForeignKey(Anbieter, models.PROTECT, related_name="einrichtungen", verbose_name="Anbieter")
    name = models.CharField("Name", max_length=200)
    gebietskoerperschaft = models.ForeignKey(
        Gebietskoerperschaft, models.PROTECT, related_name="einrichtungen", verbose_name="Kreis oder kreisfreie Stadt"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Region")
    eroeffnet_am = models.DateField("öffnet am", null=True, blank=True)
    breite = models.DecimalField("Breite (Grad Nord)", max_digits=8, decimal_places=5, null=True, blank=True)
    laenge = models.DecimalField("Länge (Grad Ost)", max_digits=8, decimal_places=5, null=True, blank=True)
    betriebstage_woche = models.DecimalField("Geöffnet: Tage je Woche", max_digits=3, decimal_places=2, default=7)
    betriebstage_jahr = models.DecimalField("Geöffnet: Tage im Jahr", max_digits=5, decimal_places=2, default=365)
    beschreibung = models.TextField("Beschreibung", blank=True)

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Einrichtung"
        verbose_name_plural = "Einrichtungen"
        constraints = [models.UniqueConstraint(fields=["anbieter", "name"], name="einrichtung_einmal")]
        indexes = [
            models.Index(fields=["gebietskoerperschaft", "anbieter"], name="einrichtung_ort"),
            models.Index(deutsch("name"), "id", name="einrichtung_nach_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ist_offen(self) -> bool:
        """Whether the day of its opening has come."""
        return self.eroeffnet_am is None or self.eroeffnet_am <= today()
