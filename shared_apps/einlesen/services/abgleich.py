"""Providers, facilities and offers of a list beside the register as it is now: read at once, compared one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.functional import cached_property

from shared_apps.accounts.models import Membership
from shared_apps.accounts.selectors import valid_on as membership_on
from shared_apps.core.clock import today
from shared_apps.core.eingabe import ALTER_VERTAUSCHT
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import format_datum
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.katalog import normalize_name
from shared_apps.einlesen.models import Fremdschluessel
from shared_apps.einlesen.services.erlaubnisplan import Erlaubnisplan
from shared_apps.einlesen.services.objekt import (
    FEHLT,
    FELDER,
    NICHT_AM_HAUS,
    Objekt,
    build_wert,
    get_code,
    get_stand,
)
from shared_apps.einlesen.services.satzplan import Satzplan
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
)
from shared_apps.providers.selectors.kontakte import list_telefone
from shared_apps.providers.services import LAGE, check_ort, check_plz
from shared_apps.providers.services.angebote import (
    NICHT_MEHR_ANGEBOTEN,
    build_angebot,
    build_einrichtung,
    check_modul,
    check_stunden,
)
from shared_apps.providers.services.bestand import build_anbieter
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft
from shared_apps.regions.selectors import list_postleitzahlen

NAME_ZWEIMAL = "trägt in Zeile {} schon eine andere Nummer. Bitte geben Sie jedem Namen nur eine Nummer."
NAME_VERGEBEN = "„{}“ steht unter einer anderen Nummer schon im Verzeichnis. Bitte prüfen Sie die Nummer."
ANDERER_KREIS = "Die Einrichtung liegt im Verzeichnis in „{}“. Der Kreis einer Einrichtung ändert sich nicht."
KEINE_REGION = "„{}“ ist keine Region dieses Kreises. Bitte schreiben Sie sie wie im Verzeichnis."
ANDERE_HILFEART = "Das Angebot hat die Hilfeart „{}“. Sie ändert sich nicht: Führen Sie es unter einer neuen Nummer."
ANDERER_BEGINN = "Das Angebot gibt es seit dem {}. Dieser Tag ändert sich nicht: Lassen Sie die Zelle leer."
BEENDET = "{} ist im Verzeichnis zum {} beendet. Was beendet ist, ändert keine Liste."
NICHT_VON_LISTE = "bleibt: Den Anbieter gibt es schon, und keine Liste Ihres Amts hat ihn angelegt."
OHNE_ALTER = "Nach dem Alter fragt diese Hilfeart nicht. Die Angabe wird nicht gelesen."


def list_spezialisierungen(ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Those of each of these offers; one query."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    through = Angebot.spezialisierungen.through.objects.filter(angebot_id__in=ids)
    for angebot_id, spez_id in through.values_list("angebot_id", "spezialisierung_id"):
        found[angebot_id].append(spez_id)
    return found


def count_plaetze(ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many places each of these offers has today, or from its first day on; one query."""
    am = today()
    gezaehlt = Angebot.objects.filter(pk__in=ids).annotate(
        heute=Count("plaetze", filter=Q(plaetze__gueltig__contains=am)),
        spaeter=Count("plaetze", filter=Q(plaetze__gueltig__startswith__gt=am)),
    )
    return {pk: heute or spaeter for pk, heute, spaeter in gezaehlt.values_list("pk", "heute", "spaeter")}


def build_neues_angebot(haus: Einrichtung, objekt: Objekt) -> Angebot:
    """The offer of a line, to be inserted below this facility, by the rules of the single entry."""
    felder = {
        feld: wert
        for feld, wert in objekt.werte.items()
        if feld in FELDER[Gegenstand.ANGEBOT] and feld not in {"spezialisierungen", "plaetze"}
    }
    hilfeart = objekt.fest["hilfeart"]
    angebot = build_angebot(haus, hilfeart, felder, objekt.fest["beginn"])
    check_stunden(angebot, hilfeart, neu=True)
    return angebot


def _new_haus(objekt: Objekt) -> Einrichtung:
    """A facility of this list as far as its offers ask for it."""
    return Einrichtung(eroeffnet_am=objekt.werte.get("eroeffnet_am"))


