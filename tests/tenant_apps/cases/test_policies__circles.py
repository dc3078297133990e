"""Which cases each person reads, changes, decides on, knows by name and by amount: the whole table, case by case.

A capital letter is a case of ordinary help, a small one the same on the guardians' side of the wall (§ 68).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from tenant_apps.cases import policies
from tenant_apps.cases.models import Aufgabenbereich, FreigabeArt, Hilfefall
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot
from tests.tenant_apps.cases.freigaben import release

LEISTUNG, VORMUNDSCHAFT = Aufgabenbereich.LEISTUNG, Aufgabenbereich.VORMUNDSCHAFT
ANNA, BERND, CLARA, DORIS, EMIL, QUIRIN, WILMA, ZOE, FERN = (uuid4() for _ in range(9))
ALLE = (ANNA, CLARA, DORIS, EMIL, QUIRIN, WILMA, ZOE)


def person(user_id: UUID, *rollen: Rolle, teams: str = "", vertritt: UUID | None = None, **fields) -> Akteur:
    deputised = frozenset({vertritt} if vertritt else ())
    led = frozenset(fields.get("alle_teams", {teams} if teams else ()))
    return Akteur(
        user_id=user_id, username="x", name="X", rollen=frozenset(rollen), tenant_id=1, vertritt=deputised,
        teams=led, geleitete_teams=led,
    )  # fmt: skip


#: One account may be met in several roles: what counts is the role she has here today, not whose account it is.
PEOPLE = {
    "worker": person(ANNA, Rolle.ASD),
    "worker without a role any more": person(ANNA, teams="Anklam", vertritt=BERND),
    "guardian": person(ANNA, Rolle.VORMUND),
    "worker and guardian": person(ANNA, Rolle.ASD, Rolle.VORMUND),
    "administration, data protection, figures": person(
        ANNA, Rolle.TENANT_ADMIN, Rolle.DATENSCHUTZ, Rolle.CONTROLLING, Rolle.AUSSCHUSS, teams="Anklam"
    ),
    "deputy": person(ZOE, Rolle.ASD, vertritt=ANNA),
    "team lead": person(CLARA, Rolle.TEAMLEITUNG, teams="Anklam"),
    "colleague of the team": person(CLARA, Rolle.ASD, teams="Anklam"),
    "team lead of no team": person(ZOE, Rolle.TEAMLEITUNG, alle_teams={""}),
    "economic youth welfare": person(DORIS, Rolle.WJH, teams="Anklam"),
    "lead of the office": person(EMIL, Rolle.JUGENDAMTSLEITUNG, teams="Anklam"),
    "auditor": person(QUIRIN, Rolle.PRUEFUNG),
    "guardian next door": person(WILMA, Rolle.VORMUND),
    "guardian, lead and auditor": person(ANNA, Rolle.VORMUND, Rolle.JUGENDAMTSLEITUNG, Rolle.PRUEFUNG),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[dict[str, Hilfefall]]:
    """Built once, in one transaction that is rolled back at the end: these tests only read."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield create_faelle(Tenant.objects.get(kuerzel="VG"))
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def faelle(world) -> Iterator[dict[str, Hilfefall]]:
    """The cases by their letters, inside VG."""
    with transaction.atomic(), in_tenant(Tenant.objects.get(kuerzel="VG")):
        yield world


