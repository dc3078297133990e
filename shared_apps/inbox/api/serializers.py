"""How a pointer looks to a machine."""

from __future__ import annotations

from rest_framework import serializers

from shared_apps.inbox.models import Hinweis
from shared_apps.inbox.targets import handover_path, target_path


class HinweisSerializer(serializers.ModelSerializer):
    """Kind, office, facility, dates, whose turn it is or what became of it, and where to go. No person."""

    uuid = serializers.UUIDField(source="pk", read_only=True)
    jugendamt = serializers.SerializerMethodField(help_text="Kürzel des Jugendamts")
    einrichtung = serializers.CharField(source="angebot.einrichtung.name", read_only=True)
    angebot = serializers.CharField(source="angebot.name", read_only=True)
    hilfeart = serializers.CharField(source="angebot.hilfeart.code", read_only=True)
    eingang = serializers.DateTimeField(source="created_at", read_only=True)
    frist = serializers.DateTimeField(source="frist_at", read_only=True, allow_null=True)
    erledigt_am = serializers.DateTimeField(source="erledigt_at", read_only=True, allow_null=True)
    vorgang = serializers.UUIDField(source="objekt_id", read_only=True)
    nummer = serializers.CharField(read_only=True, help_text="gemeinsame Nummer des Vorgangs, zum Beispiel 7KM-Q2V-D7S")
    beginn = serializers.DateField(read_only=True, allow_null=True, help_text="erster Tag der Hilfe")
    eilt_bis = serializers.DateTimeField(source="eilt_at", read_only=True, allow_null=True)
    ziel = serializers.SerializerMethodField(help_text="Adresse der Sache beim Jugendamt")
    weiter = serializers.SerializerMethodField(
        help_text="Adresse am Landesportal, die dorthin führt, wenn Sie angemeldet sind"
    )

    class Meta:
        model = Hinweis
        fields = [
            "uuid", "art", "jugendamt", "einrichtung", "angebot", "hilfeart", "eingang", "frist", "erledigt_am",
            "vorgang", "ziel", "weiter", "nummer", "beginn", "eilt_bis", "wartet_auf", "ausgang",
        ]  # fmt: skip
        read_only_fields = fields

    def _kuerzel(self, row: Hinweis) -> str:
        tenant = self.context["tenants"].get(row.mandant)
        return tenant.kuerzel if tenant else row.mandant.upper()

    def get_jugendamt(self, row: Hinweis) -> str:
        """Short name of the office."""
        return self._kuerzel(row)

    def get_ziel(self, row: Hinweis) -> str:
        """Path of the object at the office's host."""
        return target_path(art=row.art, objekt_id=row.objekt_id)

    def get_weiter(self, row: Hinweis) -> str:
        """Path at the portal that carries a signed-in person there."""
        return handover_path(kuerzel=self._kuerzel(row), art=row.art, objekt_id=row.objekt_id)
