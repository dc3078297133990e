"""Asking for access: nothing reaches anybody before the address is confirmed, and nothing is told to strangers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.members import policies
from shared_apps.members.models import Mitgliedschaftsantrag, Zugangsantrag
from shared_apps.members.services import (
    approve_mitgliedschaftsantrag,
    approve_zugangsantrag,
    reject_zugangsantrag,
)
from shared_apps.members.services.people import create_person, issue_einladung
from tenants.context import on_portal
from tests.mails import work
from tests.people import GRUENDUNG, appoint

pytestmark = pytest.mark.django_db
VG = {
    "vorname": "Ute", "nachname": "Ulrich", "email": "Ute.Ulrich@example.org", "rolle": "ASD",
    "begruendung": "Ich beginne im Team Anklam.",
}  # fmt: skip
KUESTE = VG | {"ziel": "ANBIETER", "organisation": "jugendhilfe küste ggmbh", "rolle": "ANBIETER"}


def ask(host: str = "vg.localhost", data: dict | None = None) -> str:
    """Send the form; the path of the confirming link, or ""."""
    client = Client(SERVER_NAME=host)
    answer = client.post("/zugang-beantragen/", data or VG)
    work()
    assert answer.status_code == 302, answer.text[:3000]
    assert answer["Location"] == "/zugang-beantragen/gesendet/"
    found = (
        re.search(r"http://[^/]+(/zugang-beantragen/bestaetigen/\S+)", mail.outbox[-1].body) if mail.outbox else None
    )
    return found.group(1) if found else ""


def confirmed(host: str = "vg.localhost", data: dict | None = None) -> Zugangsantrag:
    link = ask(host, data)
    assert "ist eingegangen" in Client(SERVER_NAME=host).post(link).text
    return Zugangsantrag.objects.get()


def test_unconfirmed__in_nobodys_list(cast) -> None:
    link = ask()
    anton = cast.akteur("anton")
    assert Zugangsantrag.objects.get().zustand == "UNBESTAETIGT"
    assert not policies.visible_zugangsantraege(anton).exists()
    assert "Adresse bestätigen" in Client(SERVER_NAME="vg.localhost").get(link).text
    assert not policies.visible_zugangsantraege(anton).exists(), "opening the link confirms nothing"
    Client(SERVER_NAME="vg.localhost").post(link)
    assert policies.visible_zugangsantraege(anton).count() == 1


def test_link__once_at_its_host_for_a_day(vg) -> None:
    link = ask()
    assert Client(SERVER_NAME="hro.localhost").post(link).status_code == 403
    assert Client(SERVER_NAME="portal.localhost").post(link).status_code == 403
    assert Client(SERVER_NAME="vg.localhost").post(link).status_code == 200
    assert Client(SERVER_NAME="vg.localhost").post(link).status_code == 403
    Zugangsantrag.objects.update(
        zustand="UNBESTAETIGT", bestaetigt_at=None, expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert Client(SERVER_NAME="vg.localhost").get(link).status_code == 403
    ask(data=VG | {"email": "neu@example.org"})
    assert Zugangsantrag.objects.count() == 1, "the lapsed one is deleted"


def test_same_answer_for_known_and_unknown_addresses(cast) -> None:
    known = cast.user("anna").email
    pages = []
    for email in (known, "unbekannt@example.org"):
        client = Client(SERVER_NAME="vg.localhost")
        answer = client.post("/zugang-beantragen/", VG | {"email": email}, follow=True)
        work()
        pages.append(re.sub(r'csrfmiddlewaretoken[^>]*|hx-headers=\S+ \S+|nonce="[^"]*"', "", answer.text))
    assert pages[0] == pages[1]
    assert [m.subject for m in mail.outbox] == ["Bitte bestätigen Sie Ihre E-Mail-Adresse"] * 2


def test_throttled__after_ten_from_one_address() -> None:
    client = Client(SERVER_NAME="vg.localhost")
    for n in range(10):
        client.post("/zugang-beantragen/", VG | {"email": f"p{n}@example.org"})
    answer = client.post("/zugang-beantragen/", VG | {"email": "p11@example.org"})
    assert answer.status_code == 429
    assert Zugangsantrag.objects.count() == 10


def test_one_address__gets_three_mails_at_most() -> None:
    for _ in range(5):
        ask()
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    ("host", "change", "word"),
    [
        ("vg.localhost", {"email": "kein"}, "vollständige E-Mail-Adresse"),
        ("vg.localhost", {"rolle": "MINISTERIUM"}, "ist keine gültige Auswahl"),
        ("portal.localhost", {"ziel": "ANBIETER", "organisation": ""}, "Bitte nennen Sie den Anbieter"),
        ("portal.localhost", {"ziel": "LAND", "rolle": "ANBIETER"}, "gibt es an Ihrem Arbeitsplatz nicht"),
        ("portal.localhost", {"ziel": "AMT", "rolle": "ANBIETER"}, "keine gültige Auswahl"),
    ],
)
def test_wrong_input__said_in_german_and_kept(host, change, word) -> None:
    answer = Client(SERVER_NAME=host).post("/zugang-beantragen/", VG | {"ziel": "ANBIETER"} | change)
    assert answer.status_code == 422
    assert word in answer.text
    assert "Ich beginne im Team Anklam." in answer.text


def test_approved__person_role_and_invitation(cast, vg) -> None:
    antrag = confirmed()
    approve_zugangsantrag(akteur=cast.akteur("anton"), antrag=antrag, rolle=Rolle.AUSSCHUSS, team="Anklam")
    work()
    user = User.objects.get(email="ute.ulrich@example.org")
    assert user.username == "ute.ulrich-vg"
    assert not user.has_usable_password()
    assert Membership.objects.get(user=user).team == "Anklam"
    assert "/einladung/" in mail.outbox[-1].body
    assert "Ulrich" not in mail.outbox[-1].body
    with pytest.raises(Konflikt):
        approve_zugangsantrag(akteur=cast.akteur("anton"), antrag=antrag, rolle=Rolle.ASD)


@pytest.mark.parametrize("rolle", [Rolle.TEAMLEITUNG, Rolle.ASD])
def test_approved_for_what_two_grant__still_needs_the_second_person(rolle, cast, vg) -> None:
    antrag = confirmed(data=VG | {"rolle": rolle})
    approve_zugangsantrag(akteur=cast.akteur("anton"), antrag=antrag, rolle=rolle)
    assert not Membership.objects.filter(user__email="ute.ulrich@example.org").exists()
    assert Mitgliedschaftsantrag.objects.exclude(begruendung=GRUENDUNG).get().beantragt_von == cast.user("anton")


def test_declined__mail_says_nothing_about_why(cast) -> None:
    antrag = confirmed()
    reject_zugangsantrag(akteur=cast.akteur("anton"), antrag=antrag, grund="Arbeitet hier nicht")
    sent = {"entscheidung": "ablehnen", "grund": "Niemand kennt sie."}
    late = cast.sign_in("anton").post(f"/verwaltung/zugangsantraege/{antrag.pk}/", sent)
    assert late.status_code == 409 and "schon entschieden" in late.text and "Niemand kennt sie." in late.text
    work()
    assert not User.objects.filter(email="ute.ulrich@example.org").exists()
    for word in ("Arbeitet hier nicht", "Ute", "Ulrich", "Vorpommern", "ASD"):
        assert word not in mail.outbox[-1].body + mail.outbox[-1].subject


@pytest.mark.parametrize("name", ["anna", "emil", "clara", "dora", "gerd", "inge", "lars"])
def test_other_people__neither_see_nor_decide(name, cast) -> None:
    antrag, akteur = confirmed(), cast.akteur(name)
    assert not policies.visible_zugangsantraege(akteur).exists()
    with pytest.raises(Verweigert):
        approve_zugangsantrag(akteur=akteur, antrag=antrag, rolle=Rolle.ASD)
    with pytest.raises(Verweigert):
        reject_zugangsantrag(akteur=akteur, antrag=antrag, grund="nein")


def test_provider__goes_to_its_own_administration(cast) -> None:
    inge, lars = cast.akteur("inge"), cast.akteur("lars")
    antrag = confirmed("portal.localhost", KUESTE)
    assert policies.visible_zugangsantraege(inge).exists()
    assert not policies.visible_zugangsantraege(lars).exists()
    anbieter = cast.anbieter("Jugendhilfe Küste gGmbH")
    with on_portal(user_id=inge.user_id):
        approve_zugangsantrag(akteur=inge, antrag=antrag, rolle=Rolle.ANBIETER, anbieter=anbieter)
    row = Membership.objects.get(user__email="ute.ulrich@example.org")
    assert (row.anbieter_id, row.verwaltet) == (anbieter.pk, False)


def test_provider_without_administration__two_operators_make_the_first(cast) -> None:
    lars, anbieter = cast.akteur("lars"), cast.anbieter("Jugendhilfe Küste gGmbH")
    antrag = confirmed("portal.localhost", KUESTE)
    assert policies.visible_zugangsantraege(lars).exists()
    approve_zugangsantrag(akteur=lars, antrag=antrag, rolle=Rolle.ANBIETER, anbieter=anbieter)
    mine = Mitgliedschaftsantrag.objects.get(user__email="ute.ulrich@example.org")
    assert not Membership.objects.filter(user=mine.user).exists()
    with pytest.raises(Verweigert):
        approve_mitgliedschaftsantrag(akteur=lars, antrag=mine)
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("leif"), antrag=mine).verwaltet


def test_operator_at_a_provider_that_administers_itself__refused(cast) -> None:
    lars, see = cast.akteur("lars"), cast.anbieter("Haus am See e. V.")
    antrag = confirmed("portal.localhost", KUESTE | {"organisation": "Ganz anderer Name"})
    appoint(user=cast.user("jette"), anbieter_id=see.pk, rolle="ANBIETER", verwaltet=True, gueltig_ab="2020-01-01")
    with pytest.raises(Verweigert, match="selbst"):
        approve_zugangsantrag(akteur=lars, antrag=antrag, rolle=Rolle.ANBIETER, anbieter=see)


def test_invitation_after_an_application__says_that_it_was_granted_and_her_user_name(cast, vg) -> None:
    """The mail of before said only that there was an account; she did not know what to type when signing in."""
    user = create_person(vorname="Ute", nachname="Neu", email="ute@example.org", zusatz="VG")
    with on_portal():
        Zugangsantrag.objects.create(
            vorname="Ute", nachname="Neu", email="ute@example.org", ziel="AMT", tenant=vg, rolle="ASD",
            begruendung="neu", zustand="BEWILLIGT", token_hash="x", expires_at=real_now(), bestaetigt_at=real_now(),
            entschieden_von=cast.user("anton"), user=user,
        )  # fmt: skip
        Mitgliedschaftsantrag.objects.create(
            user=user, tenant=vg, rolle="ASD", gueltig_ab=today(), begruendung="neu", beantragt_von=cast.user("anton")
        )
        issue_einladung(user=user, tenant=vg, von_id=cast.user("anton").pk)
    work()
    text = str(mail.outbox[-1].body)
    assert f"Ihr Antrag auf einen Zugang zu SoJuS ist bewilligt: {vg.name}." in text
    assert "Ihre Rolle bestätigt noch eine zweite Person" in text
    assert f"Ihr Benutzername: {user.username}" in text and "http://vg.localhost/anmelden/" in text
