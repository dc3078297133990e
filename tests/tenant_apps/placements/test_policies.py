"""Searches, reservations and bookings: whose case, whose house; what may be read, changed, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from tenant_apps.cases.models import Aufgabenbereich, Hilfefall
from tenant_apps.placements import policies
from tenant_apps.placements.models import Buchung, Reservierung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_buchung, create_suche
from tests.factories.register import create_angebot

ASD, TEAM, VORMUND = Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.VORMUND
ANNA, BERND, KUESTE, SEE, STRAND = (uuid4() for _ in range(5))


def person(*rollen: Rolle, user_id: UUID | None = None, anbieter: UUID | None = None, **fields) -> Akteur:
    ids = frozenset({anbieter} if anbieter else ())
    return Akteur(
        user_id=user_id or uuid4(), username="x", name="X", rollen=frozenset(rollen), anbieter_ids=ids, **fields
    )


PEOPLE = {
    "anna": person(ASD, user_id=ANNA),
    "bernd": person(ASD, user_id=BERND),
    "deputy": person(ASD, vertritt=frozenset({ANNA})),
    "clara": person(TEAM, geleitete_teams=frozenset({"Anklam"})),
    "doris": person(Rolle.WJH),
    "emil": person(Rolle.JUGENDAMTSLEITUNG),
    "frieda": person(Rolle.CONTROLLING, user_id=ANNA, anbieter=KUESTE),
    "guardian": person(VORMUND, user_id=ANNA),
    "worker and guardian": person(ASD, VORMUND, user_id=ANNA),
    "ines": person(Rolle.ANBIETER, anbieter=KUESTE),
    "bille": person(Rolle.ANBIETER_ABRECHNUNG, anbieter=KUESTE),
    "staff of a house": person(Rolle.EINRICHTUNG, anbieter=KUESTE),
    "staff of Strand": person(Rolle.EINRICHTUNG, anbieter=KUESTE, einrichtung_ids=frozenset({STRAND})),
    "staff of Strand, lent to See": person(Rolle.EINRICHTUNG, anbieter=SEE, einrichtung_ids=frozenset({STRAND})),
    "both sides, one house": person(
        ASD, Rolle.EINRICHTUNG, user_id=BERND, anbieter=KUESTE, einrichtung_ids=frozenset({STRAND})
    ),
    "jan": person(Rolle.ANBIETER, anbieter=SEE),
    "both sides": person(ASD, Rolle.ANBIETER, user_id=ANNA, anbieter=KUESTE),
    "lars": person(Rolle.BETRIEB, user_id=ANNA, anbieter=KUESTE),
}


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (policies.may_search, {ASD, TEAM}),
        (policies.may_reserve, {ASD, TEAM}),
        (policies.may_decide, {Rolle.ANBIETER}),
        (policies.may_list_faelle, {ASD, TEAM, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, *ANBIETERSEITE}),
    ],
)
def test_role(policy, who):
    assert {rolle for rolle in Rolle if policy(person(rolle))} == who


@dataclass
class World:
    """Booked cases by case number, and what was reserved and booked for them."""

    faelle: dict[str, Hilfefall]
    buchungen: dict[str, Buchung]
    reservierungen: dict[str, Reservierung]


def create_world(vg: Tenant) -> World:
    """Anna's A at Küste, C at See, V behind the wall of § 68 at See; Bernd's B at Küste; searches without a case."""
    houses = {ids: create_angebot(anbieter=name, plaetze=5) for ids, name in ((KUESTE, "Küste"), (SEE, "See"))}
    world = World({}, {}, {})
    with in_tenant(vg):
        for nummer, fachkraft, anbieter in (
            ("A", ANNA, KUESTE),
            ("B", BERND, KUESTE),
            ("C", ANNA, SEE),
            ("V", ANNA, SEE),
        ):
            aufgabe = Aufgabenbereich.VORMUNDSCHAFT if nummer == "V" else Aufgabenbereich.LEISTUNG
            fall = create_hilfefall(fachkraft_id=fachkraft, fallnummer=nummer, team="Anklam", aufgabe=aufgabe)
            buchung = create_buchung(fachkraft_id=fachkraft, angebot=houses[anbieter], hilfefall=fall)
            place = {"anbieter_id": anbieter} | ({"einrichtung_id": STRAND} if nummer == "A" else {})
            Reservierung.objects.filter(pk=buchung.reservierung_id).update(**place)
            Buchung.objects.filter(pk=buchung.pk).update(**place)
            world.faelle[nummer], world.buchungen[nummer] = fall, Buchung.objects.get(pk=buchung.pk)
            world.reservierungen[nummer] = Reservierung.objects.get(pk=buchung.reservierung_id)
        free = {"klient": None, "region": "free"}
        for fachkraft, fields in (
            (ANNA, free | {"region": "anna"}),
            (BERND, free | {"region": "bernd"}),
            (ANNA, {"klient": create_klient(), "region": "of a person"}),
        ):
            suche = create_suche(hilfefall=world.faelle["A"], angebot=houses[KUESTE], fachkraft_id=fachkraft, **fields)
            type(suche).objects.filter(pk=suche.pk).update(hilfefall=None)
        create_suche(
            hilfefall=world.faelle["B"], angebot=houses[SEE], fachkraft_id=ANNA, klient=None, region="for Bernd's"
        )
    return world


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once, in one transaction that is rolled back at the end: these tests only read."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield create_world(Tenant.objects.get(kuerzel="VG"))
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def world(built) -> Iterator[World]:
    """Inside VG."""
    with transaction.atomic(), in_tenant(Tenant.objects.get(kuerzel="VG")):
        yield built


def seen(visible: Callable[[Akteur], QuerySet], field: str = "hilfefall__fallnummer") -> dict[str, str]:
    """What each person gets, nobody who gets nothing."""
    found = {name: sorted(visible(akteur).values_list(field, flat=True)) for name, akteur in PEOPLE.items()}
    return {name: " ".join(values) for name, values in found.items() if values}


OFFICE = {"anna": "A C", "bernd": "B", "deputy": "A C", "clara": "A B C", "worker and guardian": "A C"}
PROVIDERS = {"ines": "A B", "staff of a house": "A B", "bille": "A B", "jan": "C V", "both sides": "A B C"}
PROVIDERS |= {"staff of Strand": "A", "both sides, one house": "A B"}


def test_cases_to_book_for(world):
    """Never behind the wall of § 68, not even for somebody who works on both sides."""
    assert seen(policies.bookable_hilfefaelle, "fallnummer") == OFFICE | {
        "both sides": "A C",
        "both sides, one house": "B",
    }
    assert seen(policies.visible_klienten, "hilfefaelle__fallnummer") == OFFICE | {
        "both sides": "A C",
        "both sides, one house": "B",
    }


def test_reservations_and_bookings_to_see(world):
    costs = {"doris": "A B C", "emil": "A B C", "guardian": "V", "worker and guardian": "A C V"}
    assert seen(policies.visible_reservierungen) == OFFICE | costs | PROVIDERS
    assert seen(policies.visible_buchungen) == OFFICE | costs | PROVIDERS


def test_reservations_and_bookings_to_act_on(world):
    assert seen(policies.changeable_reservierungen) == OFFICE | PROVIDERS
    assert seen(policies.changeable_buchungen) == OFFICE | PROVIDERS
    anna, emil = PEOPLE["anna"], PEOPLE["emil"]
    assert policies.may_change(anna, world.reservierungen["A"])
    assert not policies.may_change(anna, world.reservierungen["B"])
    assert not policies.may_change(emil, world.reservierungen["A"])


def test_notes_of_the_choice_bear_the_name(world):
    more = {"doris": "A B C", "guardian": "V", "worker and guardian": "A C V"}
    more |= {"both sides": "A C", "both sides, one house": "B"}
    assert seen(policies.readable_reservierungen) == OFFICE | more


def test_searches_follow_the_case_and_free_ones_the_worker(world):
    """A search for somebody else's case is not hers because she made it."""
    own, bernds, all_ = "VG VG anna", "VG bernd for Bernd's", "VG VG VG for Bernd's"
    assert seen(policies.visible_suchen, "region") == {
        "anna": own, "deputy": own, "both sides": own, "worker and guardian": own, "bernd": bernds, "clara": all_,
        "both sides, one house": bernds,
    }  # fmt: skip


