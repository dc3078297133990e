"""The choice, frozen, in the chain of an office."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from shared_apps.accounts.models import Fachkraft
from shared_apps.providers.models import Angebot
from tenant_apps.cases.encrypted import EncryptedTextField
from tenant_apps.cases.models import Klient
from tenant_apps.placements.models.geld import GELD
from tenant_apps.placements.models.suche import Suche
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Auswahlvermerk(TenantModel):
    """The choice, frozen: criteria, all offers in the order shown with prices, the one chosen, the reason.

    The tenant role may insert and read, never change or delete. What was wrong or missing is said by a further one
    (`nachtrag_zu` is the first), with the reason in `begruendung`.

    All of an office are one chain (ADR 0086): the database numbers them, says when each was written, and writes
    `pruefsumme` over the content and `siegel` over number, `siegel` of the one before, moment, who, whose person's and
    the content. The chain outlives the content that a deletion run takes: `abdruck` stays, without checksum and salt.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "suche")
    tenant_rights: ClassVar[str] = "SELECT, INSERT"

    #: Whom the choice is for; of what an earlier release writes the database takes it from the criteria.
    klient = models.ForeignKey(
        Klient, models.PROTECT, null=True, blank=True, related_name="auswahlvermerke", verbose_name="Klient"
    )
    suche = models.ForeignKey(Suche, models.PROTECT, related_name="auswahlvermerke", verbose_name="Suche")
    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    fachkraft_name = models.CharField("Fachkraft (Name)", max_length=220)
    kriterien = models.JSONField("Kriterien", encoder=DjangoJSONEncoder)
    angebote = models.JSONField("Angebote", encoder=DjangoJSONEncoder)
    #: Empty where none of the register was chosen: what was chosen instead is in `kriterien`, under `ausserhalb`.
    angebot = SharedReference(Angebot, null=True, verbose_name="gewähltes Angebot")
    rang = models.PositiveIntegerField("Rang")
    anzahl = models.PositiveIntegerField("Anzahl der Angebote")
    im_guenstigsten_drittel = models.BooleanField("im günstigsten Drittel")
    begruendung = models.TextField("Begründung", blank=True)
    wuensche = EncryptedTextField(
        "Wünsche der Familie", person="klient", max_length=4000, blank=True, default="", db_default=""
    )
    #: Median of the amounts on the list less the chosen one; null where nobody computed it.
    ersparnis = models.DecimalField("Ersparnis gegenüber dem Median", null=True, blank=True, **GELD)
    nachtrag_zu = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="nachtraege", verbose_name="Nachtrag zu"
    )
    # The database alone writes these and `created_at` (trigger `placements_vermerk_anketten`).
    pruefsumme = models.CharField("Prüfsumme", max_length=64, blank=True, db_default="", editable=False)
    nummer = models.BigIntegerField("Nummer in der Kette", unique=True, db_default=0, editable=False)
    vorgaenger = models.CharField("Siegel des Vorgängers", max_length=64, blank=True, db_default="", editable=False)
    siegel = models.CharField("Siegel", max_length=64, blank=True, db_default="", editable=False)
    fassung = models.PositiveSmallIntegerField("Fassung des Siegels", db_default=1, editable=False)
    salz = models.CharField("Salz des Abdrucks", max_length=64, blank=True, db_default="", editable=False)
    abdruck = models.CharField("Abdruck der Prüfsumme", max_length=64, blank=True, db_default="", editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Auswahlvermerk"
        verbose_name_plural = "Auswahlvermerke"
        constraints = [
            models.CheckConstraint(
                name="auswahlvermerk_begruendet",
                condition=Q(im_guenstigsten_drittel=True) | ~Q(begruendung=""),
            ),
            models.CheckConstraint(
                name="auswahlvermerk_nachtrag_begruendet",
                condition=Q(nachtrag_zu__isnull=True) | ~Q(begruendung=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suche_id} Rang {self.rang}"
