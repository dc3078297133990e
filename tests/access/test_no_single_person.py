"""Nobody reaches by acts of her own what is not hers: all that one person can do, tried until nothing new comes of it.

Not hers are other people's cases, and in the market what two people sign: a rate, a list, a provider that is let in.

A person of every role starts with her own account. She may make accounts up, each with a mailbox of its own (she reads
their mail and sets their passwords), ask for access as a stranger, and do with each account she holds whatever the
services let it do: give, propose, approve, deputise, invite again, choose the sign-in server, ask the operator's
pages, take cases over. Every act that succeeds stays, and all are tried again, until a round brings nothing new.
Rights only grow by these acts but for one: who ends the roles of others may become the last one with a right. So each
search runs twice, with and without that. At the end the cases all her accounts see are those she saw at the beginning.

What a role is for is no act: an office's head opens a case with a reason, for the day, in the trail (ADR 0019).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import product
from unittest import mock
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from shared_apps.accounts import onboarding
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, Rolle
from shared_apps.accounts.models import Anmeldedienst, Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.aufnahme import services as aufnahme
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.core.clock import now, today
from shared_apps.core.errors import SojusError
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.services import vorbereiten as einlesen
from shared_apps.members import policies
from shared_apps.members.enums import ZugangZiel
from shared_apps.members.models import Mitgliedschaftsantrag, Zugangsantrag
from shared_apps.members.services import (
    Rollenwunsch,
    approve_mitgliedschaftsantrag,
    approve_zugangsantrag,
    create_membership,
    create_person,
    end_membership,
    issue_einladung,
    submit_mitgliedschaftsantrag,
)
from shared_apps.members.services.first import create_first_anbieter_admin, create_first_tenant_admin
from shared_apps.oidc import services as oidc
from shared_apps.providers.models import Anbieter, Entgeltvorschlag
from shared_apps.providers.services import entgelte
from shared_apps.signin.selectors.start import get_anmeldedienst
from shared_apps.signin.services import hash_secret
from tenant_apps.cases import policies as cases
from tenant_apps.cases.models import FreigabeArt, Hilfefall
from tenant_apps.cases.services.freigabe import create_freigabe
from tenant_apps.cases.services.uebergabe import transfer_hilfefall
from tenants.context import in_tenant, on_portal
from tenants.door.middleware import NIEMAND
from tenants.models import Tenant
from tenants.onboarding.registry import Angaben, OnboardingFehler
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.people import PEOPLE, Cast, appoint
from tests.shared_apps.einlesen.lists import csv_of, zeile
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db
GRUND = "Weil ich es so will"
#: Accounts she makes up: one to sign, one to read.
PUPPEN = ("Puppe Eins", "Puppe Zwei")
#: More accounts than anybody makes up by herself.
MANY = 9
#: Somebody of every role; colleagues who lead and do not lead the case.
STARTS = sorted(set(PEOPLE) - {"hilde", "jette", "edda", "dirk", "leif"})


class World:
    """Anna's case with money at Ines's house, Gerd's in another office, and everybody who could open them."""

    def __init__(self, cast: Cast, vg: Tenant, hro: Tenant) -> None:
        self.cast, self.offices = cast, {"VG": vg, "HRO": hro}
        for name in PEOPLE:
            cast.user(name)
        # Neither data protection nor the guardian is missing, and Anklam is not the only team.
        appoint(user=cast.user("jette"), tenant=vg, rolle=Rolle.TEAMLEITUNG, team="Wolgast", gueltig_ab=today())
        story = tell(cast, vg)
        booked = story.book()
        self.angebot = story.angebot
        create_angebot(anbieter="Boddenland gGmbH", kreis="VG")  # so that a list of its rates lets nobody in
        self.kueste = cast.anbieter_id("ines")
        self.unverwaltet = cast.anbieter("Haus ohne Verwaltung")
        bernd, gerd = cast.user("bernd"), cast.user("gerd")
        with in_tenant(vg):
            self.cases = [booked.hilfefall_id, create_hilfefall(fachkraft_id=bernd.pk, team="Wolgast").pk]
        with in_tenant(hro):
            self.cases.append(create_hilfefall(fachkraft_id=gerd.pk, team="Mitte").pk)
        self.booked = booked.hilfefall_id

    def sees(self, user: User) -> set[UUID]:
        """Cases this account sees anywhere, be it by number and amount only."""
        found: set[UUID] = set()
        for tenant in self.offices.values():
            akteur = get_akteur(user=user, tenant=tenant)
            if akteur is None:
                continue
            with in_tenant(tenant, user_id=user.pk):
                if akteur.ist_amt:
                    rows = cases.visible_hilfefaelle(akteur) | cases.visible_vorgaenge(akteur)
                    found |= set(rows.values_list("pk", flat=True))
            if self.kueste in akteur.anbieter_ids:
                found.add(self.booked)
        return found


