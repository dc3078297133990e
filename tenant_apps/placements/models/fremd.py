"""Facilities that are not in the register: the office's own list, what they charge, what was changed (ADR 0089)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shared_apps.accounts.models import Fachkraft
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.geld import format_geld
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import format_datum
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.enums import Bundesland
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Fremdeinrichtung(TenantModel):
    """A facility that is not in the register: in another state, or not admitted yet. The office's own list (ADR 0089).

    Nothing of it is known to others, and nothing of the register changes with it.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "facilities of an office's own list; no row says who was ever there"

    name = models.CharField("Einrichtung", max_length=200)
    anbieter = models.CharField("Anbieter", max_length=200)
    strasse = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    plz = models.CharField("PLZ", max_length=5, blank=True)
    ort = models.CharField("Ort", max_length=100)
    land = models.CharField("Bundesland", max_length=60, choices=Bundesland)
    #: Inside the state alone: which office would admit it.
    kreis = SharedReference(Gebietskoerperschaft, null=True, blank=True, verbose_name="Kreis")
    ansprechpartner = models.CharField("Ansprechperson", max_length=200, blank=True)
    telefon = models.CharField("Telefon", max_length=40, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    behoerde = models.CharField("Erlaubnisbehörde", max_length=200, blank=True)
    ist_aktiv = models.BooleanField("wird belegt", default=True)
    eingetragen_von = SharedReference(Fachkraft, verbose_name="eingetragen von")
    vorgeschlagen_at = models.DateTimeField("für das Verzeichnis vorgeschlagen am", null=True)
    vorgeschlagen_von = SharedReference(Fachkraft, null=True, verbose_name="vorgeschlagen von")
    #: Which application to the register was made of it; once that is gone or declined it can be proposed again.
    vorschlag_id = models.UUIDField("Aufnahmeantrag des Vorschlags", null=True, editable=False)

    class Meta:
        ordering = (deutsch("name"), "id")
        verbose_name = "Einrichtung außerhalb des Verzeichnisses"
        verbose_name_plural = "Einrichtungen außerhalb des Verzeichnisses"
        constraints = [
            models.UniqueConstraint(
                Lower("name"), Lower("ort"), name="fremdeinrichtung_einmal", condition=Q(ist_aktiv=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Fremdentgelt(TenantModel):
    """What a facility of the office's own list charges for a kind of help, from when, and where that is written."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "rates of facilities"
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE (gueltig)"

    fremdeinrichtung = models.ForeignKey(
        Fremdeinrichtung, models.PROTECT, related_name="entgelte", verbose_name="Einrichtung"
    )
    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    betrag = models.DecimalField("Entgelt (je Tag oder Stunde)", max_digits=9, decimal_places=2)
    gueltig = DateRangeField("gilt")
    quelle = models.CharField("Quelle", max_length=200)
    eingetragen_von = SharedReference(Fachkraft, verbose_name="eingetragen von")

    class Meta:
        ordering = ("hilfeart_id", "gueltig")
        verbose_name = "Entgelt außerhalb des Verzeichnisses"
        verbose_name_plural = "Entgelte außerhalb des Verzeichnisses"
        constraints = [
            models.CheckConstraint(name="fremdentgelt_betrag", condition=Q(betrag__gt=0)),
            ExclusionConstraint(
                name="fremdentgelt_eines",
                expressions=[
                    ("fremdeinrichtung", RangeOperators.EQUAL),
                    ("hilfeart", RangeOperators.EQUAL),
                    ("gueltig", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.betrag} {self.gueltig}"

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as on the screen; None while no end is set."""
        return self.gueltig.upper - timedelta(days=1) if self.gueltig.upper else None

    @property
    def beschreibung(self) -> str:
        """Amount and days, as its history says them."""
        bis = f"bis {format_datum(self.letzter_tag)}" if self.letzter_tag else "bis auf Weiteres"
        return f"{format_geld(self.betrag)} ab {format_datum(self.gueltig.lower)} {bis}"


class Fremdaenderung(TenantModel):
    """What was changed about a facility of the office's own list: which entry, from what to what, who, when."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "entries about facilities"
    tenant_rights: ClassVar[str] = "SELECT, INSERT"

    fremdeinrichtung = models.ForeignKey(
        Fremdeinrichtung, models.PROTECT, related_name="aenderungen", verbose_name="Einrichtung"
    )
    feld = models.CharField("Angabe", max_length=100)
    alt = models.CharField("vorher", max_length=300, blank=True)
    neu = models.CharField("nachher", max_length=300, blank=True)
    fachkraft = SharedReference(Fachkraft, verbose_name="geändert von")

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "Änderung einer Einrichtung außerhalb des Verzeichnisses"
        verbose_name_plural = "Änderungen von Einrichtungen außerhalb des Verzeichnisses"

    def __str__(self) -> str:
        return self.feld
