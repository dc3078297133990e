"""German order of names, in the database and in memory."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.ordnung import COLLATION, deutscher_schluessel
from shared_apps.providers.models import Anbieter
from shared_apps.providers.selectors.register import list_anbieter
from tests.factories.register import create_einrichtung

pytestmark = pytest.mark.django_db

LISTE = ["Ährenhof", "Albatros", "äußere Mühle", "Bootshaus", "Gruppe 2", "Gruppe 10", "Öhrchen", "Ost", "Zora"]
NAMEN = st.text(alphabet="abezABEZäöüÄÖÜßéñ019 -.'", min_size=1, max_size=8)


def _sorted_by_database(namen: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT x FROM unnest(%s::text[]) x ORDER BY x COLLATE "{COLLATION}", x COLLATE "C"', [namen])
        return [name for (name,) in cursor.fetchall()]


def test_umlauts_stand_among_their_letters_and_numbers_by_their_value():
    assert _sorted_by_database(sorted(LISTE)) == LISTE
    assert sorted(sorted(LISTE), key=deutscher_schluessel) == LISTE


@given(namen=st.lists(NAMEN, min_size=2, max_size=12, unique=True))
def test_memory_and_database_agree(namen):
    """Names that are encrypted are sorted after opening; nobody may see a difference."""
    assert sorted(sorted(namen), key=deutscher_schluessel) == _sorted_by_database(namen)


def test_the_register_begins_with_the_umlaut_of_a():
    for name in ("Zebra gGmbH", "Ähre e. V.", "Bach gGmbH"):
        create_einrichtung(anbieter=Anbieter.objects.create(name=name), name="Haus")
    namen = [anbieter.name for anbieter in list_anbieter()]
    assert namen.index("Ähre e. V.") < namen.index("Bach gGmbH") < namen.index("Zebra gGmbH")