class Search:
    """What some accounts can do, all of it, until nothing new comes of it."""

    def __init__(self, world: World, *, starts: list[User]) -> None:
        self.world, self.mine = world, list(starts)
        self.own = set().union(*(world.sees(user) for user in starts))
        self.done: set[str] = set()
        self.granted: set[Rollenwunsch] = set()

    def reached(self) -> set[UUID]:
        """Other people's cases that one of her accounts sees by now."""
        return set().union(*(self.world.sees(user) for user in self.mine)) - self.own

    def saturate(self) -> list[str]:
        """Returns the acts that succeeded."""
        rounds = 0
        while self._round():
            rounds += 1
            assert rounds < 12, "the search does not end"
            if self.reached():
                break
        return sorted(self.done)

    def _round(self) -> bool:
        before, mine = self._facts(), len(self.mine)
        for user in list(self.mine):
            for tenant in (None, *self.world.offices.values()):
                akteur = get_akteur(user=user, tenant=tenant)
                if akteur is not None:
                    self._acts(akteur, tenant)
            if len(self.mine) > MANY:
                break  # the accounts of others have fallen
        return (self._facts(), len(self.mine)) != (before, mine)

    def _facts(self) -> set[object]:
        roles = Membership.objects.values_list("user_id", "tenant_id", "anbieter_id", "rolle", "team", "deputy_of_id")
        antraege = Mitgliedschaftsantrag.objects.values_list("pk", "zustand")
        return set(roles) | set(antraege) | set(Zugangsantrag.objects.values_list("pk", "zustand"))

    def _try(self, name: str, akteur: Akteur, act: Callable[[], object]) -> object | None:
        """One act as a request of its own, with everything the end of its transaction would check."""
        try:
            with on_portal(user_id=akteur.user_id):
                result = act()
                connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
                connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
        except (SojusError, OnboardingFehler, DatabaseError):
            return None
        self.done.add(f"{akteur.username}: {name}")
        return result

    def _acts(self, akteur: Akteur, tenant: Tenant | None) -> None:
        self._make_up(akteur)
        self._give(akteur, tenant)
        self._decide(akteur)
        self._operate(akteur)
        if tenant is not None:
            self._take_accounts(akteur, tenant)
            self._take_cases(akteur, tenant)

    # -- people and roles

    def _puppen(self) -> list[User]:
        return [user for user in self.mine if user.nachname in PUPPEN]

    def _make_up(self, akteur: Akteur) -> None:
        if not (policies.may_administer(akteur) or policies.may_operate_zugaenge(akteur)):
            return
        for name in set(PUPPEN) - {user.nachname for user in self.mine}:
            made = self._try("makes an account up", akteur, lambda name=name: self._account(name))
            if made:
                self.mine.append(made)

    @staticmethod
    def _account(name: str) -> User:
        user = create_person(vorname="", nachname=name, email=f"{name.replace(' ', '.')}@example.org")
        user.set_password("Regen-Wind-Sonne-2026")  # the invitation went to her
        user.save()
        return user

    def _wishes(self, akteur: Akteur, tenant: Tenant | None) -> Iterator[Rollenwunsch]:
        bis = today() + timedelta(days=20)
        base = {"gueltig_ab": today(), "gueltig_bis": bis}
        if tenant is not None:
            hers = self._puppen() or self.mine[:1]
            for user, rolle in product(hers, sorted(AMT)):
                yield Rollenwunsch(user=user, rolle=rolle, tenant_id=tenant.pk, team="Anklam", **base)
            roles = Membership.objects.filter(tenant=tenant, deputy_of__isnull=True).select_related("user")
            for user, role in product(hers, roles):
                yield Rollenwunsch(
                    user=user, rolle=Rolle(role.rolle), tenant_id=tenant.pk, team=role.team, deputy_of=role.user, **base
                )
            return
        for user, rolle in product(self._puppen(), sorted(LAND)):
            yield Rollenwunsch(user=user, rolle=rolle, koerperschaft=rolle, **base)
        for user, rolle in product(self._puppen(), sorted(ANBIETERSEITE - {Rolle.EINRICHTUNG})):
            for verwaltet in (False, True):
                yield Rollenwunsch(user=user, rolle=rolle, anbieter_id=self.world.kueste, verwaltet=verwaltet, **base)

    def _give(self, akteur: Akteur, tenant: Tenant | None) -> None:
        if not (policies.may_administer(akteur) or policies.may_propose(akteur) or akteur.hat(Rolle.BETRIEB)):
            return
        for wish in self._wishes(akteur, tenant):
            if wish in self.granted:
                continue
            what = f"{wish.rolle}{' as deputy' if wish.deputy_of else ''}"
            done = self._try(f"gives {what}", akteur, lambda w=wish: create_membership(akteur=akteur, wunsch=w))
            done = done or self._try(
                f"proposes {what}",
                akteur,
                lambda w=wish: submit_mitgliedschaftsantrag(akteur=akteur, wunsch=w, begruendung=GRUND),
            )
            if done:
                self.granted.add(wish)

    def _decide(self, akteur: Akteur) -> None:
        order = {"auftrag": "51-1", "auftrag_vom": today()}
        for antrag in policies.visible_antraege(akteur).filter(zustand="BEANTRAGT"):
            self._try(
                f"approves {antrag.rolle}",
                akteur,
                lambda a=antrag: approve_mitgliedschaftsantrag(akteur=akteur, antrag=a, **order),
            )
        if not (policies.may_administer(akteur) or policies.may_operate_zugaenge(akteur)):
            return
        for ziel, rolle in ((ZugangZiel.AMT, Rolle.ASD), (ZugangZiel.ANBIETER, Rolle.ANBIETER)):
            self._ask_for_access(akteur, ziel, rolle)

    def _ask_for_access(self, akteur: Akteur, ziel: ZugangZiel, rolle: Rolle) -> None:
        """She writes as a stranger from an address of her own, confirms it, and decides on it herself."""
        kueste = self.world.cast.anbieter("Jugendhilfe Küste gGmbH")
        tenants = list(self.world.offices.values()) if ziel == ZugangZiel.AMT else [None]
        for tenant, anbieter in product(tenants, (kueste, self.world.unverwaltet)):
            token = hash_secret(f"{akteur.user_id}-{ziel}-{tenant}-{anbieter.pk}")
            if Zugangsantrag.objects.filter(token_hash=token).exists():
                continue
            antrag = Zugangsantrag(
                vorname="Frau", nachname=token[-40:], email=f"{token[-40:]}@example.org", ziel=ziel, tenant=tenant,
                rolle=rolle,
                organisation=anbieter.name if tenant is None else "", begruendung=GRUND, token_hash=token,
                zustand="OFFEN", bestaetigt_at=now(), expires_at=now(),
            )  # fmt: skip
            made = self._try(f"asks for {rolle}", akteur, lambda a=antrag: a.save() or a)
            place = {} if tenant else {"anbieter": anbieter}
            done = self._try(
                f"grants access as {rolle}",
                akteur,
                lambda a=made, p=place: approve_zugangsantrag(akteur=akteur, antrag=a, rolle=rolle, **p),
            )
            if done:
                self.mine.append(done.user)

    # -- the operator's pages

    def _operate(self, akteur: Akteur) -> None:
        if not policies.may_operate_zugaenge(akteur):
            return
        for other in policies.visible_eingeladene(akteur).exclude(pk__in=[user.pk for user in self.mine]):
            self._invite_again(akteur, other, None)
        who = {"vorname": "", "nachname": "Betriebspuppe", "email": ""}
        for name in ("Jugendhilfe Küste gGmbH", "Haus ohne Verwaltung"):
            if not User.objects.filter(nachname="Betriebspuppe", vorname=name).exists():
                first = self._try(
                    "names a provider's first administration",
                    akteur,
                    lambda n=name: create_first_anbieter_admin(
                        akteur=akteur,
                        anbieter=self.world.cast.anbieter(n),
                        **(who | {"vorname": n, "email": f"{n.replace(' ', '.')}@example.org"}),
                    ),
                )
                self._hold(first)
        for kuerzel, tenant in self.world.offices.items():
            if User.objects.filter(vorname=kuerzel).exists():
                continue
            first = self._try(
                "names an office's administration",
                akteur,
                lambda t=tenant, k=kuerzel: create_first_tenant_admin(
                    akteur=akteur, tenant=t, begruendung=GRUND, **(who | {"vorname": k, "email": f"{k}@example.org"})
                ),
            )
            self._hold(first)
            self._onboard_again(akteur, tenant)

    def _onboard_again(self, akteur: Akteur, tenant: Tenant) -> None:
        """The step runs as the owner: what it wrote would stay, so the order itself counts."""
        angaben = Angaben(kuerzel=tenant.kuerzel, admin_username=f"puppe-{tenant.kuerzel}", admin_email="e@example.org")
        with mock.patch.object(onboarding.Membership.objects, "create") as created:
            self._try("onboards again", akteur, lambda: onboarding.create_first_admin(tenant, angaben, lambda _: None))
        if created.called:
            appoint(user=User.objects.get(username=angaben.admin_username), tenant=tenant, rolle=Rolle.TENANT_ADMIN,
                    gueltig_ab=today())  # fmt: skip
            self.mine.append(User.objects.get(username=angaben.admin_username))

    def _hold(self, einladung: object) -> None:
        if einladung is not None:
            self.mine.append(einladung.user)

    # -- accounts of others

    def _take_accounts(self, akteur: Akteur, tenant: Tenant) -> None:
        if policies.may_administer(akteur):
            for other in policies.visible_users(akteur).exclude(pk__in=[user.pk for user in self.mine]):
                self._invite_again(akteur, other, tenant)
        if akteur.hat(Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG) and get_anmeldedienst(tenant) is None:
            fields = {"issuer": "https://eigener.example.org", "client_id": "x", "geaendert_von_id": akteur.user_id}
            if akteur.hat(Rolle.TENANT_ADMIN):
                self._try("chooses the sign-in server", akteur,
                          lambda: oidc.update_anmeldedienst(tenant=tenant, **fields))  # fmt: skip
            dienst = Anmeldedienst.objects.filter(tenant=tenant).first()
            gelesen = oidc.compute_gelesen(dienst) if dienst else ""
            self._try("confirms it", akteur,
                      lambda: oidc.confirm_anmeldedienst(akteur=akteur, tenant=tenant, gelesen=gelesen))  # fmt: skip
            if get_anmeldedienst(tenant):
                self.mine += User.objects.filter(memberships__tenant=tenant).distinct()

    def _invite_again(self, akteur: Akteur, other: User, tenant: Tenant | None) -> None:
        """A link that is shown opens the account, whoever it was meant for."""
        einladung = self._try(
            "invites again",
            akteur,
            lambda: issue_einladung(user=other, tenant=tenant, von_id=akteur.user_id, zeigen=True),
        )
        if einladung is not None and einladung.link:
            self.mine.append(other)

    # -- cases

    def _take_cases(self, akteur: Akteur, tenant: Tenant) -> None:
        if not cases.may_list_hilfefaelle(akteur):
            return
        for pk, user in product(self.world.cases, self.mine):
            with in_tenant(tenant, user_id=akteur.user_id):
                fall = Hilfefall(pk=pk)
                for act in (
                    lambda f=fall, u=user: transfer_hilfefall(
                        akteur=akteur, hilfefall=f, neue_fachkraft_id=u.pk, grund=GRUND
                    ),
                    lambda f=fall, u=user: create_freigabe(
                        akteur=akteur, hilfefall=f, user_id=u.pk, art=FreigabeArt.MITARBEIT, grund=GRUND
                    ),
                ):
                    try:
                        with transaction.atomic():
                            act()
                    except SojusError:
                        continue


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happened inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def administers(world: World, user: User) -> bool:
    """Whether she ends other people's roles anywhere."""
    akteure = [get_akteur(user=user, tenant=tenant) for tenant in (None, *world.offices.values())]
    return any(akteur is not None and policies.may_administer(akteur) for akteur in akteure)


