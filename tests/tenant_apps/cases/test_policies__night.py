"""Cases that were opened on call at night: hers until the office takes them over, and then somebody's for certain."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from tenant_apps.cases import policies
from tenant_apps.cases.models import Aufgabenbereich, FreigabeArt, Hilfefall
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.people import appoint
from tests.tenant_apps.cases.freigaben import release

pytestmark = pytest.mark.django_db
RUFINA, EMIL = uuid4(), uuid4()


def person(user_id, *rollen: Rolle, teams: tuple[str, ...] = ()) -> Akteur:
    return Akteur(
        user_id=user_id, username="x", name="X", rollen=frozenset(rollen), tenant_id=1, teams=frozenset(teams),
        geleitete_teams=frozenset(teams),
    )  # fmt: skip


@pytest.fixture
def nacht(vg, cast) -> None:
    """Rufina's cases of last night, by what is special about each. Clara leads Anklam, Bernd leads Demmin."""
    cast.user("clara")
    appoint(user=cast.user("bernd"), tenant=vg, rolle=Rolle.TEAMLEITUNG, team="Demmin", gueltig_ab=today())

    def case(nummer: str, **fields) -> Hilfefall:
        return create_hilfefall(
            fallnummer=nummer, **{"fachkraft_id": RUFINA, "team": "Anklam", "uebernahme_offen": True} | fields
        )

    with in_tenant(vg):
        for team in ("Anklam", "Demmin", "Wolgast", ""):
            case(team or "ohne Team", team=team)
        case("läuft", zustand="LAUFEND")
        case("zu", zustand="ABGESCHLOSSEN")
        case("übernommen", uebernahme_offen=False)
        case("der anderen", fachkraft_id=uuid4())
        case("Vormundschaft", aufgabe=Aufgabenbereich.VORMUNDSCHAFT)
        case("eingeschränkt", klient=create_klient(eingeschraenkt_seit=today()))
        case("gesperrt", gesperrt=True)
        release(case("gesperrt, mit Emil", gesperrt=True), FreigabeArt.SPERRFALL, EMIL)


def numbers(vg, policy, akteur: Akteur) -> set[str]:
    """As a job, which the database shows every row: the policy alone decides."""
    with in_tenant(vg):
        return {fall.fallnummer for fall in policy(akteur)}


def test_who_was_on_call_has_her_own_that_nobody_works_on_yet(vg, nacht):
    ihre = {"Anklam", "Demmin", "Wolgast", "ohne Team", "Vormundschaft"}
    assert numbers(vg, policies.own_of_the_night, person(RUFINA, Rolle.RUFBEREITSCHAFT)) == ihre
    assert not numbers(vg, policies.own_of_the_night, person(EMIL, Rolle.RUFBEREITSCHAFT))
    assert not numbers(vg, policies.own_of_the_night, person(RUFINA, Rolle.ASD)), "on call no more"


def test_each_waits_for_the_lead_of_its_team__of_no_lead_for_all__and_for_the_head(vg, nacht):
    clara, emil = person(uuid4(), Rolle.TEAMLEITUNG, teams=("Anklam",)), person(EMIL, Rolle.JUGENDAMTSLEITUNG)
    claras = {"Anklam", "Wolgast", "ohne Team", "läuft", "der anderen"}
    for akteur, waits in (
        (clara, claras),
        (emil, claras | {"Demmin", "gesperrt, mit Emil"}),
        (person(RUFINA, Rolle.RUFBEREITSCHAFT), set()),
        (person(uuid4(), Rolle.ASD, teams=("Anklam",)), set()),
    ):
        assert numbers(vg, policies.night_hilfefaelle, akteur) == waits
        with in_tenant(vg):
            assert policies.count_of_the_night(akteur) == (len(waits), False)
