"""What the choices of a year saved against the medians of their lists: dearer ones deducted, nothing of too few."""

from __future__ import annotations

from decimal import Decimal

from shared_apps.core.clock import today
from tenant_apps.controlling.rules import Teil
from tenant_apps.controlling.selectors import sum_ersparnis
from tenants.context import in_tenant
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot

HEIM, PFLEGE = ("900", "-250", "100", "50"), ("-40", "10")


def test_controlling__by_type_of_help_and_none_of_too_few(cast, vg, sign_in) -> None:
    """Four choices of § 34, two of § 33: two are too few to be named, and to be found by subtraction."""
    anna, frieda = cast.akteur("anna"), sign_in("frieda")
    je_art = {art: create_angebot(hilfeart=art, plaetze=4) for art in ("S34", "S33")}
    with in_tenant(vg):
        for art, betraege in (("S33", PFLEGE), ("S34", HEIM)):
            if art == "S34":
                assert sum_ersparnis(today().year).summe is None, "two in all"
            for betrag in betraege:
                create_buchung(fachkraft_id=anna.user_id, angebot=je_art[art], ersparnis=Decimal(betrag))
        ersparnis = sum_ersparnis(today().year)
        assert (ersparnis.anzahl, ersparnis.summe) == (6, Decimal(770))
        assert ersparnis.teile == (Teil("übrige Hilfearten zusammen", 6, Decimal(770)),)
        create_buchung(fachkraft_id=anna.user_id, angebot=je_art["S33"], ersparnis=Decimal(-500))
        namen = {teil.name.split()[1]: (teil.anzahl, teil.summe) for teil in sum_ersparnis(today().year).teile}
    assert namen == {"34": (4, Decimal(800)), "33": (3, Decimal(-530))}
    seite = " ".join(frieda.get("/controlling/").text.replace("\xa0", " ").split())
    assert "7 Buchungen, teurere Wahlen abgezogen" in seite and 'href="#median-titel"' in seite
    assert "800 € gespart" in seite and "530 € mehr ausgegeben" in seite and "270 € gespart" in seite