def create_faelle(vg: Tenant) -> dict[str, Hilfefall]:
    """The cases by their letters."""
    angebot = create_angebot(plaetze=9)
    made: dict[str, Hilfefall] = {}

    def case(letter: str, fachkraft: UUID, team: str, *, geld: bool = False, **fields) -> None:
        aufgabe = VORMUNDSCHAFT if letter.islower() else LEISTUNG
        fall = create_hilfefall(fachkraft_id=fachkraft, team=team, fallnummer=letter, aufgabe=aufgabe, **fields)
        made[letter] = fall
        if geld:
            create_reservierung(fachkraft_id=fachkraft, angebot=angebot, hilfefall=fall)

    with in_tenant(vg):
        for letter in "Aa":  # Anna's
            case(letter, ANNA, "Anklam")
        for letter in "Bb":  # her colleague's in the same team
            case(letter, BERND, "Anklam")
        case("C", CLARA, "Wolgast")  # the lead's own, in a team that is not hers
        case("O", BERND, "")  # nobody wrote the team down
        case("R", ANNA, "Anklam", geld=True, klient=create_klient(eingeschraenkt_seit=today()))  # restricted, § 84
        case("Z", ANNA, "Anklam", gesperrt=True)  # Anna's, sealed, and she is not named
        for letter in "Tt":  # Anna's, sealed, she and her lead are named
            case(letter, ANNA, "Anklam", gesperrt=True)
            release(made[letter], FreigabeArt.SPERRFALL, ANNA, CLARA)
        for letter, art in {"M": "MITARBEIT", "E": "EINSICHT", "P": "PRUEFUNG"}.items():  # far away, released to all
            for one in (letter, letter.lower()):
                case(one, FERN, "Fern")
                release(made[one], FreigabeArt(art), *ALLE)
        for letter in "SsKk":  # far away, sealed, everybody is named; K costs money
            case(letter, FERN, "Fern", gesperrt=True, geld=letter in "Kk")
            release(made[letter], FreigabeArt.SPERRFALL, *ALLE)
        for letter in "Gg":  # far away, costs money
            case(letter, FERN, "Fern", geld=True)
        case("H", FERN, "Fern", gesperrt=True, geld=True)  # the same, sealed
    return made


def seen(visible: Callable[[Akteur], QuerySet]) -> dict[str, str]:
    """Letters each person gets, nobody who gets none."""
    found = {name: {fall.fallnummer for fall in visible(akteur)} for name, akteur in PEOPLE.items()}
    return {name: " ".join(sorted(letters)) for name, letters in found.items() if letters}


def table(**people: str) -> dict[str, str]:
    """Letters sorted as `seen` sorts them."""
    return {name: " ".join(sorted(letters.split())) for name, letters in people.items()}


READ = {
    "worker": "A T M S K",
    "guardian": "a t m s k",
    "worker and guardian": "A a T t M m S s K k",
    "deputy": "A M S K",
    "team lead": "A B C T M S K",
    "colleague of the team": "C T M S K",
    "team lead of no team": "M S K",
    "lead of the office": "E S K",
    "auditor": "P p",
    "guardian next door": "m s k",
    "guardian, lead and auditor": "a m E P p T t S s K k",
}


def test_file(faelle):
    assert seen(policies.visible_hilfefaelle) == table(**READ)


def test_changes(faelle):
    nobody = {"lead of the office", "auditor"}
    changes = {name: letters for name, letters in READ.items() if name not in nobody}
    assert seen(policies.editable_hilfefaelle) == table(**changes | {"guardian, lead and auditor": "a m t s k"})


def test_exceptions_seal_and_hand_over(faelle):
    """Not the second worker, not a person who is merely named."""
    assert seen(policies.disposable_hilfefaelle) == table(
        **{
            "worker": "A T",
            "guardian": "a t",
            "worker and guardian": "A a T t",
            "deputy": "A",
            "guardian, lead and auditor": "a t",
            "team lead": "A B C T",
            "colleague of the team": "C",
        }
    )


def test_names(faelle):
    """Economic youth welfare knows whom it pays for."""
    assert seen(policies.visible_stammdaten) == table(**READ, **{"economic youth welfare": "G K"})


def test_amounts(faelle):
    """The lead who orders payments knows the number and the amount."""
    more = {"economic youth welfare": "G K", "lead of the office": "E S K G"}
    more["guardian, lead and auditor"] = "a m E P p T t S s K k G"
    assert seen(policies.visible_vorgaenge) == table(**(READ | more))


def test_what_the_lead_may_open_with_a_reason(faelle):
    leads = ("lead of the office", "guardian, lead and auditor")
    assert seen(policies.open_to_reason) == table(**dict.fromkeys(leads, "A B C O M E P G"))
