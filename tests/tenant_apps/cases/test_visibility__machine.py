"""Any sequence of hand-over, release, seal and time: the policies say what a plain function over the facts says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from tenant_apps.cases import policies
from tenant_apps.cases.models import Fallfreigabe, FreigabeArt, Hilfefall
from tenant_apps.cases.services.freigabe import create_einsicht, create_freigabe, end_freigabe
from tenant_apps.cases.services.sperre import seal_hilfefall, unseal_hilfefall
from tenant_apps.cases.services.uebergabe import transfer_hilfefall
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PEOPLE = ("anna", "bernd", "clara", "doris", "emil", "frieda", "anton", "paula")
GRUND = "Grund genug für das Protokoll"
FUEHREND = {Rolle.ASD, Rolle.TEAMLEITUNG}


@dataclass
class Facts:
    """What is true of one case, kept by hand."""

    fachkraft: str
    team: str
    aufgabe: str
    gesperrt: bool = False
    freigaben: set[tuple[str, str]] = field(default_factory=set)  # person, kind


def may_read(akteur: Akteur, name: str, facts: Facts, vertritt: set[str]) -> bool:
    """docs/security.md "Who may see what" as one condition."""
    if facts.aufgabe == "VORMUNDSCHAFT":
        return False  # nobody on this stage is a guardian
    if facts.gesperrt:
        return (name, "SPERRFALL") in facts.freigaben and bool(akteur.rollen & (FUEHREND | {Rolle.JUGENDAMTSLEITUNG}))
    if akteur.rollen & FUEHREND and (facts.fachkraft == name or facts.fachkraft in vertritt):
        return True
    if Rolle.TEAMLEITUNG in akteur.rollen and facts.team in akteur.teams:
        return True
    if akteur.rollen & FUEHREND and (name, "MITARBEIT") in facts.freigaben:
        return True
    return Rolle.JUGENDAMTSLEITUNG in akteur.rollen and (name, "EINSICHT") in facts.freigaben


@pytest.fixture
def machine(cast, vg):
    """The machine's class with its people; each example is rolled back."""
    akteure = {name: cast.akteur(name) for name in PEOPLE}
    names = st.sampled_from(PEOPLE)
    index = st.integers(0, 2)

    class Machine(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.deputy: dict[str, set[str]] = {}
            with in_tenant(vg):
                self.faelle = [
                    create_hilfefall(fachkraft_id=akteure[who].user_id, team=team, aufgabe=aufgabe)
                    for who, team, aufgabe in (
                        ("anna", "Anklam", "LEISTUNG"), ("bernd", "Wolgast", "ANDERE_AUFGABE"),
                        ("anna", "Anklam", "VORMUNDSCHAFT"),
                    )
                ]  # fmt: skip
            self.facts = [
                Facts("anna", "Anklam", "LEISTUNG"), Facts("bernd", "Wolgast", "ANDERE_AUFGABE"),
                Facts("anna", "Anklam", "VORMUNDSCHAFT"),
            ]  # fmt: skip

        def teardown(self) -> None:
            if hasattr(self, "atomic"):
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)

        def akteur(self, name: str) -> Akteur:
            ids = frozenset(akteure[other].user_id for other in self.deputy.get(name, ()))
            return replace(akteure[name], vertritt=ids)

        def call(self, service, by: str, **kwargs) -> bool:
            """Whether the service did it."""
            try:
                with in_tenant(vg, user_id=akteure[by].user_id):
                    service(akteur=self.akteur(by), **kwargs)
            except SojusError:
                return False
            return True

        @rule(i=index, by=names, to=names, art=st.sampled_from([FreigabeArt.MITARBEIT, FreigabeArt.SPERRFALL]))
        def release(self, i, by, to, art) -> None:
            user_id = akteure[to].user_id
            if self.call(create_freigabe, by, hilfefall=self.faelle[i], user_id=user_id, art=art, grund=GRUND):
                self.facts[i].freigaben.add((to, art.value))

        @rule(i=index, by=names)
        def look(self, i, by) -> None:
            if self.call(create_einsicht, by, hilfefall=self.faelle[i], grund=GRUND):
                self.facts[i].freigaben.add((by, "EINSICHT"))

        @rule(i=index, by=names, to=names)
        def end(self, i, by, to) -> None:
            with in_tenant(vg):
                found = Fallfreigabe.objects.filter(
                    hilfefall=self.faelle[i], user_id=akteure[to].user_id, beendet_at=None
                ).first()
            if found and self.call(end_freigabe, by, freigabe=found):
                self.facts[i].freigaben.discard((to, found.art))

        @rule(i=index, to=names)
        def time_runs_out(self, i, to) -> None:
            with in_tenant(vg):
                running = Fallfreigabe.objects.filter(
                    hilfefall=self.faelle[i], user_id=akteure[to].user_id, beendet_at=None
                ).exclude(art=FreigabeArt.SPERRFALL)
                gone = set(running.values_list("art", flat=True))
                running.update(gueltig_ab=today() - timedelta(days=9), gueltig_bis=today())
            self.facts[i].freigaben -= {(to, art) for art in gone}

        @rule(i=index, by=names, named=st.sets(names, max_size=2))
        def seal(self, i, by, named) -> None:
            ids = [akteure[name].user_id for name in named]
            if self.call(seal_hilfefall, by, hilfefall=self.faelle[i], benannte=ids, grund=GRUND):
                facts = self.facts[i]
                facts.gesperrt = True
                facts.freigaben |= {(name, "SPERRFALL") for name in {*named, by, facts.fachkraft}}

        @rule(i=index, by=names)
        def unseal(self, i, by) -> None:
            if self.call(unseal_hilfefall, by, hilfefall=self.faelle[i], grund=GRUND):
                self.facts[i].gesperrt = False
                self.facts[i].freigaben = {f for f in self.facts[i].freigaben if f[1] != "SPERRFALL"}

        @rule(i=index, by=names, to=names)
        def transfer(self, i, by, to) -> None:
            facts, user_id = self.facts[i], akteure[to].user_id
            if self.call(transfer_hilfefall, by, hilfefall=self.faelle[i], neue_fachkraft_id=user_id, grund=GRUND):
                facts.freigaben -= {(facts.fachkraft, "SPERRFALL"), (to, "MITARBEIT")}
                if facts.gesperrt:
                    facts.freigaben.add((to, "SPERRFALL"))
                facts.fachkraft, facts.team = to, "Anklam"

        @rule(name=st.sampled_from(["anna", "bernd"]), other=st.sampled_from(["anna", "bernd", "clara"]))
        def deputise(self, name, other) -> None:
            self.deputy[name] = set() if other == name else {other}

        @invariant()
        def policies_agree_with_the_facts(self) -> None:
            if not hasattr(self, "facts"):
                return
            for name in PEOPLE:
                akteur = self.akteur(name)
                with in_tenant(vg, user_id=akteur.user_id):
                    seen = set(policies.visible_hilfefaelle(akteur).values_list("pk", flat=True))
                    there = set(Hilfefall.objects.values_list("pk", flat=True))
                    editable = set(policies.editable_hilfefaelle(akteur).values_list("pk", flat=True))
                for fall, facts in zip(self.faelle, self.facts, strict=True):
                    expected = may_read(akteur, name, facts, self.deputy.get(name, set()))
                    assert (fall.pk in seen) is expected, (name, facts)
                    # The database itself: a sealed case is there for named persons only.
                    assert (fall.pk in there) is (not facts.gesperrt or (name, "SPERRFALL") in facts.freigaben)
                assert editable <= seen

    return Machine


def test_policies_agree_with_an_independent_account_of_the_facts(machine) -> None:
    settings_ = settings(
        max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=settings_)
    connection.ensure_connection()
