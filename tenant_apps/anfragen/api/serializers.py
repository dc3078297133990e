"""What goes in and out of the API of enquiries. Errors are German, by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from shared_apps.core import api_felder as felder
from shared_apps.core.eingabe import BETRAG_MAX
from shared_apps.occupancy.models import HALTEN_TAGE
from tenant_apps.anfragen.enums import BEDARF_MAX, DRINGLICHKEIT_CHOICES, RUECKFRAGE_MAX
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.policies import sees_bedarf
from tenant_apps.anfragen.rules import Dringlichkeit
from tenant_apps.placements.enums import Ablehnungsgrund

#: More houses than any office lets one enquiry ask.
HAEUSER_MAX = 80


class AnfrageEingabe(felder.Eingabe):
    """Which offers of a search are asked, what for, until when."""

    suche = felder.UuidField()
    angebote = felder.ListeField(child=felder.UuidField(), max_length=HAEUSER_MAX)
    bedarf = felder.FreitextField(
        max_length=BEDARF_MAX, help_text="ein bis drei Sätze ohne Namen, Geburtsdatum und Nummern"
    )
    dringlichkeit = felder.AuswahlField(DRINGLICHKEIT_CHOICES, default=Dringlichkeit.EILIG.value)
    antwort_bis = felder.ArbeitstagField(required=False, allow_null=True, help_text="letzter Tag für die Antwort")


class AnfragerueckzugEingabe(felder.Eingabe):
    """Why the enquiry is withdrawn."""

    grund = felder.GrundField(max_length=500)


class ZusageEingabe(felder.Eingabe):
    """For how many days the house holds a place."""

    tage = felder.GanzzahlField(von=0, bis=HALTEN_TAGE, default=0, help_text="0: keinen Platz halten")


class RueckfrageEingabe(felder.Eingabe):
    """What the house wants to know."""

    frage = felder.FreitextField(max_length=RUECKFRAGE_MAX)


class AbsageEingabe(felder.Eingabe):
    """Why the house cannot."""

    grund = felder.AuswahlField(Ablehnungsgrund.choices)
    erlaeuterung = felder.FreitextField(max_length=RUECKFRAGE_MAX, required=False, allow_blank=True, default="")


class AnnahmeEingabe(felder.Eingabe):
    """What is sealed with the choice."""

    begruendung = felder.GrundField(
        required=False, default="", allow_blank=True, max_length=4000,
        help_text="Pflicht außerhalb des günstigsten Drittels",
    )  # fmt: skip
    wuensche = felder.FreitextField(required=False, default="", allow_blank=True, max_length=4000)
    zweiter_platz = felder.JaNeinField(
        required=False, default=False,
        help_text="wahr, wenn bekannt ist, dass die Person für dieselben Nächte schon einen Platz hat",
    )  # fmt: skip
    soll_entgelt = felder.DezimalField(
        von=0, bis=BETRAG_MAX, required=False, allow_null=True,
        help_text="wie es gezeigt wurde; ist es jetzt ein anderes, wird nicht reserviert (409)",
    )  # fmt: skip


class HausanfrageAusgabe(serializers.ModelSerializer):
    """The enquiry at one house. To the house without amounts; what the child needs only while its answer counts."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    nummer = serializers.CharField(read_only=True)
    anfrage = serializers.SerializerMethodField()
    angebot = serializers.UUIDField(source="angebot_id", read_only=True)
    einrichtung = serializers.UUIDField(source="einrichtung_id", read_only=True)
    reservierung = serializers.UUIDField(source="reservierung_id", read_only=True, allow_null=True)
    hilfeart = serializers.CharField(source="anfrage.hilfeart.code", read_only=True)
    beginn = serializers.DateField(source="anfrage.beginn", read_only=True)
    letzter_tag = serializers.DateField(source="anfrage.endet_am", read_only=True, allow_null=True)
    antwort_bis = serializers.DateTimeField(source="anfrage.antwort_bis_at", read_only=True)
    alter_von = serializers.SerializerMethodField()
    alter_bis = serializers.SerializerMethodField()
    geschlecht = serializers.SerializerMethodField()
    bedarf = serializers.SerializerMethodField()

    class Meta:
        model = Hausanfrage
        fields = [
            "uuid", "nummer", "anfrage", "angebot", "einrichtung", "reservierung", "hilfeart", "beginn", "letzter_tag",
            "antwort_bis", "alter_von", "alter_bis", "geschlecht", "bedarf", "zustand", "antwort_at", "absagegrund",
            "antwort_text", "haelt_bis_at", "tagesentgelt", "soll_entgelt", "passung", "entfernung_km",
        ]  # fmt: skip
        read_only_fields = fields

    def _of_the_need(self, haus: Hausanfrage, name: str) -> Any:
        akteur = self.context["akteur"]
        return getattr(haus.anfrage, name) if akteur.ist_amt or sees_bedarf(akteur) else None

    def get_anfrage(self, haus: Hausanfrage) -> str | None:
        """Die Anfrage, zu der es gehört; nur für das Jugendamt."""
        return str(haus.anfrage_id) if self.context["akteur"].ist_amt else None

    def get_alter_von(self, haus: Hausanfrage) -> int | None:
        """Untere Grenze der Altersgruppe."""
        wert: int | None = self._of_the_need(haus, "alter_von")
        return wert

    def get_alter_bis(self, haus: Hausanfrage) -> int | None:
        """Obere Grenze der Altersgruppe."""
        wert: int | None = self._of_the_need(haus, "alter_bis")
        return wert

    def get_geschlecht(self, haus: Hausanfrage) -> str | None:
        """m, w, d; leer, wenn niemand es eingetragen hat."""
        wert: str | None = self._of_the_need(haus, "geschlecht")
        return wert

    def get_bedarf(self, haus: Hausanfrage) -> str | None:
        """Was das Kind braucht, in höchstens drei Sätzen."""
        wert: str | None = self._of_the_need(haus, "bedarf")
        return wert


class AnfrageAusgabe(serializers.ModelSerializer):
    """An enquiry of the office; the person is in her case."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    suche = serializers.UUIDField(source="suche_id", read_only=True)
    hilfefall = serializers.UUIDField(source="hilfefall_id", read_only=True)
    hilfeart = serializers.CharField(source="hilfeart.code", read_only=True)
    beginn = serializers.DateField(read_only=True)
    letzter_tag = serializers.DateField(source="endet_am", read_only=True, allow_null=True)

    class Meta:
        model = Anfrage
        fields = [
            "uuid", "suche", "hilfefall", "hilfeart", "beginn", "letzter_tag", "alter_von", "alter_bis", "geschlecht",
            "bedarf", "dringlichkeit", "antwort_bis_at", "zustand", "beendet_at",
        ]  # fmt: skip
        read_only_fields = fields


class AnfrageMitHaeusernAusgabe(AnfrageAusgabe):
    """The same with the answers."""

    haeuser = serializers.SerializerMethodField()

    class Meta(AnfrageAusgabe.Meta):
        fields = [*AnfrageAusgabe.Meta.fields, "haeuser"]
        read_only_fields = fields

    def get_haeuser(self, anfrage: Anfrage) -> list[dict[str, Any]]:
        """Jedes gefragte Haus, Zusagen zuerst."""
        return [dict(HausanfrageAusgabe(haus, context=self.context).data) for haus in self.context["haeuser"]]
