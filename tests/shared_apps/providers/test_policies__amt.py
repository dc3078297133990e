"""What somebody of an office proposes, reads and decides: at its host for it, on the portal for all her offices.

On the portal she has all her roles at once, and each is worth something at the office that gave it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import now, today
from shared_apps.providers import policies
from shared_apps.providers.models import Angebot, Entgeltvorschlag, Kontovorschlag, Stammdatenvorschlag, Vakanzmeldung
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot
from tests.people import Cast, appoint

pytestmark = pytest.mark.django_db
SEIT = date(2015, 1, 1)
AEMTER = ("VG", "HRO", "LHSN")


@dataclass
class Welt:
    """A home in each of four districts, and one outpatient offer in the fourth, of which every office may agree on a
    rate for itself (§ 77 SGB VIII)."""

    heime: dict[str, Angebot]
    ambulant: Angebot
    konto: User

    def portal(self) -> Akteur:
        akteur = get_akteur(user=self.konto, tenant=None)
        assert akteur is not None
        return akteur


def amt(kuerzel: str) -> Gebietskoerperschaft:
    return Gebietskoerperschaft.objects.get(kuerzel=kuerzel)


@pytest.fixture
def welt(cast: Cast, vg, hro, lhsn) -> Welt:
    """She is of controlling and the head in Greifswald and Schwerin, in Rostock a case worker."""
    konto = User.objects.create_user(username="rosa", password=None, nachname="Rosa", email="rosa@example.org")
    for tenant, *rollen in (
        (vg, Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG), (lhsn, Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG),
        (hro, Rolle.ASD),
    ):  # fmt: skip
        for rolle in rollen:
            appoint(user=konto, tenant=tenant, rolle=rolle, gueltig_ab=SEIT)
    heime = {kreis: create_angebot(kreis=kreis, anbieter=f"Träger {kreis}", name=kreis) for kreis in (*AEMTER, "LUP")}
    return Welt(heime, create_angebot(kreis="LUP", hilfeart="A31", name="ambulant", plaetze=0), konto)


def names(angebote) -> set[str]:
    return set(angebote.values_list("name", flat=True))


def test_district_of_the_office_at_its_host__on_the_portal_of_all_that_gave_the_role(welt, vg, hro):
    rosa = welt.portal()
    wo = {"portal": rosa, "VG": replace(rosa, tenant_id=vg.pk), "HRO": replace(rosa, tenant_id=hro.pk)}
    im_dienst = {"portal": {"VG", "LHSN", "HRO"}, "VG": {"VG"}, "HRO": {"HRO"}}
    entgelte = im_dienst | {"portal": {"VG", "LHSN"}}
    for ort, akteur in wo.items():
        assert set(policies.own_jugendaemter(akteur).values_list("kuerzel", flat=True)) == im_dienst[ort]
        assert names(policies.chased_angebote(akteur)) == im_dienst[ort], "every role of hers looks after vacancies"
        assert names(policies.rated_angebote(akteur)) == entgelte[ort] | {"ambulant"}
        alle = {a.name for a in Angebot.objects.all() if policies.may_rate_for_all(akteur, a)}
        assert alle == entgelte[ort]


def test_proposed_rates_of_the_place__and_for_ones_office_alone(welt, vg, cast):
    lup = welt.ambulant.einrichtung
    ambulant = {k: create_angebot(kreis=k, hilfeart="A31", plaetze=0, name=k) for k in ("VG", "HRO")}
    fremd = create_angebot(einrichtung=lup, hilfeart="A31", plaetze=0, name="fremd")

    def propose(name: str, angebot: Angebot, nur: str = "", **fields) -> None:
        Entgeltvorschlag.objects.create(
            angebot=angebot, jugendamt=amt(nur) if nur else None, grundleistung="90.00", ab=date(2027, 1, 1),
            vereinbart_am=date(2026, 11, 1), rechtsgrundlage="77", grund=name, vorgeschlagen_von=cast.user("ines"),
            **fields,
        )  # fmt: skip

    propose("VG, alle", ambulant["VG"])
    propose("VG, nur Rostock", ambulant["VG"], "HRO")
    propose("VG, nur Schwerin", ambulant["VG"], "LHSN")
    propose("HRO, alle", ambulant["HRO"])
    propose("LUP, nur Greifswald", fremd, "VG")
    propose("LUP, alle", fremd)
    rosa = welt.portal()
    for akteur, seen in (
        (rosa, {"VG, alle", "VG, nur Schwerin", "LUP, nur Greifswald"}),
        (replace(rosa, tenant_id=vg.pk), {"VG, alle", "LUP, nur Greifswald"}),
    ):
        assert {v.grund for v in policies.visible_vorschlaege(akteur)} == seen


def stehen(welt: Welt) -> set[str]:
    return {v.angebot.name for v in policies.decidable_vorschlaege(welt.portal())}


def test_what_waits_for_her_is_open__of_others__and_about_no_provider_of_hers(welt, vg, cast):
    """A role of hers that was over before it was proposed, and that nobody has altered since, is past."""
    dasselbe = User.objects.create_user(username="rosa2", password=None, nachname="R", email="ROSA+haus@example.org")
    ines, start = cast.user("ines"), date(2016, 1, 1)

    def offer(name: str, von: User = ines, tage: int = 0, **role) -> Entgeltvorschlag:
        """A rate of a provider of its own, where she has, or had, this role."""
        angebot = create_angebot(kreis="VG", name=name, anbieter=name, plaetze=0, entgelt=None)
        if role:
            appoint(user=dasselbe, anbieter_id=angebot.einrichtung.anbieter_id, **{"gueltig_ab": start} | role)
        with patch("django.utils.timezone.now", return_value=now() + timedelta(days=tage)):
            return Entgeltvorschlag.objects.create(
                angebot=angebot, grundleistung="90.00", ab=date(2027, 1, 1), vereinbart_am=date(2026, 11, 1),
                rechtsgrundlage="78b", vorgeschlagen_von=von,
            )  # fmt: skip

    anbieter, gestern = Rolle.ANBIETER, today() - timedelta(days=1)
    offer("offen")
    offer("ihr eigener", von=welt.konto)
    offer("von ihrem anderen Konto", von=dasselbe)
    offer("sie arbeitet dort", rolle=anbieter)
    offer("bis zum Tag davor", rolle=anbieter, gueltig_bis=gestern)
    offer("bis zu diesem Tag", rolle=anbieter, gueltig_bis=today())
    offer("heute geändert", rolle=anbieter, gueltig_bis=gestern)
    offer("vorher geändert", rolle=anbieter, gueltig_bis=gestern, tage=3)
    offer("bald vorgeschlagen, bis heute dort", rolle=anbieter, gueltig_bis=today(), tage=3)
    entschieden = offer("abgelehnt")
    rows = Membership.objects.filter(anbieter_id__isnull=False, user=dasselbe)
    for name in ("heute geändert", "vorher geändert"):
        haus = Angebot.objects.get(name=name).einrichtung
        with on_portal(user_id=cast.user("lars").pk):
            assert rows.filter(anbieter_id=haus.anbieter_id).update(team="x") == 1
    emil = cast.user("emil")
    with on_portal(user_id=emil.pk):
        Entgeltvorschlag.objects.filter(pk=entschieden.pk).update(zustand="ABGELEHNT", entschieden_von=emil)
    assert stehen(welt) == {
        "offen", "bis zum Tag davor", "vorher geändert", "bald vorgeschlagen, bis heute dort",
    }  # fmt: skip
    for name, bleibt in (("sie arbeitet dort", True), ("bis zum Tag davor", False), ("heute geändert", True),
                         ("vorher geändert", True)):  # fmt: skip
        pk = Angebot.objects.get(name=name).einrichtung.anbieter_id
        assert policies.works_for(welt.portal(), pk, seit=today()) is bleibt, name
    vorher = Angebot.objects.get(name="vorher geändert").einrichtung.anbieter_id
    assert not policies.works_for(welt.portal(), vorher, seit=today() + timedelta(days=3)), "altered before that day"
    assert not policies.decidable_vorschlaege(cast.akteur("anna")).exists()


def test_changed_names_wait_for_the_office_that_is_asked(welt, vg, hro, cast):
    """Its head, on the portal of every office she leads; nothing about a provider of hers, nothing that is decided."""
    ines = cast.user("ines")
    for kreis in AEMTER:
        anbieter = welt.heime[kreis].einrichtung.anbieter
        with on_portal(user_id=ines.pk, anbieter_ids=[anbieter.pk]):
            Stammdatenvorschlag.objects.create(
                anbieter=anbieter, gebietskoerperschaft=amt(kreis), name=f"Neu {kreis}", bisher={},
                begruendung="Umbenannt", vorgeschlagen_von=ines,
            )  # fmt: skip
    rosa = welt.portal()
    for akteur, waits in (
        (rosa, {"Neu VG", "Neu LHSN"}),
        (replace(rosa, tenant_id=vg.pk), {"Neu VG"}),
        (cast.akteur("frieda"), set()),
    ):
        assert {v.name for v in policies.visible_stammdatenvorschlaege(akteur)} == waits
        assert {v.name for v in policies.decidable_stammdatenvorschlaege(akteur)} == waits
    with on_portal(user_id=welt.konto.pk):
        Stammdatenvorschlag.objects.filter(name="Neu LHSN").update(
            zustand="ABGELEHNT", entschieden_von=welt.konto, entschieden_at=now()
        )
    assert {v.name for v in policies.decidable_stammdatenvorschlaege(rosa)} == {"Neu VG"}
    anbieter = welt.heime["VG"].einrichtung.anbieter_id
    appoint(user=welt.konto, anbieter_id=anbieter, rolle=Rolle.ANBIETER, gueltig_ab=SEIT)
    assert not policies.decidable_stammdatenvorschlaege(rosa).exists()
    assert {v.name for v in policies.visible_stammdatenvorschlaege(rosa)} == {"Neu VG", "Neu LHSN"}


def test_accounts_are_checked_at_the_office_that_is_asked(welt, vg, cast):
    ines = cast.user("ines")
    for kreis in AEMTER:
        anbieter = welt.heime[kreis].einrichtung.anbieter
        appoint(user=ines, anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, gueltig_ab=SEIT)
        with on_portal(user_id=ines.pk, anbieter_ids=[anbieter.pk]):
            Kontovorschlag.objects.create(
                anbieter=anbieter, gebietskoerperschaft=amt(kreis), iban="DE02120300000000202051", inhaber=kreis,
                gilt_bis=now() + timedelta(days=9), vorgeschlagen_von=ines,
            )  # fmt: skip
    rosa = welt.portal()
    for akteur, asked in (
        (rosa, {"VG", "LHSN"}),
        (replace(rosa, tenant_id=vg.pk), {"VG"}),
        (cast.akteur("frieda"), set()),  # of that office, and no head of it
        (cast.akteur("ines"), set()),
    ):
        assert {k.inhaber for k in policies.checked_kontovorschlaege(akteur)} == asked


def test_reports_of_vacancies_that_were_none(welt, vg, hro):
    """The office that reported, at its host; the house. On the portal an office has none, whatever else she does."""
    vakanz = {"angebot": welt.heime["VG"], "grund": "BELEGT", "gemeldet_at": now()}
    for tag, tenant in ((1, vg), (2, hro)):
        with in_tenant(tenant):
            Vakanzmeldung.objects.create(mandant=tenant.schema_name, tag=date(2026, 11, tag), **vakanz)
    rosa, anbieter = welt.portal(), welt.heime["VG"].einrichtung.anbieter_id
    haus = replace(rosa, rollen=frozenset({Rolle.ANBIETER}), anbieter_ids=frozenset({anbieter}))
    for akteur, tage in (
        (replace(rosa, tenant_id=vg.pk), {1}),
        (rosa, set()),
        (haus, {1, 2}),
        (replace(haus, tenant_id=vg.pk), {1, 2}),
        (replace(haus, rollen=haus.rollen | rosa.rollen), set()),
    ):
        assert {m.tag.day for m in policies.visible_meldungen(akteur)} == tage
