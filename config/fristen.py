"""Every length of time that a page names, read where the rule reads it. In templates: `{{ fristen.reservierung }}`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings

from shared_apps.aufnahme import services as aufnahme
from shared_apps.core.dauer import Einheit, write_anzahl, write_dauer
from shared_apps.einlesen.services.zuruecknehmen import AUFBEWAHRUNG as LISTE_AUFBEWAHRUNG
from shared_apps.journal.services.support import HOECHSTENS
from shared_apps.members.services.zugang import BESTAETIGEN_BINNEN
from shared_apps.providers.rules import BESTAETIGUNG_GILT_TAGE, ZUVERLAESSIG_TAGE
from shared_apps.signin.door import HANDOVER_SECONDS
from tenant_apps.drafts.selectors import FRIST
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe
from tenants.jobs.times import LATE_SHOWN

_FRISTEN: dict[str, Callable[[], str]] = {
    "reservierung": lambda: write_anzahl(get_vorgabe(RESERVIERUNG_TAGE), Einheit.TAG),
    "einladung": lambda: write_dauer(settings.PASSWORD_RESET_TIMEOUT),
    "zugang_bestaetigen": lambda: write_dauer(BESTAETIGEN_BINNEN),
    "zugang_bestaetigen_dativ": lambda: write_dauer(BESTAETIGEN_BINNEN, dativ=True),
    "aufnahme_bestaetigen": lambda: write_dauer(aufnahme.BESTAETIGEN_BINNEN),
    "aufnahme_bestaetigen_dativ": lambda: write_dauer(aufnahme.BESTAETIGEN_BINNEN, dativ=True),
    "aufnahme_aufbewahrung_dativ": lambda: write_dauer(aufnahme.AUFBEWAHRUNG, dativ=True),
    "liste_aufbewahrung": lambda: write_dauer(LISTE_AUFBEWAHRUNG),
    "uebergabe": lambda: write_dauer(HANDOVER_SECONDS),
    "bestaetigung": lambda: write_dauer(settings.CONFIRMATION_SECONDS),
    "sitzung_hoechstens_dativ": lambda: write_dauer(settings.SESSION_ABSOLUTE_SECONDS, dativ=True),
    "entwurf_dativ": lambda: write_dauer(FRIST, dativ=True),
    "einsicht": lambda: write_dauer(timedelta(hours=HOECHSTENS)),
    "vakanz_bestaetigt": lambda: write_dauer(timedelta(days=BESTAETIGUNG_GILT_TAGE)),
    "vakanz_bestaetigt_dativ": lambda: write_dauer(timedelta(days=BESTAETIGUNG_GILT_TAGE), dativ=True),
    "nachgeholt_dativ": lambda: write_dauer(LATE_SHOWN, dativ=True),
    "zuverlaessig_dativ": lambda: write_dauer(timedelta(days=ZUVERLAESSIG_TAGE), dativ=True),
}


class Fristen:
    """Words for a template, made when they are asked for; an unknown name is an error, not an empty place."""

    def __getitem__(self, name: str) -> str:
        return _FRISTEN[name]()
