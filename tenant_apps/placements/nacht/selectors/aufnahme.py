"""A place that is held for a child of the night: where it stands, what is still to do, what is still to be entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.core.clock import real_now, today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.zahlwort import wie_alt
from tenant_apps.cases.models import HilfefallZustand, Klient, KlientGeschlecht
from tenant_apps.placements.enums import Nachtpflicht
from tenant_apps.placements.models import ANGABEN_FEHLEN, PFLICHT_FEHLT, Nachtaufnahme, Nachtschritt
from tenant_apps.placements.nacht.selectors.alter import get_alter
from tenant_apps.placements.nacht.selectors.angebote import Nachtfrage
from tenant_apps.placements.states import RESERVIERUNG_LEBEND, ReservierungZustand

NACHZUTRAGEN = Liste(
    "placements:nachzutragen",
    {"faellig": ordnung("faellig_am", index="nachtaufnahme_offen")},
    "faellig",
    zeigt=related("klient", "hilfefall__fachkraft", "reservierung__einrichtung"),
)
EIGENE = Liste(
    "placements:nacht_eigene",
    {"neueste": ordnung("created_at")},
    "-neueste",
    zeigt=related("klient", "hilfefall", "reservierung__einrichtung"),
)
PFLICHTEN_OFFEN = Liste(
    "placements:nacht_pflichten",
    {"tag": ordnung("tag", index="nachtaufnahme_pflichten")},
    "tag",
    zeigt=related("klient", "hilfefall__fachkraft", "reservierung__einrichtung"),
)
#: In this time two children of one age and sex, of one person, are taken for the same one until she says otherwise.
EINE_NACHT = timedelta(hours=12)
#: As many of them as a page names.
GLEICHE_HOECHSTENS = 5
#: What pages call a child by sex; empty: nobody could say.
GESCHLECHT_WORT = {"m": "Junge", "w": "Mädchen", "d": "Divers", "": "Geschlecht unbekannt"}
#: Each duty in words, with the paragraph of § 42 SGB VIII it is from and when it holds.
PFLICHTEN: dict[Nachtpflicht, tuple[str, str, str]] = {
    Nachtpflicht.VERTRAUENSPERSON: (
        "Gelegenheit geben, eine Person des Vertrauens zu benachrichtigen",
        "§ 42 Abs. 2 SGB VIII",
        "unverzüglich",
    ),
    Nachtpflicht.SORGEBERECHTIGTE: (
        "Sorge- oder Erziehungsberechtigte unterrichten und aufklären",
        "§ 42 Abs. 3 SGB VIII",
        "unverzüglich",
    ),
    Nachtpflicht.FAMILIENGERICHT: (
        "Entscheidung des Familiengerichts herbeiführen",
        "§ 42 Abs. 3 SGB VIII",
        "unverzüglich, wenn sie widersprechen und das Kind nicht zurückkann, oder wenn niemand erreichbar ist",
    ),
}


@dataclass(frozen=True, slots=True)
class Pflicht:
    """A duty as a tick: what, where it is written, and who did it when."""

    code: str
    text: str
    quelle: str
    wann: str
    schritt: Nachtschritt | None


def list_pflichten(aufnahme: Nachtaufnahme) -> list[Pflicht]:
    """All duties in their order, each with its tick. One query."""
    schritte = {schritt.pflicht: schritt for schritt in aufnahme.schritte.select_related("erledigt_von")}
    return [
        Pflicht(pflicht.value, text, quelle, wann, schritte.get(pflicht.value))
        for pflicht, (text, quelle, wann) in PFLICHTEN.items()
    ]


def find_begonnene(rows: QuerySet[Nachtaufnahme], pk: UUID) -> Nachtaufnahme | None:
    """The child that was taken in with this number, while her case is open. One query."""
    return rows.exclude(hilfefall__zustand=HilfefallZustand.ABGESCHLOSSEN).filter(pk=pk).first()


def list_gleiche(rows: QuerySet[Nachtaufnahme], gesucht: Nachtfrage, *, user_id: UUID) -> list[Nachtaufnahme]:
    """Children of this age and sex whose place is held or booked since this night, and whom this person has taken in or
    moved, the newest first, `GLEICHE_HOECHSTENS` at most: one of them is probably asked for again. One query."""
    if gesucht.alter is None:
        return []
    gehalten = Q(reservierung__zustand__in=RESERVIERUNG_LEBEND, reservierung__ablauf_at__gt=real_now())
    ihres = Q(reservierung__auswahlvermerk__fachkraft_id=user_id) | Q(hilfefall__fachkraft_id=user_id)
    found = (
        rows.filter(
            gehalten | Q(reservierung__zustand=ReservierungZustand.GEBUCHT),
            ihres,
            alter=gesucht.alter,
            klient__geschlecht=KlientGeschlecht.from_kuerzel(gesucht.geschlecht or "x"),
            created_at__gt=real_now() - EINE_NACHT,
        )
        .exclude(hilfefall__zustand=HilfefallZustand.ABGESCHLOSSEN)
        .order_by("-created_at", "-pk")
    )
    return list(found[:GLEICHE_HOECHSTENS])


def gesucht_of(aufnahme: Nachtaufnahme, *, kurz: bool = False, mehr: int = 0, ab_plz: str = "") -> Nachtfrage:
    """For whom a place is looked for again; `kurz`: for one night; `mehr`: how often somebody wanted to see more;
    `ab_plz`: where the way begins."""
    klient: Klient = aufnahme.klient
    alter = get_alter(klient, today())
    return Nachtfrage(aufnahme.alter if alter is None else alter, _geschlecht(klient), kurz, mehr, ab_plz)


def describe_gesucht(gesucht: Nachtfrage) -> str:
    """ "Junge, 9 Jahre": all that is known of the child."""
    wort = GESCHLECHT_WORT[gesucht.geschlecht]
    return wort if gesucht.alter is None else f"{wort}, {wie_alt(gesucht.alter)}"


@dataclass(frozen=True, slots=True)
class Nachtstand:
    """What became of the place: one word for the page, and what may still be done."""

    text: str
    gehalten: bool
    gebucht: bool = False
    #: The house has consented itself; nobody has to be called any more.
    zugestimmt: bool = False
    freigegeben: bool = False


def get_stand(aufnahme: Nachtaufnahme) -> Nachtstand:
    """As of now: a hold whose time is over is none, whoever has swept it already."""
    reservierung = aufnahme.reservierung
    zustand = ReservierungZustand(reservierung.zustand)
    if zustand == ReservierungZustand.GEBUCHT:
        return Nachtstand("Gebucht", gehalten=False, gebucht=True)
    if zustand in RESERVIERUNG_LEBEND and reservierung.ablauf_at > real_now():
        return Nachtstand("Gehalten", gehalten=True, zugestimmt=zustand == ReservierungZustand.ZUGESTIMMT)
    worte = {
        ReservierungZustand.ZURUECKGEZOGEN: "Freigegeben",
        ReservierungZustand.ABGELEHNT: "Vom Haus abgelehnt",
    }
    return Nachtstand(
        worte.get(zustand, "Nicht mehr gehalten: die Zeit ist abgelaufen"),
        gehalten=False,
        freigegeben=zustand == ReservierungZustand.ZURUECKGEZOGEN,
    )


def open_aufnahmen(rows: QuerySet[Nachtaufnahme]) -> QuerySet[Nachtaufnahme]:
    """Children whose name, birth or PKZ is still to be entered, while their case is open."""
    return rows.filter(ANGABEN_FEHLEN)


def with_open_pflichten(rows: QuerySet[Nachtaufnahme]) -> QuerySet[Nachtaufnahme]:
    """Those with a duty without its tick, while their case is open and nobody has given the place back."""
    return rows.filter(PFLICHT_FEHLT).exclude(reservierung__zustand=ReservierungZustand.ZURUECKGEZOGEN)


def list_offene(rows: Sequence[Nachtaufnahme]) -> list[tuple[Nachtaufnahme, str, list[str]]]:
    """Rows of the list, each with the child and the duties that are still open, in their order. One query."""
    getan = set(Nachtschritt.objects.filter(nachtaufnahme__in=rows).values_list("nachtaufnahme_id", "pflicht"))
    return [
        (row, describe_kind(row), [p[0] for pflicht, p in PFLICHTEN.items() if (row.pk, pflicht.value) not in getan])
        for row in rows
    ]


def describe_eigene(rows: Sequence[Nachtaufnahme]) -> list[tuple[Nachtaufnahme, Nachtstand, str]]:
    """Rows of her own with what became of the place, and the child as it was called that night."""
    return [(row, get_stand(row), describe_kind(row)) for row in rows]


def describe_kind(row: Nachtaufnahme) -> str:
    """ "Junge, 9 Jahre": the child as she was called that night. Two of them are told apart by the time and the number
    of the reservation, which every list shows beside it."""
    return describe_gesucht(Nachtfrage(row.alter, _geschlecht(row.klient)))


def _geschlecht(klient: Klient) -> str:
    return "" if klient.geschlecht == KlientGeschlecht.OHNE_ANGABE else klient.geschlecht_kuerzel


def describe_zeilen(rows: Sequence[Nachtaufnahme]) -> list[tuple[Nachtaufnahme, str, Nachtstand, bool, str]]:
    """Rows of the list with the child, what became of the place, whether it is due today or was, and what is missing.
    Opens nothing that is sealed."""
    return [
        (row, describe_kind(row), get_stand(row), row.faellig_am <= today(), _describe_fehlendes(row)) for row in rows
    ]


def _describe_fehlendes(row: Nachtaufnahme) -> str:
    """ "Geburtsdatum, PKZ": what nobody has entered yet, and nothing else."""
    namen = [] if row.nachgetragen_at else row.klient.list_fehlende()
    return ", ".join([*namen, *(["PKZ"] if row.pkz_fehlt else [])])
