"""Each detail of a person is declared once; forms, API, services, Auskunft and deletion are made of it."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms

from shared_apps.core import felder
from tenant_apps.cases.encrypted import EncryptedDateField, EncryptedTextField
from tenant_apps.cases.forms.faelle import FallForm, NeuerFallForm, StammdatenForm
from tenant_apps.cases.forms.person import PersonForm
from tenant_apps.cases.models import Klient
from tenant_apps.cases.personfelder import (
    BESTREITBARE,
    GEZEIGTE,
    NUR_AKTE,
    OHNE_EINGABE,
    PERSONFELDER,
    NeuePerson,
    angaben_from,
    label,
)
from tenant_apps.placements.api.klienten import KlientAusgabe
from tenant_apps.placements.api.serializers import NeuePersonEingabe
from tenant_apps.privacy.felder import ABSCHNITTE
from tenant_apps.privacy.forms import BerichtigenForm, BestreitenForm
from tenants.context import in_tenant
from tests.factories.cases import create_klient

HOW = (
    "{}: a column of Klient is either a detail of the person, then add it to `Angaben` in"
    " tenant_apps/cases/personfelder.py (its fields, and what an Auskunft and a deletion run do with it), or nobody"
    " types it, then write into OHNE_EINGABE of the same file who fills it."
)
COLUMNS = [feld.name for feld in Klient._meta.concrete_fields]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_is_a_detail_or_says_who_fills_it(name: str) -> None:
    assert (name in PERSONFELDER) != (name in OHNE_EINGABE), HOW.format(name)


def test_nothing_is_declared_that_is_no_column() -> None:
    assert set(PERSONFELDER) | set(OHNE_EINGABE) == set(COLUMNS)


@pytest.mark.parametrize("name", PERSONFELDER)
def test_what_says_who_she_is_is_sealed(name: str) -> None:
    column = Klient._meta.get_field(name)
    assert column.choices or isinstance(column, EncryptedTextField | EncryptedDateField), (
        f"Klient.{name} is typed freely: make it an EncryptedTextField or EncryptedDateField (ADR 0017)."
    )


@pytest.mark.parametrize("name", PERSONFELDER)
def test_a_detail_that_may_be_empty_has_a_default(name: str) -> None:
    default = NeuePerson.__dataclass_fields__[name].default
    assert PERSONFELDER[name].pflicht or default == "", f'Angaben.{name}: not `pflicht`, so write `= ""` behind it.'


@pytest.mark.parametrize("name", [name for name, feld in PERSONFELDER.items() if feld.pflicht])
def test_people_of_the_tests_have_every_detail_that_nobody_is_entered_without(vg, name: str) -> None:
    with in_tenant(vg):
        assert getattr(create_klient(), name), f"{name}: give it a value in create_klient of tests/factories/cases.py"


@pytest.mark.parametrize("name", BESTREITBARE)
def test_data_protection_can_type_the_right_value_of_each(name: str) -> None:
    """One line takes all of them: it is as long as the longest, and says how each is typed."""
    wert, feld = BerichtigenForm.base_fields["wert"], PERSONFELDER[name]
    assert wert.max_length >= (getattr(feld.formular(), "max_length", None) or 0)
    assert feld.schreibweise in wert.help_text
    plain = isinstance(feld.formular(), felder.TextField)
    assert plain or feld.schreibweise, f"{name}: say in `schreibweise` how it is typed"


# -- what is made of it is what was written by hand before ----------------------------------------

SCREEN = {
    "pkz": "PKZ",
    "nachname": "Nachname",
    "vorname": "Vorname",
    "geburtsdatum": "Geburtsdatum",
    "geschlecht": "Geschlecht",
}


def _labels(form: forms.Form) -> dict[str, str]:
    return {name: str(form[name].label) for name in form.fields}


def test_forms_keep_names_labels_and_order(vg) -> None:
    assert _labels(StammdatenForm()) == SCREEN
    assert list(StammdatenForm().fields) == list(SCREEN)
    assert list(FallForm().fields) == [*SCREEN, "fallnummer", "gelesen"]
    neu = NeuerFallForm(aufgaben=[], faelle=Klient.objects.none())
    assert list(neu.fields) == [*SCREEN, "fallnummer", "aufgabe", "andere_person"]
    assert all(field.required for field in StammdatenForm().fields.values())


def test_new_person_while_reserving__is_asked_the_same(vg) -> None:
    form = PersonForm(klienten=Klient.objects.none())
    assert list(form.fields)[:4] == ["andere_person", "suchtext", "klient", "pkz"]
    asked = [feld.name for feld in form.neue_angaben]
    assert asked == ["pkz", "fallnummer", "nachname", "vorname", "geburtsdatum", "geschlecht"]
    assert {feld.html_name for feld in form.neue_angaben} == {f"person-{name}" for name in asked}
    assert not any(feld.field.required for feld in form.neue_angaben)
    assert {name: text for name, text in _labels(form).items() if name in SCREEN} == SCREEN


def test_api_takes_and_gives_the_same_in_the_same_order() -> None:
    assert list(NeuePersonEingabe().fields) == [*PERSONFELDER, "fallnummer"]
    assert list(KlientAusgabe().fields) == ["uuid", *PERSONFELDER, "faelle"]
    assert list(PERSONFELDER) == ["pkz", "vorname", "nachname", "geburtsdatum", "geschlecht"]


def test_api_reads_a_letter_and_keeps_the_code() -> None:
    body = {"pkz": "A1", "vorname": "Ute", "nachname": "Ohm", "geburtsdatum": "2010-03-01", "geschlecht": "d"}
    eingabe = NeuePersonEingabe(data=body)
    assert eingabe.is_valid(), eingabe.errors
    person = NeuePerson(**eingabe.validated_data)
    assert angaben_from(person) == body | {"geburtsdatum": date(2010, 3, 1), "geschlecht": "3"}


def test_pages_auskunft_and_disputes_name_all_of_them() -> None:
    assert GEZEIGTE == BESTREITBARE == ("vorname", "nachname", "geburtsdatum", "geschlecht", "pkz")
    assert NUR_AKTE == ("geburtsdatum", "geschlecht", "pkz")
    hint = BerichtigenForm.base_fields["wert"].help_text
    assert hint == "Geburtsdatum als TT.MM.JJJJ; Geschlecht m, w, d oder x"
    assert list(BestreitenForm().fields["feld"].choices) == [
        ("", "– bitte wählen –"),
        *((name, label(name)) for name in BESTREITBARE),
    ]
    person = next(abschnitt for abschnitt in ABSCHNITTE if abschnitt.modell == "cases.Klient")
    assert person.felder[: len(PERSONFELDER)] == tuple(PERSONFELDER)
