"""No single person changes where a provider's money goes: the second is independent, or is the office (ADR 0075)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.members.services import (
    Rollenwunsch,
    create_membership,
    create_person,
    end_membership,
    issue_einladung,
)
from shared_apps.providers.models import (
    Anbieter,
    Bankverbindung,
    Kontovorschlag,
    OffenerKontovorschlag,
    Stammdatenvorschlag,
)
from shared_apps.providers.rules import sind_unabhaengig, zulassungskette
from shared_apps.providers.selectors.konto import list_ausgeschiedene, list_bestaetigende, list_zulassungen
from shared_apps.providers.selectors.stammdaten import list_pruefende
from shared_apps.providers.services import konto as services
from shared_apps.providers.services.angebote import create_einrichtung as create_einrichtung_of_own
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_einrichtung
from tests.mails import work
from tests.people import appoint

pytestmark = pytest.mark.django_db
ORACLE_OF = "shared_apps/providers/migrations/0021_konto_unabhaengige_zweite.py"
ALT, NEU = "DE02120300000000202051", "DE02500105170137075030"
KUESTE = "Jugendhilfe Küste gGmbH"
TYPED = {"inhaber": KUESTE, "iban": "DE02 5001 0517 0137 0750 30"}
KONTEN = "/anbieter/konten/"


@pytest.fixture
def anbieter(cast, vg) -> Anbieter:
    """A small provider in VG, paid on the old account: an office let Inge in, and nobody else."""
    haus = create_einrichtung(anbieter=KUESTE, kreis="VG")
    cast.user("inge")
    Bankverbindung.objects.create(anbieter=haus.anbieter, iban=ALT, inhaber="Alt")
    return haus.anbieter


def akteur_of(user: User) -> Akteur:
    akteur = get_akteur(user=user, tenant=None)
    assert akteur is not None
    return akteur


def invite(by: User, anbieter: Anbieter, vorname: str, **fields) -> User:
    """Somebody who administers invites somebody, as the page "Jemanden einladen" does."""
    akteur = akteur_of(by)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        person = create_person(vorname=vorname, nachname="Neu", email=f"{vorname.lower()}@example.org")
        wunsch = Rollenwunsch(
            user=person, gueltig_ab=today(), anbieter_id=anbieter.pk, **{"rolle": Rolle.ANBIETER} | fields
        )
        create_membership(akteur=akteur, wunsch=wunsch)
        issue_einladung(user=person, tenant=None, von_id=akteur.user_id)
        connection.check_constraints()
    return person


def run(who: User, service, **row):
    akteur = akteur_of(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        return service(akteur=akteur, **row)


def enter(who: User, anbieter: Anbieter, **other) -> Kontovorschlag:
    return run(who, services.submit_kontovorschlag, anbieter=anbieter, iban=NEU, inhaber="Küste", **other)


def at_office(cast, who: str, service, at: str | None = None, **row):
    akteur = cast.akteur(who, at)
    with on_portal(user_id=akteur.user_id):
        return service(akteur=akteur, **row)


def confirm_by_sql(who: User, vorschlag: Kontovorschlag, **more) -> None:
    """Whatever the page would have said."""
    with on_portal(user_id=who.pk, anbieter_ids=[vorschlag.anbieter_id]), transaction.atomic():
        Kontovorschlag.objects.filter(pk=vorschlag.pk).update(
            zustand="BESTAETIGT", entschieden_von=who.pk, entschieden_at=real_now(), **more
        )


def holds(anbieter) -> str:
    return Bankverbindung.objects.get(anbieter=anbieter).iban


# -- the attack ----------------------------------------------------------------------------------


def refused(who: User, vorschlag: Kontovorschlag, match: str = "eingeladen worden") -> None:
    with pytest.raises(Verweigert, match=match):
        run(who, services.confirm_kontovorschlag, vorschlag=vorschlag)
    with pytest.raises(DatabaseError, match="stands behind both"):
        confirm_by_sql(who, vorschlag)


def test_a_second_account_of_ones_own_confirms_nothing(cast, anbieter):
    """Inge invites her other mail address, enters the IBAN as one and confirms it as the other."""
    inge, ines = cast.user("inge"), cast.user("ines")
    zweit = invite(inge, anbieter, "Zweit", verwaltet=True)
    vorschlag = enter(inge, anbieter)
    refused(zweit, vorschlag)
    assert holds(anbieter) == ALT
    run(inge, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    vorschlag = enter(zweit, anbieter)
    refused(inge, vorschlag)
    run(ines, services.confirm_kontovorschlag, vorschlag=vorschlag)
    assert holds(anbieter) == NEU, "an office let her in, and nobody here"


def test_a_chain_of_three_and_siblings_are_one_person(cast, anbieter):
    inge, ines = cast.user("inge"), cast.user("ines")
    a = invite(inge, anbieter, "Ada", verwaltet=True)
    b = invite(a, anbieter, "Berta", verwaltet=True)
    c = invite(b, anbieter, "Cora", rolle=Rolle.ANBIETER_ABRECHNUNG)
    d = invite(a, anbieter, "Dana", rolle=Rolle.ANBIETER_ABRECHNUNG)
    vorschlag = enter(c, anbieter)
    for who in (inge, a, b, d):
        refused(who, vorschlag)
    assert [u.pk for u in list_bestaetigende(anbieter.pk, neben=c.pk)] == [ines.pk]


def second_root(anbieter, email: str) -> User:
    """An account that nobody of the provider let in: an office did, for another role or another house."""
    user = User.objects.create_user(username=f"zwei-{uuid4()}", password=None, nachname="Zwei", email=email)
    appoint(user=user, anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, gueltig_ab=date(2015, 1, 1))
    return user


@pytest.mark.parametrize("email", ["inge@example.org", "INGE@Example.org", "inge+konto@example.org"])
def test_two_accounts_with_one_mailbox_are_one_person(cast, anbieter, email):
    """Both were let in by others; whoever reads the mailbox opens both with a link for a new password."""
    inge, zwei = cast.user("inge"), second_root(anbieter, email)
    vorschlag = enter(inge, anbieter)
    assert vorschlag.gebietskoerperschaft is not None, "there is nobody else, so the office is asked"
    run(inge, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    for eine, andere in ((inge, zwei), (zwei, inge)):
        with on_portal(user_id=eine.pk, anbieter_ids=[anbieter.pk]):
            vorschlag = Kontovorschlag.objects.create(
                anbieter=anbieter, iban=NEU, inhaber="Küste", vorgeschlagen_von=eine,
                gilt_bis=real_now() + timedelta(days=9),
            )  # fmt: skip
        refused(andere, vorschlag)
        run(eine, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    assert holds(anbieter) == ALT


@pytest.mark.parametrize("email", ["in.ge@example.org", "inge@example.com", "+inge@example.org", ""])
def test_another_mailbox_is_another_person(cast, anbieter, email):
    """Dots and domains are other people's elsewhere; without an address, nobody is anybody's."""
    inge, zwei = cast.user("inge"), second_root(anbieter, email)
    vorschlag = enter(inge, anbieter)
    assert vorschlag.gebietskoerperschaft is None
    run(zwei, services.confirm_kontovorschlag, vorschlag=vorschlag)
    assert holds(anbieter) == NEU


def test_whoever_let_somebody_in_from_outside_stands_here_as_well(cast, anbieter):
    """Inge has an account at an office, too; with that one she let Vera in, with hers here she enters the IBAN."""
    inge = cast.user("inge")
    draussen = User.objects.create_user(username="inge-amt", password=None, nachname="I", email="Inge+amt@example.org")
    vera = User.objects.create_user(username="vera", password=None, nachname="Vogt", email="vera@example.org")
    appoint(user=vera, anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, gueltig_ab=date(2015, 1, 1))
    assert [u.pk for u in list_bestaetigende(anbieter.pk, neben=inge.pk)] == [vera.pk]
    with on_portal(user_id=draussen.pk):
        User.objects.filter(pk=vera.pk).update(einladung_nr=2)
    assert list_bestaetigende(anbieter.pk, neben=inge.pk) == []
    with on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]):
        vorschlag = Kontovorschlag.objects.create(
            anbieter=anbieter, iban=NEU, inhaber="Küste", vorgeschlagen_von=inge,
            gilt_bis=real_now() + timedelta(days=9),
        )  # fmt: skip
    refused(vera, vorschlag)


def test_database__no_office_is_asked_while_a_colleague_is_independent(cast, anbieter):
    """By SQL Inge asks the office, so that Ines is not told that a second person is sought."""
    inge, ines = cast.user("inge"), cast.user("ines")
    kreis = anbieter.einrichtungen.get().gebietskoerperschaft
    row = {"anbieter": anbieter, "iban": NEU, "inhaber": "Küste", "vorgeschlagen_von": inge}
    row |= {"gilt_bis": real_now() + timedelta(days=9), "gebietskoerperschaft": kreis}
    portal = {"user_id": inge.pk, "anbieter_ids": [anbieter.pk]}
    with on_portal(**portal), pytest.raises(DatabaseError, match="no colleague is independent"), transaction.atomic():
        Kontovorschlag.objects.create(**row)
    vorschlag = enter(inge, anbieter, gebietskoerperschaft=kreis)
    assert vorschlag.gebietskoerperschaft is None, "the service asks the colleague, whatever is chosen"
    run(inge, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    User.objects.filter(pk=ines.pk).update(is_active=False)
    with on_portal(**portal):
        Kontovorschlag.objects.create(**row)


def test_who_gave_a_role_later_counts_as_well__and_so_do_ended_ones(cast, anbieter):
    """Inge let Ada bill, and ended it; Nora, whom nobody there let in, gives her the whole provider."""
    inge = cast.user("inge")
    nora = cast.user("nora")
    appoint(user=nora, anbieter_id=anbieter.pk, rolle="ANBIETER", verwaltet=True, gueltig_ab=date(2015, 1, 1))
    ada = invite(inge, anbieter, "Ada", rolle=Rolle.ANBIETER_ABRECHNUNG)
    Membership.objects.filter(user=ada).update(gueltig_bis=today())
    with on_portal(user_id=nora.pk, anbieter_ids=[anbieter.pk]):
        wunsch = Rollenwunsch(user=ada, rolle=Rolle.ANBIETER, gueltig_ab=today(), anbieter_id=anbieter.pk)
        create_membership(akteur=akteur_of(nora), wunsch=wunsch)
    refused(ada, enter(inge, anbieter))


def test_who_has_altered_how_she_gets_in_stands_behind_her(cast, anbieter):
    """By whatever SQL: another invitation. Nobody alters an address, neither a colleague's nor her own."""
    inge, ines, bille = cast.user("inge"), cast.user("ines"), cast.user("bille")
    assert {u.username for u in list_bestaetigende(anbieter.pk, neben=inge.pk)} == {"ines", "bille"}
    with on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]):
        for user in (ines, inge):
            with pytest.raises(DatabaseError, match="alters the address"), transaction.atomic():
                User.objects.filter(pk=user.pk).update(email="inge.zwei@example.org")
        User.objects.filter(pk__in=(ines.pk, bille.pk)).update(einladung_nr=7)
    assert list_bestaetigende(anbieter.pk, neben=inge.pk) == []
    vorschlag = enter(inge, anbieter)
    assert vorschlag.gebietskoerperschaft is not None, "now the office is asked"
    run(inge, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    with on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]):
        schlicht = Kontovorschlag.objects.create(
            anbieter=anbieter,
            iban=NEU,
            inhaber="Küste",
            vorgeschlagen_von=inge,
            gilt_bis=real_now() + timedelta(days=9),
        )
    refused(ines, schlicht)
    refused(bille, schlicht)


