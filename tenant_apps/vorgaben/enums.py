"""Codes of an office's settings."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgangsart


class Vorgang(Vorgangsart):
    """What is done with a setting."""

    VORGABE_FESTLEGEN = "vorgabe.festlegen", "Vorgabe festlegen"
    VORGABE_BESTAETIGEN = "vorgabe.bestaetigen", "Vorgabe bestätigen"
