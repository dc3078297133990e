"""Postcodes with the middle of each: what is taken, what is refused with its line, and nothing by half."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demo.world import vokabular
from shared_apps.regions.postleitzahlen import MAX_FEHLER, SPALTEN, PostleitzahlenFehler, read_postleitzahlen
from tests.tenants.owner import manage, superuser

HEUTE = date(2026, 12, 1)
KOPF = ";".join(SPALTEN)
GREIFSWALD = "17489;Greifswald;54,093;13.388;Quelle A;31.10.2026"


def _file(*zeilen: str) -> str:
    return "\n".join([KOPF, *zeilen]) + "\n"


def _mistakes(text: str) -> str:
    with pytest.raises(PostleitzahlenFehler) as refused:
        read_postleitzahlen(text, heute=HEUTE)
    return str(refused.value)


def test_read__several_places_of_a_postcode_become_their_middle():
    text = "\ufeff" + _file(
        GREIFSWALD, "17489;Ladebow;54,103;13,448;Quelle A;2026-11-30", "01067;Dresden;51,05;13,73;B;1.1.2026"
    )
    dresden, greifswald = read_postleitzahlen(text, heute=HEUTE)
    assert (dresden.plz, dresden.breite) == ("01067", Decimal("51.05"))
    assert (greifswald.name, greifswald.breite, greifswald.laenge) == (
        "Greifswald",
        Decimal("54.098"),
        Decimal("13.418"),
    )
    assert greifswald.stand == date(2026, 11, 30)
    assert read_postleitzahlen(text.replace(",", ".").replace(";", "\t"), heute=HEUTE) == [dresden, greifswald]


@pytest.mark.parametrize(
    ("text", "gesagt"),
    [
        ("", "Die Datei ist leer"),
        ("plz;name\n17489;Greifswald", "fehlen diese Spalten: breite, laenge, quelle, stand"),
        (KOPF, "steht keine Postleitzahl"),
        (_file(GREIFSWALD.replace("17489", "1067")), "Zeile 2: plz hat fünf Ziffern"),
        (_file(GREIFSWALD, "17489;;54,1;13,4;;1.1.2026"), "Zeile 3: name fehlt; quelle fehlt"),
        (
            _file("17489;Greifswald;13,388;54,093;A;1.1.2026"),
            "breite liegt nicht zwischen 47 und 56 Grad (vertauscht?)",
        ),
        (_file(GREIFSWALD.replace("54,093", "54")), "breite ist eine Zahl in Grad mit Nachkommastellen"),
        (_file(GREIFSWALD.replace("31.10.2026", "2.12.2026")), "stand ist ein Tag bis heute"),
        (_file(GREIFSWALD, "17489;München;48,1;11,5;A;1.1.2026"), "PLZ 17489: Die Orte liegen zu weit auseinander."),
        (_file(*["x"] * (MAX_FEHLER + 3)), "Und 3 weitere."),
    ],
)
def test_read__what_is_wrong_is_said_with_its_line(text, gesagt):
    assert gesagt in _mistakes(text)


@pytest.mark.django_db
def test_command__takes_all_or_nothing_and_twice_is_once(own_database, tmp_path):
    datei = tmp_path / "plz.csv"

    def load(text: str, *words: str, ok: bool = True) -> str:
        datei.write_text(text)
        done = manage(own_database, "load_postleitzahlen", str(datei), *words, ok=ok)
        return done.stdout if ok else done.stderr

    def kept() -> list[tuple]:
        with superuser(own_database) as by_hand:
            return by_hand.execute("SELECT plz, name FROM regions_postleitzahl ORDER BY plz").fetchall()

    assert "1 Postleitzahlen: 1 neu, 0 geändert. Nur geprüft" in load(_file(GREIFSWALD), "--nur-pruefen")
    assert kept() == []
    assert "1 neu, 0 geändert" in load(_file(GREIFSWALD))
    assert "Nichts geladen.\nZeile 3" in load(_file(GREIFSWALD.replace("Greifswald", "Anders"), "x"), ok=False)
    anklam = "17389;Anklam;53,856;13,690;Quelle A;31.10.2026"
    assert "1 neu, 1 geändert" in load(_file(GREIFSWALD.replace("Greifswald", "Wieck"), anklam))
    assert "0 neu, 0 geändert" in load(_file(anklam))
    assert kept() == [("17389", "Anklam"), ("17489", "Wieck")], "what a file leaves out stays"


def test_demo__its_places_are_marked_as_rough():
    orte = read_postleitzahlen(vokabular.postleitzahlen(HEUTE), heute=HEUTE)
    assert {ort.quelle for ort in orte} == {"Demo, ungefähr"} and "17489" in {ort.plz for ort in orte}


def test_document__names_every_column():
    text = (Path(__file__).parents[3] / "docs" / "postleitzahlen.md").read_text()
    assert [name for name in SPALTEN if f"| `{name}` |" not in text] == []
