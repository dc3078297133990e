"""Papers and pictures of a facility: licence, service description, agreement, photos."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Coalesce

from shared_apps.core.models import SharedModel
from shared_apps.core.uploads.models import Hochgeladen
from shared_apps.core.zahlwort import ab_alter, anzahl, wie_alt
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.models.anbieter import Einrichtung, MitEnde
from shared_apps.providers.models.entgeltvorschlag import Rechtsgrundlage
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.rights import FOR_HER_OFFICE, FOR_THIS_OFFICE, OWN_FACILITY
from shared_apps.providers.rules import NIE
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights, business_secret, register


def dokument_pfad(instance: models.Model, filename: str) -> str:
    """Random object name: no organisation or case in a path."""
    return f"register/{instance.pk}.pdf"


#: What the history notes of a file, and what is the scanner's and the storage's.
_DATEI = ("datei",)
_TECHNIK = ("einrichtung_id", "pruefung", "hochgeladen_at")


class EinrichtungDokument(Hochgeladen, MitEnde, SharedModel):
    """A dated document of a facility (PDF). Each kind is a class below; pages, addresses and rights follow from it."""

    #: Its word in an address.
    kennung: ClassVar[str]
    #: Whether it holds the provider's calculation (§ 67 Abs. 2 SGB X): offices, state and its own people only.
    ist_geheim: ClassVar[bool] = False

    einrichtung = models.ForeignKey(
        Einrichtung, models.PROTECT, related_name="%(class)s_liste", verbose_name="Einrichtung"
    )
    datum = models.DateField("vom")
    datei = models.FileField("PDF-Datei", upload_to=dokument_pfad, blank=True)

    class Meta:
        abstract = True
        ordering = ("-datum",)

    @property
    def dateiname(self) -> str:
        """What its file is called when it is saved."""
        return f"{self.kennung}-{self.datum:%Y-%m-%d}.pdf"


#: A young person is not yet 27 (§ 7 Abs. 1 Nr. 4 SGB VIII).
ALTER_MAX = 26


def erlaubte_zeit() -> Func:
    """When a licence holds, as the database says it: from its own first day, else from the day of its paper."""
    beginn = Coalesce("gueltig_ab", "datum")
    return Func(beginn, "gueltig_bis", function="DATERANGE", output_field=DateRangeField())


class ErlaubnisManager(models.Manager["Betriebserlaubnis"]):
    """Licences that hold or held. One that was taken back with its list is in `alle`, on a day before all others."""

    def get_queryset(self) -> models.QuerySet[Betriebserlaubnis]:
        """Without those that never were."""
        return super().get_queryset().filter(Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=NIE))


class Betriebserlaubnis(EinrichtungDokument):
    """Operating licence (§ 45 SGB VIII): how many places a facility may have, for which ages, until when.

    One at a time: the next one ends the one before. What it limits is in `rules.verstoesse` and in the triggers
    `providers_erlaubnis_…`.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)
    kennung: ClassVar[str] = "betriebserlaubnis"
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.ERLAUBNIS,
        werte=(
            "nummer", "datum", "plaetze", "behoerde", "gueltig_ab", "gueltig_bis", "alter_von", "alter_bis",
            "nebenbestimmungen",
        ),
        vermerkt=_DATEI,
        ohne=_TECHNIK,
        bezeichnung="nummer",
        ab=("gueltig_ab", "datum"),
        bis="gueltig_bis",
    )  # fmt: skip

    nummer = models.CharField("Nummer der Betriebserlaubnis", max_length=60)
    datum = models.DateField("Bescheid vom")
    plaetze = models.PositiveSmallIntegerField("genehmigte Plätze")
    behoerde = models.CharField("Erlaubnisbehörde", max_length=200, blank=True)
    gueltig_ab = models.DateField("gilt ab", null=True, blank=True)
    alter_von = models.PositiveSmallIntegerField("genehmigtes Alter von", default=0, db_default=0)
    alter_bis = models.PositiveSmallIntegerField(
        "genehmigtes Alter bis einschließlich", default=ALTER_MAX, db_default=ALTER_MAX
    )
    nebenbestimmungen = models.TextField("Nebenbestimmungen", blank=True, db_default="")

    objects = ErlaubnisManager()
    alle: ClassVar[models.Manager[Betriebserlaubnis]] = models.Manager()

    class Meta(EinrichtungDokument.Meta):
        verbose_name = "Betriebserlaubnis"
        verbose_name_plural = "Betriebserlaubnisse"
        constraints = [
            models.CheckConstraint(
                name="erlaubnis_zeit",
                condition=Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=Coalesce("gueltig_ab", "datum")),
            ),
            models.CheckConstraint(name="erlaubnis_alter", condition=Q(alter_bis__gte=F("alter_von"))),
            ExclusionConstraint(
                name="erlaubnis_eine_zur_zeit",
                expressions=[("einrichtung", RangeOperators.EQUAL), (erlaubte_zeit(), RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["gueltig_bis", "einrichtung"], name="erlaubnis_nach_ende")]

    def __str__(self) -> str:
        return self.nummer

    @property
    def beginn(self) -> date:
        """First day on which it holds."""
        return self.gueltig_ab or self.datum


class Ausnahme(SharedModel):
    """A dated exception of the authority: more places or wider ages than the licence that holds in its time.

    It belongs to the facility, not to one licence: what the authority allows for a transition is entered before the
    smaller licence comes. It is shortened or corrected, never deleted.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.ERLAUBNIS,
        werte=("aktenzeichen", "datum", "gueltig", "plaetze_mehr", "alter_von", "alter_bis"),
        vermerkt=("grund",),
        ohne=("einrichtung_id",),
        bezeichnung="aktenzeichen",
        zeit="gueltig",
    )

    einrichtung = models.ForeignKey(Einrichtung, models.PROTECT, related_name="ausnahmen", verbose_name="Einrichtung")
    aktenzeichen = models.CharField("Aktenzeichen", max_length=60)
    datum = models.DateField("Schreiben vom")
    gueltig = DateRangeField("gilt")
    plaetze_mehr = models.PositiveSmallIntegerField("Plätze mehr", default=0)
    alter_von = models.PositiveSmallIntegerField("Alter schon von", null=True, blank=True)
    alter_bis = models.PositiveSmallIntegerField("Alter noch bis einschließlich", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500)

    class Meta:
        ordering = ("gueltig", "id")
        verbose_name = "Ausnahme"
        verbose_name_plural = "Ausnahmen"
        constraints = [
            models.CheckConstraint(
                name="ausnahme_befristet",
                condition=Q(gueltig__isempty=False, gueltig__startswith__isnull=False, gueltig__endswith__isnull=False),
            ),
            models.CheckConstraint(
                name="ausnahme_erlaubt_etwas",
                condition=Q(plaetze_mehr__gt=0) | Q(alter_von__isnull=False) | Q(alter_bis__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.aktenzeichen

    @property
    def erlaubt(self) -> str:
        """What it allows, as on the screen."""
        mehr = f"{anzahl(self.plaetze_mehr, 'Platz', 'Plätze')} mehr" if self.plaetze_mehr else ""
        schon = "" if self.alter_von is None else f"schon {ab_alter(self.alter_von)}"
        noch = "" if self.alter_bis is None else f"noch bis {wie_alt(self.alter_bis)}"
        return ", ".join(filter(None, (mehr, schon, noch)))

    @property
    def beginn(self) -> date:
        """First day."""
        return self.gueltig.lower

    @property
    def letzter_tag(self) -> date:
        """Last day, as on the screen."""
        return self.gueltig.upper - EIN_TAG


class Leistungsbeschreibung(EinrichtungDokument):
    """Service description (§ 78c SGB VIII)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)
    kennung: ClassVar[str] = "leistungsbeschreibung"
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.UNTERLAGEN, werte=("datum", "gueltig_bis"), vermerkt=_DATEI, ohne=_TECHNIK, bis="gueltig_bis"
    )

    class Meta(EinrichtungDokument.Meta):
        verbose_name = "Leistungsbeschreibung"
        verbose_name_plural = "Leistungsbeschreibungen"

    def __str__(self) -> str:
        return f"Leistungsbeschreibung vom {format_datum(self.datum)}"


