"""A form that comes back shows what was typed, whatever the browser's own inputs would make of it."""

from __future__ import annotations

import re

import pytest
from django import forms

from shared_apps.core import felder
from shared_apps.core.seite import Faltung
from shared_apps.core.templatetags.sojus import kern_falten, kern_field, kern_form


class Formular(forms.Form):
    tag = felder.DatumField(label="Tag")
    monat = felder.MonatField(label="Monat")
    zahl = felder.GanzzahlField(label="Zahl", von=0, bis=9)


def control(name: str, value: str) -> str:
    form = Formular({name: value})
    form.is_valid()
    return kern_field(form[name])["control"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tag", "２０１７-０６-０１"), ("tag", "31.02.2027"), ("tag", "morgen"), ("monat", "Mai 2026"),
        ("monat", "２０２６-０５"), ("zahl", "１２"), ("zahl", "viele"),
    ],
)  # fmt: skip
def test_what_a_picker_would_drop_stays_as_text(name: str, value: str) -> None:
    assert f'value="{value}"' in control(name, value) and 'type="text"' in control(name, value)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("tag", "9999-12-31", "date"), ("tag", "", "date"), ("monat", "2026-13", "month"), ("zahl", "12", "number")],
)
def test_what_a_picker_shows_stays_a_picker(name: str, value: str, kind: str) -> None:
    assert re.search(r'type="(\w+)"', control(name, value))[1] == kind


class Gefaltet(Formular):
    wann = felder.DatumField(label="Wann", required=False)
    worte = felder.FreitextField(label="Worte", required=False)

    faltungen = (
        Faltung("Auf Zeit", ("wann",)), Faltung("Mehr", ("worte", "gibt_es_hier_nicht")), Faltung("Leer", ("weg",)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "initial", "open_ones"),
    [
        (None, {}, []),
        (None, {"worte": "Haus am Wasser"}, ["Mehr"]),
        ({"wann": "31.02.2027"}, {}, ["Auf Zeit"]),
        ({"worte": "neu", "wann": ""}, {}, ["Mehr"]),
    ],
)
def test_what_is_folded_away_opens__when_something_stands_there_or_is_wrong(sent, initial, open_ones):
    form = Gefaltet(sent, initial=initial)
    form.is_valid()
    parts = kern_form(form)
    assert [field.name for field in parts["felder"]] == ["tag", "monat", "zahl"]
    faltungen = kern_falten(form)["faltungen"]
    assert [falte["titel"] for falte in faltungen] == ["Auf Zeit", "Mehr"]
    assert [falte["titel"] for falte in faltungen if falte["offen"]] == open_ones
