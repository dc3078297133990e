"""Of a provider only its own people write in the register, whatever a page forgets to ask: the database refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import DatabaseError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    Foto,
    Kontakt,
    Leistungsbeschreibung,
    Platz,
)
from tenants.context import on_portal
from tests.factories.register import create_angebot

pytestmark = pytest.mark.django_db

IMMER = DateRange(date(2020, 1, 1), None)
REFUSED = "row-level security"


@dataclass(frozen=True, slots=True)
class Haus:
    """One provider with all that the register knows of it."""

    anbieter: Anbieter
    einrichtung: Einrichtung
    angebot: Angebot

    def rows(self) -> list[models.Model]:
        einrichtung = self.einrichtung
        return [
            self.anbieter, einrichtung, self.angebot, self.angebot.plaetze.get(), einrichtung.fotos.get(),
            einrichtung.betriebserlaubnis_liste.get(), einrichtung.leistungsbeschreibung_liste.get(),
            Angebot.spezialisierungen.through.objects.get(angebot=self.angebot),
        ]  # fmt: skip

    def additions(self) -> list[Callable[[], object]]:
        """One more row of each kind."""
        einrichtung, angebot = self.einrichtung, self.angebot
        return [
            lambda: Einrichtung.objects.create(
                anbieter=self.anbieter, name="Neues Haus", gebietskoerperschaft=einrichtung.gebietskoerperschaft
            ),
            lambda: Angebot.objects.create(
                einrichtung=einrichtung, hilfeart=Hilfeart.objects.get(code="S34"), name="Neue Gruppe", gueltig=IMMER
            ),
            lambda: Platz.objects.create(angebot=angebot, nummer=9, gueltig=IMMER),
            lambda: Foto.objects.create(einrichtung=einrichtung, titel="Garten", alternativtext="Ein Garten"),
            lambda: Betriebserlaubnis.objects.create(
                einrichtung=einrichtung, datum=date(1980, 1, 1), gueltig_bis=date(1990, 1, 1), nummer="BE 2", plaetze=99
            ),
            lambda: Leistungsbeschreibung.objects.create(einrichtung=einrichtung, datum=date(2024, 1, 1)),
            lambda: Angebot.spezialisierungen.through.objects.create(
                angebot=angebot, spezialisierung=Spezialisierung.objects.order_by("-code")[0]
            ),
        ]


def _haus(name: str) -> Haus:
    angebot = create_angebot(anbieter=name, spezialisierungen=(Spezialisierung.objects.order_by("code")[0].code,))
    einrichtung = angebot.einrichtung
    Foto.objects.create(einrichtung=einrichtung, titel="Haus", alternativtext="Ein Haus")
    Leistungsbeschreibung.objects.create(einrichtung=einrichtung, datum=date(2020, 1, 1))
    return Haus(einrichtung.anbieter, einrichtung, angebot)


@pytest.fixture
def hers(db) -> Haus:
    return _haus("Jugendhilfe Küste gGmbH")


@pytest.fixture
def theirs(db) -> Haus:
    return _haus("Hafenhaus e. V.")


def _touch(row: models.Model) -> int:
    """Write the row as it is, by its key and without any page's filter; how many were reached."""
    return type(row)._base_manager.filter(pk=row.pk).update(id=row.pk)


def test_she_writes_every_row_of_her_own_and_none_of_a_competitor(hers, theirs):
    own, foreign = hers.rows(), theirs.rows()
    with on_portal(anbieter_ids=[hers.anbieter.pk]):
        assert [_touch(row) for row in own] == [1] * len(own)
        assert [_touch(row) for row in foreign] == [0] * len(foreign)
        for add in hers.additions():
            add()


def test_she_adds_nothing_to_a_competitor(hers, theirs):
    for add in theirs.additions():
        refused = pytest.raises(DatabaseError, match=REFUSED)
        with on_portal(anbieter_ids=[hers.anbieter.pk]), refused, transaction.atomic():
            add()


