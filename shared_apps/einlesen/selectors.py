"""Lists that are read in, and their lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.katalog import SPALTE
from shared_apps.einlesen.models import Einleseposten, Einlesezeile, Einlesung
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion

with_people = related("tenant", "eingereicht_von", "freigegeben_von", "aufgehoben_von")
EINLESUNGEN = Liste(
    "einlesen:list", {"neueste": ordnung("created_at", index="einlesung_zeit")}, "-neueste", zeigt=with_people
)
#: States in which a job is at work.
LAEUFT = EINLESUNG.zustaende_mit(EinlesungAktion.ABSCHLIESSEN)
ZEILEN = Liste("einlesen:rows", {"nummer": ordnung("nummer")}, "nummer")
AUSGELASSEN = Liste("einlesen:kept", {"nummer": ordnung("nummer")}, "nummer")


def list_einlesungen(einlesungen: QuerySet[Einlesung]) -> QuerySet[Einlesung]:
    """Newest first."""
    return EINLESUNGEN.order(einlesungen)


def list_stehende(einlesungen: Iterable[Einlesung]) -> frozenset[UUID]:
    """Of these lists those that nobody works on: their job was given up. One query, where a job should be at work."""
    ids = [str(einlesung.pk) for einlesung in einlesungen if einlesung.zustand in LAEUFT]
    if not ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM einlesen_stehen(%s::uuid[])", [ids])
        return frozenset(pk for (pk,) in cursor.fetchall())


def count_stehende_of(tenant_id: int) -> int:
    """How many lists of an office nobody works on; asked in its own request, too, which reads no lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT einlesen_stehende(%s)", [tenant_id])
        return cursor.fetchone()[0]


def list_zeilen(einlesung: Einlesung, *, befund: str = "") -> QuerySet[Einlesezeile]:
    """Lines in the order of the file, all or those with this finding."""
    rows = einlesung.zeilen.all()
    return ZEILEN.order(rows.filter(befund=befund) if befund else rows)


def count_befunde(einlesung: Einlesung) -> dict[Befund, int]:
    """How many lines have which finding; each there is, with 0, too."""
    gezaehlt = dict(einlesung.zeilen.values_list("befund").annotate(zahl=Count("pk")).order_by())
    return {befund: gezaehlt.get(befund.value, 0) for befund in Befund}


def list_ausgelassen(einlesung: Einlesung) -> QuerySet[Einleseposten]:
    """What stayed when the list was taken back."""
    return AUSGELASSEN.order(einlesung.posten.exclude(grund=""))


@dataclass(frozen=True, slots=True)
class Meldung:
    """What is said of a cell: the name of its column in the file, and what to do."""

    spalte: str
    text: str


@dataclass(frozen=True, slots=True)
class GezeigteZeile:
    """A line for the page: what it is about, and what is said of it."""

    nummer: int
    befund: Befund
    anbieter: str
    einrichtung: str
    angebot: str
    meldungen: list[Meldung]


def show_zeile(einlesung: Einlesung, zeile: Einlesezeile) -> GezeigteZeile:
    """A line in words. A column keeps the name that the file gives it."""

    def cell(code: str) -> str:
        stelle = einlesung.zuordnung.get(code)
        return zeile.werte[stelle] if stelle is not None and stelle < len(zeile.werte) else ""

    return GezeigteZeile(
        nummer=zeile.nummer,
        befund=Befund(zeile.befund),
        anbieter=cell("anbieter"),
        einrichtung=cell("einrichtung"),
        angebot=cell("angebot"),
        meldungen=[Meldung(name_spalte(einlesung, m["spalte"]), m["text"]) for m in zeile.meldungen],
    )


def name_spalte(einlesung: Einlesung, code: str) -> str:
    """What the file calls a column, or what it is called here."""
    stelle = einlesung.zuordnung.get(code)
    if stelle is not None and stelle < len(einlesung.kopf):
        return einlesung.kopf[stelle]
    return SPALTE[code].label if code in SPALTE else ""


def list_fehlerhafte(einlesung: Einlesung) -> tuple[list[str], list[list[str]]]:
    """Faulty lines as they were sent, with a last column that says why: to be mended and sent again."""
    zeilen = []
    for zeile in list_zeilen(einlesung, befund=Befund.FEHLERHAFT):
        gezeigt = show_zeile(einlesung, zeile)
        werte = [*zeile.werte, *[""] * (len(einlesung.kopf) - len(zeile.werte))][: len(einlesung.kopf)]
        zeilen.append([*werte, " ".join(f"{m.spalte}: {m.text}".lstrip(": ") for m in gezeigt.meldungen)])
    return [*einlesung.kopf, "Was zu berichtigen ist"], zeilen


def beispiele(einlesung: Einlesung) -> Mapping[int, str]:
    """The first text there is in each column of the file, to recognise it by."""
    found: dict[int, str] = {}
    for werte in einlesung.zeilen.order_by("nummer").values_list("werte", flat=True)[:20]:
        for stelle, wert in enumerate(werte):
            if wert:
                found.setdefault(stelle, wert[:40])
    return found
