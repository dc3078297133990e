"""Codes of billing."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from tenant_apps.audit.enums import Vorgangsart

#: Who opens invoices in an office. Modules below the policies use it, too.
AMT_MIT_RECHNUNGEN = (Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG)


class Vorgang(Vorgangsart):
    """What is done with proofs of service and invoices."""

    NACHWEIS_ERFASSEN = "leistungsnachweis.erfassen", "Leistung erfassen", "record_leistungsnachweis"
    NACHWEIS_EINREICHEN = "leistungsnachweis.einreichen", "Leistungsnachweis einreichen", "submit_leistungsnachweis"
    NACHWEIS_ANSEHEN = "leistungsnachweis.ansehen", "Leistung erfassen"
    NACHWEIS_VORSCHAU = "leistungsnachweis.vorschau", "Rechnung prüfen und senden"
    NACHWEIS_ABRUFEN = "api.leistungsnachweis", "Leistungsnachweis abrufen (Programm)"
    MONATE_ANSEHEN = "leistungsnachweis.faellig", "Fällige Monate ansehen"
    RECHNUNG_EINREICHEN = "rechnung.einreichen", "Rechnung einreichen", "issue_rechnung"
    RECHNUNG_PRUEFEN = "rechnung.pruefen", "Rechnung prüfen", "check_rechnung"
    RECHNUNG_ANORDNEN = "rechnung.anordnen", "Rechnung anordnen", "approve_rechnung"
    RECHNUNG_BEANSTANDEN = "rechnung.beanstanden", "Rechnung beanstanden", "reject_rechnung"
    RECHNUNG_BEZAHLEN = "rechnung.bezahlen", "Rechnung bezahlen", "settle_rechnung"
    RECHNUNG_SCHRITT = "rechnung.schritt", "Rechnung: Formular öffnen"
    RECHNUNG_ANSEHEN = "rechnung.ansehen", "Rechnung ansehen"
    RECHNUNG_ABRUFEN = "api.rechnung", "Rechnung abrufen (Programm)"
    RECHNUNGEN_ANSEHEN = "rechnung.liste", "Rechnungen ansehen"
    RECHNUNGEN_CSV = "rechnung.csv", "Rechnungen als CSV"
    RECHNUNGEN_ABRUFEN = "api.rechnungen", "Rechnungen abrufen (Programm)"
