"""The operator: technical state, onboarding orders, maintenance; no content, nobody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid6 import uuid7

from shared_apps.accounts.models import Mailauftrag, Membership
from shared_apps.core.liste import Listenseite
from shared_apps.operations import views
from shared_apps.providers.models import Foto, Leistungsbeschreibung
from tenants import selectors, services
from tenants.context import in_tenant, on_portal
from tenants.enums import Jobstand
from tenants.jobs import defer
from tenants.models import Jobwiederholung, OnboardingLauf, Tenant, TenantZustand
from tests.factories.register import create_einrichtung

pytestmark = pytest.mark.usefixtures("vg", "hro")
LUP = {"kuerzel": "LUP"}
ORDER = "/betrieb/jugendaemter/neu/"
REFERENZ = (
    "kuerzel;name;kurzname;ags;typ;sitz;land;stichtag;zensusbasis;quelle;ew;u3;3-5;6-14;15-17;18-24;25-29\n"
    "BAR;Landkreis Barnim;Barnim;12060;LK;Eberswalde;Brandenburg;31.12.2024;Zensus 2022;Regionalstatistik;"
    "190000;4000;5000;18000;6000;9000;8000\n"
)


@pytest.mark.parametrize("who", ["anna", "anton", "ines", "karla"])
@pytest.mark.parametrize("path", ["/betrieb/", ORDER, "/betrieb/jugendaemter/vg/wartung/"])
def test_nobody_but_the_operator_enters(sign_in, who, path):
    client = sign_in(who, at="PORTAL")
    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403


def test_strangers_sign_in_and_offices_have_no_such_page(sign_in):
    assert Client(SERVER_NAME="portal.localhost").get("/betrieb/").status_code == 302
    assert sign_in("anna").get("/betrieb/").status_code == 404


def test_files_that_the_scanner_does_not_judge__are_told_after_an_hour(sign_in):
    lars, haus = sign_in("lars"), create_einrichtung()
    waits = {"einrichtung": haus, "pruefung": "WARTET", "datei": "hochgeladen/x.webp"}
    Foto.objects.create(**waits, hochgeladen_at=timezone.now() - timedelta(minutes=59))
    assert "Virenscanner" not in lars.get("/betrieb/").text
    Foto.objects.create(**waits, hochgeladen_at=timezone.now() - timedelta(minutes=61))
    assert "1 Datei wartet länger als eine Stunde auf den Virenscanner" in lars.get("/betrieb/").text
    Leistungsbeschreibung.objects.create(
        **waits, datum=date(2026, 1, 1), hochgeladen_at=timezone.now() - timedelta(days=2)
    )
    assert "2 Dateien warten länger als eine Stunde auf den Virenscanner" in lars.get("/betrieb/").text


def test_form_of_a_new_office__says_nothing_before_anything_was_sent(sign_in):
    assert "Bitte prüfen Sie Ihre Angaben" not in sign_in("lars").get(ORDER).text


def test_state_of_every_office_is_shown(sign_in):
    page = sign_in("lars").get("/betrieb/").content.decode()
    assert "3 von 3 Jugendämtern in Ordnung" in page
    assert "vg.localhost" in page


def test_state_is_read_without_right_on_any_tenant_schema():
    with on_portal():
        zeilen = selectors.list_betriebszeilen()
    assert all(z.ist_gesund for z in zeilen)
    assert {z.migrationen_fehlen for z in zeilen} == {0}


def test_missing_migrations_are_counted(monkeypatch):
    known = [*selectors.known_migrations(), "billing.9998_zukunft", "billing.9999_zukunft"]
    monkeypatch.setattr(selectors, "known_migrations", lambda: known)
    with on_portal():
        assert {z.migrationen_fehlen for z in selectors.list_betriebszeilen()} == {2}


def test_number_of_queries_does_not_depend_on_the_offices():
    with on_portal(), CaptureQueriesContext(connection) as queries:
        selectors.list_betriebszeilen()
    assert len(queries) <= 8


class TestMaintenance:
    PATH = "/betrieb/jugendaemter/vg/wartung/"

    def test_office_closes_and_opens_others_stay_open(self, sign_in, vg):
        lars, anna, gerd = sign_in("lars"), sign_in("anna"), sign_in("gerd")
        assert anna.get("/konto/").status_code == 200
        assert "Wartung für" in lars.get(self.PATH).content.decode()
        assert lars.post(self.PATH, {"zustand": "AKTIV"}).status_code == 302
        vg.refresh_from_db()
        assert vg.zustand == TenantZustand.WARTUNG
        assert anna.get("/konto/").status_code == 503
        assert gerd.get("/konto/").status_code == 200
        assert "2 von 3 Jugendämtern in Ordnung, 1 in Wartung." in lars.get("/betrieb/").content.decode()
        lars.post(self.PATH, {"zustand": "WARTUNG"})
        assert anna.get("/konto/").status_code == 200

    def test_second_click_on_an_old_page_changes_nothing(self, sign_in, vg):
        lars = sign_in("lars")
        lars.post(self.PATH, {"zustand": "AKTIV"})
        second = lars.post(self.PATH, {"zustand": "AKTIV"}, follow=True)
        assert "VG ist inzwischen umgestellt worden." in second.text
        vg.refresh_from_db()
        assert vg.zustand == TenantZustand.WARTUNG

    def test_closed_and_unknown_offices_are_not_found(self, sign_in, vg):
        lars = sign_in("lars")
        assert lars.get("/betrieb/jugendaemter/xy/wartung/").status_code == 404
        Tenant.objects.filter(pk=vg.pk).update(zustand=TenantZustand.STILLGELEGT)
        assert lars.post(self.PATH).status_code == 404


class TestOrder:
    @pytest.fixture
    def stands(self, monkeypatch):
        """What the owner's worker writes; the role of the pages may not."""

        def set_state(**state) -> None:
            lauf = OnboardingLauf.objects.get(**LUP)
            for name, value in state.items():
                setattr(lauf, name, value)
            monkeypatch.setattr(views, "get_object_or_404", lambda *_, **__: lauf)

        return set_state

    def test_order_is_handed_to_the_worker_and_its_progress_shown(self, sign_in):
        lars = sign_in("lars")
        response = lars.post(ORDER, {"kuerzel": "lup"})
        lauf = OnboardingLauf.objects.get(kuerzel="LUP")
        assert (lauf.kuerzel, lauf.zustand) == ("LUP", "WARTET")
        assert response["Location"] == f"/betrieb/onboarding/{lauf.pk}/"
        page = lars.get(response["Location"]).content.decode()
        assert 'hx-trigger="every 2s"' in page
        assert "Aktualisieren" in page

    def test_fragment_stops_asking_when_done(self, sign_in, stands):
        lars = sign_in("lars")
        path = lars.post(ORDER, LUP)["Location"]
        stands(zustand="LAEUFT", schritt=3, schritte=8, meldung="Tabellen anlegen")
        running = lars.get(path, headers={"HX-Request": "true"}).content.decode()
        assert "Schritt 3 von 8: Tabellen anlegen" in running
        assert "<html" not in running
        stands(zustand="FERTIG")
        done = lars.get(path, headers={"HX-Request": "true"}).content.decode()
        assert "Fertig" in done
        assert "hx-trigger" not in done

    def test_failure_says_why_in_german(self, sign_in, stands):
        lars = sign_in("lars")
        path = lars.post(ORDER, LUP)["Location"]
        stands(zustand="FEHLER", meldung="Die Adresse gehört schon einem anderen Jugendamt.")
        assert "Die Adresse gehört schon einem anderen Jugendamt." in lars.get(path).content.decode()

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"kuerzel": ""}, "Bitte füllen Sie dieses Feld aus."),
            ({"kuerzel": "1X"}, "am Anfang ein Buchstabe"),
            ({"kuerzel": "PORTAL", "name": "X", "ags": "13000"}, "vergeben"),
            ({"kuerzel": "NEU", "name": "Neu", "ags": "12"}, "5 oder 8 Ziffern"),
            ({"kuerzel": "NEU"}, "Referenzdaten"),
            ({"kuerzel": "NEU", "name": "Neu", "ags": "13075"}, "gehört schon zu VG"),
            ({"kuerzel": "BAR", "name": "Barnim", "ags": "12060"}, "Bitte geben Sie eine Referenzdatei"),
            ({"kuerzel": "BAR", "referenz": "kuerzel;name"}, "fehlen diese Spalten"),
            ({"kuerzel": "LUP", "referenz_datei": "quatsch"}, "Die Datei kam nicht an"),
        ],
    )
    def test_mistakes_are_explained_and_nothing_is_ordered(self, sign_in, data, message):
        page = sign_in("lars").post(ORDER, data).content.decode()
        assert message in page
        assert not OnboardingLauf.objects.filter(zustand="WARTET").exists()

    def test_office_that_is_there__is_ordered_again_only_after_a_question(self, sign_in, hro):
        lars = sign_in("lars")
        asked = lars.post(ORDER, {"kuerzel": "vg", "admin_vorname": "Berta"}).text
        assert "VG (Landkreis Vorpommern-Greifswald) ist bereits eingerichtet" in asked
        assert 'value="VG"' in asked and "Berta" in asked
        other = lars.post(ORDER, {"kuerzel": "HRO", "erneut": "VG"}).text
        assert "ist bereits eingerichtet" in other, "the answer is for VG"
        Tenant.objects.filter(pk=hro.pk).update(zustand=TenantZustand.STILLGELEGT)
        assert "HRO ist stillgelegt" in lars.post(ORDER, {"kuerzel": "HRO", "erneut": "HRO"}).text
        assert not OnboardingLauf.objects.filter(zustand="WARTET").exists()
        assert lars.post(ORDER, {"kuerzel": "vg", "erneut": "VG"}).status_code == 302
        assert OnboardingLauf.objects.get(kuerzel="VG", zustand="WARTET").angaben["erneut"] is True

    def test_list_of_runs__says_what_became_of_the_invitation(self, sign_in, cast, vg, monkeypatch):
        chefin = Membership.objects.filter(tenant=vg, rolle="TENANT_ADMIN").order_by("created_at").first().user
        lauf = OnboardingLauf(id=uuid7(), kuerzel="VG", zustand="FERTIG", created_at=timezone.now())
        page = Listenseite([lauf], number=1, je_seite=10, anzahl=1, ist_mehr=False, has_next=False)
        monkeypatch.setattr(views, "ANLAGEN", SimpleNamespace(page=lambda *_: page))
        lars = sign_in("lars")
        assert "ohne E-Mail, noch nicht eingelöst" in lars.get("/betrieb/").text
        mail = Mailauftrag.objects.create(art="EINLADUNG", user=chefin, tenant=vg)
        assert "E-Mail wartet auf den Versand, noch nicht eingelöst" in lars.get("/betrieb/").text
        Mailauftrag.objects.filter(pk=mail.pk).update(zustand="FEHLGESCHLAGEN", fehler="Server antwortet nicht.")
        assert "E-Mail fehlgeschlagen: Server antwortet nicht, noch nicht eingelöst" in lars.get("/betrieb/").text
        chefin.set_password("ein-eigenes-Kennwort-2026")
        chefin.save(update_fields=["password"])
        page = lars.get("/betrieb/").text
        assert "eingelöst" in page and "noch nicht eingelöst" not in page

    def test_list_of_runs__goes_on_behind_the_last_one_shown(self, sign_in, cast):
        lars = sign_in("lars")
        with on_portal(user_id=cast.user("lars").pk):
            for number in range(11):
                OnboardingLauf.objects.create(id=uuid7(), kuerzel=f"X{number:02}", zustand="WARTET")
            alle = selectors.list_laeufe().count()
        page = lars.get("/betrieb/").text
        assert f"1 bis 10 von {alle}" in page and "X10" in page and "X00" not in page
        weiter = re.search(r'href="([^"]+)" rel="next"', page)
        assert weiter and "nach=" in weiter[1]
        page = lars.get(f"/betrieb/{unescape(weiter[1])}").text
        assert f"11 bis {alle} von {alle}" in page and "X00" in page and "X01" not in page

    def test_file_of_another_state_is_taken_and_names_the_office(self, sign_in):
        datei = SimpleUploadedFile("brandenburg.csv", REFERENZ.encode("utf-8-sig"))
        assert sign_in("lars").post(ORDER, {"kuerzel": "BAR", "referenz_datei": datei}).status_code == 302
        angaben = OnboardingLauf.objects.get(kuerzel="BAR").angaben
        assert (angaben["name"], angaben["ags"]) == ("Landkreis Barnim", "12060")

    def test_file_with_a_mistake_comes_back_as_text_and_can_be_mended(self, sign_in):
        lars = sign_in("lars")
        datei = SimpleUploadedFile("brandenburg.csv", REFERENZ.replace("18000", "viele").encode())
        page = lars.post(ORDER, {"kuerzel": "BAR", "admin_vorname": "Berta", "referenz_datei": datei}).content.decode()
        assert "Zeile 2: 6-14 ist keine ganze Zahl ab 0." in page
        assert "Eberswalde" in page and "Berta" in page
        assert lars.post(ORDER, {"kuerzel": "BAR", "referenz": REFERENZ}).status_code == 302

    def test_file_that_is_no_text_is_refused(self, sign_in):
        datei = SimpleUploadedFile("bild.csv", b"\xff\xd8\xff\x00")
        page = sign_in("lars").post(ORDER, {"kuerzel": "BAR", "referenz_datei": datei}).content.decode()
        assert "CSV UTF-8" in page and not OnboardingLauf.objects.filter(zustand="WARTET").exists()

    def test_second_order_for_the_same_office_waits(self, sign_in):
        lars = sign_in("lars")
        lars.post(ORDER, LUP)
        assert "läuft schon ein Onboarding" in lars.post(ORDER, LUP).content.decode()