def test_many_cases_of_one_page_at_once(world, django_assert_num_queries):
    page = list(world.reservierungen.values())
    letters = {fall.pk: nummer for nummer, fall in world.faelle.items()}

    def named(decide, name: str) -> str:
        return " ".join(sorted(letters[pk] for pk in decide(PEOPLE[name], page)))

    with django_assert_num_queries(1):
        assert named(policies.named_hilfefaelle, "doris") == "A B C"
    assert named(policies.named_hilfefaelle, "anna") == named(policies.bookable_ids, "anna") == "A C"
    assert [named(policies.named_hilfefaelle, name) for name in ("emil", "ines", "frieda")] == ["", "", ""]
    assert [named(policies.bookable_ids, name) for name in ("doris", "emil", "ines")] == ["", "", ""]
    assert policies.bookable_ids(PEOPLE["anna"], page[1:2]) == frozenset()  # only what is on the page


NAME = {"vorname", "nachname", "fallnummer"}
FILE = NAME | {"geburtsdatum", "geschlecht", "spezialisierungen"}
ENQUIRY = {"pseudonym", "alter_bei_beginn", "geschlecht", "spezialisierungen"}
NOBODY = {"pseudonym"}


@pytest.mark.parametrize(
    ("name", "letter", "booked", "asked"),
    [
        ("anna", "A", FILE, FILE),  # the office knows its own
        ("anna", "B", NOBODY, NOBODY),
        ("doris", "A", NAME, NAME),  # who only pays
        ("emil", "A", NOBODY, NOBODY),
        ("ines", "A", FILE, ENQUIRY),
        ("staff of a house", "A", FILE, ENQUIRY),
        ("bille", "A", NAME, NOBODY),
        ("both sides", "B", FILE, ENQUIRY),
        ("frieda", "A", NOBODY, NOBODY),
        ("lars", "A", NOBODY, NOBODY),
    ],
)
def test_birth_and_need_are_for_who_decides_and_who_serves(world, name, letter, booked, asked):
    enquiry = Reservierung(zustand="RESERVIERT", hilfefall_id=world.faelle[letter].pk)
    rows = [world.reservierungen[letter], enquiry]
    assert policies.readable_angaben(PEOPLE[name], rows) == {rows[0].pk: booked, enquiry.pk: asked}


