"""Forms of choosing and reserving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import QueryDict

from shared_apps.catalogue.forms.merkmale import build_such_felder
from shared_apps.catalogue.models import Form, Hilfeart, Spezialisierung, Sprache
from shared_apps.catalogue.rules import VORSILBE, suchname
from shared_apps.catalogue.selectors import (
    list_felder,
    list_hilfearten,
    list_kriterien,
    list_spezialisierungen,
    list_sprachen,
)
from shared_apps.core import felder
from shared_apps.core.clock import today
from shared_apps.core.eingabe import BETRAG_MAX, PFLICHT, STUNDEN_JE_WOCHE_MAX, TAGE_JE_WOCHE_MAX, VIERTEL
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.geld import format_geld
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.seite import Faltung
from shared_apps.core.zahlwort import anzahl, anzahl_tage
from shared_apps.providers.models import Anerkennung, Einrichtung, Steuerstatus
from shared_apps.providers.rules import BESTAETIGUNG_GILT_TAGE
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import (
    AUSSCHLUSS_WORT,
    BEGRUENDUNG_MINDESTENS,
    Barrierefrei,
    Bundesland,
    Reichweite,
    Verknuepfung,
)
from tenant_apps.placements.forms import UeberlagerungForm, bewilligt_bis
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.fremd import list_kreise
from tenant_apps.placements.search.selectors.kriterien import (
    BESTAETIGT_TAGE_MAX,
    UMKREIS_KM_MAX,
    Kriterien,
    plan_bis,
    without_umkreis,
)
from tenant_apps.placements.search.selectors.treffer import (
    PROBE_BIS,
    PROBE_VON,
    SORTIERUNGEN,
    UMKREISE,
    Ansicht,
    Eingrenzung,
    Sortierung,
    clean_sortierung,
)
from tenant_apps.placements.services.fremd import WARUM_KEINE
from tenant_apps.placements.services.search import compute_bedarf
from tenant_apps.placements.vorgaben import SUCHE_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe

#: The least and the most a house of the office's own list may charge a day or an hour.
CENT, FREMDENTGELT_MAX = Decimal("0.01"), Decimal("9999.99")
#: Brothers and sisters beside the first child.
GESCHWISTER_HOECHSTENS = 5
#: How far the form proposes to search around a postcode.
UMKREIS_KM = 30
WIE_PERSON, EGAL = "", "egal"
BINNEN_TAGEN = f"binnen {anzahl(BESTAETIGUNG_GILT_TAGE, 'Tag', 'Tagen')}"


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
        help_text="werden zusammen mit der ersten gesucht, wenn sie wie sie je Tag oder je Stunde bezahlt werden",
    )
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
        label="Sprachen",
        queryset=Sprache.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="alle angekreuzten müssen gesprochen werden",
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
        feld.queryset = arten
        feld.choices = _hilfeart_choices(list(arten))
        self.fields["weitere_hilfearten"].queryset = arten
        self.fields["spezialisierungen"].queryset = list_spezialisierungen()
        self.fields["sprachen"].queryset = list_sprachen()
        self._erklaert = list_kriterien()
        self.fields |= build_such_felder(self._erklaert)

    @property
    def faltungen(self) -> tuple[Faltung, ...]:
        """What few searches ask for, folded away until it is filled in or wrong; last what modules declare."""
        return (
            Faltung("Weitere Hilfearten", ("weitere_hilfearten",)),
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


class ProbeForm(forms.Form):
    """For how much the price counts to try out; what is empty or wrong tries nothing."""

    preis = felder.GanzzahlField(von=PROBE_VON, bis=PROBE_BIS, required=False, label="Preis zur Probe")


#: In the address: the sheet for the child and the parents.
OHNE_PREISE = "ohne"


def shows_preise(query: QueryDict) -> bool:
    """Whether the page is for the office; without prices it is for the child and the parents."""
    return query.get("preise") != OHNE_PREISE


def read_ansicht(query: QueryDict) -> Ansicht:
    """How the result is shown, or was before the page that this address leads to."""
    form = ProbeForm(query)
    return Ansicht(clean_sortierung(query.get("sort")), form.cleaned_data["preis"] if form.is_valid() else None)


class TrefferFilter(FilterForm):
    """Narrowing the result on screen; the sealed list stays whole."""

    km = felder.AuswahlField(
        label="Weg",
        choices=[("", "beliebig"), *((str(km), f"bis {km} km") for km in UMKREISE)],
        required=False,
        widget=forms.RadioSelect,
    )
    frisch = felder.JaNeinField(label=f"Platz {BINNEN_TAGEN} bestätigt", required=False)
    drittel = felder.JaNeinField(label="nur günstigstes Drittel", required=False)
    satz = felder.DezimalField(label="Tagesentgelt bis", von=0, bis=BETRAG_MAX, required=False)
    soll = felder.DezimalField(label="Soll-Entgelt bis", von=0, bis=BETRAG_MAX, required=False)
    text = felder.SuchtextField(label="Name oder Ort", max_length=60, required=False)
    zeige = felder.AuswahlField(
        label="Zeigen", choices=[("", "verfügbare Angebote"), ("alle", "alle Angebote")], required=False
    )
    sort = felder.AuswahlField(label="Reihenfolge", choices=Sortierung.choices, required=False)
    preis = felder.GanzzahlField(
        label="Zur Probe: der Preis zählt bei der Passung",
        von=PROBE_VON,
        bis=PROBE_BIS,
        required=False,
        help_text="Punkte von 100. Nur für diese Ansicht; reservieren Sie daraus, steht es im Auswahlvermerk.",
    )

    def __init__(self, *args: Any, ist_stationaer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ist_stationaer:
            self.fields["satz"].label = "Stundensatz bis"
        umgekehrt = [paar for paar in SORTIERUNGEN if paar[0] == self.data.get("sort") and paar[0].startswith("-")]
        self.fields["sort"].choices = [*Sortierung.choices, *umgekehrt]

    def eingrenzung(self) -> Eingrenzung:
        """What was asked for, as far as it can be understood. By "frei ab" what is not free yet is shown, too."""
        werte = self.values()
        return Eingrenzung(
            alle=werte["zeige"] == "alle" or werte["sort"].removeprefix("-") == Sortierung.FREI_AB,
            text=werte["text"].strip(),
            drittel=bool(werte["drittel"]),
            frisch=bool(werte["frisch"]),
            km=int(werte["km"]) if werte["km"] else None,
            satz=werte["satz"] or None,
            soll=werte["soll"] or None,
        )

    def say_how_many(self, facetten: Mapping[str, int]) -> None:
        """Behind each choice, how many offers it leaves."""
        feld = self.fields["km"]
        feld.choices = [(wert, f"{wort} ({facetten[f'km{wert}']})" if wert else wort) for wert, wort in feld.choices]
        for name in ("frisch", "drittel"):
            self[name].label = f"{self.fields[name].label} ({facetten[name]})"

    def chips(self) -> list[tuple[str, str]]:
        """Name and words of each filter that is set."""
        werte = self.values()
        worte = {
            "km": f"bis {werte['km']} km",
            "frisch": f"{BINNEN_TAGEN} bestätigt",
            "drittel": "nur günstigstes Drittel",
            "satz": f"{self.fields['satz'].label} {werte['satz'] and format_geld(werte['satz'])}",
            "soll": f"{self.fields['soll'].label} {werte['soll'] and format_geld(werte['soll'])}",
            "text": f"„{werte['text']}“",
            "zeige": "alle Angebote",
            "preis": f"zur Probe: Preis {werte['preis']} von 100",
        }
        return [(name, wort) for name, wort in worte.items() if werte[name]]


class NichtPassendFilter(forms.Form):
    """Which of the reasons a list of offers is of."""

    grund = felder.AuswahlField(
        label="Grund", choices=[(grund.value, wort) for grund, wort in AUSSCHLUSS_WORT.items()], required=False
    )


class GeschwisterForm(forms.Form):
    """Who else is to come to the same facility, and why there.

    `bookable`: cases the acting person may reserve for; another one's number is unknown here. `zur_wahl`: those of them
    that are offered to be ticked, in the words of `benennen`; the others are named by number.
    """

    kinder = felder.ObjekteField(
        queryset=Hilfefall.objects.none(), required=False, label="Geschwister", widget=forms.CheckboxSelectMultiple
    )
    fallnummern = felder.BezeichnungField(
        label="Fallnummern der Geschwister", max_length=200, required=False,
        help_text="durch Komma getrennt; zusammen höchstens fünf Kinder",
    )  # fmt: skip
    wuensche = felder.FreitextField(
        label="Wünsche der Familie", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="freiwillig: was die Kinder und die Eltern sich wünschen (§§ 5, 36 SGB VIII); wird verschlüsselt Teil"
        " der Auswahlvermerke",
    )  # fmt: skip
    zweiter_platz = felder.JaNeinField(
        label="Ich habe gesehen, welche Plätze es schon gibt. Die neuen kommen für dieselbe Zeit dazu.", required=False
    )
    einrichtung = felder.ObjektField(
        queryset=Einrichtung.objects.all(), required=False, widget=forms.HiddenInput, label="Einrichtung"
    )

    def __init__(
        self, *args: Any, bookable: QuerySet[Hilfefall], zur_wahl: Sequence[Hilfefall],
        benennen: Callable[[Hilfefall], str], ohne: UUID | None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.bookable, self.ohne, self.zur_wahl, self.benennen = bookable, ohne, list(zur_wahl), benennen
        self.fields["kinder"].queryset = bookable.select_related("klient")
        self._offer()
        if zur_wahl:
            self.fields["fallnummern"].label = "Fallnummern der Geschwister, die hier nicht stehen"
        if self.is_bound and self.data.get("einrichtung"):
            self.ask_why(self.data["einrichtung"])

    def _offer(self) -> None:
        self.fields["kinder"].choices = [(str(fall.pk), self.benennen(fall)) for fall in self.zur_wahl]

    def ask_why(self, einrichtung: UUID | str, *, pflicht: bool = False) -> forms.BoundField:
        """The field for the reason why they come to this facility; it stands where the facility does."""
        feld = felder.GrundField(
            label="Begründung der Wahl" + (" (erforderlich)" if pflicht else ""),
            required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text="wird Teil der Auswahlvermerke",
        )  # fmt: skip
        feld.widget.is_required = pflicht
        name = why_of(einrichtung)
        self.fields[name] = feld
        return self[name]

    def place(self, error: SojusError) -> SojusError:
        """A reason that is missing is missed at the facility that was chosen."""
        if error.feld == "begruendung" and self.cleaned_data.get("einrichtung"):
            error.feld = why_of(self.cleaned_data["einrichtung"].pk)
        return error

    def clean_kinder(self) -> list[Hilfefall]:
        """The cases that were ticked; one that would not be offered now stays on the page."""
        angekreuzt = list(self.cleaned_data["kinder"])
        self.zur_wahl += [fall for fall in angekreuzt if fall not in self.zur_wahl]
        self._offer()
        return angekreuzt

    def clean_fallnummern(self) -> list[Hilfefall]:
        """The cases, in the order they were typed."""
        nummern = list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["fallnummern"].split(",")))))
        faelle = {
            fall.fallnummer: fall for fall in self.bookable.filter(fallnummer__in=nummern).select_related("klient")
        }
        if unbekannt := [nummer for nummer in nummern if nummer not in faelle]:
            raise forms.ValidationError(
                f"Diesen Fall gibt es nicht, oder Sie führen ihn nicht: {', '.join(unbekannt)}."
            )
        return [faelle[nummer] for nummer in nummern]

    def clean(self) -> dict[str, Any]:
        """`faelle`: of all other children, those ticked first. `begruendung`: for the facility that was chosen."""
        daten = super().clean() or self.cleaned_data
        if einrichtung := daten.get("einrichtung"):
            daten["begruendung"] = daten.get(why_of(einrichtung.pk), "")
        if "kinder" not in daten or "fallnummern" not in daten:
            return daten
        feld = "kinder" if daten["kinder"] else "fallnummern"
        gewaehlt = [*daten["kinder"], *daten["fallnummern"]]
        daten["faelle"] = list({fall.pk: fall for fall in gewaehlt}.values())
        if not gewaehlt:
            self.add_error(feld, "Bitte wählen Sie mindestens ein weiteres Kind.")
        elif len(daten["faelle"]) > GESCHWISTER_HOECHSTENS:
            self.add_error(feld, "Bitte wählen Sie höchstens fünf weitere Kinder.")
        elif len({fall.klient_id for fall in daten["faelle"]} - {self.ohne}) < len(daten["faelle"]):
            self.add_error(feld, "Bitte geben Sie jedes Kind einmal an; für das erste wurde gesucht.")
        return daten


def why_of(einrichtung: UUID | str) -> str:
    """Name of the field that says why they come to this facility."""
    return f"begruendung-{einrichtung}"


class ReservierenForm(forms.Form):
    """The reason is asked for outside the cheapest third, and welcome inside."""

    begruendung = felder.GrundField(
        label="Begründung der Wahl", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    wuensche = felder.FreitextField(
        label="Wünsche der Familie",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="freiwillig: was das Kind und die Eltern sich wünschen (§§ 5, 36 SGB VIII); wird verschlüsselt Teil"
        " des Auswahlvermerks",
    )
    zweiter_platz = felder.JaNeinField(
        label="Ich habe den anderen Platz gesehen. Dieser kommt für dieselbe Zeit dazu.", required=False
    )

    #: The planned amount that the page showed, in full euro.
    gezeigt = felder.GanzzahlField(von=0, bis=int(BETRAG_MAX), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pflicht: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        feld = self.fields["begruendung"]
        feld.widget.is_required = pflicht
        if pflicht:
            feld.label = "Begründung der Wahl (erforderlich)"
            feld.help_text = (
                "Das Angebot liegt außerhalb des günstigsten Drittels. Bitte schreiben Sie auf, warum es dennoch das"
                f" geeignete ist (mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben). Der Text wird Teil des"
                " Auswahlvermerks."
            )
        else:
            feld.help_text = "freiwillig; wird Teil des Auswahlvermerks"

    def ask_why_second(self, andere: int) -> None:
        """`andere` places at the same time: a reason is asked for whatever the offer costs."""
        if andere > 1:
            self.fields[
                "zweiter_platz"
            ].label = "Ich habe die anderen Plätze gesehen. Dieser kommt für dieselbe Zeit dazu."
        feld = self.fields["begruendung"]
        feld.widget.is_required = True
        feld.label = "Begründung der Wahl (erforderlich)"
        feld.help_text = (
            "Für diese Zeit gibt es schon einen Platz. Bitte schreiben Sie auf, warum dieser dazukommt (mindestens"
            f" {BEGRUENDUNG_MINDESTENS} Buchstaben). Der Text wird Teil des Auswahlvermerks."
        )


class NachtragForm(forms.Form):
    """What was wrong or missing in an Auswahlvermerk, and why."""

    begruendung = felder.GrundField(
        label="Was ist zu berichtigen oder zu ergänzen, und warum?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben",
    )
    wuensche = felder.FreitextField(
        label="Wünsche der Familie, nachgetragen",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="freiwillig (§§ 5, 36 SGB VIII)",
    )


class FremdeFilter(FilterForm):
    """Which facilities of the office's own list are shown."""

    land = felder.AuswahlField(label="Bundesland", required=False, choices=[("", "alle"), *Bundesland.choices])
    alte = felder.AuswahlField(
        label="Nicht mehr belegte", required=False, choices=[("", "nicht zeigen"), ("1", "auch zeigen")]
    )