def test_database__a_role_and_a_person_keep_their_key(cast, anbieter):
    """The journal says by the key who gave it: with another one it would be given by whoever altered it."""
    ada = invite(cast.user("inge"), anbieter, "Ada")
    portal = {"user_id": ada.pk, "anbieter_ids": [anbieter.pk]}
    for rows in (Membership.objects.filter(user=ada), User.objects.filter(pk=ada.pk)):
        with on_portal(**portal), pytest.raises(DatabaseError, match="keep their key"), transaction.atomic():
            rows.update(id=uuid4())


def test_database__nobody_stands_in_at_a_provider_and_dating_back_is_of_no_use(cast, anbieter):
    inge, ines = cast.user("inge"), cast.user("ines")
    ada, portal = invite(inge, anbieter, "Ada"), {"user_id": inge.pk, "anbieter_ids": [anbieter.pk]}
    with on_portal(**portal), pytest.raises(DatabaseError, match="membership_vertretung"), transaction.atomic():
        Membership.objects.filter(user=ines).update(deputy_of=inge)
    with on_portal(**portal):
        Membership.objects.create(user=ada, anbieter_id=anbieter.pk, rolle="ANBIETER", gueltig_ab=date(2010, 1, 1))
        Membership.objects.filter(user=ada).update(created_at=real_now() - timedelta(days=900))
    refused(ada, enter(inge, anbieter))


