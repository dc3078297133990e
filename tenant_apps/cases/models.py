"""The young person and the case. Everything here is social data of one youth office."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from uuid6 import uuid7

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.encrypted import BlindIndexesField, BlindIndexField, EncryptedDateField, EncryptedTextField
from tenant_apps.cases.querysets import PKZ, KlientManager, index_parts
from tenants.base import SharedReference, TenantModel
from tenants.data_class import DataClass


class KlientGeschlecht(models.TextChoices):
    """As in the statistics code list (codes_kjh.json, geschlecht)."""

    MAENNLICH = "1", "männlich"
    WEIBLICH = "2", "weiblich"
    DIVERS = "3", "divers"
    OHNE_ANGABE = "7", "ohne Angabe (§ 22 Abs. 3 PStG)"


class Personenschluessel(TenantModel):
    """Data key of one person (its id is the person's), wrapped by the tenant's key. Without it nobody reads her name.

    A table of its own, so that long-kept dumps can leave it out (ADR 0017).
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL

    schluessel = models.BinaryField("Schlüssel")

    class Meta:
        verbose_name = "Schlüssel einer Person"
        verbose_name_plural = "Schlüssel von Personen"

    def __str__(self) -> str:
        return str(self.pk)


class Klient(TenantModel):
    """A young person who receives help. Who she is stands encrypted; she is found by blind index."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM

    pkz = EncryptedTextField("PKZ", max_length=20)
    vorname = EncryptedTextField("Vorname", max_length=100)
    nachname = EncryptedTextField("Nachname", max_length=100)
    geburtsdatum = EncryptedDateField("Geburtsdatum")
    geschlecht = models.CharField("Geschlecht", max_length=1, choices=KlientGeschlecht)
    pkz_index = BlindIndexField("PKZ (Index)", of="pkz_parts")
    suchindex = BlindIndexesField(verbose_name="Suchindex", of="such_parts")

    objects = KlientManager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Klient"
        verbose_name_plural = "Klienten"
        indexes = [GinIndex(fields=["suchindex"], name="klient_suchindex")]
        constraints = [
            models.UniqueConstraint(name="klient_pkz_einmal", fields=["pkz_index"], condition=~Q(pkz_index=""))
        ]

    def __str__(self) -> str:
        return f"{self.nachname}, {self.vorname}"

    @property
    def pkz_parts(self) -> tuple[str, ...]:
        """What the unique index of the PKZ is made of."""
        return (PKZ, self.pkz) if self.pkz else ()

    @property
    def such_parts(self) -> list[tuple[str, str]]:
        """By what she is found."""
        geboren = self._meta.get_field("geburtsdatum").to_python(self.geburtsdatum)
        return index_parts(vorname=self.vorname, nachname=self.nachname, pkz=self.pkz, geburtsdatum=geboren)

    def alter_am(self, tag: date) -> int:
        """Completed years of age on a day."""
        had_birthday = (tag.month, tag.day) >= (self.geburtsdatum.month, self.geburtsdatum.day)
        return tag.year - self.geburtsdatum.year - (0 if had_birthday else 1)


class HilfefallZustand(models.TextChoices):
    """Life of a case."""

    OFFEN = "OFFEN", "offen"
    LAUFEND = "LAUFEND", "Hilfe läuft"
    ABGESCHLOSSEN = "ABGESCHLOSSEN", "abgeschlossen"


class Hilfefall(TenantModel):
    """One case of one young person, with the social worker in charge and her team."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM

    fallnummer = models.CharField("Fallnummer", max_length=20, unique=True)
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="hilfefaelle", verbose_name="Klient")
    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    team = models.CharField("Team", max_length=60, blank=True)
    zustand = models.CharField("Zustand", max_length=16, choices=HilfefallZustand, default=HilfefallZustand.OFFEN)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Hilfefall"
        verbose_name_plural = "Hilfefälle"
        indexes = [models.Index(fields=["fachkraft", "zustand"], name="hilfefall_fachkraft")]
        permissions = [("mitarbeiten_hilfefall", "Darf an diesem Hilfefall mitarbeiten (Vertretung, zweite Fachkraft)")]

    def __str__(self) -> str:
        return self.fallnummer


class HilfefallUserObjectPermission(UserObjectPermissionBase):
    """Exceptional right of one person to one case. Direct key: the row lies in the tenant's schema."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Person"
    )
    permission = models.ForeignKey(
        Permission,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        related_query_name="hilfefalluserobjectpermission",  # guardian asks from the permission's side
        verbose_name="Recht",
    )
    content_object = models.ForeignKey(Hilfefall, models.CASCADE, verbose_name="Hilfefall")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "Recht an einem Hilfefall"
        verbose_name_plural = "Rechte an Hilfefällen"


class HilfefallGroupObjectPermission(GroupObjectPermissionBase):
    """Counterpart for groups; guardian asks for both."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(
        "auth.Group", models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Gruppe"
    )
    permission = models.ForeignKey(
        Permission,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        related_query_name="hilfefallgroupobjectpermission",
        verbose_name="Recht",
    )
    content_object = models.ForeignKey(Hilfefall, models.CASCADE, verbose_name="Hilfefall")

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = "Recht einer Gruppe an einem Hilfefall"
        verbose_name_plural = "Rechte von Gruppen an Hilfefällen"
