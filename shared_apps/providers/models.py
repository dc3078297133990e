"""The statewide register: who offers help, where, for whom, at what price. No person is in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import User
from shared_apps.catalogue.models import Einheit, Hilfeart, Spezialisierung
from shared_apps.core.clock import today
from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.rights import OWN_FACILITY, WHOLE_ANBIETER, own_offers
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft, Region
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights, business_secret, own_anbieter, register


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


class Anbieter(MitEnde, Anschrift, SharedModel):
    """An independent provider (freier Träger der Jugendhilfe)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(f"id = ANY (sojus_anbieter()) AND {WHOLE_ANBIETER}")

    name = models.CharField("Name", max_length=200, unique=True)
    rechtsform = models.CharField("Rechtsform", max_length=60, blank=True)
    traegerart_code = models.CharField("Art (Statistikcode)", max_length=2, blank=True)
    register_nr = models.CharField("Registernummer", max_length=60, blank=True)

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Anbieter"
        verbose_name_plural = "Anbieter"
        indexes = [models.Index(deutsch("name"), "id", name="anbieter_nach_name")]

    def __str__(self) -> str:
        return self.name


class Bankverbindung(SharedModel):
    """Where a provider is paid. A table of its own: no competitor reads it, by whatever SQL (row-level security)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = business_secret("anbieter_id = ANY (sojus_anbieter())")

    anbieter = models.OneToOneField(Anbieter, models.PROTECT, related_name="bankverbindung", verbose_name="Anbieter")
    iban = models.CharField("IBAN", max_length=34)

    class Meta:
        verbose_name = "Bankverbindung"
        verbose_name_plural = "Bankverbindungen"

    def __str__(self) -> str:
        return str(self.anbieter_id)


class Einrichtung(MitEnde, Anschrift, SharedModel):
    """A facility of a provider, at one place in one district."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(own_anbieter(einrichtung="id"))

    anbieter = models.ForeignKey(Anbieter, models.PROTECT, related_name="einrichtungen", verbose_name="Anbieter")
    name = models.CharField("Name", max_length=200)
    gebietskoerperschaft = models.ForeignKey(
        Gebietskoerperschaft, models.PROTECT, related_name="einrichtungen", verbose_name="Standort"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Region")
    breite = models.DecimalField("Breite", max_digits=8, decimal_places=5, null=True, blank=True)
    laenge = models.DecimalField("Länge", max_digits=8, decimal_places=5, null=True, blank=True)
    betriebstage_woche = models.DecimalField("Betriebstage je Woche", max_digits=3, decimal_places=2, default=7)
    betriebstage_jahr = models.DecimalField("Betriebstage im Jahr", max_digits=5, decimal_places=2, default=365)
    beschreibung = models.TextField("Beschreibung", blank=True)

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Einrichtung"
        verbose_name_plural = "Einrichtungen"
        constraints = [models.UniqueConstraint(fields=["anbieter", "name"], name="einrichtung_einmal")]
        indexes = [models.Index(fields=["gebietskoerperschaft", "anbieter"], name="einrichtung_ort")]

    def __str__(self) -> str:
        return self.name


class Geschlecht(models.TextChoices):
    """Whom an offer takes."""

    ALLE = "", "alle"
    WEIBLICH = "w", "Nur weiblich"
    MAENNLICH = "m", "Nur männlich"


class Angebot(SharedModel):
    """An offered service of a facility: one kind of help, a target group, places and a rate.

    `gueltig` bounds it. Who ends it earlier shortens `gueltig`; `gueltig_zuvor` keeps what it was, for the way back.
    """

    #: What `list_angebote` adds to an offer: today's rate, and all of them.
    entgelt: Entgelt | None
    entgelt_verlauf: list[Entgelt]

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)

    link_rights: ClassVar[dict[str, Rights]] = {"spezialisierungen": register(own_offers(), is_link=True)}
    journaled_links: ClassVar[frozenset[str]] = frozenset({"spezialisierungen"})

    einrichtung = models.ForeignKey(Einrichtung, models.PROTECT, related_name="angebote", verbose_name="Einrichtung")
    hilfeart = models.ForeignKey(Hilfeart, models.PROTECT, related_name="+", verbose_name="Hilfeart")
    name = models.CharField("Bezeichnung", max_length=200)
    geschlecht = models.CharField("Geschlecht", max_length=1, choices=Geschlecht, default=Geschlecht.ALLE, blank=True)
    alter_von = models.PositiveSmallIntegerField("Aufnahmealter von", default=0)
    alter_bis = models.PositiveSmallIntegerField("Aufnahmealter bis einschließlich", default=20)
    hinweis = models.CharField("Hinweis", max_length=200, blank=True)
    beschreibung = models.TextField("Beschreibung", blank=True)
    spezialisierungen = models.ManyToManyField(
        Spezialisierung, blank=True, related_name="angebote", verbose_name="Spezialisierungen"
    )
    gueltig = DateRangeField("im Angebot")
    gueltig_zuvor = DateRangeField("im Angebot, bevor es beendet wurde", null=True, blank=True)
    vakanz_bestaetigt_at = models.DateTimeField("Vakanzen bestätigt am", null=True, blank=True)

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Angebot"
        verbose_name_plural = "Angebote"
        constraints = [
            models.CheckConstraint(name="angebot_alter", condition=Q(alter_bis__gte=F("alter_von"))),
            models.UniqueConstraint(fields=["einrichtung", "name"], name="angebot_einmal"),
        ]
        indexes = [models.Index(fields=["hilfeart", "einrichtung"], name="angebot_suche")]

    def __str__(self) -> str:
        return self.name

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as on the screen; None while no end is set."""
        return self.gueltig.upper - EIN_TAG if self.gueltig.upper else None

    @property
    def ist_beendet(self) -> bool:
        """Whether the last day has passed."""
        return self.gueltig.upper is not None and self.gueltig.upper <= today()


class Platz(SharedModel):
    """One place of an offer (for ambulant help: one case a worker can take on)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(own_offers())

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="plaetze", verbose_name="Angebot")
    nummer = models.PositiveSmallIntegerField("Nummer")
    gueltig = DateRangeField("belegbar")

    class Meta:
        ordering = ("angebot", "nummer")
        verbose_name = "Platz"
        verbose_name_plural = "Plätze"
        constraints = [models.UniqueConstraint(fields=["angebot", "nummer"], name="platz_einmal")]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.nummer}"