def test_a_key_of_the_api_opens_no_account(cast, anbieter):
    """It is her own, and nothing of the API writes or says where a provider is paid."""
    ines, vorschlag = cast.api("ines", at="PORTAL"), enter(cast.user("inge"), anbieter)
    for url in (f"/anbieter/eigene/{anbieter.pk}/bankverbindung/", f"/anbieter/eigene/konten/{vorschlag.pk}/"):
        for answer in (ines.get(url), ines.post(url, {"entscheidung": "bestaetigen"})):
            assert answer.status_code in {302, 401, 403}, url
    schema = " ".join(ines.get("/api/v1/schema/").text.lower().split())
    for nein in ("keine bankverbindung", "die bankverbindung ist nicht dabei"):  # two sentences say so
        schema = schema.replace(nein, "")
    assert not any(wort in schema for wort in ("iban", "kontovorschlag", "bankverbindung"))
    assert holds(anbieter) == ALT


def test_no_page_of_a_provider_takes_a_colleagues_factor_or_address(cast, anbieter, sign_in):
    inge, ines = sign_in("inge"), cast.user("ines")
    page = inge.get(f"/mitglieder/{ines.pk}/").text
    assert ines.email in page and 'name="email"' not in page and "Faktor" not in page
    inge.post(f"/mitglieder/{ines.pk}/", {"email": "inge.zwei@example.org"})
    assert inge.post(f"/mitglieder/{ines.pk}/einladung/", {"weg": "mail"}).status_code == 422, "she has a password"
    ines.refresh_from_db()
    assert ines.email == "ines@example.org"
    assert cast.user("inge").pk not in zulassungskette(ines.pk, list_zulassungen(anbieter.pk))


# -- the office ----------------------------------------------------------------------------------


