"""What goes out of the API of the register. Columns are those of "Register mitnehmen" (`selectors.ausgabe`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.core.clock import today
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.hooks import list_nichtaufnahmen
from shared_apps.providers.models import (
    DOKUMENTE,
    Anbieter,
    Angebot,
    Ausnahme,
    Betriebserlaubnis,
    Einrichtung,
    EinrichtungDokument,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Platz,
    Stammdatenvorschlag,
)
from shared_apps.providers.rules import Vakanzstufe
from shared_apps.providers.selectors.angebote import count_frei
from shared_apps.providers.selectors.ausgabe import list_felder
from shared_apps.providers.selectors.kontakte import find_notruf
from shared_apps.providers.selectors.merkmale import list_kriterien_je_modul, read_werte
from shared_apps.providers.selectors.own import EigeneEinrichtung
from shared_apps.providers.selectors.register import rate_on
from shared_apps.providers.states import VorschlagZustand

_STUFEN = [(stufe.value, stufe.value) for stufe in Vakanzstufe]


def list_spalten(model: type[models.Model]) -> list[str]:
    """Columns of a table that are said as they are: neither keys nor periods, files or other rows."""
    return [
        field.name
        for field in list_felder(model)
        if not (field.primary_key or field.is_relation or isinstance(field, DateRangeField | models.FileField))
        and field.name != "gueltig_bis"
    ]


def _letzter_tag(zeitraum: Any) -> date | None:
    return zeitraum.upper - EIN_TAG if zeitraum.upper else None


class ErlaubnisAusgabe(serializers.ModelSerializer):
    """A licence, with the days on which it holds."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    beginn = serializers.DateField(read_only=True)
    letzter_tag = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Betriebserlaubnis
        fields = [
            "uuid", "nummer", "behoerde", "datum", "beginn", "letzter_tag", "plaetze", "alter_von", "alter_bis",
            "nebenbestimmungen",
        ]  # fmt: skip
        read_only_fields = fields


class AusnahmeAusgabe(serializers.ModelSerializer):
    """A dated exception of the authority."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    beginn = serializers.DateField(read_only=True)
    letzter_tag = serializers.DateField(read_only=True)

    class Meta:
        model = Ausnahme
        fields = [
            "uuid", "aktenzeichen", "datum", "beginn", "letzter_tag", "plaetze_mehr", "alter_von", "alter_bis", "grund",
        ]  # fmt: skip
        read_only_fields = fields


class KontaktAusgabe(serializers.ModelSerializer):
    """Whom offices call for what."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    email = serializers.CharField(read_only=True, help_text="E-Mail; leer, wenn keine eingetragen ist")

    class Meta:
        model = Kontakt
        fields = ["uuid", "funktion", "name", "telefon", "email", "ist_notruf"]
        read_only_fields = fields


class AnbieterAusgabe(serializers.ModelSerializer):
    """A provider: what is kept of it, and whom to call there. Its account is no program's (ADR 0070)."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    letzter_tag = serializers.DateField(read_only=True, allow_null=True, help_text="null: kein Ende eingetragen")
    kontakte = KontaktAusgabe(many=True, read_only=True)

    class Meta:
        model = Anbieter
        fields = ["uuid", *list_spalten(Anbieter), "letzter_tag", "kontakte"]
        read_only_fields = fields


class EigeneAnbieterAusgabe(serializers.Serializer):
    """The providers somebody speaks for, by name."""

    anbieter = AnbieterAusgabe(many=True)


class StammdatenvorschlagAusgabe(serializers.ModelSerializer):
    """What an office has admitted, as the provider wants it; it holds when an office has confirmed it."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    anbieter = serializers.UUIDField(source="anbieter_id", read_only=True)
    gebietskoerperschaft = serializers.CharField(
        source="gebietskoerperschaft.kuerzel", read_only=True, help_text="Jugendamt, das prüft"
    )
    zustand = serializers.ChoiceField(VorschlagZustand.choices(), read_only=True)
    bisher = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Stammdatenvorschlag
        fields = [
            "uuid", "anbieter", "gebietskoerperschaft", "zustand", "name", "rechtsform", "register_nr", "anerkennung",
            "begruendung", "bisher", "grund", "entschieden_at",
        ]  # fmt: skip
        read_only_fields = fields


class EntferntAusgabe(serializers.Serializer):
    """What is gone: nothing of it is said again."""

    uuid = serializers.UUIDField()


