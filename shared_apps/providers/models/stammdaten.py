"""What an office has admitted of a provider, and the name or form it wants instead."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shared_apps.providers.models.anbieter import Anbieter, Anerkennung
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.models.vorschlag import Vorschlag, build_two_people
from shared_apps.providers.rights import WHOLE_ANBIETER, befangen_sql
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights

_OWN = f"(anbieter_id = ANY (sojus_anbieter()) AND {WHOLE_ANBIETER})"


class Stammdatenvorschlag(Vorschlag):
    """Name, legal form, register number and recognition as a provider proposes them: all four, changed or not.

    Head or administration of the youth office at one of its facilities (`gebietskoerperschaft`) confirms; only then the
    database writes them into the register. `bisher`: what was there when it was proposed; meanwhile changed, it is not
    confirmed (trigger `providers_stammdaten_geprueft`).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"{NO_ANBIETER} OR {_OWN}"),
            Policy("vorschlagen", "app", "INSERT", check=_OWN),
            Policy(
                "entscheiden",
                "app",
                "UPDATE",
                using=f"{NO_ANBIETER} OR {_OWN}",
                # An office decides; it takes nothing back in the provider's place.
                check=f"({NO_ANBIETER} AND zustand <> 'ZURUECKGEZOGEN')"
                f" OR ({_OWN} AND zustand IN ('VORGESCHLAGEN', 'ZURUECKGEZOGEN'))",
            ),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.STAMMDATEN,
        werte=("name", "rechtsform", "register_nr", "anerkennung", "zustand"),
        vermerkt=("begruendung", "grund"),
        # Who proposed and who decided is who made the entry; persons of the other side are not named.
        ohne=(
            "anbieter_id", "gebietskoerperschaft_id", "bisher", "vorgeschlagen_von_id", "entschieden_von_id",
            "entschieden_at",
        ),
    )  # fmt: skip

    anbieter = models.ForeignKey(Anbieter, models.PROTECT, related_name="+", verbose_name="Anbieter")
    gebietskoerperschaft = models.ForeignKey(
        Gebietskoerperschaft, models.PROTECT, related_name="+", verbose_name="Jugendamt, das prüft"
    )
    name = models.CharField("Name", max_length=200)
    rechtsform = models.CharField("Rechtsform", max_length=60, blank=True)
    register_nr = models.CharField("Registernummer", max_length=60, blank=True)
    anerkennung = models.CharField("Anerkennung nach § 75 SGB VIII", max_length=12, choices=Anerkennung, blank=True)
    bisher = models.JSONField("bisher")
    begruendung = models.CharField("Begründung", max_length=500)
    zustand = models.CharField(
        "Zustand", max_length=16, choices=VorschlagZustand.choices(), default=VorschlagZustand.VORGESCHLAGEN.value
    )

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = "Änderung der Stammdaten"
        verbose_name_plural = "Änderungen der Stammdaten"
        indexes = [models.Index(fields=["created_at", "id"], name="stammdaten_zeit")]
        constraints = [
            models.CheckConstraint(name="stammdaten_name", condition=~Q(name="")),
            *build_two_people("stammdaten"),
            models.UniqueConstraint(
                name="stammdaten_einmal_offen",
                fields=["anbieter"],
                condition=Q(zustand=VorschlagZustand.VORGESCHLAGEN),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OffenerStammdatenvorschlag(models.Model):
    """What waits in the open office for the acting person, who decides nothing about a provider of hers: a database
    view, for its start page."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        " SELECT v.id FROM public.providers_stammdatenvorschlag v"  # noqa: S608 - constants only
        " JOIN public.regions_gebietskoerperschaft g ON g.id = v.gebietskoerperschaft_id"
        " JOIN public.tenants_tenant t ON t.kuerzel = g.kuerzel"
        " WHERE t.schema_name = public.sojus_mandant() AND v.zustand = 'VORGESCHLAGEN'"
        f" AND NOT {befangen_sql('v.anbieter_id', seit='v.created_at')}"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = "providers_offenerstammdatenvorschlag"
        verbose_name = "offene Änderung der Stammdaten"
        verbose_name_plural = "offene Änderungen der Stammdaten"

    def __str__(self) -> str:
        return str(self.pk)