class Entgelt(SharedModel):
    """The rate of an offer in a half-open period. The last one stays billable (§ 78d Abs. 2 SGB VIII).

    `vorschlag`: what was proposed and confirmed; nobody writes a rate without one (triggers `providers_entgelt_…`).
    Without one are those of the demo and of set-up.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = business_secret(own_offers())

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="entgelte", verbose_name="Angebot")
    betrag = models.DecimalField("Betrag", max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    einheit = models.CharField("je", max_length=8, choices=Einheit, default=Einheit.TAG)
    gueltig = DateRangeField("gültig")
    vorschlag = models.OneToOneField(
        "Entgeltvorschlag", models.PROTECT, null=True, blank=True, related_name="entgelt", verbose_name="Vorschlag"
    )

    class Meta:
        ordering = ("angebot", "gueltig")
        verbose_name = "Entgelt"
        verbose_name_plural = "Entgelte"
        constraints = [
            ExclusionConstraint(
                name="entgelt_ueberschneidungsfrei",
                expressions=[("angebot", RangeOperators.EQUAL), ("gueltig", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(name="entgelt_nicht_negativ", condition=Q(betrag__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.betrag} {self.einheit}"


class Rechtsgrundlage(models.TextChoices):
    """On what an agreed rate rests."""

    P78B = "78b", "§ 78b SGB VIII (Entgeltvereinbarung)"
    P77 = "77", "§ 77 SGB VIII (Vereinbarung über die Kosten)"


class Entgeltvorschlag(SharedModel):
    """A rate that one side proposes and the youth office at the facility's place confirms; then it is an `Entgelt`.

    The components are those of the framework agreement: basic service, investment, special service (§ 78c Abs. 2).
    `ab`: first day; `vereinbart_am`: day of the agreement, before which no rate has effect (§ 78d Abs. 2). Who proposes
    does not decide, not within an office either (`vorschlag_vier_augen`, trigger `providers_vorschlag_geprueft`).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"{NO_ANBIETER} OR {own_offers()}"),
            Policy("vorschlagen", "app", "INSERT", check=f"{NO_ANBIETER} OR {own_offers()}"),
            Policy(
                "entscheiden",
                "app",
                "UPDATE",
                using=f"{NO_ANBIETER} OR {own_offers()}",
                check=f"{NO_ANBIETER} OR ({own_offers()} AND zustand IN ('VORGESCHLAGEN', 'ZURUECKGEZOGEN'))",
            ),
        ),
    )

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="vorschlaege", verbose_name="Angebot")
    grundleistung = models.DecimalField("Grundleistung", max_digits=9, decimal_places=2)
    investition = models.DecimalField("Investition", max_digits=9, decimal_places=2, default=0)
    sonderleistung = models.DecimalField("Sonderleistung", max_digits=9, decimal_places=2, default=0)
    ab = models.DateField("ab")
    vereinbart_am = models.DateField("vereinbart am")
    rechtsgrundlage = models.CharField("Rechtsgrundlage", max_length=4, choices=Rechtsgrundlage)
    zustand = models.CharField(
        "Zustand", max_length=16, choices=VorschlagZustand.choices(), default=VorschlagZustand.VORGESCHLAGEN.value
    )
    vorgeschlagen_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vorgeschlagen von")
    vom_anbieter = models.BooleanField("vom Anbieter vorgeschlagen", default=True)
    entschieden_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    entschieden_at = models.DateTimeField("entschieden am", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = "Entgeltvorschlag"
        verbose_name_plural = "Entgeltvorschläge"
        indexes = [models.Index(fields=["created_at", "id"], name="vorschlag_zeit")]
        constraints = [
            models.CheckConstraint(
                name="vorschlag_nicht_negativ",
                condition=Q(grundleistung__gte=0, investition__gte=0, sonderleistung__gte=0),
            ),
            models.CheckConstraint(name="vorschlag_wirkt_nicht_zurueck", condition=Q(ab__gte=F("vereinbart_am"))),
            models.CheckConstraint(
                name="vorschlag_vier_augen",
                condition=Q(entschieden_von__isnull=True)
                | Q(zustand=VorschlagZustand.ZURUECKGEZOGEN)
                | ~Q(entschieden_von=F("vorgeschlagen_von")),
            ),
            models.CheckConstraint(
                name="vorschlag_entschieden",
                condition=Q(zustand=VorschlagZustand.VORGESCHLAGEN, entschieden_von__isnull=True)
                | (~Q(zustand=VorschlagZustand.VORGESCHLAGEN) & Q(entschieden_von__isnull=False)),
            ),
            models.UniqueConstraint(
                name="vorschlag_einmal_offen",
                fields=["angebot"],
                condition=Q(zustand=VorschlagZustand.VORGESCHLAGEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.ab}"

    @property
    def betrag(self) -> Decimal:
        """The whole rate."""
        return self.grundleistung + self.investition + self.sonderleistung


def dokument_pfad(instance: models.Model, filename: str) -> str:
    """Random object name: no organisation or case in a path."""
    return f"register/{instance.pk}.pdf"


class EinrichtungDokument(MitEnde, SharedModel):
    """A dated document of a facility (PDF). Each kind is a class below; pages, addresses and rights follow from it."""

    #: Its word in an address.
    kennung: ClassVar[str]
    #: Whether it holds the provider's calculation (§ 67 Abs. 2 SGB X): offices, state and its own people only.
    ist_geheim: ClassVar[bool] = False

    einrichtung = models.ForeignKey(
        Einrichtung, models.PROTECT, related_name="%(class)s_liste", verbose_name="Einrichtung"
    )
    datum = models.DateField("vom")
    datei = models.FileField("Dokument", upload_to=dokument_pfad, blank=True)

    class Meta:
        abstract = True
        ordering = ("-datum",)


class Betriebserlaubnis(EinrichtungDokument):
    """Operating licence (§ 45 SGB VIII)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)
    kennung: ClassVar[str] = "betriebserlaubnis"

    nummer = models.CharField("Nummer", max_length=60)
    plaetze = models.PositiveSmallIntegerField("genehmigte Plätze")
    behoerde = models.CharField("Erlaubnisbehörde", max_length=200, blank=True)

    class Meta(EinrichtungDokument.Meta):
        verbose_name = "Betriebserlaubnis"
        verbose_name_plural = "Betriebserlaubnisse"

    def __str__(self) -> str:
        return self.nummer


class Leistungsbeschreibung(EinrichtungDokument):
    """Service description (§ 78c SGB VIII)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)
    kennung: ClassVar[str] = "leistungsbeschreibung"

    class Meta(EinrichtungDokument.Meta):
        verbose_name = "Leistungsbeschreibung"
        verbose_name_plural = "Leistungsbeschreibungen"

    def __str__(self) -> str:
        return f"{self.einrichtung_id} {self.datum}"


class LeqVereinbarung(EinrichtungDokument):
    """Agreement on service, rate and quality (§ 78b SGB VIII), binding on all youth offices (§ 78e)."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = business_secret(OWN_FACILITY)
    kennung: ClassVar[str] = "leq-vereinbarung"
    ist_geheim: ClassVar[bool] = True

    class Meta(EinrichtungDokument.Meta):
        verbose_name = "LEQ-Vereinbarung"
        verbose_name_plural = "LEQ-Vereinbarungen"

    def __str__(self) -> str:
        return f"{self.einrichtung_id} {self.datum}"


#: Every kind by its word in an address, in the order in which pages show them.
DOKUMENTE: dict[str, type[EinrichtungDokument]] = {art.kennung: art for art in EinrichtungDokument.__subclasses__()}


def foto_pfad(instance: models.Model, filename: str) -> str:
    """Random object name for a picture."""
    return f"register/{instance.pk}.webp"


class Foto(SharedModel):
    """A picture of rooms or grounds; never of an identifiable child."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)

    einrichtung = models.ForeignKey(Einrichtung, models.PROTECT, related_name="fotos", verbose_name="Einrichtung")
    datei = models.ImageField("Bild", upload_to=foto_pfad)
    titel = models.CharField("Bildunterschrift", max_length=120)
    alternativtext = models.CharField("Beschreibung für Vorlesende", max_length=200)
    reihenfolge = models.PositiveSmallIntegerField("Reihenfolge", default=0, validators=[MaxValueValidator(99)])

    class Meta:
        ordering = ("reihenfolge",)
        verbose_name = "Foto"
        verbose_name_plural = "Fotos"

    def __str__(self) -> str:
        return self.titel