def end_all_others(world: World, user: User) -> None:
    """Who may, ends the roles of everybody else first: nobody with a right is left beside her."""
    for tenant in (None, *world.offices.values()):
        akteur = get_akteur(user=user, tenant=tenant)
        if akteur is None or not policies.may_administer(akteur):
            continue
        for role in policies.visible_memberships(akteur).exclude(user=user):
            with on_portal(user_id=user.pk):
                end_membership(akteur=akteur, membership=role, letzter_tag=None)


@pytest.fixture
def world(cast: Cast, vg: Tenant, hro: Tenant, settings) -> World:
    settings.SENDS_MAIL = False  # the worst case: whoever invites sees the link
    return World(cast, vg, hro)


def agrees(search: Search, accounts: list[User]) -> list[str]:
    """Which parts of the market these accounts decide: each proposes, then each signs what waits."""
    vg = search.world.offices["VG"]
    akteure = [akteur for user in accounts if (akteur := get_akteur(user=user, tenant=vg))]
    satz = {
        "angebot": search.world.angebot, "ab": today(), "vereinbart_am": today(), "rechtsgrundlage": "78b",
        "grundleistung": Decimal("500.00"), "investition": Decimal(0), "sonderleistung": Decimal(0),
    }  # fmt: skip
    for akteur in akteure:
        rate = partial(entgelte.submit_entgeltvorschlag, akteur=akteur, **satz)
        search._try("proposes a rate", akteur, rate)
        read = partial(einlesen.create_einlesung, akteur=akteur, dateiname="liste.csv", inhalt=csv_of([zeile()]))
        einlesung = search._try("sends a list", akteur, read)
        if einlesung is not None:
            search._try("hands it in", akteur, partial(einlesen.submit_einlesung, akteur=akteur, einlesung=einlesung))
    for akteur in akteure:
        for vorschlag in Entgeltvorschlag.objects.filter(zustand="VORGESCHLAGEN"):
            confirm = partial(entgelte.confirm_entgeltvorschlag, akteur=akteur, vorschlag=vorschlag)
            search._try("confirms a rate", akteur, confirm)
        for einlesung in Einlesung.objects.filter(zustand="VORGELEGT"):
            approve = partial(einlesen.approve_einlesung, akteur=akteur, einlesung=einlesung)
            search._try("releases a list", akteur, approve)
    counts = {
        "a rate": Entgeltvorschlag.objects.filter(zustand="BESTAETIGT"),
        "a list": Einlesung.objects.filter(zustand="FREIGEGEBEN"),
    }
    return [name for name, rows in counts.items() if rows.exists()]


