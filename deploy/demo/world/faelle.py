"""Cases of one office in the demo world: young people, searches, choices, reservations, bookings.

Everything is drawn in memory (no hold overlaps another, statewide) and then written inside the tenant, with
the rights of the tenant's role.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from deploy.demo.world import vokabular
from deploy.demo.world.leute import Amtsleute
from deploy.demo.world.markt import Markt, WeltAngebot, WeltPlatz
from deploy.demo.world.werkzeug import EIN_TAG, Zufall, copy_rows
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import real_now
from shared_apps.inbox.models import Ausgang, Hinweis, HinweisArt, WartetAuf
from shared_apps.occupancy.enums import BindungZustand
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Geschlecht
from tenant_apps.audit.models import Aktion, Protokoll
from tenant_apps.cases.models import Hilfefall, Klient, KlientGeschlecht
from tenant_apps.cases.states import HilfefallZustand
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund, Reichweite, Vorgang
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Reservierung, Suche
from tenant_apps.placements.rules import reservierung_ablauf
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.vermerk import compute_ersparnis
from tenant_apps.placements.states import (
    BUCHUNG_ABRECHENBAR,
    BUCHUNG_LEBEND,
    RESERVIERUNG_LEBEND,
    VORGANG_GEBUNDEN,
    BuchungZustand,
    ReservierungZustand,
    VorgangZustand,
)
from tenants.models import Tenant

_ZEICHEN = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: Mean duration in days and share of the cases, by kind of help.
_HILFEN = {
    "S34": (320, 40), "S33": (430, 8), "T32": (300, 8), "S35": (170, 3), "S35A": (320, 6), "S19": (230, 3),
    "S41": (230, 6), "A27": (210, 5), "A29": (190, 4), "A30": (230, 10), "A31": (260, 12), "A35A": (240, 5),
}  # fmt: skip
_AUSWAERTIG = {"HRO": 0.34, "LHSN": 0.38}
_ALTER = {"S33": (0, 14), "T32": (6, 13), "S35": (13, 17), "S35A": (8, 17), "S19": (16, 21), "S41": (18, 20)}
_LISTE_FREI, _LISTE_BELEGT = 12, 3
#: Cases begin this long before the 26 months, so the stock is full on the first day; those already over are left out.
_VORLAUF_TAGE, _VORLAUF_ANTEIL = 700, 1.45
#: asd-vg has this many living cases: two pages of her list.
EIGENE_FAELLE = 56
_STATT = Decimal("0.000001")
#: Why a help ends otherwise than planned, and how often: broken off; before its time.
_ABBRUCH = {
    Beendigungsgrund.ABBRUCH_SORGEBERECHTIGTE: 40,
    Beendigungsgrund.ABBRUCH_EINRICHTUNG: 25,
    Beendigungsgrund.ABBRUCH_MINDERJAEHRIGE: 35,
}
_VORZEITIG = {
    Beendigungsgrund.PLANMAESSIG: 55,
    Beendigungsgrund.ZUSTAENDIGKEITSWECHSEL: 25,
    Beendigungsgrund.SONSTIGE: 20,
}
_JUNGE_MENSCHEN = (Geschlecht.MAENNLICH, Geschlecht.WEIBLICH)
_ABLEHNUNG = (Ablehnungsgrund.GRUPPE_PASST_NICHT, Ablehnungsgrund.PERSONAL, Ablehnungsgrund.BEDARF_PASST_NICHT)
_VOM_ANBIETER_ENTSCHIEDEN = frozenset(
    {ReservierungZustand.ZUGESTIMMT, ReservierungZustand.ABGELEHNT, ReservierungZustand.GEBUCHT}
)
#: What the provider reads under "Erledigt", and for how long it is told: the last months fill a page or two.
_AUSGANG = {
    ReservierungZustand.GEBUCHT: Ausgang.GEBUCHT,
    ReservierungZustand.ABGELEHNT: Ausgang.ABGELEHNT,
    ReservierungZustand.ZURUECKGEZOGEN: Ausgang.ZURUECKGENOMMEN,
    ReservierungZustand.ABGELAUFEN: Ausgang.ABGELAUFEN,
}
ERLEDIGT_SEIT = timedelta(days=180)
#: What has become of the case, by its booking.
_FALL = {
    BuchungZustand.GEBUCHT: HilfefallZustand.LAUFEND,
    BuchungZustand.LAUFEND: HilfefallZustand.LAUFEND,
    BuchungZustand.BEENDET: HilfefallZustand.ABGESCHLOSSEN,
    BuchungZustand.ABGEBROCHEN: HilfefallZustand.ABGESCHLOSSEN,
    BuchungZustand.STORNIERT: HilfefallZustand.OFFEN,
}


@dataclass(slots=True)
class WeltVorgang:
    """One reservation with everything that hangs on it."""

    angebot: WeltAngebot
    platz: WeltPlatz
    beginn: date
    ende: date  # exclusive, as planned
    bis: date  # exclusive, as it really went
    zustand: ReservierungZustand
    buchung: BuchungZustand | None = None
    grund: Beendigungsgrund | None = None
    gesucht: datetime | None = None
    ablauf: datetime | None = None
    asd: tuple[UUID, str, str] | None = None
    geschlecht: Geschlecht = Geschlecht.ALLE
    alter: int = 10
    ids: dict[str, UUID] = field(default_factory=dict)
    liste: list[Trefferzeile] = field(default_factory=list)
    stunden: Decimal | None = None

    @property
    def haelt_platz(self) -> bool:
        """Not what came to nothing: declined, withdrawn, expired, cancelled."""
        return VorgangZustand(self.buchung or self.zustand) in VORGANG_GEBUNDEN


@dataclass(frozen=True, slots=True)
class Momente:
    """When an offer was chosen, when its provider decided, when it was booked."""

    gewaehlt: datetime
    entschieden: datetime
    gebucht: datetime


@dataclass(slots=True)
class Zeit:
    """The days the world is built around."""

    heute: date
    jetzt: datetime
    fenster: date  # first day of the 26 months


class AmtBau:
    """Draws the cases of one office."""

    def __init__(self, *, tenant: Tenant, leute: Amtsleute, markt: Markt, zeit: Zeit, nachbarn: list[str]) -> None:
        self.tenant, self.leute, self.markt, self.zeit, self.nachbarn = tenant, leute, markt, zeit, nachbarn
        self.kz = tenant.kuerzel
        self.zufall = Zufall(f"sojus-demo-{self.kz}")
        self.nach = markt.nach_kreis_und_art()
        self.vorgaenge: list[WeltVorgang] = []
        self.leere: list[dict[str, Any]] = []
        self._pseudonyme: set[str] = set()

    # -- drawing -----------------------------------------------------------------------------

    def draw_faelle(self, anzahl: int) -> None:
        """Cases of the 26 months, and those that were running when they began."""
        arten = self.zufall.choices(
            list(_HILFEN), [werte[1] for werte in _HILFEN.values()], k=round(anzahl * _VORLAUF_ANTEIL)
        )
        spanne = (self.zeit.heute - self.zeit.fenster).days + _VORLAUF_TAGE + 40
        for art in arten:
            beginn = self.zeit.fenster - timedelta(days=_VORLAUF_TAGE) + timedelta(days=self.zufall.randrange(spanne))
            self._draw(art, beginn)
        offene = max(6, anzahl // 25)
        for zustand, wie_viele in (
            (ReservierungZustand.RESERVIERT, offene),
            (ReservierungZustand.ZUGESTIMMT, offene // 2),
            (ReservierungZustand.ABGELEHNT, offene),
            (ReservierungZustand.ABGELAUFEN, offene // 2),
            (ReservierungZustand.ZURUECKGEZOGEN, offene // 2),
        ):
            for _ in range(wie_viele):
                art = self.zufall.choices(list(_HILFEN), [werte[1] for werte in _HILFEN.values()])[0]
                self._draw_offene(art, zustand)
        self._draw_leere(anzahl)

    def draw_fuer_anbieter(self, nummer: int, anzahl: int) -> None:
        """Open reservations for the provider people sign in for, so that her worklist is not empty."""
        eigene = [a for a in self.markt.angebote if a.einrichtung.anbieter.nummer == nummer]
        for i in range(anzahl):
            angebote = [a for a in eigene if a.einrichtung.kuerzel == self.kz] or eigene
            self._draw_offene(angebote[i % len(angebote)].art, ReservierungZustand.RESERVIERT, nur=angebote)

    def draw_2017(self, belegungen: list[tuple[WeltAngebot, WeltPlatz, date, date]]) -> None:
        """Bookings of 2017 that fill the worked example; their places are held already."""
        for angebot, platz, beginn, ende in belegungen:
            vorgang = WeltVorgang(
                angebot, platz, beginn, ende, ende,
                ReservierungZustand.GEBUCHT, BuchungZustand.BEENDET, Beendigungsgrund.PLANMAESSIG,
            )  # fmt: skip
            vorgang.gesucht = self.zufall.moment(beginn - timedelta(days=self.zufall.randint(8, 40)))
            vorgang.geschlecht = angebot.geschlecht or self.zufall.choice(_JUNGE_MENSCHEN)
            vorgang.alter = self._alter(angebot)
            vorgang.liste = self._liste([angebot], vorgang)
            self.vorgaenge.append(vorgang)

    def _draw(self, art: str, beginn: date) -> None:
        zufall, heute = self.zufall, self.zeit.heute
        mittel = _HILFEN[art][0]
        dauer = int(min(820, max(45, zufall.lognormvariate(math.log(mittel), 0.5))))
        ende = beginn + timedelta(days=dauer)
        buchung, bis = BuchungZustand.LAUFEND, ende
        grund: Beendigungsgrund | None = None
        wuerfel = zufall.random()
        if wuerfel < 0.14:
            bis = beginn + timedelta(days=int(dauer * zufall.uniform(0.15, 0.85)))
            grund = zufall.choices(list(_ABBRUCH), list(_ABBRUCH.values()))[0]
        elif wuerfel < 0.22:
            bis = beginn + timedelta(days=int(dauer * zufall.uniform(0.5, 0.95)))
            grund = zufall.choices(list(_VORZEITIG), list(_VORZEITIG.values()))[0]
        if bis <= self.zeit.fenster:
            return  # over before the 26 months began
        if bis > heute:
            bis, grund = ende, None
        if bis <= heute:
            grund = grund or Beendigungsgrund.PLANMAESSIG
            buchung = BuchungZustand.ABGEBROCHEN if rules.ist_abbruch(grund) else BuchungZustand.BEENDET
        elif beginn > heute:
            buchung = BuchungZustand.STORNIERT if zufall.random() < 0.08 else BuchungZustand.GEBUCHT
        vorlauf = zufall.randint(9, 40)
        gesucht = min(beginn - timedelta(days=vorlauf), heute - timedelta(days=zufall.randint(2, 9)))
        self._place(art, beginn, ende, bis, ReservierungZustand.GEBUCHT, buchung, grund, gesucht)

    def _draw_offene(self, art: str, zustand: ReservierungZustand, nur: list[WeltAngebot] | None = None) -> None:
        zufall, heute = self.zufall, self.zeit.heute
        alt = zustand not in RESERVIERUNG_LEBEND
        zurueck = zufall.randint(12, 700) if alt else zufall.randint(0, 5)
        gesucht = heute - timedelta(days=zurueck)
        beginn = gesucht + timedelta(days=zufall.randint(7, 45))
        ende = beginn + timedelta(days=zufall.choice((90, 120, 181, 182, 240, 365)))
        self._place(art, beginn, ende, ende, zustand, None, None, gesucht, nur=nur)

    def _alter(self, angebot: WeltAngebot) -> int:
        return self.zufall.randint(angebot.alter_von, min(angebot.alter_bis, 20))

    def _place(
        self,
        art: str,
        beginn: date,
        ende: date,
        bis: date,
        zustand: ReservierungZustand,
        buchung: BuchungZustand | None,
        grund: Beendigungsgrund | None,
        gesucht: date,
        nur: list[WeltAngebot] | None = None,
    ) -> None:
        zufall = self.zufall
        unten, oben = _ALTER.get(art, (3, 17))
        alter, geschlecht = zufall.randint(unten, oben), zufall.choice(_JUNGE_MENSCHEN)
        kreise = [self.kz]
        if nur is None and zufall.random() < _AUSWAERTIG.get(self.kz, 0.15):
            kreise = list(self.nachbarn)
        frei: list[WeltAngebot] = []
        for versuch in (kreise, [self.kz], self.nachbarn):
            stapel = nur or [a for kreis in versuch for a in self.nach.get((kreis, art), ())]
            frei = [
                a
                for a in stapel
                if a.von <= beginn
                and a.geschlecht in {Geschlecht.ALLE, geschlecht}
                and (nur is not None or a.alter_von <= alter <= a.alter_bis)
                and a.freie(beginn, ende)
            ]
            if frei:
                break
        if not frei:
            return
        if len(frei) > _LISTE_FREI:
            # Houses fill up one after the other, as in life: of those with the fewest free places, some.
            voll = sorted(frei, key=lambda a: len(a.freie(beginn, ende)) / len(a.plaetze))
            frei = zufall.sample(voll[: _LISTE_FREI + 6], _LISTE_FREI)
        vorgang = WeltVorgang(frei[0], frei[0].plaetze[0], beginn, ende, bis, zustand, buchung, grund)
        vorgang.geschlecht, vorgang.alter = geschlecht, alter
        if art.startswith("A"):
            vorgang.stunden = Decimal(zufall.choice((2, 3, 4, 5, 6)))
        belegt = [a for a in stapel if a.von <= beginn and a not in frei and not a.freie(beginn, ende)][:_LISTE_BELEGT]
        vorgang.liste = self._liste(frei, vorgang, belegt)
        grenze = rules.drittel_grenze(len(frei))
        wahl = zufall.randrange(grenze) if zufall.random() < 0.72 else zufall.randrange(len(frei))
        nach_id = {a.id: a for a in frei}
        vorgang.angebot = nach_id[vorgang.liste[wahl].angebot]
        vorgang.platz = vorgang.angebot.freie(beginn, ende)[0]
        vorgang.gesucht = min(zufall.moment(gesucht), self.zeit.jetzt - timedelta(minutes=zufall.randint(20, 90)))
        if vorgang.haelt_platz:
            vorgang.platz.belegt.append((beginn, bis))
        vorgang.ids["rang"] = UUID(int=wahl)
        self.vorgaenge.append(vorgang)

    def _liste(
        self, frei: list[WeltAngebot], vorgang: WeltVorgang, belegt: list[WeltAngebot] | None = None
    ) -> list[Trefferzeile]:
        """The result as it is sealed: available first, by cost."""
        gefunden = []
        for angebot in [*frei, *(belegt or ())]:
            satz, _, exakt = preis(angebot, vorgang.beginn, vorgang.ende, vorgang.stunden)
            gefunden.append((angebot, satz, exakt, soll(exakt), angebot in frei))
        gefunden.sort(key=lambda z: (not z[4], z[2], z[0].einrichtung.name, str(z[0].los)))
        preise = [z[3] for z in gefunden if z[4]]
        grenze = rules.drittel_grenze(len(preise))
        zeilen = []
        for angebot, satz, exakt, betrag, ist_frei in gefunden:
            haus = angebot.einrichtung
            rang = preise.index(betrag) + 1 if ist_frei else None
            zeilen.append(
                Trefferzeile(
                    rang=rang,
                    angebot=angebot.id,
                    angebot_name=angebot.name,
                    anbieter=haus.anbieter.name,
                    anbieter_id=haus.anbieter.id,
                    einrichtung=haus.name,
                    einrichtung_id=haus.id,
                    ort=haus.ort,
                    kreis=haus.kuerzel,
                    hinweis=angebot.geschlecht.label if angebot.geschlecht else "",
                    vakanzen=max(1, len(angebot.freie(vorgang.beginn, vorgang.ende))) if ist_frei else 0,
                    verfuegbar=ist_frei,
                    tagesentgelt=satz,
                    entgelt_wechselt=len(list(angebot.abschnitte(vorgang.beginn, vorgang.ende))) > 1,
                    soll_entgelt=betrag,
                    soll_entgelt_exakt=exakt,
                    differenz=betrag - preise[0] if ist_frei else None,
                    bestprice=ist_frei and betrag == preise[0],
                    im_guenstigsten_drittel=bool(rang and rang <= grenze),
                    passung=70 + (hash_of(angebot) % 30),
                    entfernung_km=Decimal(f"{haus.entfernung:.1f}"),
                    vakanz_stand=angebot.bestaetigt,
                )
            )
        return zeilen

    def _draw_leere(self, anzahl: int) -> None:
        """Searches that ended without a reservation, some of them without any available offer."""
        zufall, spanne = self.zufall, (self.zeit.heute - self.zeit.fenster).days
        for nummer in range(anzahl // 5):
            tag = self.zeit.fenster + timedelta(days=zufall.randrange(spanne + 1))
            leer = nummer % 3 != 0
            art = zufall.choice(("S34", "S34", "S34", "S35", "S35A", "S33", "T32", "S19"))
            beginn = tag + timedelta(days=zufall.randint(1, 20))
            asd = zufall.choice(self.leute.asd)
            gesamt = zufall.randint(0, 9) if leer else zufall.randint(3, 14)
            gesucht = min(zufall.moment(tag), self.zeit.jetzt - timedelta(minutes=5 + nummer % 50))
            dauer = zufall.choice((90, 182, 365))
            self.leere.append(
                self._suche_row(zufall.uuid(gesucht), gesucht, asd[0], art, beginn, beginn + timedelta(days=dauer))
                | {
                    "reichweite": zufall.choice((Reichweite.EIGENE, Reichweite.NACHBARN)),
                    "spezialisierungen": [zufall.choice(("trauma", "autismus", "sucht"))] if leer else [],
                    "alter": zufall.randint(3, 17),
                    "angebote_gesamt": gesamt,
                    "angebote_verfuegbar": 0 if leer else gesamt,
                }
            )

    # -- distributing and writing ------------------------------------------------------------

    def assign(self) -> None:
        """Who is in charge. At VG exactly 56 living cases belong to `asd-vg`, the others to colleagues."""
        kollegen = self.leute.asd[1:] if self.kz == "VG" else self.leute.asd
        for vorgang in self.vorgaenge:
            vorgang.asd = self.zufall.choice(kollegen)
        if self.kz != "VG":
            return
        offen = [v for v in self.vorgaenge if v.zustand in RESERVIERUNG_LEBEND]
        laufend = [v for v in self.vorgaenge if v.buchung in BUCHUNG_LEBEND]
        for vorgang in [*offen[:14], *laufend][:EIGENE_FAELLE]:
            vorgang.asd = self.leute.asd[0]

    def write(self) -> None:
        """Write everything; the tenant must be open."""
        self.assign()
        reihen: dict[Any, list[dict]] = {
            m: [] for m in (Klient, Hilfefall, Suche, Auswahlvermerk, Reservierung, Buchung, Protokoll)
        }
        reihen[Suche] += self.leere
        bindungen: list[Any] = []
        hinweise: list[Any] = []
        for nummer, vorgang in enumerate(self.vorgaenge, 1):
            self._write_one(vorgang, nummer, reihen, bindungen, hinweise)
        for model, zeilen in reihen.items():
            copy_rows(model, zeilen)
        Platzbindung.objects.bulk_create(bindungen, batch_size=1000)
        write_hinweise(hinweise)

    def _write_one(self, v: WeltVorgang, nummer: int, reihen: dict, bindungen: list, hinweise: list) -> None:
        momente = self._draw_momente(v)
        suche = self._suche_of(v)
        reihen[Klient].append(self._klient_row(v, nummer))
        reihen[Hilfefall].append(self._fall_row(v, nummer))
        reihen[Suche].append(suche)
        reihen[Auswahlvermerk].append(self._vermerk_row(v, suche, momente.gewaehlt))
        reihen[Reservierung].append(self._reservierung_row(v, suche, momente))
        reihen[Protokoll].append(
            self._protokoll_row(v, momente.gewaehlt, Vorgang.RESERVIERUNG_ANLEGEN, Reservierung, v.ids["reservierung"])
        )
        if v.buchung:
            reihen[Buchung].append(self._buchung_row(v, momente.gebucht))
            reihen[Protokoll].append(
                self._protokoll_row(v, momente.gebucht, Vorgang.RESERVIERUNG_BUCHEN, Buchung, v.ids["buchung"])
            )
        bindungen.append(self._bindung(v, momente.gewaehlt))
        if hinweis := self._hinweis(v, momente.gewaehlt):
            hinweise.append(hinweis)
        if momente.gewaehlt > self.zeit.jetzt - ERLEDIGT_SEIT and (erledigt := self._erledigt(v, momente)):
            hinweise.append(erledigt)

    def _draw_momente(self, v: WeltVorgang) -> Momente:
        """When each step was; with it the ids of the rows, and the deadline."""
        zufall, jetzt = self.zufall, self.zeit.jetzt
        assert v.gesucht
        gewaehlt = v.gesucht + timedelta(minutes=zufall.randint(2, 15))
        v.ablauf = reservierung_ablauf(gewaehlt, settings.RESERVIERUNG_TAGE)
        if settings.FIXED_TODAY:  # what runs out does so by the real clock
            v.ablauf += real_now() - jetzt
        for name in ("klient", "hilfefall", "suche"):
            v.ids[name] = zufall.uuid(v.gesucht)
        for name in ("vermerk", "reservierung", "bindung"):
            v.ids[name] = zufall.uuid(gewaehlt)
        entschieden = min(gewaehlt + timedelta(hours=zufall.randint(3, 60)), jetzt - timedelta(minutes=15))
        gebucht = min(entschieden + timedelta(hours=zufall.randint(1, 40)), jetzt - timedelta(minutes=5))
        return Momente(gewaehlt, entschieden, gebucht)

    def _fall_row(self, v: WeltVorgang, nummer: int) -> dict:
        assert v.gesucht and v.asd
        fachkraft, _, team = v.asd
        return {
            "id": v.ids["hilfefall"],
            "created_at": v.gesucht,
            "fallnummer": f"{self.kz}-{v.gesucht.year}-{nummer:05d}",
            "klient_id": v.ids["klient"],
            "fachkraft_id": fachkraft,
            "team": team,
            "zustand": _FALL[v.buchung] if v.buchung else HilfefallZustand.OFFEN,
        }

    def _suche_of(self, v: WeltVorgang) -> dict:
        """The search that led to it, with its counts."""
        assert v.gesucht and v.asd
        eigene = v.angebot.einrichtung.kuerzel == self.kz
        return self._suche_row(v.ids["suche"], v.gesucht, v.asd[0], v.angebot.art, v.beginn, v.ende, v.stunden) | {
            "klient_id": v.ids["klient"],
            "hilfefall_id": v.ids["hilfefall"],
            "reichweite": Reichweite.EIGENE if eigene else Reichweite.NACHBARN,
            "geschlecht": v.geschlecht,
            "alter": v.alter,
            "angebote_gesamt": len(v.liste),
            "angebote_verfuegbar": sum(zeile.verfuegbar for zeile in v.liste),
        }

    def _gemeinsam(self, v: WeltVorgang) -> dict:
        """What a booking takes over from its reservation."""
        haus = v.angebot.einrichtung
        return {
            "hilfefall_id": v.ids["hilfefall"],
            "klient_id": v.ids["klient"],
            "hilfeart_id": self.markt.hilfearten[v.angebot.art].pk,
            "anbieter_id": haus.anbieter.id,
            "einrichtung_id": haus.id,
            "angebot_id": v.angebot.id,
            "platzbindung_id": v.ids["bindung"],
            "soll_kosten": soll(preis(v.angebot, v.beginn, v.ende, v.stunden)[2]),
            "ist_auswaertig": rules.ist_auswaertig(haus.ags, self.tenant.ags[:5]),
            "zeitraum": DateRange(v.beginn, v.ende),
        }

    def _reservierung_row(self, v: WeltVorgang, suche: dict, momente: Momente) -> dict:
        satz, menge, exakt = preis(v.angebot, v.beginn, v.ende, v.stunden)
        entschieden = v.zustand in _VOM_ANBIETER_ENTSCHIEDEN
        abgelehnt = v.zustand == ReservierungZustand.ABGELEHNT
        zurueckgezogen = v.zustand == ReservierungZustand.ZURUECKGEZOGEN
        return self._gemeinsam(v) | {
            "id": v.ids["reservierung"],
            "created_at": momente.gewaehlt,
            "auswahlvermerk_id": v.ids["vermerk"],
            "suche_id": v.ids["suche"],
            "platz_id": v.platz.id,
            "pseudonym": self._pseudonym(),
            "alter_bei_beginn": v.alter,
            "menge": menge,
            "tage_je_woche": suche["tage_je_woche"],
            "stunden_je_woche": suche["stunden_je_woche"],
            "tagesentgelt": satz,
            "soll_entgelt_exakt": exakt,
            "soll_entgelt": soll(exakt),
            "taschengeld": Decimal("0.00"),
            "zustand": v.zustand,
            "ablauf_at": v.ablauf,
            "entschieden_at": momente.entschieden if entschieden else None,
            "entschieden_von_id": v.angebot.einrichtung.anbieter.user_id if entschieden else None,
            "ablehnungsgrund": self.zufall.choice(_ABLEHNUNG) if abgelehnt else "",
            "rueckzug_grund": "Die Familie hat sich anders entschieden." if zurueckgezogen else "",
        }

    def _buchung_row(self, v: WeltVorgang, gebucht: datetime) -> dict:
        v.ids["buchung"] = self.zufall.uuid(gebucht)
        beendet = v.buchung in BUCHUNG_ABRECHENBAR - BUCHUNG_LEBEND
        return self._gemeinsam(v) | {
            "id": v.ids["buchung"],
            "created_at": gebucht,
            "reservierung_id": v.ids["reservierung"],
            "zustand": v.buchung,
            "gebucht_at": gebucht,
            "beginn_tatsaechlich": v.beginn if v.buchung in BUCHUNG_ABRECHENBAR else None,
            "ende_tatsaechlich": v.bis - EIN_TAG if beendet else None,
            "beendigungsgrund": (v.grund or "") if beendet else "",
            "beendigung_text": "Umzug der Familie" if v.grund == Beendigungsgrund.SONSTIGE else "",
        }

    def _protokoll_row(self, v: WeltVorgang, moment: datetime, vorgang: Vorgang, model: type[Model], key: UUID) -> dict:
        assert v.asd
        return {
            "id": self.zufall.uuid(moment),
            "created_at": moment,
            "user_id": v.asd[0],
            "rolle": Rolle.ASD,
            "aktion": Aktion.ANLEGEN.value,
            "vorgang": vorgang,
            "objekt_art": model._meta.label_lower,
            "objekt_id": key,
        }

    def _klient_row(self, v: WeltVorgang, nummer: int) -> dict:
        zufall = self.zufall
        namen = vokabular.VORNAMEN_W if v.geschlecht == Geschlecht.WEIBLICH else vokabular.VORNAMEN_M
        tage = v.alter * 365.25 + zufall.randint(20, 340)
        geboren = v.beginn - timedelta(days=int(tage))
        return {
            "id": v.ids["klient"],
            "created_at": v.gesucht,
            "pkz": f"{self.kz}{nummer:06d}",
            "vorname": zufall.choice(namen),
            "nachname": zufall.choice(vokabular.NACHNAMEN),
            "geburtsdatum": geboren,
            "geschlecht": KlientGeschlecht.from_kuerzel(v.geschlecht),
        }

    def _suche_row(
        self,
        key: UUID,
        moment: datetime,
        fachkraft: UUID,
        art: str,
        beginn: date,
        ende: date,
        stunden: Decimal | None = None,
    ) -> dict:
        hilfeart = self.markt.hilfearten[art]
        tage = (ende - beginn).days - 1
        return {
            "id": key,
            "created_at": moment,
            "fachkraft_id": fachkraft,
            "hilfeart_id": hilfeart.pk,
            "region": self.kz,
            "zeitraum": DateRange(beginn, ende),
            "tage_je_woche": hilfeart.tage_je_woche if hilfeart.ist_stationaer else None,
            "stunden_je_woche": stunden,
            "tage": Decimal(tage),
            "wochen": rules.dauer_in_wochen(tage),
        }

    def _vermerk_row(self, v: WeltVorgang, suche: dict, gewaehlt: datetime) -> dict:
        assert v.gesucht and v.asd
        gewaehlt_zeile = next(zeile for zeile in v.liste if zeile.angebot == v.angebot.id)
        drittel = gewaehlt_zeile.im_guenstigsten_drittel
        hilfeart = self.markt.hilfearten[v.angebot.art]
        inhalt = {
            "fachkraft_name": v.asd[1],
            "kriterien": {
                "hilfeart": hilfeart.code,
                "hilfeart_name": str(hilfeart),
                "region": self.kz,
                "reichweite": str(suche["reichweite"]),
                "beginn": v.beginn.isoformat(),
                "ende": (v.ende - EIN_TAG).isoformat(),
                "tage": f"{suche['tage']:.2f}",
                "wochen": str(suche["wochen"]),
                "tage_je_woche": None if suche["tage_je_woche"] is None else str(suche["tage_je_woche"]),
                "stunden_je_woche": None if v.stunden is None else f"{v.stunden:.2f}",
                "spezialisierungen": [],
                "geschlecht": v.geschlecht.value,
                "alter": v.alter,
                "angebote_gesamt": suche["angebote_gesamt"],
                "angebote_verfuegbar": suche["angebote_verfuegbar"],
                "klient": str(v.ids["klient"]),
                "sortierung": "kosten",
                "gesucht_at": v.gesucht.isoformat(),
                "gewaehlt_at": gewaehlt.isoformat(),
            },
            "angebote": [zeile.to_json() for zeile in v.liste],
            "angebot_id": v.angebot.id,
            "rang": gewaehlt_zeile.rang,
            "anzahl": suche["angebote_verfuegbar"],
            "im_guenstigsten_drittel": drittel,
            "begruendung": "" if drittel else self.zufall.choice(vokabular.BEGRUENDUNGEN),
            "ersparnis": compute_ersparnis(v.liste, gewaehlt_zeile.soll_entgelt),
        }
        return inhalt | {
            "id": v.ids["vermerk"],
            "klient_id": v.ids["klient"],
            "suche_id": v.ids["suche"],
            "fachkraft_id": suche["fachkraft_id"],
        }

    def _pseudonym(self) -> str:
        while True:
            pseudonym = f"{self.kz}-{''.join(self.zufall.choices(_ZEICHEN, k=5))}"
            if pseudonym not in self._pseudonyme:
                self._pseudonyme.add(pseudonym)
                return pseudonym

    def _bindung(self, v: WeltVorgang, gewaehlt: datetime) -> Platzbindung:
        """The id equals the reservation's and the booking's `platzbindung_id`; ended holds end with the help."""
        if not v.haelt_platz:
            zustand = BindungZustand.FREIGEGEBEN
        else:
            zustand = BindungZustand.GEBUCHT if v.buchung else BindungZustand.RESERVIERT
        return Platzbindung(
            id=v.ids["bindung"],
            created_at=gewaehlt,
            mandant=self.tenant.schema_name,
            platz_id=v.platz.id,
            zeitraum=DateRange(v.beginn, v.bis),
            zustand=zustand,
            ablauf_at=v.ablauf if zustand == BindungZustand.RESERVIERT else None,
        )

    def _hinweis(self, v: WeltVorgang, gewaehlt: datetime) -> Hinweis | None:
        wartet_auf = WartetAuf.AMT if v.zustand == ReservierungZustand.ZUGESTIMMT else WartetAuf.ANBIETER
        if v.zustand in RESERVIERUNG_LEBEND:
            art, objekt, frist = HinweisArt.RESERVIERUNG, v.ids["reservierung"], v.ablauf
        elif v.buchung == BuchungZustand.GEBUCHT:
            art, objekt, frist = HinweisArt.BUCHUNG, v.ids["buchung"], None
        else:
            return None
        return Hinweis(
            id=self.zufall.uuid(gewaehlt),
            created_at=gewaehlt,
            mandant=self.tenant.schema_name,
            anbieter_id=v.angebot.einrichtung.anbieter.id,
            angebot_id=v.angebot.id,
            art=art,
            objekt_id=objekt,
            platzbindung_id=v.ids["bindung"],
            beginn=v.beginn,
            wartet_auf=wartet_auf,
            frist_at=frist,
        )

    def _erledigt(self, v: WeltVorgang, momente: Momente) -> Hinweis | None:
        """The pointer to a reservation of which something has become; None while it waits for an answer."""
        wann = {
            ReservierungZustand.GEBUCHT: momente.gebucht,
            ReservierungZustand.ABGELAUFEN: v.ablauf,
        }.get(v.zustand, momente.entschieden)
        if v.zustand not in _AUSGANG or wann is None:
            return None
        return Hinweis(
            id=uuid5(v.ids["reservierung"], "erledigt"),
            created_at=momente.gewaehlt,
            mandant=self.tenant.schema_name,
            anbieter_id=v.angebot.einrichtung.anbieter.id,
            angebot_id=v.angebot.id,
            art=HinweisArt.RESERVIERUNG,
            objekt_id=v.ids["reservierung"],
            platzbindung_id=v.ids["bindung"],
            beginn=v.beginn,
            frist_at=v.ablauf,
            erledigt_at=min(wann, self.zeit.jetzt),
            ausgang=_AUSGANG[v.zustand],
        )


def write_hinweise(hinweise: list[Hinweis]) -> None:
    """Write pointers with the day they came in: bulk_create puts now into `created_at`, so it is set afterwards."""
    eingang = [hinweis.created_at for hinweis in hinweise]
    Hinweis.objects.bulk_create(hinweise, batch_size=1000)
    for hinweis, moment in zip(hinweise, eingang, strict=True):
        hinweis.created_at = moment
    Hinweis.objects.bulk_update(hinweise, ["created_at"], batch_size=500)


def hash_of(angebot: WeltAngebot) -> int:
    """A number that stays the same for an offer."""
    return angebot.los.int % 1009


def preis(angebot: WeltAngebot, beginn: date, ende: date, stunden: Decimal | None) -> tuple[Decimal, Decimal, Decimal]:
    """Rate on the first day, quantity, exact planned amount: as placements.rules, in whole cents.

    `ende` is exclusive; the plan counts end minus start, so its last day is left out.
    """
    plan_ende = ende - EIN_TAG
    tage = (plan_ende - beginn).days
    cent_tage = sum((bis - von).days * cent for von, bis, cent in angebot.abschnitte(beginn, plan_ende))
    satz = Decimal(angebot.satz_am(beginn)) / 100
    if stunden is not None:
        menge = rules.fachleistungsstunden(rules.dauer_in_wochen(tage), stunden)
        exakt = (menge * cent_tage / tage / 100).quantize(_STATT)
    else:
        je_woche = 5 if angebot.art == "T32" else 7
        menge = (Decimal(tage) * je_woche / 7).quantize(Decimal("0.01"))
        exakt = (Decimal(cent_tage) * je_woche / 700).quantize(_STATT)
    return satz.quantize(Decimal("0.01")), menge, exakt


def soll(exakt: Decimal) -> Decimal:
    """Up to the full euro."""
    return exakt.quantize(Decimal(1), rounding=ROUND_CEILING)
