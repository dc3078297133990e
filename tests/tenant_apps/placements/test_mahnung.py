"""What nearly every vacancy of a page is, is no mark: it is said once; a mark is what only some of them have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.core.clock import now
from shared_apps.providers.models import Angebot
from tenants.context import in_tenant
from tests.factories.suchen import create_markt, search_for

EINMAL = "Vakanzen auf dieser Seite"
MARKE = "placements-alt"


@pytest.mark.parametrize(
    ("frische", "satz", "marken"),
    [
        (0, "Keine der Vakanzen auf dieser Seite ist in den letzten 7 Tagen bestätigt: Bitte rufen Sie vorher an.", 0),
        (2, "Nur 2 von 14 Vakanzen auf dieser Seite sind", 0),
        (12, "", 2),
    ],
)
def test_result__marks_the_fewer_ones(sign_in, cast, vg, frische, satz, marken) -> None:
    markt = create_markt()
    Angebot.objects.update(vakanz_bestaetigt_at=now() - timedelta(days=9))
    bestaetigt = [angebot.pk for angebot in markt[:frische]]
    Angebot.objects.filter(pk__in=bestaetigt).update(vakanz_bestaetigt_at=now())
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna)
    seite = sign_in("anna").get(f"/hze-auswahl/{suche.pk}/").text
    assert seite.count(MARKE) == marken
    assert satz in seite if satz else EINMAL not in seite
    assert seite.count("seit 9 Tagen unbestätigt") == 14 - frische, "each line says it all the same"


def test_result__a_place_that_was_found_taken_is_always_marked(sign_in, cast, vg) -> None:
    markt = create_markt()
    Angebot.objects.filter(pk=markt[0].pk).update(vakanz_gemeldet_at=now())
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna)
    seite = sign_in("anna").get(f"/hze-auswahl/{suche.pk}/").text
    assert seite.count(MARKE) == 1 and "gemeldet: war nicht frei" in seite
    assert "Keine der Vakanzen auf dieser Seite" in seite
