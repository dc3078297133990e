"""Licences of the facilities of a list, and whether what is offered there afterwards is within them (ADR 0060).

The rule is that of the single entry (`providers.rules.verstoesse`), asked of the facility as it will be: what a line
brings is not refused one by one, because a list may bring more places and the licence for them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.rules import schwerster
from shared_apps.einlesen.services.objekt import TEILER, Objekt, Planung, get_stand
from shared_apps.providers.models import Angebot, Betriebserlaubnis, Einrichtung
from shared_apps.providers.rules import (
    Angebotsstand,
    Betrieb,
    Erlaubnisstand,
    Platzstand,
    Verstoss,
    braucht_erlaubnis,
    platzzahl_aendern,
    verstoesse,
)
from shared_apps.providers.selectors.erlaubnis import Eintrag, describe_verstoss, list_betriebe, stand_of_erlaubnis
from shared_apps.providers.services.bestand import build_erlaubnis
from shared_apps.providers.services.erlaubnis import (
    GLEICHZEITIG,
    check_eine_zur_zeit,
    clean_erlaubnis,
    find_abgeloeste,
)

_L, _G = Gegenstand.ERLAUBNIS, Gegenstand.ANGEBOT
#: Of an offer: what a licence limits.
GRENZEN = {"plaetze", "alter_von", "alter_bis"}
FEHLT = "fehlt. Eine neue Betriebserlaubnis braucht Nummer, Tag des Bescheids und genehmigte Plätze."
KEINE_ERLAUBNIS = (
    "Für die Einrichtung ist keine Betriebserlaubnis eingetragen. Ihre Angebote stehen dann im Verzeichnis, werden aber"
    " erst angeboten, wenn eine Betriebserlaubnis eingetragen ist (§ 45 SGB VIII)."
)
ZU_VIEL = (
    "Diese Zeile bleibt außen vor. Bitte berichtigen Sie sie, oder nehmen Sie auf, was die Behörde zusätzlich erlaubt."
)
ZU_VIEL_IN_DER_LISTE = (
    "Diese Zeile bleibt außen vor. Bitte berichtigen Sie sie, oder die Betriebserlaubnis in Zeile {}."
)
PASST_NICHT = "Bitte berichtigen Sie die Betriebserlaubnis in der Liste, oder Plätze und Alter der Angebote."
FUEHRT_SELBST = "Der Anbieter hat die Betriebserlaubnis Nr. {} selbst eingetragen. Er trägt auch die nächste ein."


class Erlaubnisplan:
    """Compares licences, one facility's after the other in the order of their first days."""

    def __init__(self, planung: Planung) -> None:
        self.planung = planung
        self.rows: dict[UUID, list[Betriebserlaubnis]] = defaultdict(list)
        #: By facility of the list: its licences as they will be.
        self.stand: dict[str, list[Erlaubnisstand]] = {}
        #: Licences that the list brings, as they were built to see whether they can be.
        self.gebaut: dict[UUID, Objekt] = {}

    def load(self, einrichtung_ids: list[UUID]) -> list[Betriebserlaubnis]:
        """All licences of these facilities; one query."""
        rows = list(Betriebserlaubnis.objects.filter(einrichtung__in=einrichtung_ids).order_by("datum", "id"))
        for row in rows:
            self.rows[row.einrichtung_id].append(row)
        return rows

    @staticmethod
    def sort(objekte: Iterable[Objekt]) -> list[Objekt]:
        """Licences by their first day; all else as it is."""
        return sorted(objekte, key=lambda o: _beginn(o) if o.gegenstand == _L else date.min)

    def compare(self, objekt: Objekt) -> None:
        """One licence with the register."""
        haus = objekt.eltern
        assert haus is not None  # it is built below its facility
        if not self._is_meant(objekt):
            objekt.ist_fehlerhaft = True
            return
        objekt.fest["nummer"] = nummer = objekt.schluessel.rsplit(TEILER, 1)[1]
        rows = self.rows[haus.row.pk] if haus.row is not None else []
        self.stand.setdefault(haus.schluessel, [stand_of_erlaubnis(row) for row in rows])
        gleiche = [row for row in rows if row.nummer == nummer]
        bekannt = [row for row in gleiche if objekt.fremd and row.pk == objekt.fremd.objekt_id]
        objekt.row = next(iter(bekannt or reversed(gleiche)), None)
        if objekt.row is None:
            self._compare_neue(objekt, haus)
            return
        self.planung.compare(objekt, get_stand(objekt.row, _L), ist_gepflegt=self._ist_gepflegt(haus))
        if objekt.neu:
            self._check_geaenderte(objekt, haus)

    def _ist_gepflegt(self, haus: Objekt) -> bool:
        return haus.row is not None and haus.row.anbieter_id in self.planung.gepflegt

    def _is_meant(self, objekt: Objekt) -> bool:
        """Whether one of its lines can be read."""
        planung = self.planung
        return any(
            objekt in objekte and nummer not in planung.fehlerhaft
            for nummer, objekte in self.by_haus[objekt.eltern.schluessel if objekt.eltern else ""]
        )

    @property
    def by_haus(self) -> dict[str, list[tuple[int, list[Objekt]]]]:
        """The lines of each facility."""
        if not hasattr(self, "_by_haus"):
            self._by_haus: dict[str, list[tuple[int, list[Objekt]]]] = defaultdict(list)
            for nummer, objekte in self.planung.zu.items():
                for haus in objekte:
                    if haus.gegenstand == Gegenstand.EINRICHTUNG:
                        self._by_haus[haus.schluessel].append((nummer, objekte))
        return self._by_haus

    def _compare_neue(self, objekt: Objekt, haus: Objekt) -> None:
        planung, werte = self.planung, objekt.werte
        fehlende = [feld for feld in ("datum", "plaetze") if feld not in werte]
        for feld in fehlende:
            planung.fault(objekt, feld, FEHLT)
        if fehlende:
            return
        objekt.befund = Befund.NEU
        staende = self.stand[haus.schluessel]
        try:
            neue = stand_of_erlaubnis(build_erlaubnis(haus.row or Einrichtung(), objekt.fest["nummer"], werte))
            alte, andere = find_abgeloeste(staende, neue)
        except RegelVerletzt as error:
            planung.fault(objekt, error.feld or "nr", error.message)
            return
        if alte is not None:
            if not self._replace(alte, objekt, haus, neue.beginn - EIN_TAG):
                return
            staende = [*andere, replace(alte, ende=neue.beginn)]
        self.stand[haus.schluessel] = [*staende, neue]
        self.gebaut[neue.erlaubnis_id] = objekt

    def _replace(self, alte: Erlaubnisstand, objekt: Objekt, haus: Objekt, letzter_tag: date) -> bool:
        """End the licence before; False when it stays, and with it the new one out."""
        alt = self.gebaut.get(alte.erlaubnis_id) or self._of_register(alte, objekt, haus)
        if "letzter_tag" in alt.werte:  # this list says another day
            self.planung.fault(objekt, "gueltig_ab", GLEICHZEITIG.format(alte.nummer))
            return False
        if alt.row is None:
            alt.fest["ende"] = letzter_tag
        else:
            stand = alt.fremd.stand if alt.fremd else {}
            ist = get_stand(alt.row, _L)
            if self._ist_gepflegt(haus) and stand.get("letzter_tag", "") != ist["letzter_tag"]:
                self.planung.keep(objekt, "nr", FUEHRT_SELBST.format(alte.nummer))
                return False
            alt.ist, alt.neu = ist, alt.neu | {"letzter_tag": letzter_tag}
            alt.befund = schwerster((alt.befund, Befund.GEAENDERT))
        objekt.abgeloest = alt
        for _, objekte in self.by_haus[haus.schluessel]:
            if objekt in objekte and alt not in objekte:
                objekte.append(alt)
        return True

    def _of_register(self, alte: Erlaubnisstand, objekt: Objekt, haus: Objekt) -> Objekt:
        """The licence before as something the list speaks of: its line may name it, or the new one does."""
        planung = self.planung
        row = next(row for row in self.rows[haus.row.pk] if row.pk == alte.erlaubnis_id)
        key = TEILER.join((haus.schluessel, alte.nummer))
        gefunden = planung.objekte[_L].get(key)
        if gefunden is not None and gefunden.row is row:
            return gefunden
        if gefunden is not None:  # another one of the same number
            key = TEILER.join((key, str(row.pk)))
        alt = Objekt(_L, key, objekt.zeile, {}, haus, row, planung.known.get(row.pk))
        if alt.fremd is not None:
            alt.schluessel = alt.fremd.schluessel
        planung.objekte[_L][alt.schluessel] = alt
        return alt

    def _check_geaenderte(self, objekt: Objekt, haus: Objekt) -> None:
        try:
            neue = stand_of_erlaubnis(clean_erlaubnis(copy(objekt.row), objekt.neu))
            andere = [stand for stand in self.stand[haus.schluessel] if stand.erlaubnis_id != neue.erlaubnis_id]
            check_eine_zur_zeit(andere, neue)
        except RegelVerletzt as error:
            self.planung.fault(objekt, error.feld or "nr", error.message)
            return
        self.stand[haus.schluessel] = [*andere, neue]

    # --- the facility as it will be ---

    def check(self) -> None:
        """Whether each facility with something new is within its licences; what has none is told so."""
        haeuser = {haus.schluessel: haus for haus in self.planung.objekte[Gegenstand.EINRICHTUNG].values()}
        dort: dict[str, list[Objekt]] = defaultdict(list)
        for art in (_L, _G):
            for objekt in self.planung.objekte[art].values():
                if objekt.eltern is None or objekt.ist_fehlerhaft:
                    continue
                if self._is_meant(objekt):
                    dort[objekt.eltern.schluessel].append(objekt)
                elif objekt.gegenstand == _L:
                    self._leave_out(objekt)
        neue = {
            key: [o for o in objekte if o.ist_neu or (o.gegenstand == _L and o.neu) or GRENZEN & set(o.neu)]
            for key, objekte in dort.items()
        }
        rows = [haeuser[key].row for key, objekte in neue.items() if objekte]
        betriebe = list_betriebe([row.pk for row in rows if row is not None])
        for key, objekte in dort.items():
            haus = haeuser[key]
            if neue[key]:
                self._check_haus(haus, neue[key], betriebe.get(haus.row.pk, Betrieb()) if haus.row else Betrieb())
            self._say_ohne(haus, objekte)

    def _leave_out(self, objekt: Objekt) -> None:
        """None of its lines is read any more: neither it nor the end of the one before."""
        haus = objekt.eltern
        assert haus is not None  # it is built below its facility
        wie_zuvor = {o.row.pk for o in (objekt, objekt.abgeloest) if o is not None and o.row is not None}
        release_abgeloeste(objekt)
        objekt.ist_fehlerhaft = True
        eigene = {pk for pk, gebaut in self.gebaut.items() if gebaut is objekt}
        rows = {row.pk: stand_of_erlaubnis(row) for row in (self.rows[haus.row.pk] if haus.row else [])}
        self.stand[haus.schluessel] = [
            rows[s.erlaubnis_id] if s.erlaubnis_id in wie_zuvor else s
            for s in self.stand[haus.schluessel]
            if s.erlaubnis_id not in eigene
        ]

    def _staende(self, haus: Objekt) -> list[Erlaubnisstand]:
        if haus.schluessel in self.stand:
            return self.stand[haus.schluessel]
        return [stand_of_erlaubnis(row) for row in self.rows[haus.row.pk]] if haus.row is not None else []

    def _check_haus(self, haus: Objekt, neue: list[Objekt], vorher: Betrieb) -> None:
        """Leave out the lines that are too much for the licence, the last ones first; the others stay."""
        while neue:
            nachher = self._nachher(haus, neue, vorher)
            gefunden = verstoesse(nachher)
            if not gefunden:
                # what is offered then is more than is allowed now: the licence comes first
                if verstoesse(replace(nachher, erlaubnisse=vorher.erlaubnisse)):
                    for objekt in neue:
                        objekt.fest["frueh"] = True
                return
            angebote = {_key(objekt): objekt for objekt in neue if objekt.gegenstand == _G}
            zuviel = _find_zuviel(gefunden, angebote, vorher, nachher, self._allein(haus))
            if not zuviel:  # even without these offers: it is the licence that does not fit
                for objekt in neue:
                    self._fault_alle(objekt, gefunden, nachher)
                return
            for objekt, verstoss in zuviel.items():
                self._fault_zuviel(objekt, verstoss, nachher)
            for objekt in neue:
                if objekt.gegenstand == _L and not self._is_meant(objekt):
                    self._leave_out(objekt)
            neue = [objekt for objekt in neue if not objekt.ist_fehlerhaft]

    def _allein(self, haus: Objekt) -> set[int]:
        """Lines that are the only one of a licence that can still be read."""
        zeilen: dict[Objekt, list[int]] = defaultdict(list)
        for nummer, objekte in self.by_haus[haus.schluessel]:
            for objekt in objekte if nummer not in self.planung.fehlerhaft else ():
                if objekt.gegenstand == _L and not objekt.ist_fehlerhaft:
                    zeilen[objekt].append(nummer)
        return {nummern[0] for nummern in zeilen.values() if len(nummern) == 1}

    def _nachher(self, haus: Objekt, neue: list[Objekt], vorher: Betrieb) -> Betrieb:
        angebote = {stand.angebot_id: stand for stand in vorher.angebote}
        for objekt in neue:
            if objekt.gegenstand == _G:
                _put(angebote, objekt)
        return replace(vorher, erlaubnisse=tuple(self._staende(haus)), angebote=tuple(angebote.values()))

    def _fault_zuviel(self, objekt: Objekt, verstoss: Verstoss, nachher: Betrieb) -> None:
        zeile = self._zeile_of(verstoss)
        rat = ZU_VIEL_IN_DER_LISTE.format(zeile) if zeile else ZU_VIEL
        for feld in verstoss.felder:
            self.planung.fault(objekt, feld, f"{_say(verstoss, nachher, feld)} {rat}")

    def _fault_alle(self, objekt: Objekt, gefunden: list[Verstoss], nachher: Betrieb) -> None:
        """Of one line each sentence once, also where it brings both the licence and an offer."""
        gesagt = {text for _, text in self.planung.meldungen[objekt.zeile]}
        for verstoss in _first_of_each(gefunden):
            feld = verstoss.felder[0]
            text = f"{_say(verstoss, nachher, feld)} {PASST_NICHT}"
            if text not in gesagt:
                self.planung.fault(objekt, feld, text)
        objekt.ist_fehlerhaft = True
        self.planung.fehlerhaft.add(objekt.zeile)

    def _zeile_of(self, verstoss: Verstoss) -> int | None:
        """In which line the list brings or changes the licence; None: it is in the register as it is."""
        pk = verstoss.grenze.erlaubnis.erlaubnis_id
        if pk in self.gebaut:
            return self.gebaut[pk].zeile
        alle = self.planung.objekte[_L].values()
        return next((o.zeile for o in alle if o.row is not None and o.row.pk == pk and o.neu), None)

    def _say_ohne(self, haus: Objekt, objekte: list[Objekt]) -> None:
        noetig = any(o.gegenstand == _G and not o.ist_fehlerhaft and _pflichtig(o) for o in objekte)
        if noetig and not any(s.ende is None or s.ende > today() for s in self._staende(haus)):
            self.planung.say(haus.zeile, "erlaubnis_nr", KEINE_ERLAUBNIS, ist_fehler=False)


