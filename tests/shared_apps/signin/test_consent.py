"""The data-protection rules are agreed to once a version, on a page of their own, before anything else opens."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from config.access_table import walk
from shared_apps.accounts.models import Datenschutzzustimmung, Sitzung
from tenant_apps.drafts.models import Entwurf
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot
from tests.shared_apps.factors.steps import CONSENT, LINKS, add_totp, agree, code, is_signed_in, post_password
from tests.shared_apps.signin.test_handover import go, redeem

pytestmark = pytest.mark.usefixtures("vg", "hro")
NEW = "2027-01"
TEXT = "Die Familie möchte „näher“ an Wolgast wohnen."


def asked(response) -> str:
    """She is sent to the rules; where they will lead her."""
    parts = urlsplit(response["Location"])
    assert (response.status_code, parts.path) == (302, CONSENT), response
    return parse_qs(parts.query).get("next", ["/"])[0]


def consents(name: str) -> list[tuple[str, str]]:
    rows = Datenschutzzustimmung.objects.filter(user__username=name).order_by("created_at")
    return [(row.textversion, row.tenant.kuerzel if row.tenant else "") for row in rows]


class TestFirstSignIn:
    def test_she_reads_agrees_and_goes_on_to_where_she_wanted(self, cast):
        cast.user("anna", has_agreed=False)
        assert "zustimmung" not in Client(SERVER_NAME="vg.localhost").get("/anmelden/").text, "no box at the sign-in"
        client, response = post_password("anna", next="/anbieter/?kreis=VG")
        ziel = asked(client.get(response["Location"]))
        page = client.get(CONSENT, {"next": ziel}).text
        assert "Sozialgeheimnis" in page and "Fassung 2026-11b" in page and 'type="checkbox"' in page
        assert "Hauptnavigation" not in page, "no way around it"
        assert agree(client, ziel=ziel)["Location"] == "/anbieter/?kreis=VG"
        assert client.get("/anbieter/").status_code == 200
        assert consents("anna") == [("2026-11b", "VG")]
        row = Datenschutzzustimmung.objects.get(user__username="anna")
        assert abs(timezone.now() - row.created_at) < timedelta(minutes=1)

    def test_without_the_box_she_is_told_and_stays_outside(self, cast):
        cast.user("anna", has_agreed=False)
        client, _ = post_password("anna")
        response = agree(client, box="", ziel="/konto/")
        assert response.status_code == 422
        assert "Bitte stimmen Sie den Datenschutzregeln zu: Setzen Sie das Kreuz." in response.text
        assert 'value="/konto/"' in response.text, "where she wanted to go is kept"
        assert not is_signed_in(client)
        assert consents("anna") == []

    def test_she_may_leave_without_agreeing(self, cast):
        cast.user("anna", has_agreed=False)
        client, _ = post_password("anna")
        assert client.post("/abmelden/")["Location"] == "/anmelden/"
        assert urlsplit(client.get("/konto/")["Location"]).path == "/anmelden/"
        assert not Sitzung.objects.filter(beendet_at__isnull=True).exists()

    def test_reload_back_and_a_second_click_count_once(self, cast):
        cast.user("anna", has_agreed=False)
        client, _ = post_password("anna")
        assert client.get(CONSENT).status_code == client.get(CONSENT).status_code == 200
        agree(client)
        assert agree(client)["Location"] == "/"
        response = client.get(CONSENT, {"next": "/konto/"})
        assert response["Location"] == "/konto/", "back leads on: nothing is left to agree to"
        assert "no-store" in response["Cache-Control"]
        assert len(consents("anna")) == 1

    def test_second_host_does_not_ask_again(self, cast):
        cast.user("ines", has_agreed=False)
        client, _ = post_password("ines", "portal.localhost")
        agree(client)
        other, _ = post_password("ines", "vg.localhost")
        assert is_signed_in(other)
        assert consents("ines") == [("2026-11b", "")]

    def test_stranger_is_sent_to_the_sign_in(self):
        stranger = Client(SERVER_NAME="vg.localhost")
        assert urlsplit(stranger.get(CONSENT)["Location"]).path == "/anmelden/"
        assert urlsplit(agree(stranger)["Location"]).path == "/anmelden/"

    @pytest.mark.parametrize("ziel", ["https://boese.example/", "//boese.example", "javascript:x"])
    def test_it_leads_only_to_this_host(self, cast, ziel):
        cast.user("anna", has_agreed=False)
        client, _ = post_password("anna")
        assert agree(client, ziel=ziel)["Location"] == "/"

    @pytest.mark.parametrize("urlconf", ["config.urls_tenant", "config.urls_portal"])
    def test_no_other_page_and_no_api_opens(self, cast, urlconf):
        name, host = ("anna", "vg") if urlconf.endswith("tenant") else ("karla", "portal")
        cast.user(name, has_agreed=False)
        client, _ = post_password(name, f"{host}.localhost")
        values = {"uuid": "0197a000-0000-7000-8000-000000000000", "int": "1", "str": "x", "slug": "vg"}
        opened = set()
        for route in walk(urlconf):
            if route.path == "gesundheit/":  # knows nobody on any host
                continue
            response = client.get(route.fill(values))
            refused = response.status_code == 302 and response["Location"].startswith(CONSENT)
            is_api = route.path.startswith("api/") and response.status_code == 403
            if not refused and not (is_api and response.json()["code"] == "zustimmung"):
                opened.add(route.path)
        assert opened == {
            "anmelden/", "anmelden/zustimmung/", "anmelden/passkey/", "abmelden/", "uebergabe/",
            "datenschutz/", "impressum/", "barrierefreiheit/", "kontakt/",
            *(LINKS & {route.path for route in walk(urlconf)}),
        }  # fmt: skip


class TestEveryWayIn:
    """There is one gate behind them all."""

    def test_second_factor_comes_first_so_that_nobody_agrees_in_her_name_with_a_password(self, cast):
        add_totp(cast.user("anna", has_agreed=False))
        client, response = post_password("anna")
        assert response["Location"] == "/anmelden/zweiter-faktor/"
        assert urlsplit(agree(client)["Location"]).path == "/anmelden/"
        assert consents("anna") == []
        client.post("/anmelden/zweiter-faktor/", {"code": code()})
        asked(client.get("/konto/"))
        agree(client)
        assert is_signed_in(client)

    def test_before_the_factor_that_has_to_be_set_up(self, cast, settings):
        settings.MFA_PFLICHT = ["alle"]
        cast.user("anna", has_agreed=False)
        client, _ = post_password("anna")
        asked(client.get("/konto/sicherheit/"))
        agree(client)
        assert client.get("/konto/")["Location"] == "/konto/sicherheit/"

    def test_handover_to_an_office(self, sign_in, settings):
        ines = sign_in("ines")
        form = go(ines)
        settings.DATENSCHUTZ_TEXTVERSION = NEW
        asked(ines.get("/weiter/vg/"))
        client = Client(SERVER_NAME="vg.localhost")
        _, response = redeem(form, client=client)  # the ticket was made under the old text
        asked(client.get(response["Location"]))
        agree(client)
        assert is_signed_in(client)
        assert is_signed_in(ines), "agreed to at one host is agreed to at the other"


class TestNewVersion:
    def test_living_session_is_asked_at_its_next_page_and_goes_on(self, sign_in, settings):
        anna = sign_in("anna")
        anna.get("/konto/")
        row = Sitzung.objects.get()
        settings.DATENSCHUTZ_TEXTVERSION = NEW
        assert asked(anna.get("/anbieter/?kreis=VG")) == "/anbieter/?kreis=VG"
        page = anna.get(CONSENT).text
        assert "haben Sie der Fassung 2026-11b zugestimmt" in page
        agree(anna, ziel="/anbieter/")
        assert is_signed_in(anna)
        assert Sitzung.objects.get().pk == row.pk, "the same session"
        assert [version for version, _ in consents("anna")] == ["2026-11b", NEW]

    def test_what_she_had_typed_is_kept(self, vg, cast, sign_in, settings):
        angebot, wer = create_angebot(plaetze=2), cast.user("anna").pk
        with in_tenant(vg):
            fall = create_hilfefall(fachkraft_id=wer)
            reservierung = create_reservierung(fachkraft_id=wer, angebot=angebot, hilfefall=fall)
        anna = sign_in("anna")
        settings.DATENSCHUTZ_TEXTVERSION = NEW
        pfad = f"/reservierungen/{reservierung.pk}/zurueckziehen/"
        ziel = asked(anna.post(pfad, {"grund": TEXT}))
        with in_tenant(vg):
            reservierung.refresh_from_db()
            assert reservierung.zustand == "RESERVIERT", "nothing was done"
            assert Entwurf.objects.count() == 1
        assert agree(anna, ziel=ziel)["Location"] == ziel
        assert TEXT in anna.get(ziel).text

    def test_htmx_takes_the_whole_page_there(self, sign_in, settings):
        anna = sign_in("anna")
        settings.DATENSCHUTZ_TEXTVERSION = NEW
        response = anna.get("/anbieter/", headers={"HX-Request": "true"})
        assert response["HX-Redirect"].startswith(CONSENT)

    def test_page_with_the_old_text_counts_for_nothing(self, sign_in, settings):
        anna = sign_in("anna")
        settings.DATENSCHUTZ_TEXTVERSION = NEW
        response = agree(anna, fassung="2026-11b")
        assert "haben sich soeben geändert" in response.text and f'value="{NEW}"' in response.text
        assert not is_signed_in(anna)
        agree(anna)
        assert is_signed_in(anna)

    def test_key_of_a_machine_goes_on(self, cast, settings):
        api = cast.api("anna")
        settings.DATENSCHUTZ_TEXTVERSION = NEW
        assert api.get("/api/v1/buchungen/").status_code == 200