class TestJobs:
    LIST = "/betrieb/auftraege/"

    @pytest.fixture
    def failed(self, monkeypatch):
        """A failed job, as the list reads it: only a worker can make one."""
        zeile = selectors.Jobzeile(
            nr=7, titel="E-Mail versenden", amt="VG", stand=Jobstand.GESCHEITERT, versuche=8, seit=None,
            fehler="ConnectionError in mail.run_mailauftrag",
        )  # fmt: skip
        monkeypatch.setattr(selectors, "count_jobs", lambda: dict.fromkeys(Jobstand, 0) | {Jobstand.GESCHEITERT: 1})
        monkeypatch.setattr(selectors, "find_jobs", lambda **_: [7])
        monkeypatch.setattr(selectors, "load_jobs", lambda _: [zeile])
        monkeypatch.setattr(selectors, "find_job", lambda nr: zeile)

    def test_waiting_job_is_counted_and_listed_with_its_office(self, sign_in, vg):
        with in_tenant(vg):
            nr = defer("controlling.publish_kennzahlen_of_tenant", schema="vg")
        lars = sign_in("lars")
        assert "Kein solcher Auftrag" in lars.get(self.LIST).text, "waiting is no reason to look"
        page = lars.get(self.LIST, {"stand": "WARTET"}).text
        assert "Kennzahlen eines Jugendamts veröffentlichen" in page and "VG" in page
        detail = lars.get(f"{self.LIST}{nr}/").text
        assert "wartet" in detail and "Noch einmal ausführen" not in detail
        assert lars.get(f"{self.LIST}999999999/").status_code == 404

    def test_state_that_does_not_exist__the_list_shown_is_the_one_marked(self, sign_in):
        page = sign_in("lars").get(self.LIST, {"stand": "quatsch"}).text
        assert "Diesen Stand gibt es nicht" in page
        assert re.search(r'aria-current="page"[^>]*>\s*Auffällig', page)

    def test_failed_ones_are_a_figure_a_list_and_a_question(self, sign_in, failed, monkeypatch):
        lars = sign_in("lars")
        assert "Aufträge gescheitert oder stehen geblieben" in lars.get("/betrieb/").text
        page = lars.get(self.LIST).text
        assert "ConnectionError in mail.run_mailauftrag" in page and "gescheitert" in page
        assert "Noch einmal ausführen" in lars.get(f"{self.LIST}7/").text
        waiting = replace(selectors.find_job(7), stand=Jobstand.VERSUCHT)
        monkeypatch.setattr(selectors, "find_job", lambda nr: waiting)
        page = lars.get(f"{self.LIST}7/").text
        assert "wird noch einmal versucht" in page and "Noch einmal ausführen" in page

    def test_every_state_says_since_when_and_what_is_usual(self, sign_in, monkeypatch):
        seit = timezone.now() - timedelta(minutes=40)
        faelle = {
            (
                Jobstand.HAENGT,
                True,
            ): "Läuft seit 40 Minuten, üblich sind höchstens 15 Minuten. Nach 1 Stunde wird",
            (Jobstand.HAENGT, False): "Wartet seit 40 Minuten, üblich sind höchstens 15 Minuten. Bitte prüfen Sie",
            (Jobstand.LAEUFT, True): "Läuft seit 40 Minuten.",
            (Jobstand.STEHENGEBLIEBEN, True): "Begonnen vor 40 Minuten; sein Arbeiter meldet sich nicht.",
            (Jobstand.VERSUCHT, False): "Zuletzt versucht vor 40 Minuten; der nächste",
            (Jobstand.WARTET, False): "Wartet seit 40 Minuten.",
            (Jobstand.GESCHEITERT, False): "Zuletzt versucht vor 40 Minuten.",
        }
        zeilen = [
            selectors.Jobzeile(
                nr=nr, titel="Auftrag", amt="VG", stand=stand, versuche=1, seit=seit, fehler="", wird_getan=doing,
                laengstens=timedelta(hours=1),
            )
            for nr, (stand, doing) in enumerate(faelle)
        ]  # fmt: skip
        assert {stand for stand, _ in faelle} == set(Jobstand)
        monkeypatch.setattr(selectors, "count_jobs", lambda: dict.fromkeys(Jobstand, 7))
        monkeypatch.setattr(selectors, "find_jobs", lambda **_: range(len(zeilen)))
        monkeypatch.setattr(selectors, "load_jobs", lambda _: zeilen)
        page = sign_in("lars").get(self.LIST, {"stand": "alle"}).text.replace("\xa0", " ")
        assert [text for text in faelle.values() if text not in page] == []
        assert "länger als 15" in page
        assert "Diesen Stand gibt es nicht" in sign_in("lars").get(self.LIST, {"stand": "QUATSCH"}).text

    def test_next_page_keeps_a_state_there_is_and_no_other(self, sign_in, failed, monkeypatch):
        monkeypatch.setattr(selectors, "find_jobs", lambda **_: range(120))
        lars = sign_in("lars")
        assert "?stand=WARTET&amp;seite=2" in lars.get(self.LIST, {"stand": "WARTET", "sort": "x"}).text
        page = lars.get(self.LIST, {"stand": "QUATSCH"}).text
        assert "?seite=2" in page and "QUATSCH&amp;seite" not in page

    def test_what_has_not_failed_is_not_done_again(self, sign_in, vg):
        with in_tenant(vg):
            nr = defer("controlling.publish_kennzahlen_of_tenant", schema="vg")
        page = sign_in("lars").post(f"{self.LIST}{nr}/", follow=True).text
        assert "nicht (mehr) gescheitert" in page
        assert not Jobwiederholung.objects.exists()

    def test_job_that_cannot_be_repeated__the_page_says_why_and_keeps_its_state(self, sign_in, vg):
        with in_tenant(vg):
            nr = defer("controlling.publish_kennzahlen_of_tenant", schema="vg")
        lars = sign_in("lars")
        assert views.NICHT_NOETIG in lars.get(f"{self.LIST}{nr}/").text
        refused = lars.post(f"{self.LIST}{nr}/")
        assert refused.status_code == 409 and views.NICHT_NOETIG in refused.text

    def test_page_that_the_list_does_not_have__is_said(self, sign_in, failed):
        page = sign_in("lars").get(f"{self.LIST}?seite=99")
        note = "Eine Seite 99 gibt es in dieser Liste nicht. Sie sehen Seite 1."
        assert page.text.count(note) == 2, "above the heading and below the list"
        assert page.text.index(note) < page.text.index("<h1") and page.text.index('role="status"') < page.text.index(
            note
        )

    def test_job_somebody_has_had_done_meanwhile__leads_back_to_the_list(self, sign_in):
        answer = sign_in("lars").post(f"{self.LIST}999999999/", follow=True)
        assert answer.redirect_chain == [(self.LIST, 302)]
        assert "Auftrag 999999999 steht nicht (mehr) in der Liste." in answer.text

    def test_failed_job_is_done_again_and_said(self, sign_in, failed, monkeypatch):
        asked = []
        monkeypatch.setattr(services, "submit_job_again", lambda **what: asked.append(what["nr"]) or True)
        page = sign_in("lars").post(f"{self.LIST}7/", follow=True).text
        assert asked == [7] and "Auftrag 7 wird noch einmal ausgeführt." in page

    def test_more_jobs_than_a_list_counts__says_so_and_has_a_last_page(self, sign_in, failed, monkeypatch):
        monkeypatch.setattr(selectors, "find_jobs", lambda bis, **_: range(bis))
        page = sign_in("lars").get(self.LIST, {"seite": "99"}).text
        assert "von mehr als" in page and 'aria-current="page" aria-label="Seite 20"' in page

    def test_jobs_are_found_newest_first_and_no_more_than_asked_for(self, cast, vg):
        with in_tenant(vg):
            older, newer = (defer("controlling.publish_kennzahlen_of_tenant", schema=amt) for amt in ("vg", "vg"))
        with on_portal(user_id=cast.user("lars").pk):
            assert selectors.find_jobs(staende=tuple(Jobstand), bis=1) == [max(filter(None, (older, newer)))]
            assert [z.nr for z in selectors.load_jobs([older, 999_999_999])] == [older], "the other one is done"

    def test_number_of_queries_does_not_depend_on_the_jobs(self, cast, vg, hro):
        with on_portal(user_id=cast.user("lars").pk), CaptureQueriesContext(connection) as queries:
            selectors.load_jobs(selectors.find_jobs(staende=tuple(Jobstand), bis=50))
        assert len(queries) == 3
