"""A child taken in at night, and the duties of § 42 that follow."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import Nachtpflicht
from tenant_apps.placements.models.reservierung import Reservierung
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass

#: Of a child of the night, while her case is open: name, birth or PKZ is still to be entered; a duty of § 42 is open.
ANGABEN_FEHLEN = Q(Q(nachgetragen_at__isnull=True) | Q(pkz_fehlt=True), fall_offen=True)
PFLICHT_FEHLT = Q(fall_offen=True, pflichten_erledigt__lt=len(Nachtpflicht))


class Nachtaufnahme(TenantModel):
    """A child whose place was held at night, before anybody knew her name (ADR 0081). One for each such case.

    `reservierung` is the hold that counts now: it changes when another place is taken. The house's word by telephone is
    noted here; its consent stays its own.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall")

    klient = models.ForeignKey(Klient, models.PROTECT, related_name="nachtaufnahmen", verbose_name="Klient")
    hilfefall = models.OneToOneField(Hilfefall, models.PROTECT, related_name="nachtaufnahme", verbose_name="Fall")
    reservierung = models.OneToOneField(
        Reservierung, models.PROTECT, related_name="nachtaufnahme", verbose_name="Reservierung"
    )
    #: As it was given on that day, mostly a guess; the age itself once the birth is known.
    alter = models.PositiveSmallIntegerField("Alter in der Nacht (geschätzt)")
    tag = models.DateField("Tag der Aufnahme")
    faellig_am = models.DateField("Angaben fehlen spätestens am")
    zugesagt_at = models.DateTimeField("am Telefon zugesagt am", null=True)
    zugesagt_von = SharedReference(Fachkraft, null=True, verbose_name="Zusage entgegengenommen von")
    #: The database alone writes it: name and birth of the person are there.
    nachgetragen_at = models.DateTimeField("nachgetragen am", null=True, editable=False)
    #: The same, of case, person and ticks (triggers `placements_nacht_*`): what the two lists of the open are read by.
    fall_offen = models.BooleanField("Fall ist offen", default=True, db_default=True, editable=False)
    pkz_fehlt = models.BooleanField("PKZ fehlt", default=True, db_default=True, editable=False)
    pflichten_erledigt = models.PositiveSmallIntegerField(
        "erledigte Pflichten", default=0, db_default=0, editable=False
    )

    class Meta:
        ordering = ("faellig_am", "id")
        verbose_name = "Aufnahme in der Nacht"
        verbose_name_plural = "Aufnahmen in der Nacht"
        indexes = [
            # Few: what is still to be done, in the order of its list.
            models.Index(fields=["faellig_am", "id"], name="nachtaufnahme_offen", condition=ANGABEN_FEHLEN),
            models.Index(fields=["tag", "id"], name="nachtaufnahme_pflichten", condition=PFLICHT_FEHLT),
        ]
        constraints = [
            models.CheckConstraint(name="nachtaufnahme_alter", condition=Q(alter__lte=17)),
            models.CheckConstraint(name="nachtaufnahme_faellig", condition=Q(faellig_am__gte=F("tag"))),
            models.CheckConstraint(
                name="nachtaufnahme_zusage",
                condition=Q(zugesagt_at__isnull=True, zugesagt_von__isnull=True)
                | Q(zugesagt_at__isnull=False, zugesagt_von__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Nachtschritt(TenantModel):
    """A duty of § 42 that was done: who, when. A tick set by mistake is taken back; the trail keeps both."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("nachtaufnahme",)
    tenant_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    nachtaufnahme = models.ForeignKey(
        Nachtaufnahme, models.CASCADE, related_name="schritte", verbose_name="Aufnahme in der Nacht"
    )
    pflicht = models.CharField("Pflicht", max_length=16, choices=Nachtpflicht)
    erledigt_at = models.DateTimeField("erledigt am")
    erledigt_von = SharedReference(Fachkraft, verbose_name="erledigt von")

    class Meta:
        ordering = ("erledigt_at",)
        verbose_name = "Schritt in der Nacht"
        verbose_name_plural = "Schritte in der Nacht"
        constraints = [models.UniqueConstraint(name="nachtschritt_einmal", fields=["nachtaufnahme", "pflicht"])]

    def __str__(self) -> str:
        return f"{self.nachtaufnahme_id} {self.pflicht}"