class FremdentgeltForm(forms.Form):
    """What the facility charges for a kind of help: from when, and where that is written."""

    hilfeart = felder.ObjektField(
        label="Hilfeart", queryset=Hilfeart.objects.all(), empty_label=felder.BITTE_WAEHLEN, to_field_name="code"
    )
    betrag = felder.GeldField(
        label="Entgelt je Tag oder Stunde", von=CENT, bis=FREMDENTGELT_MAX, help_text="in Euro, wie vereinbart"
    )
    ab = felder.DatumField(label="Gilt ab")
    bis = felder.DatumField(label="Gilt bis einschließlich", required=False, help_text="leer: bis auf Weiteres")
    quelle = felder.BezeichnungField(
        label="Quelle", max_length=200, help_text="zum Beispiel: Entgeltvereinbarung vom 12.12.2025, Jugendamt Hamburg"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hilfeart"].queryset = list_hilfearten()


class FremdeinrichtungForm(BearbeitenForm):
    """A facility that is not in the register, as the office's list keeps it."""

    name = felder.BezeichnungField(label="Einrichtung", max_length=200)
    anbieter = felder.BezeichnungField(label="Anbieter", max_length=200, help_text="wer die Einrichtung betreibt")
    strasse = felder.BezeichnungField(label="Straße und Hausnummer", max_length=120, required=False)
    plz = felder.PlzField(label="PLZ", required=False)
    ort = felder.BezeichnungField(label="Ort", max_length=100)
    land = felder.AuswahlField(label="Bundesland", choices=[("", felder.BITTE_WAEHLEN), *Bundesland.choices])
    kreis = felder.bedingt(
        felder.ObjektField(label="Kreis", queryset=Gebietskoerperschaft.objects.all(), required=False, empty_label="–"),
        "nötig, wenn die Einrichtung im eigenen Bundesland liegt",
    )
    ansprechpartner = felder.NameField(label="Ansprechperson", max_length=200, required=False)
    telefon = felder.TelefonField(label="Telefon", required=False)
    email = felder.MailField(label="E-Mail", required=False)
    behoerde = felder.BezeichnungField(
        label="Erlaubnisbehörde", max_length=200, required=False,
        help_text="wer die Betriebserlaubnis nach § 45 SGB VIII erteilt hat",
    )  # fmt: skip
    ist_aktiv = felder.JaNeinField(label="Wird belegt", required=False, initial=True)

    def __init__(self, *args: Any, neu: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kreis"].queryset = list_kreise()
        if neu:
            del self.fields["ist_aktiv"]
            self.mark_shown()


class NeueFremdeinrichtungForm(FremdentgeltForm, FremdeinrichtungForm):
    """A facility with its first rate."""

    field_order = (
        "name", "anbieter", "strasse", "plz", "ort", "land", "kreis", "ansprechpartner", "telefon", "email",
        "behoerde", "hilfeart", "betrag", "ab", "bis", "quelle",
    )  # fmt: skip


class VorschlagForm(forms.Form):
    """What the register asks for and the office's list does not keep."""

    rechtsform = felder.BezeichnungField(label="Rechtsform", max_length=60, help_text="Zum Beispiel e. V. oder gGmbH.")
    anerkennung = felder.AuswahlField(
        label="Anerkennung nach § 75 SGB VIII",
        choices=[("", felder.BITTE_WAEHLEN), *((wert, text) for wert, text in Anerkennung.choices if wert)],
    )
    steuerstatus = felder.AuswahlField(
        label="Steuerstatus",
        choices=[("", felder.BITTE_WAEHLEN), *((wert, text) for wert, text in Steuerstatus.choices if wert)],
    )
    email = felder.MailField(label="E-Mail der Organisation", help_text="Steht später im Verzeichnis.")
    vorname = felder.NameField(label="Vorname", max_length=100, help_text="wer den Anbieter im Portal verwalten soll")
    nachname = felder.NameField(label="Nachname", max_length=100)
    person_email = felder.MailField(
        label="Dienstliche E-Mail", help_text="Dorthin geht der Link, mit dem die Einrichtung den Antrag bestätigt."
    )


class FremdbuchungForm(UeberlagerungForm, ReservierenForm):
    """The house has said yes; why it is none of the register. `ueberlagert_bis`: there is a booked stay, and until then
    this one could lie over it; without one nothing is asked of it. `planung_bis`: the last day that an open help was
    planned with; of another one nothing is asked."""

    zugesagt_am = felder.ArbeitstagField(label="Zugesagt am")
    zugesagt_durch = felder.NameField(
        label="Zugesagt durch", max_length=200, required=False, help_text="wer in der Einrichtung zugesagt hat"
    )

    field_order = ("zugesagt_am", "zugesagt_durch", "begruendung", "wuensche", "zweiter_platz")

    def __init__(
        self, *args: Any, ueberlagert_bis: date | None, planung_bis: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, pflicht=True, **kwargs)
        if planung_bis:
            self.fields = {"letzter_tag": bewilligt_bis(planung_bis)} | self.fields
        feld = self.fields["begruendung"]
        feld.required, feld.label = True, "Begründung der Wahl"
        feld.help_text = f"{WARUM_KEINE} Der Text wird Teil des Auswahlvermerks."
        if ueberlagert_bis:
            self.initial["ueberlagerung_bis"] = ueberlagert_bis
        else:
            for name in UeberlagerungForm.base_fields:
                del self.fields[name]
