"""On call at night for offices that appointed her: what she takes in, what she sees, and who takes it over."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Mailauftrag, Membership
from shared_apps.accounts.selectors import list_own_tenants, list_rufbereitschaften
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Fehlt, Verweigert
from shared_apps.mails.services import run_mailauftrag
from shared_apps.providers import policies as providers
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases import policies as cases
from tenant_apps.cases import selectors
from tenant_apps.cases.models import Falluebergabe, Hilfefall
from tenant_apps.cases.selectors import list_uebernehmende
from tenant_apps.cases.services.abschluss import close_hilfefall, reopen_hilfefall
from tenant_apps.cases.services.uebernahme import notify_uebernahmen
from tenant_apps.placements import policies
from tenant_apps.placements.models import Nachtaufnahme, Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung
from tenant_apps.placements.services.fristen import withdraw_reservierung
from tenant_apps.placements.services.nacht import record_zusage, release_nacht, update_nachtaufnahme
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.people import appoint
from tests.plans import plan_of
from tests.seiten import text_of
from tests.trail import reading

JUNGE = {"alter": "9", "geschlecht": "m"}
ZU_UEBERNEHMEN = "/hilfefaelle/aus-der-nacht/"


@pytest.fixture
def bett(vg):
    """A bed that is free tonight."""
    return create_angebot(einrichtung=create_einrichtung(name="Haus Hafen"), hilfeart="S42", vakanz_bestaetigt_at=now())


@pytest.fixture
def rufina(cast, sign_in):
    """On call for VG, signed in there."""
    return sign_in("rufina")


def _take_in(client, angebot) -> str:
    """The child's page, once a place is held."""
    answer = client.post("/heute-nacht/reservieren/", JUNGE | {"angebot": str(angebot.pk)})
    assert answer.status_code == 302, text_of(answer)
    return answer.headers["Location"]


def _hand_over(client, fall: Hilfefall, person: UUID):
    return client.post(f"/hilfefaelle/{fall.pk}/uebergeben/", {"person": str(person), "grund": "Aus der Nacht"})


def _fall(tenant) -> Hilfefall:
    with in_tenant(tenant):
        return Hilfefall.objects.get()


def test_a_night__she_holds_calls_ticks__and_sees_age_and_sex_alone(rufina, bett, vg):
    start = text_of(rufina.get("/heute-nacht/"))
    assert "Alter in Jahren" in start and "Von Ihnen aufgenommen" not in start
    url = _take_in(rufina, bett)
    rufina.post(f"{url}zugesagt/")
    rufina.post(f"{url}pflicht/", {"pflicht": "SORGEBERECHTIGTE", "erledigt": "on"})
    seite = text_of(rufina.get(url))
    assert "Junge, 9 Jahre" in seite and "zugesagt (Rufina Ruge)" in seite and 'aria-checked="true"' in seite
    assert "Das Jugendamt übernimmt den Fall" in seite
    assert "/bearbeiten/" not in seite and "Weiter zur Reservierung" not in seite, "those pages are not hers"
    assert "Von Ihnen aufgenommen: 1" in text_of(rufina.get("/heute-nacht/"))
    liste = text_of(rufina.get("/heute-nacht/von-ihnen/"))
    assert "Haus Hafen" in liste and "Junge, 9 Jahre" in liste and _fall(vg).fallnummer in liste


def test_undo__place_and_case_are_given_back(rufina, bett, vg, sign_in):
    url = _take_in(rufina, bett)
    assert "Der Platz ist wieder frei" in text_of(rufina.post(f"{url}freigeben/", follow=True))
    with in_tenant(vg):
        assert Reservierung.objects.get().zustand == "ZURUECKGEZOGEN"
        assert Hilfefall.objects.get().zustand == "ABGESCHLOSSEN"
    assert rufina.get(url).status_code == 404, "over, and nothing of it is left with her"
    assert "Aus der Nacht" not in text_of(sign_in("clara").get("/")), "nor waits for anybody"


def test_another_place__for_the_same_child(rufina, bett, vg):
    url = _take_in(rufina, bett)
    weiter = create_angebot(einrichtung=create_einrichtung(name="Haus Deich"), hilfeart="S42")
    assert rufina.post(f"{url}anderer-platz/", {"angebot": str(weiter.pk)}).headers["Location"] == url
    assert "Haus Deich" in text_of(rufina.get(url))


