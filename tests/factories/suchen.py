"""The market of the slide and a search in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Hilfeart
from shared_apps.providers.models import Angebot
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.search import create_suche
from tests.factories.register import create_angebot

#: Vacancies and daily rates of the slide, cheapest first; the last one takes girls only.
_VAKANZEN = (3, 1, 3, 1, 2, 1, 1, 4, 1, 1, 2, 1, 1, 1)
_SAETZE = (
    "76.00", "88.00", "90.42", "92.39", "93.89", "94.84", "97.97",
    "98.17", "98.75", "99.36", "101.72", "102.09", "111.32", "112.10",
)  # fmt: skip
FOLIE = tuple(zip(_VAKANZEN, _SAETZE, strict=True))
SOLL = (13832, 16016, 16457, 16815, 17088, 17261, 17831, 17867, 17973, 18084, 18514, 18581, 20261, 20403)


def create_markt() -> list[Angebot]:
    """The 14 available offers of the slide, in VG."""
    return [
        create_angebot(entgelt=satz, plaetze=plaetze, geschlecht="w" if nummer == len(FOLIE) - 1 else "")
        for nummer, (plaetze, satz) in enumerate(FOLIE)
    ]


def kriterien_folie(**fields) -> Kriterien:
    """§ 34, VG, 01.06.2017 to 30.11.2017, seven days a week."""
    defaults = {
        "hilfeart": Hilfeart.objects.get(code="S34"), "region": "VG", "beginn": date(2017, 6, 1),
        "ende": date(2017, 11, 30), "tage_je_woche": Decimal("7.00"),
    }  # fmt: skip
    return Kriterien(**(defaults | fields))


def search_for(akteur: Akteur, hilfefall: Hilfefall | None = None, **fields) -> Suche:
    """A real search by this person, for the young person of the case."""
    betroffen = Betroffen(hilfefall.klient, hilfefall) if hilfefall else None
    return create_suche(akteur=akteur, kriterien=kriterien_folie(**fields), betroffen=betroffen)