def test_what_of_a_person_may_be_shown_is_asked_twice_for_a_whole_list(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(policies.readable_angaben(PEOPLE["anna"], world.reservierungen.values())) == 4


def test_name_for_the_office_and_for_the_provider_while_the_place_is_booked(world):
    rows = world.reservierungen
    for name, letter, sees in (
        ("anna", "A", True), ("anna", "B", False), ("doris", "B", True), ("emil", "A", False), ("lars", "A", False),
        ("ines", "A", True), ("bille", "A", True),
    ):  # fmt: skip
        assert policies.sees_name(PEOPLE[name], rows[letter]) is sees, (name, letter)


@pytest.mark.parametrize(
    ("reservierung", "buchung", "sees"),
    [
        ("GEBUCHT", "GEBUCHT", True),
        ("GEBUCHT", "LAUFEND", True),
        ("GEBUCHT", "BEENDET", True),
        ("GEBUCHT", "STORNIERT", False),
        ("GEBUCHT", None, False),
        ("ZUGESTIMMT", "GEBUCHT", False),
        ("RESERVIERT", None, False),
    ],
)
def test_provider_learns_the_name_with_the_booking(world, reservierung, buchung, sees):
    row = Reservierung(zustand=reservierung)
    if buchung:
        row.buchung = Buchung(zustand=buchung)
    assert policies.sees_name(PEOPLE["ines"], row) is sees
