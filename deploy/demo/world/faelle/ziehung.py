"""Drawing in memory: which cases there are, where, how long, and how they end."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from deploy.demo.world.faelle.amt import Amt
from deploy.demo.world.faelle.preise import preis, soll
from deploy.demo.world.faelle.vorgang import WeltVorgang
from deploy.demo.world.markt import WeltAngebot, WeltPlatz
from shared_apps.providers.models import Geschlecht
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Beendigungsgrund, Reichweite
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.states import RESERVIERUNG_LEBEND, BuchungZustand, ReservierungZustand

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


class Ziehung(Amt):
    """Draws the cases of one office."""

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


def hash_of(angebot: WeltAngebot) -> int:
    """A number that stays the same for an offer."""
    return angebot.los.int % 1009
