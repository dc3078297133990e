"""What goes in and out of the API of choosing and reserving. Errors are German, by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.catalogue.forms.merkmale import clean_such_werte
from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.selectors import (
    list_felder,
    list_hilfearten,
    list_kriterien,
    list_spezialisierungen,
    list_sprachen,
)
from shared_apps.core import api_felder as felder
from shared_apps.core.eingabe import BETRAG_MAX, PFLICHT, STUNDEN_JE_WOCHE_MAX, TAGE_JE_WOCHE_MAX, VIERTEL
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.cases.models import GESCHLECHT_KUERZEL, KlientGeschlecht
from tenant_apps.cases.personfelder import NeuePerson, eingabe_felder
from tenant_apps.placements.enums import UEBERLAGERUNG_WAHL, Ablehnungsgrund, Barrierefrei, Reichweite, Verknuepfung
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.forms import GESCHWISTER_HOECHSTENS, without_foreign
from tenant_apps.placements.search.selectors.kriterien import (
    BESTAETIGT_TAGE_MAX,
    UMKREIS_KM_MAX,
    Kriterien,
    plan_bis,
)
from tenant_apps.placements.search.selectors.treffer import PROBE_BIS, PROBE_VON, SORTIERUNGEN, Sortierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.states import ReservierungZustand

NUR_OHNE_ENDE = "Eine Hilfe bis auf Weiteres hat kein Ende. Bitte lassen Sie die Angabe weg."
BEWILLIGT_BIS = "nötig und nur erlaubt bei einer Hilfe bis auf Weiteres: der letzte Tag, bis zu dem sie bewilligt ist"
PLANUNG_BIS = "letzter Tag, für den die Beträge gerechnet sind; ohne `ohne_ende` ist es das Ende"
#: More criteria than any module declares.
MERKMALE_MAX = 50


class SucheEingabe(felder.Eingabe):
    """Criteria of a search. `beginn` and `ende` are the first and last day."""

    hilfeart = felder.CodeField(slug_field="code", queryset=Hilfeart.objects.all())
    weitere_hilfearten = felder.ListeField(
        child=felder.KennungField(), default=list, max_length=20,
        help_text="Codes: werden zusammen mit `hilfeart` gesucht; dasselbe Modul, ebenso je Tag oder je Stunde bezahlt",
    )  # fmt: skip
    region = felder.KennungField(max_length=12, help_text="Kürzel der Gebietskörperschaft, z. B. VG")
    reichweite = felder.AuswahlField(Reichweite.choices, default=Reichweite.EIGENE.value)
    umkreis_plz = felder.PlzField(
        required=False, default="", allow_blank=True, help_text="nur mit reichweite UMKREIS; keine Anschrift"
    )
    umkreis_km = felder.GanzzahlField(
        von=1, bis=UMKREIS_KM_MAX, required=False, allow_null=True, help_text="Luftlinie von der Mitte der PLZ"
    )
    beginn = felder.ArbeitstagField()
    ende = felder.ArbeitstagField(required=False, allow_null=True, help_text="nötig ohne `ohne_ende`")
    ohne_ende = felder.JaNeinField(
        default=False, help_text="bis auf Weiteres: frei ohne bekanntes Ende; Beträge gelten dann bis `planung_bis`"
    )
    tage_je_woche = felder.ViertelField(von=VIERTEL, bis=TAGE_JE_WOCHE_MAX, required=False, allow_null=True)
    stunden_je_woche = felder.ViertelField(von=VIERTEL, bis=STUNDEN_JE_WOCHE_MAX, required=False, allow_null=True)
    spezialisierungen = felder.ListeField(child=felder.KennungField(), default=list, max_length=20)
    verknuepfung = felder.AuswahlField(
        Verknuepfung.choices, default=Verknuepfung.ALLE.value,
        help_text="ob alle dieser Spezialisierungen nötig sind oder eine genügt",
    )  # fmt: skip
    sprachen = felder.ListeField(
        child=felder.KennungField(), default=list, max_length=20,
        help_text="alle müssen gesprochen werden; Deutsch (de) gilt überall als gesprochen",
    )  # fmt: skip
    barrierefrei = felder.AuswahlField(
        Barrierefrei.choices, default="", allow_blank=True, help_text="leer: ohne Einschränkung"
    )
    bestaetigt_tage = felder.GanzzahlField(
        von=1, bis=BESTAETIGT_TAGE_MAX, required=False, allow_null=True,
        help_text="in wie vielen Tagen, heute mitgezählt als letzter, die Vakanzen bestätigt sein müssen",
    )  # fmt: skip
    geschlecht = felder.AuswahlField(
        GESCHLECHT_KUERZEL,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="x und leer: ohne Einschränkung",
    )
    alter = felder.GanzzahlField(von=0, bis=26, required=False, allow_null=True)
    merkmale = felder.WerteField(
        required=False, default=dict, max_length=MERKMALE_MAX,
        help_text='weitere Kriterien der Hilfeart nach ihrem Code, zum Beispiel {"pflegegrad": 3}',
    )  # fmt: skip
    klient = felder.UuidField(required=False, allow_null=True, help_text="bekannte Person (freiwillig)")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """An end is missed as any other field is, but of a help that goes on until further notice."""
        self.fields["ende"].required = not (isinstance(data, Mapping) and data.get("ohne_ende"))
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the module of the kind of help does not ask for finds nothing: said at its name."""
        if attrs["ohne_ende"] == bool(attrs.get("ende")):
            raise serializers.ValidationError({"ende": [NUR_OHNE_ENDE if attrs["ohne_ende"] else PFLICHT]})
        if attrs["ohne_ende"]:
            attrs["ende"] = plan_bis(attrs["beginn"])
        kriterien = list_kriterien(modul_id=attrs["hilfeart"].modul_id)
        try:
            attrs["merkmale"] = clean_such_werte(kriterien, attrs["merkmale"])
        except RegelVerletzt as error:
            raise serializers.ValidationError({error.feld or "merkmale": [error.message]}) from error
        hat = list_felder(kriterien)
        _check_foreign(attrs, hat)
        return without_foreign(attrs, hat)

    def validate_hilfeart(self, hilfeart: Hilfeart) -> Hilfeart:
        if not list_hilfearten().filter(pk=hilfeart.pk).exists():
            raise serializers.ValidationError("Diese Hilfeart wird heute nicht angeboten.")
        return hilfeart

    def validate_weitere_hilfearten(self, codes: list[str]) -> list[Hilfeart]:
        arten = list(list_hilfearten().filter(code__in=codes))
        if fehlend := sorted(set(codes) - {art.code for art in arten}):
            raise serializers.ValidationError(f"Diese Hilfeart wird heute nicht angeboten: {', '.join(fehlend)}.")
        return arten

    def validate_spezialisierungen(self, codes: list[str]) -> list[str]:
        bekannt = set(list_spezialisierungen().filter(code__in=codes).values_list("code", flat=True))
        if fehlend := sorted(set(codes) - bekannt):
            raise serializers.ValidationError(f"Unbekannte Spezialisierung: {', '.join(fehlend)}.")
        return sorted(bekannt)

    def validate_sprachen(self, codes: list[str]) -> list[str]:
        bekannt = set(list_sprachen().filter(code__in=codes).values_list("code", flat=True))
        if fehlend := sorted(set(codes) - bekannt):
            raise serializers.ValidationError(f"Unbekannte Sprache: {', '.join(fehlend)}.")
        return sorted(bekannt)