def test_where_nobody_is_independent_the_office_confirms(cast, anbieter, sign_in, hro):
    inge, emil = cast.user("inge"), sign_in("emil")
    invite(inge, anbieter, "Ada")
    portal = sign_in("inge")
    page = portal.get(f"/anbieter/eigene/{anbieter.pk}/bankverbindung/").text
    assert "Bestätigen kann es danach das Jugendamt Vorpommern-Greifswald." in page and "Ada" not in page
    page = portal.post(f"/anbieter/eigene/{anbieter.pk}/bankverbindung/", TYPED, follow=True).text
    assert "sobald das Jugendamt Vorpommern-Greifswald es bestätigt" in page and "Zurückziehen" in page
    vorschlag = Kontovorschlag.objects.get()
    assert "Bankverbindungen prüfen" in emil.get("/").text
    assert all("Bankverbindungen prüfen" not in sign_in(who).get("/").text for who in ("anna", "doris", "frieda"))
    eigene = portal.get(f"/anbieter/eigene/{anbieter.pk}/bankverbindung/").text
    assert "wenn das Jugendamt es bestätigt" in eigene and "Ansehen oder zurückziehen" in eigene
    for page in (emil.get(KONTEN).text, portal.get(f"/anbieter/eigene/konten/{vorschlag.pk}/").text):
        assert "wartet auf das Jugendamt" in page and "wartet auf eine zweite Person" not in page
    assert anbieter.name in emil.get(f"{KONTEN}?zustand=VORGESCHLAGEN").text
    assert anbieter.name not in emil.get(f"{KONTEN}?zustand=ABGELAUFEN").text
    hier = f"{KONTEN}{vorschlag.pk}/"
    page = emil.get(hier).text
    assert "DE02 5001 0517 0137 0750 30" in page and "endet auf 2051" in page and ALT not in page.replace(" ", "")
    page = emil.post(hier, {"entscheidung": "bestaetigen", "geprueft_an": ""})
    assert page.status_code == 422 and "woran Sie das Konto geprüft haben" in page.text
    worin = "Anruf bei Frau Möller unter der Nummer aus der Vereinbarung"
    page = emil.post(hier, {"entscheidung": "bestaetigen", "geprueft_an": worin}, follow=True)
    assert "Das Konto gilt ab sofort" in page.text and worin in page.text
    assert (holds(anbieter), Kontovorschlag.objects.get().geprueft_an) == (NEU, worin)
    page = portal.get(f"/anbieter/eigene/{anbieter.pk}/bankverbindung/").text
    assert "Jugendamt Vorpommern-Greifswald" in page and "Ebert" not in page and worin not in page
    assert "Bankverbindungen prüfen" not in emil.get("/").text
    assert emil.post(hier, {"entscheidung": "ablehnen", "grund": "zu spät"}).status_code == 409


def test_the_office_declines_with_a_reason_that_the_provider_reads(cast, anbieter, sign_in):
    vorschlag, anton = enter(cast.user("inge"), anbieter), sign_in("anton")
    page = anton.post(f"{KONTEN}{vorschlag.pk}/", {"entscheidung": "ablehnen", "grund": ""})
    assert page.status_code == 422
    anton.post(f"{KONTEN}{vorschlag.pk}/", {"entscheidung": "ablehnen", "grund": "Am Telefon weiß niemand davon."})
    page = sign_in("inge").get(f"/anbieter/eigene/konten/{vorschlag.pk}/").text
    assert "Am Telefon weiß niemand davon." in page and "Arndt" not in page
    assert holds(anbieter) == ALT


def test_another_office_other_roles_and_her_own_provider_decide_nothing(cast, anbieter, sign_in, hro, vg):
    vorschlag = enter(cast.user("inge"), anbieter)
    appoint(user=cast.user("hilde"), tenant=hro, rolle="JUGENDAMTSLEITUNG", gueltig_ab=date(2015, 1, 1))
    hier = f"{KONTEN}{vorschlag.pk}/"
    for who, at, status in (("hilde", "HRO", 404), ("doris", "VG", 403), ("frieda", "VG", 403), ("jan", "PORTAL", 403)):
        client = sign_in(who, at=at)
        for answer in (client.get(hier), client.post(hier, {"entscheidung": "bestaetigen", "geprueft_an": "Brief"})):
            assert answer.status_code == status, who
    assert anbieter.name not in sign_in("hilde", at="HRO").get(KONTEN).text
    with pytest.raises(Verweigert):
        at_office(cast, "hilde", services.confirm_kontovorschlag, vorschlag=vorschlag, geprueft_an="Brief")
    with on_portal(user_id=cast.user("hilde").pk):
        assert not Kontovorschlag.objects.filter(pk=vorschlag.pk).exists(), "row rules say the same"
    # Anton administers the office and works for the provider, too: he is not its office.
    appoint(user=cast.user("anton"), anbieter_id=anbieter.pk, rolle="ANBIETER", gueltig_ab=date(2015, 1, 1))
    assert sign_in("anton").get(hier).status_code == 404
    anton = cast.user("anton")
    with pytest.raises(DatabaseError, match="office that was asked"):
        confirm_by_sql(anton, vorschlag, geprueft_an="Brief")
    with in_tenant(vg, user_id=anton.pk):
        assert not OffenerKontovorschlag.objects.exists()
    assert holds(anbieter) == ALT


def test_database__lies_about_the_office(cast, anbieter, hro):
    """Whoever entered it names an office where she has no house, moves it to no office, or writes what was checked."""
    inge, ada = cast.user("inge"), invite(cast.user("inge"), anbieter, "Ada")
    vorschlag = enter(inge, anbieter)
    kreis = create_einrichtung(anbieter="Haus am See e. V.", kreis="HRO").gebietskoerperschaft
    rows = Kontovorschlag.objects.filter(pk=vorschlag.pk)

    def lies(match: str, **fields) -> None:
        with (
            on_portal(user_id=ada.pk, anbieter_ids=[anbieter.pk]),
            pytest.raises(DatabaseError, match=match),
            transaction.atomic(),
        ):
            rows.update(**fields)

    decided = {"zustand": "BESTAETIGT", "entschieden_von": ada.pk, "entschieden_at": real_now()}
    lies("stays as it is", gebietskoerperschaft=None)
    lies("stays as it is", gebietskoerperschaft=kreis)
    lies("stays as it is", **decided | {"gebietskoerperschaft": None})
    lies("office that was asked", **decided | {"geprueft_an": "Brief"})
    lies("geprueft_an", **decided)
    lies("geprueft_an", geprueft_an="Brief")
    lies("in the name of another", **decided | {"entschieden_von": cast.user("emil").pk, "geprueft_an": "Brief"})
    run(inge, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    with (
        on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]),
        pytest.raises(DatabaseError, match="where the provider has a facility"),
        transaction.atomic(),
    ):
        Kontovorschlag.objects.create(
            anbieter=anbieter, iban=NEU, inhaber="Küste", vorgeschlagen_von=inge, gebietskoerperschaft=kreis,
            gilt_bis=real_now() + timedelta(days=9),
        )  # fmt: skip
    assert holds(anbieter) == ALT