class LeqVereinbarung(EinrichtungDokument):
    """Agreement on service, rate and quality (§ 78b SGB VIII), binding on all offices (§ 78e), or on costs (§ 77).

    The provider hands in its own copy, marked as such (`vom_anbieter`); what an office entered it does not touch.
    `jugendamt`: the only office with which it was made (§ 77); no other one reads it (ADR 0073).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = business_secret(
        OWN_FACILITY, handed_in="vom_anbieter", amt=FOR_THIS_OFFICE, hers=FOR_HER_OFFICE
    )
    kennung: ClassVar[str] = "leq-vereinbarung"
    ist_geheim: ClassVar[bool] = True
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.UNTERLAGEN,
        werte=("datum", "gueltig_bis", "rechtsgrundlage", "vom_anbieter", "jugendamt_id"),
        vermerkt=_DATEI,
        ohne=_TECHNIK,
        bis="gueltig_bis",
        nur_haus_mit="jugendamt_id",
    )

    rechtsgrundlage = models.CharField(
        "Rechtsgrundlage",
        max_length=4,
        choices=Rechtsgrundlage,
        default=Rechtsgrundlage.P78B,
        db_default=Rechtsgrundlage.P78B.value,
    )
    vom_anbieter = models.BooleanField("vom Anbieter eingereicht", default=False, db_default=False)
    jugendamt = models.ForeignKey(
        Gebietskoerperschaft,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="nur mit dem Jugendamt",
    )

    class Meta(EinrichtungDokument.Meta):
        verbose_name = "LEQ-Vereinbarung"
        verbose_name_plural = "LEQ-Vereinbarungen"
        constraints = [
            models.CheckConstraint(
                name="vereinbarung_ein_amt_nach_77",
                condition=Q(jugendamt__isnull=True) | Q(rechtsgrundlage=Rechtsgrundlage.P77),
            )
        ]

    def __str__(self) -> str:
        art = "Vereinbarung nach § 77" if self.rechtsgrundlage == Rechtsgrundlage.P77 else "LEQ-Vereinbarung"
        return f"{art} vom {format_datum(self.datum)}"


#: Every kind by its word in an address, in the order in which pages show them.
DOKUMENTE: dict[str, type[EinrichtungDokument]] = {art.kennung: art for art in EinrichtungDokument.__subclasses__()}


def foto_pfad(instance: models.Model, filename: str) -> str:
    """Random object name for a picture."""
    return f"register/{instance.pk}.webp"


class Foto(Hochgeladen, MitEnde, SharedModel):
    """A picture of rooms or grounds; never of an identifiable child. Shown to others when it has its words
    (`querysets.shown_fotos`); one that was taken away keeps its row and loses its files.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.UNTERLAGEN,
        werte=("titel", "alternativtext", "reihenfolge", "gueltig_bis"),
        vermerkt=_DATEI,
        ohne=(*_TECHNIK, "vorschau"),
        bezeichnung="titel",
        bis="gueltig_bis",
    )

    einrichtung = models.ForeignKey(Einrichtung, models.PROTECT, related_name="fotos", verbose_name="Einrichtung")
    datei = models.ImageField("Bild", upload_to=foto_pfad, blank=True)
    vorschau = models.FileField("kleines Bild", upload_to=foto_pfad, blank=True, db_default="")
    titel = models.CharField("Bildunterschrift", max_length=120)
    alternativtext = models.CharField("Alternativtext", max_length=200)
    reihenfolge = models.PositiveSmallIntegerField("Reihenfolge", default=0, validators=[MaxValueValidator(99)])

    class Meta:
        ordering = ("reihenfolge",)
        verbose_name = "Foto"
        verbose_name_plural = "Fotos"

    def __str__(self) -> str:
        return self.titel

    @property
    def ist_zu_sehen(self) -> bool:
        """Whether everybody sees it (`querysets.shown_fotos`)."""
        return bool(self.ist_freigegeben and self.datei and self.titel and self.alternativtext) and not self.gueltig_bis

    def in_groesse(self, *, klein: bool) -> FieldFile:
        """Its file; the small one where it is asked for and there is one."""
        return self.vorschau if klein and self.vorschau else self.datei
