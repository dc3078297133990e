"""The data protection officer reads under four eyes; the operator looks when the office says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from shared_apps.accounts.models import User
from shared_apps.journal.models import Supportzugriff
from tenant_apps.audit.enums import Aktion
from tenant_apps.audit.models import Freigabe, Protokoll
from tenant_apps.audit.services import record_access
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.people import PEOPLE
from tests.trail import reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(vg, cast):
    """Anna has looked at a case."""
    anna = cast.akteur("anna")
    with in_tenant(vg, user_id=anna.user_id):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        record_access(akteur=anna, aktion=Aktion.LESEN, vorgang="fall.ansehen", objekt=fall, felder=["name"])
    return fall


def _ask(client, **fields):
    return client.post("/protokoll/antrag/", {"grund": "Beschwerde vom 3. März", "stunden": "2"} | fields)


def test_dora_asks_emil_approves_dora_reads_and_it_is_recorded(vg, cast, seen):
    assert "dora" in PEOPLE
    dora, emil = cast.sign_in("dora"), cast.sign_in("emil")
    assert dora.get("/protokoll/lesen/").status_code == 403
    assert _ask(dora).status_code == 302
    with in_tenant(vg):
        pk = Freigabe.objects.get().pk
    assert dora.get("/protokoll/lesen/").status_code == 403
    own_decision = dora.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "bewilligen"})
    assert "zweite Person" in own_decision.content.decode()
    assert emil.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "bewilligen"}).status_code == 302
    page = dora.get("/protokoll/lesen/", {"wer": "anna"})
    assert page.status_code == 200 and "fall.ansehen" in page.content.decode()
    table = dora.get("/protokoll/lesen/csv/", {"aktion": "LESEN"})
    assert "fall.ansehen" in table.content.decode()
    assert emil.get("/protokoll/lesen/").status_code == 403
    reader = cast.user("dora").pk
    with reading(vg):
        looks = Protokoll.objects.filter(user_id=reader, vorgang__startswith="protokoll.")
        assert set(looks.values_list("vorgang", flat=True)) == {"protokoll.lesen", "protokoll.ausgeben"}
        assert looks.filter(vorgang="protokoll.lesen").first().grund == "Beschwerde vom 3. März"


def test_approval_for_one_case_shows_only_that_case(vg, cast, seen):
    anna = cast.akteur("anna")
    with in_tenant(vg, user_id=anna.user_id):
        other = create_hilfefall(fachkraft_id=anna.user_id)
        record_access(akteur=anna, aktion=Aktion.LESEN, vorgang="fall.anderer", objekt=other)
    dora, emil = cast.sign_in("dora"), cast.sign_in("emil")
    assert _ask(dora, objekt="gibt-es-nicht").status_code == 422
    assert _ask(dora, objekt=str(seen.klient_id)).status_code == 302
    with in_tenant(vg):
        pk = Freigabe.objects.get().pk
    emil.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "bewilligen"})
    text = dora.get("/protokoll/lesen/").content.decode()
    assert "fall.ansehen" in text and "fall.anderer" not in text


def test_declined_with_a_reason_and_taken_back(vg, cast):
    dora, emil = cast.sign_in("dora"), cast.sign_in("emil")
    _ask(dora)
    with in_tenant(vg):
        pk = Freigabe.objects.get().pk
    assert emil.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "ablehnen"}).status_code == 422
    emil.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "ablehnen", "bemerkung": "zu weit"})
    with in_tenant(vg):
        assert Freigabe.objects.get().zustand == "ABGELEHNT"
    page = emil.get(f"/protokoll/antraege/{pk}/").text
    assert "Zurücknehmen" not in page and "bewilligen" not in page and 'name="bemerkung"' not in page


def test_decided_meanwhile__the_remark_is_still_on_the_page(vg, cast):
    dora, emil = cast.sign_in("dora"), cast.sign_in("emil")
    _ask(dora)
    with in_tenant(vg):
        pk = Freigabe.objects.get().pk
    emil.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "bewilligen"})
    late = emil.post(f"/protokoll/antraege/{pk}/", {"entscheidung": "ablehnen", "bemerkung": "Das reicht zu weit."})
    assert late.status_code == 409 and "Über diesen Antrag ist schon entschieden." in late.text
    assert "Das reicht zu weit." in late.text and "Zurücknehmen" in late.text
    assert 'value="ablehnen"' not in late.text and 'value="bewilligen"' not in late.text
    _request_support(cast.sign_in("lars", at="PORTAL"))
    url = f"/supportzugriffe/{Supportzugriff.objects.get().pk}/"
    emil.post(url, {"entscheidung": "bewilligen"})
    late = emil.post(url, {"entscheidung": "ablehnen", "bemerkung": "Nicht nötig."})
    assert late.status_code == 409 and "schon entschieden oder beendet" in late.text and "Nicht nötig." in late.text


def test_everybody_of_the_office_sees_her_own_entries_and_no_others(vg, cast, seen):
    assert "fall.ansehen" in cast.sign_in("anna").get("/konto/zugriffe/").content.decode()
    assert "fall.ansehen" not in cast.sign_in("bernd").get("/konto/zugriffe/").content.decode()
    assert cast.sign_in("ines", at="VG").get("/konto/zugriffe/").status_code == 403


def test_auskunft_lists_functions_and_no_names(vg, seen):
    with in_tenant(vg), connection.cursor() as cursor:
        cursor.execute("SELECT rolle, aktion, vorgang, anzahl FROM privacy_zugriffe(%s)", [seen.klient_id])
        assert cursor.fetchall() == [("ASD", "LESEN", "fall.ansehen", 1)]


def _request_support(lars) -> None:
    answer = lars.post(
        "/betrieb/support/",
        {"jugendamt": "VG", "ticket": "T-77", "grund": "Reservierung hängt seit gestern", "stunden": "1"},
    )
    assert answer.status_code == 302


def test_operator_looks_only_after_the_office_approved_and_the_office_sees_it(vg, cast, seen):
    lars, emil = cast.sign_in("lars", at="PORTAL"), cast.sign_in("emil")
    _request_support(lars)
    zugriff = Supportzugriff.objects.get()
    look = f"/betrieb/support/{zugriff.pk}/"
    assert lars.get(look).status_code == 403
    assert "Supportzugriff" in emil.get("/").content.decode()
    assert emil.post(f"/supportzugriffe/{zugriff.pk}/", {"entscheidung": "bewilligen"}).status_code == 302
    assert "sieht gerade technische Daten" in emil.get("/").content.decode()
    page = lars.get(look, {"tabelle": "cases_hilfefall", "schluessel": str(seen.pk)})
    text = page.content.decode()
    assert page.status_code == 200 and "OFFEN" in text
    assert seen.fallnummer not in text and seen.klient.nachname not in text
    nothing = lars.get(look, {"tabelle": "cases_klient", "schluessel": str(seen.klient_id)}).content.decode()
    assert "nicht freigegeben" in nothing and seen.klient.nachname not in nothing
    operator = cast.user("lars").pk
    with reading(vg):
        row = Protokoll.objects.filter(vorgang="support.lesen", objekt_id=seen.pk).get()
        assert (row.user_id, row.rolle, row.grund) == (operator, "BETRIEB", "Ticket T-77")
    emil.post(f"/supportzugriffe/{zugriff.pk}/", {"entscheidung": "widerrufen"})
    assert lars.get(look).status_code == 403


def test_operator_whose_account_was_closed__is_not_approved(vg, cast):
    _request_support(cast.sign_in("lars", at="PORTAL"))
    User.objects.filter(pk=cast.user("lars").pk).update(is_active=False)
    zugriff = Supportzugriff.objects.get()
    emil = cast.sign_in("emil")
    said = emil.post(f"/supportzugriffe/{zugriff.pk}/", {"entscheidung": "bewilligen"}, follow=True)
    assert "ist gesperrt" in said.content.decode()
    zugriff.refresh_from_db()
    assert zugriff.zustand == "BEANTRAGT"


def test_operator_who_also_leads_the_office__does_not_let_herself_in(vg, cast):
    """Two accounts, one mailbox: the database says the same."""
    _request_support(cast.sign_in("lars", at="PORTAL"))
    User.objects.filter(pk=cast.user("emil").pk).update(email="LARS+amt@example.org")
    zugriff = Supportzugriff.objects.get()
    said = cast.sign_in("emil").post(f"/supportzugriffe/{zugriff.pk}/", {"entscheidung": "bewilligen"}, follow=True)
    assert "entscheidet eine zweite Person" in said.content.decode()
    leitung = cast.user("emil").pk
    with in_tenant(vg, user_id=leitung), pytest.raises(ProgrammingError), transaction.atomic():
        Supportzugriff.objects.update(
            zustand="BEWILLIGT", entschieden_von=leitung, gueltig_bis=timezone.now() + timedelta(hours=1)
        )
    zugriff.refresh_from_db()
    assert zugriff.zustand == "BEANTRAGT"


def test_look_ends_on_time_and_belongs_to_one_operator(vg, cast):
    lars, emil = cast.sign_in("lars", at="PORTAL"), cast.sign_in("emil")
    _request_support(lars)
    zugriff = Supportzugriff.objects.get()
    emil.post(f"/supportzugriffe/{zugriff.pk}/", {"entscheidung": "bewilligen"})
    assert lars.get(f"/betrieb/support/{zugriff.pk}/").status_code == 200
    leitung = cast.user("emil").pk
    with in_tenant(vg, user_id=leitung):
        Supportzugriff.objects.update(
            zustand="BEWILLIGT", entschieden_von=leitung, gueltig_bis=timezone.now() - timedelta(seconds=1)
        )
    assert lars.get(f"/betrieb/support/{zugriff.pk}/").status_code == 403


def test_foreign_office_does_not_see_the_request(vg, hro, cast):
    _request_support(cast.sign_in("lars", at="PORTAL"))
    with in_tenant(hro):
        assert Supportzugriff.objects.count() == 0
    with in_tenant(vg):
        assert Supportzugriff.objects.count() == 1


def test_entry_of_a_deputy_names_whom_she_stood_in_for(vg, cast, seen):
    anna = replace(cast.akteur("anna"), vertritt=frozenset({cast.user("clara").pk}))
    with in_tenant(vg, user_id=anna.user_id):
        record_access(akteur=anna, aktion=Aktion.LESEN, vorgang="fall.vertretung", objekt=seen)
    page = cast.sign_in("anna").get("/konto/zugriffe/").content.decode()
    assert page.count("in Vertretung für") == page.count("in Vertretung für Clara Clasen") == 1
