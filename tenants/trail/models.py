"""Columns that the trail of an office and the journal of the shared tables have in common."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.trail.parts import Part


class ChangedRow(models.Model):
    """One row that a statement changed, noted by a trigger (tenants.trail.triggers): names of columns, never values."""

    is_trail: ClassVar[bool] = True
    trail_part: ClassVar[Part] = Part.CHANGES

    user_id = models.UUIDField("Person", null=True)
    datenbankrolle = models.CharField("Datenbankrolle", max_length=63)
    datenbanklogin = models.CharField("Datenbank-Anmeldung", max_length=63)
    art = models.CharField("Art", max_length=16)
    tabelle = models.CharField("Tabelle", max_length=63)
    zeile = models.CharField("Zeile", max_length=40, blank=True)
    felder = ArrayField(models.CharField(max_length=63), default=list, verbose_name="Felder")
    request_id = models.CharField("Anfrage", max_length=36, blank=True)
    transaktion = models.BigIntegerField("Transaktion")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.art} {self.tabelle} {self.zeile}"


class Seal(models.Model):
    """Seal over the entries of a minute: lists their posten, chained with the seal before (tenants/trail/chain.py)."""

    is_trail: ClassVar[bool] = True
    trail_part: ClassVar[Part] = Part.SEALS

    nummer = models.BigIntegerField("Nummer", unique=True)
    anzahl = models.PositiveIntegerField("Anzahl")
    vorgaenger = models.CharField("Prüfsumme des Vorgängers", max_length=64, blank=True)
    posten = ArrayField(models.TextField(), default=list, verbose_name="Posten")
    spalten = models.JSONField("Spalten", default=dict)
    pruefsumme = models.CharField("Prüfsumme", max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Siegel {self.nummer}"


class SealedRow(models.Model):
    """Hash of one entry under its seal; stays when the entry itself is removed after its time.

    nur_lesen: the entry says only that somebody looked. Entries of no other kind are ever removed.
    """

    is_trail: ClassVar[bool] = True
    trail_part: ClassVar[Part] = Part.SEALED

    tabelle = models.CharField("Tabelle", max_length=63)
    zeile = models.CharField("Zeile", max_length=40)
    zeit = models.DateTimeField("Zeit")
    zeilenhash = models.CharField("Prüfsumme der Zeile", max_length=64)
    nur_lesen = models.BooleanField("nur gelesen", default=False, db_default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.tabelle} {self.zeile}"
