"""What each role may do with cases at all, and who may be named or told."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from tenant_apps.cases import policies
from tenant_apps.cases.models import AnvertrauteNotiz, Aufgabenbereich, Hilfefall, Notizfreigabe, Weitergabegrund
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall

ASD, TEAM, VORMUND, AMTSLEITUNG = Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.VORMUND, Rolle.JUGENDAMTSLEITUNG


def person(*rollen: Rolle) -> Akteur:
    return Akteur(user_id=uuid4(), username="x", name="X", rollen=frozenset(rollen), tenant_id=1)


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (policies.may_lead_faelle, {ASD, TEAM, VORMUND}),
        (policies.may_hand_over, {ASD, TEAM, VORMUND, AMTSLEITUNG}),
        (policies.may_list_orphaned, {TEAM, AMTSLEITUNG, VORMUND}),
        (policies.may_work_nights, {Rolle.RUFBEREITSCHAFT}),
        (policies.may_take_over, {TEAM, AMTSLEITUNG}),
        (policies.may_name_for_abandoned, {AMTSLEITUNG}),
        (policies.may_work_nights, {Rolle.RUFBEREITSCHAFT}),
        (policies.may_take_over, {TEAM, AMTSLEITUNG}),
        (policies.may_list_hilfefaelle, {ASD, TEAM, VORMUND, Rolle.WJH, AMTSLEITUNG, Rolle.PRUEFUNG}),
        (policies.may_look_with_reason, {AMTSLEITUNG}),
        (policies.may_link_faelle, {TEAM}),
        (policies.may_keep_anvertrautes, {ASD, TEAM, VORMUND, AMTSLEITUNG}),
    ],
)
def test_role(policy, who):
    assert {rolle for rolle in Rolle if policy(person(rolle))} == who


def test_who_may_be_named_for_a_sealed_case_stands_on_its_side_of_the_wall():
    assert policies.nameable(Hilfefall(aufgabe=Aufgabenbereich.VORMUNDSCHAFT)) == {VORMUND}
    for aufgabe in (Aufgabenbereich.LEISTUNG, Aufgabenbereich.ANDERE_AUFGABE):
        assert policies.nameable(Hilfefall(aufgabe=aufgabe)) == {ASD, TEAM, Rolle.WJH, AMTSLEITUNG}


def test_who_may_lead_a_case_stands_on_its_side_of_the_wall():
    assert policies.takers(Hilfefall(aufgabe=Aufgabenbereich.VORMUNDSCHAFT)) == {VORMUND}
    for aufgabe in (Aufgabenbereich.LEISTUNG, Aufgabenbereich.ANDERE_AUFGABE):
        assert policies.takers(Hilfefall(aufgabe=aufgabe)) == {ASD, TEAM}


@pytest.mark.django_db
def test_entrusted_note_is_the_authors_and_of_whom_she_told(vg):
    """Told to two people: still one note. A role that keeps no notes sees none, not even one told to it once."""
    author, told, also, stranger = (person(ASD) for _ in range(4))
    moved = Akteur(user_id=told.user_id, username="x", name="X", rollen=frozenset({Rolle.CONTROLLING}), tenant_id=1)
    with in_tenant(vg, user_id=author.user_id):
        fall = create_hilfefall(fachkraft_id=author.user_id)
        notiz = AnvertrauteNotiz.objects.create(hilfefall=fall, verfasser_id=author.user_id, text="x")
        for reader in (told, also):
            Notizfreigabe.objects.create(
                notiz=notiz, verfasser_id=author.user_id, empfaenger_id=reader.user_id,
                grund_code=Weitergabegrund.EINWILLIGUNG, begruendung="Grund genug",
            )  # fmt: skip
    with in_tenant(vg):  # as a job, which the database shows every row: the policy alone decides
        assert [policies.visible_anvertraute(who).count() for who in (author, told, also)] == [1, 1, 1]
        assert [policies.own_anvertraute(who).count() for who in (author, told, also)] == [1, 0, 0]
        assert not policies.visible_anvertraute(stranger).exists()
        assert not policies.visible_anvertraute(moved).exists()
