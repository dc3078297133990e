"""What an office has set, since when, by whom. Rows are only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from tenant_apps.vorgaben.katalog import list_erklaerte
from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy

_ALLE_LESEN = Policy("lesen", "tenants", "SELECT", using="true")
#: By the database's clock, whatever day the portal shows (`shared_apps.core.clock.real_today`).
_HEUTE = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
#: Of two values for one day the one set last holds, so no row may claim another moment. Clocks of two machines differ.
_JETZT = "created_at >= now() - interval '5 minutes' AND created_at <= clock_timestamp() + interval '5 minutes'"


def _check_wert() -> str:
    """A row of `Vorgabewert`: in one's own name, now, from today on at the earliest, and a value of its setting."""
    erlaubt = " ".join(f"WHEN '{vorgabe.code}' THEN {vorgabe.condition()}" for vorgabe in list_erklaerte())
    return (
        f"user_id = sojus_user() AND {_JETZT} AND gueltig_ab >= {_HEUTE} AND grund <> ''"
        f" AND CASE vorgabe {erlaubt} ELSE false END"
    )


def _check_bestaetigung() -> str:
    """A row of `Vorgabebestaetigung`: of a second person, for the newest proposal of what takes two, before its day."""
    zu_zweit = ", ".join(f"'{vorgabe.code}'" for vorgabe in list_erklaerte() if vorgabe.zu_zweit)
    neuere = "SELECT 1 FROM {schema}.vorgaben_vorgabewert n WHERE n.vorgabe = w.vorgabe AND n.created_at > w.created_at"
    fremd = "w.user_id <> sojus_user() AND w.user_id <> ALL (accounts_eigene_konten())"
    wartend = f"{fremd} AND w.vorgabe IN ({zu_zweit}) AND w.gueltig_ab >= {_HEUTE}"
    return (
        f"user_id = sojus_user() AND {_JETZT} AND EXISTS ("  # noqa: S608 (of declarations and constants)
        "SELECT 1 FROM {schema}.vorgaben_vorgabewert w WHERE w.id = vorgabewert_id"
        f" AND {wartend} AND NOT EXISTS ({neuere}))"
    )


class Vorgabewert(TenantModel):
    """The value of a setting from a day on. The name stays readable when the person has left."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT"
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        _ALLE_LESEN,
        Policy("selbst", "tenants", "INSERT", says=_check_wert),
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
        Policy("zweite_person", "tenants", "INSERT", says=_check_bestaetigung),
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
