"""Which place is held, by which office, from when to when. Nothing about a person."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from shared_apps.core.models import SharedModel
from shared_apps.occupancy.enums import LEBEND, BindungZustand
from shared_apps.providers.models import Platz
from tenants.tables.data_class import DataClass
from tenants.tables.rights import OWN_MANDANT, Policy, Rights, own_anbieter, own_rows

_OWN_PLACES = (
    "EXISTS (SELECT 1 FROM providers_platz p"  # noqa: S608 - constants only
    " JOIN providers_angebot a ON a.id = p.angebot_id"
    " JOIN providers_einrichtung e ON e.id = a.einrichtung_id"
    f" WHERE p.id = platz_id AND {own_anbieter('e', einrichtung='id')})"
)


class Platzbindung(SharedModel):
    """An anonymous hold on a place. Two living holds on one place can never overlap, statewide.

    The id is random to everybody but the office that made it: only there a Reservierung points to it.
    """

    data_class: ClassVar[DataClass] = DataClass.AGGREGATE
    rights: ClassVar[Rights] = Rights(
        app="SELECT",
        tenants="SELECT, INSERT, UPDATE",
        portal="SELECT, UPDATE (zustand, zeitraum)",
        policies=(
            own_rows(),
            Policy("eigene_plaetze", "app", "SELECT", using=_OWN_PLACES),
            Policy("eigene_plaetze_am_amt", "portal", "SELECT", using=f"{OWN_MANDANT} AND {_OWN_PLACES}"),
            Policy(
                "freigeben",
                "portal",
                "UPDATE",
                using=f"{OWN_MANDANT} AND {_OWN_PLACES}",
                check=f"{OWN_MANDANT} AND zustand = 'FREIGEGEBEN'",
            ),
        ),
    )

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    platz = models.ForeignKey(Platz, models.PROTECT, related_name="bindungen", verbose_name="Platz")
    zeitraum = DateRangeField("Zeitraum")
    zustand = models.CharField("Zustand", max_length=12, choices=BindungZustand, default=BindungZustand.RESERVIERT)
    ablauf_at = models.DateTimeField("läuft ab am", null=True, blank=True)

    class Meta:
        verbose_name = "Platzbindung"
        verbose_name_plural = "Platzbindungen"
        constraints = [
            ExclusionConstraint(
                name="platzbindung_keine_doppelbelegung",
                expressions=[("platz", RangeOperators.EQUAL), ("zeitraum", RangeOperators.OVERLAPS)],
                condition=Q(zustand__in=LEBEND),
            ),
            models.CheckConstraint(name="platzbindung_zeitraum", condition=Q(zeitraum__isempty=False)),
        ]
        indexes = [
            models.Index("platz", Upper("zeitraum"), name="platzbindung_lebend", condition=Q(zustand__in=LEBEND)),
            models.Index(fields=["mandant", "zustand"], name="platzbindung_mandant"),
        ]

    def __str__(self) -> str:
        return f"{self.platz_id} {self.zeitraum} {self.zustand}"
