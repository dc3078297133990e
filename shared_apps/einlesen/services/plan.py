"""What the lines of a list would do to the register as it is now: once for the preview, and again when it is done.

The number of queries does not grow with the lines. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.katalog import SPALTE, SPALTEN, Spalte, parse_zelle
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.rules import schwerster
from shared_apps.einlesen.services.abgleich import Abgleich
from shared_apps.einlesen.services.erlaubnisplan import Erlaubnisplan
from shared_apps.einlesen.services.objekt import (
    TEILER,
    Objekt,
    Plan,
    Zeile,
)

WEICHT_AB = "steht in Zeile {} mit derselben Nummer anders. Bitte schreiben Sie in beide Zeilen dasselbe."
SIEHE = "{} in Zeile {} ist fehlerhaft. Berichtigen Sie zuerst diese Zeile."
OHNE_NUMMER = "fehlt. Eine Zeile mit einem Angebot braucht die Nummer, unter der Sie es führen."


def list_zeilen(einlesung: Einlesung, zeilen: Iterable[tuple[int, Sequence[str]]]) -> list[Zeile]:
    """Lines with the cells of those columns that are assigned."""
    zuordnung = {code: stelle for code, stelle in einlesung.zuordnung.items() if code in SPALTE}
    return [
        Zeile(nummer, {code: werte[stelle] if stelle < len(werte) else "" for code, stelle in zuordnung.items()})
        for nummer, werte in zeilen
    ]


def build_plan(einlesung: Einlesung, zeilen: Sequence[Zeile]) -> Plan:
    """Compare the lines with the register."""
    return _Planer(einlesung, zeilen).build()


class _Planer(Abgleich):
    def build(self) -> Plan:
        gelesen = [(zeile.nummer, self._parse(zeile)) for zeile in self.zeilen]
        for nummer, werte in gelesen:
            self.zu[nummer] = self._gather(nummer, werte)
        self.erlaubnisse = Erlaubnisplan(self)
        self.load()
        for art, compare in (
            (Gegenstand.ANBIETER, self.compare_anbieter),
            (Gegenstand.EINRICHTUNG, self.compare_einrichtung),
            (Gegenstand.ERLAUBNIS, self.erlaubnisse.compare),
            (Gegenstand.ANGEBOT, self.compare_angebot),
        ):
            for objekt in self.erlaubnisse.sort(self.objekte[art].values()):
                self.below(objekt)
                if not objekt.ist_fehlerhaft:
                    compare(objekt)
        self.erlaubnisse.check()
        befunde = {nummer: self._judge(nummer, objekte) for nummer, objekte in self.zu.items()}
        return Plan(self.objekte, befunde, dict(self.meldungen), self.zu)

    # --- lines ---

    def _parse(self, zeile: Zeile) -> dict[str, Any]:
        werte: dict[str, Any] = {}
        for code, text in zeile.zellen.items():
            if not text:
                continue
            wert, meldung = parse_zelle(code, text)
            if meldung:
                self.say(zeile.nummer, code, meldung)
            elif wert is not None:
                werte[code] = wert
        return werte

    def _gather(self, nummer: int, werte: dict[str, Any]) -> list[Objekt]:
        """The objects a line speaks of. The first line of each says what it is; the others must not differ."""
        for code in ("anbieter_nr", "anbieter", "einrichtung_nr", "einrichtung"):
            if code not in werte:
                self.miss(nummer, code)
        if "anbieter_nr" not in werte or "einrichtung_nr" not in werte:
            return []
        anbieter = self._object(nummer, Gegenstand.ANBIETER, [werte["anbieter_nr"]], werte, None)
        haus = self._object(
            nummer, Gegenstand.EINRICHTUNG, [werte["anbieter_nr"], werte["einrichtung_nr"]], werte, anbieter
        )
        found = [anbieter, haus]
        erlaubnis = [s.code for s in SPALTEN if s.art == Gegenstand.ERLAUBNIS and s.code in werte]
        if "erlaubnis_nr" in werte:
            nummern = [werte["anbieter_nr"], werte["einrichtung_nr"], werte["erlaubnis_nr"]]
            found.append(self._object(nummer, Gegenstand.ERLAUBNIS, nummern, werte, haus))
        elif erlaubnis:
            self.miss(nummer, "erlaubnis_nr")
        davon = [s.code for s in SPALTEN if s.art in {Gegenstand.ANGEBOT, Gegenstand.ENTGELT} and s.code in werte]
        if "angebot_nr" in werte:
            nummern = [werte["anbieter_nr"], werte["einrichtung_nr"], werte["angebot_nr"]]
            found.append(self._object(nummer, Gegenstand.ANGEBOT, nummern, werte, haus))
            self._gather_satz(nummer, werte, found[-1])
        elif davon:
            self.miss(nummer, "angebot_nr", OHNE_NUMMER)
        return found

    def _object(
        self, nummer: int, art: Gegenstand, nummern: list[str], werte: dict[str, Any], eltern: Objekt | None
    ) -> Objekt:
        eigene = {s.feld: werte[s.code] for s in SPALTEN if s.art == art and s.code in werte and not s.ist_schluessel}
        schluessel = TEILER.join(nummern)
        objekt = self.objekte[art].get(schluessel)
        if objekt is None:
            objekt = Objekt(art, schluessel, nummer, eigene, eltern)
            objekt.ist_fehlerhaft = any(self._spalte(code).art == art for code, _ in self.meldungen[nummer])
            self.objekte[art][schluessel] = objekt
            return objekt
        for spalte in SPALTEN:
            if spalte.art == art and spalte.feld in eigene and objekt.werte.get(spalte.feld) != eigene[spalte.feld]:
                self.say(nummer, spalte.code, WEICHT_AB.format(objekt.zeile))
        return objekt

    @staticmethod
    def _spalte(code: str) -> Spalte:
        return SPALTE[code]

    # --- what is said of a line ---

    def _judge(self, nummer: int, objekte: list[Objekt]) -> Befund:
        for objekt in objekte:
            if objekt.ist_fehlerhaft and objekt.zeile != nummer:
                code = next(s.code for s in SPALTEN if s.art == objekt.gegenstand and s.ist_schluessel)
                nr = objekt.schluessel.rsplit(TEILER, 1)[-1]
                self.say(nummer, code, SIEHE.format(f"{objekt.gegenstand.label} Nr. {nr}", objekt.zeile))
                break
        if nummer in self.fehlerhaft or not objekte:
            return Befund.FEHLERHAFT
        eigene = [objekt.befund for objekt in objekte if objekt.zeile == nummer]
        return schwerster([*eigene, self.entgelt_befunde.get(nummer, Befund.UNVERAENDERT)])
