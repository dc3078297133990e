"""What an office has set, since when, by whom. Rows are only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy

_ALLE_LESEN = Policy("lesen", "tenants", "SELECT", using="true")


class Vorgabewert(TenantModel):
    """The value of a setting from a day on. The name stays readable when the person has left."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT"
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        _ALLE_LESEN,
        Policy("selbst", "tenants", "INSERT", check="user_id = sojus_user()"),
    )

    vorgabe = models.CharField("Vorgabe", max_length=60)
    gueltig_ab = models.DateField("gilt ab")
    wert = models.JSONField("Wert")
    grund = models.CharField("Grund", max_length=500)
    user_id = models.UUIDField("festgelegt von")
    user_name = models.CharField("festgelegt von (Name)", max_length=220)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Wert einer Vorgabe"
        verbose_name_plural = "Werte von Vorgaben"
        indexes = [models.Index(fields=["vorgabe", "-gueltig_ab", "-created_at"], name="vorgabewert_gilt")]

    def __str__(self) -> str:
        return f"{self.vorgabe} ab {self.gueltig_ab:%d.%m.%Y}"


class Vorgabebestaetigung(TenantModel):
    """A second person has confirmed a value that takes two. Never whoever set it: the database says so, too."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT"
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        _ALLE_LESEN,
        Policy(
            "zweite_person",
            "tenants",
            "INSERT",
            check=(
                "user_id = sojus_user() AND NOT EXISTS (SELECT 1 FROM {schema}.vorgaben_vorgabewert w"
                " WHERE w.id = vorgabewert_id AND w.user_id = sojus_user())"
            ),
        ),
    )

    vorgabewert = models.OneToOneField(
        Vorgabewert, models.PROTECT, related_name="bestaetigung", verbose_name="Wert der Vorgabe"
    )
    user_id = models.UUIDField("bestätigt von")
    user_name = models.CharField("bestätigt von (Name)", max_length=220)

    class Meta:
        verbose_name = "Bestätigung einer Vorgabe"
        verbose_name_plural = "Bestätigungen von Vorgaben"

    def __str__(self) -> str:
        return str(self.vorgabewert_id)
