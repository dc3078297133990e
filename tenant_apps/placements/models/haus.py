"""What holds a place: in a house of the register, or in one of the office's own list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from shared_apps.providers.rules import Kapazitaetswort, kapazitaetswort
from tenant_apps.placements.models.fremd import Fremdeinrichtung
from tenants.tables.base import SharedReference


class MitHaus(models.Model):
    """What holds a place: in a house of the register, or in one of the office's own list, which has no place here.

    Both sides name it by the same number.
    """

    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    anbieter = SharedReference(Anbieter, null=True, verbose_name="Anbieter")
    einrichtung = SharedReference(Einrichtung, null=True, verbose_name="Einrichtung")
    angebot = SharedReference(Angebot, null=True, verbose_name="Angebot")
    #: Where it is not in the register: all three, and what holds a place, are empty (ADR 0089).
    fremdeinrichtung = models.ForeignKey(
        Fremdeinrichtung, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="Einrichtung außerhalb des Verzeichnisses",
    )  # fmt: skip
    platzbindung_id = models.UUIDField("Platzbindung", unique=True, null=True)

    class Meta:
        abstract = True

    @property
    def nummer(self) -> str:
        """The common number of reservation, booking and of the provider's pointers."""
        return format_vorgangsnummer(self.platzbindung_id or getattr(self, "reservierung_id", None) or self.pk)

    @property
    def haus(self) -> Any:
        """The facility, wherever it is written down: `name`, `strasse`, `plz`, `ort`, `telefon`."""
        return self.fremdeinrichtung if self.fremdeinrichtung_id else self.einrichtung

    @property
    def land(self) -> str:
        """The federal state the facility is in."""
        return str(self.haus.land if self.ist_ausserhalb else self.haus.gebietskoerperschaft.land)

    @property
    def ist_ausserhalb(self) -> bool:
        """Whether the facility is not in the register."""
        return self.fremdeinrichtung_id is not None

    @property
    def bindung_id(self) -> UUID:
        """What holds its place; a house outside of the register has none."""
        assert self.platzbindung_id is not None
        return self.platzbindung_id

    def to_anbieter(self) -> dict[str, Any]:
        """Whom a pointer about it goes to, for `notify_anbieter`; nobody outside of the register gets one."""
        assert not self.ist_ausserhalb
        return {"angebot": self.angebot, "anbieter_id": self.anbieter_id, "platzbindung_id": self.platzbindung_id}

    @property
    def anbieter_name(self) -> str:
        """Who runs the facility."""
        return str(self.anbieter) if self.fremdeinrichtung is None else self.fremdeinrichtung.anbieter

    @property
    def worte(self) -> Kapazitaetswort:
        """What pages call that which is held."""
        return kapazitaetswort(je_tag=self.hilfeart.ist_stationaer)


def ein_haus(*mehr: str) -> Q:
    """A house of the register with its place, or one of the office's own list: one of both, as a whole."""
    spalten = ("anbieter", "einrichtung", "angebot", "platzbindung_id", *mehr)
    return Q(fremdeinrichtung__isnull=True, **{f"{name}__isnull": False for name in spalten}) | Q(
        fremdeinrichtung__isnull=False, **{f"{name}__isnull": True for name in spalten}
    )
