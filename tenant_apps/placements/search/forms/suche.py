"""What is searched for, and a search that is repeated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict

from shared_apps.catalogue.forms.merkmale import build_such_felder
from shared_apps.catalogue.models import Form, Hilfeart, Spezialisierung, Sprache
from shared_apps.catalogue.rules import VORSILBE, suchname
from shared_apps.catalogue.selectors import (
    list_felder,
    list_fremdsprachen,
    list_hilfearten,
    list_kriterien,
    list_spezialisierungen,
)
from shared_apps.core import felder
from shared_apps.core.clock import today
from shared_apps.core.eingabe import PFLICHT, STUNDEN_JE_WOCHE_MAX, TAGE_JE_WOCHE_MAX, VIERTEL
from shared_apps.core.seite import Faltung
from shared_apps.core.zahlwort import anzahl_tage
from tenant_apps.cases.models import Klient
from tenant_apps.placements.enums import (
    Barrierefrei,
    Reichweite,
    Verknuepfung,
)
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.kriterien import (
    BESTAETIGT_TAGE_MAX,
    UMKREIS_KM_MAX,
    Kriterien,
    list_kombinierbare,
    plan_bis,
    without_umkreis,
)
from tenant_apps.placements.services.search import compute_bedarf
from tenant_apps.placements.vorgaben import SUCHE_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe

#: How far the form proposes to search around a postcode.
UMKREIS_KM = 30
ERST_DIE_HILFEART = "Wählen Sie zuerst die Hilfeart. Dann steht hier, was sich zusammen mit ihr suchen lässt."
NUR_VERGLEICHBARE = (
    "Andere Hilfearten suchen Sie bitte getrennt: Sie werden anders bezahlt oder geplant, die Beträge lassen sich nicht"
    " vergleichen."
)
WIE_PERSON, EGAL = "", "egal"


class HilfeartField(felder.ObjektField):
    """Code in front, as in the lists: "S34 · Heimerziehung"."""

    def label_from_instance(self, obj: Hilfeart) -> str:
        return f"§ {obj.paragraf.removeprefix('§').strip()} {obj.name}"


def _hilfeart_choices(hilfearten: list[Hilfeart]) -> list[tuple[str, Any]]:
    """Grouped by form: what is paid by day and what by hour are apart."""
    field = HilfeartField(queryset=Hilfeart.objects.none())
    groups: list[tuple[str, Any]] = []
    for form in (Form.STATIONAER, Form.TEILSTATIONAER, Form.AMBULANT):
        eintraege = [(art.code, field.label_from_instance(art)) for art in hilfearten if art.form == form]
        if eintraege:
            groups.append((str(form.label), eintraege))
    return [("", "– bitte wählen –"), *groups]


class AuswahlForm(forms.Form):
    """Criteria of the HzE-Auswahl, without the person."""

    beginn = felder.ArbeitstagField(label="Beginn der Hilfe")
    ende = felder.bedingt(
        felder.ArbeitstagField(label="Ende der Hilfe", required=False, help_text="letzter Tag"),
        "außer bei einer Hilfe bis auf Weiteres",
    )
    ohne_ende = felder.JaNeinField(label="bis auf Weiteres, ohne bekanntes Ende", required=False)
    hilfeart = HilfeartField(label="Hilfeart", queryset=Hilfeart.objects.none(), to_field_name="code")
    weitere_hilfearten = felder.ObjekteField(
        label="Weitere Hilfearten",
        queryset=Hilfeart.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    #: For which first kind of help the page offers the further ones.
    weitere_fuer = felder.VerstecktField(label="Weitere Hilfearten zu", max_length=8, required=False)
    reichweite = felder.AuswahlField(
        label="Region", choices=Reichweite.choices, initial=Reichweite.EIGENE.value, widget=forms.RadioSelect
    )
    umkreis_plz = felder.bedingt(felder.PlzField(label="Postleitzahl", required=False), "nur beim Umkreis")
    umkreis_km = felder.GanzzahlField(
        label="Umkreis in km", von=1, bis=UMKREIS_KM_MAX, required=False, initial=UMKREIS_KM,
        help_text="Luftlinie von der Mitte der Postleitzahl; keine Anschrift nötig",
    )  # fmt: skip
    tage_je_woche = felder.ViertelField(
        label="Tage je Woche", von=VIERTEL, bis=TAGE_JE_WOCHE_MAX, required=False,
        help_text="bei stationären und teilstationären Hilfen",
    )  # fmt: skip
    stunden_je_woche = felder.bedingt(
        felder.ViertelField(
            label="Stunden je Woche", von=VIERTEL, bis=STUNDEN_JE_WOCHE_MAX, required=False,
            help_text="Fachleistungsstunden",
        ),
        "nötig bei ambulanten Hilfen",
    )  # fmt: skip
    geschlecht = felder.AuswahlField(
        label="Geschlecht",
        required=False,
        choices=[
            (WIE_PERSON, "wie bei der Person angegeben"),
            (EGAL, "ohne Einschränkung"),
            ("w", "weiblich"),
            ("m", "männlich"),
            ("d", "divers"),
        ],
    )
    alter = felder.GanzzahlField(
        label="Alter bei Beginn", von=0, bis=26, required=False, help_text="leer: aus dem Geburtsdatum"
    )
    spezialisierungen = felder.ObjekteField(
        label="Spezialisierungen",
        queryset=Spezialisierung.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    verknuepfung = felder.AuswahlField(
        label="Davon vorhanden", choices=Verknuepfung.choices, initial=Verknuepfung.ALLE.value, required=False
    )
    sprachen = felder.ObjekteField(
        label="Sprachen neben Deutsch",
        queryset=Sprache.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Deutsch wird überall gesprochen. Alle angekreuzten müssen dazukommen",
    )
    barrierefrei = felder.AuswahlField(label="Barrierefrei", choices=Barrierefrei.choices, required=False)
    bestaetigt_tage = felder.GanzzahlField(
        label="Vakanzen bestätigt in den letzten … Tagen", von=1, bis=BESTAETIGT_TAGE_MAX, required=False,
        help_text="leer: egal wann; heute zählt mit. Was als „war nicht frei“ gemeldet ist, zählt nicht als bestätigt",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial = {
                "beginn": today(),
                "ende": plan_bis(today()),
                "tage_je_woche": Decimal("7.00"),
            } | dict(self.initial)
        self.fields["ohne_ende"].help_text = (
            "Der Platz muss dann ohne bekanntes Ende frei sein, das Feld „Ende“ zählt nicht. Beträge werden für"
            f" {anzahl_tage(get_vorgabe(SUCHE_TAGE))} gerechnet (Vorgabe Ihres Jugendamtes)."
        )
        arten, feld = list_hilfearten(), self.fields["hilfeart"]
        feld.queryset = self.fields["weitere_hilfearten"].queryset = arten
        self._arten = list(arten)
        feld.choices = _hilfeart_choices(self._arten)
        self._offer_weitere()
        self.fields["spezialisierungen"].queryset = list_spezialisierungen()
        self.fields["sprachen"].queryset = list_fremdsprachen()
        self._erklaert = list_kriterien()
        self.fields |= build_such_felder(self._erklaert)

    def _get(self, name: str) -> Any:
        """What a field of the page holds, typed or proposed."""
        if self.is_bound:
            return self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        return self.initial.get(name)

    def _offer_weitere(self) -> None:
        """What can be looked through together with the first kind of help, and nothing before that is known. What is
        ticked stays, though it does not fit to another first one: then the page says why."""
        feld, code = self.fields["weitere_hilfearten"], self._get("hilfeart")
        self.erste = next((art for art in self._arten if art.code == code), None)
        passend = list_kombinierbare(self.erste, self._arten) if self.erste else []
        angekreuzt = set(self._get("weitere_hilfearten") or ())
        gezeigt = [art for art in self._arten if art in passend or (art.code in angekreuzt and art != self.erste)]
        feld.choices = [(art.code, str(art)) for art in gezeigt]
        if self.erste is None:
            feld.help_text = ERST_DIE_HILFEART
        elif not passend:
            feld.help_text = f"Zu {self.erste} passt keine andere Hilfeart in dieselbe Suche."
        else:
            feld.help_text = f"Zusammen mit {self.erste} gesucht. {NUR_VERGLEICHBARE}"

    @property
    def code_der_ersten(self) -> str:
        """Code of the first kind of help, "" before it is known."""
        return self.erste.code if self.erste else ""

    @property
    def bietet_andere_weitere(self) -> bool:
        """Whether the page shows the further kinds of help of another first one than is chosen now."""
        return (self._get("weitere_fuer") or "") != self.code_der_ersten

    @property
    def faltungen(self) -> tuple[Faltung, ...]:
        """What few searches ask for, folded away until it is filled in or wrong; last what modules declare."""
        return (
            Faltung("Spezialisierungen", ("spezialisierungen", "verknuepfung")),
            Faltung("Sprachen, Barrierefreiheit, Bestätigung", ("sprachen", "barrierefrei", "bestaetigt_tage")),
            Faltung("Weitere Kriterien", tuple(name for name in self.fields if name.startswith(VORSILBE))),
        )

    def clean(self) -> dict[str, Any]:
        """A criterion of another module finds nothing: said at its field. A circle has a middle."""
        data = self.cleaned_data
        if data.get("ohne_ende"):  # what the other field says does not count, nor what is wrong with it
            self.errors.pop("ende", None)
        elif "ende" not in self.errors and not data.get("ende"):
            self.add_error("ende", PFLICHT)
        if data.get("reichweite") == Reichweite.UMKREIS:
            for name in ("umkreis_plz", "umkreis_km"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, PFLICHT)
        else:  # hidden, so nobody could see what is wrong with them
            for name in ("umkreis_plz", "umkreis_km"):
                self.errors.pop(name, None)
        hilfeart = data.get("hilfeart")
        for kriterium in self._erklaert:
            name = suchname(kriterium.modul.code, kriterium.code)
            gefragt = data.get(name) not in (None, "", [])
            if hilfeart is not None and gefragt and kriterium.modul_id != hilfeart.modul_id:
                self.add_error(name, f"Das gibt es nur bei: {kriterium.modul.name}. Bitte leer lassen.")
        return data

    def _merkmale(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is asked for by further criteria, by their code; taken out of `data`."""
        werte = {}
        for kriterium in self._erklaert:
            wert = data.pop(suchname(kriterium.modul.code, kriterium.code), None)
            if wert not in (None, "", []):
                werte[kriterium.code] = wert
        return werte

    def kriterien(self, *, region: str, klient: Klient | None) -> Kriterien:
        """The criteria; what is left to the person comes from her data."""
        data = dict(self.cleaned_data)
        if data["ohne_ende"]:
            data["ende"] = plan_bis(data["beginn"])
        del data["weitere_fuer"]
        data["weitere"] = tuple(art for art in data.pop("weitere_hilfearten") if art != data["hilfeart"])
        data["merkmale"] = self._merkmale(data)
        data["spezialisierungen"] = tuple(s.code for s in data["spezialisierungen"])
        data["sprachen"] = tuple(s.code for s in data["sprachen"])
        data = without_umkreis(data)
        data["verknuepfung"] = data["verknuepfung"] or Verknuepfung.ALLE.value
        data["geschlecht"] = data["geschlecht"] if data["geschlecht"] != EGAL else ""
        hat = list_felder(k for k in self._erklaert if k.modul_id == data["hilfeart"].modul_id)
        kriterien = Kriterien(region=region, **without_foreign(data, hat))
        if klient is None:
            return kriterien
        geschlecht, alter = compute_bedarf(klient, kriterien)
        if self.cleaned_data["geschlecht"] == WIE_PERSON:
            data["geschlecht"] = geschlecht
        if data["alter"] is None:
            data["alter"] = alter
        return Kriterien(region=region, **without_foreign(data, hat))

    def list_hindernisse(self) -> tuple[list[str], list[str]]:
        """Why nothing can be counted: what is wrong, in sentences with the field's name, and what is missing yet."""
        falsch, fehlt = [], []
        for name in filter(self.errors.__contains__, (*self.fields, NON_FIELD_ERRORS)):
            fehler = self.errors[name]
            feld = str(self.fields[name].label) if name in self.fields else ""
            if PFLICHT in fehler:
                fehlt.append(feld)
            else:
                falsch.append(f"{feld}: {fehler[0]}" if feld else str(fehler[0]))
        return falsch, fehlt

    @property
    def liegt_in_vergangenheit(self) -> bool:
        """Whether the period is over: allowed, with a notice."""
        data = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        ende = data.get("ende")
        return isinstance(ende, date) and ende < today() and not data.get("ohne_ende")


