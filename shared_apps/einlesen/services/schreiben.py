"""What a plan says is written: one part of a list at a time, all of it or nothing, by the services of the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.models import Einleseposten, Einlesung, Fremdschluessel
from shared_apps.einlesen.services.abgleich import build_neues_angebot, count_plaetze, list_spezialisierungen
from shared_apps.einlesen.services.ablehnung import GEAENDERT
from shared_apps.einlesen.services.erlaubnisplan import release_abgeloeste
from shared_apps.einlesen.services.objekt import NICHT_AM_HAUS, FuerWen, Listensatz, Objekt, Plan, get_stand
from shared_apps.providers.models import Angebot
from shared_apps.providers.rules import Entgeltzeit, abzuloesendes_entgelt
from shared_apps.providers.selectors.kontakte import TELEFONE, list_telefone
from shared_apps.providers.services.angebote import build_einrichtung
from shared_apps.providers.services.bestand import (
    build_anbieter,
    build_erlaubnis,
    create_bestand,
    lock_bestand,
    update_bestand,
    update_platzzahl_by_list,
    update_telefone,
)
from shared_apps.providers.services.entgelte import confirm_entgeltvorschlaege, submit_entgeltvorschlaege
from tenants.context import on_portal

_A, _E, _G = Gegenstand.ANBIETER, Gegenstand.EINRICHTUNG, Gegenstand.ANGEBOT
_L = Gegenstand.ERLAUBNIS
NICHT_GEZEICHNET = (
    "Den Anbieter gibt es nicht mehr, und einen neuen hat die Leitung des Jugendamts nicht freigegeben. Bitte lesen Sie"
    " die Zeile noch einmal ein."
)
MORGEN = "Heute ist schon eine Änderung der Zahl eingetragen. Bitte lesen Sie diese Zeile morgen noch einmal ein."


@dataclass(slots=True)
class Geschrieben:
    """What was written, to be kept for the way back."""

    posten: list[Einleseposten] = field(default_factory=list)
    fremde: list[Fremdschluessel] = field(default_factory=list)


def record_plan(einlesung: Einlesung, plan: Plan, *, ausser: frozenset[int]) -> None:
    """Write what the plan says, without the lines in `ausser`. Runs in a transaction of whoever released the list;
    what is proposed is proposed by whoever prepared it. Raises what the register refuses; then nothing is written."""
    _Schreiber(einlesung, plan, ausser).write()


class _Schreiber:
    def __init__(self, einlesung: Einlesung, plan: Plan, ausser: frozenset[int]) -> None:
        self.einlesung, self.plan = einlesung, plan
        self.nummern = {
            nummer for nummer, befund in plan.befunde.items() if befund != Befund.FEHLERHAFT and nummer not in ausser
        }
        gemeint = {id(objekt) for nummer in self.nummern for objekt in plan.zu[nummer]}
        self.objekte = {
            art: [o for o in objekte.values() if id(o) in gemeint and not o.ist_fehlerhaft]
            for art, objekte in plan.objekte.items()
        }
        for objekt in plan.objekte[_L].values():
            if objekt.abgeloest is not None and id(objekt) not in gemeint:
                release_abgeloeste(objekt)
        self.geschrieben = Geschrieben()

    def write(self) -> None:
        """Parents before what is below them."""
        self._hold()
        self._create(_A, lambda o: build_anbieter(o.werte), "anbieter")
        self._create(_E, self._build_einrichtung, "einrichtungen")
        self._write_erlaubnisse(frueh=True)
        self._create_angebote()
        for art in (_A, _E, _G):
            for objekt in self.objekte[art]:
                if not objekt.ist_neu:
                    self._update(art, objekt)
        self._write_erlaubnisse(frueh=False)
        self._agree()
        Einleseposten.objects.bulk_create(self.geschrieben.posten)
        Fremdschluessel.objects.bulk_create(
            self.geschrieben.fremde,
            update_conflicts=True,
            unique_fields=["tenant", "gegenstand", "schluessel"],
            update_fields=["objekt_id", "stand", "ist_angelegt"],
        )

    def _hold(self) -> None:
        """Everything that is there and will be changed, before anything is."""
        da = {art: [o for o in objekte if o.row is not None and not o.ist_neu] for art, objekte in self.objekte.items()}
        lock_bestand(
            angebote=[o.row.pk for o in da[_G]],
            zahlen=[o.row.pk for o in da[_G] if "plaetze" in o.neu],
            einrichtungen=[o.row.pk for o in da[_E]],
            anbieter=[o.row.pk for o in da[_A]],
        )
        for art in (_A, _E, _G):
            _check_still(art, [objekt for objekt in da[art] if objekt.neu])

    # --- new rows ---

    def _create(self, art: Gegenstand, build: Callable[[Objekt], Any], name: str) -> None:
        # In the one order of all lists: of names that two of them make, each waits for the other at the first.
        neue = sorted((o for o in self.objekte[art] if o.ist_neu), key=lambda o: str(o.werte.get("name", "")))
        if art == _A and neue and not self.einlesung.legt_anbieter_an:
            raise RegelVerletzt(NICHT_GEZEICHNET, feld="anbieter")
        for objekt in neue:
            objekt.row = build(objekt)
        create_bestand(**{name: [objekt.row for objekt in neue]})
        telefone = {objekt.row.pk: _telefone(objekt.werte) for objekt in neue}
        self._keep_telefone(telefone)
        for objekt in neue:
            self._note_new(objekt, get_stand(objekt.row, art, telefone=telefone[objekt.row.pk]))

    def _keep_telefone(self, telefone: dict[UUID, dict[str, str]]) -> None:
        """No person keeps another house's contacts: the job does, and the history names the list."""
        if gesagte := {pk: felder for pk, felder in telefone.items() if felder}:
            with on_portal(request_id=request_of(self.einlesung)):
                update_telefone(gesagte)

    def _build_einrichtung(self, objekt: Objekt) -> Any:
        assert objekt.eltern is not None  # below its provider
        angaben = {feld: wert for feld, wert in objekt.werte.items() if feld not in NICHT_AM_HAUS}
        return build_einrichtung(objekt.eltern.row, objekt.fest["kreis"], angaben)

    def _create_angebote(self) -> None:
        neue = [objekt for objekt in self.objekte[_G] if objekt.ist_neu]
        for objekt in neue:
            assert objekt.eltern is not None  # below its facility
            objekt.row = build_neues_angebot(objekt.eltern.row, objekt)
        create_bestand(angebote=[(o.row, o.plaetze, o.werte.get("spezialisierungen", [])) for o in neue])
        for objekt in neue:
            spez = objekt.werte.get("spezialisierungen", [])
            self._note_new(objekt, get_stand(objekt.row, _G, spezialisierungen=spez, plaetze=objekt.plaetze))

    def _write_erlaubnisse(self, *, frueh: bool) -> None:
        """`frueh`: those that allow what the offers of the list need; else what is offered sinks first, or is new.

        What ends makes room for the next one.
        """
        objekte = [o for o in self.objekte[_L] if o.fest.get("frueh", False) == frueh]
        rest = {"frueh": frueh}
        for objekt in sorted(objekte, key=lambda o: "letzter_tag" not in o.neu):
            if objekt.row is not None:
                self._update(_L, objekt, rest)
        neue = [objekt for objekt in objekte if objekt.ist_neu]
        for objekt in neue:
            assert objekt.eltern is not None  # below its facility
            ende = {"letzter_tag": objekt.fest["ende"]} if "ende" in objekt.fest else {}
            objekt.row = build_erlaubnis(objekt.eltern.row, objekt.fest["nummer"], objekt.werte | ende)
        create_bestand(erlaubnisse=[objekt.row for objekt in neue])
        for objekt in neue:
            self._note_new(objekt, get_stand(objekt.row, _L), rest)

    def _note_new(self, objekt: Objekt, stand: dict[str, Any], rest: dict[str, Any] | None = None) -> None:
        self._note(objekt, ist_neu=True, nachher=stand, rest=rest or {})
        self._know(objekt, stand, ist_angelegt=True)

    # --- rows that are there ---

    def _update(self, art: Gegenstand, objekt: Objekt, rest: dict[str, Any] | None = None) -> None:
        fremd = objekt.fremd
        bekannt = fremd is not None and fremd.objekt_id == objekt.row.pk
        if not objekt.neu:
            if not bekannt:
                self._know(objekt, {}, ist_angelegt=False)
                self._note(objekt)
            return
        rest = dict(rest or {})
        angaben = dict(objekt.neu)
        if art == _G and "plaetze" in angaben:
            rest["plaetze"] = self._change_plaetze(objekt.row, angaben.pop("plaetze"))
        self._keep_telefone({objekt.row.pk: _telefone(angaben)})
        update_bestand(objekt.row, {feld: wert for feld, wert in angaben.items() if feld not in TELEFONE})
        vorher = {feld: objekt.ist[feld] for feld in objekt.neu}
        nachher = objekt.ist | _stand(art, objekt)
        self._note(objekt, vorher=vorher, nachher={feld: nachher[feld] for feld in objekt.neu}, rest=rest)
        stand = (fremd.stand if fremd and bekannt else {}) | {feld: nachher[feld] for feld in objekt.neu}
        self._know(objekt, stand, ist_angelegt=bool(fremd and bekannt and fremd.ist_angelegt))

    @staticmethod
    def _change_plaetze(angebot: Angebot, anzahl: int) -> dict[str, Any]:
        try:
            return update_platzzahl_by_list(angebot=angebot, anzahl=anzahl, ab=max(today(), angebot.gueltig.lower))
        except RegelVerletzt as error:
            raise RegelVerletzt(MORGEN, feld="plaetze") from error

    # --- rates ---

    def _agree(self) -> None:
        """One rate of each offer at a time: an offer has one proposal that waits."""
        offen = [(o, [satz for satz in o.saetze if satz.nummer in self.nummern]) for o in self.objekte[_G]]
        zeiten = {(o.row.pk, amt): list(davon) for o, _ in offen for amt, davon in o.zeiten.items()}
        for rang in range(max((len(saetze) for _, saetze in offen), default=0)):
            runde = [(objekt, saetze[rang]) for objekt, saetze in offen if rang < len(saetze)]
            for objekt, _ in runde:
                objekt.row.hilfeart = objekt.fest["hilfeart"]
            self._agree_round(runde, zeiten)

    def _agree_round(self, runde: list[tuple[Objekt, Listensatz]], zeiten: dict[FuerWen, list[Entgeltzeit]]) -> None:
        einlesung = self.einlesung
        with on_portal(user_id=einlesung.eingereicht_von_id, request_id=request_of(einlesung)):
            vorschlaege = submit_entgeltvorschlaege(
                user_id=einlesung.eingereicht_von_id,
                saetze=[(objekt.row, neu.satz, neu.jugendamt_id) for objekt, neu in runde],
            )
        if einlesung.tenant is None:  # the office at the place decides, as with any proposal
            for (_, neu), vorschlag in zip(runde, vorschlaege, strict=True):
                self._post(Gegenstand.ENTGELT, vorschlag.pk, neu.nummer, ist_neu=True, rest={"wartet": True})
            return
        assert einlesung.freigegeben_von_id is not None  # nothing is written before
        vorher = [abzuloesendes_entgelt(zeiten[v.angebot_id, v.jugendamt_id], v.ab) for v in vorschlaege]
        entgelte = confirm_entgeltvorschlaege(
            user_id=einlesung.freigegeben_von_id, vorschlaege=vorschlaege, zeiten=zeiten
        )
        for (_, neu), vor, entgelt in zip(runde, vorher, entgelte, strict=True):
            davor = zeiten[entgelt.angebot_id, entgelt.jugendamt_id]
            rest = {"vor": str(vor.entgelt_id), "ende": vor.ende.isoformat() if vor.ende else None} if vor else {}
            self._post(Gegenstand.ENTGELT, entgelt.pk, neu.nummer, ist_neu=True, rest=rest)
            davor[:] = [Entgeltzeit(z.entgelt_id, z.beginn, neu.satz.ab) if z == vor else z for z in davor]
            davor.append(Entgeltzeit(entgelt.pk, neu.satz.ab, None))

    # --- what is kept of it ---

    def _note(self, objekt: Objekt, **what: Any) -> None:
        stand = objekt.fremd.stand if objekt.fremd and objekt.fremd.objekt_id == objekt.row.pk else None
        self._post(objekt.gegenstand, objekt.row.pk, objekt.zeile, stand=stand, **what)

    def _post(self, gegenstand: Gegenstand, pk: UUID, nummer: int, **what: Any) -> None:
        self.geschrieben.posten.append(
            Einleseposten(einlesung=self.einlesung, gegenstand=gegenstand, objekt_id=pk, nummer=nummer, **what)
        )

    def _know(self, objekt: Objekt, stand: dict[str, Any], *, ist_angelegt: bool) -> None:
        self.geschrieben.fremde.append(
            Fremdschluessel(
                tenant=self.einlesung.tenant, gegenstand=objekt.gegenstand, schluessel=objekt.schluessel,
                objekt_id=objekt.row.pk, stand=stand, ist_angelegt=ist_angelegt,
            )
        )  # fmt: skip


