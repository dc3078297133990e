"""Codes of controlling."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgangsart


class Vorgang(Vorgangsart):
    """What is done with the budget."""

    ANSATZ_FESTLEGEN = "haushaltsansatz.festlegen", "Haushaltsansatz festlegen", "haushaltsansatz"
