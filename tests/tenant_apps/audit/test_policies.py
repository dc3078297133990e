"""Who asks for an approval, who decides, who reads the trail and what the operator looked at."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, Rolle
from tenant_apps.audit import policies
from tenant_apps.audit.models import Freigabe
from tenant_apps.audit.policies import VierAugen

LESEN = "PROTOKOLL_LESEN"
NIEMAND: frozenset[UUID] = frozenset()
OFFICER, HEAD, ADMIN = Rolle.DATENSCHUTZ, Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN


def person(*rollen: Rolle) -> Akteur:
    return Akteur(user_id=uuid4(), username="x", name="X", rollen=frozenset(rollen), tenant_id=1)


def who(policy) -> set[Rolle]:
    return {rolle for rolle in Rolle if policy(person(rolle))}


@pytest.mark.parametrize(
    ("policy", "roles"),
    [
        (policies.may_view_antraege, {OFFICER, HEAD}),
        (policies.may_request_reading, {OFFICER}),
        (policies.may_read_protokoll, {OFFICER}),
        (policies.may_view_own_entries, set(AMT)),
        (policies.may_view_support, {HEAD, ADMIN, OFFICER}),
        (policies.may_decide_support, {HEAD, ADMIN}),
    ],
)
def test_role(policy, roles):
    assert who(policy) == roles


def test_a_kind_of_approval_has_its_own_askers_and_deciders(monkeypatch):
    monkeypatch.setattr(policies, "_VORGAENGE", dict(policies._VORGAENGE))
    rules = VierAugen("Probe", beantragen=frozenset({ADMIN}), entscheiden=frozenset({HEAD}), stunden=1)
    policies.register_vorgang("PROBE", rules)
    assert policies.get_vorgang("PROBE") is rules
    assert who(lambda akteur: policies.may_request_freigabe(akteur, "PROBE")) == {ADMIN}
    assert who(lambda akteur: policies.may_request_freigabe(akteur, LESEN)) == {OFFICER}
    probe = Freigabe(vorgang="PROBE", zustand="BEANTRAGT", beantragt_von=uuid4())
    assert who(lambda akteur: policies.may_decide_freigabe(akteur, probe, NIEMAND)) == {HEAD}


def test_unknown_kind_is_asked_and_decided_by_nobody():
    unknown = Freigabe(vorgang="UNBEKANNT", zustand="BEANTRAGT", beantragt_von=uuid4())
    assert not who(lambda akteur: policies.may_request_freigabe(akteur, "UNBEKANNT"))
    assert not who(lambda akteur: policies.may_decide_freigabe(akteur, unknown, NIEMAND))
    with pytest.raises(KeyError):
        policies.get_vorgang("UNBEKANNT")


@pytest.mark.parametrize("zustand", ["BEANTRAGT", "BEWILLIGT", "ABGELEHNT", "ABGELAUFEN", "WIDERRUFEN"])
def test_open_request_of_somebody_else(zustand):
    dora = person(OFFICER)
    zweites_konto = uuid4()
    for asked_by, decides in ((uuid4(), zustand == "BEANTRAGT"), (dora.user_id, False), (zweites_konto, False)):
        freigabe = Freigabe(vorgang=LESEN, zustand=zustand, beantragt_von=asked_by)
        assert policies.may_decide_freigabe(dora, freigabe, frozenset({zweites_konto})) is decides
