"""The worklist of a provider: her own pointers from all offices, nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid6 import uuid7

from shared_apps.core.clock import today
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.inbox.models import Ausgang, Hinweis, HinweisArt
from shared_apps.inbox.policies import may_settle, visible_hinweise
from shared_apps.inbox.services import notify_anbieter, settle_hinweis, transfer_hinweis, update_frist
from shared_apps.providers.models import Einrichtung
from tenant_apps.anfragen.policies import may_answer
from tenant_apps.billing.policies import may_bill, may_record
from tenant_apps.placements.policies import may_decide
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, create_einrichtung

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."


def notify(
    tenant: Tenant,
    anbieter: str = KUESTE,
    art=HinweisArt.RESERVIERUNG,
    frist_at=None,
    beginn=None,
    platzbindung_id=None,
    **fields,
) -> UUID:
    """An office tells a provider that something waits; the id of the object."""
    angebot = create_angebot(anbieter=anbieter, kreis=tenant.kuerzel, **fields)
    objekt_id = uuid7()
    with in_tenant(tenant):
        notify_anbieter(
            angebot=angebot,
            anbieter_id=angebot.einrichtung.anbieter_id,
            art=art,
            objekt_id=objekt_id,
            frist_at=frist_at,
            beginn=beginn,
            platzbindung_id=platzbindung_id,
        )
    return objekt_id


def test_pointers_of_all_districts_stand_on_one_page(vg, hro, sign_in):
    in_vg, in_hro = notify(vg, name="Möwennest"), notify(hro, name="Leuchtturm")
    page = sign_in("ines").get("/eingang/").content.decode()
    assert "Möwennest" in page
    assert "Leuchtturm" in page
    assert f"/weiter/vg/?ziel=%2Freservierungen%2F{in_vg}%2F" in page
    assert f"/weiter/hro/?ziel=%2Freservierungen%2F{in_hro}%2F" in page


def test_what_an_office_wrote_stands_above_what_is_due(vg, hro, sign_in):
    """It has no deadline, so it was the last of all; now it is a group of its own, the one that waits longest first."""
    heute = timezone.now() + timedelta(hours=2)
    notify(vg, name="Eiliges Haus", frist_at=heute)
    for name in ("Erste Nachricht", "Zweite Nachricht"):
        notify(hro, name=name, art=HinweisArt.RUECKFRAGE)
    ines = sign_in("ines")
    page = ines.get("/eingang/").text
    stellen = [page.find(text) for text in ("Neue Nachrichten", "Erste Nachricht", "Zweite Nachricht", "Eiliges Haus")]
    assert -1 not in stellen and stellen == sorted(stellen)
    assert page.count("Erste Nachricht</") == 1, "and is said once"
    assert "Sie sind dran" in page and ">3<" in page.replace("\n", "").replace(" ", "")
    nur = ines.get("/eingang/", {"art": "RUECKFRAGE"}).text
    assert "Erste Nachricht" in nur and "Eiliges Haus" not in nur
    andere = ines.get("/eingang/", {"art": "RESERVIERUNG"}).text
    assert "Erste Nachricht" not in andere and "Eiliges Haus" in andere


def test_another_provider_sees_nothing_of_it(vg, sign_in):
    notify(vg, name="Möwennest")
    page = sign_in("jan").get("/eingang/").content.decode()
    assert "Möwennest" not in page
    assert "Noch kein Vorgang" in page


def test_whoever_may_not_decide_is_not_told_to(vg, sign_in):
    notify(vg, name="Möwennest")
    page = sign_in("bille").get("/eingang/").text
    assert "Möwennest" in page and ">Entscheiden<" not in page and ">Ansehen<" in page
    assert "wartet auf Ihren Anbieter" in page and "Über Reservierungen entscheidet" in page
    page = sign_in("ines").get("/eingang/").text
    assert ">Entscheiden<" in page and "wartet auf Sie" in page and "Über Reservierungen entscheidet" not in page


def test_whose_step_it_is__is_as_the_pages_of_the_office_have_it(vg, cast):
    for who in ("ines", "bille", "fritz"):
        akteur = cast.akteur(who)
        assert {art for art in HinweisArt if not may_settle(akteur, art)} == {
            art
            for art, darf in (
                (HinweisArt.ANFRAGE, may_answer(akteur)),
                (HinweisArt.RESERVIERUNG, may_decide(akteur)),
                (HinweisArt.LEISTUNGSNACHWEIS, may_record(akteur)),
                (HinweisArt.RECHNUNG_BEANSTANDET, may_bill(akteur)),
            )
            if not darf
        }, who


def test_the_database_itself_hides_foreign_pointers(vg, cast):
    """Row-level security: even a query without a filter finds only one's own."""
    cast.user("ines")
    cast.user("jan")
    notify(vg, anbieter=KUESTE)
    notify(vg, anbieter=SEE)
    with on_portal(anbieter_ids=[cast.anbieter_id("jan")]):
        assert {h.anbieter_id for h in Hinweis.objects.all()} == {cast.anbieter_id("jan")}
    with on_portal():
        assert not Hinweis.objects.exists()


