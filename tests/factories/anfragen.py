"""Enquiries (tenant schema: call inside in_tenant)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from shared_apps.core.clock import real_now
from shared_apps.providers.models import Angebot
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Suche
from tests.factories.placements import create_suche


def create_hausanfrage(
    *, hilfefall: Hilfefall, angebot: Angebot, suche_id: UUID | None = None, haus: dict | None = None, **fields
) -> Hausanfrage:
    """An enquiry at one house that has not answered yet. `haus`: fields of the house's part."""
    suche = Suche.objects.get(pk=suche_id) if suche_id else create_suche(hilfefall=hilfefall, angebot=angebot)
    defaults = {
        "alter_von": 9, "alter_bis": 11, "geschlecht": "w", "bedarf": "Ein ruhiges Haus nahe der Schule.",
        "dringlichkeit": "EILIG", "antwort_bis_at": real_now() + timedelta(days=2),
    }  # fmt: skip
    anfrage = Anfrage.objects.create(
        suche=suche, hilfefall=hilfefall, klient_id=hilfefall.klient_id, fachkraft_id=hilfefall.fachkraft_id,
        hilfeart=angebot.hilfeart, zeitraum=suche.zeitraum, **(defaults | fields),
    )  # fmt: skip
    return Hausanfrage.objects.create(
        anfrage=anfrage, anbieter_id=angebot.einrichtung.anbieter_id, einrichtung=angebot.einrichtung, angebot=angebot,
        **(haus or {}),
    )  # fmt: skip