class Abgleich(Satzplan):
    """From the top to the bottom: what is faulty above is not read below."""

    erlaubnisse: Erlaubnisplan

    # --- the register ---

    def load(self) -> None:
        """Everything the lines speak of, in a fixed number of queries."""
        fremde = Fremdschluessel.objects.filter(
            tenant=self.einlesung.tenant, schluessel__in=[key for art in self.objekte.values() for key in art]
        )
        self.fremd = {(row.gegenstand, row.schluessel): row for row in fremde}
        for art, objekte in self.objekte.items():
            for objekt in objekte.values():
                objekt.fremd = self.fremd.get((art, objekt.schluessel))
        self.by_id: dict[UUID, Any] = {}
        self.by_name: dict[tuple[UUID | None, str], Any] = {}
        self._load_level(Gegenstand.ANBIETER, Anbieter, "")
        self._load_level(Gegenstand.EINRICHTUNG, Einrichtung, "anbieter_id")
        self._load_level(Gegenstand.ANGEBOT, Angebot, "einrichtung_id")
        ids = [row.pk for row in self.by_id.values() if isinstance(row, Angebot)]
        haeuser = [row.pk for row in self.by_id.values() if isinstance(row, Einrichtung)]
        self.telefone = list_telefone(haeuser)
        self.orte = list_postleitzahlen(
            [o.werte.get("plz", "") for o in self.objekte[Gegenstand.EINRICHTUNG].values()]
            + [row.plz for row in self.by_id.values() if isinstance(row, Einrichtung)]
        )
        rows = self.erlaubnisse.load(haeuser)
        self.by_id |= {row.pk: row for row in rows}
        # by which number of this source a row is known already, whatever the list calls it
        known = Fremdschluessel.objects.filter(tenant=self.einlesung.tenant, objekt_id__in=list(self.by_id))
        self.known = {row.objekt_id: row for row in known}
        self.spez = list_spezialisierungen(ids)
        self.plaetze = count_plaetze(ids)
        fuer_wen = Q(jugendamt=None) | Q(jugendamt=self.eigener_kreis)
        for entgelt in Entgelt.je_amt.filter(fuer_wen, angebot_id__in=ids):
            self.entgelte[entgelt.angebot_id, entgelt.jugendamt_id].append(entgelt)
        offene = Entgeltvorschlag.objects.filter(fuer_wen, angebot_id__in=ids, zustand=VorschlagZustand.VORGESCHLAGEN)
        self.offene = {(vorschlag.angebot_id, vorschlag.jugendamt_id): vorschlag for vorschlag in offene}
        anbieter = [row.pk for row in self.by_id.values() if isinstance(row, Anbieter)]
        leute = Membership.objects.filter(membership_on(today()), anbieter_id__in=anbieter)
        self.gepflegt = {pk for pk in leute.values_list("anbieter_id", flat=True) if pk is not None}

    def _load_level(self, art: Gegenstand, model: Any, eltern: str) -> None:
        """Rows of one kind by their number's key, and by their name under the parents that were found."""
        objekte = self.objekte[art].values()
        ids = [objekt.fremd.objekt_id for objekt in objekte if objekt.fremd]
        named = {"name__in": {objekt.werte["name"] for objekt in objekte if "name" in objekt.werte}}
        if eltern:
            kind = Anbieter if model is Einrichtung else Einrichtung
            named[f"{eltern}__in"] = {pk for pk, row in self.by_id.items() if isinstance(row, kind)}
        rows = model.objects.filter(Q(pk__in=ids) | Q(**named))
        related = {Einrichtung: ("gebietskoerperschaft",), Angebot: ("hilfeart",)}.get(model, ())
        for row in rows.select_related(*related) if related else rows:
            self.by_id[row.pk] = row
            self.by_name[getattr(row, eltern) if eltern else None, row.name] = row

    # --- comparing ---

    def below(self, objekt: Objekt) -> None:
        """Nothing is read below something that is faulty."""
        oben = objekt.eltern
        if oben is not None and oben.ist_fehlerhaft:
            objekt.ist_fehlerhaft = True

    def _find(self, objekt: Objekt, eltern_id: UUID | None, *, ist_unten: bool) -> bool:
        """The row of the register: by the office's number, else by its name. False when something is wrong with it."""
        name = objekt.werte.get("name")
        if ist_unten and eltern_id is None:  # below something new there is nothing yet
            objekt.fremd = None
        row: Any = self.by_id.get(objekt.fremd.objekt_id) if objekt.fremd else None
        if row is not None and ist_unten and eltern_id != getattr(row, self.oben[type(row)]):
            row = None
        gleich = self.by_name.get((eltern_id, name)) if name and not (ist_unten and eltern_id is None) else None
        if row is None and gleich is not None:
            bekannt = self.known.get(gleich.pk)
            if bekannt is not None and bekannt.schluessel != objekt.schluessel:
                self.fault(objekt, "name", NAME_VERGEBEN.format(name))
                return False
            row = gleich
        elif gleich is not None and gleich.pk != row.pk:
            self.fault(objekt, "name", NAME_VERGEBEN.format(name))
            return False
        zwilling = self.namen.setdefault((objekt.gegenstand, objekt.eltern and objekt.eltern.schluessel, name), objekt)
        if name and zwilling is not objekt:
            self.fault(objekt, "name", NAME_ZWEIMAL.format(zwilling.zeile))
            return False
        objekt.row = row
        return True

    #: The reference of a row to what it is below.
    oben: Mapping[type, str] = {Einrichtung: "anbieter_id", Angebot: "einrichtung_id"}

    @cached_property
    def namen(self) -> dict[tuple, Objekt]:
        """Who has a name already, among those of this list."""
        return {}

    def _ended(self, objekt: Objekt) -> bool:
        row = objekt.row
        tag = row.letzter_tag if row is not None else None
        if tag is None or (isinstance(row, Angebot) and row.gueltig_zuvor is None and not row.ist_beendet):
            return False
        self.fault(objekt, "name", BEENDET.format(f"„{row.name}“", format_datum(tag)))
        return True

    def compare_anbieter(self, objekt: Objekt) -> None:
        """A provider that no list of this office has made keeps what the register says."""
        if not self._find(objekt, None, ist_unten=False) or self._ended(objekt):
            return
        if objekt.row is None:
            self._new(objekt, lambda: build_anbieter(objekt.werte))
            return
        fremd = objekt.fremd
        if (fremd is None or not fremd.ist_angelegt) and self.einlesung.tenant is not None:
            ist = get_stand(objekt.row, objekt.gegenstand)
            for feld in [feld for feld in objekt.werte if ist[feld] != build_wert(objekt.werte[feld])]:
                self.keep(objekt, feld, NICHT_VON_LISTE)
            return
        self._compare(objekt, get_stand(objekt.row, objekt.gegenstand), objekt.row.pk in self.gepflegt)

    def compare_einrichtung(self, objekt: Objekt) -> None:
        """A facility stays in its district."""
        oben = objekt.eltern
        assert oben is not None  # a facility is built below its provider
        if not self._find(objekt, oben.row and oben.row.pk, ist_unten=True) or self._ended(objekt):
            return
        row = objekt.row
        kreis = self._kreis(objekt)
        if kreis is None:
            return
        if row is not None and row.gebietskoerperschaft_id != kreis.pk:
            fehler = ANDERER_KREIS.format(row.gebietskoerperschaft.name)
            self.fault(objekt, "kreis", fehler)
            return
        objekt.fest["kreis"] = kreis
        werte = objekt.werte
        if "region" in werte:
            region = self.regionen.get((kreis.pk, normalize_name(werte["region"])))
            if region is None:
                self.fault(objekt, "region", KEINE_REGION.format(werte["region"]))
                return
            werte["region"] = region
        if row is None:
            angaben = {feld: wert for feld, wert in werte.items() if feld not in NICHT_AM_HAUS}
            eltern = oben.row or Anbieter()
            self._new(objekt, lambda: build_einrichtung(eltern, kreis, angaben))
            self._check_lage(objekt, kreis, werte)
            return
        ist = get_stand(row, objekt.gegenstand, telefone=self.telefone.get(row.pk, {}))
        self._compare(objekt, ist, row.anbieter_id in self.gepflegt)
        if {*LAGE, "plz"} & set(objekt.neu):
            self._check_lage(objekt, kreis, {feld: getattr(row, feld) for feld in (*LAGE, "plz")} | objekt.neu)

    def _check_lage(self, objekt: Objekt, kreis: Gebietskoerperschaft, werte: Mapping[str, Any]) -> None:
        breite, laenge = (werte.get(feld) for feld in LAGE)
        land = [anderer for anderer in self.kreise.values() if anderer.land == kreis.land]
        try:
            check_ort(breite, laenge, land)
            check_plz(breite, laenge, self.orte.get(werte.get("plz", "")))
        except RegelVerletzt as error:
            self.fault(objekt, error.feld or "breite", error.message)

    def compare_angebot(self, objekt: Objekt) -> None:
        """An offer keeps its kind of help and its first day; then its rates."""
        oben = objekt.eltern
        assert oben is not None  # an offer is built below its facility
        if not self._resolve_angebot(objekt) or not self._find(objekt, oben.row and oben.row.pk, ist_unten=True):
            return
        if self._ended(objekt) or self._names_ended(objekt):
            return
        row, werte = objekt.row, objekt.werte
        hilfeart: Any = objekt.fest.get("hilfeart")
        beginn: Any = objekt.fest.get("beginn")
        if row is None:
            fehlende = [feld for feld in ("name", "hilfeart", "beginn", "plaetze") if feld not in werte]
            for feld in fehlende:
                self.fault(objekt, feld, FEHLT)
            if not fehlende and self._fits(objekt):
                self._new(objekt, lambda: build_neues_angebot(oben.row or _new_haus(oben), objekt))
                if hilfeart.pk not in self.verwendete:
                    self.fault(objekt, "hilfeart", NICHT_MEHR_ANGEBOTEN)
        elif hilfeart is not None and hilfeart.pk != row.hilfeart_id:
            self.fault(objekt, "hilfeart", ANDERE_HILFEART.format(row.hilfeart))
        elif beginn is not None and beginn != row.gueltig.lower:
            self.fault(objekt, "beginn", ANDERER_BEGINN.format(format_datum(row.gueltig.lower)))
        else:
            objekt.fest |= {"hilfeart": row.hilfeart, "beginn": row.gueltig.lower}
            if not self._fits(objekt):
                return
            ist = get_stand(
                row, objekt.gegenstand, spezialisierungen=self.spez[row.pk], plaetze=self.plaetze.get(row.pk, 0)
            )
            anbieter = oben.eltern.row if oben.eltern else None
            self._compare(objekt, ist, anbieter is not None and anbieter.pk in self.gepflegt)
        if not objekt.ist_fehlerhaft:
            self._compare_saetze(objekt)

    def _new(self, objekt: Objekt, build: Any) -> None:
        """Built once to see that it can be; it is built again when it is inserted, below what is there by then."""
        objekt.befund = Befund.NEU
        try:
            build()
        except RegelVerletzt as error:
            self.fault(objekt, error.feld or "name", error.message)

    def _compare(self, objekt: Objekt, ist: dict[str, Any], ist_gepflegt: bool) -> None:
        self.compare(objekt, ist, ist_gepflegt=ist_gepflegt)
        if objekt.gegenstand == Gegenstand.ANGEBOT:
            von, bis = (objekt.neu.get(feld, ist[feld]) for feld in ("alter_von", "alter_bis"))
            if bis < von:
                self.fault(objekt, "alter_bis", ALTER_VERTAUSCHT)

    def _fits(self, objekt: Objekt) -> bool:
        """Whether the module of the kind of help has what the line says; ages it does not ask for are left out."""
        felder = self.felder[objekt.fest["hilfeart"].modul_id]
        try:
            werte = check_modul(objekt.werte, felder)
            if "stunden_je_woche" in werte:
                probe = Angebot(stunden_je_woche=werte["stunden_je_woche"])
                check_stunden(probe, objekt.fest["hilfeart"], neu=objekt.row is None)
        except RegelVerletzt as error:
            self.fault(objekt, error.feld or "name", error.message)
            return False
        for feld in [feld for feld in ("alter_von", "alter_bis") if feld in objekt.werte and feld not in werte]:
            self.say(objekt.zeile, get_code(objekt.gegenstand, feld), OHNE_ALTER, ist_fehler=False)
        objekt.werte = werte
        return True
