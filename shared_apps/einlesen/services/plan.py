"""What the lines of a list would do to the register as it is now: once for the preview, and again when it is done.

The number of queries does not grow with the lines. Nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Q
from django.utils.functional import cached_property

from shared_apps.accounts.models import Membership
from shared_apps.accounts.selectors import valid_on as membership_on
from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import format_geld
from shared_apps.core.zeitraum import format_datum
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.katalog import SPALTE, SPALTEN, Spalte, normalize_name, parse_zelle
from shared_apps.einlesen.models import Einlesung, Fremdschluessel
from shared_apps.einlesen.rules import schwerster, vergleich
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Geschlecht,
    Rechtsgrundlage,
)
from shared_apps.providers.rules import Entgeltsatz, Entgeltzeit
from shared_apps.providers.services.angebote import build_angebot, build_einrichtung
from shared_apps.providers.services.bestand import build_anbieter
from shared_apps.providers.services.entgelte import check_satz
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft, Region

Row = Anbieter | Einrichtung | Angebot
M = TypeVar("M", Anbieter, Einrichtung, Angebot)

FELDER: Mapping[Gegenstand, tuple[str, ...]] = {
    art: tuple(
        spalte.feld
        for spalte in SPALTEN
        if spalte.art == art and not spalte.ist_schluessel and spalte.feld not in {"kreis", "hilfeart", "beginn"}
    )
    for art in (Gegenstand.ANBIETER, Gegenstand.EINRICHTUNG, Gegenstand.ANGEBOT)
}
#: What parts the numbers of a key: no cell holds it, for a cell is one line.
TEILER = "\n"

FEHLT = "fehlt. Bitte füllen Sie die Zelle aus."
WEICHT_AB = "steht in Zeile {} mit derselben Nummer anders. Bitte schreiben Sie in beide Zeilen dasselbe."
SIEHE = "{} in Zeile {} ist fehlerhaft. Berichtigen Sie zuerst diese Zeile."
OHNE_NUMMER = "fehlt. Eine Zeile mit einem Angebot braucht die Nummer, unter der Sie es führen."
NAME_ZWEIMAL = "trägt in Zeile {} schon eine andere Nummer. Bitte geben Sie jedem Namen nur eine Nummer."
NAME_VERGEBEN = "„{}“ steht unter einer anderen Nummer schon im Verzeichnis. Bitte prüfen Sie die Nummer."
ANDERER_KREIS = "Die Einrichtung liegt im Verzeichnis in „{}“. Der Kreis einer Einrichtung ändert sich nicht."
FREMDER_KREIS = (
    "„{}“ ist nicht der Kreis Ihres Jugendamts. Lassen Sie die Zeile weg: Sie ist Sache des Amts am Standort."
)
KEIN_KREIS = "„{}“ ist kein Kreis im Verzeichnis. Bitte geben Sie Namen, Kürzel oder Gemeindeschlüssel an."
KEINE_REGION = "„{}“ ist keine Region dieses Kreises. Bitte schreiben Sie sie wie im Verzeichnis."
KEINE_HILFEART = "„{}“ ist keine Hilfeart. Bitte geben Sie den Code an, zum Beispiel S34."
MEHRERE_HILFEARTEN = "„{}“ haben mehrere Hilfearten. Bitte geben Sie den Code an: {}."
ANDERE_HILFEART = "Das Angebot hat die Hilfeart „{}“. Sie ändert sich nicht: Führen Sie es unter einer neuen Nummer."
ANDERER_BEGINN = "Das Angebot gibt es seit dem {}. Dieser Tag ändert sich nicht: Lassen Sie die Zelle leer."
KEINE_SPEZIALISIERUNG = "„{}“ ist keine Spezialisierung des Verzeichnisses."
KEIN_GESCHLECHT = "„{}“ ist nicht möglich. Bitte schreiben Sie alle, weiblich oder männlich."
KEINE_GRUNDLAGE = "„{}“ ist nicht möglich. Bitte schreiben Sie § 78b oder § 77."
BEENDET = "{} ist im Verzeichnis zum {} beendet. Was beendet ist, ändert keine Liste."
VOM_ANBIETER = "bleibt, wie der Anbieter es eingetragen hat."
NICHT_VON_LISTE = "bleibt: Den Träger gibt es schon, und keine Liste Ihres Amts hat ihn angelegt."
ENTGELT_ANDERS = (
    "Ab dem {} sind schon {} vereinbart. Was vereinbart ist, ändert sich nicht; ein neues Entgelt gilt ab einem"
    " späteren Tag."
)
ENTGELT_WARTET = "Für dieses Angebot wartet schon ein Vorschlag auf Bestätigung. Bitte entscheiden Sie ihn zuerst."
NUR_EINES = "Der Betrieb schlägt je Angebot nur ein Entgelt vor. Bitte behalten Sie die Zeile mit dem neuesten."


@dataclass(frozen=True, slots=True)
class Zeile:
    """One line: its number, and the cells of the columns that are read, by code."""

    nummer: int
    zellen: Mapping[str, str]


@dataclass(slots=True)
class Objekt:
    """A provider, a facility or an offer of the list, beside what the register has of it."""

    gegenstand: Gegenstand
    schluessel: str
    zeile: int
    werte: dict[str, Any]
    eltern: Objekt | None = None
    row: Any = None
    fremd: Fremdschluessel | None = None
    ist_fehlerhaft: bool = False
    befund: Befund = Befund.UNVERAENDERT
    neu: dict[str, Any] = field(default_factory=dict)
    ist: dict[str, Any] = field(default_factory=dict)
    fest: dict[str, Any] = field(default_factory=dict)
    """What never changes: district, kind of help, first day."""
    saetze: list[tuple[int, Entgeltsatz]] = field(default_factory=list)
    zeiten: list[Entgeltzeit] = field(default_factory=list)

    @property
    def ist_neu(self) -> bool:
        """Whether it has to be inserted."""
        return self.befund == Befund.NEU

    @property
    def plaetze(self) -> int:
        """Of a new offer."""
        return self.werte.get("plaetze", 0)


@dataclass(slots=True)
class Plan:
    """What there is to do, in the order in which it is done, and what is said of each line."""

    objekte: dict[Gegenstand, dict[str, Objekt]]
    befunde: dict[int, Befund]
    meldungen: dict[int, list[tuple[str, str]]]
    zu: dict[int, list[Objekt]]
    """What each line speaks of."""


def build_wert(wert: Any) -> Any:
    """A value as it is compared and kept as JSON: a row by its key, a number in its shortest form."""
    if isinstance(wert, Decimal):
        return f"{wert.normalize():f}"
    if isinstance(wert, list | tuple):
        return sorted(map(build_wert, wert))
    if isinstance(wert, UUID):
        return str(wert)
    if isinstance(wert, date):
        return wert.isoformat()
    return str(wert.pk) if hasattr(wert, "pk") else wert


def get_stand(row: Row, gegenstand: Gegenstand, *, spezialisierungen: Iterable[UUID] = (), plaetze: int = 0) -> dict:
    """What the register says of a row, in the fields of a list."""
    other = {"spezialisierungen": build_wert(list(spezialisierungen)), "plaetze": plaetze}
    return {
        feld: other[feld] if feld in other else build_wert(_clean(row, "region_id" if feld == "region" else feld))
        for feld in FELDER[gegenstand]
    }


def _clean(row: Row, feld: str) -> Any:
    """A value as the database gives it back: a default of the model may still be of another kind."""
    return row._meta.get_field(feld.removesuffix("_id")).to_python(getattr(row, feld))


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


class _Planer:
    def __init__(self, einlesung: Einlesung, zeilen: Sequence[Zeile]) -> None:
        self.einlesung, self.zeilen = einlesung, zeilen
        self.meldungen: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.fehlerhaft: set[int] = set()
        self.objekte: dict[Gegenstand, dict[str, Objekt]] = {art: {} for art in FELDER}
        self.zu: dict[int, list[Objekt]] = {}
        self.entgelt_befunde: dict[int, Befund] = {}

    def build(self) -> Plan:
        gelesen = [(zeile.nummer, self._parse(zeile)) for zeile in self.zeilen]
        for nummer, werte in gelesen:
            self.zu[nummer] = self._gather(nummer, werte)
        self._load()
        for art, compare in (
            (Gegenstand.ANBIETER, self._compare_anbieter),
            (Gegenstand.EINRICHTUNG, self._compare_einrichtung),
            (Gegenstand.ANGEBOT, self._compare_angebot),
        ):
            for objekt in self.objekte[art].values():
                self._below(objekt)
                if not objekt.ist_fehlerhaft:
                    compare(objekt)
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
                self._say(zeile.nummer, code, meldung)
            elif wert is not None:
                werte[code] = wert
        return werte

    def _say(self, nummer: int, code: str, text: str, *, ist_fehler: bool = True) -> None:
        self.meldungen[nummer].append((code, text))
        if ist_fehler:
            self.fehlerhaft.add(nummer)

    def _gather(self, nummer: int, werte: dict[str, Any]) -> list[Objekt]:
        """The objects a line speaks of. The first line of each says what it is; the others must not differ."""
        for code in ("traeger_nr", "traeger", "einrichtung_nr", "einrichtung"):
            if code not in werte and not any(code == wo for wo, _ in self.meldungen[nummer]):
                self._say(nummer, code, FEHLT)
        if "traeger_nr" not in werte or "einrichtung_nr" not in werte:
            return []
        anbieter = self._object(nummer, Gegenstand.ANBIETER, [werte["traeger_nr"]], werte, None)
        haus = self._object(
            nummer, Gegenstand.EINRICHTUNG, [werte["traeger_nr"], werte["einrichtung_nr"]], werte, anbieter
        )
        found = [anbieter, haus]
        davon = [s.code for s in SPALTEN if s.art in {Gegenstand.ANGEBOT, Gegenstand.ENTGELT} and s.code in werte]
        if "angebot_nr" in werte:
            nummern = [werte["traeger_nr"], werte["einrichtung_nr"], werte["angebot_nr"]]
            found.append(self._object(nummer, Gegenstand.ANGEBOT, nummern, werte, haus))
            self._gather_satz(nummer, werte, found[-1])
        elif davon:
            self._say(nummer, "angebot_nr", OHNE_NUMMER)
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
                self._say(nummer, spalte.code, WEICHT_AB.format(objekt.zeile))
        return objekt

    @staticmethod
    def _spalte(code: str) -> Spalte:
        return SPALTE[code]

    def _gather_satz(self, nummer: int, werte: dict[str, Any], angebot: Objekt) -> None:
        if "grundleistung" not in werte:
            for code in ("entgelt_ab", "investition", "sonderleistung"):
                if code in werte:
                    self._say(nummer, "grundleistung", FEHLT)
                    return
            return
        if "entgelt_ab" not in werte:
            if not any(code == "entgelt_ab" for code, _ in self.meldungen[nummer]):
                self._say(nummer, "entgelt_ab", FEHLT)
            return
        grundlage = self._grundlage(nummer, werte.get("rechtsgrundlage", ""))
        if grundlage is None:
            return
        satz = Entgeltsatz(
            werte["grundleistung"], werte.get("investition", Decimal(0)), werte.get("sonderleistung", Decimal(0)),
            werte["entgelt_ab"], werte.get("vereinbart_am", werte["entgelt_ab"]), grundlage,
        )  # fmt: skip
        if not any(satz == anderer for _, anderer in angebot.saetze):
            angebot.saetze.append((nummer, satz))

    def _grundlage(self, nummer: int, text: str) -> str | None:
        wort = normalize_name(text).replace("§", "").removesuffix("sgbviii")
        if wort in {"", "78b"}:
            return Rechtsgrundlage.P78B
        if wort == "77":
            return Rechtsgrundlage.P77
        self._say(nummer, "rechtsgrundlage", KEINE_GRUNDLAGE.format(text))
        return None

    # --- the register ---

    def _load(self) -> None:
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
        # by which number of this source a row is known already, whatever the list calls it
        known = Fremdschluessel.objects.filter(tenant=self.einlesung.tenant, objekt_id__in=list(self.by_id))
        self.known = {row.objekt_id: row.schluessel for row in known}
        self.spez: dict[UUID, list[UUID]] = defaultdict(list)
        through = Angebot.spezialisierungen.through.objects.filter(angebot_id__in=ids)
        for angebot_id, spez_id in through.values_list("angebot_id", "spezialisierung_id"):
            self.spez[angebot_id].append(spez_id)
        am = today()
        gezaehlt = Angebot.objects.filter(pk__in=ids).annotate(
            heute=Count("plaetze", filter=Q(plaetze__gueltig__contains=am)),
            spaeter=Count("plaetze", filter=Q(plaetze__gueltig__startswith__gt=am)),
        )
        self.plaetze = {pk: heute or spaeter for pk, heute, spaeter in gezaehlt.values_list("pk", "heute", "spaeter")}
        self.entgelte: dict[UUID, list[Entgelt]] = defaultdict(list)
        for entgelt in Entgelt.objects.filter(angebot_id__in=ids):
            self.entgelte[entgelt.angebot_id].append(entgelt)
        offene = Entgeltvorschlag.objects.filter(angebot_id__in=ids, zustand=VorschlagZustand.VORGESCHLAGEN)
        self.offene = {vorschlag.angebot_id: vorschlag for vorschlag in offene}
        anbieter = [row.pk for row in self.by_id.values() if isinstance(row, Anbieter)]
        leute = Membership.objects.filter(membership_on(am), anbieter_id__in=anbieter)
        self.gepflegt = set(leute.values_list("anbieter_id", flat=True))

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

    def _below(self, objekt: Objekt) -> None:
        """Nothing is read below something that is faulty."""
        oben = objekt.eltern
        if oben is not None and oben.ist_fehlerhaft:
            objekt.ist_fehlerhaft = True

    def _fault(self, objekt: Objekt, feld: str, text: str) -> None:
        code = next(s.code for s in SPALTEN if s.art == objekt.gegenstand and s.feld == feld)
        self._say(objekt.zeile, code, text)
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
            if self.known.get(gleich.pk, objekt.schluessel) != objekt.schluessel:
                self._fault(objekt, "name", NAME_VERGEBEN.format(name))
                return False
            row = gleich
        elif gleich is not None and gleich.pk != row.pk:
            self._fault(objekt, "name", NAME_VERGEBEN.format(name))
            return False
        zwilling = self.namen.setdefault((objekt.gegenstand, objekt.eltern and objekt.eltern.schluessel, name), objekt)
        if name and zwilling is not objekt:
            self._fault(objekt, "name", NAME_ZWEIMAL.format(zwilling.zeile))
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
        self._fault(objekt, "name", BEENDET.format(f"„{row.name}“", format_datum(tag)))
        return True

    def _compare_anbieter(self, objekt: Objekt) -> None:
        if not self._find(objekt, None, ist_unten=False) or self._ended(objekt):
            return
        if objekt.row is None:
            self._new(objekt, lambda: build_anbieter(objekt.werte))
            return
        fremd = objekt.fremd
        if (fremd is None or not fremd.ist_angelegt) and self.einlesung.tenant is not None:
            ist = get_stand(objekt.row, objekt.gegenstand)
            for feld in [feld for feld in objekt.werte if ist[feld] != build_wert(objekt.werte[feld])]:
                self._keep(objekt, feld, NICHT_VON_LISTE)
            return
        self._compare(objekt, get_stand(objekt.row, objekt.gegenstand), objekt.row.pk in self.gepflegt)

    def _compare_einrichtung(self, objekt: Objekt) -> None:
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
            self._fault(objekt, "kreis", fehler)
            return
        objekt.fest["kreis"] = kreis
        werte = objekt.werte
        if "region" in werte:
            region = self.regionen.get((kreis.pk, normalize_name(werte["region"])))
            if region is None:
                self._fault(objekt, "region", KEINE_REGION.format(werte["region"]))
                return
            werte["region"] = region
        if row is None:
            angaben = {feld: wert for feld, wert in werte.items() if feld != "kreis"}
            eltern = oben.row or Anbieter()
            self._new(objekt, lambda: build_einrichtung(eltern, kreis, angaben))
            return
        self._compare(objekt, get_stand(row, objekt.gegenstand), row.anbieter_id in self.gepflegt)

    def _compare_angebot(self, objekt: Objekt) -> None:
        oben = objekt.eltern
        assert oben is not None  # an offer is built below its facility
        if not self._resolve_angebot(objekt) or not self._find(objekt, oben.row and oben.row.pk, ist_unten=True):
            return
        if self._ended(objekt):
            return
        row, werte = objekt.row, objekt.werte
        hilfeart: Any = objekt.fest.get("hilfeart")
        beginn: Any = objekt.fest.get("beginn")
        if row is None:
            fehlende = [feld for feld in ("name", "hilfeart", "beginn", "plaetze") if feld not in werte]
            for feld in fehlende:
                self._fault(objekt, feld, FEHLT)
            if not fehlende:
                felder = {f: w for f, w in werte.items() if f in FELDER[objekt.gegenstand]}
                felder = {f: w for f, w in felder.items() if f not in {"spezialisierungen", "plaetze"}}
                haus = oben.row or Einrichtung()
                self._new(objekt, lambda: build_angebot(haus, hilfeart, felder, beginn))
        elif hilfeart is not None and hilfeart.pk != row.hilfeart_id:
            self._fault(objekt, "hilfeart", ANDERE_HILFEART.format(row.hilfeart))
        elif beginn is not None and beginn != row.gueltig.lower:
            self._fault(objekt, "beginn", ANDERER_BEGINN.format(format_datum(row.gueltig.lower)))
        else:
            objekt.fest |= {"hilfeart": row.hilfeart, "beginn": row.gueltig.lower}
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
            self._fault(objekt, error.feld or "name", error.message)

    def _compare(self, objekt: Objekt, ist: dict[str, Any], ist_gepflegt: bool) -> None:
        soll = {feld: build_wert(wert) for feld, wert in objekt.werte.items() if feld in ist}
        stand = objekt.fremd.stand if objekt.fremd else {}
        found = vergleich(ist=ist, soll=soll, stand=stand, ist_gepflegt=ist_gepflegt)
        objekt.ist = ist
        for feld in found.gesperrt:
            self._keep(objekt, feld, VOM_ANBIETER)
        objekt.neu = {feld: objekt.werte[feld] for feld in found.neu}
        if objekt.neu:
            objekt.befund = schwerster((objekt.befund, Befund.GEAENDERT))
        if objekt.gegenstand == Gegenstand.ANGEBOT:
            von, bis = (objekt.neu.get(feld, ist[feld]) for feld in ("alter_von", "alter_bis"))
            if bis < von:
                self._fault(objekt, "alter_bis", "Das Höchstalter liegt unter dem Mindestalter.")

    def _keep(self, objekt: Objekt, feld: str, text: str) -> None:
        code = next(s.code for s in SPALTEN if s.art == objekt.gegenstand and s.feld == feld)
        self._say(objekt.zeile, code, text, ist_fehler=False)
        objekt.befund = Befund.GESPERRT

    # --- words that mean a row ---

    def _kreis(self, objekt: Objekt) -> Gebietskoerperschaft | None:
        eigener = self.eigener_kreis
        wort = objekt.werte.get("kreis")
        if wort is None:
            if eigener is None and objekt.row is not None:
                return objekt.row.gebietskoerperschaft
            if eigener is None:
                self._fault(objekt, "kreis", FEHLT)
            return eigener
        kreis = self.kreise.get(normalize_name(wort))
        if kreis is None:
            self._fault(objekt, "kreis", KEIN_KREIS.format(wort))
        elif eigener is not None and kreis.pk != eigener.pk:
            self._fault(objekt, "kreis", FREMDER_KREIS.format(kreis.name))
            return None
        return kreis

    @cached_property
    def kreise(self) -> dict[str, Gebietskoerperschaft]:
        """By every word for it."""
        rows = list(Gebietskoerperschaft.objects.all())
        found: dict[str, Gebietskoerperschaft] = {}
        for worte in ("kurzname", "name", "ags", "kuerzel"):
            found |= {normalize_name(getattr(row, worte)): row for row in rows}
        return found

    @cached_property
    def eigener_kreis(self) -> Gebietskoerperschaft | None:
        """The office's own district; None for the operator."""
        tenant = self.einlesung.tenant
        return None if tenant is None else Gebietskoerperschaft.objects.get(kuerzel=tenant.kuerzel)

    @cached_property
    def regionen(self) -> dict[tuple[UUID, str], Region]:
        """By district and name."""
        return {(row.gebietskoerperschaft_id, normalize_name(row.name)): row for row in Region.objects.all()}

    @cached_property
    def hilfearten(self) -> dict[str, list[Hilfeart]]:
        """By every word for them; a § may be that of several."""
        found: dict[str, list[Hilfeart]] = defaultdict(list)
        for row in Hilfeart.objects.all():
            for wort in {row.code, row.paragraf, row.name, str(row), row.paragraf.replace("§", "")}:
                found[normalize_name(wort)].append(row)
        return found

    @cached_property
    def spezialisierungen(self) -> dict[str, Spezialisierung]:
        """By code and name."""
        rows = Spezialisierung.objects.all()
        return {normalize_name(wort): row for row in rows for wort in (row.code, row.name)}

    def _resolve_angebot(self, objekt: Objekt) -> bool:
        werte = objekt.werte
        if "hilfeart" in werte:
            gefunden = self.hilfearten.get(normalize_name(werte["hilfeart"]).removesuffix("sgbviii"), [])
            if len(gefunden) != 1:
                codes = ", ".join(row.code for row in gefunden)
                text = MEHRERE_HILFEARTEN.format(werte["hilfeart"], codes) if gefunden else ""
                self._fault(objekt, "hilfeart", text or KEINE_HILFEART.format(werte["hilfeart"]))
            else:
                objekt.fest["hilfeart"] = gefunden[0]
        if "beginn" in werte:
            objekt.fest["beginn"] = werte["beginn"]
        if "geschlecht" in werte:
            wort = normalize_name(werte["geschlecht"]).removeprefix("nur")
            worte = {"alle": Geschlecht.ALLE, "w": Geschlecht.WEIBLICH, "weiblich": Geschlecht.WEIBLICH,
                     "m": Geschlecht.MAENNLICH, "maennlich": Geschlecht.MAENNLICH}  # fmt: skip
            if wort in worte:
                werte["geschlecht"] = worte[wort].value
            else:
                self._fault(objekt, "geschlecht", KEIN_GESCHLECHT.format(werte["geschlecht"]))
        if "spezialisierungen" in werte:
            keys = []
            for wort in (teil.strip() for teil in werte["spezialisierungen"].split("|")):
                row = self.spezialisierungen.get(normalize_name(wort))
                if row is None:
                    self._fault(objekt, "spezialisierungen", KEINE_SPEZIALISIERUNG.format(wort))
                else:
                    keys.append(row.pk)
            werte["spezialisierungen"] = sorted(set(keys))
        return not objekt.ist_fehlerhaft

    # --- rates ---

    def _compare_saetze(self, objekt: Objekt) -> None:
        row = objekt.row
        gueltige = self.entgelte[row.pk] if row is not None else []
        zeiten = [Entgeltzeit(e.pk, e.gueltig.lower, e.gueltig.upper) for e in gueltige]
        objekt.zeiten = list(zeiten)
        je_beginn = {e.gueltig.lower: e for e in gueltige}
        neue: list[tuple[int, Entgeltsatz]] = []
        for nummer, satz in sorted(objekt.saetze, key=lambda paar: paar[1].ab):
            if nummer in self.fehlerhaft:
                continue
            da = je_beginn.get(satz.ab)
            if da is not None and da.betrag == satz.betrag:
                continue
            if da is not None:
                betrag = format_geld(da.betrag)
                self._say(nummer, "grundleistung", ENTGELT_ANDERS.format(format_datum(satz.ab), betrag))
                continue
            offen = self.offene.get(row.pk) if row is not None else None
            if offen is not None:
                if offen.ab != satz.ab or offen.betrag != satz.betrag:
                    self._say(nummer, "grundleistung", ENTGELT_WARTET)
                continue
            try:
                check_satz(satz, zeiten)
            except RegelVerletzt as error:
                self._say(nummer, {"ab": "entgelt_ab"}.get(error.feld or "", "grundleistung"), error.message)
                continue
            if neue and self.einlesung.tenant is None:
                self._say(nummer, "entgelt_ab", NUR_EINES)
                continue
            neue.append((nummer, satz))
            self.entgelt_befunde[nummer] = Befund.NEU
            zeiten.append(Entgeltzeit(UUID(int=len(neue)), satz.ab, None))
        objekt.saetze = neue

    # --- what is said of a line ---

    def _judge(self, nummer: int, objekte: list[Objekt]) -> Befund:
        for objekt in objekte:
            if objekt.ist_fehlerhaft and objekt.zeile != nummer:
                code = next(s.code for s in SPALTEN if s.art == objekt.gegenstand and s.ist_schluessel)
                self._say(nummer, code, SIEHE.format(objekt.gegenstand.label, objekt.zeile))
                break
        if nummer in self.fehlerhaft or not objekte:
            return Befund.FEHLERHAFT
        eigene = [objekt.befund for objekt in objekte if objekt.zeile == nummer]
        return schwerster([*eigene, self.entgelt_befunde.get(nummer, Befund.UNVERAENDERT)])