def _check_still(art: Gegenstand, objekte: Sequence[Objekt]) -> None:
    """`Konflikt` when somebody has changed what a line changes, between the plan and holding the rows: the plan is made
    again then. What was read before is what the way back would write, and who keeps the row has been asked of it."""
    if not objekte:
        return
    ids = [objekt.row.pk for objekt in objekte]
    jetzt = type(objekte[0].row)._base_manager.in_bulk(ids)
    telefone = list_telefone(ids) if art == _E else {}
    spez, plaetze = (list_spezialisierungen(ids), count_plaetze(ids)) if art == _G else ({}, {})
    for objekt in objekte:
        pk = objekt.row.pk
        stand = get_stand(
            jetzt[pk], art, spezialisierungen=spez.get(pk, ()), plaetze=plaetze.get(pk, 0),
            telefone=telefone.get(pk, {}),
        )  # fmt: skip
        if any(stand[feld] != objekt.ist[feld] for feld in objekt.neu):
            raise Konflikt(GEAENDERT)


def _telefone(werte: Mapping[str, Any]) -> dict[str, str]:
    """Those of a line; only a facility has any."""
    return {feld: werte[feld] for feld in TELEFONE if feld in werte}


def _stand(art: Gegenstand, objekt: Objekt) -> dict[str, Any]:
    """The changed fields as they are now."""
    now = get_stand(
        objekt.row,
        art,
        spezialisierungen=objekt.neu.get("spezialisierungen", []),
        plaetze=objekt.neu.get("plaetze", 0),
        telefone=_telefone(objekt.neu),
    )
    return {feld: now[feld] for feld in objekt.neu}


def request_of(einlesung: Einlesung) -> str:
    """What the journal names as the request: all changes of one list are found by it."""
    return str(einlesung.pk)
