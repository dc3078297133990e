"""What a search asks of an offer, of its house, its provider and its district, in one row."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.models import SharedModel
from shared_apps.providers.models.anbieter import Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy, Rights


class Suchzeile(SharedModel):
    """A row for each offer, with its key: what four tables say, so that a state is read without joining them.

    Derived, never the truth: triggers write it in the transaction of what changed, each table the columns it is the
    source of, and `rebuild_suchzeilen` all of it (ADR 0099). Columns of the offer have its names, so that a condition
    of the register is asked of either. Read by offices alone; nobody writes it.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    #: Nothing of its own hangs on what it refers to.
    is_derived: ClassVar[bool] = True
    rights: ClassVar[Rights] = Rights(
        app="", tenants="SELECT", policies=(Policy("lesen_am_amt", "tenants", "SELECT", using="true"),)
    )

    hilfeart = models.ForeignKey(
        Hilfeart, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", verbose_name="Hilfeart"
    )
    name = models.CharField("Bezeichnung", max_length=200)
    geschlecht = models.CharField("Geschlecht", max_length=1, blank=True)
    alter_von = models.PositiveSmallIntegerField("Aufnahmealter von")
    alter_bis = models.PositiveSmallIntegerField("Aufnahmealter bis einschließlich")
    hinweis = models.CharField("Hinweis", max_length=200, blank=True)
    barrierefrei = models.CharField("Barrierefrei", max_length=10, blank=True)
    stunden_je_woche = models.DecimalField("Stunden je Woche", max_digits=6, decimal_places=2, null=True)
    gueltig = DateRangeField("im Angebot")
    vakanz_bestaetigt_at = models.DateTimeField("Vakanzen bestätigt am", null=True)
    vakanz_gemeldet_at = models.DateTimeField("„war nicht frei“ gemeldet am", null=True)
    einrichtung = models.ForeignKey(
        Einrichtung, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Einrichtung"
    )
    haus_name = models.CharField("Name der Einrichtung", max_length=200)
    ort = models.CharField("Ort", max_length=100, blank=True)
    plz = models.CharField("PLZ", max_length=5, blank=True)
    breite = models.DecimalField("Breite (Grad Nord)", max_digits=8, decimal_places=5, null=True)
    laenge = models.DecimalField("Länge (Grad Ost)", max_digits=8, decimal_places=5, null=True)
    haus_gueltig_bis = models.DateField("Einrichtung gültig bis (ausschließlich)", null=True)
    anbieter = models.ForeignKey(
        "providers.Anbieter", models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Anbieter"
    )
    anbieter_name = models.CharField("Name des Anbieters", max_length=200)
    anbieter_gueltig_bis = models.DateField("Anbieter gültig bis (ausschließlich)", null=True)
    gebietskoerperschaft = models.ForeignKey(
        Gebietskoerperschaft, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+",
        verbose_name="Kreis oder kreisfreie Stadt",
    )  # fmt: skip
    land = models.CharField("Land", max_length=60)
    kreis = models.CharField("Kürzel des Kreises", max_length=12)
    kreis_name = models.CharField("Kurzname des Kreises", max_length=100)

    class Meta:
        verbose_name = "Suchzeile"
        verbose_name_plural = "Suchzeilen"
        indexes = [
            models.Index(fields=["land", "hilfeart"], name="suchzeile_land"),
            models.Index(fields=["gebietskoerperschaft", "hilfeart"], name="suchzeile_kreis"),
        ]

    def __str__(self) -> str:
        return self.name
