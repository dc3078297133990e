"""What an office may set about answering its houses."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from shared_apps.core.zahlwort import anzahl
from tenant_apps.vorgaben.katalog import Anzahl, register_vorgabe


def _arbeitstage(zahl: int) -> str:
    return anzahl(zahl, "Arbeitstag", "Arbeitstage")


ANTWORT_ARBEITSTAGE = register_vorgabe(
    Anzahl(
        code="gespraeche.antwort_arbeitstage",
        name="Rückfragen: so lange darf eine Einrichtung auf Antwort warten",
        erklaerung=(
            "Wartet eine Einrichtung länger, erfährt es die Teamleitung, ohne Team die Jugendamtsleitung. Samstage,"
            " Sonntage und die dienstfreien Tage Ihres Jugendamtes zählen nicht."
        ),
        voreinstellung=lambda: 2,
        quelle="Vorschlag von SoJuS, kein Gesetz und keine Erhebung",
        aendern=frozenset({Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG}),
        von=1,
        bis=30,
        worte=_arbeitstage,
    )
)
