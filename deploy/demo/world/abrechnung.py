"""Months of service, invoices in all states, payments and budgets of one office in the demo world."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from deploy.demo.world.faelle import AmtBau, WeltVorgang, write_hinweise
from deploy.demo.world.werkzeug import EIN_TAG, copy_rows
from shared_apps.core.geld import round_cent
from shared_apps.core.zeitraum import monatserster, naechster_monat, vormonat
from shared_apps.inbox.models import Hinweis, HinweisArt
from tenant_apps.billing.models import (
    AbgerechneterZeitraum,
    Auszahlung,
    Leistungsnachweis,
    Rechnung,
    Rechnungsposition,
)
from tenant_apps.billing.rules import list_zeitraeume
from tenant_apps.billing.selectors.berechnung import get_leistungskreis
from tenant_apps.billing.states import RECHNUNG_FESTGESTELLT, LeistungsnachweisZustand, RechnungZustand
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.placements.states import BUCHUNG_ABRECHENBAR

_BEANSTANDUNG = "Die Zahl der Tage stimmt nicht mit dem Belegungsplan überein. Bitte prüfen Sie den Entlassungstag."


class Abrechnung:
    """Bills what was drawn. Closed months only; the last one is on its way through the office."""

    def __init__(self, amt: AmtBau) -> None:
        self.amt, self.zufall, self.zeit = amt, amt.zufall, amt.zeit
        self.nachweise: list[dict] = []
        self.rechnungen: list[dict] = []
        self.positionen: list[dict] = []
        self.auszahlungen: list[dict] = []
        self.abgerechnet: list[dict] = []
        self.hinweise: list[Hinweis] = []
        self.nummern: dict[Any, int] = defaultdict(int)
        self.jahre: dict[tuple[int, str], Decimal] = defaultdict(Decimal)

    def write(self) -> None:
        """Write all; the tenant must be open."""
        for vorgang in self.amt.vorgaenge:
            if vorgang.buchung in BUCHUNG_ABRECHENBAR:
                for monat in self._monate(vorgang):
                    self._bill(vorgang, monat)
        copy_rows(Leistungsnachweis, self.nachweise)
        copy_rows(Rechnung, self.rechnungen)
        copy_rows(Rechnungsposition, self.positionen)
        copy_rows(AbgerechneterZeitraum, self.abgerechnet)
        copy_rows(Auszahlung, self.auszahlungen)
        write_hinweise(self.hinweise)
        copy_rows(Haushaltsansatz, self._ansaetze())

    def _monate(self, v: WeltVorgang) -> Iterator[date]:
        # Two months earlier than the cases, so that the first month of the world has payments too.
        monat = max(monatserster(v.beginn), vormonat(vormonat(self.zeit.fenster)))
        if v.ende.year == 2017 or v.beginn.year == 2017:
            return  # the worked example is about places, not about money
        while monat < v.bis and monat < monatserster(self.zeit.heute):
            yield monat
            monat = naechster_monat(monat)

    def _bill(self, v: WeltVorgang, monat: date) -> None:
        zufall = self.zufall
        von, bis = max(v.beginn, monat), min(v.bis, naechster_monat(monat))
        user = v.angebot.einrichtung.anbieter.user_id
        eingereicht = zufall.moment(naechster_monat(monat) + timedelta(days=zufall.randint(0, 11)))
        offen = eingereicht > self.zeit.jetzt
        zuletzt = naechster_monat(monat) == monatserster(self.zeit.heute)
        fehlt = zuletzt and zufall.random() < 0.08
        if (offen and zufall.random() < 0.7) or fehlt:
            self._hinweis(v, HinweisArt.LEISTUNGSNACHWEIS, v.ids["buchung"], self._erster(monat))
            return
        stunden = None
        tage = [von + timedelta(days=i) for i in range((bis - von).days)]
        if v.stunden is not None:
            viertel = max(1, round(float(v.stunden) * len(tage) / 7 * 4 * zufall.uniform(0.8, 1.0)))
            stunden = Decimal(viertel) / 4
        elif v.angebot.art == "T32":
            tage = [tag for tag in tage if tag.weekday() < 5]
            if not tage:
                return
        nachweis = {
            "id": zufall.uuid(eingereicht),
            "created_at": eingereicht,
            "buchung_id": v.ids["buchung"],
            "monat": monat,
            "tage": [] if stunden is not None else [tag.day for tag in tage],
            "stunden": stunden,
            "erfasst_von_id": user,
            "zustand": LeistungsnachweisZustand.ENTWURF if offen else LeistungsnachweisZustand.EINGEREICHT,
            "eingereicht_at": None if offen else eingereicht,
        }
        self.nachweise.append(nachweis)
        if offen:
            nachweis["created_at"] = self.zeit.jetzt
            return
        if zuletzt and zufall.random() < 0.06:
            return  # handed in, not billed yet
        self._rechnung(v, monat, tage, stunden, nachweis, eingereicht)

    def _rechnung(
        self,
        v: WeltVorgang,
        monat: date,
        tage: list[date],
        stunden: Decimal | None,
        nachweis: dict,
        eingereicht: datetime,
    ) -> None:
        zufall, jetzt = self.zufall, self.zeit.jetzt
        anbieter = v.angebot.einrichtung.anbieter
        rechnung = {
            "id": zufall.uuid(eingereicht),
            "created_at": eingereicht,
            "leistungsnachweis_id": nachweis["id"],
            "buchung_id": v.ids["buchung"],
            "anbieter_id": anbieter.id,
            "nummer": self._nummer(anbieter.id, monat),
            "monat": monat,
            "eingereicht_at": eingereicht,
            "eingereicht_von_id": anbieter.user_id,
            "befunde": [],
            "zustand": RechnungZustand.EINGEREICHT,
        }
        rechnung["betrag"] = self._positionen(v, tage, stunden, rechnung)
        beanstandet = zufall.random() < 0.02
        beanstandung = {
            "beanstandung": _BEANSTANDUNG,
            "beanstandet_von_id": self.amt.leute.wjh,
            "beanstandet_at": min(jetzt, eingereicht + timedelta(days=3)),
        }
        if beanstandet and (jetzt - eingereicht).days > 40:
            # an objected invoice was cancelled and a new one took its place
            alt = (
                rechnung
                | beanstandung
                | {
                    "id": zufall.uuid(eingereicht),
                    "nummer": self._nummer(anbieter.id, monat),
                    "zustand": RechnungZustand.STORNIERT,
                    "storniert_durch_id": rechnung["id"],
                }
            )
            alt["betrag"] = self._positionen(v, tage, stunden, alt)
            self.rechnungen.append(alt)
        elif beanstandet or ((jetzt - eingereicht).days < 40 and zufall.random() < 0.05):
            rechnung |= beanstandung | {"zustand": RechnungZustand.BEANSTANDET}
            nachweis["zustand"] = LeistungsnachweisZustand.BEANSTANDET
            self._hinweis(v, HinweisArt.RECHNUNG_BEANSTANDET, rechnung["id"], eingereicht + timedelta(days=3))
            self.rechnungen.append(rechnung)
            return
        self._advance(rechnung, nachweis, eingereicht)
        if stunden is None and rechnung["zustand"] in RECHNUNG_FESTGESTELLT:
            self._claim(v, tage, rechnung)
        self.rechnungen.append(rechnung)
        self.jahre[monat.year, v.angebot.art] += rechnung["betrag"]

    def _claim(self, v: WeltVorgang, tage: list[date], rechnung: dict) -> None:
        """The days are taken, as the certification does it."""
        art = self.amt.markt.hilfearten[v.angebot.art]
        self.abgerechnet += [
            {
                "id": self.zufall.uuid(rechnung["eingereicht_at"]),
                "created_at": rechnung["festgestellt_at"],
                "rechnung_id": rechnung["id"],
                "klient_id": v.ids["klient"],
                "kreis": get_leistungskreis(art),
                "zeitraum": DateRange(zeitraum.beginn, zeitraum.ende),
            }
            for zeitraum in list_zeitraeume(tage)
        ]

    def _advance(self, rechnung: dict, nachweis: dict, eingereicht: datetime) -> None:
        """Certified by WJH, ordered by the lead, paid by WJH: each step some days later, if they have passed."""
        zufall, jetzt, leute = self.zufall, self.zeit.jetzt, self.amt.leute
        # The desk is never empty: some invoices of the last weeks wait at each step.
        wartet = zufall.choices((0, 1, 2, 3), (28, 16, 14, 42))[0] if (jetzt - eingereicht).days < 30 else 3
        if wartet == 0:
            return
        festgestellt = zufall.moment(eingereicht.date() + timedelta(days=zufall.randint(1, 7)))
        if festgestellt > jetzt:
            return
        rechnung |= {
            "zustand": RechnungZustand.SACHLICH_RICHTIG,
            "festgestellt_von_id": leute.wjh,
            "festgestellt_at": festgestellt,
        }
        angeordnet = zufall.moment(festgestellt.date() + timedelta(days=zufall.randint(1, 5)))
        if angeordnet > jetzt or wartet == 1:
            return
        rechnung |= {
            "zustand": RechnungZustand.ANGEORDNET,
            "angeordnet_von_id": leute.leitung,
            "angeordnet_at": angeordnet,
        }
        nachweis["zustand"] = LeistungsnachweisZustand.BESTAETIGT  # final with the order, as the service does it
        bezahlt = zufall.moment(angeordnet.date() + timedelta(days=zufall.randint(1, 4)))
        if bezahlt > jetzt or wartet == 2:
            return
        rechnung["zustand"] = RechnungZustand.BEZAHLT
        self.auszahlungen.append(
            {
                "id": zufall.uuid(bezahlt),
                "created_at": bezahlt,
                "rechnung_id": rechnung["id"],
                "betrag": rechnung["betrag"],
                "bezahlt_am": bezahlt.date(),
                "erfasst_von_id": leute.wjh,
            }
        )

    def _positionen(self, v: WeltVorgang, tage: list[date], stunden: Decimal | None, rechnung: dict) -> Decimal:
        """Lines, split where the rate changes. Hours are billed at the rate of the month's first day."""
        if stunden is not None:
            teile = [(tage[0], tage[-1] + EIN_TAG, v.angebot.satz_am(tage[0]), stunden)]
        else:
            teile = []
            for von, bis, cent in v.angebot.abschnitte(tage[0], tage[-1] + EIN_TAG):
                anzahl = sum(von <= tag < bis for tag in tage)
                if anzahl:
                    teile.append((von, bis, cent, Decimal(anzahl)))
        summe = Decimal("0.00")
        einheit = self.amt.markt.hilfearten[v.angebot.art].einheit
        for reihe, (von, bis, cent, menge) in enumerate(teile, 1):
            betrag = round_cent(menge * cent / 100)
            summe += betrag
            self.positionen.append(
                {
                    "id": self.zufall.uuid(rechnung["eingereicht_at"]),
                    "created_at": rechnung["eingereicht_at"],
                    "rechnung_id": rechnung["id"],
                    "reihenfolge": reihe,
                    "bezeichnung": v.angebot.name,
                    "zeitraum": DateRange(von, bis),
                    "menge": menge,
                    "einheit": einheit,
                    "satz": Decimal(cent) / 100,
                    "betrag": betrag,
                }
            )
        return summe

    def _erster(self, monat: date) -> datetime:
        """Morning of the first day after the month."""
        return self.zufall.moment(naechster_monat(monat))

    def _nummer(self, anbieter_id: Any, monat: date) -> str:
        self.nummern[anbieter_id] += 1
        return f"{monat:%Y%m}-{self.nummern[anbieter_id]:05d}"

    def _hinweis(self, v: WeltVorgang, art: HinweisArt, objekt: Any, seit: datetime) -> None:
        self.hinweise.append(
            Hinweis(
                id=self.zufall.uuid(self.zeit.jetzt),
                created_at=min(seit, self.zeit.jetzt),
                mandant=self.amt.tenant.schema_name,
                anbieter_id=v.angebot.einrichtung.anbieter.id,
                angebot_id=v.angebot.id,
                art=art,
                objekt_id=objekt,
                platzbindung_id=v.ids["bindung"],
                beginn=v.beginn,
            )
        )

    def _ansaetze(self) -> list[dict]:
        """Budgets from two years before to the next one, near what is spent in a full year."""
        jahr = self.zeit.heute.year
        reihen = []
        for code, hilfeart in self.amt.markt.hilfearten.items():
            voll = self.jahre.get((jahr - 1, code), Decimal(0))
            for schritt in range(-2, 2):
                faktor = Decimal(str(round(1 + 0.03 * schritt + self.zufall.uniform(0.0, 0.09), 3)))
                betrag = max(Decimal(20000), (voll * faktor).quantize(Decimal("1E3")))
                reihen.append(self._ansatz(jahr + schritt, hilfeart, betrag))
        if self.amt.kz == "VG":
            reihen.append(self._ansatz(2017, self.amt.markt.hilfearten["S34"], Decimal(6_900_000)))
        return reihen

    def _ansatz(self, jahr: int, hilfeart: Any, betrag: Decimal) -> dict:
        return {
            "id": self.zufall.uuid(self.zeit.jetzt),
            "created_at": self.zeit.jetzt,
            "jahr": jahr,
            "hilfeart_id": hilfeart.pk,
            "produktkonto": f"363{hilfeart.sortierung:02d}.5331",
            "betrag": betrag.quantize(Decimal("0.01")),
        }
