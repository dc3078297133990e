"""The market of the demo world: providers, facilities, offers, places, rates. Nothing about a person.

It is drawn here, in memory; `listen` writes it as lists that the offices read in, and says which rows came of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from deploy.demo.world import vokabular
from deploy.demo.world.werkzeug import Zufall
from shared_apps.catalogue.models import Einheit, Hilfeart
from shared_apps.providers.models import Geschlecht
from shared_apps.regions.models import Gebietskoerperschaft, Region

#: screens.md "The worked example": free places and daily rate of the 14 available offers, cheapest first.
BEISPIEL = (
    (3, "76.00"), (1, "88.00"), (3, "90.42"), (1, "92.39"), (2, "93.89"), (1, "94.84"), (1, "97.97"), (4, "98.17"),
    (1, "98.75"), (1, "99.36"), (2, "101.72"), (1, "102.09"), (1, "111.32"), (1, "112.10"),
)  # fmt: skip
BEISPIEL_VON = date(2017, 6, 1)
BEISPIEL_GESAMT = 41
ANBIETER_ANZAHL = 160
EINRICHTUNGEN = {"VG": 92, "LHSN": 46, "LUP": 74, "NWM": 58, "HRO": 78, "LRO": 74, "VR": 74, "MSE": 86}
#: How old the vacancies of `anbieter-see` in VG are.
UNBESTAETIGT_TAGE = 9
#: Every sixteenth provider is late with its confirmations: the chase list has somebody to call.
SAEUMIGE = 16
_BEGINN_2017 = date(2017, 1, 1)

#: Per kind of help: weight outside VG, number in VG (S34 without the 41), places from-to, rate of 2026 from-to.
_ART = {
    "S34": (44, 14, (4, 8), (112, 236)),
    "S33": (5, 4, (6, 10), (78, 118)),
    "T32": (8, 5, (8, 12), (82, 124)),
    "S35": (4, 3, (2, 4), (228, 340)),
    "S35A": (6, 4, (5, 8), (158, 288)),
    "S19": (4, 2, (4, 6), (146, 262)),
    "S41": (7, 4, (4, 8), (84, 138)),
    "A27": (4, 3, (8, 14), (46, 62)),
    "A29": (3, 2, (8, 12), (44, 56)),
    "A30": (7, 4, (9, 15), (46, 66)),
    "A31": (9, 4, (10, 18), (48, 68)),
    "A35A": (5, 2, (8, 12), (52, 74)),
}
_ALTER = {
    "S34": ((6, 17), (6, 18), (12, 18), (3, 12), (14, 20)),
    "S33": ((0, 12), (0, 17)),
    "T32": ((6, 14),),
    "S35": ((12, 18), (14, 20)),
    "S35A": ((8, 18), (12, 20)),
    "S19": ((0, 25),),
    "S41": ((17, 20),),
}
_SPEZ = {
    "S34": ("trauma", "krisenaufnahme", "geschlechtsspezifisch", "schulverweigerung", "sucht", "sexuell-uebergriffig"),
    "S35": ("sucht", "schulverweigerung", "trauma", "sexuell-uebergriffig"),
    "S35A": ("seelische-behinderung", "autismus", "trauma"),
    "A35A": ("seelische-behinderung", "autismus"),
    "S19": ("mutter-kind",),
    "T32": ("schulverweigerung",),
    "S33": ("trauma",),
}


@dataclass(slots=True)
class WeltAnbieter:
    """A provider and the person who works for it."""

    id: UUID
    nummer: int
    name: str
    rechtsform: str
    zeile: dict
    user_id: UUID | None = None
    username: str = ""


@dataclass(slots=True)
class WeltPlatz:
    """A place and the half-open periods in which it is held."""

    id: UUID
    belegt: list[tuple[date, date]] = field(default_factory=list)

    def ist_frei(self, von: date, bis: date) -> bool:
        """Whether no hold overlaps [von, bis)."""
        return all(ende <= von or beginn >= bis for beginn, ende in self.belegt)


@dataclass(frozen=True, slots=True)
class WeltErlaubnis:
    """A facility's licence."""

    nummer: str
    datum: date
    plaetze: int
    alter_von: int
    alter_bis: int


