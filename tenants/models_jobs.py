"""What the operator sees of jobs beside the queue itself: why one failed, and who had it done again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid6 import uuid7

from tenants.data_class import DataClass
from tenants.rights import Policy, Rights


class Jobfehler(models.Model):
    """One attempt of a job that failed. Says kind and place of the error, never its text: that may name a person."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, DELETE")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("am", auto_now_add=True)
    job_nr = models.BigIntegerField("Nummer des Auftrags", db_index=True)
    meldung = models.CharField("Meldung", max_length=200)

    class Meta:
        verbose_name = "Fehler eines Auftrags"
        verbose_name_plural = "Fehler von Aufträgen"

    def __str__(self) -> str:
        return f"{self.job_nr}: {self.meldung}"


class Jobwiederholung(models.Model):
    """An operator has had a failed job done again. The row is what the operator's journal shows."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT",
        policies=(
            Policy("ansehen", "app", "SELECT", using="true"),
            Policy("wiederholen", "app", "INSERT", check="public.sojus_ist_betreiber()"),
        ),
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("am", auto_now_add=True)
    job_nr = models.BigIntegerField("Nummer des Auftrags")
    art = models.CharField("Auftrag", max_length=128)
    user_id = models.UUIDField("Person")

    class Meta:
        verbose_name = "Wiederholung eines Auftrags"
        verbose_name_plural = "Wiederholungen von Aufträgen"

    def __str__(self) -> str:
        return f"{self.art} {self.job_nr}"