def test_a_house_in_two_districts_chooses_the_office(cast, anbieter, sign_in, hro):
    haus = create_einrichtung(anbieter=KUESTE, kreis="HRO")
    portal, url = sign_in("inge"), f"/anbieter/eigene/{anbieter.pk}/bankverbindung/"
    assert "Jugendamt, das das Konto prüft" in portal.get(url).text
    assert portal.post(url, TYPED).status_code == 422
    with pytest.raises(RegelVerletzt, match="in dessen Kreis"):
        enter(cast.user("inge"), anbieter)
    assert portal.post(url, TYPED | {"gebietskoerperschaft": haus.gebietskoerperschaft_id}).status_code == 302
    assert Kontovorschlag.objects.get().gebietskoerperschaft == haus.gebietskoerperschaft


# -- what happens meanwhile ----------------------------------------------------------------------


def test_whoever_could_confirm_leaves_meanwhile(cast, anbieter, sign_in):
    inge, ines = cast.user("inge"), cast.user("ines")
    vorschlag = enter(inge, anbieter)
    assert "Ines Ihde" in sign_in("inge").get(f"/anbieter/eigene/konten/{vorschlag.pk}/").text
    Membership.objects.filter(user=ines).update(gueltig_bis=today())
    with pytest.raises(DatabaseError, match="before it was entered"):
        confirm_by_sql(ines, vorschlag)
    assert "niemand mehr" in sign_in("inge").get(f"/anbieter/eigene/konten/{vorschlag.pk}/").text
    run(inge, services.withdraw_kontovorschlag, vorschlag=vorschlag)
    assert enter(inge, anbieter).gebietskoerperschaft is not None


def asked(anbieter) -> set[str]:
    """Which offices may be asked, as the page offers them; the database says the same of every district."""
    kreise = Gebietskoerperschaft.objects.all()
    gefragt = {kreis.kuerzel for kreis in list_pruefende(anbieter)}
    with connection.cursor() as cursor:
        for kreis in kreise:
            cursor.execute("SELECT providers_amt_prueft(%s, %s)", [anbieter.pk, kreis.pk])
            assert cursor.fetchone()[0] is (kreis.kuerzel in gefragt), kreis
    return gefragt


def test_a_house_of_her_own_making_does_not_choose_the_office(cast, anbieter, sign_in, hro):
    """Inge enters a house where she is head of the office under another account, and would be asked there at once."""
    inge = cast.user("inge")
    rostock = Gebietskoerperschaft.objects.get(kuerzel="HRO")
    erstes = anbieter.einrichtungen.get()
    angaben = {"name": "Briefkasten", "strasse": "Weg 1", "plz": "18055", "ort": "Rostock"}
    run(inge, create_einrichtung_of_own, anbieter=anbieter, gebietskoerperschaft=rostock, angaben=angaben)
    assert asked(anbieter) == {"VG"}, "others have entered that one"
    assert (
        "Jugendamt, das das Konto prüft"
        not in sign_in("inge").get(f"/anbieter/eigene/{anbieter.pk}/bankverbindung/").text
    )
    with pytest.raises(RegelVerletzt, match="Jugendamt"):
        enter(inge, anbieter, gebietskoerperschaft=rostock)
    with (
        on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]),
        pytest.raises(DatabaseError, match="where the provider has a facility"),
        transaction.atomic(),
    ):
        Kontovorschlag.objects.create(
            anbieter=anbieter, iban=NEU, inhaber="Küste", vorgeschlagen_von=inge, gebietskoerperschaft=rostock,
            gilt_bis=real_now() + timedelta(days=9),
        )  # fmt: skip
    with (
        on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]),
        pytest.raises(DatabaseError, match="where the provider has a facility"),
        transaction.atomic(),
    ):
        Stammdatenvorschlag.objects.create(
            anbieter=anbieter, gebietskoerperschaft=rostock, name="Küste", bisher={}, vorgeschlagen_von=inge
        )
    assert enter(inge, anbieter).gebietskoerperschaft == erstes.gebietskoerperschaft
    create_einrichtung(anbieter=anbieter, kreis="HRO")
    assert asked(anbieter) == {"VG", "HRO"}, "an office has entered one there, too"
    anbieter.einrichtungen.exclude(name="Briefkasten").update(gueltig_bis=today())
    assert asked(anbieter) == {"HRO"}, "only her own houses are left: one of them has to do"


