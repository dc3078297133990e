"""Which lists somebody sees, which of them wait for her, and which one she may begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.core.clock import now
from shared_apps.einlesen import policies
from shared_apps.einlesen.enums import Wartend
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.states import EinlesungZustand
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.people import Cast, appoint

ENTWURF, VORGELEGT, VERWORFEN = EinlesungZustand.ENTWURF, EinlesungZustand.VORGELEGT, EinlesungZustand.VERWORFEN
GRUND = "Zeile 2 prüfen"
FRIEDAS_VORGELEGTE = {"Frieda", "Frieda neu", "Frieda zweites Konto"}


def add(name: str, von: User, tenant: Tenant | None, zustand: EinlesungZustand = VORGELEGT, **fields) -> None:
    """A list that has come as far as that; nothing of it is read."""
    einlesung = Einlesung.objects.create(dateiname=name, eingereicht_von=von, tenant=tenant, **fields)
    Einlesung.objects.filter(pk=einlesung.pk).update(zustand=zustand)


def names_of(einlesungen: Iterable[Einlesung]) -> set[str]:
    return {einlesung.dateiname for einlesung in einlesungen}


def seen(akteur: Akteur) -> set[str]:
    return names_of(policies.visible_einlesungen(akteur))


def names_that_wait(akteur: Akteur) -> set[str]:
    """Beside whose lines it says so."""
    return names_of(e for e in policies.visible_einlesungen(akteur) if policies.waits_for(akteur, e))


@pytest.fixture
def listen(cast: Cast, vg: Tenant, hro: Tenant) -> None:
    """In Greifswald Frieda of controlling, also under a second account, and Emil, the head, who agrees on rates in
    Rostock, too; the operator's are Lars'. „neu“: the list makes a provider."""
    frieda, emil, lars = (cast.user(name) for name in ("frieda", "emil", "lars"))
    zweites = User.objects.create_user(username="f2", password=None, nachname="F", email="FRIEDA+liste@example.org")
    for konto, tenant in ((zweites, vg), (emil, hro)):
        appoint(user=konto, tenant=tenant, rolle=Rolle.CONTROLLING, gueltig_ab=date(2015, 1, 1))
    add("Frieda", frieda, vg)
    add("Frieda neu", frieda, vg, legt_anbieter_an=True)
    add("Frieda zweites Konto", zweites, vg)
    add("Frieda zurück", frieda, vg, ENTWURF, grund=GRUND)
    add("Frieda Entwurf", frieda, vg, ENTWURF)
    add("Frieda verworfen", frieda, vg, VERWORFEN, grund=GRUND)
    add("Emil", emil, vg)
    add("Emil neu", emil, vg, legt_anbieter_an=True)
    add("Rostock", emil, hro)
    add("Lars", lars, None)
    add("Lars neu", lars, None, legt_anbieter_an=True)
    add("Lars zurück", lars, None, ENTWURF, grund=GRUND)


def test_start_page_list_and_line_say_the_same_of_what_waits(cast, vg, listen, django_assert_num_queries):
    """Nobody releases her own list; one that makes a provider, in an office the head alone."""
    friedas, emils, lars = FRIEDAS_VORGELEGTE, {"Emil", "Emil neu"}, {"Lars", "Lars neu"}
    for who, freigabe, andere, zurueck in (
        ("frieda", {"Emil"}, friedas, {"Frieda zurück"}),
        ("emil", friedas, emils, set()),
        ("edda", friedas | emils, set(), set()),
        ("lars", set(), lars, {"Lars zurück"}),
        ("leif", lars, set(), set()),
    ):
        akteur = cast.akteur(who)
        expected = {Wartend.FREIGABE: freigabe, Wartend.ANDERE: andere, Wartend.ZURUECK: zurueck}
        for wartend, names in expected.items():
            assert names_of(policies.waiting_einlesungen(akteur, wartend)) == names, (who, wartend)
        assert names_that_wait(akteur) == freigabe, who
        at = on_portal(user_id=akteur.user_id) if akteur.tenant_id is None else in_tenant(vg, user_id=akteur.user_id)
        with at, django_assert_num_queries(1):
            counted = policies.count_wartende(akteur)
        assert counted == {wartend: len(names) for wartend, names in expected.items()}, who


def test_at_an_office_its_lists__on_the_portal_those_of_all_her_offices(cast, vg, hro, listen):
    emil = cast.akteur("emil")
    greifswald = FRIEDAS_VORGELEGTE | {"Frieda zurück", "Frieda Entwurf", "Frieda verworfen", "Emil", "Emil neu"}
    assert seen(emil) == greifswald
    assert seen(replace(emil, tenant_id=hro.pk)) == {"Rostock"}
    portal = replace(emil, tenant_id=None)
    assert seen(portal) == greifswald | {"Rostock"}
    assert names_of(policies.waiting_einlesungen(portal, Wartend.FREIGABE)) == FRIEDAS_VORGELEGTE
    assert names_that_wait(portal) == FRIEDAS_VORGELEGTE
    assert policies.count_wartende(portal) == {Wartend.FREIGABE: 3, Wartend.ANDERE: 3, Wartend.ZURUECK: 0}


def test_whoever_reads_no_lists_is_told_of_none(cast, vg, listen):
    for who in ("anna", "anton", "karla"):
        akteur = cast.akteur(who)
        assert not seen(akteur) and not policies.waiting_einlesungen(akteur, Wartend.FREIGABE).exists()
        assert policies.count_wartende(akteur) == dict.fromkeys(Wartend, 0)


def test_a_list_is_begun_for_the_only_office_of_hers__or_for_the_operator(cast, vg, hro, listen):
    emil = cast.akteur("emil")
    for akteur, begins in (
        (cast.akteur("lars"), (True, None)),
        (emil, (True, vg)),
        (replace(emil, tenant_id=hro.pk), (True, hro)),
        (replace(emil, tenant_id=None), (False, None)),  # which of the two offices, nobody said
        (replace(cast.akteur("frieda"), tenant_id=None), (True, vg)),
        (cast.akteur("anna"), (False, None)),
    ):
        assert policies.einlesung_for(akteur) == begins


def test_every_list_is_released_by_the_head_of_the_office__and_by_the_operator_on_the_portal():
    for tenant_id, who in ((1, {Rolle.JUGENDAMTSLEITUNG}), (None, {Rolle.JUGENDAMTSLEITUNG, Rolle.BETRIEB})):
        akteure = {r: Akteur(uuid4(), "x", "X", rollen=frozenset({r}), tenant_id=tenant_id) for r in Rolle}
        assert {rolle for rolle, akteur in akteure.items() if policies.may_release_all(akteur)} == who


def test_lists_that_stand_still_are_those_of_her_office_on_which_no_job_works(cast, vg, listen):
    frieda, emil = cast.akteur("frieda"), cast.user("emil")
    with on_portal(user_id=emil.pk):
        Einlesung.objects.filter(dateiname="Frieda").update(
            zustand=EinlesungZustand.FREIGEGEBEN, freigegeben_von=emil, freigegeben_at=now()
        )
    for akteur, names in ((frieda, {"Frieda"}), (cast.akteur("lars"), set()), (cast.akteur("anna"), set())):
        with on_portal(user_id=akteur.user_id):
            assert names_of(policies.waiting_einlesungen(akteur, Wartend.STEHT)) == names, akteur.name