def without_foreign(data: dict[str, Any], hat: frozenset[str]) -> dict[str, Any]:
    """Nothing is asked by columns that are no criterion of the module: an age says nothing about care at home."""
    leer = {"geschlecht": "", "alter": None, "spezialisierungen": ()}
    return data | {name: wert for name, wert in leer.items() if name not in hat}


def initial_of(suche: Suche, **changes: Any) -> dict[str, Any]:
    """Form values that repeat a kept search."""
    return {
        "beginn": suche.beginn,
        "ende": suche.letzter_tag,
        "ohne_ende": suche.ohne_ende,
        "hilfeart": suche.hilfeart.code,
        "weitere_hilfearten": suche.weitere_hilfearten,
        "reichweite": suche.reichweite,
        "umkreis_plz": suche.umkreis_plz,
        "umkreis_km": suche.umkreis_km or UMKREIS_KM,
        "tage_je_woche": suche.tage_je_woche,
        "stunden_je_woche": suche.stunden_je_woche,
        "geschlecht": suche.geschlecht or EGAL,
        "alter": suche.alter,
        "spezialisierungen": suche.spezialisierungen,
        "verknuepfung": suche.verknuepfung,
        "sprachen": suche.sprachen,
        "barrierefrei": suche.barrierefrei,
        "bestaetigt_tage": suche.bestaetigt_tage,
        **{suchname(suche.hilfeart.modul.code, code): wert for code, wert in suche.merkmale.items()},
    } | changes


class AnderesForm(forms.Form):
    """Other days or a wider circle for a search that is repeated; what is empty or wrong stays as it was."""

    beginn = felder.DatumField(label="Beginn der Hilfe", required=False)
    ende = felder.DatumField(label="Ende der Hilfe", required=False)
    umkreis_km = felder.GanzzahlField(label="Umkreis in km", von=1, bis=UMKREIS_KM_MAX, required=False)


def read_anderes(posted: QueryDict, suche: Suche) -> dict[str, Any]:
    """What a repeated search is to have instead of its own."""
    form = AnderesForm(posted)
    werte = {name: wert for name, wert in form.cleaned_data.items() if wert} if form.is_valid() else {}
    return werte if suche.umkreis_plz else {name: wert for name, wert in werte.items() if name != "umkreis_km"}