def test_an_account_of_hers_at_the_office_confirms_nothing(cast, anbieter, sign_in, vg):
    """Emil heads the office and works for the provider, where the invitation made an account of its own for him."""
    zweites = invite(cast.user("inge"), anbieter, "Emil")
    User.objects.filter(pk=zweites.pk).update(email="EMIL@example.org")
    Membership.objects.filter(user=zweites).update(gueltig_bis=today())
    vorschlag = enter(cast.user("inge"), anbieter)
    emil = cast.user("emil")
    assert sign_in("emil").get(f"{KONTEN}{vorschlag.pk}/").status_code == 404
    with pytest.raises(Verweigert):
        at_office(cast, "emil", services.confirm_kontovorschlag, vorschlag=vorschlag, geprueft_an="Brief")
    with pytest.raises(DatabaseError, match="office that was asked"):
        confirm_by_sql(emil, vorschlag, geprueft_an="Brief")
    with in_tenant(vg, user_id=emil.pk):
        assert not OffenerKontovorschlag.objects.exists()
    User.objects.filter(pk__in=(emil.pk, zweites.pk)).update(email="")
    at_office(cast, "emil", services.confirm_kontovorschlag, vorschlag=vorschlag, geprueft_an="Brief")
    assert holds(anbieter) == NEU, "no address is nobody's"


def test_whoever_entered_it_leaves_before_the_office_decides(cast, anbieter):
    vorschlag = enter(cast.user("inge"), anbieter)
    Membership.objects.filter(user=cast.user("inge")).update(gueltig_bis=today())
    row = {"vorschlag": vorschlag, "geprueft_an": "Brief"}
    with pytest.raises(Konflikt, match="gehört nicht mehr"):
        at_office(cast, "emil", services.confirm_kontovorschlag, **row)
    with pytest.raises(DatabaseError, match="who has left"), on_portal(user_id=cast.user("emil").pk):
        Kontovorschlag.objects.filter(pk=vorschlag.pk).update(
            zustand="BESTAETIGT", entschieden_von=cast.user("emil").pk, entschieden_at=real_now(), geprueft_an="Brief"
        )


def test_of_two_who_confirm_one_does(cast, anbieter):
    """Both have the page open; the second one finds it decided, whoever says so to the database."""
    vorschlag = enter(cast.user("inge"), anbieter)
    at_office(cast, "emil", services.confirm_kontovorschlag, vorschlag=vorschlag, geprueft_an="Brief der Bank")
    with pytest.raises(Konflikt, match="schon entschieden"):
        at_office(cast, "anton", services.confirm_kontovorschlag, vorschlag=vorschlag, geprueft_an="Anruf")
    with pytest.raises(DatabaseError, match="stays as it is"), on_portal(user_id=cast.user("anton").pk):
        Kontovorschlag.objects.filter(pk=vorschlag.pk).update(entschieden_von=cast.user("anton").pk)
    assert Kontovorschlag.objects.get().geprueft_an == "Brief der Bank"


def test_a_colleague_who_knows_nothing_of_it_says_no(cast, anbieter, sign_in):
    ada = invite(cast.user("inge"), anbieter, "Ada")
    vorschlag = enter(cast.user("inge"), anbieter)
    run(ada, services.decline_kontovorschlag, vorschlag=vorschlag, grund="Das ist nicht unsere Bank.")
    assert Kontovorschlag.objects.get().zustand == "ABGELEHNT"


def test_it_stands_in_the_inbox_of_whoever_may_act(cast, anbieter, sign_in):
    ines = sign_in("ines")
    assert "wartet auf eine zweite Person" not in ines.get("/eingang/").text
    vorschlag = enter(cast.user("inge"), anbieter)
    page = ines.get("/eingang/").text
    assert "Ein anderes Konto wartet auf eine zweite Person" in page and str(vorschlag.pk) in page
    assert str(vorschlag.pk) not in sign_in("inge").get("/eingang/").text, "hers"
    assert str(vorschlag.pk) not in sign_in("fritz").get("/eingang/").text, "staff of one house"


def test_no_account_at_all_is_something_to_do__until_one_is_entered(cast, vg, sign_in):
    """Without one no office pays: both first pages of whoever keeps it say so, and lead there."""
    anbieter = create_einrichtung(anbieter=KUESTE, kreis="VG").anbieter
    inge, ines, pages = cast.user("inge"), sign_in("ines"), ("/eingang/", "/anbieter/eigene/")
    fehlt, weg = "Noch keine Bankverbindung", f'href="/anbieter/eigene/{anbieter.pk}/bankverbindung/"'
    for page in pages:
        text = ines.get(page).text
        assert fehlt in text and weg in text, page
        assert fehlt not in sign_in("fritz").get(page).text, "staff of one house"
    assert fehlt not in ines.get("/eingang/?zustand=erledigt").text
    Anbieter.objects.filter(pk=anbieter.pk).update(gueltig_bis=today())
    assert fehlt not in ines.get("/anbieter/eigene/").text, "it has ended"
    Anbieter.objects.filter(pk=anbieter.pk).update(gueltig_bis=None)
    vorschlag = enter(inge, anbieter)
    for page in pages:
        text = ines.get(page).text
        assert fehlt not in text and str(vorschlag.pk) in text, page
        assert fehlt not in sign_in("inge").get(page).text, "she has entered it"


