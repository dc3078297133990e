"""Young people are found by whole names, birth, PKZ and case number, never by the beginning of a name."""

from __future__ import annotations

from datetime import date

import pytest

from tenant_apps.cases.models import Klient
from tenant_apps.cases.selectors import find_same_klient, pkz_is_taken, search_klienten
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall, create_klient

pytestmark = pytest.mark.django_db


@pytest.fixture
def personen(vg):
    with in_tenant(vg):
        anna = create_klient(vorname="Anna-Lena", nachname="Müller", pkz="PKZ 100", geburtsdatum=date(2010, 5, 1))
        jonas = create_klient(vorname="Jonas", nachname="Müller-Lüdenscheidt", pkz="PKZ-200")
        create_hilfefall(fachkraft_id=anna.pk, klient=anna, fallnummer="F26-ABC")
        create_hilfefall(fachkraft_id=jonas.pk, klient=jonas, fallnummer="F26-DEF")
    return vg


@pytest.mark.parametrize(
    ("text", "gefunden"),
    [
        ("", ["Anna-Lena", "Jonas"]),
        ("müller", ["Anna-Lena", "Jonas"]),
        ("MUELLER", ["Anna-Lena", "Jonas"]),
        ("Müller, Jonas", ["Jonas"]),
        ("anna-lena müller", ["Anna-Lena"]),
        ("lena", ["Anna-Lena"]),
        ("Müller-Lüdenscheidt", ["Jonas"]),
        ("luedenscheidt jonas", ["Jonas"]),
        ("01.05.2010", ["Anna-Lena"]),
        ("müller 1.5.2010", ["Anna-Lena"]),
        ("pkz-200", ["Jonas"]),
        ("F26-ABC", ["Anna-Lena"]),
        ("26-d", ["Jonas"]),
        ("Mül", []),
        ("uller", []),
        ("müller maria", []),
        ("\x00", ["Anna-Lena", "Jonas"]),
        ("name", []),
        ("-", ["Anna-Lena", "Jonas"]),
    ],
)
def test_search_klienten__finds(personen, text, gefunden):
    with in_tenant(personen):
        assert [k.vorname for k in search_klienten(Klient.objects.all(), text)] == gefunden


def test_search_klienten__newest_in_the_order_of_names(vg):
    with in_tenant(vg):
        for name in ("Zander", "Öhler", "Adler", "Ostmann"):
            create_klient(nachname=name)
        assert [k.nachname for k in search_klienten(Klient.objects.all())] == ["Adler", "Öhler", "Ostmann", "Zander"]
        assert [k.nachname for k in search_klienten(Klient.objects.all(), grenze=2)] == ["Adler", "Ostmann"]


def test_search_klienten__while_keys_are_rotated(personen, settings):
    settings.FIELD_KEYS = [("neu", b"n" * 32), *settings.FIELD_KEYS]
    with in_tenant(personen):
        assert len(search_klienten(Klient.objects.all(), "Müller")) == 2
        assert pkz_is_taken("PKZ-200")


def test_find_same_klient__every_part_counts(personen):
    anna = {"pkz": "PKZ 100", "vorname": "Anna-Lena", "nachname": "Müller", "geburtsdatum": date(2010, 5, 1)}
    with in_tenant(personen):
        assert find_same_klient(**anna) is not None
        for other in ({"pkz": "PKZ-200"}, {"nachname": "Meier"}, {"geburtsdatum": date(2010, 5, 2)}):
            assert find_same_klient(**(anna | other)) is None
        assert pkz_is_taken("pkz 100") and not pkz_is_taken("PKZ 300")
