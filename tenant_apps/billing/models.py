"""What was rendered, what was billed, what was paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from shared_apps.accounts.models import Fachkraft
from shared_apps.catalogue.models import Einheit
from shared_apps.providers.models import Anbieter
from tenant_apps.billing.states import LeistungsnachweisZustand, RechnungZustand
from tenant_apps.cases.models import Klient
from tenant_apps.placements.models import Buchung
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass

_GELD: dict[str, Any] = {"max_digits": 11, "decimal_places": 2}


class Leistungsnachweis(TenantModel):
    """Days (or hours) of one booking in one month, as the provider recorded them."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("buchung",)

    buchung = models.ForeignKey(Buchung, models.PROTECT, related_name="leistungsnachweise", verbose_name="Buchung")
    monat = models.DateField("Monat (Erster)")
    tage = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="Tage der Leistung")
    stunden = models.DecimalField("Fachleistungsstunden", max_digits=7, decimal_places=2, null=True)
    #: Hours of each of `tage`, in their order; empty for days and where only the month's hours were recorded.
    tagesstunden = ArrayField(
        models.DecimalField(max_digits=4, decimal_places=2), default=list, db_default=Value("{}"),
        verbose_name="Fachleistungsstunden je Tag",
    )  # fmt: skip
    bemerkung = models.CharField("Bemerkung", max_length=500, blank=True)
    zustand = models.CharField(
        "Zustand",
        max_length=12,
        choices=[(z.value, z.label) for z in LeistungsnachweisZustand],
        default=LeistungsnachweisZustand.ENTWURF.value,
    )
    erfasst_von = SharedReference(Fachkraft, verbose_name="erfasst von")
    eingereicht_at = models.DateTimeField("eingereicht am", null=True)

    class Meta:
        ordering = ("-monat",)
        verbose_name = "Leistungsnachweis"
        verbose_name_plural = "Leistungsnachweise"
        constraints = [
            models.UniqueConstraint(fields=["buchung", "monat"], name="leistungsnachweis_einmal"),
            models.CheckConstraint(name="leistungsnachweis_monatserster", condition=Q(monat__day=1)),
            models.CheckConstraint(name="leistungsnachweis_tage", condition=Q(tage__contained_by=list(range(1, 32)))),
            models.CheckConstraint(
                name="leistungsnachweis_stunden_je_tag",
                condition=Q(tagesstunden__len=0) | Q(stunden__isnull=False, tagesstunden__len=F("tage__len")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.buchung_id} {self.monat:%m/%Y}"


class Rechnung(TenantModel):
    """A provider's invoice for one booking and month. Checked, ordered by somebody else, paid."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("buchung", "leistungsnachweis")

    leistungsnachweis = models.ForeignKey(Leistungsnachweis, models.PROTECT, related_name="rechnungen")
    buchung = models.ForeignKey(Buchung, models.PROTECT, related_name="rechnungen", verbose_name="Buchung")
    anbieter = SharedReference(Anbieter, verbose_name="Anbieter")
    nummer = models.CharField("Rechnungsnummer", max_length=40)
    monat = models.DateField("Monat (Erster)")
    betrag = models.DecimalField("Betrag", **_GELD)
    zustand = models.CharField(
        "Zustand",
        max_length=20,
        choices=[(z.value, z.label) for z in RechnungZustand],
        default=RechnungZustand.EINGEREICHT.value,
    )
    eingereicht_at = models.DateTimeField("eingereicht am")
    eingereicht_von = SharedReference(Fachkraft, verbose_name="eingereicht von")
    befunde = models.JSONField("Befunde der Prüfung", default=list)
    festgestellt_von = SharedReference(Fachkraft, null=True, verbose_name="sachlich und rechnerisch richtig: von")
    festgestellt_at = models.DateTimeField("festgestellt am", null=True)
    angeordnet_von = SharedReference(Fachkraft, null=True, verbose_name="angeordnet von")
    angeordnet_at = models.DateTimeField("angeordnet am", null=True)
    beanstandung = models.CharField("Beanstandung", max_length=500, blank=True)
    beanstandet_von = SharedReference(Fachkraft, null=True, verbose_name="beanstandet von")
    beanstandet_at = models.DateTimeField("beanstandet am", null=True)
    storniert_durch = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="ersetzt", verbose_name="ersetzt durch"
    )

    class Meta:
        ordering = ("-eingereicht_at",)
        verbose_name = "Rechnung"
        verbose_name_plural = "Rechnungen"
        indexes = [
            models.Index(fields=["zustand", "-eingereicht_at"], name="rechnung_zustand"),
            # In the order of the lists (docs/adr/0047): the office's, a provider's.
            models.Index(fields=["eingereicht_at", "id"], name="rechnung_neueste"),
            models.Index(fields=["anbieter", "eingereicht_at", "id"], name="rechnung_anbieter_neueste"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["anbieter", "nummer"], name="rechnung_nummer_einmal"),
            models.UniqueConstraint(
                fields=["buchung", "monat"],
                condition=~Q(zustand__in=["STORNIERT", "BEANSTANDET"]),
                name="rechnung_monat_einmal",
            ),
            models.CheckConstraint(
                name="rechnung_vier_augen",
                condition=Q(angeordnet_von__isnull=True) | ~Q(angeordnet_von=F("festgestellt_von")),
            ),
            models.CheckConstraint(
                name="rechnung_erst_pruefen",
                condition=Q(zustand__in=["EINGEREICHT", "BEANSTANDET", "STORNIERT"])
                | Q(zustand="SACHLICH_RICHTIG", festgestellt_von__isnull=False)
                | Q(
                    zustand__in=["ANGEORDNET", "BEZAHLT"], festgestellt_von__isnull=False, angeordnet_von__isnull=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.nummer

    @property
    def ist_storniert(self) -> bool:
        """It counts for nothing any more, whoever asks."""
        return self.zustand == RechnungZustand.STORNIERT


class Rechnungskonto(TenantModel):
    """The account that held when an invoice was sent: what is on the paper, whatever the provider enters later.

    Nobody writes it, neither provider nor office: the trigger `billing_konto_festhalten` copies it from the register
    with the invoice. An account takes two of the provider's people (ADR 0070); who sends an invoice is one.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    tenant_rights: ClassVar[str] = "SELECT, DELETE"

    rechnung = models.OneToOneField(Rechnung, models.PROTECT, related_name="konto", verbose_name="Rechnung")
    iban = models.CharField("IBAN", max_length=34, blank=True)
    inhaber = models.CharField("Kontoinhaber", max_length=70, blank=True)

    class Meta:
        ordering = ("rechnung",)
        verbose_name = "Konto einer Rechnung"
        verbose_name_plural = "Konten von Rechnungen"

    def __str__(self) -> str:
        return str(self.rechnung_id)


class Rechnungsposition(TenantModel):
    """One line: days or hours at one rate. Split where the rate changes."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("rechnung",)

    rechnung = models.ForeignKey(Rechnung, models.PROTECT, related_name="positionen", verbose_name="Rechnung")
    reihenfolge = models.PositiveSmallIntegerField("Nr.")
    bezeichnung = models.CharField("Bezeichnung", max_length=200)
    zeitraum = DateRangeField("Zeitraum")
    menge = models.DecimalField("Menge", max_digits=9, decimal_places=2)
    einheit = models.CharField("Einheit", max_length=8, choices=Einheit)
    satz = models.DecimalField("Satz", max_digits=9, decimal_places=2)
    betrag = models.DecimalField("Betrag", **_GELD)

    class Meta:
        ordering = ("rechnung", "reihenfolge")
        verbose_name = "Rechnungsposition"
        verbose_name_plural = "Rechnungspositionen"

    def __str__(self) -> str:
        return f"{self.rechnung_id} {self.reihenfolge}"

    @property
    def letzter_tag(self) -> date:
        """Last day billed, as on paper."""
        return self.zeitraum.upper - timedelta(days=1)


class AbgerechneterZeitraum(TenantModel):
    """Uninterrupted days of one young person that a certified invoice charges: no second one may charge them.

    Written with the certification and removed when the invoice is objected to after all. `kreis` is the
    `leistungskreis` of the help. Providers never read it: it would tell them of another house's invoice.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "rechnung")
    tenant_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    rechnung = models.ForeignKey(Rechnung, models.PROTECT, related_name="abgerechnet", verbose_name="Rechnung")
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="+", verbose_name="junger Mensch")
    kreis = models.CharField("Leistungskreis", max_length=20)
    zeitraum = DateRangeField("Zeitraum")

    class Meta:
        ordering = ("rechnung", "zeitraum")
        verbose_name = "Abgerechneter Zeitraum"
        verbose_name_plural = "Abgerechnete Zeiträume"
        constraints = [
            ExclusionConstraint(
                name="abgerechnet_einmal",
                expressions=[
                    ("klient", RangeOperators.EQUAL),
                    ("kreis", RangeOperators.EQUAL),
                    ("zeitraum", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="abgerechnet_zeitraum", condition=Q(zeitraum__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.rechnung_id} {self.zeitraum}"


class Auszahlung(TenantModel):
    """Money that left the office for one invoice."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("rechnung",)

    rechnung = models.OneToOneField(Rechnung, models.PROTECT, related_name="auszahlung", verbose_name="Rechnung")
    betrag = models.DecimalField("Betrag", **_GELD)
    bezahlt_am = models.DateField("bezahlt am")
    erfasst_von = SharedReference(Fachkraft, verbose_name="erfasst von")

    class Meta:
        ordering = ("-bezahlt_am",)
        verbose_name = "Auszahlung"
        verbose_name_plural = "Auszahlungen"
        indexes = [models.Index(fields=["bezahlt_am"], name="auszahlung_tag")]

    def __str__(self) -> str:
        return f"{self.rechnung_id} {self.betrag}"