NICHT_GEFRAGT = "Danach wird bei dieser Hilfeart nicht gesucht. Bitte lassen Sie die Angabe weg."


def _check_foreign(attrs: dict[str, Any], hat: frozenset[str]) -> None:
    """What this kind of help is not searched by would be left out: refused at its name. The page has these fields for
    all kinds, and leaves them out."""
    gefragt = hat | {"tage_je_woche" if attrs["hilfeart"].ist_stationaer else "stunden_je_woche"}
    if not attrs["hilfeart"].ist_stationaer and not attrs.get("stunden_je_woche"):
        gefragt |= {"tage_je_woche"}  # that hours are missing is said first
    leer: tuple[Any, ...] = (None, "", [], KlientGeschlecht.OHNE_ANGABE.kuerzel)
    moeglich = ("geschlecht", "alter", "spezialisierungen", "tage_je_woche", "stunden_je_woche")
    if fremd := [name for name in moeglich if name not in gefragt and attrs.get(name) not in leer]:
        raise serializers.ValidationError({name: [NICHT_GEFRAGT] for name in fremd})


def build_kriterien(data: dict[str, Any]) -> Kriterien:
    """The criteria of a valid `SucheEingabe`, without whom they are for."""
    geschlecht = (data.get("geschlecht") or "").replace(KlientGeschlecht.OHNE_ANGABE.kuerzel, "")
    listen = {name: tuple(data[name]) for name in ("spezialisierungen", "sprachen")}
    weitere = data.pop("weitere_hilfearten")
    listen["weitere"] = tuple(art for art in weitere if art != data["hilfeart"])
    return Kriterien(**data | listen | {"geschlecht": geschlecht})


