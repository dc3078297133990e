"""Who keeps which facility, and who knows what it costs (§ 67 Abs. 2 SGB X)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, IM_DIENST, LAND, Rolle
from shared_apps.providers import policies
from shared_apps.providers.models import (
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    Foto,
    Kontakt,
    Leistungsbeschreibung,
    LeqVereinbarung,
)
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import on_portal
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


@pytest.fixture
def haeuser(vg) -> tuple[Einrichtung, Einrichtung, Einrichtung]:
    """One provider's house in Greifswald and one in Rostock; a competitor's in Rostock."""
    strand, warnow = create_einrichtung(name="Strand"), create_einrichtung(kreis="HRO", name="Warnow")
    return strand, warnow, create_einrichtung(anbieter="Haus am See e. V.", kreis="HRO", name="Fremd")


def test_house_that_was_taken_back_with_its_list_is_nobodys(haeuser, vg):
    strand, _, _ = haeuser
    provider, office = person(Rolle.ANBIETER, anbieter=strand.anbieter_id), person(Rolle.CONTROLLING)
    office = replace(office, tenant_id=vg.pk)
    for gueltig_bis, there in ((date(2020, 1, 1), True), (date(1900, 1, 1), False)):
        Einrichtung.objects.filter(pk=strand.pk).update(gueltig_bis=gueltig_bis)
        for rows in (policies.own_einrichtungen(provider), policies.einrichtungen_with_verlauf(office)):
            assert rows.filter(pk=strand.pk).exists() is there, "it has ended, or it never was"


def test_papers_a_house_keeps_are_those_it_handed_in__those_of_an_office_it_reads(haeuser, vg):
    strand, _, fremd = haeuser
    nur_hier = {"jugendamt": Gebietskoerperschaft.objects.get(kuerzel="VG"), "rechtsgrundlage": "77"}
    for haus in (strand, fremd):
        Leistungsbeschreibung.objects.create(einrichtung=haus, datum=date(2025, 1, 1))
        for tag, more in ((1, {"vom_anbieter": True}), (2, {}), (3, nur_hier)):
            LeqVereinbarung.objects.create(einrichtung=haus, datum=date(2025, 1, tag), **more)

    def papers(policy, akteur: Akteur, art) -> set[tuple[str, int]]:
        return {(papier.einrichtung.name, papier.datum.day) for papier in policy(akteur, art)}

    provider, office = person(Rolle.ANBIETER, anbieter=strand.anbieter_id), replace(person(Rolle.ASD), tenant_id=vg.pk)
    assert papers(policies.own_dokumente, provider, LeqVereinbarung) == {("Strand", 1)}
    assert papers(policies.kept_dokumente, provider, LeqVereinbarung) == {("Strand", tag) for tag in (1, 2, 3)}
    for policy in (policies.own_dokumente, policies.kept_dokumente):
        assert papers(policy, provider, Leistungsbeschreibung) == {("Strand", 1)}
        assert not policy(office, LeqVereinbarung).exists(), "an office keeps none"


def test_pictures_with_their_words_are_everybodys__without_them_the_houses_own(haeuser):
    strand, _, _ = haeuser
    ohne_worte, worte = {"titel": "", "alternativtext": ""}, {"titel": "Garten", "alternativtext": "Ein Garten"}
    for nummer, fields in enumerate(
        (
            worte,
            ohne_worte,
            ohne_worte | {"datei": ""},
            ohne_worte | {"gueltig_bis": date(2026, 1, 1)},
            ohne_worte | {"pruefung": "WARTET"},
            worte | {"pruefung": "WARTET"},
        ),
        start=1,
    ):
        what = {"datei": f"{nummer}.webp", "pruefung": "FREI"} | fields
        Foto.objects.create(einrichtung=strand, reihenfolge=nummer, **what)
    hers, others = person(Rolle.ANBIETER, anbieter=strand.anbieter_id), person(Rolle.ASD)
    for akteur, seen in ((hers, {1, 2}), (others, {1})):
        assert {foto.reihenfolge for foto in policies.visible_fotos(akteur)} == seen
    assert {foto.reihenfolge for foto in policies.own_fotos(hers)} == {1, 2, 3, 5, 6}


def test_contacts_of_the_provider_are_kept_by_who_speaks_for_it__and_told_to_no_competitor(haeuser):
    strand, warnow, fremd = haeuser
    kueste, see = strand.anbieter, fremd.anbieter
    for ort in ({"anbieter": kueste}, {"anbieter": see}, *({"einrichtung": haus} for haus in haeuser)):
        Kontakt.objects.create(name=next(iter(ort.values())).name, telefon="03834 1", **ort)
    speaks, bills = (person(rolle, anbieter=kueste.pk) for rolle in (Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG))
    staff = person(Rolle.EINRICHTUNG, anbieter=kueste.pk, einrichtung=strand.pk)
    for akteur, kept in (
        (speaks, {kueste.name, "Strand", "Warnow"}),
        (bills, {"Strand", "Warnow"}),
        (staff, {"Strand"}),
        (person(Rolle.ASD), set()),
    ):
        assert {kontakt.name for kontakt in policies.own_kontakte(akteur)} == kept
    told = {akteur: {kueste, strand, warnow} for akteur in (speaks, bills)} | {staff: {kueste, strand}}
    told |= {person(rolle): {kueste, see, *haeuser} for rolle in (Rolle.ASD, Rolle.LANDESJUGENDAMT)}
    for akteur, places in (told | {person(Rolle.BETRIEB): set()}).items():
        assert {ort for ort in (kueste, see, *haeuser) if policies.sees_kontakte(akteur, ort)} == places


def test_history_is_read_by_the_house__and_at_the_place_what_an_office_may_know(haeuser, vg):
    """Whatever the database lets the request read: here the changes of both providers."""
    strand, _, fremd = haeuser
    amt = Gebietskoerperschaft.objects.get(kuerzel="HRO")
    LeqVereinbarung.objects.create(einrichtung=strand, datum=date(2025, 1, 1), jugendamt=amt, rechtsgrundlage="77")
    kueste, see = strand.anbieter, fremd.anbieter
    names = {row.pk: row.name for row in (*haeuser, kueste, see)}
    provider = person(Rolle.ANBIETER, anbieter=kueste.pk)
    of_strand = {("einrichtung", "Strand")}
    nur_haus = {("leqvereinbarung", "Strand")}
    of_kueste = {("anbieter", kueste.name)}
    for akteur, read in (
        (provider, of_strand | nur_haus | of_kueste | {("einrichtung", "Warnow")}),
        (person(Rolle.EINRICHTUNG, anbieter=kueste.pk, einrichtung=strand.pk), of_strand | nur_haus),
        (replace(person(Rolle.CONTROLLING), tenant_id=vg.pk), of_strand | of_kueste),
        (replace(provider, tenant_id=vg.pk), set()),
    ):
        with on_portal(anbieter_ids=[kueste.pk, see.pk]):
            rows = list(policies.visible_verlauf(akteur))
        found = {(row.tabelle.removeprefix("providers_"), names[row.einrichtung_id or row.anbieter_id]) for row in rows}
        assert found == read