def release_abgeloeste(objekt: Objekt) -> None:
    """A new licence is not written: the one before goes on."""
    alt, objekt.abgeloest = objekt.abgeloest, None
    if alt is None:
        return
    alt.fest.pop("ende", None)
    alt.neu.pop("letzter_tag", None)
    if not alt.neu and alt.befund == Befund.GEAENDERT:
        alt.befund = Befund.UNVERAENDERT


def _find_zuviel(
    gefunden: list[Verstoss], angebote: dict[UUID, Objekt], vorher: Betrieb, nachher: Betrieb, allein: set[int]
) -> dict[Objekt, Verstoss]:
    """Offers of the list without which the facility is within its licence, each with what it breaks: those whose ages
    are not allowed, and as many of those that add places as it takes, the last line first. None at all: what is left
    without them is too much as well, and leaving them out would help nobody.

    `allein`: lines without which a licence of the list is gone, too. After one of them it has to be looked at again.
    """
    zuvor = {stand.angebot_id: stand for stand in vorher.angebote}
    zuviel: dict[Objekt, Verstoss] = {}
    for verstoss in gefunden:
        if (neuer := verstoss.angebot) is None:
            continue
        objekt, alter = angebote.get(neuer.angebot_id), zuvor.get(neuer.angebot_id)
        if objekt is None or (alter and (alter.alter_von, alter.alter_bis) == (neuer.alter_von, neuer.alter_bis)):
            return {}
        zuviel.setdefault(objekt, verstoss)
    for verstoss in gefunden:
        if verstoss.angebot is not None or any(objekt.zeile in allein for objekt in zuviel):
            continue
        mehr = {
            angebote[stand.angebot_id]: stand.plaetze_am(verstoss.tag)
            - (zuvor[stand.angebot_id].plaetze_am(verstoss.tag) if stand.angebot_id in zuvor else 0)
            for stand in nachher.angebote
            if stand.angebot_id in angebote
        }
        bleibt = verstoss.plaetze - sum(zahl for objekt, zahl in mehr.items() if objekt in zuviel)
        for objekt, zahl in sorted(mehr.items(), key=lambda paar: -paar[0].zeile):
            if bleibt <= verstoss.grenze.plaetze:
                break
            if zahl > 0 and objekt not in zuviel:
                zuviel[objekt] = verstoss
                bleibt -= zahl
                if objekt.zeile in allein:
                    return zuviel
        if bleibt > verstoss.grenze.plaetze:
            return {}
    return zuviel


