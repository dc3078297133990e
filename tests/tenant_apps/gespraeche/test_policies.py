"""Who reads, who writes and who is asked for an answer in the talks of an office with its houses.

The policies alone decide here, as in a job, to which the database shows every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now
from shared_apps.providers.models import Angebot
from tenant_apps.cases.models import FreigabeArt
from tenant_apps.gespraeche import policies
from tenant_apps.gespraeche.enums import Rueckfragenwahl
from tenant_apps.gespraeche.models import Gespraech, Gespraechsstand
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.factories.gespraeche import create_nachricht
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot, create_einrichtung
from tests.tenant_apps.cases.freigaben import release

ASD, TEAM, HEAD = Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG
HOUSE = {Rolle.ANBIETER, Rolle.EINRICHTUNG}
ANNA, BERND, EMIL, FERN, INES = (uuid4() for _ in range(5))


def person(*rollen: Rolle, user_id: UUID | None = None, haus: Angebot | None = None, **fields) -> Akteur:
    ids = frozenset({haus.einrichtung.anbieter_id} if haus else ())
    return Akteur(
        user_id=user_id or uuid4(), username="x", name="X", rollen=frozenset(rollen), anbieter_ids=ids, **fields
    )


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (policies.may_read_gespraeche, {ASD, TEAM, HEAD, Rolle.PRUEFUNG, *HOUSE}),
        (policies.may_write_gespraeche, {ASD, TEAM, *HOUSE}),
        (policies.may_list_rueckfragen, {ASD, TEAM, HEAD}),
        (policies.may_settle, {ASD, TEAM}),
    ],
)
def test_role(policy, who):
    assert {rolle for rolle in Rolle if policy(person(rolle))} == who


@dataclass
class World:
    """Talks by whose case it is and with which house; who might be interested in them."""

    gespraeche: dict[str, Gespraech]
    people: dict[str, Akteur]

    def seen(self, visible: Callable[[Akteur], QuerySet], weg: str = "pk") -> dict[str, set[str]]:
        """What each person gets, nobody who gets nothing."""
        names = {gespraech.pk: name for name, gespraech in self.gespraeche.items()}
        found = {name: set(visible(who).values_list(weg, flat=True)) for name, who in self.people.items()}
        return {name: {names[pk] for pk in pks} for name, pks in found.items() if pks}


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


def create_world(vg: Tenant) -> World:
    """In each talk the house has asked and waits; at See nobody has answered for so long that the lead was told.

    "F" is a sealed case far away. The head of the office has opened Bernd's for the day by giving a reason.
    """
    strand = create_angebot(einrichtung=create_einrichtung(name="Haus Strand"))
    nebenan = create_angebot(einrichtung=create_einrichtung(name="Haus nebenan"))
    see = create_angebot(anbieter="Haus am See e. V.", plaetze=3)
    asked = {
        "A Strand": (ANNA, strand),
        "A nebenan": (ANNA, nebenan),
        "A See": (ANNA, see),
        "B See": (BERND, see),
        "F See": (FERN, see),
    }
    gespraeche = {}
    with in_tenant(vg):
        for name, (wer, angebot) in asked.items():
            team = "Fern" if wer == FERN else "Anklam"
            fall = create_hilfefall(fachkraft_id=wer, team=team, gesperrt=wer == FERN)
            reservierung = create_reservierung(fachkraft_id=wer, angebot=angebot, hilfefall=fall)
            gespraeche[name] = create_nachricht(reservierung, verfasser_id=INES).gespraech
        Gespraechsstand.objects.filter(gespraech__anbieter_id=see.einrichtung.anbieter_id).update(eskaliert_at=now())
        release(gespraeche["B See"].hilfefall, FreigabeArt.EINSICHT, EMIL)
    im_strand = frozenset({strand.einrichtung_id})
    people = {
        "anna": person(ASD, user_id=ANNA),
        "deputy": person(ASD, vertritt=frozenset({BERND})),
        "team lead": person(TEAM, geleitete_teams=frozenset({"Anklam"})),
        "head": person(HEAD, user_id=EMIL),
        "head who leads cases": person(ASD, HEAD, user_id=ANNA),
        "economic youth welfare": person(Rolle.WJH, user_id=ANNA, haus=see),
        "guardian": person(Rolle.VORMUND, user_id=ANNA),
        "operations": person(Rolle.BETRIEB, user_id=ANNA, haus=see),
        "küste": person(Rolle.ANBIETER, haus=strand),
        "küste, bills": person(Rolle.ANBIETER_ABRECHNUNG, haus=strand),
        "staff of Strand": person(Rolle.EINRICHTUNG, haus=strand, einrichtung_ids=im_strand),
        "staff of Strand, lent to See": person(Rolle.EINRICHTUNG, haus=see, einrichtung_ids=im_strand),
        "see": person(Rolle.ANBIETER, user_id=ANNA, haus=see),
        "bernd, and at Strand": person(
            ASD, Rolle.EINRICHTUNG, user_id=BERND, haus=strand, einrichtung_ids=im_strand
        ),
    }  # fmt: skip
    return World(gespraeche, people)


KUESTE = {"A Strand", "A nebenan"}


def test_whoever_reads_the_file_reads_its_talks__a_house_its_own(world):
    reads = {
        "anna": {*KUESTE, "A See"},
        "deputy": {"B See"},
        "team lead": {*KUESTE, "A See", "B See"},
        "head": {"B See"},
        "head who leads cases": {*KUESTE, "A See"},
        "küste": KUESTE,
        "staff of Strand": {"A Strand"},
        "see": {"A See", "B See", "F See"},
        "bernd, and at Strand": {"B See", "A Strand"},
    }
    assert world.seen(policies.visible_gespraeche) == reads
    zwei = [world.gespraeche[name].stand for name in ("A See", "B See")]
    assert policies.readable_ids(world.people["anna"], zwei) == {world.gespraeche["A See"].pk}, "of a page's rows"


def test_the_list_of_whoever_may_change_the_case__the_head_sees_where_nobody_answers(world):
    lists = {
        "anna": {*KUESTE, "A See"},
        "deputy": {"B See"},
        "team lead": {*KUESTE, "A See", "B See"},
        "head": {"A See", "B See"},
        "head who leads cases": {*KUESTE, "A See", "B See"},
        "bernd, and at Strand": {"B See"},
    }
    assert world.seen(policies.visible_staende, "gespraech_id") == lists
    anna, jede = world.people["anna"], tuple(Rueckfragenwahl)
    assert {nur: policies.count_staende(anna, nur) for nur in jede} == {
        Rueckfragenwahl.UNGELESEN: (3, False),
        Rueckfragenwahl.WARTET: (3, False),
        Rueckfragenwahl.GEMELDET: (1, False),
    }


def test_writing__who_may_change_the_case__and_a_house_that_has_found_a_matter_of_its_own(world):
    falls = {name: world.gespraeche[name].hilfefall_id for name in ("A Strand", "B See")}
    writes = {
        name: {about for about, fall in falls.items() if policies.may_write_about(who, fall)}
        for name, who in world.people.items()
    }
    whoever = dict.fromkeys(("küste", "staff of Strand", "staff of Strand, lent to See", "see"), frozenset(falls))
    assert {name: about for name, about in writes.items() if about} == whoever | {
        "anna": {"A Strand"},
        "deputy": {"B See"},
        "team lead": {"A Strand", "B See"},
        "head who leads cases": {"A Strand"},
        "bernd, and at Strand": {"B See"},
    }, "whose matter it is, a house is asked before"


def test_read_for_her_side__by_the_worker_or_her_deputy__of_a_house_by_anybody(world):
    gespraech = world.gespraeche["B See"]
    marks = {name for name, who in world.people.items() if policies.reads_for_her_side(who, gespraech)}
    of_a_house = {"küste", "küste, bills", "staff of Strand", "staff of Strand, lent to See", "see"}
    assert marks == {"deputy", "bernd, and at Strand"} | of_a_house, "a lead who looks takes no news from the worker"
