"""A provider joins: it applies, confirms, one person of the office checks, another admits; then it works here."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.aufnahme import policies, services
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Anbieter, Einrichtung
from tenants.context import in_tenant, on_portal
from tests.mails import work
from tests.people import appoint
from tests.shared_apps.aufnahme.joining import TYPED, applied, apply, entered, newest, run, stranger
from tests.shared_apps.factors.steps import agree

NEW = "Wolken-ziehen-schnell-7"
pytestmark = pytest.mark.django_db


def url(antrag: Aufnahmeantrag) -> str:
    return f"/verwaltung/aufnahmen/{antrag.pk}/"


# -- the way -------------------------------------------------------------------------------------------------


def test_from_the_public_form_to_meine_einrichtungen(cast, vg, sign_in) -> None:
    assert "/anbieter-werden/" in stranger().get("/anmelden/").text
    link = apply()
    assert newest().zustand == "UNBESTAETIGT"
    assert "Adresse bestätigen" in stranger().get(link).text
    anton = sign_in("anton")
    assert "Leuchtfeuer" not in anton.get("/verwaltung/aufnahmen/").text, "opening the link confirms nothing"
    assert "Ihr Antrag ist eingegangen" in stranger().post(link).text

    assert "Anbieter warten auf die Aufnahme" in anton.get("/").text
    assert "/verwaltung/aufnahmen/" in anton.get("/anbieter/").text
    antrag = newest()
    assert url(antrag) in anton.get("/verwaltung/aufnahmen/?zustand=OFFEN").text
    page = anton.get(url(antrag)).text
    assert "Haus Warnow, Hanse- und Universitätsstadt Rostock" in page and "Aufnehmen und einladen" not in page
    page = anton.post(url(antrag), {"entscheidung": "pruefen"}, follow=True).text
    assert "Jetzt entscheidet eine zweite Person" in page and "nimmt ihn nicht selbst auf" in page
    assert "Anbieter warten auf die Aufnahme" not in anton.get("/").text, "not for her any more"

    emil = sign_in("emil")
    assert "Anbieter warten auf die Aufnahme" in emil.get("/").text
    page = emil.post(url(antrag), {"entscheidung": "aufnehmen"}, follow=True).text
    assert "ist aufgenommen. Die Einladung ist unterwegs." in page and "Einladung noch einmal senden" in page
    connection.check_constraints()
    work()
    einladung = mail.outbox[-1]
    assert einladung.to == ["lotte@leuchtfeuer.example"]
    assert not re.search("Leuchtfeuer|Lotte|Leitner", einladung.body), "no name beside the link"

    anbieter = Anbieter.objects.get(name="Leuchtfeuer Jugendhilfe gGmbH")
    assert (anbieter.dachverband, anbieter.anerkennung) == ("Der Paritätische", "ANERKANNT")
    haeuser = Einrichtung.objects.filter(anbieter=anbieter).values_list("name", "gebietskoerperschaft__kuerzel")
    assert set(haeuser) == {("Haus Peene", "VG"), ("Haus Warnow", "HRO")}
    wer = JournalEintrag.objects.get(tabelle="providers_anbieter", zeile=str(anbieter.pk), art="ANLEGEN").user_id
    assert wer == cast.user("emil").pk

    lotte, user = stranger(), User.objects.get(email="lotte@leuchtfeuer.example")
    pfad = re.search(r"http://[^/]+(/\S+)", einladung.body).group(1)
    assert lotte.post(pfad, {"passwort_neu": NEW, "passwort_neu_2": NEW})["Location"] == "/anmelden/"
    lotte.post("/anmelden/", {"username": user.username, "password": NEW})
    agree(lotte)
    assert "Einladung noch einmal senden" not in emil.get(url(antrag)).text
    page = lotte.get("/anbieter/eigene/").text
    assert "Haus Peene" in page and "Haus Warnow" in page and "So geht es weiter" in page
    assert lotte.get("/mitglieder/").status_code == 200, "she administers the accounts"
    assert "anerkannt (§ 75 Abs. 1 SGB VIII)" in lotte.get(f"/anbieter/{anbieter.pk}/").text


def test_the_office_enters_one_itself__another_person_admits(cast, vg, sign_in) -> None:
    anton = sign_in("anton")
    page = anton.post("/verwaltung/aufnahmen/neu/", TYPED, follow=True)
    assert "wenn eine zweite Person zustimmt" in page.text and "Zurückziehen" in page.text
    assert "Aufnehmen und einladen" not in page.text
    antrag = newest()
    page = anton.post(url(antrag), {"entscheidung": "aufnehmen"})
    assert page.status_code == 403 and "nimmt ihn nicht selbst auf" in page.text
    run(cast, services.approve_aufnahmeantrag, "edda", antrag=antrag)
    work()
    assert [m.to for m in mail.outbox] == [["lotte@leuchtfeuer.example"]], "no link of confirmation, one invitation"


def test_declined__with_a_reason_by_mail_and_applied_again(cast, vg, sign_in) -> None:
    antrag = applied()
    emil = sign_in("emil")
    page = emil.post(url(antrag), {"entscheidung": "ablehnen", "grund": ""})
    assert page.status_code == 422 and "Bitte schreiben Sie in einem Satz, warum." in page.text
    assert emil.post(url(antrag), {"entscheidung": "ablehnen", "grund": "Kein Registerauszug."}).status_code == 302
    work()
    assert mail.outbox[-1].to == ["lotte@leuchtfeuer.example"]
    assert "Grund: Kein Registerauszug." in mail.outbox[-1].body and vg.name in mail.outbox[-1].body
    assert not Anbieter.objects.filter(name__startswith="Leuchtfeuer").exists()
    with pytest.raises(Konflikt, match="schon entschieden"):
        run(cast, services.check_aufnahmeantrag, "anton", antrag=antrag)
    assert applied().zustand == "OFFEN"


def test_the_applicant_takes_it_back_by_her_link(cast, vg) -> None:
    link = apply()
    stranger().post(link)
    assert "Antrag zurückziehen" in stranger().get(link).text
    page = stranger().post(link, {"was": "zurueckziehen"})
    assert "Ihr Antrag ist zurückgezogen" in page.text
    assert stranger().post(link).status_code == 403, "nothing more can be done with it"
    with pytest.raises(Konflikt, match="schon entschieden"):
        run(cast, services.check_aufnahmeantrag, "anton", antrag=newest())


# -- the public form -----------------------------------------------------------------------------------------


def test_the_answer_is_the_same_whoever_is_known(cast, vg) -> None:
    Anbieter.objects.create(name=TYPED["name"])
    pages = []
    for person in (cast.user("anton").email, "unbekannt@example.org"):
        page = stranger().post("/anbieter-werden/", TYPED | {"person_email": person}, follow=True)
        pages.append(re.sub(r'csrfmiddlewaretoken[^>]*|hx-headers=\S+ \S+|nonce="[^"]*"', "", page.text))
    work()
    assert pages[0] == pages[1]
    assert [m.subject for m in mail.outbox] == ["Bitte bestätigen Sie Ihre E-Mail-Adresse"] * 2


def test_one_address_gets_three_mails_at_most(vg) -> None:
    for _ in range(4):
        apply()
    assert len(mail.outbox) == 3


def test_throttled__after_ten_from_one_network(vg) -> None:
    for n in range(10):
        stranger().post("/anbieter-werden/", TYPED | {"person_email": f"p{n}@example.org"})
    answer = stranger().post("/anbieter-werden/", TYPED)
    assert answer.status_code == 429 and "Haus Peene" in answer.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Pflichtfeld|Bitte"),
        ({"person_email": "kein"}, "vollständige E-Mail-Adresse"),
        ({"plz_1": "123"}, "fünf Ziffern"),
        ({"kreis_2": ""}, "Bitte wählen Sie den Kreis."),
        ({"name_2": "haus peene"}, "schon für eine andere Einrichtung"),
        ({"kreis_1": "LUP"}, "arbeitet noch nicht mit SoJuS"),
        ({"kreis_1": "XX"}, "keine gültige Auswahl"),
    ],
)
def test_wrong_input__said_in_german_and_nothing_is_lost(change, said, vg) -> None:
    answer = stranger().post("/anbieter-werden/", TYPED | change)
    assert answer.status_code == 422
    assert re.search(said, answer.text)
    assert "Lotte@leuchtfeuer.example" in answer.text or "person_email" in change
    assert "Haus Warnow" in answer.text or "name_2" in change


def test_link__a_day_and_no_longer(vg) -> None:
    link = apply()
    with on_portal(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(services, "real_now", lambda: real_now() + timedelta(hours=25))
        assert services.clear_abgelaufene() == 1
    assert stranger().get(link).status_code == 403
    assert stranger().get("/anbieter-werden/antrag/erfunden/").status_code == 403


def test_retention__declined_ones_go_after_a_year_and_admitted_ones_stay(cast, vg, monkeypatch) -> None:
    abgelehnt = entered(cast, name="Haus Nebel e. V.")
    run(cast, services.reject_aufnahmeantrag, "emil", antrag=abgelehnt, grund="Gibt es schon.")
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=entered(cast))
    with on_portal():
        assert services.clear_abgelaufene() == 0
    monkeypatch.setattr(services, "real_now", lambda: real_now() + timedelta(days=366))
    with on_portal():
        assert (services.clear_abgelaufene(), services.clear_abgelaufene()) == (1, 0)
        assert Aufnahmeantrag.objects.get().zustand == "AUFGENOMMEN"


# -- who may not ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "frieda", "clara", "dora", "gerd"])
def test_nobody_else_of_an_office(who, cast, vg, sign_in) -> None:
    antrag = applied()
    assert sign_in(who).get("/verwaltung/aufnahmen/").status_code == 403
    for service in (services.check_aufnahmeantrag, services.approve_aufnahmeantrag):
        with pytest.raises(Verweigert):
            run(cast, service, who, antrag=antrag)


def test_another_office_and_providers_do_not_learn_of_it(cast, vg, hro, sign_in) -> None:
    antrag, nora = applied(), cast.user("nora")
    appoint(user=nora, tenant=hro, rolle=Rolle.JUGENDAMTSLEITUNG, gueltig_ab=date(2015, 1, 1))
    there = sign_in("nora", at="HRO")
    assert "Leuchtfeuer" not in there.get("/verwaltung/aufnahmen/").text
    assert there.get(url(antrag)).status_code == 404
    with pytest.raises(Verweigert), on_portal(user_id=nora.pk):
        services.check_aufnahmeantrag(akteur=cast.akteur("nora", at="HRO"), antrag=antrag)
    for who in (nora.pk, cast.user("ines").pk, cast.user("lars").pk, cast.user("anna").pk):
        with on_portal(user_id=who):
            assert not Aufnahmeantrag.objects.exists()


def test_nobody_of_the_office_becomes_the_providers_administration(cast, vg) -> None:
    with pytest.raises(RegelVerletzt, match="gehört zu einer Person Ihres Jugendamtes"):
        entered(cast, person_email=cast.user("bernd").email.upper())
    antrag = applied(person_email=cast.user("bernd").email)
    with pytest.raises(RegelVerletzt, match="darf ihn nicht verwalten"):
        run(cast, services.check_aufnahmeantrag, "anton", antrag=antrag)
    spaeter = entered(cast, person_email="spaeter@example.org")
    User.objects.filter(pk=cast.user("bernd").pk).update(email="spaeter@example.org")
    with pytest.raises(RegelVerletzt):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=spaeter)


def test_admitted_once__and_a_name_that_is_taken_keeps_the_application(cast, vg) -> None:
    antrag = entered(cast)
    Anbieter.objects.create(name=antrag.name)
    with pytest.raises(Konflikt, match="gibt es im Verzeichnis schon"):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    assert newest().zustand == "GEPRUEFT" and not User.objects.filter(email="lotte@leuchtfeuer.example").exists()
    Anbieter.objects.filter(name=antrag.name).update(name="Ganz anders")
    run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    with pytest.raises(Konflikt, match="schon entschieden"):
        run(cast, services.approve_aufnahmeantrag, "edda", antrag=antrag)
    assert Membership.objects.filter(anbieter_id=newest().anbieter_id).count() == 1


def test_a_closed_account_s_check_counts_no_more(cast, vg) -> None:
    antrag = entered(cast)
    User.objects.filter(pk=cast.user("anton").pk).update(is_active=False)
    with pytest.raises(Konflikt):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)


def test_broken_off_at_its_end__nothing_is_there(cast, vg, monkeypatch) -> None:
    """The invitation is the last step: when it fails, neither provider nor account nor signature stays."""
    antrag = entered(cast)
    monkeypatch.setattr(services, "issue_einladung", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)
    assert newest().zustand == "GEPRUEFT"
    assert not Anbieter.objects.filter(name=antrag.name).exists()
    assert not User.objects.filter(email="lotte@leuchtfeuer.example").exists()


def test_without_mail__nobody_is_admitted(cast, vg, settings) -> None:
    """A link that somebody of the office saw would let her take the provider over."""
    antrag = entered(cast)
    settings.SENDS_MAIL = False
    with pytest.raises(Konflikt, match="verschickt keine E-Mails"):
        run(cast, services.approve_aufnahmeantrag, "emil", antrag=antrag)


def test_whoever_could_be_meant_is_shown(cast, vg, sign_in) -> None:
    Anbieter.objects.create(name="Leuchtfeuer Kinder- und Jugendhilfe e. V.")
    Anbieter.objects.create(name="Küstenkinder gGmbH", register_nr="ag stralsund hrb1234")
    Anbieter.objects.create(name="Ganz anders Jugendhilfe gGmbH")
    antrag = applied()
    applied(name="Leuchtfeuer gGmbH")
    page = sign_in("emil").get(url(antrag)).text
    assert "ähnlicher Name" in page and "gleiche Registernummer" in page and "Ganz anders" not in page
    assert "Leuchtfeuer gGmbH</a>: Antrag vom" in page


def test_the_count_of_the_start_page(cast, vg) -> None:
    applied()
    entered(cast, name="Haus Nebel e. V.")
    counts, lists = {}, {}
    for who in ("anton", "emil", "anna"):
        akteur = cast.akteur(who)
        with in_tenant(vg, user_id=akteur.user_id):
            counts[who] = policies.count_waiting(akteur)
        with on_portal(user_id=akteur.user_id):
            lists[who] = policies.decidable_aufnahmeantraege(akteur).count()
    assert counts == lists == {"anton": 1, "emil": 2, "anna": 0}, "what she has signed waits for somebody else"
