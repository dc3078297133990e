"""Billing through the API."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def test_api__from_invoice_to_payment_by_two_people(story, cast) -> None:
    rechnung = bill(story, story.book())
    doris, emil = cast.api("doris"), cast.api("emil")
    path = f"/api/v1/rechnungen/{rechnung.pk}/"
    found = doris.get("/api/v1/rechnungen/", {"monat": "2017-06", "zustand": "EINGEREICHT"}).json()
    assert [row["uuid"] for row in found["results"]] == [str(rechnung.pk)]
    assert doris.get(path).json()["positionen"][0] | {"bezeichnung": ""} == {
        "reihenfolge": 1, "bezeichnung": "", "von": "2017-06-01", "bis": "2017-06-30", "menge": "30.00",
        "einheit": "TAG", "satz": "76.00", "betrag": "2280.00",
    }  # fmt: skip
    assert emil.post(f"{path}anordnen/").status_code == 409
    assert doris.post(f"{path}pruefen/").json()["zustand"] == "SACHLICH_RICHTIG"
    assert doris.post(f"{path}anordnen/").status_code == 403
    assert emil.post(f"{path}anordnen/").json()["zustand"] == "ANGEORDNET"
    assert doris.post(f"{path}bezahlen/").json()["zustand"] == "BEZAHLT"
    assert doris.post(f"{path}bezahlen/").status_code == 409


def _bill_many(story: Story) -> list[str]:
    """Five invoices: their keys, the newest first."""
    buchung = story.book()
    months = [(date(2017, month, 1), range(1, 31 if month in (6, 9) else 32)) for month in range(6, 11)]
    return [str(bill(story, buchung, month, days).pk) for month, days in months][::-1]


def test_api__a_program_that_works_through_a_filtered_list_reaches_every_row_once(story, cast) -> None:
    """What it certifies leaves its filter, including the invoice after which the next page begins."""
    wanted, doris = _bill_many(story), cast.api("doris")
    address, found = "/api/v1/rechnungen/?zustand=EINGEREICHT&page_size=2", []
    while address:
        page = doris.get(address).json()
        for row in page["results"]:
            assert doris.post(f"/api/v1/rechnungen/{row['uuid']}/pruefen/").status_code == 200
            found.append(row["uuid"])
        address = page["next"]
    assert found == wanted
    assert doris.get("/api/v1/rechnungen/?zustand=EINGEREICHT").json()["count"] == 0


def test_api__next_is_empty_when_somebody_else_did_the_rest(story, cast) -> None:
    wanted, doris = _bill_many(story), cast.api("doris")
    after = doris.get("/api/v1/rechnungen/?zustand=EINGEREICHT&page_size=4").json()["next"]
    for uuid in wanted:
        doris.post(f"/api/v1/rechnungen/{uuid}/pruefen/")
    page = doris.get(after)
    assert (page.status_code, page.json()["results"], page.json()["next"]) == (200, [], None)


def test_api__a_row_that_is_not_hers_is_no_place_to_go_on_from(story, cast) -> None:
    """It looks like one that never was."""
    theirs = _bill_many(story)[0]
    answers = [
        cast.api("jan", at="VG").get("/api/v1/rechnungen/", {"page": 2, "nach": nach})
        for nach in (theirs, "00000000-0000-0000-0000-000000000000", "kein-schluessel")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "seite" and "ersten Seite" in answers[0].json()["detail"]


def test_api__objection_needs_a_reason(story, cast) -> None:
    rechnung = bill(story, story.book())
    path = f"/api/v1/rechnungen/{rechnung.pk}/beanstanden/"
    wrong = cast.api("doris").post(path, {}, content_type="application/json")
    assert wrong.status_code == 422
    assert "grund" in wrong.json()["felder"]
    right = cast.api("doris").post(path, {"grund": "falscher Monat"}, content_type="application/json")
    assert right.json()["zustand"] == "BEANSTANDET"


def test_api__foreign_is_not_found(story, cast) -> None:
    rechnung = bill(story, story.book())
    path = f"/api/v1/rechnungen/{rechnung.pk}/"
    assert cast.api("ines", at="VG").get(path).status_code == 200
    assert cast.api("jan", at="VG").get(path).status_code == 404
    assert cast.api("hilde").get(path).status_code == 404
    assert cast.api("anna").get(path).status_code == 403
    assert cast.api("doris").get("/api/v1/rechnungen/", {"monat": "x"}).status_code == 422


def test_api__a_repeated_step_gets_the_first_answer(story, cast) -> None:
    rechnung = bill(story, story.book())
    path, doris = f"/api/v1/rechnungen/{rechnung.pk}/pruefen/", cast.api("doris")
    first = doris.post(path, headers={"Idempotency-Key": "k-1"})
    again = doris.post(path, headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true"
    assert doris.post(path, headers={"Idempotency-Key": "k-2"}).status_code == 409
    other = f"/api/v1/rechnungen/{rechnung.pk}/bezahlen/"
    assert doris.post(other, headers={"Idempotency-Key": "k-1"}).status_code == 422


def test_api__refusals_are_german(story, cast) -> None:
    path = "/api/v1/rechnungen/"
    doris = cast.api("doris")
    assert doris.delete(path).json()["detail"].startswith("Dazu fehlt Ihnen das Recht")
    assert "application/json" in doris.get(path, headers={"accept": "text/xml"}).json()["detail"]
    rechnung = bill(story, story.book())
    text = doris.post(f"{path}{rechnung.pk}/beanstanden/", "x", content_type="text/xml")
    assert text.status_code == 415 and "gelesen" in text.json()["detail"]
    doris.defaults["HTTP_AUTHORIZATION"] = "Token falsch"
    assert "melden Sie sich an" in doris.get(path).json()["detail"]
