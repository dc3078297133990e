"""A form sent after the end of the session: kept, offered after sign-in, filled in, forgotten once sent."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shared_apps.journal.models import Supportzugriff
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall
from tenant_apps.drafts.models import Entwurf
from tenant_apps.drafts.services import clear_expired
from tenant_apps.placements.models import Reservierung
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot
from tests.people import PASSWORD
from tests.trail import reading

TEXT = "Die Familie möchte „näher“ an Wolgast wohnen."


@pytest.fixture
def reservierung(vg, cast):
    anna = cast.user("anna")
    angebot = create_angebot(plaetze=2)
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.pk)
        return create_reservierung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall)


@pytest.fixture
def pfad(reservierung) -> str:
    return f"/reservierungen/{reservierung.pk}/zurueckziehen/"


def run_out(client: Client, settings) -> None:
    session = client.session
    session["sojus_seen"] -= settings.SESSION_IDLE_SECONDS + 10
    session.save()


def begin(sign_in, settings, name: str = "anna") -> Client:
    """Signed in, then away for too long."""
    client = sign_in(name, at="VG")
    client.get("/konto/")
    run_out(client, settings)
    return client


def sign_in_again(client: Client, name: str, ziel: str):
    return client.post("/anmelden/", {"username": name, "password": PASSWORD, "next": ziel})


def ziel_of(response) -> str:
    assert response.status_code == 302 and response["Location"].startswith("/anmelden/?next="), response
    return parse_qs(urlsplit(response["Location"]).query)["next"][0]


def drafts(vg) -> list[Entwurf]:
    with in_tenant(vg):
        return list(Entwurf.objects.all())


def test_text_is_back_after_sign_in(vg, pfad, sign_in, settings):
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"grund": TEXT}))
    assert TEXT not in ziel and ziel.startswith(f"{pfad}?entwurf=")
    assert "Ihre Eingaben sind aufbewahrt" in client.get("/anmelden/").text
    assert sign_in_again(client, "anna", ziel)["Location"] == ziel
    page = client.get(ziel).text
    assert "Ihre Eingaben von" in page and "Die Familie möchte „näher“ an Wolgast wohnen." in page
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="entwurf.uebernehmen").count() == 1


@pytest.mark.parametrize("zustand", ["ZURUECKGEZOGEN", "ABGELAUFEN"])
def test_draft_of_a_step_that_is_over__is_still_shown(vg, pfad, reservierung, sign_in, settings, zustand):
    """Opened, such a page has no form and says why; what was typed there before is shown all the same."""
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"grund": TEXT}))
    with in_tenant(vg):
        Reservierung.objects.filter(pk=reservierung.pk).update(zustand=zustand)
    sign_in_again(client, "anna", ziel)
    page = client.get(ziel).text
    assert "Ihre Eingaben von" in page and TEXT in page
    assert "Dort steht, was jetzt möglich ist." in client.get(pfad).text
    refused = client.post(pfad, {"grund": TEXT})
    assert refused.status_code == 409 and TEXT in refused.text


def test_draft_of_a_step_that_something_hinders__is_still_shown(vg, reservierung, sign_in, settings):
    """What runs is named, and the page has no button until it has ended; the draft is not hidden by that."""
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=reservierung.hilfefall_id).update(zustand="LAUFEND")
    pfad = reverse("cases:close", args=[reservierung.hilfefall_id])
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"grund": TEXT}))
    sign_in_again(client, "anna", ziel)
    page = client.get(ziel).text
    assert "Das läuft noch" in page and TEXT in page
    assert "Bitte beenden Sie das zuerst." in client.get(pfad).text


def test_it_is_offered_where_it_was_typed_and_on_the_start_page(vg, pfad, sign_in, settings):
    client = begin(sign_in, settings)
    client.post(pfad, {"grund": TEXT})
    sign_in_again(client, "anna", "/")
    assert "übernehmen" in client.get("/").text
    page = client.get(pfad).text
    assert "Sie hatten hier etwas eingegeben" in page and TEXT not in page


def test_content_is_sealed_in_the_offices_own_schema(vg, pfad, sign_in, settings):
    begin(sign_in, settings).post(pfad, {"grund": TEXT})
    with in_tenant(vg), connection.cursor() as cursor:
        cursor.execute("SELECT inhalt, pfad, seite FROM drafts_entwurf")
        assert "Wolgast" not in str(cursor.fetchall())


def test_draft_is_wiped_once_the_form_was_sent(vg, pfad, sign_in, settings):
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"grund": TEXT}))
    sign_in_again(client, "anna", ziel)
    client.get(ziel)
    assert client.post(pfad, {"grund": TEXT}).status_code == 302
    assert [e.inhalt for e in drafts(vg)] == [""]
    assert "übernehmen" not in client.get("/").text


def test_another_person_at_the_same_browser_gets_nothing(vg, pfad, sign_in, cast, settings):
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"grund": TEXT}))
    cast.user("bernd")
    sign_in_again(client, "bernd", ziel)
    page = client.get(ziel)
    assert TEXT not in page.text and "übernehmen" not in client.get("/").text
    assert client.post(f"/entwuerfe/{drafts(vg)[0].pk}/verwerfen/").status_code == 404


def test_discarded_draft_is_gone(vg, pfad, sign_in, settings):
    client = begin(sign_in, settings)
    client.post(pfad, {"grund": TEXT})
    sign_in_again(client, "anna", "/")
    pk = drafts(vg)[0].pk
    assert "Übernehmen" in client.get("/entwuerfe/").text
    assert client.post(f"/entwuerfe/{pk}/verwerfen/").status_code == 302
    assert "Es gibt keine Entwürfe" in client.get("/entwuerfe/").text
    assert drafts(vg)[0].inhalt == ""


def test_stranger_and_ended_session_keep_nothing(vg, pfad, sign_in, settings):
    Client(SERVER_NAME="vg.localhost").post(pfad, {"grund": TEXT})
    client = sign_in("anna")
    client.get("/konto/")
    client.post("/abmelden/")
    client.post(pfad, {"grund": TEXT})
    assert drafts(vg) == []


def test_person_who_is_no_longer_admitted_keeps_nothing(vg, pfad, sign_in, cast, settings):
    client = begin(sign_in, settings)
    cast.user("anna").memberships.update(gueltig_bis=timezone.now().date())
    client.post(pfad, {"grund": TEXT})
    assert drafts(vg) == []


def test_passwords_are_never_kept(vg, sign_in, settings):
    client = begin(sign_in, settings)
    client.post("/passwort/", {"passwort_alt": PASSWORD, "passwort_neu": "x" * 20, "bemerkung": TEXT})
    assert drafts(vg) == []


def test_after_a_day_it_is_deleted(vg, pfad, sign_in, settings):
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"grund": TEXT}))
    with in_tenant(vg):
        Entwurf.objects.update(geaendert_at=timezone.now() - timedelta(hours=25))
    sign_in_again(client, "anna", ziel)
    assert TEXT not in client.get(ziel).text
    with in_tenant(vg):
        assert clear_expired() == 1
    assert drafts(vg) == []


def test_stale_form_comes_back_with_what_was_typed(vg, pfad, sign_in):
    signed = sign_in("anna")
    client = Client(enforce_csrf_checks=True, SERVER_NAME="vg.localhost")
    client.cookies = signed.cookies
    stranger = client.post(pfad, {"grund": TEXT}, headers={"origin": "http://boese.example"})
    assert stranger.status_code == 403 and drafts(vg) == []
    response = client.post(pfad, {"grund": TEXT}, headers={"origin": "http://vg.localhost"})
    assert response.status_code == 302 and response["Location"].startswith(f"{pfad}?entwurf=")
    page = client.get(response["Location"]).text
    assert TEXT in page


def test_typing_is_kept_every_few_seconds(vg, pfad, sign_in):
    client = sign_in("anna")
    data = {"grund": TEXT, "_pfad": pfad, "_seite": pfad, "passwort": "x"}
    assert client.post("/entwuerfe/", data).json() == {"gesichert": True}
    client.post("/entwuerfe/", data | {"grund": TEXT + " Ja."})
    assert len(drafts(vg)) == 1
    page = client.get(pfad).text
    assert "Sie hatten hier etwas eingegeben" in page
    assert TEXT + " Ja." in client.get(f"{pfad}?entwurf={drafts(vg)[0].pk}").text


@pytest.mark.parametrize("ziel", ["https://boese.example/", "/passwort/", "/gibt/es/nicht/", "/api/v1/suchen/", ""])
def test_only_forms_of_the_offices_work_are_kept(vg, sign_in, ziel):
    response = sign_in("anna").post("/entwuerfe/", {"grund": TEXT, "_pfad": ziel, "_seite": "/faelle/"})
    assert drafts(vg) == [] or [e.pfad for e in drafts(vg)] == ["/"], response.content


def test_what_is_typed_on_the_portal_does_not_lie_in_an_office(vg, sign_in):
    """There it is kept in the shared schema: test_keep_on_portal."""
    data = {"grund": TEXT, "_pfad": "/eingang/", "_seite": "/eingang/"}
    assert sign_in("ines").post("/entwuerfe/", data).json() == {"gesichert": True}
    assert drafts(vg) == []


def test_provider_at_the_offices_host_keeps_her_own(vg, pfad, reservierung, sign_in, settings):
    """Her request runs under the portal role, which sees her own drafts only."""
    begin(sign_in, settings).post(pfad, {"grund": TEXT})
    path = f"/reservierungen/{reservierung.pk}/ablehnen/"
    ines = sign_in("ines", at="VG")
    assert ines.post("/entwuerfe/", {"text": "unser Text", "_pfad": path, "_seite": path}).json() == {"gesichert": True}
    page = ines.get("/entwuerfe/").text
    assert page.count("Übernehmen") == 1
    found = ines.post("/faelle/suchen/", {"q": "P-0000"}, follow=True)
    assert found.status_code == 200 and 'value="P-0000"' in found.text


def test_decided_meanwhile__the_remark_is_still_shown(vg, cast, sign_in, settings):
    """Emil writes why not, his session runs out, Anton is faster: the text is on the page, and sent it comes back."""
    sign_in("lars", at="PORTAL").post(
        "/betrieb/support/", {"jugendamt": "VG", "ticket": "T-1", "grund": "Fehler in der Suche", "stunden": 1}
    )
    pfad = f"/supportzugriffe/{Supportzugriff.objects.get().pk}/"
    client = begin(sign_in, settings, "emil")
    ziel = ziel_of(client.post(pfad, {"entscheidung": "ablehnen", "bemerkung": TEXT}))
    assert sign_in("anton", at="VG").post(pfad, {"entscheidung": "ablehnen"}).status_code == 302
    sign_in_again(client, "emil", ziel)
    assert TEXT in client.get(ziel).text
    assert "bemerkung" not in client.get(pfad).text, "without a draft there is nothing to decide"
    late = client.post(pfad, {"entscheidung": "ablehnen", "bemerkung": TEXT})
    assert late.status_code == 409 and TEXT in late.text
