"""A binding placement, and whose its nights are."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import BUCHUNG_ZUSTAND_CHOICES, Beendigungsgrund, Ueberlagerung
from tenant_apps.placements.models.geld import GELD
from tenant_apps.placements.models.haus import MitHaus, ein_haus
from tenant_apps.placements.models.reservierung import Reservierung
from tenant_apps.placements.models.zeitraum import MitZeitraum
from tenant_apps.placements.naechte import NaechteField
from tenant_apps.placements.states import BuchungZustand
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Buchung(MitHaus, MitZeitraum, TenantModel):
    """A binding placement. Ends planned or as a termination (Abbruch). The case says who is responsible."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall", "reservierung")

    reservierung = models.OneToOneField(Reservierung, models.PROTECT, related_name="buchung")
    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="buchungen", verbose_name="Fall")
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="buchungen", verbose_name="Klient")
    soll_kosten = models.DecimalField("Soll-Kosten", **GELD)
    ist_auswaertig = models.BooleanField("auswärtig")
    zustand = models.CharField(
        "Zustand", max_length=12, choices=BUCHUNG_ZUSTAND_CHOICES, default=BuchungZustand.GEBUCHT.value
    )
    gebucht_at = models.DateTimeField("gebucht am")
    gebucht_von = SharedReference(Fachkraft, null=True, verbose_name="gebucht von")
    beginn_tatsaechlich = models.DateField("tatsächlicher Beginn", null=True)
    ende_tatsaechlich = models.DateField("letzter Tag der Hilfe", null=True)
    beendigungsgrund = models.CharField("Beendigungsgrund", max_length=2, choices=Beendigungsgrund, blank=True)
    beendigung_text = models.CharField("Erläuterung", max_length=500, blank=True)
    #: Who recorded that it has ended, or cancelled it.
    beendet_von = SharedReference(Fachkraft, null=True, verbose_name="beendet von")
    beendet_at = models.DateTimeField("beendet am", null=True)
    #: Last day of service in the first month that nobody has billed yet: from then on it can be. Empty when there is
    #: no such month, or it was cancelled. The database alone writes it (a trigger of the app that bills).
    abrechenbar_ab = models.DateField("abrechenbar ab", null=True, editable=False)
    #: Whether it gives the child a bed. The database alone writes it, from the kind of help when it is booked.
    ist_aufenthalt = models.BooleanField("Aufenthalt", default=False, db_default=False, editable=False)
    #: A second stay at the same time: what it is, until when, why (ADR 0084).
    ueberlagerung = models.CharField("Überlagerung", max_length=12, choices=Ueberlagerung, blank=True, db_default="")
    ueberlagerung_bis = models.DateField("Überlagerung bis", null=True)
    ueberlagerung_grund = models.CharField(
        "Grund der Überlagerung", max_length=500, blank=True, default="", db_default=""
    )
    #: Whose the nights of a stay are, as `rules.belegung` says it. The database alone writes both, here and in the
    #: stays that lay over this one (triggers `placements_naechte`, `placements_naechte_frei`).
    allein = NaechteField("Nächte für sich")
    ueberlagernd = NaechteField("Nächte über einem anderen Aufenthalt")

    class Meta:
        ordering = ("-gebucht_at",)
        verbose_name = "Buchung"
        verbose_name_plural = "Buchungen"
        indexes = [
            models.Index(fields=["anbieter", "zustand"], name="buchung_anbieter"),
            models.Index(fields=["hilfeart", "zustand"], name="buchung_hilfeart"),
            models.Index(fields=["gebucht_at", "id"], name="buchung_neueste"),
            models.Index(fields=["anbieter", "gebucht_at", "id"], name="buchung_anbieter_neueste"),
            models.Index(
                fields=["anbieter", "abrechenbar_ab", "id"],
                name="buchung_abrechenbar",
                condition=Q(abrechenbar_ab__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="buchung_ein_haus", condition=ein_haus()),
            models.CheckConstraint(
                name="buchung_hat_ende", condition=Q(zeitraum__upper_inf=False, zeitraum__isempty=False)
            ),
            models.CheckConstraint(
                name="buchung_beendet_mit_grund",
                condition=(
                    Q(zustand__in=["BEENDET", "ABGEBROCHEN"], ende_tatsaechlich__isnull=False) & ~Q(beendigungsgrund="")
                )
                | Q(zustand__in=["GEBUCHT", "LAUFEND", "STORNIERT"]),
            ),
            models.CheckConstraint(
                name="buchung_ueberlagerung_mit_ende",
                condition=Q(ueberlagerung="", ueberlagerung_bis__isnull=True)
                | Q(~Q(ueberlagerung=""), ist_aufenthalt=True, ueberlagerung_bis__isnull=False),
            ),
            ExclusionConstraint(
                name="buchung_ein_aufenthalt",
                expressions=[("klient", RangeOperators.EQUAL), ("allein", RangeOperators.OVERLAPS)],
                condition=Q(ist_aufenthalt=True),
            ),
            ExclusionConstraint(
                name="buchung_eine_ueberlagerung",
                expressions=[("klient", RangeOperators.EQUAL), ("ueberlagernd", RangeOperators.OVERLAPS)],
                condition=Q(ist_aufenthalt=True) & ~Q(ueberlagerung__in=["", "BESTAND"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