@dataclass(slots=True)
class WeltEinrichtung:
    """A facility."""

    id: UUID
    nummer: int
    anbieter: WeltAnbieter
    kuerzel: str
    ags: str
    name: str
    ort: str
    zeile: dict
    entfernung: float = 0.0
    erlaubnis: WeltErlaubnis | None = None


def ist_saeumig(anbieter_nummer: int) -> bool:
    """Whether a provider, by its number, is one of those who confirm their vacancies late."""
    return anbieter_nummer % SAEUMIGE == SAEUMIGE - 1


@dataclass(slots=True)
class WeltAngebot:
    """An offer with its rates (beginning, cents) and its places. `los`: drawn for it, the same at every start."""

    id: UUID
    los: UUID
    einrichtung: WeltEinrichtung
    art: str
    name: str
    geschlecht: Geschlecht
    alter_von: int
    alter_bis: int
    von: date
    spez: list[str]
    saetze: list[tuple[date, int]]
    plaetze: list[WeltPlatz]
    stunden: Decimal | None = None
    bestaetigt: datetime | None = None

    def freie(self, von: date, bis: date) -> list[WeltPlatz]:
        """Places free in the whole half-open period."""
        return [platz for platz in self.plaetze if platz.ist_frei(von, bis)]

    def satz_am(self, tag: date) -> int:
        """Rate in cents on a day."""
        return next(cent for beginn, cent in reversed(self.saetze) if beginn <= tag)

    def abschnitte(self, von: date, bis: date) -> Iterable[tuple[date, date, int]]:
        """The half-open period split where the rate changes."""
        grenzen = [*self.saetze[1:], (date.max, 0)]
        for (beginn, cent), (naechster, _) in zip(self.saetze, grenzen, strict=True):
            anfang, ende = max(beginn, von), min(naechster, bis)
            if anfang < ende:
                yield anfang, ende, cent


@dataclass(slots=True)
class Markt:
    """Everything on offer."""

    anbieter: list[WeltAnbieter]
    einrichtungen: list[WeltEinrichtung]
    angebote: list[WeltAngebot]
    hilfearten: dict[str, Hilfeart]

    def erstes_haus(self, nummer: int) -> WeltEinrichtung:
        """The first facility of the provider of this number."""
        return next(haus for haus in self.einrichtungen if haus.anbieter.nummer == nummer)

    def nach_kreis_und_art(self) -> dict[tuple[str, str], list[WeltAngebot]]:
        """Offers by district and kind of help."""
        ergebnis: dict[tuple[str, str], list[WeltAngebot]] = {}
        for angebot in self.angebote:
            ergebnis.setdefault((angebot.einrichtung.kuerzel, angebot.art), []).append(angebot)
        return ergebnis


