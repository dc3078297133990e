"""Who gives whom which role: four eyes for a leading role, and a stranger who asks for access."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

from django.core import mail
from playwright.sync_api import expect

from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from tests.e2e.browser import DESK, PHONE
from tests.mails import work
from tests.people import PASSWORD, Cast

SHOTS = os.environ.get("SOJUS_SHOTS")


def _shot(visitor, name: str) -> None:
    if SHOTS:
        visitor.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_leading_role__proposed_at_the_desk_approved_on_the_phone(site, visit):
    cast = Cast()
    for name in ("anna", "bernd", "clara", "doris", "emil", "quirin"):
        cast.user(name)
    anton = visit("vg", size=DESK)
    cast.user("anton")
    anton.sign_in("anton")
    anton.at(re.compile("Guten Tag"))
    anton.follow("Mitglieder")
    anton.at("Mitglieder")
    _shot(anton, "mitglieder-1280")
    anton.follow("Brandt, Bernd")
    anton.at("Bernd Brandt")
    _shot(anton, "mitglied-1280")
    anton.follow("Rolle geben")
    anton.at("Rolle geben")
    anton.expected_statuses = {422}
    anton.choose("Rolle", "WJH")
    anton.press("Rolle geben")
    anton.sees(re.compile("Bezahlung nicht freigeben"))
    anton.look()
    _shot(anton, "rolle-abgewiesen-1280")
    anton.expected_statuses = set()
    anton.choose("Rolle", "TEAMLEITUNG")
    anton.choose("Team", "Anklam")
    anton.fill("Begründung", "Nachfolge ab diesem Monat")
    anton.press("Rolle geben")
    anton.sees(re.compile("zweite Person"))
    anton.at("Bernd Brandt")
    assert not Membership.objects.filter(user__username="bernd", rolle="TEAMLEITUNG").exists()

    emil = visit("vg", size=PHONE)
    emil.sign_in("emil")
    emil.at(re.compile("Guten Tag"))
    emil.open("/verwaltung/mitglieder/")
    emil.at("Mitglieder")
    _shot(emil, "mitglieder-390")
    emil.open("/verwaltung/rollenantraege/")
    emil.at("Rollenanträge")
    _shot(emil, "rollenantraege-390")
    emil.follow("Bernd Brandt")
    emil.at("Rollenantrag")
    _shot(emil, "rollenantrag-390")
    emil.press("Bewilligen")
    emil.sees(re.compile("Bewilligt: Bernd Brandt"))
    emil.at("Rollenanträge")
    assert Membership.objects.filter(user__username="bernd", rolle="TEAMLEITUNG").exists()

    anton.open("/verwaltung/mitglieder/")
    anton.follow("Ahlers, Anna")
    anton.page.get_by_role("link", name=re.compile("Vertretung für")).click()
    anton.at("Vertretung vorschlagen")
    _shot(anton, "vertretung-1280")
    anton.choose("Wer vertritt", str(User.objects.get(username="bernd").pk))
    anton.fill("Letzter Tag", (today() + timedelta(days=9)).strftime("%d.%m.%Y"))
    anton.press("Vertretung vorschlagen")
    anton.sees(re.compile("gilt erst, wenn die vertretene"))
    anton.open("/verwaltung/zulassungen/")
    anton.at("Zulassungen und Vertretungen")
    _shot(anton, "zulassungen-1280")

    anna = visit("vg", size=PHONE)
    anna.sign_in("anna")
    anna.at(re.compile("Guten Tag"))
    _shot(anna, "start-vertretung-390")
    anna.open("/verwaltung/rollenantraege/?nur=meine")
    anna.at("Rollenanträge")
    anna.follow("Bernd Brandt")
    anna.at("Rollenantrag")
    _shot(anna, "vertretung-zustimmen-390")
    anna.press("Bewilligen")
    anna.sees(re.compile("Bewilligt: Bernd Brandt"))
    assert Membership.objects.filter(user__username="bernd", deputy_of__username="anna").exists()
    emil.open("/verwaltung/zulassungen/?art=vertretung")
    emil.at("Zulassungen und Vertretungen")
    emil.sees(re.compile("als vertretene Person"))
    _shot(emil, "zulassungen-390")
    anton.open("/verwaltung/mitglieder/einladen/")
    anton.at("Person einladen")
    _shot(anton, "einladen-1280")


def test_access__asked_on_the_phone_confirmed_approved_and_used(site, visit):
    Cast().user("anton"), Cast().user("emil")
    ute = visit("vg", size=PHONE)
    ute.open("/anmelden/")
    ute.follow("Zugang beantragen")
    ute.at("Zugang beantragen")
    _shot(ute, "zugang-beantragen-390")
    ute.fill("Vorname", "Ute")
    ute.fill("Nachname", "Ulrich")
    ute.fill("Dienstliche E-Mail", "ute@example.org")
    ute.choose("Gewünschte Rolle", "ASD")
    ute.fill("Wofür brauchen Sie den Zugang?", "Ich beginne im Team Anklam.")
    ute.press("Antrag stellen")
    ute.at("Bitte sehen Sie in Ihre E-Mail")
    work()
    link = re.search(r"/zugang-beantragen/bestaetigen/\S+", mail.outbox[-1].body).group(0)
    ute.open(link)
    ute.at("E-Mail-Adresse bestätigen")
    ute.press("Adresse bestätigen")
    ute.at("Ihr Antrag ist eingegangen")

    anton = visit("vg", size=DESK)
    anton.sign_in("anton")
    anton.at(re.compile("Guten Tag"))
    anton.open("/verwaltung/zugangsantraege/")
    anton.at("Zugangsanträge")
    _shot(anton, "zugangsantraege-1280")
    anton.follow("Ute Ulrich")
    anton.at("Zugangsantrag")
    _shot(anton, "zugangsantrag-1280")
    anton.choose("Team", "__neu__")
    anton.fill("Name des neuen Teams", "Anklam")
    anton.press("Bewilligen und einladen")
    anton.at("Einladung für Ute Ulrich")
    _shot(anton, "einladung-1280")

    work()
    invitation = next(m for m in reversed(mail.outbox) if "/einladung/" in m.body)
    head = visit("vg", size=DESK)
    head.sign_in("emil")
    head.at(re.compile("Guten Tag"))
    head.sees(re.compile("Rollen und Vertretungen: Ihre Entscheidung"))
    head.open("/verwaltung/rollenantraege/?nur=meine")
    head.at("Rollenanträge")
    head.follow("Ute Ulrich")
    head.at("Rollenantrag")
    _shot(head, "rollenantrag-1280")
    head.press("Bewilligen")
    head.sees(re.compile("Bewilligt: Ute Ulrich"))

    ute.open(re.search(r"/einladung/\S+", invitation.body).group(0))
    ute.at("Willkommen, Ute Ulrich")
    ute.fill("Neues Passwort", PASSWORD)
    ute.fill("Neues Passwort wiederholen", PASSWORD)
    ute.press("Passwort festlegen")
    ute.at("Anmelden")
    ute.fill("Benutzername", User.objects.get(email="ute@example.org").username)
    ute.fill("Passwort", PASSWORD)
    ute.press("Anmelden")
    ute.agree()
    ute.at(re.compile("Guten Tag"))
    expect(ute.page.get_by_text("Landkreis Vorpommern-Greifswald").first).to_be_attached()


def test_provider_and_operator__their_pages(site, visit):
    cast = Cast()
    for name in ("inge", "ines", "fritz", "lars"):
        cast.user(name)
    inge = visit("portal", size=PHONE)
    inge.sign_in("inge")
    inge.open("/mitglieder/")
    inge.at("Mitglieder")
    _shot(inge, "anbieter-mitglieder-390")
    inge.open("/mitglieder/einladen/")
    inge.at("Person einladen")
    _shot(inge, "anbieter-einladen-390")
    inge.open("/zugang-beantragen/")
    inge.at("Zugang beantragen")
    lars = visit("portal", size=DESK)
    lars.sign_in("lars")
    lars.open("/betrieb/zugaenge/")
    lars.at("Zugänge")
    _shot(lars, "betrieb-zugaenge-1280")
    lars.open("/betrieb/zugaenge/land/")
    lars.at("Rolle des Landes vorschlagen")
