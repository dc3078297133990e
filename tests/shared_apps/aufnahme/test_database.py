"""The database itself: no provider is let in but by an application that two people of its office have signed."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from uuid6 import uuid7

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.aufnahme import policies, services
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.states import AUFNAHMEANTRAG, AufnahmeZustand
from shared_apps.core.clock import real_now, today
from shared_apps.providers.models import Anbieter
from tenants.context import on_portal
from tenants.door.middleware import NIEMAND
from tests.shared_apps.aufnahme.joining import ANGABEN, HAEUSER, applied, apply, entered, newest, run

pytestmark = pytest.mark.django_db


def refused(match: str):
    return pytest.raises(DatabaseError, match=match)


def row(vg, **other: object) -> dict[str, object]:
    return {
        **ANGABEN, "person_email": "lotte@leuchtfeuer.example", "einrichtungen": HAEUSER, "tenant": vg,
        "token_hash": uuid7().hex, "expires_at": real_now(), **other,
    }  # fmt: skip


def test_it_begins_unconfirmed_or_signed__at_the_office_of_the_place(cast, vg, hro) -> None:
    anton, gerd = cast.user("anton").pk, cast.user("gerd").pk
    signed = {"zustand": "GEPRUEFT", "token_hash": "", "vorgeschlagen_at": real_now()}
    for who, said, other in (
        (NIEMAND, "begins unconfirmed", {"zustand": "OFFEN", "bestaetigt_at": real_now()}),
        (NIEMAND, "in whose district", {"tenant": hro}),
        (NIEMAND, "in whose district", {"einrichtungen": {}}),
        (NIEMAND, "each in her own name", signed | {"vorgeschlagen_von_id": anton}),
        (gerd, "each in her own name", signed | {"vorgeschlagen_von_id": gerd}),
        (anton, "each in her own name", signed | {"vorgeschlagen_von_id": cast.user("emil").pk}),
        (
            anton,
            "nobody of the deciding office",
            signed | {"vorgeschlagen_von_id": anton, "person_email": "emil@example.org"},
        ),
    ):
        with refused(said), transaction.atomic(), on_portal(user_id=who):
            Aufnahmeantrag.objects.create(**row(vg, **other))


def test_a_stranger_reads_changes_and_deletes_nothing(cast, vg) -> None:
    antrag = applied()
    for who in (NIEMAND, cast.user("gerd").pk):
        with on_portal(user_id=who):
            rows = Aufnahmeantrag.objects.filter(pk=antrag.pk)
            assert (rows.count(), rows.update(zustand="ABGELEHNT"), rows.delete()[0]) == (0, 0, 0)


def test_link__opens_one_application_and_leads_one_way(vg) -> None:
    """What if all arguments lie? `beleg` is known to whoever has the mail; `nach` is one of two states, or nothing."""
    link = apply()
    antrag = newest()

    def ask(sql: str, *args: object) -> object:
        with on_portal(user_id=NIEMAND), connection.cursor() as cursor:
            return cursor.execute(sql, args).fetchone()[0]

    for beleg in ("", "erfunden", link, antrag.pk, "%", "' OR true --"):
        assert ask("SELECT aufnahme_stand(%s)", str(beleg)) is None
        assert ask("SELECT aufnahme_beantworten(%s, 'OFFEN')", str(beleg)) is False
    for nach in ("AUFGENOMMEN", "GEPRUEFT", "ABGELEHNT", "ZURUECKGEZOGEN", "", "UNBESTAETIGT"):
        assert ask("SELECT aufnahme_beantworten(%s, %s)", antrag.token_hash, nach) is False
    assert ask("SELECT aufnahme_beantworten(%s, 'OFFEN')", antrag.token_hash) is True
    assert ask("SELECT aufnahme_beantworten(%s, 'OFFEN')", antrag.token_hash) is False
    assert ask("SELECT aufnahme_stand(%s)", antrag.token_hash) == "OFFEN"
    entered_row = "SELECT aufnahme_beantworten('', 'ZURUECKGEZOGEN')"
    assert ask(entered_row) is False


def test_the_office_leads_only_where_it_may__and_alters_nothing(cast, vg) -> None:
    antrag, eigener = applied(), entered(cast, name="Haus Nebel e. V.")
    anton, emil = cast.user("anton").pk, cast.user("emil").pk
    now = real_now()
    for who, pk, said, change in (
        (anton, antrag.pk, "row-level security", {"person_email": "anton@privat.example"}),
        (anton, antrag.pk, "row-level security", {"zustand": "ZURUECKGEZOGEN", "entschieden_at": now}),
        (anton, antrag.pk, "own name", {"zustand": "GEPRUEFT", "vorgeschlagen_von": emil}),
        (anton, antrag.pk, "aufnahme_stand", {"zustand": "AUFGENOMMEN", "vorgeschlagen_von": anton}),
        (emil, eigener.pk, "stays as it is", {"vorgeschlagen_von": emil}),
        (emil, eigener.pk, "stays as it is", {"person_email": "emil@privat.example"}),
        (emil, eigener.pk, "no way leads", {"grund": "x"}),
        (emil, eigener.pk, "own name", {"zustand": "ZURUECKGEZOGEN", "entschieden_von": emil, "entschieden_at": now}),
        (
            emil,
            eigener.pk,
            "own name",
            {"zustand": "ABGELEHNT", "entschieden_von": anton, "entschieden_at": now, "grund": "x"},
        ),
    ):
        with refused(said), transaction.atomic(), on_portal(user_id=who):
            Aufnahmeantrag.objects.filter(pk=pk).update(**change)


def _admit_by_hand(who: UUID, antrag: Aufnahmeantrag, anbieter: Anbieter | None = None, **other: object) -> None:
    """What the service does, with what somebody would rather have."""
    with transaction.atomic(), on_portal(user_id=who):
        anbieter = anbieter or Anbieter.objects.create(name=antrag.name)
        user = other.pop("user", None) or User.objects.create_user(
            username=uuid7().hex, password=None, email=antrag.person_email
        )
        fields = {"rolle": Rolle.ANBIETER, "verwaltet": True, "gueltig_ab": today()} | other
        membership = Membership.objects.create(user=user, anbieter_id=anbieter.pk, **fields)
        Aufnahmeantrag.objects.filter(pk=antrag.pk).update(
            zustand="AUFGENOMMEN", entschieden_von=who, entschieden_at=real_now(), anbieter=anbieter,
            membership=membership,
        )  # fmt: skip
        connection.check_constraints()


def test_what_is_admitted_is_new_and_of_the_person_who_was_named(cast, vg) -> None:
    antrag = entered(cast)
    anton, emil = cast.user("anton").pk, cast.user("emil").pk
    unverwaltet = Anbieter.objects.create(name=antrag.name)
    with refused("is a new provider"):
        _admit_by_hand(emil, antrag, anbieter=unverwaltet)
    Anbieter.objects.filter(pk=unverwaltet.pk).update(name="Haus ohne Verwaltung")
    for who, said, other in (
        (anton, "aufnahme_vier_augen", {}),
        (emil, "is a new provider", {"user": cast.user("nora")}),
        (emil, "is a new provider", {"verwaltet": False}),
        (emil, "is a new provider", {"rolle": Rolle.ANBIETER_ABRECHNUNG, "verwaltet": False}),
        (emil, "is a new provider", {"anbieter": cast.anbieter("Jugendhilfe Küste gGmbH")}),
    ):
        with refused(said):
            _admit_by_hand(who, antrag, **other)
    _admit_by_hand(emil, antrag)


def test_no_first_administration_without_its_admission(cast, vg) -> None:
    """The proof of the role is the admitted application: neither one of another provider nor none at all."""
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=entered(cast))
    emil, lotte = cast.user("emil").pk, User.objects.get(email="lotte@leuchtfeuer.example")
    fields = {"user": lotte, "rolle": Rolle.ANBIETER, "verwaltet": True, "gueltig_ab": today()}
    with refused("a second person has approved"), transaction.atomic(), on_portal(user_id=emil):
        anderer = Anbieter.objects.create(name="Noch einer")
        Membership.objects.create(anbieter_id=anderer.pk, **fields)
        connection.check_constraints()
    with refused("a second person has approved"), transaction.atomic(), on_portal(user_id=emil):
        Membership.objects.filter(user=lotte).update(user=cast.user("nora"))
        connection.check_constraints()


def test_a_job_decides_nothing_and_forgets_only_what_is_over(cast, vg) -> None:
    antrag = entered(cast)
    with on_portal():
        rows = Aufnahmeantrag.objects.filter(pk=antrag.pk)
        assert (rows.count(), rows.update(grund="x"), rows.delete()[0]) == (1, 0, 0)


def test_the_lists_of_the_database_are_the_codes(cast, vg) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef('aufnahme_signiert'::regproc),"
            " pg_get_functiondef('aufnahme_antrag_pruefen'::regproc)"
        )
        signiert, pruefen = cursor.fetchone()
    alle = {rolle.value for rolle in Rolle}
    assert {rolle for rolle in alle if f"'{rolle}'" in signiert} == set(policies.SIGNIERT)
    erlaubt = pruefen.partition("NEW.zustand) NOT IN (")[2].partition("THEN")[0]
    schritte = {(von, nach) for von, weiter in AUFNAHMEANTRAG.uebergaenge.items() for nach in weiter.values()}
    assert {
        (von, nach) for von in AufnahmeZustand for nach in AufnahmeZustand if f"('{von}', '{nach}')" in erlaubt
    } == schritte
