"""What an office may set about its cases."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from tenant_apps.vorgaben.katalog import Tage, register_vorgabe

#: As many as two years have, with days of an office's own.
_HOECHSTENS = 60

FREIE_TAGE = register_vorgabe(
    Tage(
        code="cases.freie_tage",
        name="Feiertage und dienstfreie Tage",
        erklaerung=(
            "An diesen Tagen wird niemand an Kinder aus der Nacht erinnert, und nichts ist an ihnen fällig, sondern am"
            " Arbeitstag danach. Samstage und Sonntage zählen ohnehin nicht. Welche Tage Feiertage sind, bestimmt das"
            " Gesetz Ihres Landes: Bitte nennen Sie es, wenn Sie die Tage eintragen."
        ),
        voreinstellung=list,
        quelle="Keine: SoJuS bringt keine Liste der Feiertage mit",
        aendern=frozenset({Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG}),
        hoechstens=_HOECHSTENS,
    )
)