class AngebotAusgabe(serializers.Serializer):
    """One offer of a result; amounts as shown (full euro), `angebot` is its UUID."""

    angebot = serializers.UUIDField()
    angebot_name = serializers.CharField()
    hilfeart = serializers.CharField(help_text="Code der Hilfeart dieses Angebots")
    anbieter = serializers.CharField()
    anbieter_id = serializers.UUIDField()
    einrichtung = serializers.CharField()
    einrichtung_id = serializers.UUIDField()
    ort = serializers.CharField()
    kreis = serializers.CharField()
    hinweis = serializers.CharField()
    vakanzen = serializers.IntegerField()
    tagesentgelt = serializers.CharField(allow_null=True, help_text="Entgelt je Tag oder Stunde am ersten Tag")
    soll_entgelt = serializers.CharField(allow_null=True)
    differenz = serializers.CharField(allow_null=True)
    bestprice = serializers.BooleanField()
    rang = serializers.IntegerField(allow_null=True)
    im_guenstigsten_drittel = serializers.BooleanField()
    passung = serializers.IntegerField(allow_null=True, help_text="0 bis 100; null: nichts war gefragt")
    entfernung_km = serializers.CharField(
        allow_null=True, help_text="Luftlinie vom Sitz des Jugendamtes, beim Umkreis von der Mitte der Postleitzahl"
    )
    entfernung_ungefaehr = serializers.BooleanField(
        help_text="gemessen bis zur Mitte der Postleitzahl des Hauses: es hat keine Koordinaten"
    )
    vakanz_stand = serializers.DateTimeField(allow_null=True)


@dataclass(frozen=True, slots=True)
class Angebotsseite:
    """A page of the offers of a search, and where the next one is."""

    zeilen: Sequence[Trefferzeile]
    anzahl: int
    weiter: str | None


