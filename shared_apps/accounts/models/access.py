"""What opens the portal for a person: tickets, keys, sessions, and the count of attempts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shared_apps.accounts.models.people import User
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.models import SharedModel
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.rights import SIGN_IN, Rights


class Handover(SharedModel):
    """Single-use ticket that carries a signed-in person from the portal to one tenant's host.

    Only the SHA-256 of the ticket is stored; valid 30 seconds, for one person and one tenant, and no longer than the
    session it was issued in (`sitzung_id`; empty: by the release before).
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = SIGN_IN

    ticket_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, related_name="+")
    sitzung_id = models.UUIDField("Sitzung, in der sie begann", null=True)
    ziel = models.CharField(max_length=300)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "Übergabe"
        verbose_name_plural = "Übergaben"

    def __str__(self) -> str:
        return f"{self.user_id} {self.tenant_id}"


class ApiToken(SharedModel):
    """Key of a machine or script that acts as one person at one host, within its scopes, until its end.

    Only the SHA-256 is stored.
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    is_journaled: ClassVar[bool] = True  # opens doors
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE", anmeldung="SELECT, INSERT, UPDATE")

    key_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt (leer: Landesportal)"
    )
    bezeichnung = models.CharField("Bezeichnung", max_length=100, blank=True)
    umfang = ArrayField(models.CharField(max_length=20, choices=Umfang), verbose_name="Umfang", default=list)
    expires_at = models.DateTimeField("gültig bis")
    revoked_at = models.DateTimeField("widerrufen am", null=True)
    zuletzt_at = models.DateTimeField("zuletzt benutzt", null=True)

    class Meta:
        verbose_name = "API-Schlüssel"
        verbose_name_plural = "API-Schlüssel"

    def __str__(self) -> str:
        return f"{self.user_id} {self.bezeichnung}"

    @property
    def umfang_text(self) -> str:
        """What the key may do, in words."""
        return ", ".join(Umfang(u).label for u in self.umfang)


class Anmeldeversuch(models.Model):
    """How often was tried, to slow down guessing. Holds a keyed hash of name, network or device, never one of these.

    `anzahl` since `beginn_at`; written by `services.throttle` in one statement before an attempt is made.
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = SIGN_IN

    schluessel = models.CharField(max_length=64, unique=True)
    anzahl = models.PositiveIntegerField("Anzahl")
    beginn_at = models.DateTimeField("gezählt seit", db_index=True)
    zuletzt_at = models.DateTimeField("zuletzt")

    class Meta:
        verbose_name = "Anmeldeversuch"
        verbose_name_plural = "Anmeldeversuche"

    def __str__(self) -> str:
        return self.schluessel[:8]


class Sitzung(SharedModel):
    """One sign-in of a person at one host: what the list of sessions shows, and what ends it from elsewhere.

    The session itself is in Django's store and carries the id of its row here. No address is stored; the device
    is no more than "Firefox auf Windows".
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    is_journaled: ClassVar[bool] = False  # traffic
    rights: ClassVar[Rights] = SIGN_IN

    user = models.ForeignKey(User, models.CASCADE, related_name="sitzungen", verbose_name="Person")
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, related_name="+", verbose_name="Jugendamt")
    geraet = models.CharField("Gerät", max_length=60)
    zuletzt_at = models.DateTimeField("zuletzt benutzt am")
    beendet_at = models.DateTimeField("beendet am", null=True)

    class Meta:
        verbose_name = "Sitzung"
        verbose_name_plural = "Sitzungen"
        indexes = [models.Index(fields=["user", "-zuletzt_at"], name="sitzung_user_zuletzt")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.geraet}"
