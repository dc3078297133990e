"""A line of a kept result: what was kept comes back, and goes into a seal letter by letter."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile

KEPT = {
    "rang": 1, "angebot": "01890a5d-ac96-774b-bcce-b302099a8057", "angebot_name": "Wohngruppe",
    "hilfeart": "S34", "hilfeart_name": "§ 34 Heimerziehung, sonstige betreute Wohnform", "anbieter": "Küste",
    "anbieter_id": "01890a5d-ac96-774b-bcce-b302099a8058", "einrichtung": "Haus Ostsee",
    "einrichtung_id": "01890a5d-ac96-774b-bcce-b302099a8059", "ort": "Anklam", "kreis": "VG", "hinweis": "weiblich",
    "vakanzen": 3, "verfuegbar": True, "tagesentgelt": "76.00", "entgelt_wechselt": False, "soll_entgelt": "13832.00",
    "soll_entgelt_exakt": "13832.000000", "differenz": "0.00", "bestprice": True, "im_guenstigsten_drittel": True,
    "passung": 87, "entfernung_km": "12.3", "entfernung_ungefaehr": False,
    "vakanz_stand": "2026-11-20T09:30:00.123456+00:00",
}  # fmt: skip


def test_from_json__gives_numbers_days_and_ids():
    zeile = Trefferzeile.from_json(KEPT)
    assert zeile.angebot == UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert (zeile.soll_entgelt, zeile.entfernung_km) == (Decimal("13832.00"), Decimal("12.3"))
    assert zeile.vakanz_stand == datetime(2026, 11, 20, 9, 30, 0, 123456, tzinfo=UTC)
    assert (zeile.rang, zeile.vakanzen, zeile.bestprice) == (1, 3, True)


def test_to_json__is_what_was_kept_and_in_the_same_order():
    assert list(Trefferzeile.from_json(KEPT).to_json().items()) == list(KEPT.items())


def test_from_json__of_an_earlier_release_is_empty_where_nothing_was_kept():
    zeile = Trefferzeile.from_json({"angebot": KEPT["angebot"], "differenz": None, "soll_entgelt": ""})
    assert zeile.verfuegbar
    assert (zeile.rang, zeile.differenz, zeile.soll_entgelt, zeile.vakanz_stand) == (None, None, None, None)
    assert not zeile.im_guenstigsten_drittel
