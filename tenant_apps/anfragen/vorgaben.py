"""What an office may set about enquiries."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from shared_apps.core.zahlwort import anzahl, anzahl_tage
from tenant_apps.vorgaben.katalog import Anzahl, register_vorgabe

_AENDERN = frozenset({Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG})


def _haeuser(zahl: int) -> str:
    return anzahl(zahl, "Haus", "Häuser")


HAEUSER_HOECHSTENS = register_vorgabe(
    Anzahl(
        code="anfragen.haeuser_hoechstens",
        name="Häuser in einer Anfrage",
        erklaerung=(
            "So viele Häuser fragt eine Anfrage höchstens auf einmal. Jedes liest und antwortet; wer alle fragt, macht"
            " vielen Arbeit für einen Platz."
        ),
        voreinstellung=lambda: 20,
        quelle="Vorschlag von SoJuS, kein Gesetz und keine Erhebung",
        aendern=_AENDERN,
        von=1,
        bis=80,
        worte=_haeuser,
    )
)
ENTSCHEIDEN_TAGE = register_vorgabe(
    Anzahl(
        code="anfragen.entscheiden_tage",
        name="Zeit für die Entscheidung über Zusagen",
        erklaerung=(
            "So lange nach dem Ende der Antwortfrist gilt die Zusage eines Hauses auf eine Anfrage. Danach verfällt"
            " sie, und das Haus erfährt es."
        ),
        voreinstellung=lambda: 7,
        quelle="Vorschlag von SoJuS, kein Gesetz und keine Erhebung",
        aendern=_AENDERN,
        von=1,
        bis=28,
        worte=anzahl_tage,
    )
)
