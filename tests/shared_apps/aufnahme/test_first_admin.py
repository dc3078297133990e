"""A provider that a list has made joins: two people of the office at its place invite its first administration."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from uuid6 import uuid7

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.aufnahme import policies, services
from shared_apps.aufnahme.models import Aufnahmeantrag, UnverwalteterAnbieter
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import in_tenant, on_portal
from tests.mails import work
from tests.people import appoint
from tests.shared_apps.aufnahme.joining import (
    ANGABEN,
    HAEUSER,
    PERSON,
    applied,
    entered,
    listed,
    newest,
    proposed,
    run,
    stranger,
)
from tests.shared_apps.factors.steps import agree

NEW = "Wolken-ziehen-schnell-7"
pytestmark = pytest.mark.django_db


def invite_url(anbieter: Anbieter) -> str:
    return f"/verwaltung/aufnahmen/anbieter/{anbieter.pk}/verwaltung/"


def url(antrag: Aufnahmeantrag) -> str:
    return f"/verwaltung/aufnahmen/{antrag.pk}/"


# -- the way -------------------------------------------------------------------------------------------------


def test_from_the_register_to_meine_einrichtungen(cast, vg, sign_in) -> None:
    anbieter = listed()
    anton, emil = sign_in("anton"), sign_in("emil")
    page = anton.get(f"/anbieter/{anbieter.pk}/").text
    assert "Niemand verwaltet die Zugänge" in page and invite_url(anbieter) in page
    assert invite_url(anbieter) in anton.get("/verwaltung/aufnahmen/ohne-verwaltung/").text
    page = anton.post(invite_url(anbieter), PERSON | {"person_email": ""})
    assert page.status_code == 422 and "Leitner" in page.text
    page = anton.post(invite_url(anbieter), PERSON, follow=True).text
    assert "Eingeladen wird, wenn eine zweite Person" in page and "nimmt ihn nicht selbst auf" in page
    assert "schon ein Vorschlag" in emil.get(invite_url(anbieter)).text
    antrag = newest()
    page = anton.post(url(antrag), {"entscheidung": "aufnehmen"})
    assert page.status_code == 403 and not mail.outbox

    page = emil.get(url(antrag)).text
    assert "nur die Verwaltung kommt hinzu" in page and "fragen Sie dort telefonisch" not in page
    page = emil.post(url(antrag), {"entscheidung": "aufnehmen"}, follow=True).text
    assert "Die Einladung ist unterwegs." in page
    connection.check_constraints()
    work()
    assert [m.to for m in mail.outbox] == [["info@leuchtfeuer.example"], ["lotte@leuchtfeuer.example"]]
    assert not re.search("Leuchtfeuer|Lotte|Leitner", mail.outbox[-1].body), "no name beside the link"
    assert Anbieter.objects.filter(name__startswith="Leuchtfeuer").count() == 1

    lotte, user = stranger(), User.objects.get(email="lotte@leuchtfeuer.example")
    pfad = re.search(r"http://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    assert lotte.post(pfad, {"passwort_neu": NEW, "passwort_neu_2": NEW})["Location"] == "/anmelden/"
    lotte.post("/anmelden/", {"username": user.username, "password": NEW})
    agree(lotte)
    assert "Haus Peene" in lotte.get("/anbieter/eigene/").text
    assert lotte.get("/mitglieder/").status_code == 200
    assert "Niemand verwaltet" not in anton.get(f"/anbieter/{anbieter.pk}/").text
    page = anton.get(invite_url(anbieter))
    assert "verwaltet schon jemand" in page.text and "Vorschlagen" not in page.text


def test_anbieter_werden__recognised_and_joined_instead_of_made_twice(cast, vg, sign_in) -> None:
    """The list wrote another name and the same register number; whoever checks has to say which it is."""
    anbieter = listed("Leuchtfeuer Jugendhilfe", register_nr="ag stralsund HRB 1234")
    antrag, anton = applied(), sign_in("anton")
    page = anton.get(url(antrag)).text
    assert "gleiche Registernummer, ohne Verwaltung" in page and "Leuchtfeuer Jugendhilfe" in page
    page = anton.post(url(antrag), {"entscheidung": "pruefen", "wen": ""})
    assert page.status_code == 422 and newest().zustand == "OFFEN"
    assert anton.post(url(antrag), {"entscheidung": "pruefen", "wen": str(uuid7())}).status_code == 422
    anton.post(url(antrag), {"entscheidung": "pruefen", "wen": str(anbieter.pk)})
    assert newest().vorhandener_id == anbieter.pk
    assert "Steht im Verzeichnis als" in sign_in("emil").get(url(antrag)).text
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    assert newest().membership.anbieter_id == anbieter.pk
    anbieter.refresh_from_db()
    assert anbieter.name == "Leuchtfeuer Jugendhilfe", "what was applied for changes nothing of the register"
    assert list(anbieter.einrichtungen.values_list("name", flat=True)) == ["Haus Peene"]
    assert not Anbieter.objects.filter(name="Leuchtfeuer Jugendhilfe gGmbH").exists()


def test_anbieter_werden__a_new_one_beside_it(cast, vg, sign_in) -> None:
    listed("Leuchtfeuer Jugendhilfe")
    antrag = applied()
    sign_in("anton").post(url(antrag), {"entscheidung": "pruefen", "wen": "neu"})
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    assert newest().anbieter.name == "Leuchtfeuer Jugendhilfe gGmbH"


# -- when the address lies -----------------------------------------------------------------------------------


def test_an_address_of_another_domain__is_pointed_out_to_whoever_signs(cast, vg, sign_in) -> None:
    antrag = proposed(cast, listed(), person_email="lotte@gmx.example")
    assert "gehört nicht zu der des Anbieters (info@leuchtfeuer.example)" in sign_in("emil").get(url(antrag)).text


def test_a_wrong_address__is_taken_back_and_another_person_invited(cast, vg, sign_in) -> None:
    anbieter, emil = listed(), sign_in("emil")
    antrag = proposed(cast, anbieter, person_email="falsch@example.org")
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    work()
    pfad = re.search(r"http://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    page = emil.post(url(antrag), {"entscheidung": "einladung_zurueckziehen"}, follow=True).text
    assert "Die Einladung ist zurückgezogen." in page and "Einladung noch einmal senden" not in page
    connection.check_constraints()
    fremd = stranger()
    assert "passwort_neu" not in fremd.get(pfad).text
    assert fremd.post(pfad, {"passwort_neu": NEW, "passwort_neu_2": NEW}).status_code != 302
    assert not User.objects.get(email="falsch@example.org").has_usable_password()
    page = emil.post(url(antrag), {"entscheidung": "einladen"})
    assert page.status_code == 409 and "zurückgezogen" in page.text
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=proposed(cast, anbieter))
    assert newest().membership.user.email == "lotte@leuchtfeuer.example"


def test_who_has_come_in__is_not_thrown_out_by_an_office(cast, vg) -> None:
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=proposed(cast, listed()))
    user = newest().membership.user
    user.set_password(NEW)
    user.save()
    with pytest.raises(Konflikt, match="schon eingerichtet"):
        run(cast, services.revoke_einladung, "emil", antrag=newest())
    user.refresh_from_db()
    assert user.is_active


# -- who may not, and for whom -------------------------------------------------------------------------------


def test_nobody_becomes_administration_of_a_provider_that_has_one(cast, vg, sign_in) -> None:
    kueste = cast.anbieter("Jugendhilfe Küste gGmbH")
    appoint(user=cast.user("ines"), anbieter_id=kueste.pk, rolle=Rolle.ANBIETER, verwaltet=True, gueltig_ab=today())
    ort = Gebietskoerperschaft.objects.get(kuerzel="VG")
    Einrichtung.objects.create(anbieter=kueste, name="Haus Neu", gebietskoerperschaft=ort)
    with pytest.raises(Konflikt, match="verwaltet schon jemand"):
        proposed(cast, kueste)
    anton = sign_in("anton")
    assert "Niemand verwaltet" not in anton.get(f"/anbieter/{kueste.pk}/").text
    assert anton.post(invite_url(kueste), PERSON).status_code == 409
    with pytest.raises(Konflikt):
        run(cast, services.check_aufnahmeantrag, "anton", antrag=applied(), vorhandener=kueste)

    # somebody came in between the two signatures: the operator's way, say
    anbieter = listed()
    antrag = proposed(cast, anbieter)
    appoint(
        user=User.objects.create_user(username="jemand", password=None),
        anbieter_id=anbieter.pk,
        rolle=Rolle.ANBIETER,
        verwaltet=True,
        gueltig_ab=today(),
    )
    with pytest.raises(Konflikt, match="verwaltet schon jemand"):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    assert newest().zustand == "GEPRUEFT" and not User.objects.filter(email="lotte@leuchtfeuer.example").exists()


def own_house(anbieter: Anbieter, kreis: str, **role: object) -> User:
    """One of the provider's people enters a facility, alone and at once; she administers nobody's access."""
    user = User.objects.create_user(username=uuid7().hex, password=None, email=f"{uuid7().hex}@example.org")
    appoint(user=user, anbieter_id=anbieter.pk, **{"rolle": Rolle.ANBIETER, "gueltig_ab": date(2015, 1, 1)} | role)
    ort = Gebietskoerperschaft.objects.get(kuerzel=kreis)
    with on_portal(user_id=user.pk, anbieter_ids=[anbieter.pk]):
        Einrichtung.objects.create(anbieter=anbieter, name=f"Briefkasten {kreis}", gebietskoerperschaft=ort)
    return user


def test_a_house_of_her_own_making_does_not_choose_who_names_the_administration(cast, vg, hro, sign_in) -> None:
    """She speaks for a provider, enters a house where she has friends in the office, and they invite whom she likes."""
    anbieter = listed("Haus Warnow e. V.", kreis="HRO")
    own_house(anbieter, "VG")
    anton = sign_in("anton")
    assert "Niemand verwaltet" not in anton.get(f"/anbieter/{anbieter.pk}/").text
    assert anbieter.name not in anton.get("/verwaltung/aufnahmen/ohne-verwaltung/").text
    page = anton.get(invite_url(anbieter)).text
    assert "die jemand anderes als er selbst eingetragen hat" in page and "Vorschlagen" not in page
    assert anton.post(invite_url(anbieter), PERSON).status_code == 409
    with pytest.raises(Konflikt):
        proposed(cast, anbieter)
    with pytest.raises(Konflikt):
        run(cast, services.check_aufnahmeantrag, "anton", antrag=applied(), vorhandener=anbieter)
    row = ANGABEN | {
        "person_email": "lotte@leuchtfeuer.example", "einrichtungen": HAEUSER, "tenant": vg, "zustand": "GEPRUEFT",
        "token_hash": "", "vorgeschlagen_at": real_now(), "vorgeschlagen_von_id": cast.user("anton").pk,
    }  # fmt: skip
    with refused("whom nobody administers"), transaction.atomic(), on_portal(user_id=cast.user("anton").pk):
        Aufnahmeantrag.objects.create(**row, vorhandener=anbieter)
    ort = Gebietskoerperschaft.objects.get(kuerzel="VG")
    Einrichtung.objects.create(anbieter=anbieter, name="Haus Ryck", gebietskoerperschaft=ort)
    antrag = proposed(cast, anbieter)
    assert antrag.einrichtungen[0]["name"] == "Haus Ryck", "it signs for the house that others have entered"
    anbieter.einrichtungen.filter(name="Haus Ryck").update(gueltig_bis=today())
    with pytest.raises(Konflikt, match="jemand anderes"):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    with refused("whom nobody administers"):
        _admit_by_hand(cast.user("emil").pk, antrag)


def test_nobody_who_works_or_worked_for_the_provider_names_its_administration(cast, vg, sign_in) -> None:
    """Emil works there, too, under an account of its own; he proposes nobody, agrees to nobody and declines nobody."""
    anbieter, antrag = listed(), None
    konto = own_house(anbieter, "VG", gueltig_bis=date(2020, 1, 1))
    User.objects.filter(pk=konto.pk).update(email="Emil+haus@example.org")
    with pytest.raises(Verweigert, match="arbeiten auch für diesen Anbieter"):
        proposed(cast, anbieter, "emil")
    assert "arbeiten auch für diesen Anbieter" in sign_in("emil").get(invite_url(anbieter)).text
    antrag, emil = proposed(cast, anbieter), cast.user("emil").pk
    for service, more in ((services.approve_aufnahmeantrag, {}), (services.reject_aufnahmeantrag, {"grund": "so"})):
        with pytest.raises(Verweigert, match="arbeiten auch für diesen Anbieter"):
            run(cast, service, "emil", antrag=antrag, **more)
    page = sign_in("emil").get(url(antrag)).text
    assert "arbeiten auch für diesen Anbieter" in page and 'name="entscheidung"' not in page
    with refused("that she works for"):
        _admit_by_hand(emil, antrag)
    with refused("that she works for"), transaction.atomic(), on_portal(user_id=emil):
        Aufnahmeantrag.objects.filter(pk=antrag.pk).update(
            zustand="ABGELEHNT", entschieden_von=emil, entschieden_at=real_now(), grund="so"
        )
    run(cast, services.approve_aufnahmeantrag, "edda", antrag=antrag)


def test_two_accounts_of_one_person_are_one_signature(cast, vg, sign_in) -> None:
    zweites = User.objects.create_user(username="a2", password=None, nachname="A", email="ANTON+amt@example.org")
    appoint(user=zweites, tenant=vg, rolle=Rolle.JUGENDAMTSLEITUNG, gueltig_ab=date(2015, 1, 1))
    antrag = proposed(cast, listed())
    akteur = get_akteur(user=zweites, tenant=vg)
    with pytest.raises(Verweigert, match="nimmt ihn nicht selbst auf"), on_portal(user_id=zweites.pk):
        services.approve_aufnahmeantrag(akteur=akteur, antrag=antrag)
    with refused("not of another account of hers"):
        _admit_by_hand(zweites.pk, antrag)
    for who, waits in ((akteur, 0), (cast.akteur("emil"), 1)):
        with in_tenant(vg, user_id=who.user_id):
            assert policies.count_waiting(who) == waits


def test_a_person_of_the_office_is_known_by_her_mailbox(cast, vg) -> None:
    """However she writes it, she does not administer what her office admits."""
    anbieter, person = listed(), "Bernd+traeger@example.org"
    cast.user("bernd")
    with pytest.raises(RegelVerletzt, match="gehört zu einer Person Ihres Jugendamtes"):
        proposed(cast, anbieter, person_email=person)
    row = ANGABEN | {
        "person_email": person.lower(), "einrichtungen": HAEUSER, "tenant": vg, "zustand": "GEPRUEFT",
        "token_hash": "", "vorgeschlagen_at": real_now(), "vorgeschlagen_von_id": cast.user("anton").pk,
    }  # fmt: skip
    with refused("nobody of the deciding office"), transaction.atomic(), on_portal(user_id=cast.user("anton").pk):
        Aufnahmeantrag.objects.create(**row, vorhandener=anbieter)


def test_whoever_has_left_the_office__is_a_stranger_to_it(cast, vg) -> None:
    """Her mailbox bars nobody any more: she may administer a provider now."""
    user = User.objects.create_user(username=uuid7().hex, password=None, email="weg@example.org")
    appoint(user=user, tenant=vg, rolle=Rolle.ASD, gueltig_ab=today() - timedelta(days=9))
    anton = cast.akteur("anton").user_id
    with on_portal(user_id=anton):
        assert policies.works_in_office("Weg+neu@example.org", vg)
    Membership.objects.filter(user=user).update(gueltig_bis=today())
    with on_portal(user_id=anton):
        assert not policies.works_in_office("Weg+neu@example.org", vg)


def test_a_provider_whose_houses_here_have_ended__is_no_longer_the_offices(cast, vg) -> None:
    akteur = cast.akteur("anton")
    bleibt, ging = listed("Bleibt e. V."), listed("Ging e. V.")
    Einrichtung.objects.filter(anbieter=ging).update(gueltig_bis=today())
    with on_portal(user_id=akteur.user_id):
        assert list(policies.visible_anbieter(akteur).filter(pk__in=[bleibt.pk, ging.pk])) == [bleibt]


def test_only_the_office_at_the_place__only_its_two__nobody_of_it(cast, vg, sign_in) -> None:
    anderswo, beendet = listed("Haus Warnow e. V.", kreis="HRO"), listed("Haus Alt e. V.", gueltig_bis=today())
    anton = sign_in("anton")
    for anbieter in (anderswo, beendet):
        assert anton.get(invite_url(anbieter)).status_code == 404
        with pytest.raises(Konflikt):
            proposed(cast, anbieter)
    anbieter = listed()
    for who in ("anna", "frieda", "clara", "gerd"):
        assert sign_in(who).get(invite_url(anbieter)).status_code == 403
        assert "Niemand verwaltet" not in sign_in(who).get(f"/anbieter/{anbieter.pk}/").text
        with pytest.raises(Verweigert):
            proposed(cast, anbieter, who)
    with pytest.raises(RegelVerletzt, match="gehört zu einer Person Ihres Jugendamtes"):
        proposed(cast, anbieter, person_email=cast.user("bernd").email.upper())
    antrag = proposed(cast, anbieter)
    with pytest.raises(Konflikt, match="wartet schon"):
        proposed(cast, anbieter, "emil")
    with pytest.raises(Verweigert):
        run(cast, services.approve_aufnahmeantrag, "anton", antrag=antrag)
    run(cast, services.withdraw_aufnahmeantrag, "anton", antrag=antrag)
    proposed(cast, anbieter, "emil")


# -- the database itself -------------------------------------------------------------------------------------


def refused(match: str):
    return pytest.raises(DatabaseError, match=match)


def test_view_policy_and_trigger_mean_the_same_providers(cast, vg) -> None:
    """`UnverwalteterAnbieter`, `visible_unverwaltete`, `aufnahme_unverwaltet`: one sentence, written three times."""
    faelle = {
        "offen": listed("Offen e. V."),
        "anderswo": listed("Anderswo e. V.", kreis="HRO"),
        "beendet": listed("Beendet e. V.", gueltig_bis=today()),
        "ohne Haus": Anbieter.objects.create(name="Ohne Haus e. V."),
        "verwaltet": listed("Verwaltet e. V."),
        "gesperrt": listed("Gesperrt e. V."),
        "war verwaltet": listed("War verwaltet e. V."),
        "nur Leser": listed("Nur Leser e. V."),
        "gewählt": listed("Gewählt e. V.", kreis="HRO"),
        "nur eigenes": listed("Nur eigenes e. V.", kreis="HRO"),
        "beide": listed("Beide e. V."),
    }
    for fall in ("gewählt", "nur eigenes", "beide"):
        own_house(faelle[fall], "VG")
    faelle["nur eigenes"].einrichtungen.filter(name="Haus Peene").update(gueltig_bis=today())
    Einrichtung.objects.filter(anbieter=faelle["ohne Haus"]).update(gueltig_bis=today())
    for fall, fields in {
        "verwaltet": {"verwaltet": True},
        "gesperrt": {"verwaltet": True, "user__is_active": False},
        "war verwaltet": {"verwaltet": True, "gueltig_bis": today()},
        "nur Leser": {},
    }.items():
        aktiv = fields.pop("user__is_active", True)
        user = User.objects.create_user(username=uuid7().hex, password=None, is_active=aktiv)
        role = {"rolle": Rolle.ANBIETER, "gueltig_ab": today() - timedelta(days=9)} | fields
        appoint(user=user, anbieter_id=faelle[fall].pk, **role)
    akteur, ids = cast.akteur("anton"), [anbieter.pk for anbieter in faelle.values()]
    with in_tenant(vg, user_id=akteur.user_id):
        view = set(UnverwalteterAnbieter.objects.filter(pk__in=ids).values_list("pk", flat=True))
    with on_portal(user_id=akteur.user_id):
        policy = set(policies.visible_unverwaltete(akteur).filter(pk__in=ids).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT i FROM unnest(%s::uuid[]) i WHERE aufnahme_unverwaltet(i, %s, NULL)", [ids, vg.pk])
        trigger = {row[0] for row in cursor.fetchall()}
    assert (
        view
        == policy
        == trigger
        == {faelle[n].pk for n in ("offen", "gesperrt", "war verwaltet", "nur Leser", "nur eigenes", "beide")}
    )


def test_database__the_first_signature_names_a_provider_of_the_district_that_nobody_administers(cast, vg) -> None:
    anton, anbieter, hier = cast.user("anton").pk, listed("Haus Warnow e. V.", kreis="HRO"), listed()
    kueste = cast.anbieter("Jugendhilfe Küste gGmbH")
    appoint(user=cast.user("ines"), anbieter_id=kueste.pk, rolle=Rolle.ANBIETER, verwaltet=True, gueltig_ab=today())
    row = ANGABEN | {
        "person_email": "lotte@leuchtfeuer.example", "einrichtungen": HAEUSER, "tenant": vg, "zustand": "GEPRUEFT",
        "token_hash": "", "vorgeschlagen_at": real_now(), "vorgeschlagen_von_id": anton,
    }  # fmt: skip
    for fremd in (anbieter, kueste):
        with refused("whom nobody administers"), transaction.atomic(), on_portal(user_id=anton):
            Aufnahmeantrag.objects.create(**row, vorhandener=fremd)
    unsigned = row | {"zustand": "UNBESTAETIGT", "token_hash": uuid7().hex, "expires_at": real_now()}
    unsigned |= {"vorgeschlagen_at": None, "vorgeschlagen_von_id": None}
    with refused("aufnahme_vorhandener"), transaction.atomic(), on_portal(user_id=anton):
        Aufnahmeantrag.objects.create(**unsigned, vorhandener=hier)
    antrag, neuer = proposed(cast, hier), entered(cast, name="Haus Nebel e. V.")
    with refused("stays as it is"), transaction.atomic(), on_portal(user_id=cast.user("emil").pk):
        Aufnahmeantrag.objects.filter(pk=antrag.pk).update(vorhandener=None)
    with refused("stays as it is"), transaction.atomic(), on_portal(user_id=cast.user("emil").pk):
        Aufnahmeantrag.objects.filter(pk=neuer.pk).update(vorhandener=hier)


def _admit_by_hand(who: UUID, antrag: Aufnahmeantrag, **other: object) -> None:
    """What the service does, with what somebody would rather have."""
    with transaction.atomic(), on_portal(user_id=who):
        anbieter_id = other.pop("anbieter_id", antrag.vorhandener_id)
        user = other.pop("user", None) or User.objects.create_user(
            username=uuid7().hex, password=None, email=antrag.person_email
        )
        role = {"rolle": Rolle.ANBIETER, "verwaltet": True, "gueltig_ab": today()} | other
        membership = Membership.objects.create(user=user, anbieter_id=anbieter_id, **role)
        Aufnahmeantrag.objects.filter(pk=antrag.pk).update(
            zustand="AUFGENOMMEN", entschieden_von=who, entschieden_at=real_now(), anbieter=antrag.vorhandener,
            membership=membership,
        )  # fmt: skip
        connection.check_constraints()


def test_database__what_is_admitted_is_the_person_who_was_named_and_no_more(cast, vg) -> None:
    anbieter, anderer = listed(), listed("Haus Nebel e. V.")
    antrag, anton, emil = proposed(cast, anbieter), cast.user("anton").pk, cast.user("emil").pk
    for who, said, other in (
        (anton, "aufnahme_vier_augen", {}),
        (emil, "person who was named", {"user": cast.user("nora")}),
        (emil, "person who was named", {"verwaltet": False}),
        (emil, "person who was named", {"rolle": Rolle.ANBIETER_ABRECHNUNG, "verwaltet": False}),
        (emil, "person who was named", {"anbieter_id": anderer.pk}),
    ):
        with refused(said):
            _admit_by_hand(who, antrag, **other)
    with on_portal(), transaction.atomic():
        schon = appoint(
            user=User.objects.create_user(username="jemand", password=None),
            anbieter_id=anbieter.pk,
            rolle=Rolle.ANBIETER,
            verwaltet=True,
            gueltig_ab=today(),
        )
    with refused("whom nobody administers"):
        _admit_by_hand(emil, antrag)
    Membership.objects.filter(pk=schon.pk).update(gueltig_bis=today())
    _admit_by_hand(emil, antrag)


def invitation_to(address: str) -> str:
    """The text of the last mail to this address."""
    work()
    return next(str(m.body) for m in reversed(mail.outbox) if m.to == [address])


def test_invitation__says_who_decided_and_how_she_comes_in(cast, vg) -> None:
    """She reads it without having seen the portal: what has happened, her user name, each step with its address."""
    antrag = run(cast, services.check_aufnahmeantrag, "anton", antrag=applied())
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    user = User.objects.get(email=antrag.person_email)
    text = invitation_to(user.email)
    assert "Ihr Antrag hat Erfolg: Ihr Anbieter ist in SoJuS aufgenommen" in text and antrag.name not in text
    assert f"Entschieden hat: {vg.name}." in text
    assert f"Ihr Benutzername: {user.username}" in text
    assert (
        text.index("/einladung/") < text.index("/anmelden/") < text.index("zweiten Faktor") < text.index("So geht es")
    )


def test_invitation__to_a_provider_of_the_register(cast, vg) -> None:
    antrag = proposed(cast, listed())
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    text = invitation_to(antrag.person_email)
    assert "steht in SoJuS schon im Verzeichnis" in text and "Ihr Antrag" not in text
    assert f"Entschieden hat: {vg.name}." in text


def test_the_house_is_told_at_its_own_address_that_somebody_was_invited(cast, vg) -> None:
    """Whoever reads the invitation administers the provider: a wrong address shall be noticed by the house."""
    anbieter = listed()
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=proposed(cast, anbieter))
    work()
    told = [m for m in mail.outbox if m.to == ["info@leuchtfeuer.example"]]
    assert len(told) == 1 and vg.name in told[0].body
    assert not re.search("Lotte|Leitner|lotte@|http", told[0].body), "neither who it is nor her link"


@pytest.mark.parametrize("address", ["", PERSON["person_email"]])
def test_nobody_is_told_who_has_no_address_or_is_the_person(cast, vg, address) -> None:
    anbieter = listed()
    with on_portal():
        Anbieter.objects.filter(pk=anbieter.pk).update(email=address)
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=proposed(cast, anbieter))
    work()
    assert len(mail.outbox) == 1
