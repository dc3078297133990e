"""Reads of districts and inhabitants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from shared_apps.regions.models import Bevoelkerungsstand, Gebietskoerperschaft, Postleitzahl


def list_gebietskoerperschaften() -> QuerySet[Gebietskoerperschaft]:
    """All districts and independent cities in the order of the register."""
    return Gebietskoerperschaft.objects.all()


def list_kurznamen() -> dict[str, str]:
    """What districts are called on a screen, by their code. One query."""
    return dict(Gebietskoerperschaft.objects.order_by().values_list("kuerzel", "kurzname"))


def find_postleitzahl(plz: str) -> Postleitzahl | None:
    """The middle of this postcode, where somebody has loaded it. One query."""
    return Postleitzahl.objects.filter(plz=plz).first() if plz else None


def has_postleitzahlen() -> bool:
    """Whether anybody has loaded postcodes (docs/postleitzahlen.md). One query."""
    return Postleitzahl.objects.exists()


def list_postleitzahlen(plz: Iterable[str]) -> dict[str, Postleitzahl]:
    """Those of these postcodes that somebody has loaded. One query."""
    return {ort.plz: ort for ort in Postleitzahl.objects.filter(plz__in=set(plz))}


def list_staende(gebiet: Gebietskoerperschaft) -> QuerySet[Bevoelkerungsstand]:
    """Inhabitants of one district, newest date first, by age."""
    return gebiet.bevoelkerung.order_by("-stichtag", "zensusbasis", "geschlecht", "alter_von", "alter_bis")


@dataclass(frozen=True, slots=True)
class Altersgruppe:
    """An age range [von, bis) as a column; `bis` None: all older ones."""

    von: int
    bis: int | None

    @property
    def label(self) -> str:
        """As read aloud: "unter 18", "6 bis unter 10"."""
        if self.bis is None:
            return "insgesamt" if self.von == 0 else f"ab {self.von}"
        if self.von == 0:
            return f"unter {self.bis}"
        return f"{self.von} bis unter {self.bis}"


@dataclass(frozen=True, slots=True)
class Gebietszeile:
    """One district with its inhabitants by age range at the newest date."""

    gebiet: Gebietskoerperschaft
    stichtag: date | None
    zensusbasis: str
    quelle: str
    geschaetzt: bool
    zellen: list[Bevoelkerungsstand | None]


@dataclass(frozen=True, slots=True)
class Gebietstabelle:
    """Columns, rows and sums of the overview."""

    gruppen: list[Altersgruppe]
    zeilen: list[Gebietszeile]
    summen: list[int | None]


def get_gebietstabelle(*, alle_gruppen: bool = False) -> Gebietstabelle:
    """Inhabitants of all districts, each at its newest date, two queries. Age ranges from 0 on, or all there are."""
    newest: dict[object, list[Bevoelkerungsstand]] = {}
    for stand in Bevoelkerungsstand.objects.filter(geschlecht="").order_by("-stichtag", "-zensusbasis", "alter_von"):
        mine = newest.setdefault(stand.gebietskoerperschaft_id, [])
        if not mine or (mine[0].stichtag, mine[0].zensusbasis) == (stand.stichtag, stand.zensusbasis):
            mine.append(stand)
    used = {
        Altersgruppe(s.alter_von, s.alter_bis)
        for mine in newest.values()
        for s in mine
        if alle_gruppen or s.alter_von == 0
    }
    gruppen = sorted(used, key=lambda g: (g != Altersgruppe(0, None), g.von, g.bis is None, g.bis or 0))
    zeilen = [_zeile(gebiet, newest.get(gebiet.pk, []), gruppen) for gebiet in list_gebietskoerperschaften()]
    summen = []
    for spalte in range(len(gruppen)):
        werte = [zelle.anzahl for z in zeilen if (zelle := z.zellen[spalte])]
        summen.append(sum(werte) if werte and len(werte) == len(zeilen) else None)
    return Gebietstabelle(gruppen, zeilen, summen)


def _zeile(
    gebiet: Gebietskoerperschaft, staende: list[Bevoelkerungsstand], gruppen: list[Altersgruppe]
) -> Gebietszeile:
    by_group = {Altersgruppe(s.alter_von, s.alter_bis): s for s in staende}
    return Gebietszeile(
        gebiet=gebiet,
        stichtag=staende[0].stichtag if staende else None,
        zensusbasis=staende[0].zensusbasis if staende else "",
        quelle=staende[0].quelle if staende else "",
        geschaetzt=any(s.geschaetzt for s in staende),
        zellen=[by_group.get(g) for g in gruppen],
    )
