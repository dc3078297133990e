"""Codes and words of own foster places."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgangsart
from tenant_apps.foster.rules import Pflegeform

#: The form and where the law names it. § 33 has both "eine zeitlich befristete Erziehungshilfe" and "eine auf Dauer
#: angelegte Lebensform"; § 42 (1) lets the office place a child "bei einer geeigneten Person".
PFLEGEFORM_CHOICES = [
    (Pflegeform.VOLLZEIT.value, "Vollzeitpflege (§\N{NO-BREAK SPACE}33)"),
    (Pflegeform.KURZZEIT.value, "Kurzzeitpflege (§\N{NO-BREAK SPACE}33)"),
    (Pflegeform.BEREITSCHAFT.value, "Bereitschaftspflege (§\N{NO-BREAK SPACE}42)"),
]
PLAETZE_MAX = 20
#: Two years; who takes a child for longer takes it without a limit.
HOECHSTENS_TAGE_MAX = 730


class Vorgang(Vorgangsart):
    """What is done with own foster places and with what they cost."""

    PFLEGESTELLE_ANLEGEN = "pflegestelle.anlegen", "Pflegestelle eintragen"
    PFLEGESTELLE_AENDERN = "pflegestelle.aendern", "Pflegestelle ändern"
    PFLEGESTELLE_BEENDEN = "pflegestelle.beenden", "Pflegestelle beenden"
    PFLEGEGELD_ANLEGEN = "pflegegeld.anlegen", "Pflegegeldsatz eintragen"
    PFLEGEGELD_AENDERN = "pflegegeld.aendern", "Pflegegeldsatz ändern"