def test_nobody_reaches_by_acts_of_her_own_what_is_not_hers(world: World) -> None:
    wrong: list[str] = []
    for name in STARTS:
        user = world.cast.user(name)
        for alone in (False, True) if administers(world, user) else (False,):
            with undone():
                if alone:
                    end_all_others(world, user)
                search = Search(world, starts=[user])
                acts = search.saturate()
                if search.reached():
                    wrong.append(f"{name}: {'; '.join(acts)}")
                if found := agrees(search, search.mine):
                    wrong.append(f"{name}: {' and '.join(found)} by {'; '.join(sorted(search.done))}")
    assert wrong == []


def test_two_people_of_the_office_agree_on_a_rate_and_release_a_list(world: World) -> None:
    pair = [world.cast.user("frieda"), world.cast.user("emil")]
    for accounts, found in ((pair[:1], []), (pair, ["a rate", "a list"])):
        with undone():
            assert agrees(Search(world, starts=accounts), accounts) == found


@pytest.mark.parametrize("second", ["emil", "clara", "doris", "frieda"])
def test_the_search_finds_a_way_when_there_is_one(second: str, world: World) -> None:
    """An administrator and her head together do open cases: two people is what the rule asks for."""
    pair = [world.cast.user("anton"), world.cast.user(second)]
    search = Search(world, starts=pair)
    acts = search.saturate()
    assert bool(search.reached()) is (second == "emil"), acts


