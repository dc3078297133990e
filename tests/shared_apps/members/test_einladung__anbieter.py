"""The link of an invitation to a provider is seen by the invited person alone (ADR 0075)."""

from __future__ import annotations

import pytest
from django.test import Client

from shared_apps.accounts.enums import MailArt, MailZustand, Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.members.services import Rollenwunsch, create_membership, issue_einladung
from tests.people import appoint

pytestmark = pytest.mark.django_db
LINK = 'id="einladung-link"'
TYPED = {"vorname": "Ada", "nachname": "Neu", "email": "ada@example.org", "rolle": "ANBIETER"}


@pytest.fixture
def inge(cast, sign_in) -> Client:
    """She administers the people of her provider."""
    return sign_in("inge")


def invited(cast) -> User:
    """A colleague whom an office has let in and who has not come in yet; her mail has failed."""
    ada = User.objects.create_user(username="ada", password=None, nachname="Neu", email="ada@example.org")
    appoint(user=ada, anbieter_id=cast.anbieter_id("inge"), rolle="ANBIETER", verwaltet=True, gueltig_ab=today())
    issue_einladung(user=ada, tenant=None, von_id=cast.user("emil").pk)
    Mailauftrag.objects.filter(user=ada).update(zustand=MailZustand.FEHLGESCHLAGEN)
    return ada


@pytest.mark.parametrize("ist_beendet", [False, True], ids=["colleague", "role has ended"])
def test_a_colleagues_link_is_never_shown__whatever_became_of_the_mail(cast, inge, ist_beendet) -> None:
    ada = invited(cast)
    if ist_beendet:
        Membership.objects.filter(user=ada).update(gueltig_bis=today())
    page = inge.get(f"/mitglieder/{ada.pk}/").text
    assert "Neu einladen" in page and "Link anzeigen" not in page
    answer = inge.post(f"/mitglieder/{ada.pk}/einladung/", {"weg": "link"}, follow=True)
    assert LINK not in answer.text and "nur per E-Mail an die Person selbst" in answer.text
    answer = inge.post(f"/mitglieder/{ada.pk}/einladung/", {"weg": "mail"}, follow=True)
    assert LINK not in answer.text and "Den Link sieht nur sie." in answer.text
    assert Mailauftrag.objects.filter(user=ada, art=MailArt.EINLADUNG, zustand=MailZustand.WARTET).count() == 1


def test_without_mail_a_provider_invites_nobody(cast, inge, settings) -> None:
    settings.SENDS_MAIL = False
    typed = TYPED | {"gueltig_ab": today().strftime("%d.%m.%Y"), "anbieter": str(cast.anbieter_id("inge"))}
    page = inge.post("/mitglieder/einladen/", typed)
    assert page.status_code == 422 and LINK not in page.text and "an den Betrieb" in page.text
    assert 'value="ada@example.org"' in page.text, "what was typed stays"
    assert not User.objects.filter(email="ada@example.org").exists()


def test_on_paper_an_office_takes_two(cast, vg, settings) -> None:
    """What one person gives alone opens no person and signs nothing; the rest waits for a second one."""
    settings.SENDS_MAIL = False
    neu = User.objects.create_user(username="neu", password=None, nachname="Neu", email="neu@example.org")
    anton = cast.akteur("anton")
    wunsch = Rollenwunsch(user=neu, rolle=Rolle.AUSSCHUSS, gueltig_ab=today(), tenant_id=vg.pk)
    create_membership(akteur=anton, wunsch=wunsch)
    assert issue_einladung(user=neu, tenant=vg, von_id=anton.user_id).link
    appoint(user=neu, tenant=vg, rolle="JUGENDAMTSLEITUNG", gueltig_ab=today())
    with pytest.raises(RegelVerletzt, match="nur per E-Mail"):
        issue_einladung(user=neu, tenant=vg, von_id=anton.user_id)