def _first_of_each(gefunden: list[Verstoss]) -> list[Verstoss]:
    erste: dict[tuple[UUID | None, tuple[str, ...]], Verstoss] = {}
    for verstoss in gefunden:
        erste.setdefault((verstoss.angebot.angebot_id if verstoss.angebot else None, verstoss.felder), verstoss)
    return list(erste.values())


def _say(verstoss: Verstoss, nachher: Betrieb, feld: str) -> str:
    return describe_verstoss(verstoss, nachher, feld=feld, eintrag=Eintrag.LISTE)


def _beginn(objekt: Objekt) -> date:
    return objekt.werte.get("gueltig_ab") or objekt.werte.get("datum") or date.min


def _alter(objekt: Objekt) -> tuple[int, int]:
    angebot = objekt.row or Angebot()
    werte = objekt.werte if objekt.row is None else objekt.neu
    return werte.get("alter_von", angebot.alter_von), werte.get("alter_bis", angebot.alter_bis)


def _pflichtig(objekt: Objekt) -> bool:
    hilfeart: Any = objekt.fest["hilfeart"]
    return braucht_erlaubnis(erlaubnispflichtig=hilfeart.erlaubnispflichtig, alter_von=_alter(objekt)[0])


def _key(objekt: Objekt) -> UUID:
    """Of an offer among those of its facility, also while it is none yet."""
    return objekt.row.pk if objekt.row is not None else UUID(int=id(objekt))


