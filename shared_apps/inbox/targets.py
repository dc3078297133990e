"""Where a pointer leads: the path at the office's host, and the way there. The only place that knows."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from shared_apps.inbox.models import HinweisArt

ZIEL = {
    HinweisArt.ANFRAGE: "/anfragen/haeuser/{id}/",
    HinweisArt.RESERVIERUNG: "/reservierungen/{id}/",
    HinweisArt.BUCHUNG: "/buchungen/{id}/",
    HinweisArt.BEENDIGUNG: "/buchungen/{id}/",
    HinweisArt.VERLAENGERUNG: "/buchungen/{id}/",
    HinweisArt.STORNIERUNG: "/buchungen/{id}/",
    HinweisArt.LEISTUNGSNACHWEIS: "/buchungen/{id}/",
    HinweisArt.RECHNUNG_BEANSTANDET: "/abrechnung/rechnungen/{id}/",
    HinweisArt.RUECKFRAGE: "/rueckfragen/{id}/",
}
#: What the person does there.
AKTION = {
    HinweisArt.ANFRAGE: "Antworten",
    HinweisArt.RESERVIERUNG: "Entscheiden",
    HinweisArt.BUCHUNG: "Ansehen",
    HinweisArt.BEENDIGUNG: "Ansehen",
    HinweisArt.VERLAENGERUNG: "Ansehen",
    HinweisArt.STORNIERUNG: "Ansehen",
    HinweisArt.LEISTUNGSNACHWEIS: "Erfassen",
    HinweisArt.RECHNUNG_BEANSTANDET: "Bearbeiten",
    HinweisArt.RUECKFRAGE: "Ansehen",
}
#: What the person does there when nothing waits any more: it is done, or its deadline has passed.
ANSEHEN = "Ansehen"
#: What a pointer is called once nothing waits any more.
ERLEDIGT = {
    HinweisArt.ANFRAGE: "Anfrage",
    HinweisArt.RESERVIERUNG: "Reservierung",
    HinweisArt.STORNIERUNG: "Stornierte Buchung",
    HinweisArt.BUCHUNG: "Buchung",
    HinweisArt.BEENDIGUNG: "Beendigung der Hilfe",
    HinweisArt.VERLAENGERUNG: "Verlängerung der Hilfe",
    HinweisArt.LEISTUNGSNACHWEIS: "Leistungsnachweis",
    HinweisArt.RECHNUNG_BEANSTANDET: "Beanstandete Rechnung",
    HinweisArt.RUECKFRAGE: "Nachricht des Jugendamtes",
}


def target_path(*, art: str, objekt_id: UUID) -> str:
    """Path of the object at the office's host."""
    return ZIEL[HinweisArt(art)].format(id=objekt_id)


def handover_path(*, kuerzel: str, art: str, objekt_id: UUID) -> str:
    """Path at the portal that carries the person to the object."""
    ziel = target_path(art=art, objekt_id=objekt_id)
    return f"{reverse('handover', args=[kuerzel.lower()])}?{urlencode({'ziel': ziel})}"