def test_people_of_a_facility_see_its_pointers__whatever_the_database_would_let_through(vg, cast):
    """In the session of the administration, which reads those of all houses, the policy alone narrows them."""
    ines, fritz = cast.akteur("ines"), cast.akteur("fritz")
    haus = Einrichtung.objects.get(pk__in=fritz.einrichtung_ids)
    seiner, anderer = notify(vg, einrichtung=haus), notify(vg)
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert {h.objekt_id for h in visible_hinweise(ines)} == {seiner, anderer}
        assert {h.objekt_id for h in visible_hinweise(fritz)} == {seiner}


def test_another_office_sees_no_pointer_of_this_one(vg, hro):
    notify(vg)
    with in_tenant(hro):
        assert not Hinweis.objects.exists()


def test_settled_ones_move_to_done(vg, sign_in):
    objekt_id = notify(vg, name="Möwennest")
    with in_tenant(vg):
        ausgang = Ausgang.ABGELEHNT
        assert settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=objekt_id, ausgang=ausgang) == 1
    client = sign_in("ines")
    assert "Möwennest" not in client.get("/eingang/").content.decode()
    done = client.get("/eingang/?zustand=erledigt").text
    assert "Möwennest" in done and ">Ansehen<" in done
    assert "Entscheiden" not in done and "wartet" not in done.split("<tbody")[1], "nothing is left to decide"
    assert "von Ihnen abgelehnt" in done


def test_filters_by_kind_and_district(vg, hro, sign_in):
    notify(vg, name="Möwennest")
    notify(hro, name="Leuchtturm", art=HinweisArt.BUCHUNG)
    client = sign_in("ines")
    by_kind = client.get("/eingang/?art=BUCHUNG").content.decode()
    assert "Leuchtturm" in by_kind
    assert "Möwennest" not in by_kind
    by_office = client.get("/eingang/?mandant=vg").content.decode()
    assert "Möwennest" in by_office
    assert "Leuchtturm" not in by_office
    assert "Nichts gefunden" in client.get("/eingang/?mandant=hro&art=RESERVIERUNG").content.decode()
    assert client.get("/eingang/?art=QUATSCH&mandant=%27;drop").status_code == 200


def test_nearest_deadline_stands_first_and_late_ones_are_marked(vg, sign_in):
    notify(vg, name="Spaeter", frist_at=timezone.now() + timedelta(days=5))
    notify(vg, name="Verpasst", frist_at=timezone.now() - timedelta(days=1))
    notify(vg, name="Fristlos")
    page = sign_in("ines").get("/eingang/").content.decode()
    assert page.index("Verpasst") < page.index("Spaeter") < page.index("Fristlos")
    assert "Frist abgelaufen" in page
    assert page.count(">Entscheiden<") == 2 and page.count(">Ansehen<") == 1, "what ran out is not decided any more"