class FotoAusgabe(serializers.ModelSerializer):
    """A picture of a facility; its file is given out when the scanner has let it through."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    einrichtung = serializers.UUIDField(source="einrichtung_id", read_only=True)
    pruefung = serializers.ChoiceField(Dateipruefung.choices(), read_only=True)
    ist_zu_sehen = serializers.BooleanField(
        read_only=True, help_text="ob andere es sehen: mit Bildunterschrift und Alternativtext, geprüft"
    )

    class Meta:
        model = Foto
        fields = [
            "uuid", "einrichtung", "titel", "alternativtext", "reihenfolge", "pruefung", "hochgeladen_at",
            "ist_zu_sehen",
        ]  # fmt: skip
        read_only_fields = fields


class BilderAusgabe(serializers.Serializer):
    """All pictures of a facility, in their order."""

    bilder = FotoAusgabe(many=True)


class AbgelehntAusgabe(serializers.Serializer):
    """A file that was not taken, and why."""

    name = serializers.CharField()
    grund = serializers.CharField()


class BildannahmeAusgabe(serializers.Serializer):
    """What became of the pictures of one request."""

    bilder = FotoAusgabe(source="fotos", many=True)
    abgelehnt = AbgelehntAusgabe(many=True)


class DokumentAusgabe(serializers.Serializer):
    """A paper of a facility, and what became of its file."""

    uuid = serializers.UUIDField(source="pk")
    art = serializers.ChoiceField(list(DOKUMENTE), source="kennung")
    einrichtung = serializers.UUIDField(source="einrichtung_id")
    datum = serializers.DateField()
    letzter_tag = serializers.DateField(allow_null=True)
    rechtsgrundlage = serializers.CharField(default="", help_text="einer Vereinbarung")
    jugendamt = serializers.CharField(
        source="jugendamt.kuerzel", allow_null=True, default=None, help_text="mit dem allein sie geschlossen ist"
    )
    ist_ihres = serializers.SerializerMethodField(help_text="false: ein Jugendamt hat es eingetragen und ändert es")
    hinterlegt = serializers.SerializerMethodField(help_text="ob es eine Datei hat")
    pruefung = serializers.ChoiceField(Dateipruefung.choices())
    hochgeladen_at = serializers.DateTimeField(allow_null=True)

    def get_ist_ihres(self, dokument: EinrichtungDokument) -> bool:
        return getattr(dokument, "vom_anbieter", True)

    def get_hinterlegt(self, dokument: EinrichtungDokument) -> bool:
        return bool(dokument.datei)


class DokumenteAusgabe(serializers.Serializer):
    """All papers of a facility, by kind, the newest first."""

    dokumente = DokumentAusgabe(many=True)


class PlatznameAusgabe(serializers.ModelSerializer):
    """One place, and what its house calls it."""

    uuid = serializers.UUIDField(source="pk", read_only=True)

    class Meta:
        model = Platz
        fields = ["uuid", "nummer", "name"]
        read_only_fields = fields


class PlatznamenAusgabe(serializers.Serializer):
    """Places of an offer that there are or will be, by number."""

    plaetze = PlatznameAusgabe(many=True)


class AngebotHinweis(serializers.Serializer):
    """Which offer it is."""

    uuid = serializers.UUIDField(source="pk")
    name = serializers.CharField()
    hilfeart = serializers.CharField(source="hilfeart.code")


class EinrichtungAusgabe(serializers.ModelSerializer):
    """A facility: what is kept of it, its licences and exceptions, its offers that run or will run."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    anbieter = serializers.UUIDField(source="anbieter_id", read_only=True)
    anbieter_name = serializers.CharField(source="anbieter.name", read_only=True)
    kreis = serializers.CharField(source="gebietskoerperschaft.kuerzel", read_only=True)
    region = serializers.CharField(source="region.name", read_only=True, allow_null=True, default=None)
    letzter_tag = serializers.DateField(read_only=True, allow_null=True, help_text="null: kein Ende eingetragen")
    betriebserlaubnisse = ErlaubnisAusgabe(source="betriebserlaubnis_liste", many=True, read_only=True)
    ausnahmen = AusnahmeAusgabe(many=True, read_only=True)
    angebote = AngebotHinweis(source="laufende_angebote", many=True, read_only=True)
    kontakte = KontaktAusgabe(many=True, read_only=True)
    notfalltelefon = serializers.SerializerMethodField(
        help_text="rund um die Uhr; hat die Einrichtung keines, das ihres Anbieters; leer: es gibt keines"
    )

    class Meta:
        model = Einrichtung
        fields = [
            "uuid", "anbieter", "anbieter_name", "kreis", "region", *list_spalten(Einrichtung), "letzter_tag",
            "notfalltelefon", "kontakte", "betriebserlaubnisse", "ausnahmen", "angebote",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": "string"})
    def get_notfalltelefon(self, einrichtung: Einrichtung) -> str:
        notruf = find_notruf(einrichtung.kontakte.all(), einrichtung.anbieter.kontakte.all())
        return notruf.telefon if notruf else ""


class BelegungAusgabe(AngebotHinweis):
    """One offer of a facility in the list: free today, and how old that is."""

    uuid = serializers.UUIDField(source="angebot.pk")
    name = serializers.CharField(source="angebot.name")
    hilfeart = serializers.CharField(source="angebot.hilfeart.code")
    frei = serializers.IntegerField()
    gesamt = serializers.IntegerField()
    stufe = serializers.ChoiceField(_STUFEN, source="angebot.vakanzstand.stufe.value")
    stand = serializers.CharField(source="angebot.vakanzstand.text", help_text="wie alt die Angabe ist, in Worten")
    nimmt_nicht_auf = serializers.CharField(source="nichtaufnahme.text", allow_null=True, default=None)


class EinrichtungZeile(serializers.Serializer):
    """A facility in the list, with the occupancy of today."""

    uuid = serializers.UUIDField(source="einrichtung.pk")
    name = serializers.CharField(source="einrichtung.name")
    anbieter = serializers.UUIDField(source="einrichtung.anbieter_id")
    anbieter_name = serializers.CharField(source="einrichtung.anbieter.name")
    kreis = serializers.CharField(source="einrichtung.gebietskoerperschaft.kuerzel")
    ort = serializers.CharField(source="einrichtung.ort")
    frei = serializers.IntegerField()
    gesamt = serializers.IntegerField()
    faellig = serializers.IntegerField(help_text="Angebote, deren Vakanzen zu bestätigen sind")
    gemeldet = serializers.IntegerField(help_text="Angebote, bei denen eine Meldung „war nicht frei“ wartet")
    ohne_erlaubnis = serializers.BooleanField(help_text="es fehlt eine Betriebserlaubnis: kein Jugendamt findet etwas")
    fehlt = serializers.ListField(child=serializers.CharField())
    angebote = BelegungAusgabe(many=True)


def render_zeilen(rows: Iterable[EigeneEinrichtung]) -> Any:
    """Facilities of a page for a machine."""
    return EinrichtungZeile(rows, many=True).data


def _jugendamt() -> serializers.CharField:
    hilfe = "das Jugendamt, für das allein es gilt (§ 77 SGB VIII); null: für alle"
    return serializers.CharField(
        source="jugendamt.kuerzel", read_only=True, allow_null=True, default=None, help_text=hilfe
    )


class EntgeltAusgabe(serializers.ModelSerializer):
    """An agreed rate in euro; the last one stays billable after its last day (§ 78d Abs. 2 SGB VIII)."""

    ab = serializers.DateField(source="gueltig.lower", read_only=True, allow_null=True)
    letzter_tag = serializers.SerializerMethodField()
    jugendamt = _jugendamt()

    class Meta:
        model = Entgelt
        fields = ["betrag", "einheit", "ab", "letzter_tag", "jugendamt"]
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"], "format": "date"})
    def get_letzter_tag(self, entgelt: Entgelt) -> date | None:
        return _letzter_tag(entgelt.gueltig)


class EntgeltvorschlagAusgabe(serializers.ModelSerializer):
    """A proposed rate; it counts when the youth office at the place has confirmed it."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    angebot = serializers.UUIDField(source="angebot_id", read_only=True)
    betrag = serializers.DecimalField(max_digits=9, decimal_places=2, read_only=True)
    zustand = serializers.ChoiceField(VorschlagZustand.choices(), read_only=True)
    jugendamt = _jugendamt()
    vereinbarung = serializers.UUIDField(source="vereinbarung_id", read_only=True, allow_null=True)
    leistungsbeschreibung = serializers.UUIDField(source="leistungsbeschreibung_id", read_only=True, allow_null=True)
    vom_anbieter = serializers.BooleanField(read_only=True, help_text="false: ein Jugendamt hat es vorgeschlagen")

    class Meta:
        model = Entgeltvorschlag
        fields = [
            "uuid", "angebot", "zustand", "grundleistung", "investition", "sonderleistung", "betrag", "ab",
            "vereinbart_am", "rechtsgrundlage", "jugendamt", "vereinbarung", "leistungsbeschreibung", "vom_anbieter",
            "grund", "entschieden_at",
        ]  # fmt: skip
        read_only_fields = fields


class AngebotAusgabe(serializers.ModelSerializer):
    """An offer: all that is kept of it, its places today, its rates, how fresh its vacancies are."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    einrichtung = serializers.UUIDField(source="einrichtung_id", read_only=True)
    hilfeart = serializers.CharField(source="hilfeart.code", read_only=True)
    einheit = serializers.CharField(source="hilfeart.einheit", read_only=True, help_text="wofür gezahlt wird")
    spezialisierungen = serializers.SlugRelatedField("code", many=True, read_only=True)
    sprachen = serializers.SlugRelatedField("code", many=True, read_only=True)
    merkmale = serializers.SerializerMethodField()
    beginn = serializers.DateField(source="gueltig.lower", read_only=True)
    letzter_tag = serializers.DateField(read_only=True, allow_null=True)
    frei = serializers.SerializerMethodField(help_text="heute frei und angeboten")
    gesamt = serializers.SerializerMethodField(help_text="Plätze von heute")
    stufe = serializers.ChoiceField(_STUFEN, source="vakanzstand.stufe.value", read_only=True)
    stand = serializers.CharField(source="vakanzstand.text", read_only=True, help_text="wie alt die Angabe ist")
    nimmt_nicht_auf = serializers.SerializerMethodField()
    entgelt = serializers.SerializerMethodField()
    entgelte = EntgeltAusgabe(many=True, read_only=True)
    einzelentgelte = serializers.SerializerMethodField()
    entgeltvorschlag = serializers.SerializerMethodField()
    einzelvorschlaege = serializers.SerializerMethodField()

    class Meta:
        model = Angebot
        fields = [
            "uuid", "einrichtung", "hilfeart", "einheit", *list_spalten(Angebot), "spezialisierungen", "sprachen",
            "merkmale", "beginn", "letzter_tag", "frei", "gesamt", "stufe", "stand", "nimmt_nicht_auf", "entgelt",
            "entgelte", "einzelentgelte", "entgeltvorschlag", "einzelvorschlaege",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_merkmale(self, angebot: Angebot) -> dict[str, Any]:
        return read_werte(angebot, self.context["kriterien"][angebot.hilfeart.modul_id])

    def get_frei(self, angebot: Angebot) -> int:
        """Free today and offered."""
        return self.context["frei"].get(angebot.pk, (0, 0))[0]

    def get_gesamt(self, angebot: Angebot) -> int:
        """Places of today."""
        return self.context["frei"].get(angebot.pk, (0, 0))[1]

    @extend_schema_field({"type": ["string", "null"]})
    def get_nimmt_nicht_auf(self, angebot: Angebot) -> str | None:
        grund = self.context["gestoppt"].get(angebot.pk)
        return grund.text if grund else None

    @extend_schema_field(EntgeltAusgabe(allow_null=True))
    def get_entgelt(self, angebot: Angebot) -> Any:
        """The rate of today."""
        entgelt = rate_on(angebot.entgelte.all(), today())
        return EntgeltAusgabe(entgelt).data if entgelt else None

    @extend_schema_field(EntgeltAusgabe(many=True))
    def get_einzelentgelte(self, angebot: Angebot) -> Any:
        """Rates for one office alone (§ 77 SGB VIII); there they go before those for all."""
        return EntgeltAusgabe(vars(angebot)["je_amt"], many=True).data  # of `selectors.angebote.with_alles`

    @extend_schema_field(EntgeltvorschlagAusgabe(allow_null=True))
    def get_entgeltvorschlag(self, angebot: Angebot) -> Any:
        """The one for all offices that waits for the office at the place."""
        wartend = next((v for v in vars(angebot)["wartende"] if v.jugendamt_id is None), None)
        return EntgeltvorschlagAusgabe(wartend).data if wartend else None

    @extend_schema_field(EntgeltvorschlagAusgabe(many=True))
    def get_einzelvorschlaege(self, angebot: Angebot) -> Any:
        """Those for one office alone that wait there."""
        einzelne = [v for v in vars(angebot)["wartende"] if v.jugendamt_id is not None]
        return EntgeltvorschlagAusgabe(einzelne, many=True).data


def render_angebote(angebote: Sequence[Angebot]) -> list[dict[str, Any]]:
    """Offers, loaded with `selectors.angebote.with_alles`, for a machine. Three queries, however many there are."""
    ids: list[UUID] = [angebot.pk for angebot in angebote]
    context = {
        "frei": count_frei(ids, today()),
        "gestoppt": list_nichtaufnahmen(ids, today()),
        "kriterien": list_kriterien_je_modul(angebote),
    }
    return list(AngebotAusgabe(angebote, many=True, context=context).data)
