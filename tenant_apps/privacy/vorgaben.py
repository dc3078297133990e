"""What an office may set about how long personal data stay in daily work. The law's own terms are in `rules`."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from shared_apps.core.zahlwort import anzahl_jahre
from tenant_apps.privacy.rules import EINSCHRAENKUNG_NACH_JAHREN
from tenant_apps.vorgaben.katalog import Anzahl, register_vorgabe

EINSCHRAENKUNG_JAHRE = register_vorgabe(
    Anzahl(
        code="privacy.einschraenkung_jahre",
        name="Einschränkung abgeschlossener Fälle",
        erklaerung="So lange bleibt eine Person nach dem Abschluss ihres letzten Falls in der täglichen Arbeit "
        "sichtbar. Danach schlägt der nächste Löschlauf vor, ihre Daten einzuschränken.",
        voreinstellung=lambda: EINSCHRAENKUNG_NACH_JAHREN,
        quelle="Vorschlag von SoJuS; § 84 SGB X nennt keine Zahl von Jahren.",
        aendern=frozenset({Rolle.DATENSCHUTZ, Rolle.JUGENDAMTSLEITUNG}),
        zu_zweit=True,
        von=1,
        bis=10,
        worte=anzahl_jahre,
    )
)
