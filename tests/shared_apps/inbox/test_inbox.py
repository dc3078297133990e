"""The worklist of a provider: her own pointers from all offices, nobody else's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid6 import uuid7

from shared_apps.inbox.models import Hinweis, HinweisArt
from shared_apps.inbox.services import notify_anbieter, settle_hinweis
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."


def notify(tenant: Tenant, anbieter: str = KUESTE, art=HinweisArt.RESERVIERUNG, frist_at=None, **fields) -> UUID:
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
        )
    return objekt_id


def test_pointers_of_all_districts_stand_on_one_page(vg, hro, sign_in):
    in_vg, in_hro = notify(vg, name="Möwennest"), notify(hro, name="Leuchtturm")
    page = sign_in("ines").get("/eingang/").content.decode()
    assert "Möwennest" in page
    assert "Leuchtturm" in page
    assert f"/weiter/vg/?ziel=%2Freservierungen%2F{in_vg}%2F" in page
    assert f"/weiter/hro/?ziel=%2Freservierungen%2F{in_hro}%2F" in page


def test_another_provider_sees_nothing_of_it(vg, sign_in):
    notify(vg, name="Möwennest")
    page = sign_in("jan").get("/eingang/").content.decode()
    assert "Möwennest" not in page
    assert "Alles erledigt" in page


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


def test_another_office_sees_no_pointer_of_this_one(vg, hro):
    notify(vg)
    with in_tenant(hro):
        assert not Hinweis.objects.exists()


def test_settled_ones_move_to_done(vg, sign_in):
    objekt_id = notify(vg, name="Möwennest")
    with in_tenant(vg):
        assert settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=objekt_id) == 1
    client = sign_in("ines")
    assert "Möwennest" not in client.get("/eingang/").content.decode()
    done = client.get("/eingang/?zustand=erledigt").text
    assert "Möwennest" in done and ">Ansehen<" in done
    assert "Entscheiden" not in done and "wartet" not in done.split("<tbody>")[1], "nothing is left to decide"


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
    notify(vg, name="Ohne")
    page = sign_in("ines").get("/eingang/").content.decode()
    assert page.index("Verpasst") < page.index("Spaeter") < page.index("Ohne")
    assert "Frist abgelaufen" in page
    assert page.count(">Entscheiden<") == 2 and page.count(">Ansehen<") == 1, "what ran out is not decided any more"


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

    def test_wrong_filter_is_said_in_german(self, vg, cast):
        response = cast.api("ines").get(f"{self.URL}?art=QUATSCH&zustand=irgendwie")
        assert response.status_code == 422
        assert set(response.json()["felder"]) == {"art", "zustand"}

    def test_strangers_and_offices_get_nothing(self, vg, cast, client):
        assert client.get(self.URL, SERVER_NAME="portal.localhost").status_code in {401, 403}
        assert cast.api("anna", at="PORTAL").get(self.URL).status_code == 403
        assert cast.api("ines", at="VG").get(self.URL).status_code == 404