class SucheKopf(serializers.ModelSerializer):
    """A kept search without its offers."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    hilfeart = serializers.CharField(source="hilfeart.code", read_only=True)
    beginn = serializers.DateField(read_only=True)
    ende = serializers.DateField(source="endet_am", read_only=True, allow_null=True)
    planung_bis = serializers.DateField(source="letzter_tag", read_only=True, help_text=PLANUNG_BIS)
    ist_ergebnislos = serializers.BooleanField(read_only=True)
    klient = serializers.UUIDField(source="klient_id", read_only=True, allow_null=True)

    class Meta:
        model = Suche
        fields = [
            "uuid", "created_at", "hilfeart", "weitere_hilfearten", "region", "reichweite", "umkreis_plz", "umkreis_km",
            "beginn", "ende", "ohne_ende", "planung_bis", "tage", "wochen",
            "tage_je_woche", "stunden_je_woche", "spezialisierungen", "verknuepfung", "sprachen", "barrierefrei",
            "bestaetigt_tage", "geschlecht", "alter", "merkmale", "klient", "angebote_gesamt", "angebote_verfuegbar",
            "ist_ergebnislos",
        ]  # fmt: skip
        read_only_fields = fields


class SucheAusgabe(SucheKopf):
    """A kept search with a page of what it finds now, cheapest first (`?alle=1`: also what cannot be reserved)."""

    angebote = serializers.SerializerMethodField()
    anzahl = serializers.SerializerMethodField(help_text="wie viele Angebote alle Seiten zusammen haben, Stand jetzt")
    weiter = serializers.SerializerMethodField(help_text="Adresse der nächsten Seite, null auf der letzten")

    class Meta(SucheKopf.Meta):
        fields = [*SucheKopf.Meta.fields, "anzahl", "weiter", "angebote"]
        read_only_fields = fields

    def get_anzahl(self, suche: Suche) -> int:
        return self.context["seite"].anzahl

    def get_weiter(self, suche: Suche) -> str | None:
        return self.context["seite"].weiter

    @extend_schema_field(AngebotAusgabe(many=True))
    def get_angebote(self, suche: Suche) -> list[dict[str, Any]]:
        felder = AngebotAusgabe().fields
        zeilen = [zeile.to_json() for zeile in self.context["seite"].zeilen]
        return [{name: werte[name] for name in felder} for werte in zeilen]


class NeuePersonEingabe(felder.Eingabe):
    """Somebody the office does not know yet. The same details again mean the same person."""

    fallnummer = felder.KennungField(max_length=20, required=False, default="", allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return eingabe_felder() | super().get_fields()


class KlientReferenz(serializers.Field):
    """UUID of a known young person, or an object with the details of a new one."""

    default_error_messages = {
        "invalid": "Bitte geben Sie die UUID einer Person oder ihre Angaben als Objekt an.",
    }

    def to_internal_value(self, data: Any) -> UUID | NeuePerson:
        if isinstance(data, dict):
            eingabe = NeuePersonEingabe(data=data)
            eingabe.is_valid(raise_exception=True)
            return NeuePerson(**eingabe.validated_data)
        try:
            return felder.UuidField().run_validation(data)
        except serializers.ValidationError:
            return self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        return value


class KlientReferenzSchema(OpenApiSerializerFieldExtension):
    """Both kinds of `klient` in the OpenAPI document."""

    target_class = KlientReferenz

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        neu = auto_schema.resolve_serializer(NeuePersonEingabe, direction)
        return {"oneOf": [{"type": "string", "format": "uuid", "description": "bekannte Person"}, neu.ref]}


class WieGezeigtEingabe(felder.Eingabe):
    """How the list was shown in which somebody chose: so it is sealed."""

    sort = felder.AuswahlField(
        SORTIERUNGEN, required=False, default=Sortierung.KOSTEN.value,
        help_text="Reihenfolge, in der die Liste gezeigt wurde; so wird sie im Auswahlvermerk festgehalten",
    )  # fmt: skip
    preis = felder.GanzzahlField(
        von=PROBE_VON, bis=PROBE_BIS, required=False, allow_null=True,
        help_text="wenn die Passung zur Probe so gezeigt wurde: wie viele von 100 Punkten der Preis zählte",
    )  # fmt: skip


class ReservierungEingabe(WieGezeigtEingabe):
    """`klient` may be left out when the search was made for somebody."""

    suche = felder.UuidField()
    angebot = felder.UuidField()
    klient = KlientReferenz(required=False, allow_null=True)
    begruendung = felder.GrundField(
        required=False, default="", allow_blank=True, max_length=4000,
        help_text="Pflicht außerhalb des günstigsten Drittels",
    )  # fmt: skip
    wuensche = felder.FreitextField(
        required=False, default="", allow_blank=True, max_length=4000,
        help_text="Wünsche des Kindes und der Familie (§§ 5, 36 SGB VIII); Teil des Auswahlvermerks",
    )  # fmt: skip
    soll_entgelt = felder.DezimalField(
        von=0, bis=BETRAG_MAX, required=False, allow_null=True,
        help_text="wie es gezeigt wurde; ist es jetzt ein anderes, wird nicht reserviert (409)",
    )  # fmt: skip
    zweiter_platz = felder.JaNeinField(
        required=False, default=False,
        help_text="wahr, wenn bekannt ist, dass die Person für dieselben Nächte schon einen Platz hat",
    )  # fmt: skip


class GeschwisterkindEingabe(felder.Eingabe):
    """One of the children: out of her search, an offer; all offers are of one facility."""

    suche = felder.UuidField()
    angebot = felder.UuidField()
    klient = KlientReferenz(required=False, allow_null=True)
    soll_entgelt = felder.DezimalField(
        von=0, bis=BETRAG_MAX, required=False, allow_null=True,
        help_text="wie es gezeigt wurde; ist es jetzt ein anderes, wird nicht reserviert (409)",
    )  # fmt: skip


class GeschwisterEingabe(WieGezeigtEingabe):
    """A place for each of several children in one facility, or none. What is said is part of each Auswahlvermerk."""

    kinder = felder.ListeField(child=GeschwisterkindEingabe(), max_length=GESCHWISTER_HOECHSTENS + 1)
    begruendung = felder.GrundField(
        required=False, default="", allow_blank=True, max_length=4000,
        help_text="Pflicht, wenn eines der Angebote außerhalb des günstigsten Drittels liegt",
    )  # fmt: skip
    wuensche = felder.FreitextField(
        required=False, default="", allow_blank=True, max_length=4000,
        help_text="Wünsche der Kinder und der Familie (§§ 5, 36 SGB VIII)",
    )  # fmt: skip
    zweiter_platz = felder.JaNeinField(
        required=False, default=False,
        help_text="wahr, wenn bekannt ist, dass eines für dieselben Nächte schon einen Platz hat",
    )  # fmt: skip


class BuchenEingabe(felder.Eingabe):
    """Nothing, as a rule; of an open help the last day; where the person has a booked stay already: what the second one
    is, until when, why."""

    ueberlagerung = felder.AuswahlField(UEBERLAGERUNG_WAHL, required=False, allow_blank=True, default="")
    ueberlagerung_bis = felder.ArbeitstagField(
        required=False, allow_null=True, help_text="letzter Tag, an dem es so ist"
    )
    ueberlagerung_grund = felder.GrundField(required=False, allow_blank=True, default="", max_length=500)
    letzter_tag = felder.ArbeitstagField(required=False, allow_null=True, help_text=BEWILLIGT_BIS)
    soll_kosten = felder.DezimalField(
        von=0, bis=BETRAG_MAX, required=False, allow_null=True, default=None,
        help_text="die Soll-Kosten bis zum letzten Tag, wie sie bekannt sind; bei anderen wird nicht gebucht (409)",
    )  # fmt: skip


class GeschwisterAusgabe(serializers.Serializer):
    """The reservations of brothers and sisters, in the order in which they were given."""

    reservierungen = serializers.ListField(child=serializers.DictField(), help_text="wie reservierungen_create")


class RueckzugEingabe(felder.Eingabe):
    """Why the place is given back."""

    grund = felder.GrundField(allow_blank=True, default="")


class VerlaengerungEingabe(felder.Eingabe):
    """By how many days; without a number the usual time."""

    tage = felder.GanzzahlField(von=1, bis=28, required=False, allow_null=True)


class AblehnungEingabe(felder.Eingabe):
    """Why the provider declines."""

    grund = felder.AuswahlField(Ablehnungsgrund.choices)
    text = felder.FreitextField(max_length=500, required=False, allow_blank=True, default="")

    def validate_grund(self, grund: str) -> Ablehnungsgrund:
        return Ablehnungsgrund(grund)


class ReservierungAusgabe(serializers.ModelSerializer):
    """A reservation. Providers get no person and no reason; `zeilen` of the price are in the search.

    What the page hides from a role is null here (`policies.readable_angaben`).
    """

    uuid = serializers.UUIDField(source="pk", read_only=True)
    zustand_text = serializers.SerializerMethodField()
    hilfeart = serializers.CharField(source="hilfeart.code", read_only=True)
    suche = serializers.UUIDField(source="suche_id", read_only=True, allow_null=True)
    angebot = serializers.UUIDField(source="angebot_id", read_only=True, allow_null=True)
    anbieter = serializers.CharField(source="anbieter_name", read_only=True)
    anbieter_id = serializers.UUIDField(read_only=True, allow_null=True)
    einrichtung = serializers.CharField(source="haus.name", read_only=True)
    einrichtung_id = serializers.UUIDField(read_only=True, allow_null=True)
    fremdeinrichtung = serializers.UUIDField(
        source="fremdeinrichtung_id", read_only=True, allow_null=True,
        help_text="wenn die Einrichtung nicht im Verzeichnis steht",
    )  # fmt: skip
    platz = serializers.UUIDField(source="platz_id", read_only=True, allow_null=True)
    klient = serializers.UUIDField(source="klient_id", read_only=True, allow_null=True)
    alter_bei_beginn = serializers.IntegerField(read_only=True, allow_null=True)
    fallnummer = serializers.CharField(source="hilfefall.fallnummer", read_only=True)
    auswahlvermerk = serializers.UUIDField(source="auswahlvermerk_id", read_only=True, allow_null=True)
    nummer = serializers.CharField(read_only=True, help_text="gemeinsame Nummer des Vorgangs, zum Beispiel 7KM-Q2V-D7S")
    beginn = serializers.DateField(read_only=True)
    ende = serializers.DateField(source="endet_am", read_only=True, allow_null=True)
    planung_bis = serializers.DateField(source="letzter_tag", read_only=True, help_text=PLANUNG_BIS)

    ablehnungsgrund = serializers.ChoiceField(Ablehnungsgrund.choices, allow_blank=True, read_only=True)

    #: Only for the office.
    AMT_FELDER = ("suche", "klient", "fallnummer", "auswahlvermerk", "taschengeld", "soll_kosten", "rueckzug_grund")

    class Meta:
        model = Reservierung
        fields = [
            "uuid", "created_at", "pseudonym", "zustand", "zustand_text", "ablauf_at", "hilfeart", "beginn", "ende",
            "ohne_ende", "planung_bis",
            "suche", "angebot", "anbieter", "anbieter_id", "einrichtung", "einrichtung_id", "fremdeinrichtung", "platz",
            "klient",
            "fallnummer", "alter_bei_beginn", "auswahlvermerk", "menge", "tage_je_woche", "stunden_je_woche",
            "tagesentgelt", "soll_entgelt", "taschengeld", "soll_kosten", "ist_auswaertig", "entschieden_at",
            "ablehnungsgrund", "ablehnung_text", "rueckzug_grund", "nummer",
        ]  # fmt: skip
        read_only_fields = fields

    def get_zustand_text(self, reservierung: Reservierung) -> str:
        return ReservierungZustand(reservierung.zustand).label

    def to_representation(self, reservierung: Reservierung) -> dict[str, Any]:
        data = super().to_representation(reservierung)
        angaben = self.context["angaben"][reservierung.pk]
        if "nachname" not in angaben:
            data |= dict.fromkeys(("klient", "auswahlvermerk"))
        if "spezialisierungen" not in angaben:  # not a reader of the file: neither age nor the search
            data |= dict.fromkeys(("alter_bei_beginn", "suche"))
        if not self.context["akteur"].ist_amt:
            for feld in self.AMT_FELDER:
                data.pop(feld)
        return data
