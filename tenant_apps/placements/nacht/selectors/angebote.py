"""What is free tonight and takes somebody in, over all kinds of help that are meant for it, the nearest first.

It is the search (ADR 0077), in one statement for all kinds of help, with tonight as its period and the whole state as
its reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.selectors import list_hilfearten
from shared_apps.core.clock import local_date, today
from shared_apps.core.zahlwort import altersspanne, anzahl_jahre
from shared_apps.providers.models import Angebot, Einrichtung
from shared_apps.providers.rules import vakanzstand
from tenant_apps.placements.enums import AUSSCHLUSS_WORT, Reichweite
from tenant_apps.placements.nacht.selectors.telefone import Telefon, list_telefone
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors.ausschluss import NichtPassend, load_nicht_passend
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.markt import find_nicht_passend
from tenant_apps.placements.search.selectors.search import (
    Ergebnis,
    Zahlen,
    build_zahlen,
    build_zeile,
    get_region,
    search_arten,
)
from tenant_apps.placements.search.selectors.treffer import NACHT, Eingrenzung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.vorgaben import NACHT_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe

#: Codes of the catalogue: who takes a child in at once (§ 42), and homes (§ 34), those for a crisis among them.
NACHT_HILFEARTEN = ("S42", "S34")
#: The catalogue's speciality of an offer that takes in a crisis.
KRISE = "krisenaufnahme"
#: Whom an offer takes at night, where not everybody.
NUR = {"w": "nur Mädchen", "m": "nur Jungen"}
#: As many as somebody reads at night; what lies further away is counted.
GEZEIGT = 20


@dataclass(frozen=True, slots=True)
class Nachtfrage:
    """For whom: what two questions give. `alter` None and `geschlecht` empty limit nothing. `kurz`: for one night only;
    the list is then of all that is free for this night, longer or not."""

    alter: int | None = None
    geschlecht: str = ""
    kurz: bool = False
    #: How often somebody wanted to see more.
    mehr: int = 0
    #: The postcode from whose middle the way is counted; empty: from the office's seat.
    ab_plz: str = ""


@dataclass(frozen=True, slots=True)
class Nachtergebnis:
    """The nearest offers that can be reserved, and what became of all that were looked at.

    `kriterien`: what was asked of each kind of help, by its code.
    """

    kriterien: Mapping[str, Kriterien]
    treffer: tuple[tuple[str, Trefferzeile], ...]
    zahlen: Zahlen

    @property
    def bis(self) -> date | None:
        """The last day a place is looked for."""
        return next((eine.ende for eine in self.kriterien.values()), None)

    @property
    def weitere(self) -> int:
        """How many are free beyond those that are shown."""
        return self.zahlen.verfuegbar - len(self.treffer)

    @property
    def teile(self) -> list[tuple[int, str, str]]:
        """What does not fit, by the first reason: number, word, code. The numbers add up to `nicht_passend`."""
        return [(zahl, AUSSCHLUSS_WORT[grund], grund.value) for grund, zahl in self.zahlen.ausschluesse.items()]

    @property
    def nicht_passend(self) -> int:
        return sum(self.zahlen.ausschluesse.values())

    def find_hilfeart(self, angebot_id: UUID) -> str | None:
        """Code of the kind of help of an offer that is shown."""
        return next((code for code, zeile in self.treffer if zeile.angebot == angebot_id), None)

    def as_ergebnis(self, code: str) -> Ergebnis:
        """The whole list as it was shown, under the criteria of one kind of help: what a search keeps."""
        arten = tuple(str(eine.hilfeart) for eine in self.kriterien.values())
        return Ergebnis(self.kriterien[code], tuple(zeile for _, zeile in self.treffer), self.zahlen, hilfearten=arten)


def search_nacht(gesucht: Nachtfrage, *, region: str) -> Nachtergebnis:
    """Search all kinds of help for tonight. `region`: the office's Kürzel, from whose seat the way is counted where
    nothing else is said.

    One statement, and one for each thing that it needs: kinds of help, the district, the criteria of each module.
    """
    naechte = 1 if gesucht.kurz else get_vorgabe(NACHT_TAGE)
    kriterien = {art.code: _kriterien(art, gesucht, region, naechte) for art in _list_hilfearten()}
    if not kriterien:
        return Nachtergebnis({}, (), Zahlen(0, {}))
    markt = search_arten(
        list(kriterien.values()), sortierung=NACHT, eingrenzung=Eingrenzung(), hoechstens=GEZEIGT * (1 + gesucht.mehr)
    )
    codes = {eine.hilfeart.pk: code for code, eine in kriterien.items()}
    treffer = tuple(
        (codes[zeile.hilfeart], build_zeile(zeile, kriterien[codes[zeile.hilfeart]])) for zeile in markt.zeilen
    )
    return Nachtergebnis(kriterien, treffer, build_zahlen(markt.je_grund))


def _list_hilfearten() -> Sequence[Hilfeart]:
    return list(list_hilfearten().filter(code__in=NACHT_HILFEARTEN).select_related("modul"))


def _kriterien(hilfeart: Hilfeart, gesucht: Nachtfrage, region: str, naechte: int) -> Kriterien:
    """Tonight: from today on, whatever the hour, for this many nights; she leaves on the day after the last one."""
    return Kriterien(
        hilfeart=hilfeart,
        region=region,
        beginn=today(),
        ende=today() + timedelta(days=naechte),
        reichweite=Reichweite.LAND.value,
        alter=gesucht.alter,
        geschlecht=gesucht.geschlecht,
        ab_plz=gesucht.ab_plz,
    )


#: What a call may still change tonight: by how much the age is off, until when it is taken, why it is stopped.
BEINAHE = (Ausschluss.ALTER, Ausschluss.BELEGT, Ausschluss.STOPP, Ausschluss.ZEITRAUM, Ausschluss.GESCHLECHT)
#: How many are shown of each reason where nothing is free, and of one reason that was asked for.
BEINAHE_JE_GRUND, BEINAHE_EINER = 5, 25


@dataclass(frozen=True, slots=True)
class Beinahehaus:
    """A house that does not fit tonight, with what speaks against it and its telephone."""

    nicht: NichtPassend
    telefon: Telefon | None
    #: Of an age that is off: by how much.
    abstand: str = ""

    @property
    def einrichtung(self) -> Einrichtung:
        return self.nicht.angebot.einrichtung


@dataclass(frozen=True, slots=True)
class Beinahegrund:
    """A reason with the nearest houses it speaks against; `anzahl`: how many there are."""

    wort: str
    anzahl: int
    haeuser: tuple[Beinahehaus, ...]


def list_beinahe(ergebnis: Nachtergebnis, *, region: str, grund: Ausschluss | None = None) -> list[Beinahegrund]:
    """The nearest houses by what speaks against them; only `grund`, where it is asked for. One statement finds them for
    all reasons; the others are as many for all of them as for one."""
    fragen = list(ergebnis.kriterien.values())
    gruende = [grund] if grund else [eins for eins in BEINAHE if eins in ergebnis.zahlen.ausschluesse]
    if not (fragen and gruende):
        return []
    hoechstens = BEINAHE_EINER if grund else BEINAHE_JE_GRUND
    keys = find_nicht_passend(fragen[0], get_region(region), gruende, hoechstens=hoechstens, dazu=fragen[1:])
    zeilen = load_nicht_passend(fragen[0], keys)
    telefone = list_telefone([zeile.angebot.einrichtung for je_grund in zeilen.values() for zeile in je_grund])
    return [
        Beinahegrund(
            AUSSCHLUSS_WORT[eins],
            ergebnis.zahlen.ausschluesse.get(eins, 0),
            tuple(_beinahe(fragen[0], eins, zeile, telefone) for zeile in zeilen[eins]),
        )
        for eins in gruende
    ]


def _beinahe(
    gefragt: Kriterien, grund: Ausschluss, zeile: NichtPassend, telefone: Mapping[UUID, Telefon]
) -> Beinahehaus:
    abstand = _describe_abstand(gefragt.alter, zeile.angebot) if grund == Ausschluss.ALTER else ""
    return Beinahehaus(zeile, telefone.get(zeile.angebot.einrichtung_id), abstand)


def _describe_abstand(alter: int | None, angebot: Angebot) -> str:
    """ "2 Jahre zu jung": by how much the child is outside of whom the offer takes."""
    if alter is None:
        return ""
    if alter < angebot.alter_von:
        return f"{anzahl_jahre(angebot.alter_von - alter)} zu jung"
    return f"{anzahl_jahre(alter - angebot.alter_bis)} zu alt"


# --- as a page shows them -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nachtplatz:
    """One offer as a card: who, where, what is free, how sure that is, whom to call."""

    zeile: Trefferzeile
    angebot: Angebot
    telefon: Telefon | None
    hilfe: str
    stand: str
    ist_frisch: bool

    @property
    def einrichtung(self) -> Einrichtung:
        return self.angebot.einrichtung

    @property
    def weg(self) -> str:
        """Kilometres in a straight line, in words."""
        return self.zeile.weg or "Weg unbekannt"

    @property
    def alter(self) -> str:
        """Whom it takes by age."""
        return altersspanne(self.angebot.alter_von, self.angebot.alter_bis)

    @property
    def wen(self) -> str:
        """Whom it takes, by age and sex."""
        return ", ".join(filter(None, [self.alter, NUR.get(self.angebot.geschlecht, "")]))


def list_nachtplaetze(ergebnis: Nachtergebnis) -> list[Nachtplatz]:
    """The offers of a result with telephone and freshness. Three queries."""
    ids = [zeile.angebot for _, zeile in ergebnis.treffer]
    angebote = (
        Angebot.objects.filter(pk__in=ids)
        .select_related("hilfeart", "einrichtung__anbieter")
        .prefetch_related("spezialisierungen")
        .in_bulk()
    )
    telefone = list_telefone([angebot.einrichtung for angebot in angebote.values()])
    return [
        _platz(zeile, angebote[zeile.angebot], telefone.get(angebote[zeile.angebot].einrichtung_id))
        for _, zeile in ergebnis.treffer
        if zeile.angebot in angebote
    ]


def _platz(zeile: Trefferzeile, angebot: Angebot, telefon: Telefon | None) -> Nachtplatz:
    bestaetigt = zeile.vakanz_stand
    stand = vakanzstand(
        local_date(bestaetigt) if bestaetigt else None, today(), gemeldet=angebot.vakanz_gemeldet_at is not None
    )
    krise = any(s.code == KRISE for s in angebot.spezialisierungen.all())
    hilfe = f"{angebot.hilfeart.paragraf}{', Krisenplatz' if krise else ''}"
    return Nachtplatz(zeile, angebot, telefon, hilfe, _describe_stand(bestaetigt, stand.text), stand.ist_frisch)


def _describe_stand(bestaetigt: datetime | None, text: str) -> str:
    """With the time where it was today: at night an hour counts."""
    if bestaetigt is not None and local_date(bestaetigt) == today() and text.startswith("heute"):
        return f"heute {bestaetigt.astimezone():%H:%M} Uhr bestätigt"
    return text


def list_anrufbare(plaetze: Sequence[Nachtplatz], anzahl: int) -> list[Nachtplatz]:
    """The nearest houses that somebody answers for day and night, each once."""
    haeuser: dict[UUID, Nachtplatz] = {}
    for platz in plaetze:
        if platz.telefon is not None and platz.telefon.ist_notruf:
            haeuser.setdefault(platz.angebot.einrichtung_id, platz)
    return list(haeuser.values())[:anzahl]
