"""Where a pointer leads: the path at the office's host, and the way there. The only place that knows."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from shared_apps.inbox.models import HinweisArt

ZIEL = {
    HinweisArt.RESERVIERUNG: "/reservierungen/{id}/",
    HinweisArt.BUCHUNG: "/buchungen/{id}/",
    HinweisArt.BEENDIGUNG: "/buchungen/{id}/",
    HinweisArt.LEISTUNGSNACHWEIS: "/buchungen/{id}/",
    HinweisArt.RECHNUNG_BEANSTANDET: "/abrechnung/rechnungen/{id}/",
}
#: What the person does there.
AKTION = {
    HinweisArt.RESERVIERUNG: "Entscheiden",
    HinweisArt.BUCHUNG: "Ansehen",
    HinweisArt.BEENDIGUNG: "Ansehen",
    HinweisArt.LEISTUNGSNACHWEIS: "Erfassen",
    HinweisArt.RECHNUNG_BEANSTANDET: "Bearbeiten",
}


def target_path(*, art: str, objekt_id: UUID) -> str:
    """Path of the object at the office's host."""
    return ZIEL[HinweisArt(art)].format(id=objekt_id)


def handover_path(*, kuerzel: str, art: str, objekt_id: UUID) -> str:
    """Path at the portal that carries the person to the object."""
    ziel = target_path(art=art, objekt_id=objekt_id)
    return f"{reverse('handover', args=[kuerzel.lower()])}?{urlencode({'ziel': ziel})}"