def test_morning__the_lead_gives_it_to_a_worker__and_it_is_gone_for_her(rufina, bett, vg, cast, sign_in):
    url, fall = _take_in(rufina, bett), _fall(vg)
    bernd, sie = cast.user("bernd").pk, cast.user("rufina").pk
    rufina.post(f"{url}zugesagt/")
    clara = sign_in("clara")
    assert re.search(r"Aus der Nacht zu übernehmen.{0,120}\b1\b|\b1\b.{0,120}Aus der Nacht zu", text_of(clara.get("/")))
    liste = text_of(clara.get(ZU_UEBERNEHMEN))
    assert fall.fallnummer in liste and "Rufina Ruge" in liste
    assert fall.fallnummer not in text_of(clara.get("/hilfefaelle/ohne-fachkraft/"))
    assert clara.get(f"/hilfefaelle/{fall.pk}/").status_code == 404, "by number; the file is the worker's"
    assert _hand_over(clara, fall, bernd).headers["Location"] == ZU_UEBERNEHMEN
    assert "Alle Fälle der Nacht sind übernommen" in text_of(clara.get(ZU_UEBERNEHMEN))

    with in_tenant(vg):
        fall.refresh_from_db()
        assert (fall.fachkraft_id, fall.team, fall.uebernahme_offen) == (bernd, "Anklam", False)
        assert Falluebergabe.objects.get().alte_fachkraft_id == sie, "who it was stays"
    for weg in ("", "anderer-platz/"):
        assert rufina.get(url + weg).status_code == 404, weg
    for weg in ("anderer-platz/", "zugesagt/", "freigeben/", "pflicht/"):
        assert rufina.post(url + weg, {"angebot": str(bett.pk)}).status_code == 404, weg
    assert "Zurzeit niemand" in text_of(rufina.get("/heute-nacht/von-ihnen/"))
    assert sign_in("bernd").get(url).status_code == 200
    akteur = cast.akteur("bernd")
    with in_tenant(vg, user_id=bernd):
        assert policies.visible_nachtaufnahmen(akteur).count() == 1 and policies.count_eigene(akteur) == 0
        reservierung = Reservierung.objects.get()
        with CaptureQueriesContext(connection) as asked:
            aufnahme = policies.find_nachtaufnahme(akteur, reservierung)
            assert aufnahme and aufnahme.zugesagt_von.nachname == "Ruge"
        assert len(asked) == 1
    with reading(vg):
        wer = Protokoll.objects.filter(vorgang="nacht.reservieren").values_list("user_id", "rolle")
        assert set(wer) == {(sie, "RUFBEREITSCHAFT")}, "the trail keeps who did what"


@pytest.mark.parametrize(
    ("team", "sees"),
    [("", {"clara", "emil"}), ("Anklam", {"clara", "emil"}), ("Pasewalk", {"emil"}), ("Niemandes", {"clara", "emil"})],
)
def test_nothing_falls_through__whatever_team(team, sees, rufina, bett, vg, cast):
    """Pasewalk has a lead of its own; of no team, and of one that nobody leads, every lead has it; the head has all."""
    appoint(user=cast.user("nora"), tenant=vg, rolle=Rolle.TEAMLEITUNG, team="Pasewalk", gueltig_ab=today())
    akteure = {wer: cast.akteur(wer) for wer in ("anna", "bernd", "clara", "emil", "wilma")}
    told = {wer: cast.user(wer).pk for wer in ("clara", "nora")}
    _take_in(rufina, bett)
    with in_tenant(vg):
        Hilfefall.objects.update(team=team)
        assert {wer for wer, akteur in akteure.items() if _waits_for(akteur)} == sees
        expected = {"Anklam": {"clara"}, "Pasewalk": {"nora"}}.get(team, {"clara", "nora"})
        assert list_uebernehmende() == {told[wer] for wer in expected}, "the head is told only where nobody leads"


@pytest.mark.parametrize(
    ("team", "expected"), [("", {"clara", "nora"}), ("Anklam", {"clara"}), ("Niemandes", {"clara", "nora"})]
)
def test_a_lead_without_a_team__is_told_of_what_she_sees(team, expected, rufina, bett, vg, cast):
    """Who sees a case of the night and who is told that one waits is one rule."""
    appoint(user=cast.user("nora"), tenant=vg, rolle=Rolle.TEAMLEITUNG, team="", gueltig_ab=today())
    akteure = {wer: cast.akteur(wer, at="VG") for wer in ("clara", "nora")}
    told = {cast.user(wer).pk for wer in expected}
    _take_in(rufina, bett)
    with in_tenant(vg):
        Hilfefall.objects.update(team=team)
        assert {wer for wer, akteur in akteure.items() if _waits_for(akteur)} == expected
        assert list_uebernehmende() == told


def _waits_for(akteur) -> int:
    return cases.night_hilfefaelle(akteur).count()


