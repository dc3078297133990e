"""A month of the whole land, attacked by somebody who sees every page and can do sums (docs/adr/0037)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from shared_apps.comparison.geheimhaltung import OEFFENTLICH, Tafel, sperre
from shared_apps.comparison.modus import Modus, list_modi
from shared_apps.comparison.selectors import Auswahl, get_ergebnis, list_kennzahlen
from shared_apps.regions.models import Bevoelkerungsstand
from tests.shared_apps.comparison.attack import GELD, Angreifer
from tests.shared_apps.comparison.land import AEMTER, ALLE, ARTEN, Land, build_land, publish_land
from tests.shared_apps.comparison.published import HEUTE, OKTOBER


def wahrheit(land: Land) -> dict:
    return {(k, art, amt): wert for k, zellen in land.items() for (art, amt), (wert, _) in zellen.items()}


def learn_counts_of_means(angreifer: Angreifer, land: Land) -> None:
    """A mean with four decimals tells how many Hilfen it is the mean of: they are days divided by a small number."""
    for (art, amt), (_, faelle) in land["verweildauer"].items():
        if ("verweildauer", art, amt) not in angreifer.geheim:
            angreifer.learn("verweildauer", art, amt, faelle)


# --- the patterns, without pages ------------------------------------------------------------------------------------


def to_tafeln(land: Land) -> dict:
    tafeln = {}
    for kennzahl in land.keys() - OEFFENTLICH:
        faelle = {p: n for p, (_, n) in land[kennzahl].items()}
        betraege = {p: wert for p, (wert, _) in land[kennzahl].items()} if kennzahl in GELD else None
        tafeln[kennzahl, ALLE] = Tafel(faelle, betraege)
    return tafeln


def look_at(land: Land, geheim: dict, *, eigen: str | None = None) -> Angreifer:
    """Everything that a pattern leaves open: cells, sums of whole columns, and one's own office."""
    angreifer = Angreifer(list(AEMTER), list(ARTEN), {})
    for kennzahl in land.keys() - OEFFENTLICH:
        for (art, amt), (wert, _) in land[kennzahl].items():
            if (art, amt) in geheim.get((kennzahl, ALLE), ()) and amt != eigen:
                angreifer.geheim.add((kennzahl, art, amt))
            else:
                angreifer.learn(kennzahl, art, amt, wert)
        for art in (ALLE, *ARTEN):
            if not any(p[0] == art for p in geheim.get((kennzahl, ALLE), ())):
                teile = {(kennzahl, art, amt): Fraction(1) for amt in AEMTER}
                angreifer.gleichungen.append((teile, Fraction(sum(land[kennzahl][art, amt][0] for amt in AEMTER))))
    return angreifer


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("eigen", [None, "VG"])
def test_sperre__any_month__no_withheld_figure_is_known_to_less_than_three_cases(seed: int, eigen: str | None) -> None:
    land = build_land(seed)
    muster = sperre(to_tafeln(land))
    assert look_at(land, muster.zellen, eigen=eigen).findet(wahrheit(land)) == {}


@pytest.mark.parametrize("kennzahl", ["fallzahlen", "bestand", "auszahlungen", "abbrueche"])
def test_attack__small_cells_alone_withheld__are_found(kennzahl: str) -> None:
    """What a rule without protected totals would leave: the attacker is worth something."""
    land = build_land(1)
    nur_kleine = {t: {p for p, n in tafel.faelle.items() if 0 < n < 3 and p[0]} for t, tafel in to_tafeln(land).items()}
    funde = look_at(land, nur_kleine).findet(wahrheit(land))
    assert [g for g in funde if g[0] == kennzahl]


def test_attack__cells_withheld_for_the_sake_of_others_opened_again__finds_the_small_ones() -> None:
    land = build_land(2)
    muster = sperre(to_tafeln(land)).zellen
    weitere = {p for p in muster["fallzahlen", ALLE] if land["fallzahlen"][p][1] >= 3}
    offen = dict(muster) | {("fallzahlen", ALLE): muster["fallzahlen", ALLE] - weitere}
    funde = look_at(land, offen).findet(wahrheit(land))
    assert [g for g in funde if g[0] == "fallzahlen" and 0 < land["fallzahlen"][g[1:]][1] < 3]


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def land(own_database: str, settings, django_db_blocker) -> Iterator[Land]:
    settings.FIXED_TODAY = HEUTE
    land = build_land(0)
    publish_land(own_database, land)
    with django_db_blocker.unblock():
        yield land


def read_pages(eigen: str | None) -> Angreifer:
    """Every figure, every type of help, as the person at that host sees them; of the counts also a rate."""
    rows = Bevoelkerungsstand.objects.filter(
        stichtag="2024-12-31", geschlecht="", alter_von=0, alter_bis=None, gebietskoerperschaft__kuerzel__in=AEMTER
    )
    einwohner = {r.gebietskoerperschaft.kuerzel: Decimal(r.anzahl) for r in rows.select_related("gebietskoerperschaft")}
    angreifer = Angreifer(list(AEMTER), list(ARTEN), dict.fromkeys(Modus, einwohner))
    for kennzahl in list_kennzahlen():
        modi = set(list_modi(kennzahl.code, ist_verhaeltnis=kennzahl.ist_verhaeltnis)) & {Modus.ABSOLUT, Modus.FALL}
        for art in (ALLE, *ARTEN):
            for modus in modi | ({Modus.EINWOHNER} if kennzahl.code == "bestand" else set()):
                ergebnis = get_ergebnis(Auswahl(kennzahl.code, OKTOBER, art, modus=modus, eigen=eigen))
                angreifer.read(kennzahl.code, art, ergebnis.tabelle)
    return angreifer


def test_pages__all_of_a_month__a_social_worker_who_can_do_sums_learns_no_withheld_figure(land: Land) -> None:
    angreifer = read_pages("VG")
    assert {k for k, _, _ in angreifer.geheim} == land.keys() - OEFFENTLICH  # there is something to find
    learn_counts_of_means(angreifer, land)
    assert angreifer.findet(wahrheit(land)) == {}
    # The same pages and one more figure: what the attacker is told by a ratio, a total, an average, it finds.
    amt, art, wert = next(
        (amt, art, wert) for (k, art, amt), wert in wahrheit(land).items()
        if k == "bestand" and (k, art, amt) in angreifer.geheim and art and 0 < wert < 3
    )  # fmt: skip
    ansatz = land["haushaltsansaetze"][art, amt][0]
    je_fall = Fraction(ansatz) / Fraction(wert)
    angreifer.gleichungen.append(
        ({("haushaltsansaetze", art, amt): Fraction(1), ("bestand", art, amt): -je_fall}, Fraction(0))
    )
    assert ("bestand", art, amt) in angreifer.findet(wahrheit(land))
