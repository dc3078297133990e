"""Who needs a second factor, by role, office, environment; and that nothing else opens before it is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.access_table import walk
from shared_apps.accounts.enums import Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel
from shared_apps.core.clock import today
from shared_apps.signin.selectors.obligation import get_pflicht_ab, needs_second_factor
from tenants.models import Tenant
from tests.people import appoint
from tests.shared_apps.factors.steps import LINKS, code, is_signed_in, post_password
from tests.shared_apps.factors.test_security_pages import secret_on

pytestmark = pytest.mark.usefixtures("vg")
SETUP = "/konto/sicherheit/"


def rule(rolle: Rolle, verfahren: Verfahren, *, at: str | None = None, frist: int = 0, ab: date | None = None):
    return Anmelderegel.objects.create(
        tenant=Tenant.objects.get(kuerzel=at) if at else None,
        rolle=rolle,
        verfahren=verfahren,
        frist_tage=frist,
        gilt_ab=ab or today(),
    )


class TestWho:
    @pytest.mark.parametrize(
        ("environment", "needed"), [(["alle"], True), (["keine"], False), (["ASD", "WJH"], True), (["WJH"], False)]
    )
    def test_environment_says_it_for_all_or_for_roles(self, cast, settings, environment, needed):
        settings.MFA_PFLICHT = environment
        assert needs_second_factor(cast.akteur("anna")) is needed

    def test_rule_for_everywhere_beats_the_environment_and_the_office_beats_both(self, cast, settings):
        settings.MFA_PFLICHT = ["alle"]
        rule(Rolle.ASD, Verfahren.FREIWILLIG)
        assert not needs_second_factor(cast.akteur("anna"))
        rule(Rolle.ASD, Verfahren.PFLICHT, at="VG")
        assert needs_second_factor(cast.akteur("anna"))
        assert not needs_second_factor(cast.akteur("gerd")), "another office has its own"

    def test_rule_vorgabe_is_no_rule(self, cast, settings):
        rule(Rolle.ASD, Verfahren.PFLICHT)
        rule(Rolle.ASD, Verfahren.VORGABE, at="VG")
        assert needs_second_factor(cast.akteur("anna"))

    def test_rule_of_an_office_binds_providers_at_its_host_only(self, cast):
        rule(Rolle.ANBIETER, Verfahren.PFLICHT, at="VG")
        assert needs_second_factor(cast.akteur("ines", at="VG"))
        assert not needs_second_factor(cast.akteur("ines", at="HRO"))
        assert not needs_second_factor(cast.akteur("ines"))

    def test_one_role_of_many_is_enough(self, cast):
        user = cast.user("anna")
        vg = Tenant.objects.get(kuerzel="VG")
        appoint(user=user, tenant=vg, rolle=Rolle.TEAMLEITUNG, gueltig_ab=date(2020, 1, 1))
        rule(Rolle.TEAMLEITUNG, Verfahren.PFLICHT, at="VG")
        assert needs_second_factor(cast.akteur("anna"))

    def test_grace_runs_from_the_rule_or_from_the_membership_whichever_is_later(self, cast):
        rule(Rolle.ASD, Verfahren.PFLICHT, at="VG", frist=14, ab=today() - timedelta(days=10))
        assert get_pflicht_ab(cast.akteur("anna")) == today() + timedelta(days=4)
        Anmelderegel.objects.update(gilt_ab=today() - timedelta(days=14))
        assert needs_second_factor(cast.akteur("anna"))
        cast.user("anna").memberships.update(gueltig_ab=today())
        assert get_pflicht_ab(cast.akteur("anna")) == today() + timedelta(days=14)


class TestGate:
    def test_person_is_led_to_set_one_up_and_then_goes_on(self, cast, settings):
        settings.MFA_PFLICHT = ["alle"]
        cast.user("anna")
        client, response = post_password("anna")
        assert response.status_code == 302
        assert client.get("/")["Location"] == SETUP
        page = client.get(SETUP).content.decode()
        assert "Bitte richten Sie einen zweiten Faktor ein" in page
        assert 'aria-label="Bereiche"' not in page, "no navigation that leads nowhere"
        secret = secret_on(client.get(f"{SETUP}app/").content.decode())
        assert (
            "Diese Codes sehen Sie nur jetzt"
            in client.post(f"{SETUP}app/", {"code": code(secret=secret)}).content.decode()
        )
        assert is_signed_in(client)

    @pytest.mark.parametrize("urlconf", ["config.urls_tenant", "config.urls_portal"])
    def test_no_other_page_and_no_api_opens(self, cast, sign_in, settings, urlconf):
        settings.MFA_PFLICHT = ["alle"]
        name = "anna" if urlconf.endswith("tenant") else "karla"
        client = sign_in(name)
        values = {"uuid": "0197a000-0000-7000-8000-000000000000", "int": "1", "str": "x", "slug": "vg"}
        opened = {}
        for route in walk(urlconf):
            if route.path == "gesundheit/":  # knows nobody on any host
                continue
            response = client.get(route.fill(values))
            refused = response.status_code == 302 and response["Location"] == SETUP
            if not refused and not (response.status_code == 403 and route.path.startswith("api/")):
                opened[route.path] = response.status_code
        assert set(opened) <= {
            "abmelden/", "konto/sicherheit/", "konto/sicherheit/bestaetigen/", "konto/sicherheit/app/",
            "konto/sicherheit/passkey/", "datenschutz/", "impressum/", "barrierefreiheit/", "kontakt/",
            "anmelden/", "uebergabe/",  # whoever begins there begins a session of her own
            *LINKS,
        }  # fmt: skip
        assert {"konto/sicherheit/", "datenschutz/"} <= set(opened)

    def test_last_factor_cannot_be_taken_out(self, cast, settings):
        settings.MFA_PFLICHT = ["alle"]
        cast.user("anna")
        client, _ = post_password("anna")
        secret = secret_on(client.get(f"{SETUP}app/").content.decode())
        client.post(f"{SETUP}app/", {"code": code(secret=secret)})
        factor = cast.user("anna").faktoren.get(art="totp")
        response = client.post(f"{SETUP}{factor.pk}/entfernen/")
        assert response.status_code == 403
        assert "Richten Sie erst einen anderen ein" in response.content.decode()
        asked = client.get(f"{SETUP}{factor.pk}/entfernen/").text
        assert "Richten Sie erst einen anderen ein" in asked and "<h1>Zweiten Faktor entfernen?</h1>" in asked
        assert "Entfernen</span></button>" not in asked, "no button that is refused"
        assert cast.user("anna").faktoren.count() == 2

    def test_in_the_time_of_grace_she_is_told_and_works(self, cast):
        cast.user("anna")
        rule(Rolle.ASD, Verfahren.PFLICHT, at="VG", frist=7)
        client, _ = post_password("anna")
        page = client.get("/konto/").content.decode()
        assert f"ab {today() + timedelta(days=7):%d.%m.%Y} ein zweiter Faktor Pflicht" in page


def test_production_demands_it_of_all():
    from tests.architecture.test_settings_fail_closed import COMPLETE, start

    done = start(COMPLETE, "import config.settings as s; print(s.MFA_PFLICHT, s.PASSWORD_HASHERS[0])")
    assert "['alle']" in done.stdout, done.stderr
    assert "Argon2" in done.stdout
