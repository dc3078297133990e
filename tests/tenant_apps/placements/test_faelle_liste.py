"""The Fallmanager's list: who sees which rows, filters, totals, paging, CSV, a fixed number of queries."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.core.clock import now
from tenant_apps.placements import policies
from tenant_apps.placements.faelle.selectors import vorgang
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_reservierung
from tests.factories.register import period
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg, plaetze=70)


def fallnummer(story, row) -> str:
    with story.at_vg():
        return row.hilfefall.fallnummer


def test_list__own_cases_only_and_all_for_the_lead(story, sign_in) -> None:
    reservierung = story.reserve()
    nummer = fallnummer(story, reservierung)
    assert nummer in sign_in("anna").get("/faelle/").text
    assert nummer not in sign_in("bernd").get("/faelle/").text
    assert nummer in sign_in("clara").get("/faelle/").text
    assert nummer in sign_in("doris").get("/faelle/").text
    assert nummer not in sign_in("gerd").get("/faelle/").text
    assert sign_in("frieda").get("/faelle/").status_code == 403
    assert reservierung.pseudonym in sign_in("ines", at="VG").get("/faelle/").text
    assert reservierung.pseudonym not in sign_in("jan", at="VG").get("/faelle/").text


def test_list__every_state_can_be_filtered(story, sign_in) -> None:
    wartet = story.reserve()
    abgelaufen = story.reserve(ablauf_at=now() - timedelta(days=1))
    laeuft = story.book()
    kommt = story.book("2099-01-01", "2099-02-01")
    anna = sign_in("anna")
    for zustand, row in (("RESERVIERT", wartet), ("ABGELAUFEN", abgelaufen), ("LAUFEND", laeuft), ("GEBUCHT", kommt)):
        text = anna.get("/faelle/", {"zustand": zustand}).text
        found = [r for r in (wartet, abgelaufen, laeuft, kommt) if fallnummer(story, r) in text]
        assert found == [row], zustand


def test_list__filters_and_totals(story, sign_in) -> None:
    eins = story.reserve("2026-12-01", "2026-12-31")
    story.reserve("2027-06-01", "2027-06-30", zustand="ABGELEHNT")
    anna = sign_in("anna")
    text = anna.get("/faelle/").text
    assert "1 bis 2 von 2" in text
    assert "2.280,00" in text.replace("\xa0", " ")  # 30 × 76, the declined one is not counted
    assert "1 bis 1 von 1" in anna.post("/faelle/suchen/", {"q": fallnummer(story, eins)}, follow=True).text
    assert "1 bis 1 von 1" in anna.get("/faelle/", {"von": "2026-12-31", "bis": "2026-12-31"}).text
    assert "Kein Fall gefunden" in anna.post("/faelle/suchen/", {"q": "gibt es nicht"}, follow=True).text
    wrong = anna.get("/faelle/", {"von": "31.02.2026", "bis": "x"})
    assert wrong.status_code == 200
    assert "1 bis 2 von 2" in wrong.text


@pytest.mark.parametrize(
    "sort", ["reserviert", "-gebucht", "fachkraft", "hilfeart", "anbieter", "-kosten", "zustand", "'"]
)
def test_list__sorts_by_every_column_and_survives_nonsense(story, sign_in, sort) -> None:
    story.reserve()
    assert sign_in("anna").get("/faelle/", {"sort": sort, "seite": "99"}).status_code == 200


def test_list__number_of_queries_does_not_grow(story, sign_in) -> None:
    anna = sign_in("anna")
    fachkraft_id = story.cast.user("anna").pk

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("/faelle/")
        return len(queries)

    story.reserve()
    story.book()
    anna.get("/faelle/")  # the host's tenant is now cached
    first = count()
    with story.at_vg():
        for _ in range(54):
            create_reservierung(
                fachkraft_id=fachkraft_id, angebot=story.angebot, zeitraum=period("2026-12-01", "2026-12-31"),
                hilfefall=create_hilfefall(fachkraft_id=fachkraft_id),
            )  # fmt: skip
    assert count() == first
    text = anna.get("/faelle/").text
    assert "1 bis 50 von 56" in text
    assert "51 bis 56 von 56" in anna.get("/faelle/", {"seite": 2}).text


@pytest.mark.parametrize("sort", ["fachkraft", "-fachkraft"])
def test_list__of_many_by_worker_is_the_same_as_sorted_at_once(story, cast, monkeypatch, sort) -> None:
    """Who sees more than a list counts gets it worker by worker; a sealed case stays hidden from her."""
    liste = vorgang.FAELLE
    workers = [cast.user(name).pk for name in ("anna", "bernd", "clara", "emil", "doris")]
    with story.at_vg():
        for number in range(12):
            fall = create_hilfefall(fachkraft_id=workers[number % 7 % 5], gesperrt=number == 4)
            create_reservierung(fachkraft_id=workers[0], angebot=story.angebot, hilfefall=fall)
    for name, seen in (("emil", 11), ("anna", 3)):
        akteur = story.akteur(name)
        with in_tenant(story.vg, user_id=akteur.user_id):
            rows = policies.visible_reservierungen(akteur)
            wanted = list(liste.order(rows, sort).values_list("pk", flat=True))
            assert len(wanted) == seen
            for many in (1, 4, 20):
                assert liste.find(rows, 1, sort, je_seite=many, viele=True) == wanted[: many + 1]
            assert liste.find(rows, 2, sort, je_seite=2, viele=True) == wanted[2:5]


def test_csv__complete_safe_and_recorded(story, sign_in) -> None:
    anna = story.cast.user("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.pk, fallnummer="=1+1")
    reservierung = story.reserve(hilfefall=fall)
    response = sign_in("anna").get("/faelle/csv/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("\ufeffFallnummer/Pseudonym;Reserviert am;")
    assert "\r\n'=1+1;" in text
    assert f";{reservierung.soll_kosten:.2f};".replace(".", ",") in text
    with story.at_vg():
        assert reservierung.klient.nachname not in text


def test_detail__foreign_ids_are_not_found(story, sign_in) -> None:
    buchung = story.book()
    for path in (f"/buchungen/{buchung.pk}/", f"/reservierungen/{buchung.reservierung_id}/"):
        assert sign_in("anna").get(path).status_code == 200
        assert sign_in("ines", at="VG").get(path).status_code == 200
        for name, at in (("bernd", None), ("jan", "VG"), ("gerd", None), ("ines", "HRO")):
            assert sign_in(name, at=at).get(path).status_code == 404, name


def test_detail__the_provider_has_seen_the_booking(story, sign_in) -> None:
    from shared_apps.inbox.models import HinweisArt
    from shared_apps.inbox.services import notify_anbieter

    buchung = story.book()
    with story.at_vg():
        notify_anbieter(
            angebot=story.angebot, anbieter_id=buchung.anbieter_id, art=HinweisArt.BUCHUNG, objekt_id=buchung.pk
        )
    sign_in("anna").get(f"/buchungen/{buchung.pk}/")
    assert story.open_hinweise(buchung) == ["BUCHUNG"]
    sign_in("ines", at="VG").get(f"/buchungen/{buchung.pk}/")
    assert story.open_hinweise(buchung) == []
    assert story.trail(buchung) == ["buchung.ansehen", "buchung.ansehen"]


def test_list__pocket_money_is_the_offices_business(story, sign_in) -> None:
    story.reserve(soll_entgelt=Decimal("1000.00"), taschengeld=Decimal("11.00"), soll_kosten=Decimal("1011.00"))
    for path in ("/faelle/", "/faelle/csv/"):
        assert "1011,00" in sign_in("anna").get(path).text.replace("1.011,00", "1011,00")
        provider = sign_in("ines", at="VG").get(path).text.replace("1.000,00", "1000,00")
        assert "1000,00" in provider
        assert "011,00" not in provider
        assert "Soll-Kosten" not in provider


def test_list__no_address_holds_a_case_number(story, sign_in) -> None:
    eins, _ = story.reserve("2026-12-01", "2026-12-31"), story.reserve("2027-06-01", "2027-06-30")
    nummer = fallnummer(story, eins)
    anna = sign_in("anna")
    data = {"q": nummer, "von": "2026-12-01", "sort": "-kosten", "hilfeart": ""}
    response = anna.post("/faelle/suchen/", data)
    assert response.status_code == 302
    address = response["Location"]
    assert nummer not in address and "von=2026-12-01" in address and "sort=-kosten" in address
    page = anna.get(address).text
    assert "1 bis 1 von 1" in page and f'value="{nummer}"' in page
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert [link for link in links if nummer in link] == []
    assert f"?{address.partition('?')[2]}".replace("&", "&amp;") in page, "the CSV has the same filter"
    csv = b"".join(anna.get("/faelle/csv/?" + address.partition("?")[2])).decode("utf-8-sig")
    assert nummer in csv and len(csv.strip().splitlines()) == 2
    assert "1 bis 2 von 2" in anna.get("/faelle/", {"q": nummer}).text, "an old address filters nothing"


def test_list__search_term_belongs_to_its_author_and_is_sealed(story, sign_in, vg) -> None:
    nummer = fallnummer(story, story.reserve())
    address = sign_in("anna").post("/faelle/suchen/", {"q": nummer})["Location"]
    assert nummer not in sign_in("clara").get(address).text.split("<tbody>")[0]
    with in_tenant(vg), connection.cursor() as cursor:
        cursor.execute("SELECT inhalt FROM drafts_suchtext")
        assert nummer not in str(cursor.fetchall())
    assert sign_in("anna").get("/faelle/", {"suche": "' OR 1=1"}).status_code == 200