def test_who_is_to_come_tonight_stands_above_an_earlier_deadline(vg, sign_in):
    """An enquiry for tonight has a week by its deadline: it is answered tonight all the same."""
    bald = timezone.now() + timedelta(days=2)
    notify(vg, name="Morgenhaus", frist_at=bald)
    notify(vg, name="Nachthaus", frist_at=timezone.now() + timedelta(days=7), beginn=today())
    notify(vg, name="Spaethaus", frist_at=timezone.now() + timedelta(days=7), beginn=today() + timedelta(days=90))
    page = sign_in("ines").get("/eingang/").text
    places = [
        page.index(text)
        for text in (
            "Heute und heute Nacht",
            "Nachthaus",
            "In den nächsten drei Tagen",
            "Morgenhaus",
            "Später",
            "Spaethaus",
        )
    ]
    assert places == sorted(places)
    assert "Beginn heute" in page and "noch 2 Tage" in page and "noch 7 Tage" in page


def test_what_the_office_has_to_do_stands_by_itself(vg, sign_in):
    objekt_id = notify(vg, name="Möwennest", frist_at=timezone.now() + timedelta(days=5))
    with in_tenant(vg):
        assert transfer_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=objekt_id) == 1
        spaeter = timezone.now() + timedelta(days=9)
        assert update_frist(art=HinweisArt.RESERVIERUNG, objekt_id=objekt_id, frist_at=spaeter) == 1
    client = sign_in("ines")
    assert "Möwennest" not in client.get("/eingang/").text
    page = client.get("/eingang/?zustand=amt").text
    assert "Möwennest" in page and "zugesagt, das Amt bucht noch" in page and "noch 9 Tage" in page
    assert (
        ">Entscheiden<" not in page and ">Ansehen<" in page and "wartet auf Zustimmung" not in page.split("<tbody")[1]
    )


def test_filters_by_facility_and_kind_of_help(vg, sign_in):
    haus = create_einrichtung(name="Haus Kiefernweg")
    notify(vg, name="Möwennest", einrichtung=haus)
    notify(vg, name="Leuchtturm", hilfeart="S33")
    client = sign_in("ines")
    for query, sees, never in (
        (f"einrichtung={haus.pk}", "Möwennest", "Leuchtturm"),
        ("hilfeart=S33", "Leuchtturm", "Möwennest"),
    ):
        page = client.get(f"/eingang/?{query}").text
        assert sees in page and never not in page.split("<tbody")[1], query


class TestNummer:
    def test_the_number_leads_to_all_of_its_matter_open_or_done(self, vg, hro, sign_in):
        bindung = uuid7()
        objekt_id = notify(vg, name="Möwennest", platzbindung_id=bindung)
        with in_tenant(vg):
            settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=objekt_id, ausgang=Ausgang.GEBUCHT)
        notify(vg, name="Möwennest am See", art=HinweisArt.BUCHUNG, platzbindung_id=bindung)
        notify(hro, name="Leuchtturm", platzbindung_id=uuid7())
        nummer = format_vorgangsnummer(bindung)
        client = sign_in("ines")
        assert nummer in client.get("/eingang/").text
        page = client.get("/eingang/", {"nummer": nummer.replace("-", " ").lower()}).text
        assert page.count("ein-zeile") == 2 and "Leuchtturm" not in page
        assert "zugesagt und gebucht" in page and "2 Einträge" in page

    def test_a_foreign_one_and_one_that_is_nobodys_look_alike(self, vg, sign_in):
        bindung = uuid7()
        notify(vg, name="Möwennest", platzbindung_id=bindung)
        jan = sign_in("jan")
        pages = [jan.get("/eingang/", {"nummer": format_vorgangsnummer(one)}) for one in (bindung, uuid7())]
        for page in pages:
            assert "Unter dieser Nummer gibt es bei Ihnen keinen Vorgang." in page.text
            assert "Möwennest" not in page.text
        own = r"(?:[0-9A-Z]{3}-){2}[0-9A-Z]{3}|value=\S*|CSRFToken\S* \S*"  # the number, the tokens of this answer
        foreign, nobodys = (re.sub(own, "", page.text) for page in pages)
        assert foreign == nobodys

    def test_a_slip_is_said_and_what_was_typed_stays(self, vg, sign_in):
        notify(vg, name="Möwennest")
        page = sign_in("ines").get("/eingang/", {"nummer": "7KM-Q2V-D7T"}).text
        assert "kann nicht stimmen" in page and 'value="7KM-Q2V-D7T"' in page
        assert "was diese Seite nicht kennt" not in page


