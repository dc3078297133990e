"""What an office and a house write each other about one case (ADR 0101)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.providers.models import Anbieter, Einrichtung
from tenant_apps.cases.encrypted import EncryptedTextField
from tenant_apps.cases.models import Hilfefall
from tenant_apps.gespraeche.enums import Absender
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Gespraech(TenantModel):
    """The talk about one case with one house: one thread through enquiry, reservation, booking and end."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("hilfefall",)
    tenant_rights: ClassVar[str] = "SELECT, INSERT"

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="gespraeche", verbose_name="Fall")
    anbieter = SharedReference(Anbieter, verbose_name="Anbieter")
    einrichtung = SharedReference(Einrichtung, verbose_name="Einrichtung")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Gespräch"
        verbose_name_plural = "Gespräche"
        constraints = [models.UniqueConstraint(name="gespraech_einmal", fields=["hilfefall", "einrichtung"])]

    def __str__(self) -> str:
        return str(self.pk)


class Gespraechsnachricht(TenantModel):
    """One message. It is never altered nor taken back; only that the other side has read it is added, once.

    `bezug_id`: the matter it was written under, of which the common number is made. `nach_buchung`: the house knew the
    name when it was written, so the text may have it; the house reads it only while it knows the name.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("gespraech",)
    # The text is written again when the office's key turns, by a job alone (trigger `gespraeche_nachricht_bleibt`).
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE (gelesen_at, gelesen_von_id, text)"

    gespraech = models.ForeignKey(Gespraech, models.PROTECT, related_name="nachrichten", verbose_name="Gespräch")
    bezug_id = models.UUIDField("Vorgang")
    absender = models.CharField("Absender", max_length=10, choices=Absender)
    verfasser = SharedReference(Fachkraft, verbose_name="geschrieben von")
    # With the office's key, not the person's: before the booking the house has no right to that one (ADR 0101).
    text = EncryptedTextField("Nachricht", person="")
    nach_buchung = models.BooleanField("nach der Buchung geschrieben", default=False)
    gelesen_at = models.DateTimeField("gelesen am", null=True)
    gelesen_von = SharedReference(Fachkraft, null=True, verbose_name="gelesen von")

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
        indexes = [models.Index(fields=["gespraech", "created_at", "id"], name="nachricht_gespraech")]
        constraints = [
            models.CheckConstraint(
                name="nachricht_gelesen",
                condition=Q(gelesen_at__isnull=True, gelesen_von__isnull=True)
                | Q(gelesen_at__isnull=False, gelesen_von__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def nummer(self) -> str:
        """The common number of the matter it was written under."""
        return format_vorgangsnummer(self.bezug_id)


class Gespraechsstand(TenantModel):
    """Where a talk stands for the office: what nobody has read, and since when the house waits for an answer.

    The database writes it with every message (trigger `gespraeche_stand`); a house never sees it. The office says that
    no answer is needed (`erledigt_at`), and jobs whom they have told.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("gespraech",)
    tenant_rights: ClassVar[str] = (
        "SELECT, INSERT, UPDATE (wartet_seit, erledigt_at, erledigt_von_id, gemeldet_an, eskaliert_at)"
    )

    gespraech = models.OneToOneField(Gespraech, models.PROTECT, related_name="stand", verbose_name="Gespräch")
    #: The matter of the last message.
    bezug_id = models.UUIDField("Vorgang", null=True, editable=False)
    letzte_at = models.DateTimeField("letzte Nachricht", null=True, editable=False)
    #: Since when something is there that the office has not read.
    ungelesen_seit = models.DateTimeField("ungelesen seit", null=True, editable=False)
    #: Since when the house waits: its first message after the office's last one.
    wartet_seit = models.DateTimeField("wartet auf Antwort seit", null=True, editable=False)
    erledigt_at = models.DateTimeField("ohne Antwort abgeschlossen am", null=True)
    erledigt_von = SharedReference(Fachkraft, null=True, verbose_name="ohne Antwort abgeschlossen von")
    #: Who was told of messages nobody has read yet; empty again once somebody has.
    gemeldet_an = models.UUIDField("benachrichtigt", null=True, editable=False)
    #: When the lead was told that nobody answers; empty again with the answer.
    eskaliert_at = models.DateTimeField("der Leitung gemeldet am", null=True, editable=False)

    class Meta:
        ordering = ("-letzte_at",)
        verbose_name = "Stand eines Gesprächs"
        verbose_name_plural = "Stände von Gesprächen"
        indexes = [
            # In the order of the list: what nobody has read, the longest first, then what is newest.
            models.Index(
                F("ungelesen_seit").asc(),
                F("letzte_at").desc(nulls_last=True),
                F("id").asc(),
                name="gespraechsstand_liste",
            ),
            models.Index(
                fields=["wartet_seit", "id"], name="gespraechsstand_wartet", condition=Q(wartet_seit__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.gespraech_id)

    @property
    def nummer(self) -> str:
        """The common number of the matter the last message was written under."""
        return format_vorgangsnummer(self.bezug_id) if self.bezug_id else ""
