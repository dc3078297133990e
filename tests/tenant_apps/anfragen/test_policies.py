"""Who asks houses, who answers for one, and which enquiries each person sees. The policies alone decide here."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from shared_apps.providers.models import Angebot
from tenant_apps.anfragen import policies
from tenants.context import in_tenant
from tests.factories.anfragen import create_hausanfrage
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot, create_einrichtung

ASD, TEAM, ANBIETER, EINRICHTUNG = Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.ANBIETER, Rolle.EINRICHTUNG
ANNA, BERND = uuid4(), uuid4()


def person(*rollen: Rolle, user_id: UUID | None = None, haus: Angebot | None = None, **fields) -> Akteur:
    ids = frozenset({haus.einrichtung.anbieter_id} if haus else ())
    return Akteur(
        user_id=user_id or uuid4(), username="x", name="X", rollen=frozenset(rollen), anbieter_ids=ids, **fields
    )


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (policies.may_ask, {ASD, TEAM}),
        (policies.may_answer, {ANBIETER}),
        (policies.may_read_hausanfrage, ANBIETERSEITE),
        (policies.sees_bedarf, {ANBIETER, EINRICHTUNG}),
    ],
)
def test_role(policy, who):
    assert {rolle for rolle in Rolle if policy(person(rolle))} == who


@pytest.mark.django_db
def test_the_office_sees_what_it_may_book_for__a_house_what_it_is_asked_itself(vg):
    """Anna has asked Strand and the house next door, both of Küste, and See; Bernd has asked See."""
    strand = create_angebot(einrichtung=create_einrichtung(name="Haus Strand"))
    nebenan = create_angebot(einrichtung=create_einrichtung(name="Haus nebenan"))
    see = create_angebot(anbieter="Haus am See e. V.")
    asked = (("A Strand", ANNA, strand), ("A nebenan", ANNA, nebenan), ("A See", ANNA, see), ("B See", BERND, see))
    im_strand = frozenset({strand.einrichtung_id})
    people = {
        "anna": person(ASD, user_id=ANNA),
        "bernd": person(ASD, user_id=BERND),
        "deputy": person(ASD, vertritt=frozenset({BERND})),
        "team lead": person(TEAM, geleitete_teams=frozenset({"Anklam"})),
        "lead of the office": person(Rolle.JUGENDAMTSLEITUNG),
        "economic youth welfare": person(Rolle.WJH, user_id=ANNA, haus=see),
        "guardian": person(Rolle.VORMUND, user_id=ANNA),
        "operations": person(Rolle.BETRIEB, user_id=ANNA, haus=see),
        "küste": person(ANBIETER, haus=strand),
        "küste, bills": person(Rolle.ANBIETER_ABRECHNUNG, haus=strand),
        "staff of Strand": person(EINRICHTUNG, haus=strand, einrichtung_ids=im_strand),
        "staff of Strand, lent to See": person(EINRICHTUNG, haus=see, einrichtung_ids=im_strand),
        "see": person(ANBIETER, user_id=ANNA, haus=see),
        "bernd, and at Strand": person(ASD, EINRICHTUNG, user_id=BERND, haus=strand, einrichtung_ids=im_strand),
    }
    with in_tenant(vg):
        made = {
            create_hausanfrage(hilfefall=create_hilfefall(fachkraft_id=wer), angebot=angebot).pk: name
            for name, wer, angebot in asked
        }
        seen = {name: {made[row.pk] for row in policies.visible_hausanfragen(who)} for name, who in people.items()}
        whole = {name: policies.visible_anfragen(who).count() for name, who in people.items()}
    kueste = {"A Strand", "A nebenan"}
    assert {name: rows for name, rows in seen.items() if rows} == {
        "anna": {*kueste, "A See"},
        "bernd": {"B See"},
        "deputy": {"B See"},
        "team lead": {*kueste, "A See", "B See"},
        "küste": kueste,
        "küste, bills": kueste,
        "staff of Strand": {"A Strand"},
        "see": {"A See", "B See"},
        "bernd, and at Strand": {"B See", "A Strand"},
    }
    assert {name: rows for name, rows in whole.items() if rows} == {
        "anna": 3, "bernd": 1, "deputy": 1, "team lead": 4, "bernd, and at Strand": 1,
    }, "a house never sees whom else the office has asked"  # fmt: skip