def test_who_is_paid_has_nothing_to_do(cast, anbieter, sign_in):
    for page in ("/eingang/", "/anbieter/eigene/"):
        assert "Noch keine Bankverbindung" not in sign_in("ines").get(page).text, page


# -- mails ---------------------------------------------------------------------------------------


def told(art: str) -> set[str]:
    return {m.user.username for m in Mailauftrag.objects.filter(art=art).select_related("user")}


def test_everybody_concerned_is_told_and_nobody_the_number(cast, anbieter, settings):
    settings.SENDS_MAIL = True
    for who in ("emil", "anton", "anna", "edda"):
        cast.user(who)
    ada = invite(cast.user("inge"), anbieter, "Ada")
    vorschlag = enter(cast.user("inge"), anbieter)
    assert told("KONTO_ZU_PRUEFEN") == {"emil", "anton", "edda"} and told("KONTO_WARTET") == {ada.username}
    at_office(cast, "emil", services.decline_kontovorschlag, vorschlag=vorschlag, grund="Niemand weiß davon.")
    assert told("KONTO_ABGELEHNT") == {"inge", ada.username}
    vorschlag = enter(cast.user("inge"), anbieter)
    at_office(cast, "emil", services.confirm_kontovorschlag, vorschlag=vorschlag, geprueft_an="Brief")
    assert told("KONTO_GEAENDERT") == {"inge", ada.username}
    mail.outbox.clear()
    work()
    texts = [m.body for m in mail.outbox]
    assert any("das Jugendamt Vorpommern-Greifswald hat es bestätigt" in text for text in texts)
    assert texts and not any(part in text for text in texts for part in (NEU[-6:], ALT[-6:], "Iversen", "Niemand weiß"))


# -- the second person has just left -------------------------------------------------------------


def end(by: User, wen: User, anbieter: Anbieter) -> None:
    """Whoever administers ends a colleague's role, as her page does."""
    akteur = akteur_of(by)
    rolle = Membership.objects.get(user=wen, anbieter_id=anbieter.pk)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        end_membership(akteur=akteur, membership=rolle, letzter_tag=None)


def says(vorschlag: Kontovorschlag) -> tuple[date | None, bool]:
    vorschlag.refresh_from_db()
    return vorschlag.ausgeschieden_am, vorschlag.selbst_beendet


def test_a_colleague_was_ended_and_then_an_office_asked__it_reads_that(cast, anbieter, sign_in, settings):
    settings.SENDS_MAIL = True
    inge, ines = cast.user("inge"), cast.user("ines")
    cast.user("emil")
    end(inge, ines, anbieter)
    vorschlag = enter(inge, anbieter)
    assert says(vorschlag) == (today(), True)
    emil, page = sign_in("emil"), f"{KONTEN}{vorschlag.pk}/"
    said = ("nicht mehr dabei", "beendet von der Person, die dieses Konto eingetragen hat")
    text = emil.get(page).text
    assert all(part in text for part in (*said, "ging erst vor Kurzem")) and "Ihde" not in text
    assert told("KONTO_EHEMALIGE") == {"ines"}
    work()
    post = [m for m in mail.outbox if m.to == ["ines@example.org"]]
    assert len(post) == 1 and "prüft es" in post[0].body
    assert not any(part in post[0].body for part in (NEU[-6:], "Iversen", "Küste", "http"))
    assert emil.post(page, {"entscheidung": "bestaetigen", "geprueft_an": "Brief der Bank"}).status_code == 302
    text = emil.get(page).text
    assert all(part in text for part in said) and "ging erst vor Kurzem" not in text, "kept with the decision"
    work()
    assert "hat es bestätigt" in [m.body for m in mail.outbox if m.to == ["ines@example.org"]][-1]


def test_somebody_she_has_invited_ends_it_for_her(cast, anbieter):
    inge, ines = cast.user("inge"), cast.user("ines")
    ada = invite(inge, anbieter, "Ada", verwaltet=True)
    end(ada, ines, anbieter)
    assert says(enter(inge, anbieter)) == (today(), True)


def test_ended_by_the_operator__is_said_without_blame(cast, anbieter):
    inge, ines = cast.user("inge"), cast.user("ines")
    with on_portal(user_id=cast.user("lars").pk):
        Membership.objects.filter(user=ines).update(gueltig_bis=today())
    assert says(enter(inge, anbieter)) == (today(), False)


def test_a_role_dated_back_ended_when_that_was_written(cast, anbieter):
    inge, ines = cast.user("inge"), cast.user("ines")
    with on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]):
        Membership.objects.filter(user=ines).update(gueltig_bis=date(2016, 1, 1))
    assert says(enter(inge, anbieter)) == (today(), True)


@pytest.mark.parametrize(("tage", "gesagt"), [(0, True), (89, True), (90, False)])
def test_for_ninety_days(tage, gesagt, cast, anbieter):
    bis = today() - timedelta(days=tage)
    appoint(user=cast.user("nora"), anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, gueltig_ab=date(2015, 1, 1),
            gueltig_bis=bis)  # fmt: skip
    vorschlag = enter(cast.user("inge"), anbieter)
    assert says(vorschlag) == ((bis, False) if gesagt else (None, False))
    assert set(list_ausgeschiedene(vorschlag)) == ({cast.user("nora")} if gesagt else set())


