"""Who records, certifies, orders and pays; whose invoices and records each person sees."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now
from tenant_apps.billing import policies
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.states import RechnungZustand
from tenant_apps.placements import hooks
from tenant_apps.placements.models import Buchung
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot

PROVIDER = {Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG}
ANNA, KUESTE, SEE = (uuid4() for _ in range(3))


def person(*rollen: Rolle, **fields) -> Akteur:
    return Akteur(user_id=fields.pop("user_id", uuid4()), username="x", name="X", rollen=frozenset(rollen), **fields)


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (policies.may_record, {*PROVIDER, Rolle.EINRICHTUNG}),
        (policies.may_bill, PROVIDER),
        (policies.may_check, {Rolle.WJH}),
        (policies.may_approve, {Rolle.JUGENDAMTSLEITUNG}),
        (policies.may_pay, {Rolle.WJH}),
        (policies.may_object, {Rolle.WJH, Rolle.JUGENDAMTSLEITUNG}),
        (policies.may_list_rechnungen, {Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG, *PROVIDER}),
    ],
)
def test_role(policy, who):
    assert {rolle for rolle in Rolle if policy(person(rolle))} == who


@pytest.mark.parametrize("rolle", Rolle)
def test_the_page_of_a_help_offers_what_these_policies_allow(rolle):
    akteur = person(rolle)
    rechte = hooks.get_abrechnungsrechte(akteur)
    found = rechte.darf_erfassen, rechte.darf_abrechnen, rechte.sieht_rechnungen
    assert found == (policies.may_record(akteur), policies.may_bill(akteur), policies.may_list_rechnungen(akteur))


@pytest.mark.parametrize("zustand", RechnungZustand)
def test_a_record_is_corrected_by_the_house__when_its_invoice_was_objected_to(zustand):
    for rolle, may in ((Rolle.ANBIETER, zustand == RechnungZustand.BEANSTANDET), (Rolle.WJH, False)):
        assert policies.may_correct_nachweis(person(rolle), Rechnung(zustand=zustand)) is may


@pytest.fixture
def billed(vg) -> None:
    """R-A for the team Anklam by Küste, R-B for Wolgast by See."""
    angebot = create_angebot(plaetze=2)
    with in_tenant(vg):
        for nummer, team, anbieter in (("R-A", "Anklam", KUESTE), ("R-B", "Wolgast", SEE)):
            fall = create_hilfefall(fachkraft_id=ANNA, team=team)
            buchung = create_buchung(fachkraft_id=ANNA, angebot=angebot, hilfefall=fall)
            Buchung.objects.filter(pk=buchung.pk).update(anbieter_id=anbieter)
            nachweis = Leistungsnachweis.objects.create(
                buchung=buchung, monat=date(2016, 1, 1), tage=[1], bemerkung=nummer, erfasst_von_id=ANNA
            )
            Rechnung.objects.create(
                leistungsnachweis=nachweis, buchung=buchung, anbieter_id=anbieter, nummer=nummer,
                monat=date(2016, 1, 1), betrag=100, eingereicht_at=now(), eingereicht_von_id=ANNA,
            )  # fmt: skip


@pytest.mark.django_db
def test_months_are_recorded_by_the_provider_and_the_house_itself(vg, billed):
    with in_tenant(vg):
        buchung = Buchung.objects.get(anbieter_id=KUESTE)
        here, next_door = (frozenset({pk}) for pk in (buchung.einrichtung_id, uuid4()))
        ids = {"anbieter_ids": frozenset({KUESTE})}
        for akteur, records in (
            (person(Rolle.ANBIETER, **ids), True),
            (person(Rolle.ANBIETER_ABRECHNUNG, **ids), True),
            (person(Rolle.EINRICHTUNG, einrichtung_ids=here, **ids), True),
            (person(Rolle.EINRICHTUNG, einrichtung_ids=next_door, **ids), False),
            (person(Rolle.ANBIETER, anbieter_ids=frozenset({uuid4()})), False),
            (person(Rolle.WJH, **ids), False),
            (person(Rolle.ASD, Rolle.ANBIETER, user_id=ANNA), False),  # her case, but not her house
        ):
            assert set(policies.recordable_buchungen(akteur)) == ({buchung} if records else set()), akteur.rollen
            months = policies.visible_leistungsnachweise(akteur).filter(buchung=buchung)
            assert months.exists() is (records or akteur.hat(Rolle.WJH))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("akteur", "sees"),
    [
        (person(Rolle.WJH), ["R-A", "R-B"]),
        (person(Rolle.JUGENDAMTSLEITUNG), ["R-A", "R-B"]),
        (person(Rolle.TEAMLEITUNG, geleitete_teams=frozenset({"Anklam"})), ["R-A"]),
        (person(Rolle.ANBIETER, anbieter_ids=frozenset({KUESTE})), ["R-A"]),
        (person(Rolle.ANBIETER_ABRECHNUNG, anbieter_ids=frozenset({SEE})), ["R-B"]),
        (person(Rolle.EINRICHTUNG, anbieter_ids=frozenset({KUESTE}), einrichtung_ids=frozenset({SEE})), []),
        (person(Rolle.ASD, user_id=ANNA), []),  # her cases, but the money is not hers
        (person(Rolle.CONTROLLING, user_id=ANNA, anbieter_ids=frozenset({KUESTE})), []),
    ],
    ids=lambda value: ",".join(value.rollen) if isinstance(value, Akteur) else "",
)
def test_rows(vg, billed, akteur, sees):
    with in_tenant(vg):
        assert sorted(policies.visible_rechnungen(akteur).values_list("nummer", flat=True)) == sees
        assert sorted(n.bemerkung for n in policies.visible_leistungsnachweise(akteur)) == sees