def test_mail__once_a_working_day_without_a_word_of_the_child(rufina, bett, vg, cast, settings, mailoutbox):
    settings.SENDS_MAIL, settings.FIXED_TODAY = True, "2026-11-30"  # a Monday
    clara = cast.user("clara")
    _take_in(rufina, bett)
    with in_tenant(vg):
        with CaptureQueriesContext(connection) as queries:
            assert [notify_uebernahmen(), notify_uebernahmen()] == [1, 0]
        gesagt = next(q["sql"] for q in queries if "accounts_mailauftrag" in q["sql"] and q["sql"].startswith("SELECT"))
        with on_portal():
            assert re.search(r"Index Cond: \(+user_id = ", plan_of(gesagt)), "of all mails ever, hers"
    run_mailauftrag(mail_id=Mailauftrag.objects.get(art="NACHT_UEBERNAHME").pk)
    (mail,) = mailoutbox
    assert mail.to == [clara.email] and ZU_UEBERNEHMEN in mail.body
    assert not {"9", "Junge", "Haus Hafen", _fall(vg).fallnummer} & set(re.findall(r"[\w-]+", mail.body))
    settings.FIXED_TODAY = "2026-11-28"
    with in_tenant(vg):
        assert notify_uebernahmen() == 0, "nobody at the weekend"


def test_mail__not_on_a_day_that_the_office_has_named_as_free(rufina, bett, vg, cast, settings, monkeypatch):
    """Nobody knows holidays until the office names them; then no mail is sent and nothing is due on them."""
    settings.SENDS_MAIL, settings.FIXED_TODAY = True, "2026-11-30"  # a Monday
    cast.user("clara")
    frei = [date(2026, 11, 30) + timedelta(days=n) for n in range(3)]
    monkeypatch.setattr(selectors, "get_vorgabe", lambda _: [tag.isoformat() for tag in frei])
    _take_in(rufina, bett)
    with in_tenant(vg):
        assert notify_uebernahmen() == 0
        assert Nachtaufnahme.objects.get().faellig_am not in frei
    monkeypatch.setattr(selectors, "get_vorgabe", lambda _: [])
    with in_tenant(vg):
        assert notify_uebernahmen() == 1


def test_rights__what_she_is_refused(rufina, bett, vg, cast, sign_in):
    url, fall = _take_in(rufina, bett), _fall(vg)
    with in_tenant(vg):
        nummer = Reservierung.objects.get().pk
    for seite in (
        "/hilfefaelle/", f"/hilfefaelle/{fall.pk}/", f"/hilfefaelle/{fall.pk}/bearbeiten/", "/hze-auswahl/", "/faelle/",
        f"/reservierungen/{nummer}/", "/abrechnung/", "/controlling/", "/suchauftraege/", "/heute-nacht/nachzutragen/",
        ZU_UEBERNEHMEN, f"/hilfefaelle/{fall.pk}/uebergeben/", "/verwaltung/mitglieder/",
    ):  # fmt: skip
        assert rufina.get(seite).status_code in {403, 404}, seite
    anna = sign_in("anna")
    ihre = _take_in(anna, create_angebot(einrichtung=create_einrichtung(name="Haus Deich"), hilfeart="S42"))
    assert rufina.get(ihre).status_code == 404 and rufina.post(f"{ihre}freigeben/").status_code == 404
    assert anna.get(url).status_code == 404, "nor is hers a colleague's before it is taken over"
    akteur = cast.akteur("rufina")
    with in_tenant(vg):
        for sicht in (policies.visible_reservierungen, policies.visible_buchungen, policies.visible_suchen,
                      policies.visible_klienten, cases.visible_stammdaten, cases.visible_vorgaenge,
                      cases.assignable_hilfefaelle):  # fmt: skip
            assert not sicht(akteur).exists(), sicht
        with pytest.raises(Verweigert):
            withdraw_reservierung(akteur=akteur, reservierung=Reservierung.objects.get(pk=nummer), grund="Tagsüber")
    assert not providers.sees_secrets(akteur), "agreed rates are no part of a night"


def test_rights__the_service_ends_no_other_case(rufina, bett, vg, cast, sign_in):
    _take_in(sign_in("anna"), bett)
    akteur = cast.akteur("rufina")
    with in_tenant(vg), pytest.raises(Verweigert):
        close_hilfefall(akteur=akteur, hilfefall=Hilfefall.objects.get(), letzter_tag=today(), grund="Nur ein Versuch")


def test_rights__taken_over_while_she_was_about_to(rufina, bett, vg, cast):
    """Her page was loaded a moment before the lead handed the case over: the service looks once more."""
    _take_in(rufina, bett)
    akteur, anna = cast.akteur("rufina"), cast.user("anna").pk
    with in_tenant(vg):
        aufnahme = Nachtaufnahme.objects.get()
        Hilfefall.objects.update(fachkraft_id=anna, uebernahme_offen=False)
        for act in (record_zusage, release_nacht):
            with pytest.raises(Fehlt):
                act(akteur=akteur, aufnahme=aufnahme)
        assert Reservierung.objects.get().zustand == "RESERVIERT"


