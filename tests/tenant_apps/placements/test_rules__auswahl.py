"""Choosing: cheapest third, age, place, deadline, fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.providers.rules import vakanzstand
from tenant_apps.placements import rules
from tenant_apps.placements.rules import PassungAngebot, PassungBedarf, PassungGewichte, PlanwertError

D = Decimal
PREISE = st.lists(st.decimals(min_value=0, max_value=500, places=2), min_size=1, max_size=40)


@pytest.mark.parametrize(("n", "grenze"), [(0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (14, 5), (41, 14)])
def test_drittel_grenze__rounds_up(n: int, grenze: int) -> None:
    assert rules.drittel_grenze(n) == grenze


def test_im_guenstigsten_drittel__tie_at_the_boundary_is_inside() -> None:
    raenge = rules.raenge([D(99), D(76), D(88), D(88), D(88), D(120)])  # two places, three share the second
    assert raenge == [5, 1, 2, 2, 2, 6]
    assert [rules.im_guenstigsten_drittel(rang, 6) for rang in raenge] == [False, True, True, True, True, False]
    with pytest.raises(PlanwertError, match="Rang"):
        rules.im_guenstigsten_drittel(7, 6)


@given(PREISE)
def test_guenstigstes_drittel__holds_at_least_a_third_and_no_dearer_than_outside(preise: list[Decimal]) -> None:
    drinnen, draussen = [], []
    for preis, rang in zip(preise, rules.raenge(preise), strict=True):
        (drinnen if rules.im_guenstigsten_drittel(rang, len(preise)) else draussen).append(preis)
    assert 3 * len(drinnen) >= len(preise)
    assert not draussen or max(drinnen) < min(draussen)


ALTER = st.none() | st.integers(0, 26)
GESCHLECHT = st.sampled_from(["", "m", "w", "d"])


@given(ALTER, GESCHLECHT, ALTER, ALTER, GESCHLECHT, st.sampled_from(list(rules.Woher)))
def test_abweichungen__one_question_whoever_asks(alter, geschlecht, eins, zwei, nur, woher) -> None:
    """What is not known and what does not matter is no contradiction; a search asks for one age, an offer for a
    range."""
    von, bis = (eins, eins) if woher != "ANGEBOT" or None in (eins, zwei) else sorted((eins, zwei))
    wen = rules.Wen(von, bis, nur)
    saetze = rules.list_abweichungen(alter=alter, geschlecht=geschlecht, wen=wen, woher=woher)
    anderes = bool(nur and geschlecht and nur != geschlecht)
    ausserhalb = alter is not None and von is not None and alter not in range(von, bis + 1)
    assert len(saetze) == anderes + ausserhalb
    beginn = {"SUCHE": "Gesucht wird für ", "GESUCHT": "Gesucht wurde für ", "ANGEBOT": "Das "}[woher]
    assert all(satz.startswith(beginn) and satz.endswith(".") for satz in saetze)


def test_alter__birthday_and_leap_day() -> None:
    assert rules.alter_am(date(2008, 6, 1), date(2026, 5, 31)) == 17
    assert rules.alter_am(date(2008, 6, 1), date(2026, 6, 1)) == 18
    assert rules.alter_am(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert rules.alter_am(date(2008, 2, 29), date(2026, 3, 1)) == 18
    with pytest.raises(PlanwertError, match="vor der Geburt"):
        rules.alter_am(date(2026, 2, 1), date(2026, 1, 1))


def test_entfernung__greifswald_schwerin() -> None:
    greifswald, schwerin = (54.0865, 13.3923), (53.6355, 11.4012)
    assert 138 < rules.entfernung_km(greifswald, schwerin) < 142
    assert rules.entfernung_km(greifswald, greifswald) == 0
    assert rules.entfernung_km(greifswald, schwerin) == rules.entfernung_km(schwerin, greifswald)
    with pytest.raises(PlanwertError, match="Koordinaten"):
        rules.entfernung_km((91.0, 0.0), schwerin)


@pytest.mark.parametrize(("standort", "auswaertig"), [("13075039", False), ("13075", False), ("13071107", True)])
def test_ist_auswaertig(standort: str, auswaertig: bool) -> None:
    assert rules.ist_auswaertig(standort, "13075") is auswaertig


@pytest.mark.parametrize(("standort", "tenant"), [("", "13075"), ("13075039", "13"), ("VG", "13075"), ("13075", "")])
def test_ist_auswaertig__refuses_broken_keys(standort: str, tenant: str) -> None:
    with pytest.raises(PlanwertError, match="Kreisschlüssel"):
        rules.ist_auswaertig(standort, tenant)


def test_reservierung_ablauf__seven_days_and_aware() -> None:
    jetzt = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert rules.reservierung_ablauf(jetzt, 7) == datetime(2026, 6, 8, 9, tzinfo=UTC)
    with pytest.raises(TypeError):
        rules.reservierung_ablauf(datetime(2026, 6, 1), 7)
    with pytest.raises(PlanwertError, match="mindestens einen Tag"):
        rules.reservierung_ablauf(jetzt, tage=0)


def test_passung__perfect_offer_has_100_points() -> None:
    passung = rules.passung(
        PassungBedarf(frozenset({"Trauma"}), alter=15, geschlecht="w"),
        PassungAngebot(frozenset({"Trauma", "Sucht"}), 12, 18, frozenset({"w"}), D("4.2"), 0),
    )
    assert passung.punkte == 100
    assert passung.gruende == [
        "Die gesuchte Spezialisierung ist vorhanden.",
        "Das Alter von 15 Jahren liegt in der Mitte der Altersspanne 12 bis 18.",
        "Das Angebot nimmt junge Menschen dieses Geschlechts auf.",
        "4\u00a0km Entfernung (Luftlinie).",
        "Die Vakanzen wurden heute bestätigt.",
    ]


@pytest.mark.parametrize(("tage", "verb"), [(0, "wurden"), (1, "wurden"), (9, "sind")])
def test_passung__says_the_age_of_vacancies_in_the_words_of_every_list(tage: int, verb: str) -> None:
    """The comparison said "vor 9 Tagen bestätigt" below a row with "seit 9 Tagen unbestätigt"."""
    heute = date(2026, 12, 1)
    wort = vakanzstand(heute - timedelta(days=tage), heute).text
    passung = rules.passung(PassungBedarf(alter=15), PassungAngebot(tage_seit_aktualisierung=tage))
    assert f"Die Vakanzen {verb} {wort}." in passung.gruende


def test_passung__names_what_is_missing() -> None:
    passung = rules.passung(
        PassungBedarf(frozenset({"Trauma", "Sucht"}), alter=19, geschlecht="m"),
        PassungAngebot(frozenset({"Trauma"}), 12, 18, frozenset({"w"}), D(250), 90),
    )
    assert passung.punkte == 20  # half of 40 of 100
    assert "es fehlt: Sucht" in passung.gruende[0]
    assert "außerhalb der Altersspanne" in passung.gruende[1]
    assert "anderes Geschlecht" in passung.gruende[2]


@pytest.mark.parametrize(
    ("gesucht", "hat", "satz"),
    [
        ("s", "", "Die gesuchte Spezialisierung fehlt: Sucht."),
        ("st", "s", "1 von 2 Spezialisierungen ist vorhanden; es fehlt: Traumapädagogik."),
        ("st", "", "Keine der 2 gesuchten Spezialisierungen ist vorhanden; es fehlen: Sucht, Traumapädagogik."),
        ("stx", "st", "2 von 3 Spezialisierungen sind vorhanden; es fehlt: x."),
        ("st", "ts", "Alle gesuchten Spezialisierungen sind vorhanden."),
    ],
)
def test_passung__says_it_in_names_and_in_german(gesucht: str, hat: str, satz: str) -> None:
    """A code that has gone from the catalogue is all that is known of it."""
    bedarf = PassungBedarf(frozenset(gesucht), namen={"s": "Sucht", "t": "Traumapädagogik"})
    assert rules.passung(bedarf, PassungAngebot(frozenset(hat))).bestandteile[0].grund == satz
    sprachen = PassungBedarf(sprachen=frozenset({"ar", "uk"}), namen={"uk": "Ukrainisch"})
    grund = rules.passung(sprachen, PassungAngebot(sprachen=frozenset({"ar"}))).bestandteile[0].grund
    assert grund == "1 von 2 Sprachen wird gesprochen; es fehlt: Ukrainisch."


@pytest.mark.parametrize(
    ("km", "ungefaehr", "weg"),
    [
        (None, True, ""), ("0.4", False, "unter 1 km"), ("0.4", True, "ca. 1 km"), ("1.0", False, "1 km"),
        ("12.4", False, "12 km"), ("12.5", True, "ca. 13 km"),
    ],
)  # fmt: skip
def test_weg__one_wording_for_all_pages(km: str | None, ungefaehr: bool, weg: str) -> None:
    wert = None if km is None else D(km)
    assert rules.describe_weg(wert, ungefaehr=ungefaehr).replace("\u00a0", " ") == weg
    fit = rules.passung(PassungBedarf(alter=9), PassungAngebot(entfernung_km=wert, entfernung_ungefaehr=ungefaehr))
    grund = next(teil.grund for teil in fit.bestandteile if teil.kuerzel == "entfernung").replace("\u00a0", " ")
    assert grund == (f"{weg} Entfernung (Luftlinie)." if weg else "Die Entfernung ist nicht bekannt.")


def test_bestaetigt_ab__today_is_the_last_of_the_days() -> None:
    assert rules.bestaetigt_ab(date(2026, 12, 7), 1) == date(2026, 12, 7)
    assert rules.bestaetigt_ab(date(2026, 12, 7), 7) == date(2026, 12, 1)


def test_passung__unknown_is_neither_rewarded_nor_punished() -> None:
    passung = rules.passung(PassungBedarf(), PassungAngebot(geschlechter=frozenset({"w"})))
    assert passung.punkte is None
    assert all(teil.erfuellung is None for teil in passung.bestandteile)
    assert rules.passung(PassungBedarf(alter=15), PassungAngebot(alter_von=12, alter_bis=18)).punkte == 100


def test_passung__near_and_fresh_is_no_fit_where_nothing_was_asked() -> None:
    nah = PassungAngebot(entfernung_km=D(1), tage_seit_aktualisierung=0)
    assert rules.passung(PassungBedarf(), nah).punkte is None
    assert rules.passung(PassungBedarf(alter=13), nah, PassungGewichte(0, 0, 0, 0, 0)).punkte is None


@given(
    st.frozensets(st.sampled_from("abcd")), st.integers(0, 26), st.sampled_from(["m", "w", "d", None]),
    st.frozensets(st.sampled_from("abcd")), st.integers(0, 26), st.integers(0, 26),
    st.frozensets(st.sampled_from("mwd")), st.decimals(0, 500, places=1), st.integers(0, 900),
)  # fmt: skip
def test_passung__is_a_score_and_never_falls_with_one_more_speciality(
    gesucht, alter, geschlecht, vorhanden, von, bis, offen_fuer, entfernung, tage
) -> None:
    bedarf = PassungBedarf(gesucht, alter, geschlecht)
    punkte = [
        rules.passung(
            bedarf, PassungAngebot(merkmale, min(von, bis), max(von, bis), offen_fuer, entfernung, tage)
        ).punkte
        for merkmale in (vorhanden, vorhanden | {"a"})
    ]
    assert 0 <= punkte[0] <= punkte[1] <= 100
