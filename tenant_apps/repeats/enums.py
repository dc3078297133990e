"""Codes of repeated requests."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgangsart


class Vorgang(Vorgangsart):
    """What is done when a program asks again."""

    ANTWORT_WIEDERHOLEN = "api.wiederholung", "Antwort noch einmal geben (Programm)"