class MarktBau:
    """Draws the market. The worked example comes first and is the same for every seed."""

    def __init__(self, *, zufall: Zufall, heute: date) -> None:
        self.zufall, self.heute = zufall, heute
        self.kreise = {kreis.kuerzel: kreis for kreis in Gebietskoerperschaft.objects.all()}
        self.regionen = list(Region.objects.all())
        self.hilfearten = {art.code: art for art in Hilfeart.objects.all()}
        namen = vokabular.anbieter_namen(ANBIETER_ANZAHL)
        self.anbieter = [
            WeltAnbieter(zufall.uuid(), nummer, name, rechtsform, self._anschrift(nummer))
            for nummer, (name, rechtsform) in enumerate(namen, 1)
        ]
        self.einrichtungen: list[WeltEinrichtung] = []
        self.angebote: list[WeltAngebot] = []
        self._vergeben: set[tuple[UUID, str]] = set()

    def _anschrift(self, nummer: int) -> dict:
        zufall = self.zufall
        ort, plz, *_ = zufall.choice([ort for orte in vokabular.ORTE.values() for ort in orte])
        return {
            "register_nr": f"Demo-Register {nummer:04d}",
            "strasse": f"{zufall.choice(vokabular.STRASSEN)} {zufall.randint(1, 60)}",
            "plz": plz,
            "ort": ort,
            "telefon": f"0000 {zufall.randint(100000, 999999)}",
            "email": f"info@anbieter{nummer}.example",
            "web": f"https://anbieter{nummer}.example/",
            "ansprechpartner": f"{zufall.choice(vokabular.FACHKRAFT_M)} {zufall.choice(vokabular.NACHNAMEN)}",
        }

    def build(self) -> Markt:
        """Draw everything, in memory."""
        for kuerzel, anzahl in EINRICHTUNGEN.items():
            arten = self._arten(kuerzel, anzahl)
            for nummer, art in enumerate(arten):
                self._einrichtung(kuerzel, nummer, art)
        self._erlaubnisse()
        offering = {haus.anbieter.nummer for haus in self.einrichtungen}
        anbieter = [anbieter for anbieter in self.anbieter if anbieter.nummer in offering]
        return Markt(anbieter, self.einrichtungen, self.angebote, self.hilfearten)

    def _arten(self, kuerzel: str, anzahl: int) -> list[str]:
        if kuerzel == "VG":
            arten = ["S34"] * BEISPIEL_GESAMT + [art for art, werte in _ART.items() for _ in range(werte[1])]
            return arten[:anzahl]
        jede = [art for art in _ART if art != "S34"]  # every kind of help at least once in each district
        gewichte = [werte[0] for werte in _ART.values()]
        return ["S34"] * 6 + jede + self.zufall.choices(list(_ART), gewichte, k=anzahl - len(jede) - 6)

    def _waehle_anbieter(self, kuerzel: str, nummer: int) -> WeltAnbieter:
        """VG has 40 providers in turn; elsewhere each district has a stock of its own, some work in two."""
        kueste, see = self.anbieter[:2]
        if (kuerzel == "VG" and nummer in (0, 20, 44)) or (kuerzel == "HRO" and nummer in (0, 1, 2)):
            return kueste
        if (kuerzel == "VG" and nummer in (1, 24)) or (kuerzel == "MSE" and nummer in (0, 1, 2)):
            return see
        reihenfolge = list(EINRICHTUNGEN)
        if kuerzel == "VG":
            return self.anbieter[2 + nummer % 38]
        anfang = 40 + (reihenfolge.index(kuerzel) - 1) * 17
        if self.zufall.random() < 0.12:
            return self.anbieter[2 + self.zufall.randrange(38)]
        return self.anbieter[anfang + nummer % 17]

    def _einrichtung(self, kuerzel: str, nummer: int, art: str) -> None:
        zufall = self.zufall
        anbieter = self._waehle_anbieter(kuerzel, nummer)
        orte = vokabular.ORTE[kuerzel]
        ort, plz, breite, laenge, teil = orte[nummer % len(orte)]
        kreis = self.kreise[kuerzel]
        region = next((r for r in self.regionen if r.gebietskoerperschaft_id == kreis.pk and teil in r.name), None)
        assert kreis.breite is not None and kreis.laenge is not None  # the reference data place every seat
        strasse = zufall.choice(vokabular.STRASSEN)
        name = self._name(anbieter, zufall.choice(vokabular.HAEUSER[art]), strasse, ort)
        hoch, weit = breite + zufall.uniform(-0.02, 0.02), laenge + zufall.uniform(-0.03, 0.03)
        person = f"{zufall.choice(vokabular.FACHKRAFT_W)} {zufall.choice(vokabular.NACHNAMEN)}"
        einrichtung = WeltEinrichtung(
            zufall.uuid(),
            len(self.einrichtungen) + 1,
            anbieter,
            kuerzel,
            kreis.ags,
            name,
            ort,
            {
                "strasse": f"{strasse} {zufall.randint(1, 48)}",
                "plz": plz,
                "telefon": f"0000 {zufall.randint(100000, 999999)}",
                "email": f"haus{len(self.einrichtungen) + 1}@anbieter{anbieter.nummer}.example",
                "ansprechpartner": person,
                "region": region.name if region else "",
                "breite": Decimal(f"{hoch:.5f}"),
                "laenge": Decimal(f"{weit:.5f}"),
                "betriebstage_woche": Decimal(5) if art == "T32" else Decimal(7),
                "betriebstage_jahr": Decimal(250) if art == "T32" else Decimal(365),
                "beschreibung": f"{name} in {ort}: überschaubare Gruppe mit festen Bezugspersonen. Erfundene Angaben.",
            },
        )
        einrichtung.entfernung = (
            111.0 * ((hoch - float(kreis.breite)) ** 2 + ((weit - float(kreis.laenge)) * 0.59) ** 2) ** 0.5
        )
        self.einrichtungen.append(einrichtung)
        beispiel = kuerzel == "VG" and nummer < BEISPIEL_GESAMT
        self._angebot(einrichtung, art, nummer if beispiel else None)
        if not beispiel and zufall.random() < 0.34:
            zweite = {"S34": "S41", "S41": "A30", "A31": "A30", "A30": "A29", "S35A": "A35A", "A27": "A31"}.get(art)
            if zweite:
                self._angebot(einrichtung, zweite, None)

    def _name(self, anbieter: WeltAnbieter, haus: str, strasse: str, ort: str) -> str:
        for name in (f"{haus} {strasse}", f"{haus} {strasse}, {ort}"):
            if (anbieter.id, name) not in self._vergeben:
                break
        else:
            name = f"{haus} {strasse} {len(self.einrichtungen)}"
        self._vergeben.add((anbieter.id, name))
        return name

    def _angebot(self, einrichtung: WeltEinrichtung, art: str, beispiel: int | None) -> None:
        zufall = self.zufall
        _, _, anzahl, preise = _ART[art]
        von = self._beginn(einrichtung, art, beispiel)
        frei_2017 = 0
        if beispiel is not None and beispiel < len(BEISPIEL):
            frei_2017, satz_2017 = BEISPIEL[beispiel]
            plaetze = frei_2017 + zufall.randint(2, 4)
            saetze = self._saetze_ab(von, int(Decimal(satz_2017) * 100))
        else:
            plaetze = zufall.randint(*anzahl)
            if beispiel is not None:
                saetze = self._saetze_ab(von, zufall.randint(9500, 17800))
            else:
                teuerstes = art == "S35" and not any(a.art == "S35" for a in self.angebote)
                cent = preise[1] * 100 if teuerstes else zufall.randint(preise[0] * 100, preise[1] * 100)
                saetze = self._saetze_bis(von, cent, art)
        geschlecht = Geschlecht.ALLE
        if art in {"S34", "S35", "S41"}:
            geschlecht = zufall.choices([geschlecht, Geschlecht.WEIBLICH, Geschlecht.MAENNLICH], [78, 12, 10])[0]
        if beispiel is not None and beispiel < len(BEISPIEL):
            geschlecht = Geschlecht.WEIBLICH if beispiel == len(BEISPIEL) - 1 else Geschlecht.ALLE
        alter_von, alter_bis = zufall.choice(_ALTER.get(art, ((0, 20),)))
        moeglich = _SPEZ.get(art, ())
        spez = sorted(zufall.sample(moeglich, k=min(len(moeglich), zufall.choice((0, 1, 1, 2)))))
        if geschlecht and art == "S34" and "geschlechtsspezifisch" not in spez:
            spez = sorted([*spez, "geschlechtsspezifisch"])
        ist_stationaer = self.hilfearten[art].ist_stationaer
        los = zufall.uuid()
        self.angebote.append(
            WeltAngebot(
                los,
                los,
                einrichtung,
                art,
                self.hilfearten[art].name[:180],
                geschlecht,
                alter_von,
                alter_bis,
                von,
                spez,
                saetze,
                [WeltPlatz(los) for _ in range(plaetze)],
                stunden=None if ist_stationaer else Decimal(plaetze * zufall.randint(4, 6)),
                bestaetigt=zufall.moment(self.heute - timedelta(days=self._alter_der_bestaetigung(einrichtung))),
            )
        )

    def _alter_der_bestaetigung(self, einrichtung: WeltEinrichtung) -> int:
        """Days since the vacancies were confirmed; those of `anbieter-see` in VG fade, and those of few other ones."""
        tage = self.zufall.choice((1, 1, 1, 2, 2, 3, 3, 4))
        if einrichtung.anbieter.nummer == 2 and einrichtung.kuerzel == "VG":
            return UNBESTAETIGT_TAGE
        return tage * UNBESTAETIGT_TAGE if ist_saeumig(einrichtung.anbieter.nummer) else tage

    def _erlaubnisse(self) -> None:
        """A licence for each facility that gives what needs one: its places and ages, from before it began."""
        zufall = self.zufall
        dort: dict[UUID, list[WeltAngebot]] = {}
        for angebot in self.angebote:
            if self.hilfearten[angebot.art].erlaubnispflichtig:
                dort.setdefault(angebot.einrichtung.id, []).append(angebot)
        for nummer, haus in enumerate((haus for haus in self.einrichtungen if haus.id in dort), 1):
            angebote = dort[haus.id]
            datum = min(angebot.von for angebot in angebote) - timedelta(days=zufall.randint(20, 200))
            haus.erlaubnis = WeltErlaubnis(
                f"LJA {datum.year}/{nummer:04d}",
                datum,
                sum(len(angebot.plaetze) for angebot in angebote),
                min(angebot.alter_von for angebot in angebote),
                max(angebot.alter_bis for angebot in angebote),
            )

    def _beginn(self, einrichtung: WeltEinrichtung, art: str, beispiel: int | None) -> date:
        if beispiel is not None or (einrichtung.kuerzel == "VG" and art != "S34"):
            return _BEGINN_2017
        if einrichtung.kuerzel == "VG":
            return date(self.zufall.randint(2018, self.heute.year - 4), self.zufall.choice((1, 4, 7, 10)), 1)
        return date(self.zufall.randint(2018, self.heute.year - 4), self.zufall.choice((1, 3, 7, 10)), 1)

    def _saetze_ab(self, von: date, cent: int) -> list[tuple[date, int]]:
        """From the first rate upwards, always on 1 January: constant over 2017. The next year is agreed already."""
        saetze = [(von, cent)]
        for jahr in range(von.year + 1, self.heute.year + 2):
            if jahr > self.heute.year and self.zufall.random() < 0.6:
                break
            cent = min(34000, _cent(cent * self.zufall.uniform(1.018, 1.036)))
            saetze.append((date(jahr, 1, 1), cent))
        return saetze

    def _saetze_bis(self, von: date, cent: int, art: str) -> list[tuple[date, int]]:
        """From the rate of this year backwards, one a year, on the offer's own month."""
        monat = self.zufall.choice((1, 1, 3, 4, 7, 10))
        unten = 7600 if self.hilfearten[art].einheit == Einheit.TAG else 3400
        if art == "A30" and self.zufall.random() < 0.3:
            cent = 4430
        saetze = []
        jahr = self.heute.year
        while date(jahr, monat, 1) > von:
            saetze.append((date(jahr, monat, 1), cent))
            cent = max(unten, _cent(cent / self.zufall.uniform(1.015, 1.038)))
            jahr -= 1
        saetze.append((von, cent))
        saetze.reverse()
        if self.zufall.random() < 0.35:
            oben = 34000 if unten == 7600 else 9000
            neu = min(oben, _cent(saetze[-1][1] * self.zufall.uniform(1.02, 1.04)))
            saetze.append((date(self.heute.year + 1, 1, 1), neu))
        return [satz for i, satz in enumerate(saetze) if i == 0 or satz[0] > saetze[i - 1][0]]


def _cent(wert: float) -> int:
    return int(Decimal(str(wert)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def belegung_2017(markt: Markt, zufall: Zufall) -> list[tuple[WeltAngebot, WeltPlatz, date, date]]:
    """Holds of 2017 that leave exactly the vacancies of the worked example: (offer, place, from, to)."""
    belegungen = []
    for nummer, angebot in enumerate(markt.angebote[:BEISPIEL_GESAMT]):
        frei = BEISPIEL[nummer][0] if nummer < len(BEISPIEL) else 0
        for platz in angebot.plaetze[frei:]:
            von = _BEGINN_2017 + timedelta(days=zufall.randint(5, 300))
            bis = von + timedelta(days=zufall.randint(90, 420))
            if bis <= BEISPIEL_VON:
                bis = BEISPIEL_VON + timedelta(days=zufall.randint(10, 120))
            platz.belegt.append((von, bis))
            belegungen.append((angebot, platz, von, bis))
    return belegungen