def test_an_outcome_is_of_what_is_done(vg):
    """The database says so: no open pointer claims that something was decided."""
    notify(vg)
    with in_tenant(vg), pytest.raises(IntegrityError, match="hinweis_ausgang_erledigt"), transaction.atomic():
        Hinweis.objects.update(ausgang=Ausgang.GEBUCHT)


def test_offices_and_ministry_have_no_worklist(vg, sign_in):
    assert sign_in("anna", at="PORTAL").get("/eingang/").status_code == 403
    assert sign_in("karla").get("/eingang/").status_code == 403


def test_number_of_queries_does_not_grow(vg, hro, sign_in):
    client = sign_in("ines")
    notify(vg)
    client.get("/eingang/")
    with CaptureQueriesContext(connection) as few:
        client.get("/eingang/")
    for _ in range(6):
        notify(vg)
        notify(hro)
    with CaptureQueriesContext(connection) as many:
        client.get("/eingang/")
    assert len(many) == len(few)


class TestApi:
    URL = "/api/v1/hinweise/"

    def test_own_pointers_paged(self, vg, hro, cast):
        cast.user("ines")
        objekt_id = notify(vg, name="Möwennest")
        notify(hro, anbieter=SEE)
        answer = cast.api("ines").get(self.URL).json()
        assert answer["count"] == 1
        row = answer["results"][0]
        assert row["jugendamt"] == "VG"
        assert row["angebot"] == "Möwennest"
        assert row["ziel"] == f"/reservierungen/{objekt_id}/"
        assert row["weiter"].startswith("/weiter/vg/?ziel=")

    def test_page_size(self, vg, cast):
        for _ in range(3):
            notify(vg)
        answer = cast.api("ines").get(f"{self.URL}?page_size=2").json()
        assert answer["count"] == 3
        assert len(answer["results"]) == 2

    def test_by_number_and_whose_turn_it_is(self, vg, cast):
        cast.user("ines")
        bindung = uuid7()
        objekt_id = notify(vg, platzbindung_id=bindung, beginn=today())
        notify(vg)
        with in_tenant(vg):
            transfer_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=objekt_id)
        ines, nummer = cast.api("ines"), format_vorgangsnummer(bindung)
        assert ines.get(self.URL).json()["count"] == 1, "programs that ask what is open are told what waits for them"
        for query in ("zustand=amt", f"nummer={nummer}"):
            (row,) = ines.get(f"{self.URL}?{query}").json()["results"]
            assert (row["nummer"], row["wartet_auf"], row["ausgang"]) == (nummer, "AMT", ""), query
        assert set(ines.get(f"{self.URL}?nummer=7KM-Q2V-D7T").json()["felder"]) == {"nummer"}

    def test_wrong_filter_is_said_in_german(self, vg, cast):
        response = cast.api("ines").get(f"{self.URL}?art=QUATSCH&zustand=irgendwie")
        assert response.status_code == 422
        assert set(response.json()["felder"]) == {"art", "zustand"}

    def test_strangers_and_offices_get_nothing(self, vg, cast, client):
        assert client.get(self.URL, SERVER_NAME="portal.localhost").status_code in {401, 403}
        assert cast.api("anna", at="PORTAL").get(self.URL).status_code == 403
        assert cast.api("ines", at="VG").get(self.URL).status_code == 404
