"""Pictures and papers of a facility, as its own people see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import Any

from django.db.models import QuerySet

from shared_apps.core.clock import real_now
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.models import DOKUMENTE, Einrichtung, EinrichtungDokument, Foto, LeqVereinbarung

#: Kinds a provider enters itself; a licence is entered with its limits.
EINGEREICHT = ("leistungsbeschreibung", "leq-vereinbarung")
#: The scanner is asked every minute. What waits longer waits for somebody to look after it.
ZU_LANGE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Eintrag:
    """A paper and what its people may do with it."""

    dokument: EinrichtungDokument
    ist_ihres: bool

    @property
    def art(self) -> str:
        """Its kind in words."""
        return str(self.dokument._meta.verbose_name)

    @property
    def ist_eingereicht(self) -> bool:
        """Whether it is entered and ended here; a licence has pages of its own."""
        return self.kennung in EINGEREICHT

    @property
    def kennung(self) -> str:
        """Its kind in an address."""
        return self.dokument.kennung

    @property
    def fehlt(self) -> bool:
        """Whether it has no file; one that was refused is told apart."""
        return not self.dokument.datei and self.dokument.pruefung != Dateipruefung.BEFALLEN

    @property
    def ist_befallen(self) -> bool:
        """Whether the scanner refused its file."""
        return self.dokument.pruefung == Dateipruefung.BEFALLEN


def list_fotos(einrichtung: Einrichtung) -> QuerySet[Foto]:
    """All pictures that were not taken away, in their order."""
    return Foto.objects.filter(einrichtung=einrichtung, gueltig_bis=None).order_by("reihenfolge", "id")


def find_ohne_text(einrichtung: Einrichtung) -> Foto | None:
    """The first picture that still waits for its words."""
    wartende = list_fotos(einrichtung).exclude(pruefung=Dateipruefung.BEFALLEN)
    return wartende.filter(alternativtext="").first()


def list_dokumente(einrichtung: Einrichtung) -> list[Eintrag]:
    """Papers by kind, the newest of each first; one query a kind."""
    return [
        Eintrag(dokument, getattr(dokument, "vom_anbieter", True))
        for art in DOKUMENTE.values()
        for dokument in _with_amt(art).filter(einrichtung=einrichtung)
    ]


def _with_amt(art: type[EinrichtungDokument]) -> QuerySet[Any]:
    """Papers of a kind, an agreement with the only office it was made with."""
    rows: QuerySet[Any] = art._default_manager.all()
    return rows.select_related("jugendamt") if art is LeqVereinbarung else rows


def iter_dateinamen() -> Iterator[str]:
    """Names of all files that some row names."""
    arten: list[Any] = [Foto, *DOKUMENTE.values()]
    for art in arten:
        yield from art._default_manager.exclude(datei="").values_list("datei", flat=True)
    yield from Foto.objects.exclude(vorschau="").values_list("vorschau", flat=True)


def count_zu_lange_wartende() -> int:
    """Files that wait for the scanner for longer than an hour, whoever handed them in; one query."""
    arten: list[Any] = [Foto, *DOKUMENTE.values()]
    wartende = [
        art._default_manager.filter(pruefung=Dateipruefung.WARTET, hochgeladen_at__lt=real_now() - ZU_LANGE)
        .exclude(datei="")
        .order_by()
        .values("pk")
        for art in arten
    ]
    return reduce(lambda eine, andere: eine.union(andere, all=True), wartende).count()