def test_she_founds_no_second_provider(hers):
    with on_portal(anbieter_ids=[hers.anbieter.pk]), pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        Anbieter.objects.create(name="Zweite gGmbH")


def test_nothing_of_hers_moves_to_a_competitor_and_nothing_of_theirs_to_her(hers, theirs):
    with on_portal(anbieter_ids=[hers.anbieter.pk]):
        assert Einrichtung.objects.filter(pk=theirs.einrichtung.pk).update(anbieter=hers.anbieter) == 0
        for rows, ziel in (
            (Einrichtung.objects.filter(pk=hers.einrichtung.pk), {"anbieter": theirs.anbieter}),
            (Angebot.objects.filter(pk=hers.angebot.pk), {"einrichtung": theirs.einrichtung}),
            (Platz.objects.filter(angebot=hers.angebot), {"angebot": theirs.angebot, "nummer": 8}),
            (Foto.objects.filter(einrichtung=hers.einrichtung), {"einrichtung": theirs.einrichtung}),
        ):
            with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
                rows.update(**ziel)


def test_nothing_of_hers_moves_to_another_house_of_hers(hers):
    """Licence, rate and the office that decides are those of the house; the history would not even say it."""
    nebenan = create_angebot(anbieter=hers.anbieter, kreis="HRO", erlaubnis=False)
    haus, angebot = nebenan.einrichtung, nebenan
    Kontakt.objects.create(einrichtung=hers.einrichtung, funktion="LEITUNG", telefon="03834 1")
    moves = [
        (Angebot.objects.filter(pk=hers.angebot.pk), {"einrichtung": haus}),
        (Platz.objects.filter(angebot=hers.angebot), {"angebot": angebot, "nummer": 8}),
        (Foto.objects.filter(einrichtung=hers.einrichtung), {"einrichtung": haus}),
        (Leistungsbeschreibung.objects.filter(einrichtung=hers.einrichtung), {"einrichtung": haus}),
        (Betriebserlaubnis.objects.filter(einrichtung=hers.einrichtung), {"einrichtung": haus}),
        (Kontakt.objects.filter(einrichtung=hers.einrichtung), {"einrichtung": haus}),
        (Kontakt.objects.filter(einrichtung=hers.einrichtung), {"einrichtung": None, "anbieter": hers.anbieter}),
    ]
    for rows, ziel in moves:
        with on_portal(anbieter_ids=[hers.anbieter.pk]):
            assert rows.exists()
            with pytest.raises(DatabaseError, match="stays where it is"), transaction.atomic():
                rows.update(**ziel)


def test_she_moves_no_first_day_past_who_is_there(hers):
    spaeter = DateRange(date(2030, 1, 1), None)
    with on_portal(anbieter_ids=[hers.anbieter.pk]):
        for rows in (Angebot.objects.filter(pk=hers.angebot.pk), Platz.objects.filter(angebot=hers.angebot)):
            with pytest.raises(DatabaseError, match="keep their first day"), transaction.atomic():
                rows.update(gueltig=spaeter)
            assert rows.update(gueltig=DateRange(rows.get().gueltig.lower, date(2030, 1, 1))) == 1


def test_staff_of_one_facility_writes_neither_the_provider_nor_the_facility_next_door(hers):
    next_door = create_angebot(anbieter=hers.anbieter)
    with on_portal(anbieter_ids=[hers.anbieter.pk], einrichtung_ids=[hers.einrichtung.pk]):
        assert _touch(hers.einrichtung) == _touch(hers.angebot) == 1
        assert _touch(hers.anbieter) == _touch(next_door) == _touch(next_door.einrichtung) == 0
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            Einrichtung.objects.create(
                anbieter=hers.anbieter, name="Drittes", gebietskoerperschaft=hers.einrichtung.gebietskoerperschaft
            )


def test_everybody_reads_the_register(hers, theirs, vg):
    with on_portal(anbieter_ids=[hers.anbieter.pk]):
        assert {hers.angebot.pk, theirs.angebot.pk} <= set(Angebot.objects.values_list("pk", flat=True))