def test_who_could_not_have_confirmed_is_not_spoken_of(cast, anbieter):
    """Whom Inge has invited herself; somebody of one facility; a colleague who is back under another role."""
    inge = cast.user("inge")
    ada = invite(inge, anbieter, "Ada")
    end(inge, ada, anbieter)
    fritz = cast.user("fritz")
    Membership.objects.filter(user=fritz).update(gueltig_bis=today())
    assert says(enter(inge, anbieter)) == (None, False)


def test_database__who_has_left_is_not_the_statements_to_say(cast, anbieter):
    inge, ines = cast.user("inge"), cast.user("ines")
    end(inge, ines, anbieter)
    kreis = list_pruefende(anbieter).get()
    with on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]):
        vorschlag = Kontovorschlag.objects.create(
            anbieter=anbieter, iban=NEU, inhaber="Küste", gilt_bis=real_now() + timedelta(days=9),
            vorgeschlagen_von=inge, gebietskoerperschaft=kreis, ausgeschieden_am=None, selbst_beendet=False,
        )  # fmt: skip
    assert says(vorschlag) == (today(), True)
    for lie in ({"ausgeschieden_am": None}, {"selbst_beendet": False}):
        with (
            pytest.raises(DatabaseError, match="stays as it is"),
            on_portal(user_id=inge.pk, anbieter_ids=[anbieter.pk]),
            transaction.atomic(),
        ):
            Kontovorschlag.objects.filter(pk=vorschlag.pk).update(
                zustand="ZURUECKGEZOGEN", entschieden_von=inge, entschieden_at=real_now(), **lie
            )


def test_a_colleague_comes_between_the_look_and_the_entry__said_in_german(cast, anbieter, sign_in, monkeypatch):
    """An office would have been asked: no number of an error, and the next attempt asks her."""
    inge, url = sign_in("inge"), f"/anbieter/eigene/{anbieter.pk}/bankverbindung/"
    cast.user("ines")
    with monkeypatch.context() as before:
        before.setattr(services, "list_bestaetigende", lambda *_, **__: [])
        with pytest.raises(Konflikt, match="Inzwischen gibt es bei Ihrem Anbieter jemanden"):
            enter(cast.user("inge"), anbieter)
        page = inge.post(url, TYPED)
        assert "Inzwischen gibt es" in page.text and page.status_code < 500
    assert not Kontovorschlag.objects.exists()
    assert enter(cast.user("inge"), anbieter).gebietskoerperschaft is None


# -- the rule and the database -------------------------------------------------------------------


def test_rule__chains_end_outside_and_rings_end():
    a, b, c, amt = (UUID(int=n) for n in range(1, 5))
    assert zulassungskette(c, {a: {amt}, b: {a}, c: {b}}) == {a, b, c}
    assert zulassungskette(a, {a: {amt}}) == {a}, "an office is nobody of the provider"
    assert not sind_unabhaengig(b, c, {a: {amt}, b: {a}, c: {a}})
    assert sind_unabhaengig(a, b, {a: {amt}, b: {amt}}), "let in by the same office"
    assert not sind_unabhaengig(a, b, {a: {b}, b: {a}})
    assert not sind_unabhaengig(a, a, {a: set()})


HOW = st.sampled_from(("role", "invitation", "mailbox"))
WORLDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), HOW), max_size=9)


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORLDS)
def test_database__says_what_the_rule_says(db, world):
    """(whom, who, how): six people, a seventh who never works there, whatever the order. She gave her a role, or sent
    her another invitation, or both read one mailbox."""
    with transaction.atomic():
        anbieter = Anbieter.objects.create(name=f"Welt {uuid4()}")
        leute = [
            User.objects.create(username=f"w-{uuid4()}", nachname=str(n), password="!", email=f"w{n}@example.org")
            for n in range(7)
        ]
        tag = date(2010, 1, 1)
        for user in leute[:6]:
            Membership.objects.create(user=user, anbieter_id=anbieter.pk, rolle="ANBIETER", gueltig_ab=tag)
        for nummer, (wen, wer, how) in enumerate(world, start=1):
            if how == "mailbox":  # by no person: nobody alters an address
                User.objects.filter(pk=leute[wen].pk).update(email=f"W{wer}+{nummer}@Example.org")
                continue
            with on_portal(user_id=leute[wer].pk, anbieter_ids=[anbieter.pk]):
                if how == "role":
                    Membership.objects.create(
                        user=leute[wen],
                        anbieter_id=anbieter.pk,
                        rolle="ANBIETER",
                        gueltig_ab=tag + timedelta(days=nummer),
                    )
                else:
                    User.objects.filter(pk=leute[wen].pk).update(einladung_nr=nummer)
        zulassungen = list_zulassungen(anbieter.pk)
        with connection.cursor() as cursor:
            for eine in leute[:6]:
                cursor.execute("SELECT providers_zulassungskette(%s, %s)", [anbieter.pk, eine.pk])
                assert set(cursor.fetchone()[0]) == zulassungskette(eine.pk, zulassungen)
                for andere in leute[:6]:
                    cursor.execute("SELECT providers_unabhaengig(%s, %s, %s)", [anbieter.pk, eine.pk, andere.pk])
                    assert cursor.fetchone() == (sind_unabhaengig(eine.pk, andere.pk, zulassungen),)
        transaction.set_rollback(True)  # roles that nobody would be given
