"""What goes in and out of the API of vacancies. Days are first and last days, as on the board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.core import api_felder as felder
from shared_apps.core.eingabe import TAGE_VERTAUSCHT
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.rules import Abschnitt, Abschnittsart, Eintrag
from shared_apps.occupancy.selectors.plan import Einrichtungsplan
from shared_apps.occupancy.selectors.vakanzen import Vakanzlage
from shared_apps.occupancy.services.vakanzen import Angebotsmeldung, Platzmeldung
from shared_apps.providers.rules import Vakanzstufe
from shared_apps.providers.services.angebote import PLAETZE_MAX

ANGEBOTE_MAX, EINTRAEGE_MAX = 200, 20
#: Blocks and stops of one message together, each place of a number counted. Each is a write of its own, and all are
#: held until the last: more would keep offices waiting at these places for longer than a request lives.
MELDUNG_MAX = 500
ENTWEDER_ODER = "Bitte melden Sie entweder einzelne Plätze oder eine Anzahl gesperrter Plätze, nicht beides."
NICHTS_GEMELDET = "Bitte nennen Sie mindestens ein Angebot."
ZU_VIEL_GEMELDET = (
    f"Eine Meldung enthält höchstens {MELDUNG_MAX} Sperren und Aufnahmestopps, jeder gesperrte Platz zählt einzeln."
    " Bitte melden Sie Ihre Angebote in mehreren Anfragen."
)
#: Places named in one message, with or without blocks.
GENANNT_MAX = 2_000
ZU_VIELE_GENANNT = (
    "Eine Meldung nennt höchstens 2.000 Plätze. Bitte melden Sie Ihre Angebote in mehreren Anfragen, oder statt der"
    " Plätze, wie viele gesperrt sind."
)
#: Fields of an answer with words of the house.
_WORTE = {"name", "grund", "notiz", "hinweis"}
_OFFEN = "letzter Tag; leer: bis auf Weiteres"
_HINWEIS = "lesen alle Jugendämter; bitte keine Namen"
#: The service asks the catalogue which ones may be chosen today.
_GRUND = "Code eines Grundes im Katalog, zum Beispiel RENOVIERUNG; {}"
_NOTIZ = "bleibt in Ihrem Haus; bitte keine Namen und nichts über ein Kind"


# --- what comes in --------------------------------------------------------------------------------------------------


class _DauerEingabe(felder.Eingabe):
    beginn = felder.DatumField(help_text="erster Tag; was vor heute liegt, bleibt, wie es war")
    letzter_tag = felder.DatumField(required=False, allow_null=True, default=None, help_text=_OFFEN)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The last day is not before the first."""
        letzter_tag = attrs["letzter_tag"]
        if letzter_tag is not None and letzter_tag < attrs["beginn"]:
            raise serializers.ValidationError({"letzter_tag": [TAGE_VERTAUSCHT]})
        return attrs


class SperreEingabe(_DauerEingabe):
    """A place that is not free though no office holds it."""

    zurueck = frozenset({"uuid", "platz", "geaendert_at"})

    grund = felder.KennungField(max_length=20, help_text=_GRUND.format("bleibt in Ihrem Haus"))
    notiz = felder.ZeileField(max_length=200, required=False, allow_blank=True, default="", help_text=_NOTIZ)


class SperreAendernEingabe(felder.Eingabe):
    """A block that ends on another day, or for another reason."""

    letzter_tag = felder.DatumField(allow_null=True, help_text=_OFFEN)
    grund = felder.KennungField(max_length=20, help_text=_GRUND.format("bleibt in Ihrem Haus"))
    notiz = felder.ZeileField(max_length=200, required=False, allow_blank=True, default="", help_text=_NOTIZ)


class AnzahlEingabe(SperreEingabe):
    """How many places of an offer, whichever they are."""

    anzahl = felder.GanzzahlField(von=1, bis=PLAETZE_MAX)


class StoppEingabe(_DauerEingabe):
    """An offer that takes nobody in though places are free."""

    zurueck = frozenset({"uuid", "angebot", "geaendert_at"})

    grund = felder.KennungField(max_length=20, help_text=_GRUND.format("lesen alle Jugendämter"))
    hinweis = felder.ZeileField(max_length=200, required=False, allow_blank=True, default="", help_text=_HINWEIS)