def _put(angebote: dict[UUID, Angebotsstand], objekt: Objekt) -> None:
    """The offer as the line leaves it, among those that need a licence."""
    alter_von, alter_bis = _alter(objekt)
    if objekt.row is None:
        beginn = objekt.fest["beginn"]
        if _pflichtig(objekt):
            key = _key(objekt)
            plaetze = tuple(Platzstand(key, n, beginn, None) for n in range(1, objekt.plaetze + 1))
            angebote[key] = Angebotsstand(key, objekt.werte["name"], beginn, None, alter_von, alter_bis, plaetze)
        return
    stand = angebote.pop(objekt.row.pk, None)
    if stand is None or not _pflichtig(objekt):  # where it needs one from now on, the trigger counts its places
        return
    plaetze = stand.plaetze
    if "plaetze" in objekt.neu:
        ab = max(today(), stand.beginn)
        aenderung = platzzahl_aendern(plaetze, anzahl=objekt.neu["plaetze"], ab=ab, gehalten=frozenset())
        weg = set(aenderung.endende)
        plaetze = tuple(replace(p, ende=ab) if p.platz_id in weg else p for p in plaetze)
        plaetze += tuple(Platzstand(stand.angebot_id, n, ab, stand.ende) for n in aenderung.neue_nummern)
    name = objekt.neu.get("name", stand.name)
    angebote[stand.angebot_id] = replace(stand, name=name, alter_von=alter_von, alter_bis=alter_bis, plaetze=plaetze)
