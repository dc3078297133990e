"""Kept answers of the API: for a day, for whoever may still see what they are about, and gone with the person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Buchung, Reservierung, Suche
from tenant_apps.privacy.services import approve_loeschlauf, create_loeschlauf, restrict_klient
from tenant_apps.repeats.models import IdempotencyRecord
from tenant_apps.repeats.services import purge_answers
from tenant_apps.repeats.tasks import purge_all_answers
from tenants.context import in_tenant
from tests import trail
from tests.api.test_reservierungen import URL, body_for, post, search
from tests.api.test_suchen import ANFRAGE
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import create_angebot, create_einrichtung
from tests.tenant_apps.privacy.conftest import close_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def fall(cast, vg) -> Hilfefall:
    anna = cast.akteur("anna")
    with in_tenant(vg):
        return create_hilfefall(fachkraft_id=anna.user_id)


def test_replay__ends_with_the_right_and_comes_back_with_it(cast, vg, fall):
    create_angebot()
    anna, bernd = cast.api("anna"), cast.user("bernd").pk
    body = body_for(search(anna, klient=str(fall.klient_id)))
    first = post(anna, URL, body, key="k-1")
    assert first.status_code == 201
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(fachkraft_id=bernd, team="Wolgast")
    again = post(anna, URL, body, key="k-1")
    assert again.status_code == 404 and fall.fallnummer not in again.text
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(fachkraft_id=fall.fachkraft_id, team="Anklam")
    assert post(anna, URL, body, key="k-1").json() == first.json()


def test_replay__of_every_step_asks_for_the_right_again(cast, vg, fall):
    """Search, reservation, the provider's consent, booking: whoever lost the case or the facility gets 404."""
    create_angebot()
    anna, ines = cast.api("anna"), cast.api("ines", at="VG")
    suche = post(anna, "/api/v1/suchen/", ANFRAGE | {"klient": str(fall.klient_id)}, key="s-1")
    reservierung = post(anna, URL, body_for(suche.json()), key="r-1").json()["uuid"]
    steps = [
        (ines, f"{URL}{reservierung}/zustimmen/", {}, "z-1"),
        (anna, f"{URL}{reservierung}/buchen/", {}, "b-1"),
    ]
    for client, url, body, key in steps:
        assert post(client, url, body, key=key).status_code in {200, 201}, url
        assert post(client, url, body, key=key).headers["Idempotency-Replayed"] == "true"
    bernd, andere = cast.user("bernd").pk, create_einrichtung(anbieter=cast.anbieter("Haus am See e. V."))
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(fachkraft_id=bernd, team="Wolgast")
        Reservierung.objects.update(anbieter_id=andere.anbieter_id, einrichtung_id=andere.pk)
        Buchung.objects.update(anbieter_id=andere.anbieter_id, einrichtung_id=andere.pk)
    for client, url, body, key in [*steps, (anna, "/api/v1/suchen/", ANFRAGE | {"klient": str(fall.klient_id)}, "s-1")]:
        assert post(client, url, body, key=key).status_code == 404, url


def test_replay__leaves_an_entry_who_read_whom(cast, vg, fall):
    create_angebot()
    anna = cast.api("anna")
    body = body_for(search(anna, klient=str(fall.klient_id)))
    for _ in range(2):
        post(anna, URL, body, key="k-1")
    with trail.reading(vg):
        entry = Protokoll.objects.get(vorgang="api.wiederholung")
        assert (entry.aktion, entry.personen, entry.user_id) == ("LESEN", [fall.klient_id], fall.fachkraft_id)


def test_purge__after_a_day_in_every_office(cast, vg, hro, fall):
    for tenant in (vg, hro):
        with in_tenant(tenant):
            for key, hours in (("alt", 25), ("neu", 23)):
                row = IdempotencyRecord.objects.create(
                    user_id=fall.fachkraft_id,
                    key=key,
                    method="POST",
                    path="/",
                    body_hash="x",
                    status=201,
                    response="{}",
                )
                IdempotencyRecord.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    assert purge_all_answers(timestamp=0) == 2
    for tenant in (vg, hro):
        with in_tenant(tenant):
            assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["neu"] and purge_answers() == 0


def test_deletion__of_a_person_takes_the_search_made_without_her_and_the_providers_kept_answer(cast, vg):
    """Searched before anybody knew for whom, reserved later through the API, declined by the provider with a word."""
    create_angebot()
    anna, ines = cast.api("anna"), cast.api("ines", at="VG")
    akteure = {name: cast.akteur(name) for name in ("anna", "dora", "dirk")}
    with in_tenant(vg):
        klient = create_klient(geburtsdatum=date(1910, 5, 4))
        fall = create_hilfefall(fachkraft_id=akteure["anna"].user_id, klient=klient)
    suche = search(anna, geschlecht="w", alter=10)
    made = post(anna, URL, body_for(suche, klient=str(klient.pk), begruendung="Sie ist älter als gesucht."), key="r-1")
    assert made.status_code == 201, made.text
    declined = post(
        ines, f"{URL}{made.json()['uuid']}/ablehnen/", {"grund": "SONSTIGES", "text": "Zettelfarbe"}, key="a-1"
    )
    assert declined.status_code == 200 and made.json()["pseudonym"] in declined.text
    close_case(vg, fall)
    with in_tenant(vg):
        assert Suche.objects.get(pk=suche["uuid"]).klient_id is None and IdempotencyRecord.objects.count() == 2
        restrict_klient(akteur=akteure["dora"], klient=klient, grund="AUFBEWAHRUNG")
        approve_loeschlauf(akteur=akteure["dirk"], lauf=create_loeschlauf(akteur=akteure["dora"]))
        row = Suche.objects.get(pk=suche["uuid"])
        assert (row.alter, row.geschlecht, row.spezialisierungen) == (None, "", [])
        assert not IdempotencyRecord.objects.exists()
