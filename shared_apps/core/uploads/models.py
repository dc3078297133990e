"""What a row says of the file that it holds."""

from __future__ import annotations

from django.db import models

from shared_apps.core.uploads.states import LESBAR, Dateipruefung


class Hochgeladen(models.Model):
    """A row with a file that people hand in. Rows from before there was a scanner count as not scanned."""

    pruefung = models.CharField(
        "Prüfung",
        max_length=10,
        choices=Dateipruefung.choices(),
        default=Dateipruefung.UNGEPRUEFT.value,
        db_default=Dateipruefung.UNGEPRUEFT.value,
    )
    hochgeladen_at = models.DateTimeField("hochgeladen am", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def ist_freigegeben(self) -> bool:
        """Whether its file may be given to anybody."""
        return self.pruefung in LESBAR