class StoppAendernEingabe(felder.Eingabe):
    """A stop that ends on another day, or for another reason."""

    letzter_tag = felder.DatumField(allow_null=True, help_text=_OFFEN)
    grund = felder.KennungField(max_length=20, help_text=_GRUND.format("lesen alle Jugendämter"))
    hinweis = felder.ZeileField(max_length=200, required=False, allow_blank=True, default="", help_text=_HINWEIS)


class PlatzmeldungEingabe(felder.Eingabe):
    """One place with all its blocks; an empty list: nothing is blocked."""

    zurueck = frozenset({"nummer", "name"})

    platz = felder.UuidField()
    sperren = felder.ListeField(child=SperreEingabe(), max_length=EINTRAEGE_MAX)


class AngebotsmeldungEingabe(felder.Eingabe):
    """One offer. What is left out stays as it is; what is sent is all there is of it."""

    zurueck = frozenset({"name", "hilfeart", "frei", "gesamt", "bestaetigt_at", "stufe", "stand"})

    angebot = felder.UuidField()
    plaetze = felder.ListeField(
        child=PlatzmeldungEingabe(), max_length=PLAETZE_MAX, required=False,
        help_text="einzelne Plätze; andere Plätze des Angebots bleiben, wie sie sind",
    )  # fmt: skip
    gesperrt = felder.ListeField(
        child=AnzahlEingabe(), max_length=EINTRAEGE_MAX, required=False,
        help_text="statt einzelner Plätze: wie viele gesperrt sind; alle übrigen sind es nicht",
    )  # fmt: skip
    aufnahmestopps = felder.ListeField(child=StoppEingabe(), max_length=EINTRAEGE_MAX, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One place cannot be said in two ways."""
        if "plaetze" in attrs and "gesperrt" in attrs:
            raise serializers.ValidationError({"gesperrt": [ENTWEDER_ODER]})
        return attrs


class VakanzenEingabe(felder.Eingabe):
    """What a house says of its vacancies. An offer that is not named stays as it is and is not confirmed."""

    zurueck = frozenset({"einrichtung"})

    angebote = felder.ListeField(child=AngebotsmeldungEingabe(), max_length=ANGEBOTE_MAX)

    def to_internal_value(self, data: Any) -> Any:
        """How much is said is counted before any of it is looked at: each part costs."""
        angebote = [a for a in _parts(data, "angebote") if isinstance(a, dict)]
        plaetze = [platz for angebot in angebote for platz in _parts(angebot, "plaetze")]
        je_angebot = sum(len(_parts(a, name)) for a in angebote for name in ("gesperrt", "aufnahmestopps"))
        if je_angebot + sum(len(_parts(platz, "sperren")) for platz in plaetze) > MELDUNG_MAX:
            raise serializers.ValidationError({"angebote": [ZU_VIEL_GEMELDET]})
        if len(plaetze) > GENANNT_MAX:
            raise serializers.ValidationError({"angebote": [ZU_VIELE_GENANNT]})
        return super().to_internal_value(data)

    def validate_angebote(self, angebote: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Who says nothing confirms nothing, and nobody says everything at once."""
        if not angebote:
            raise serializers.ValidationError(NICHTS_GEMELDET)
        if sum(map(_count, angebote)) > MELDUNG_MAX:
            raise serializers.ValidationError(ZU_VIEL_GEMELDET)
        return angebote


def _parts(data: Any, name: str) -> list[Any]:
    """A list in what was sent; whatever else is there, the fields say what is wrong with it."""
    teile = data.get(name) if isinstance(data, dict) else None
    return teile if isinstance(teile, list) else []


def _count(data: dict[str, Any]) -> int:
    """How many blocks and stops are said of one offer."""
    je_platz = sum(len(platz["sperren"]) for platz in data.get("plaetze", ()))
    return je_platz + sum(g["anzahl"] for g in data.get("gesperrt", ())) + len(data.get("aufnahmestopps", ()))


def build_meldungen(data: dict[str, Any]) -> list[Angebotsmeldung]:
    """A valid `VakanzenEingabe` as the service takes it, each part with its place in what was sent."""
    return [_meldung(angebot, f"angebote.{n}") for n, angebot in enumerate(data["angebote"])]


def _meldung(data: dict[str, Any], feld: str) -> Angebotsmeldung:
    plaetze = gesperrt = stopps = None
    if "plaetze" in data:
        plaetze = tuple(
            Platzmeldung(p["platz"], _eintraege(p["sperren"], f"{feld}.plaetze.{n}.sperren"), f"{feld}.plaetze.{n}")
            for n, p in enumerate(data["plaetze"])
        )
    if "gesperrt" in data:
        eintraege = _eintraege(data["gesperrt"], f"{feld}.gesperrt")
        gesperrt = tuple(
            eintrag for eintrag, teil in zip(eintraege, data["gesperrt"], strict=True) for _ in range(teil["anzahl"])
        )
    if "aufnahmestopps" in data:
        stopps = _eintraege(data["aufnahmestopps"], f"{feld}.aufnahmestopps")
    return Angebotsmeldung(data["angebot"], feld, plaetze, gesperrt, stopps)


def _eintraege(teile: Sequence[dict[str, Any]], feld: str) -> tuple[Eintrag, ...]:
    return tuple(
        Eintrag(
            build_zeitraum(teil), teil["grund"], teil["notiz"] if "notiz" in teil else teil["hinweis"],
            feld=f"{feld}.{n}",
        )
        for n, teil in enumerate(teile)
    )  # fmt: skip


def build_zeitraum(data: dict[str, Any]) -> Zeitraum:
    """The days of a valid input."""
    return Zeitraum.from_inclusive(data["beginn"], data["letzter_tag"])


# --- what goes out --------------------------------------------------------------------------------------------------


class SperreAusgabe(serializers.ModelSerializer):
    """A block of a place, as its house reads it."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    platz = serializers.UUIDField(source="platz_id", read_only=True)
    beginn = serializers.DateField(source="dauer.beginn", read_only=True)
    letzter_tag = serializers.DateField(source="dauer.letzter_tag", read_only=True, allow_null=True)

    class Meta:
        model = Platzsperre
        fields = ["uuid", "platz", "beginn", "letzter_tag", "grund", "notiz", "geaendert_at"]
        read_only_fields = fields


class StoppAusgabe(serializers.ModelSerializer):
    """A stop of an offer, as all offices read it."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    angebot = serializers.UUIDField(source="angebot_id", read_only=True)
    beginn = serializers.DateField(source="dauer.beginn", read_only=True)
    letzter_tag = serializers.DateField(source="dauer.letzter_tag", read_only=True, allow_null=True)

    class Meta:
        model = Aufnahmestopp
        fields = ["uuid", "angebot", "beginn", "letzter_tag", "grund", "hinweis", "geaendert_at"]
        read_only_fields = fields


class PlatzlageAusgabe(serializers.Serializer):
    """One place with its blocks."""

    platz = serializers.UUIDField()
    nummer = serializers.IntegerField()
    name = serializers.CharField(help_text="wie das Haus ihn nennt")
    sperren = SperreAusgabe(many=True)


class VakanzlageAusgabe(serializers.Serializer):
    """One offer: how many are free today, and what the house has said of it."""

    angebot = serializers.UUIDField()
    name = serializers.CharField()
    hilfeart = serializers.CharField()
    frei = serializers.IntegerField(
        help_text="wie viele heute frei sind und angeboten werden: Plätze, bei ambulanten Hilfen Hilfen"
    )
    gesamt = serializers.IntegerField()
    bestaetigt_at = serializers.DateTimeField(allow_null=True)
    stufe = serializers.ChoiceField([(stufe.value, stufe.value) for stufe in Vakanzstufe])
    stand = serializers.CharField(help_text="wie alt die Angabe ist, in Worten")
    aufnahmestopps = StoppAusgabe(many=True)
    plaetze = PlatzlageAusgabe(many=True)


class VakanzenAusgabe(serializers.Serializer):
    """All offers of a facility that run or will run. It may be sent back as it is."""

    einrichtung = serializers.UUIDField()
    angebote = VakanzlageAusgabe(many=True)


def render_vakanzen(einrichtung_id: Any, lagen: Sequence[Vakanzlage]) -> dict[str, Any]:
    """A facility's vacancies for a machine."""
    angebote = [
        {
            "angebot": lage.angebot.pk,
            "name": lage.angebot.name,
            "hilfeart": lage.angebot.hilfeart.code,
            "frei": lage.frei,
            "gesamt": lage.gesamt,
            "bestaetigt_at": lage.angebot.bestaetigt_at,
            "stufe": lage.angebot.vakanzstand.stufe.value,
            "stand": lage.angebot.vakanzstand.text,
            "aufnahmestopps": lage.stopps,
            "plaetze": [
                {"platz": platz.pk, "nummer": platz.nummer, "name": platz.name, "sperren": sperren}
                for platz, sperren in lage.plaetze
            ],
        }
        for lage in lagen
    ]
    return VakanzenAusgabe({"einrichtung": einrichtung_id, "angebote": angebote}).data


def without_words(data: Any) -> Any:
    """An answer for a key that may report vacancies and not read the register: nothing of what people wrote there.

    Who has blocked a place gave a reason and a note for the house alone; what the key has sent itself it knows.
    """
    if isinstance(data, dict):
        return {name: without_words(value) for name, value in data.items() if name not in _WORTE}
    if isinstance(data, list | tuple):
        return [without_words(teil) for teil in data]
    return data


class AbschnittAusgabe(serializers.Serializer):
    """A stretch of days in which a place is the same thing. Neither office nor child."""

    art = serializers.ChoiceField([(art.value, art.value) for art in Abschnittsart])
    beginn = serializers.DateField()
    letzter_tag = serializers.DateField(allow_null=True)
    gehalten_bis = serializers.DateField(allow_null=True, help_text="Tag, an dem eine Reservierung verfällt")
    grund = serializers.CharField(help_text="bei einer Sperre oder einem Aufnahmestopp")
    eintrag = serializers.UUIDField(source="zeile", allow_null=True, help_text="die Sperre oder der Aufnahmestopp")


class PlatzAusgabe(serializers.Serializer):
    """One place of the board."""

    platz = serializers.UUIDField(source="platz.pk")
    nummer = serializers.IntegerField(source="platz.nummer")
    name = serializers.CharField(source="platz.name")
    abschnitte = serializers.SerializerMethodField()

    @extend_schema_field(AbschnittAusgabe(many=True))
    def get_abschnitte(self, zeile: Any) -> Any:
        """Every stretch that touches the window, in its full length."""
        folge: list[Abschnitt] = [balken.abschnitt for balken in zeile.balken]
        return AbschnittAusgabe(folge, many=True).data


class AngebotsplanAusgabe(serializers.Serializer):
    """One offer with its places, by number."""

    angebot = serializers.UUIDField(source="angebot.pk")
    name = serializers.CharField(source="angebot.name")
    hilfeart = serializers.CharField(source="angebot.hilfeart.code")
    plaetze = PlatzAusgabe(source="zeilen", many=True)


class PlanAusgabe(serializers.Serializer):
    """The board of a facility: its places from day to day."""

    einrichtung = serializers.UUIDField()
    ab = serializers.DateField()
    letzter_tag = serializers.DateField()
    ohne_erlaubnis = serializers.BooleanField(help_text="es fehlt eine Betriebserlaubnis: kein Jugendamt findet etwas")
    angebote = AngebotsplanAusgabe(many=True)


def render_plan(plan: Einrichtungsplan, fenster: Zeitraum) -> dict[str, Any]:
    """A facility's board for a machine."""
    return PlanAusgabe(
        {
            "einrichtung": plan.einrichtung.pk,
            "ab": fenster.beginn,
            "letzter_tag": fenster.letzter_tag,
            "ohne_erlaubnis": plan.ohne_erlaubnis,
            "angebote": plan.angebote,
        }
    ).data
