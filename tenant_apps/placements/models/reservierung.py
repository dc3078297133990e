"""A held place for a young person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from shared_apps.accounts.models import Fachkraft
from shared_apps.providers.models import Platz
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import RESERVIERUNG_ZUSTAND_CHOICES, Ablehnungsgrund
from tenant_apps.placements.models.geld import GELD
from tenant_apps.placements.models.haus import MitHaus, ein_haus
from tenant_apps.placements.models.suche import Suche
from tenant_apps.placements.models.vermerk import Auswahlvermerk
from tenant_apps.placements.models.zeitraum import MitOffenemEnde
from tenant_apps.placements.states import ReservierungZustand
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Reservierung(MitHaus, MitOffenemEnde, TenantModel):
    """A held place for a young person. Points to the anonymous Platzbindung in the shared schema.

    Who is responsible says the case alone (`hilfefall.fachkraft`); who chose and reserved, the Auswahlvermerk.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall", "suche")

    auswahlvermerk = models.OneToOneField(Auswahlvermerk, models.PROTECT, related_name="reservierung")
    suche = models.ForeignKey(Suche, models.PROTECT, related_name="reservierungen", verbose_name="Suche")
    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="reservierungen", verbose_name="Fall")
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="reservierungen", verbose_name="Klient")
    platz = SharedReference(Platz, null=True, verbose_name="Platz")
    pseudonym = models.CharField("Pseudonym für den Anbieter", max_length=20, unique=True)
    alter_bei_beginn = models.PositiveSmallIntegerField("Alter bei Beginn")
    menge = models.DecimalField("Menge (Tage oder Stunden)", max_digits=9, decimal_places=2)
    tage_je_woche = models.DecimalField("Tage je Woche", max_digits=3, decimal_places=2, null=True)
    stunden_je_woche = models.DecimalField("Stunden je Woche", max_digits=5, decimal_places=2, null=True)
    tagesentgelt = models.DecimalField("Entgelt (je Tag oder Stunde)", max_digits=9, decimal_places=2)
    soll_entgelt_exakt = models.DecimalField("Soll-Entgelt (genau)", max_digits=15, decimal_places=6)
    soll_entgelt = models.DecimalField("Soll-Entgelt", **GELD)
    taschengeld = models.DecimalField("Taschengeld", **GELD)
    soll_kosten = models.DecimalField("Soll-Kosten", **GELD)
    ist_auswaertig = models.BooleanField("auswärtig")
    zustand = models.CharField(
        "Zustand", max_length=16, choices=RESERVIERUNG_ZUSTAND_CHOICES, default=ReservierungZustand.RESERVIERT.value
    )
    ablauf_at = models.DateTimeField("läuft ab am")
    entschieden_at = models.DateTimeField("Anbieter hat entschieden am", null=True)
    entschieden_von = SharedReference(Fachkraft, null=True, verbose_name="entschieden von")
    ablehnungsgrund = models.CharField("Ablehnungsgrund", max_length=24, choices=Ablehnungsgrund, blank=True)
    ablehnung_text = models.CharField("Erläuterung", max_length=500, blank=True)
    rueckzug_grund = models.CharField("Grund des Rückzugs", max_length=500, blank=True)
    zurueckgezogen_von = SharedReference(Fachkraft, null=True, verbose_name="zurückgezogen von")
    zurueckgezogen_at = models.DateTimeField("zurückgezogen am", null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Reservierung"
        verbose_name_plural = "Reservierungen"
        indexes = [
            models.Index(fields=["zustand", "ablauf_at"], name="reservierung_ablauf"),
            models.Index(fields=["anbieter", "zustand"], name="reservierung_anbieter"),
            # In the order of the lists (docs/adr/0047): the office's, a provider's.
            models.Index(fields=["created_at", "id"], name="reservierung_neueste"),
            models.Index(fields=["anbieter", "created_at", "id"], name="reservierung_anbieter_neu"),
        ]
        constraints = [models.CheckConstraint(name="reservierung_ein_haus", condition=ein_haus("platz"))]

    def __str__(self) -> str:
        return self.pseudonym
