"""Four eyes: in the services, and once more in the database."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Freigabe
from tenant_apps.audit.selectors import find_valid_freigabe
from tenant_apps.audit.services import (
    decline_freigabe,
    expire_freigaben,
    grant_freigabe,
    request_freigabe,
    revoke_freigabe,
)
from tenant_apps.audit.states import FreigabeZustand
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db
LESEN = "PROTOKOLL_LESEN"


def person(*rollen: Rolle) -> Akteur:
    return Akteur(user_id=uuid4(), username="x", name="X", rollen=frozenset(rollen), tenant_id=1)


@pytest.fixture
def dora() -> Akteur:
    return person(Rolle.DATENSCHUTZ)


@pytest.fixture
def emil() -> Akteur:
    return person(Rolle.JUGENDAMTSLEITUNG)


@pytest.fixture
def asked(vg, dora) -> Freigabe:
    with in_tenant(vg, user_id=dora.user_id):
        return request_freigabe(akteur=dora, vorgang=LESEN, grund="Beschwerde 4711")


def test_asked_approved_used(vg, dora, emil, asked):
    with in_tenant(vg, user_id=dora.user_id):
        assert find_valid_freigabe(user_id=dora.user_id, vorgang=LESEN) is None
    with in_tenant(vg, user_id=emil.user_id):
        granted = grant_freigabe(akteur=emil, freigabe_id=asked.pk)
        assert timedelta(hours=3) < granted.gueltig_bis - timezone.now() <= timedelta(hours=4)
        assert find_valid_freigabe(user_id=emil.user_id, vorgang=LESEN) is None
        assert find_valid_freigabe(user_id=dora.user_id, vorgang="ANDERES") is None
        assert find_valid_freigabe(user_id=dora.user_id, vorgang=LESEN).pk == asked.pk


def test_asked_by_an_account_that_was_closed__not_approved(vg, cast, emil):
    frau = cast.akteur("dora")
    with in_tenant(vg, user_id=frau.user_id):
        asked = request_freigabe(akteur=frau, vorgang=LESEN, grund="Beschwerde 4711")
    User.objects.filter(pk=frau.user_id).update(is_active=False)
    with in_tenant(vg, user_id=emil.user_id):
        with pytest.raises(Konflikt, match="ist gesperrt"):
            grant_freigabe(akteur=emil, freigabe_id=asked.pk)
        decline_freigabe(akteur=emil, freigabe_id=asked.pk, bemerkung="Konto gesperrt")


def test_asked_with_one_account__not_approved_with_the_other_behind_the_same_mailbox(vg, cast):
    dora, emil = cast.akteur("dora"), cast.akteur("emil")
    User.objects.filter(pk=emil.user_id).update(email="Dora+Leitung@example.org")
    with in_tenant(vg, user_id=dora.user_id):
        asked = request_freigabe(akteur=dora, vorgang=LESEN, grund="Beschwerde 4711")
    with in_tenant(vg, user_id=emil.user_id):
        with pytest.raises(Verweigert, match="zweite Person"):
            grant_freigabe(akteur=emil, freigabe_id=asked.pk)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Freigabe.objects.filter(pk=asked.pk).update(
                zustand="BEWILLIGT", entschieden_von=emil.user_id, entschieden_at=timezone.now(),
                gueltig_bis=timezone.now() + timedelta(hours=1),
            )  # fmt: skip
    with in_tenant(vg, user_id=cast.akteur("dirk").user_id):
        assert Freigabe.objects.get(pk=asked.pk).zustand == "BEANTRAGT"


def test_object_is_part_of_the_approval(vg, dora, emil):
    one, other = uuid4(), uuid4()
    with in_tenant(vg, user_id=dora.user_id):
        asked = request_freigabe(akteur=dora, vorgang=LESEN, grund="Beschwerde", objekt_id=one)
    with in_tenant(vg, user_id=emil.user_id):
        grant_freigabe(akteur=emil, freigabe_id=asked.pk)
        assert find_valid_freigabe(user_id=dora.user_id, vorgang=LESEN, objekt_id=one)
        assert find_valid_freigabe(user_id=dora.user_id, vorgang=LESEN, objekt_id=other) is None


def test_own_request_is_decided_by_somebody_else(vg, dora, asked):
    with in_tenant(vg, user_id=dora.user_id), pytest.raises(Verweigert, match="zweite Person"):
        grant_freigabe(akteur=dora, freigabe_id=asked.pk)


def test_wrong_role_neither_asks_nor_decides(vg, asked):
    anna = person(Rolle.ASD)
    with in_tenant(vg, user_id=anna.user_id):
        with pytest.raises(Verweigert):
            request_freigabe(akteur=anna, vorgang=LESEN, grund="Neugier")
        with pytest.raises(Verweigert):
            grant_freigabe(akteur=anna, freigabe_id=asked.pk)
        with pytest.raises(Verweigert):
            revoke_freigabe(akteur=anna, freigabe_id=asked.pk)


def test_declined_stays_declined(vg, dora, emil, asked):
    with in_tenant(vg, user_id=emil.user_id):
        with pytest.raises(RegelVerletzt):
            decline_freigabe(akteur=emil, freigabe_id=asked.pk, bemerkung=" ")
        decline_freigabe(akteur=emil, freigabe_id=asked.pk, bemerkung="Zu weit gefasst.")
        with pytest.raises(Konflikt):
            grant_freigabe(akteur=emil, freigabe_id=asked.pk)


def test_taken_back_and_expired(vg, dora, emil, asked):
    with in_tenant(vg, user_id=emil.user_id):
        grant_freigabe(akteur=emil, freigabe_id=asked.pk)
        revoke_freigabe(akteur=emil, freigabe_id=asked.pk)
        assert find_valid_freigabe(user_id=dora.user_id, vorgang=LESEN) is None
    with in_tenant(vg, user_id=dora.user_id):
        second = request_freigabe(akteur=dora, vorgang=LESEN, grund="Beschwerde", stunden=1)
    with in_tenant(vg, user_id=emil.user_id):
        grant_freigabe(akteur=emil, freigabe_id=second.pk)
        Freigabe.objects.filter(pk=second.pk).update(gueltig_bis=timezone.now() - timedelta(seconds=1))
        assert find_valid_freigabe(user_id=dora.user_id, vorgang=LESEN) is None
        assert expire_freigaben() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [({"grund": "x"}, "Grund"), ({"stunden": 5}, "1 bis 4"), ({"stunden": 0}, "1 bis 4")],
)
def test_request_with_gaps_is_refused(vg, dora, fields, message):
    with in_tenant(vg, user_id=dora.user_id), pytest.raises(RegelVerletzt, match=message):
        request_freigabe(akteur=dora, vorgang=LESEN, **({"grund": "Beschwerde"} | fields))


def test_database_refuses_to_ask_in_another_name(vg, dora):
    with in_tenant(vg, user_id=uuid4()), pytest.raises(ProgrammingError, match="row-level security"):
        request_freigabe(akteur=dora, vorgang=LESEN, grund="Beschwerde")


def test_database_refuses_both_in_one_person(vg, dora, emil, asked):
    fields = {"zustand": FreigabeZustand.BEWILLIGT, "entschieden_at": timezone.now(), "gueltig_bis": timezone.now()}
    for who, entschieden in ((dora, emil), (dora, dora), (emil, dora)):
        with (
            in_tenant(vg, user_id=who.user_id),
            pytest.raises((ProgrammingError, IntegrityError)),
            transaction.atomic(),
        ):
            Freigabe.objects.filter(pk=asked.pk).update(**fields, entschieden_von=entschieden.user_id)


def test_database_refuses_another_reason_afterwards(vg, emil, asked):
    with in_tenant(vg, user_id=emil.user_id), pytest.raises(ProgrammingError, match="permission denied"):
        Freigabe.objects.filter(pk=asked.pk).update(grund="anders")
