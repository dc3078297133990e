"""Who keeps which facility, and who knows what it costs (§ 67 Abs. 2 SGB X)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, IM_DIENST, LAND, Rolle
from shared_apps.providers import policies
from shared_apps.providers.models import Angebot, Betriebserlaubnis, Einrichtung, LeqVereinbarung
from shared_apps.regions.models import Gebietskoerperschaft
from tests.factories.register import create_angebot, create_einrichtung


def person(*rollen: Rolle, anbieter: UUID | None = None, einrichtung: UUID | None = None) -> Akteur:
    return Akteur(
        user_id=uuid4(), username="x", name="X", rollen=frozenset(rollen),
        anbieter_ids=frozenset({anbieter} if anbieter else ()),
        einrichtung_ids=frozenset({einrichtung} if einrichtung else ()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "who"),
    [
        (policies.may_read_register, set(Rolle)),
        (policies.may_keep_own, set(ANBIETERSEITE)),
        (policies.may_write_own, {Rolle.ANBIETER, Rolle.EINRICHTUNG}),
        (policies.may_write_anbieter, {Rolle.ANBIETER}),
    ],
)
def test_role(policy, who):
    assert {rolle for rolle in Rolle if policy(person(rolle))} == who


def test_rate_is_known_to_offices_the_state_and_the_facilitys_own_people():
    haus = Einrichtung(anbieter_id=uuid4())
    leq, erlaubnis = LeqVereinbarung(einrichtung=haus), Betriebserlaubnis(einrichtung=haus)
    insiders = [person(rolle) for rolle in IM_DIENST | LAND - {Rolle.BETRIEB}]
    insiders.append(person(Rolle.ANBIETER, anbieter=haus.anbieter_id))
    insiders.append(person(Rolle.EINRICHTUNG, anbieter=haus.anbieter_id, einrichtung=haus.pk))
    outsiders = [
        person(Rolle.BETRIEB),
        person(Rolle.RUFBEREITSCHAFT),  # for a bed at night she needs no rate, and may work for a competitor by day
        person(),
        person(Rolle.ANBIETER, anbieter=uuid4()),
        person(Rolle.EINRICHTUNG, anbieter=haus.anbieter_id, einrichtung=uuid4()),  # the house next door
        person(Rolle.EINRICHTUNG, anbieter=uuid4(), einrichtung=haus.pk),
    ]
    for akteur, knows in [(one, True) for one in insiders] + [(one, False) for one in outsiders]:
        assert policies.sees_entgelt(akteur, haus) is knows
        assert policies.may_read_dokument(akteur, leq) is knows
        assert policies.may_read_dokument(akteur, erlaubnis)


@pytest.mark.django_db
def test_own_rows_of_a_provider_and_of_staff_of_one_facility():
    strand, wald = create_einrichtung(name="Strand"), create_einrichtung(name="Wald")
    fremd = create_einrichtung(anbieter="Haus am See e. V.", name="Fremd")
    for haus in (strand, wald, fremd):
        create_angebot(einrichtung=haus, name=f"Angebot {haus.name}")
    kueste = strand.anbieter_id
    provider = person(Rolle.ANBIETER, anbieter=kueste)
    staff = person(Rolle.EINRICHTUNG, anbieter=kueste, einrichtung=strand.pk)

    def names(rows) -> set[str]:
        return set(rows.values_list("name", flat=True))

    assert names(policies.own_anbieter(provider)) == {"Jugendhilfe Küste gGmbH"}
    assert not policies.own_anbieter(staff).exists()
    for akteur, houses in ((provider, {"Strand", "Wald"}), (staff, {"Strand"}), (person(Rolle.ASD), set())):
        offers = {f"Angebot {house}" for house in houses}
        assert names(policies.own_einrichtungen(akteur)) == houses
        assert names(policies.own_angebote(akteur)) == offers
        if akteur.ist_anbieter:
            assert {e.angebot.name for e in policies.visible_entgelte(akteur)} == offers
    assert policies.visible_entgelte(person(Rolle.ASD)).count() == Angebot.objects.count()
    assert not policies.visible_entgelte(person(Rolle.BETRIEB)).exists()


@pytest.mark.django_db
def test_agreement_with_one_office_is_known_there_and_to_its_provider__to_one_person_who_is_both(
    vg, django_assert_num_queries
):
    """At the office she knows what was agreed with it, at home what her provider has agreed on: neither hides the
    other. What another house has agreed on with another office is known to none of these.
    """
    strand, fremd = create_einrichtung(name="Strand"), create_einrichtung(anbieter="Haus am See e. V.", name="Fremd")
    LeqVereinbarung.objects.create(einrichtung=fremd, datum=date(2025, 1, 1))
    for haus, kuerzel in ((strand, "HRO"), (fremd, "VG"), (fremd, "HRO")):
        amt = Gebietskoerperschaft.objects.get(kuerzel=kuerzel)
        LeqVereinbarung.objects.create(einrichtung=haus, datum=date(2025, 1, 1), jugendamt=amt, rechtsgrundlage="77")
    provider = person(Rolle.ANBIETER, anbieter=strand.anbieter_id)
    office = replace(person(Rolle.ASD), tenant_id=vg.pk)
    both = replace(office, rollen=office.rollen | provider.rollen, anbieter_ids=provider.anbieter_ids)
    for akteur, known in (
        (provider, {("Strand", "HRO"), ("Fremd", None)}),
        (office, {("Fremd", "VG"), ("Fremd", None)}),
        (both, {("Strand", "HRO"), ("Fremd", "VG"), ("Fremd", None)}),
    ):
        rows = policies.visible_dokumente(akteur, LeqVereinbarung).select_related("einrichtung", "jugendamt")
        assert {(row.einrichtung.name, row.jugendamt and row.jugendamt.kuerzel) for row in rows} == known
    with django_assert_num_queries(1):
        assert {row.jugendamt.kuerzel for row in policies.visible_dokumente(both, LeqVereinbarung) if row.jugendamt}
