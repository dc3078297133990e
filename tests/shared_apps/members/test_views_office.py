"""Screens of an office's administration, at its host and on shared tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from shared_apps.journal.models import JournalEintrag
from shared_apps.members import services
from shared_apps.members.models import Mitgliedschaftsantrag
from tests.mails import work
from tests.people import GRUENDUNG, appoint

pytestmark = pytest.mark.django_db
LISTE = "/verwaltung/mitglieder/"


def day(offset: int = 0) -> str:
    return (today() + timedelta(days=offset)).strftime("%d.%m.%Y")


def test_list__own_office_only(cast, sign_in) -> None:
    for name in ("anna", "bernd", "gerd", "ines", "karla"):
        cast.user(name)
    page = sign_in("anton").get(LISTE).text
    assert "Ahlers" in page and "Brandt" in page
    assert not any(n in page for n in ("Groth", "Ihde", "Kroll"))


@pytest.mark.parametrize("name", ["anna", "doris", "frieda", "dora", "quirin", "wilma", "paula"])
def test_without_right__403(name, sign_in) -> None:
    client = sign_in(name)
    for url in (LISTE, f"{LISTE}einladen/", "/verwaltung/zugangsantraege/"):
        assert client.get(url).status_code == 403
    assert client.get("/verwaltung/zulassungen/").status_code == (200 if name == "dora" else 403)
    assert "Nichts wartet" in client.get("/verwaltung/rollenantraege/").text


def test_stranger_of_the_office__404(cast, sign_in) -> None:
    client, gerd = sign_in("anton"), cast.user("gerd")
    rolle = Membership.objects.get(user=gerd).pk
    detail, ende = f"{LISTE}{gerd.pk}/", f"/verwaltung/mitgliedschaften/{rolle}/beenden/"
    for url in (detail, f"{detail}rolle/", ende, f"/verwaltung/mitgliedschaften/{rolle}/vertretung/"):
        assert client.get(url).status_code == 404
    for url in (f"{detail}rolle/", f"{detail}einladung/", ende):
        assert client.post(url).status_code == 404


def test_filter_and_export(cast, sign_in) -> None:
    for name in ("anna", "doris", "quirin"):
        cast.user(name)
    client = sign_in("anton")
    assert "Dahl, Doris" not in client.get(LISTE, {"suche": "ahlers"}).text
    assert "Ahlers" not in client.get(LISTE, {"rolle": "WJH"}).text
    assert "Niemand gefunden" in client.get(LISTE, {"stand": "beendet"}).text
    table = client.get(LISTE, {"format": "csv", "rolle": "WJH"})
    assert "Dahl;Doris;doris;" in table.content.decode("utf-8-sig")
    assert "Ahlers" not in table.content.decode()


def test_invite__creates_a_person_without_password_and_mails_the_link(cast, sign_in) -> None:
    client = sign_in("anton")
    data = {"vorname": "Ute", "nachname": "Ölrich", "email": "ute@example.org", "rolle": "ASD", "team": "Anklamm",
            "gueltig_ab": day(), "begruendung": "neu im Team"}  # fmt: skip
    cast.user("clara")
    form = client.get(f"{LISTE}einladen/").text
    assert '<option value="Anklam">' in form and "neues Team" in form
    assert client.post(f"{LISTE}einladen/", data).status_code == 422, "a slip of the pen makes no team without a lead"
    ohne_namen = client.post(f"{LISTE}einladen/", data | {"team": "__neu__"})
    assert "Bitte geben Sie dem neuen Team einen Namen" in ohne_namen.text
    data |= {"team": "__neu__", "team_neu": "ANKLAM"}
    page = client.post(f"{LISTE}einladen/", data)
    assert mail.outbox == [], "the request writes no mail"
    assert work() >= 1
    user = User.objects.get(email="ute@example.org")
    assert (user.username, user.has_usable_password()) == ("ute.oelrich-vg", False)
    assert Mitgliedschaftsantrag.objects.get(user=user).team == "Anklam", "the one that is there already"
    assert "ute.oelrich-vg" in page.text and "geht an ute@example.org" in page.text
    assert "/einladung/" not in page.text, "who invites does not see the link"
    assert "http://vg.localhost/einladung/" in mail.outbox[0].body
    again = client.post(f"{LISTE}einladen/", data)
    assert again.status_code == 422 and "gibt es hier schon" in again.text


def test_invite__without_mail_the_link_is_shown_once(cast, sign_in, settings) -> None:
    settings.SENDS_MAIL = False
    data = {"vorname": "Ute", "nachname": "Uhl", "email": "ute@example.org", "rolle": "ASD", "gueltig_ab": day(),
            "begruendung": "neu im Team"}  # fmt: skip
    client = sign_in("anton")
    page = client.post(f"{LISTE}einladen/", data)
    assert "http://vg.localhost/einladung/" in page.text and "no-store" in page["Cache-Control"]
    user = User.objects.get(email="ute@example.org")
    assert "/einladung/" not in client.get(f"{LISTE}{user.pk}/").text.replace(f"{user.pk}/einladung/", "")


def test_grant__refused_pair_is_explained(cast, sign_in) -> None:
    url = f"{LISTE}{cast.user('anna').pk}/rolle/"
    page = sign_in("anton").post(url, {"rolle": "WJH", "gueltig_ab": day(), "begruendung": "Nachfolge im Team"})
    assert page.status_code == 422
    assert "darf ihre Bezahlung nicht freigeben" in page.text


def test_grant_and_end__through_the_screens(cast, sign_in, vg) -> None:
    client, frieda = sign_in("anton"), cast.user("frieda")
    form = client.get(f"{LISTE}{frieda.pk}/rolle/").text
    for wann in (", wenn eine zweite Person bewilligt", " für Rechnungsprüfung und Rufbereitschaft"):
        assert f"(nötig{wann})" in form, "what some roles need is not called optional"
    client.post(f"{LISTE}{frieda.pk}/rolle/", {"rolle": "AUSSCHUSS", "gueltig_ab": day()})
    row = Membership.objects.get(user=frieda, rolle="AUSSCHUSS")
    assert "Rolle beenden?" in client.get(f"/verwaltung/mitgliedschaften/{row.pk}/beenden/").text
    page = client.post(f"/verwaltung/mitgliedschaften/{row.pk}/beenden/", {"letzter_tag": ""}, follow=True)
    assert "ist beendet" in page.text and "widerrufen" in page.text


def test_deputy__through_the_screen(cast, sign_in) -> None:
    anna, bernd = cast.user("anna"), cast.user("bernd")
    url = f"/verwaltung/mitgliedschaften/{Membership.objects.get(user=anna).pk}/vertretung/"
    client, paula = sign_in("anton"), cast.user("paula")
    form = client.get(url).text
    assert "Bernd Brandt" in form and "Paula Peters" not in form, "the committee works no cases"
    lang = client.post(url, {"person": str(paula.pk), "gueltig_ab": day(), "letzter_tag": day(400)})
    assert lang.status_code == 422 and not Mitgliedschaftsantrag.objects.filter(deputy_of=anna).exists()
    lang = client.post(url, {"person": str(bernd.pk), "gueltig_ab": day(), "letzter_tag": day(400)}).text
    assert "höchstens 366 Tage nach dem ersten" in lang
    page = client.post(url, {"person": str(bernd.pk), "gueltig_ab": day(), "letzter_tag": day(13)}, follow=True)
    assert "gilt erst, wenn die vertretene" in page.text
    assert not Membership.objects.filter(deputy_of=anna).exists()
    hers = sign_in("anna")
    assert "Rollen und Vertretungen: Ihre Entscheidung" in hers.get("/").text
    liste = hers.get("/verwaltung/rollenantraege/?nur=meine").text
    assert "Wer Sie vertreten soll" in liste and "Bernd Brandt" in liste
    antrag = Mitgliedschaftsantrag.objects.get(deputy_of=anna)
    url = f"/verwaltung/rollenantraege/{antrag.pk}/"
    assert "sieht in dieser Zeit Ihre Fälle" in hers.get(url).text
    assert sign_in("doris").get(url).status_code == 404
    hers.post(url, {"entscheidung": "bewilligen"})
    assert Membership.objects.get(deputy_of=anna).user == bernd
    assert "Ihre Entscheidung" not in hers.get("/").text


def test_admissions__both_signatures_for_administration_and_data_protection(cast, sign_in, vg) -> None:
    anna, bernd, anton = cast.user("anna"), cast.user("bernd"), cast.user("anton")
    fields = {"tenant": vg, "rolle": "ASD", "gueltig_ab": today(), "gueltig_bis": today() + timedelta(days=9)}
    appoint(user=bernd, deputy_of=anna, **fields)
    sign_in("anton").post(
        f"{LISTE}{cast.user('frieda').pk}/rolle/", {"rolle": "AUSSCHUSS", "gueltig_ab": day(), "begruendung": ""}
    )
    url = "/verwaltung/zulassungen/"
    for name in ("dora", "anton", "emil", "clara"):
        page = sign_in(name).get(url).text
        assert "in Vertretung für Anna Ahlers" in page and "Gründerin Eins" in page and "Gründerin Zwei" in page
        assert "von einer Person vergeben" in page and anton.name in page
    client = sign_in("dora")
    assert "Wer hat wen zugelassen" in client.get("/datenschutzrechte/").text
    nur = client.get(url, {"art": "vertretung"}).text
    assert "Anna Ahlers" in nur and "Frieda" not in nur
    assert "Nichts gefunden" in client.get(url, {"art": "betrieb"}).text
    allein = client.get(url, {"art": "allein", "suche": "fink"}).text
    assert "Frieda Fink" in allein and "Anna Ahlers" not in allein
    table = client.get(url, {"format": "csv", "art": "vertretung"}).content.decode("utf-8-sig")
    assert "Brandt;Bernd;bernd;" in table and "Gründerin Zwei" in table


def test_leading_role__clara_proposes_emil_approves(cast, sign_in) -> None:
    bernd, clara, emil = cast.user("bernd"), sign_in("clara"), sign_in("emil")
    page = clara.post(
        f"{LISTE}{bernd.pk}/rolle/",
        {"rolle": "TEAMLEITUNG", "team": "Anklam", "gueltig_ab": day(), "begruendung": "Nachfolge"},
        follow=True,
    )
    assert "zweite Person" in page.text
    antrag = Mitgliedschaftsantrag.objects.exclude(begruendung=GRUENDUNG).get()
    url = f"/verwaltung/rollenantraege/{antrag.pk}/"
    assert "Bewilligen" not in clara.get(url).text.replace("Bewilligt", "")
    assert clara.post(url, {"entscheidung": "bewilligen"}).status_code == 403
    assert "Nachfolge" in emil.get(url).text
    assert "Bewilligt: Bernd Brandt" in emil.post(url, {"entscheidung": "bewilligen"}, follow=True).text
    assert Membership.objects.filter(user=bernd, rolle=Rolle.TEAMLEITUNG).exists()


def test_declining__needs_a_reason(cast, sign_in) -> None:
    bernd, anton, emil = cast.user("bernd"), sign_in("anton"), sign_in("emil")
    anton.post(f"{LISTE}{bernd.pk}/rolle/", {"rolle": "TEAMLEITUNG", "gueltig_ab": day(), "begruendung": "neu im Team"})
    antrag = Mitgliedschaftsantrag.objects.exclude(begruendung=GRUENDUNG).get()
    url = f"/verwaltung/rollenantraege/{antrag.pk}/"
    assert emil.post(url, {"entscheidung": "ablehnen", "grund": ""}).status_code == 422
    assert "abgelehnt" in emil.post(url, {"entscheidung": "ablehnen", "grund": "nein"}, follow=True).text
    late = emil.post(url, {"entscheidung": "ablehnen", "grund": "Dafür ist sie zu neu."})
    assert late.status_code == 409 and "schon entschieden" in late.text and "Dafür ist sie zu neu." in late.text
    assert "<button" not in late.text.partition("<main")[2].partition("</main>")[0], "nothing is left to press"


def test_own_roles__no_button_and_no_way(cast, sign_in) -> None:
    client, anton = sign_in("anton"), cast.user("anton")
    page = client.get(f"{LISTE}{anton.pk}/").text
    assert "Das sind Sie selbst" in page and "Beenden" not in page
    row = Membership.objects.get(user=anton)
    assert client.post(f"/verwaltung/mitgliedschaften/{row.pk}/beenden/", {"letzter_tag": ""}).status_code == 403
    answer = client.post(f"{LISTE}{anton.pk}/rolle/", {"rolle": "CONTROLLING", "gueltig_ab": day()})
    assert answer.status_code == 403


def test_fence__shared_tables_and_the_acting_person_is_known(cast, sign_in, monkeypatch) -> None:
    seen: dict[str, str] = {}
    original = services.memberships.create_checked_membership

    def spy(wunsch):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text, current_setting('sojus.user', true)")
            seen["role"], seen["user"] = cursor.fetchone()
        return original(wunsch)

    monkeypatch.setattr(services.memberships, "create_checked_membership", spy)
    url = f"{LISTE}{cast.user('frieda').pk}/rolle/"
    sign_in("anton").post(url, {"rolle": "AUSSCHUSS", "gueltig_ab": day()})
    assert seen["role"].endswith("sojus_land")
    assert seen["user"] == str(cast.user("anton").pk)


def test_history__every_change_is_in_the_journal_with_the_person_who_made_it(cast, sign_in) -> None:
    client, frieda, anton = sign_in("anton"), cast.user("frieda"), cast.user("anton")
    client.post(f"{LISTE}{frieda.pk}/rolle/", {"rolle": "AUSSCHUSS", "gueltig_ab": day()})
    row = Membership.objects.get(user=frieda, rolle="AUSSCHUSS")
    client.post(f"/verwaltung/mitgliedschaften/{row.pk}/beenden/", {"letzter_tag": ""})
    eintraege = JournalEintrag.objects.filter(tabelle="accounts_membership", zeile=str(row.pk))
    assert [(e.user_id, bool(e.request_id)) for e in eintraege] == [(anton.pk, True)] * 2
    page = client.get(f"{LISTE}{frieda.pk}/").text
    assert "Jugendhilfeausschuss: vergeben durch Anton Arndt" in page
    assert "Jugendhilfeausschuss: geändert durch Anton Arndt" in page