def test_rights__booked_by_the_office__she_takes_no_other_place(rufina, bett, vg, cast):
    """A lead may book before she hands the case over; from then on the night is over."""
    url = _take_in(rufina, bett)
    weiter = create_angebot(einrichtung=create_einrichtung(name="Haus Deich"), hilfeart="S42")
    akteur, clara, ines = cast.akteur("rufina"), cast.akteur("clara"), cast.akteur("ines", at="VG")
    with in_tenant(vg):
        aufnahme = Nachtaufnahme.objects.get()
        reservierung = confirm_reservierung(reservierung=Reservierung.objects.get(), akteur=ines)
        book_reservierung(reservierung=reservierung, akteur=clara)
        assert Hilfefall.objects.get().uebernahme_offen, "it still waits for a worker"
        with pytest.raises(Fehlt):
            update_nachtaufnahme(akteur=akteur, aufnahme=aufnahme, angebot_id=weiter.pk)
    for weg in ("anderer-platz/", "zugesagt/", "freigeben/", "pflicht/"):
        assert rufina.post(url + weg, {"angebot": str(weiter.pk)}).status_code == 404, weg
    with in_tenant(vg):
        assert Reservierung.objects.count() == 1 and _waits_for(clara) == 1


def test_given_back_and_opened_again__is_a_case_without_a_worker__and_not_hers(rufina, bett, vg, cast):
    url = _take_in(rufina, bett)
    rufina.post(f"{url}freigeben/")
    emil, clara = cast.akteur("emil"), cast.akteur("clara")
    with in_tenant(vg):
        assert not Hilfefall.objects.filter(uebernahme_offen=True).exists(), "none stays in the index of those waiting"
        Hilfefall.objects.update(team="Anklam")
        reopen_hilfefall(akteur=clara, hilfefall=Hilfefall.objects.get(), grund="Das Kind ist wieder da.")
        assert not _waits_for(clara) and cases.orphaned_hilfefaelle(emil).count() == 1
    assert rufina.get(url).status_code == 404
    assert rufina.post(f"{url}anderer-platz/", {"angebot": str(bett.pk)}).status_code == 404


def test_rights__sealed__nothing_is_left_for_her(rufina, bett, vg):
    url = _take_in(rufina, bett)
    with in_tenant(vg):
        Hilfefall.objects.update(gesperrt=True)
    assert rufina.get(url).status_code == 404


def test_rights__a_key_opens_nothing(cast, bett, vg):
    programm = cast.api("rufina")
    for weg in ("suchen", "reservierungen", "buchungen", "klienten"):
        assert programm.get(f"/api/v1/{weg}/").status_code in {401, 403}, weg
    assert programm.get("/heute-nacht/").status_code == 302, "a key is worth nothing at a page"


def test_rights__after_her_appointment_ended(rufina, bett, vg, cast):
    url = _take_in(rufina, bett)
    Membership.objects.filter(user=cast.user("rufina")).update(gueltig_bis=today())
    for seite in ("/heute-nacht/", url):
        assert "/anmelden/" in rufina.get(seite).headers["Location"], seite
    clara, emil = cast.akteur("clara"), cast.akteur("emil")
    with in_tenant(vg):
        assert _waits_for(clara) == 1, "what she took in still waits for the office"
        assert not cases.orphaned_hilfefaelle(emil).exists(), "in one list, not in two"


def test_two_offices__each_its_own_children__and_the_portal_lists_both(rufina, bett, vg, hro, cast, sign_in):
    person = cast.user("rufina")
    assert sign_in("rufina", at="HRO").get("/heute-nacht/").status_code == 302, "an office that has not appointed her"
    portal = sign_in("rufina", at="PORTAL")
    assert portal.get("/weiter/hro/", {"ziel": "/heute-nacht/"}).status_code == 404
    bis = today() + timedelta(days=90)
    appoint(user=person, tenant=hro, rolle=Rolle.RUFBEREITSCHAFT, gueltig_ab=today(), gueltig_bis=bis)
    url = _take_in(rufina, bett)
    dort = sign_in("rufina", at="HRO")
    assert dort.get("/heute-nacht/").status_code == 200 and dort.get(url).status_code == 404
    with in_tenant(hro):
        assert not Nachtaufnahme.objects.exists()
    seite = text_of(portal.get("/"))
    for amt in ("vg", "hro"):
        assert f"/{amt}/?ziel=/heute-nacht/" in seite.replace("%2F", "/"), amt
    assert {t.kuerzel for t in list_rufbereitschaften(user_id=person.pk)} == {"VG", "HRO"}
    assert not list_own_tenants(user_id=person.pk), "she works in neither"
    assert "Haus Hafen" not in seite and "Junge" not in seite, "no child at the portal"
