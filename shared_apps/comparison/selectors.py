"""Reads for the comparison: published figures and reference data, as the role that may read nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.comparison.bevoelkerung import Bevoelkerung, Stand
from shared_apps.comparison.geheimhaltung import OEFFENTLICH, Sperrmuster
from shared_apps.comparison.models import Kennzahl, Kennzahlwert
from shared_apps.comparison.modus import BESTAND, Modus, list_modi
from shared_apps.comparison.muster import MonatInBewegung, load_muster, load_stempel
from shared_apps.comparison.rules import VergleichError
from shared_apps.comparison.tabelle import Fakt, Sperren, Tabelle, Vergleich, build_tabelle
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import monatserster, naechster_monat, vormonat
from shared_apps.regions.models import Bevoelkerungsstand, Gebietskoerperschaft
from tenants.context import as_comparison

#: How often a table is read again because an office published meanwhile.
VERSUCHE = 4
#: Budgets are not divided by speciality, so a missing one is not zero.
NUR_HILFEART = frozenset({"haushaltsansaetze"})

_Fakten = dict[str, dict[date, Fakt]]  # Kürzel, Monat


class KennzahlError(LookupError):
    """There is no such figure."""


@dataclass(frozen=True, slots=True)
class Auswahl:
    """What the table shall show. `eigen`: Kürzel of the office at whose own host it is asked."""

    kennzahl: str
    monat: date | None = None
    hilfeart: str = ""
    spezialisierung: str = ""
    modus: Modus = Modus.ABSOLUT
    eigen: str | None = None


@dataclass(frozen=True)
class Ergebnis:
    """The table with everything that is shown around it. Plain data, the transaction of the role is over."""

    auswahl: Auswahl
    monat: date
    kennzahl: Kennzahl
    kennzahlen: Sequence[Kennzahl]
    hilfearten: Sequence[Hilfeart]
    spezialisierungen: Sequence[Spezialisierung]
    modi: Sequence[Modus]
    tabelle: Tabelle
    computed_at: datetime | None
    ist_vorlaeufig: bool
    mindestfallzahl: int
    kacheln: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def list_kennzahlen() -> list[Kennzahl]:
    """All figures in the order of the screen."""
    with as_comparison():
        return list(Kennzahl.objects.all())


def letzter_abgeschlossener_monat() -> date:
    """First day of the month before the running one: the default of the screen."""
    return vormonat(today())


def _check(auswahl: Auswahl, hilfearten: Sequence[Hilfeart], spezialisierungen: Sequence[Spezialisierung]) -> date:
    monat = monatserster(auswahl.monat or letzter_abgeschlossener_monat())
    if monat > today():
        raise RegelVerletzt("Dieser Monat liegt in der Zukunft. Bitte wählen Sie einen früheren.", feld="monat")
    if auswahl.hilfeart and auswahl.hilfeart not in {h.code for h in hilfearten}:
        raise RegelVerletzt("Diese Hilfeart gibt es nicht.", feld="hilfeart")
    if auswahl.spezialisierung and auswahl.spezialisierung not in {s.code for s in spezialisierungen}:
        raise RegelVerletzt("Diese Spezialisierung gibt es nicht.", feld="spezialisierung")
    return monat


def _load_fakten(kennzahlen: Sequence[str], auswahl: Auswahl, monat: date) -> tuple:
    """Facts by figure, office and month, the months an office published, and the oldest computation."""
    rows = Kennzahlwert.objects.filter(
        Q(hilfeart_code=auswahl.hilfeart, spezialisierung_code=auswahl.spezialisierung)
        | Q(hilfeart_code="", spezialisierung_code=""),
        kennzahl__code__in=kennzahlen,
        monat__gte=date(monat.year - 1, 1, 1),
        monat__lte=monat,
    ).values_list(
        "kennzahl__code", "hilfeart_code", "spezialisierung_code", "kuerzel", "monat", "wert", "zaehler", "nenner",
        "faelle", "computed_at",
    )  # fmt: skip
    fakten: dict[str, _Fakten] = {code: defaultdict(dict) for code in kennzahlen}
    gemeldet: dict[str, set[tuple[str, date]]] = {code: set() for code in kennzahlen}
    aelteste: datetime | None = None
    for code, art, spez, kuerzel, m, wert, zaehler, nenner, faelle, computed_at in rows:
        if (art, spez) == (auswahl.hilfeart, auswahl.spezialisierung):
            fakten[code][kuerzel][m] = Fakt(wert, zaehler, nenner, faelle)
        if not art and not spez:
            gemeldet[code].add((kuerzel, m))
        if m == monat and (aelteste is None or computed_at < aelteste):
            aelteste = computed_at
    return fakten, gemeldet, aelteste


def _load(kennzahlen: Sequence[str], auswahl: Auswahl, monat: date) -> tuple:
    """The facts, and the cells of them that are withheld, of one and the same state of every month."""
    monate = _list_monate(monat)
    for _ in range(VERSUCHE):
        stempel = load_stempel(monate)
        fakten, gemeldet, computed_at = _load_fakten(kennzahlen, auswahl, monat)
        try:
            muster = load_muster(stempel, auswahl.spezialisierung)
            if not _is_current(fakten, muster, auswahl):
                muster = load_muster(stempel, auswahl.spezialisierung, frisch=True)
        except MonatInBewegung:
            continue
        if load_stempel(monate) == stempel:
            return fakten, gemeldet, computed_at, _withhold(kennzahlen, muster, auswahl)
    raise RegelVerletzt(
        "Die Kennzahlen werden gerade neu berechnet. Bitte laden Sie die Seite noch einmal.", code="berechnung"
    )


def _list_monate(monat: date) -> list[date]:
    """Every month a column of the table is made of."""
    monate = [date(monat.year - 1, 1, 1)]
    while monate[-1] < monat:
        monate.append(naechster_monat(monate[-1]))
    return monate


def _is_current(fakten: dict[str, _Fakten], muster: Mapping[date, Sperrmuster], auswahl: Auswahl) -> bool:
    """Whether the kept pattern hides at least every small count that is shown here: the second look."""
    if not auswahl.hilfeart and not auswahl.spezialisierung:
        return True
    kleine = {
        (code, amt, m)
        for code, je_amt in fakten.items()
        for amt, werte in je_amt.items()
        for m, fakt in werte.items()
        if 0 < fakt.faelle < settings.KENNZAHL_MINDESTFALLZAHL and fakt.wert and code not in OEFFENTLICH
    }
    return all(
        m in muster and amt in muster[m].of(code, auswahl.spezialisierung, auswahl.hilfeart) for code, amt, m in kleine
    )


def _withhold(kennzahlen: Sequence[str], muster: Mapping[date, Sperrmuster], auswahl: Auswahl) -> Sperren:
    """Cells of the table that are withheld: of a ratio as soon as one of its two figures is."""
    return Sperren(
        frozenset(
            (amt, m)
            for m, monatsmuster in muster.items()
            for code in kennzahlen
            for amt in monatsmuster.of(code, auswahl.spezialisierung, auswahl.hilfeart)
        )
    )


def _fill_zeros(
    fakten: dict[str, dict[date, Fakt]], gemeldet: set[tuple[str, date]], *, ist_verhaeltnis: bool
) -> dict[str, dict[date, Fakt]]:
    """An office that published a month, but no row for this filter, had none: 0, not "k. A."."""
    null = Fakt(None, Decimal(0), Decimal(0)) if ist_verhaeltnis else Fakt(Decimal(0))
    voll: dict[str, dict[date, Fakt]] = {amt: dict(monate) for amt, monate in fakten.items()}
    for amt, monat in gemeldet:
        voll.setdefault(amt, {}).setdefault(monat, null)
    return voll


def _load_bevoelkerung(aemter: Sequence[Gebietskoerperschaft]) -> Bevoelkerung:
    rows = Bevoelkerungsstand.objects.filter(geschlecht="", gebietskoerperschaft__in=[a.pk for a in aemter])
    felder = ("gebietskoerperschaft__kuerzel", "stichtag", "zensusbasis", "alter_von", "alter_bis", "anzahl")
    return Bevoelkerung((Stand(*row) for row in rows.values_list(*felder, "geschaetzt")), [a.kuerzel for a in aemter])


def get_ergebnis(auswahl: Auswahl) -> Ergebnis:
    """The table of one figure. Raises `KennzahlError`, or `RegelVerletzt` (German) for an impossible filter.

    A fixed number of queries on the roll-up that the offices published; no office's schema is touched.
    """
    with as_comparison():
        kennzahlen = list(Kennzahl.objects.all())
        kennzahl = next((k for k in kennzahlen if k.code == auswahl.kennzahl), None)
        if kennzahl is None:
            raise KennzahlError(auswahl.kennzahl)
        hilfearten, spezialisierungen = list(Hilfeart.objects.all()), list(Spezialisierung.objects.all())
        monat = _check(auswahl, hilfearten, spezialisierungen)
        modi = list_modi(kennzahl.code, ist_verhaeltnis=kennzahl.ist_verhaeltnis)
        if auswahl.modus not in modi:
            raise RegelVerletzt(f"{kennzahl.name} gibt es nicht „{auswahl.modus.label}“.", feld="modus")
        codes = [kennzahl.code, *([BESTAND] if auswahl.modus is Modus.FALL else [])]
        aemter = list(Gebietskoerperschaft.objects.filter(land=settings.LAND_NAME))
        bevoelkerung = _load_bevoelkerung(aemter)
        fakten, gemeldet, computed_at, sperren = _load(codes, auswahl, monat)

    def _of(code: str) -> dict[str, dict[date, Fakt]]:
        if code in NUR_HILFEART and auswahl.spezialisierung:
            return {}
        return _fill_zeros(fakten[code], gemeldet[code], ist_verhaeltnis=kennzahl.ist_verhaeltnis and code != BESTAND)

    try:
        tabelle = build_tabelle(
            Vergleich(
                monat=monat,
                letzter_abgeschlossener=letzter_abgeschlossener_monat(),
                modus=auswahl.modus,
                ist_verhaeltnis=kennzahl.ist_verhaeltnis,
                amt_namen={a.kuerzel: a.kurzname for a in aemter},
                fakten=_of(kennzahl.code),
                bestand=_of(BESTAND) if auswahl.modus is Modus.FALL else {},
                bevoelkerung=bevoelkerung,
                sperren=sperren,
                eigen=auswahl.eigen,
            )
        )
    except VergleichError as error:
        raise RegelVerletzt(str(error), code="bevoelkerung_fehlt") from error
    return Ergebnis(
        auswahl=auswahl,
        monat=monat,
        kennzahl=kennzahl,
        kennzahlen=kennzahlen,
        hilfearten=hilfearten,
        spezialisierungen=spezialisierungen,
        modi=modi,
        tabelle=tabelle,
        computed_at=computed_at,
        ist_vorlaeufig=monat == monatserster(today()),
        mindestfallzahl=settings.KENNZAHL_MINDESTFALLZAHL,
        kacheln={a.kuerzel: (a.kachel_spalte, a.kachel_zeile) for a in aemter},
    )
