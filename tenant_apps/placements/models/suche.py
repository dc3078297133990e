"""A search, and one that goes on looking."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from shared_apps.accounts.models import Fachkraft
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.zahlwort import anzahl
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import Barrierefrei, Reichweite, Verknuepfung
from tenant_apps.placements.models.zeitraum import MitOffenemEnde
from tenant_apps.placements.rules import gilt_der_familie
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Suche(MitOffenemEnde, TenantModel):
    """One HzE-Auswahl with its criteria and how much it found. What it finds is asked of the market when it is shown;
    the list is kept by the Auswahlvermerk alone.

    `fachkraft` has searched. Whose the search is says its case; only a search without one is its author's.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall")

    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    klient = models.ForeignKey(
        Klient, models.PROTECT, null=True, blank=True, related_name="suchen", verbose_name="Klient"
    )
    hilfefall = models.ForeignKey(
        Hilfefall, models.PROTECT, null=True, blank=True, related_name="suchen", verbose_name="Fall"
    )
    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    #: Codes of further ones that are looked through together with it.
    weitere_hilfearten = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name="Weitere Hilfearten",
        db_default=models.Value([], ArrayField(models.CharField(max_length=8))),
    )  # fmt: skip
    region = models.CharField("Region (Kürzel)", max_length=12)
    reichweite = models.CharField("Reichweite", max_length=10, choices=Reichweite, default=Reichweite.EIGENE)
    #: A postcode and nothing nearer: where a family lives is not asked.
    umkreis_plz = models.CharField("Umkreis um PLZ", max_length=5, blank=True, default="", db_default="")
    umkreis_km = models.PositiveSmallIntegerField("Umkreis in km", null=True, blank=True)
    tage_je_woche = models.DecimalField("Tage je Woche", max_digits=3, decimal_places=2, null=True)
    stunden_je_woche = models.DecimalField("Stunden je Woche", max_digits=5, decimal_places=2, null=True)
    spezialisierungen = ArrayField(models.CharField(max_length=40), default=list, verbose_name="Spezialisierungen")
    verknuepfung = models.CharField(
        "Spezialisierungen: wie viele", max_length=4, choices=Verknuepfung, default=Verknuepfung.ALLE,
        db_default=Verknuepfung.ALLE,
    )  # fmt: skip
    sprachen = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, verbose_name="Sprachen",
        db_default=models.Value([], ArrayField(models.CharField(max_length=2))),
    )  # fmt: skip
    barrierefrei = models.CharField(
        "Barrierefrei", max_length=10, choices=Barrierefrei, blank=True, default="", db_default=""
    )
    bestaetigt_tage = models.PositiveSmallIntegerField(
        "Vakanzen bestätigt in den letzten … Tagen", null=True, blank=True
    )
    geschlecht = models.CharField("Geschlecht", max_length=1, blank=True)
    alter = models.PositiveSmallIntegerField("Alter", null=True, blank=True)
    merkmale = models.JSONField(
        "Weitere Kriterien", default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    tage = models.DecimalField("Tage", max_digits=8, decimal_places=2)
    wochen = models.DecimalField("Wochen", max_digits=8, decimal_places=2)
    angebote_gesamt = models.PositiveIntegerField("Alle Angebote")
    angebote_verfuegbar = models.PositiveIntegerField("Verfügbare Angebote")
    #: How many did not fit or were not free, by the first reason (`rules.Ausschluss`); null: not counted at the time.
    ausschluesse = models.JSONField("Ausschlüsse", null=True, blank=True)
    #: Offers of the market that are kept to be compared, `rules.VERGLEICH_BIS` at most, in that order.
    gemerkt = models.JSONField("Merkliste", default=list, db_default=models.Value([], models.JSONField()), blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Suche"
        verbose_name_plural = "Suchen"
        indexes = [models.Index(fields=["created_at"], name="suche_created")]

    def __str__(self) -> str:
        return f"{self.region} {self.zeitraum}"

    @cached_property
    def weitere(self) -> tuple[Hilfeart, ...]:
        """The further kinds of help; a query only where there are any."""
        codes = self.weitere_hilfearten
        return tuple(Hilfeart.objects.filter(code__in=codes)) if codes else ()

    @property
    def hilfe_wort(self) -> str:
        """What is searched for, in one line of a list."""
        mehr = len(self.weitere_hilfearten)
        return (
            f"{self.hilfeart} und {anzahl(mehr, 'weitere Hilfeart', 'weitere Hilfearten')}"
            if mehr
            else str(self.hilfeart)
        )

    @property
    def gilt_der_familie(self) -> bool:
        """Whether a help that is searched for is one for the whole family, brothers and sisters included."""
        return gilt_der_familie([self.hilfeart.code, *self.weitere_hilfearten])

    @property
    def ist_ergebnislos(self) -> bool:
        """Whether no offer was available (key figure 'Ergebnislose Suchen')."""
        return self.angebote_verfuegbar == 0


class Suchauftrag(TenantModel):
    """A search that goes on looking until a day: whoever is responsible is told when an offer comes free.

    `bekannt`: offers that were free when it was looked last; `neu`: those of them nobody has read about yet. Whom to
    tell says the case; only of a search without one it is its author, `fachkraft`.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("suche",)
    tenant_rights: ClassVar[str] = (
        "SELECT, INSERT, UPDATE (suche_id, bekannt, neu, geprueft_at, gemeldet_an, beendet_at)"
    )

    suche = models.ForeignKey(Suche, models.PROTECT, related_name="auftraege", verbose_name="Suche")
    fachkraft = SharedReference(Fachkraft, verbose_name="beauftragt von")
    gilt_bis = models.DateField("sucht bis")
    bekannt = ArrayField(models.UUIDField(), default=list, verbose_name="bekannte Angebote")
    neu = ArrayField(models.UUIDField(), default=list, verbose_name="neue Angebote")
    geprueft_at = models.DateTimeField("zuletzt gesucht am")
    #: Who was told of news she has not looked at yet; nobody else is told in her place.
    gemeldet_an = models.UUIDField("benachrichtigt", null=True, editable=False)
    beendet_at = models.DateTimeField("beendet am", null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Suchauftrag"
        verbose_name_plural = "Suchaufträge"
        indexes = [
            models.Index(fields=["created_at", "id"], name="suchauftrag_neueste", condition=Q(beendet_at__isnull=True)),
            models.Index(
                fields=["geprueft_at", "id"], name="suchauftrag_faellig", condition=Q(beendet_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="suchauftrag_einmal", fields=["suche"], condition=Q(beendet_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.suche_id)

    @property
    def empfaenger_id(self) -> Any:
        """Who is told: whoever is responsible for the case, else who ordered it."""
        fall = self.suche.hilfefall
        return (fall and fall.fachkraft_id) or self.fachkraft_id