def lets_in(world: World, accounts: list[User]) -> bool:
    """Whether these accounts, with a stranger's mailbox beside them, bring a provider into the register."""
    vg = world.offices["VG"]
    haus = [{"name": "Haus Puppe", "kreis": vg.kuerzel, "strasse": "", "plz": "", "ort": ""}]
    angaben = {
        "name": "Anbieterpuppe",
        "rechtsform": "e. V.",
        "person_email": "fremd@example.org",
        "nachname": "Puppe",
    }
    search = Search(world, starts=accounts)
    with on_portal(user_id=NIEMAND), mock.patch.object(aufnahme, "_build_token", lambda _: "geraten"):
        aufnahme.submit_aufnahmeantrag(angaben=angaben | {"name": "Puppe online"}, einrichtungen=haus)
        aufnahme.confirm_aufnahmeantrag(token="geraten")
    akteure = [akteur for user in accounts if (akteur := get_akteur(user=user, tenant=vg))]
    for akteur in akteure:
        make = partial(aufnahme.create_aufnahmeantrag, akteur=akteur, angaben=angaben, einrichtungen=haus)
        search._try("enters a provider", akteur, make)
    for act in (aufnahme.check_aufnahmeantrag, aufnahme.approve_aufnahmeantrag):
        for akteur in akteure:
            with on_portal(user_id=akteur.user_id):
                rows = list(Aufnahmeantrag.objects.all())
            for antrag in rows:
                search._try("signs", akteur, partial(act, akteur=akteur, antrag=antrag))
    return Anbieter.objects.filter(name__in=["Anbieterpuppe", "Puppe online"]).exists()


@pytest.mark.parametrize("name", ["anton", "emil", "lars"])
def test_nobody_lets_a_provider_in_by_acts_of_her_own(name: str, world: World, settings) -> None:
    """With every account she can get: one signature stays one signature (ADR 0061)."""
    user = world.cast.user(name)
    for alone in (False, True) if administers(world, user) else (False,):
        with undone():
            if alone:
                end_all_others(world, user)
            search = Search(world, starts=[user])
            acts = search.saturate()
            settings.SENDS_MAIL = True  # nobody is admitted where no mail is sent
            assert not lets_in(world, search.mine), acts
            settings.SENDS_MAIL = False


def test_two_people_of_the_office_do(world: World, settings) -> None:
    settings.SENDS_MAIL = True
    assert lets_in(world, [world.cast.user("anton"), world.cast.user("emil")])
