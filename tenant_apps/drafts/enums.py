"""Codes of drafts."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgangsart


class Vorgang(Vorgangsart):
    """What is done with a draft that concerns a person."""

    ENTWURF_UEBERNEHMEN = "entwurf.uebernehmen", "Entwurf übernehmen"
