"""What waits for somebody at her start page, beside what the apps' own tests count."""

from __future__ import annotations

import pytest

from shared_apps.einlesen.services import vorbereiten
from tests.factories.register import create_einrichtung
from tests.shared_apps.einlesen.lists import csv_of, send, step, zeile

pytestmark = pytest.mark.django_db

IHRE = "Listen warten auf Ihre Freigabe"
BEIM_ANDEREN = "Ihre Listen: warten auf eine andere Person"
ZURUECK = "Ihre Listen: zurückgegeben, bitte überarbeiten"


def tasks(sign_in, who: str, path: str = "/") -> dict[str, str]:
    """What her start page says of lists."""
    aufgaben = sign_in(who).get(path).context["aufgaben"]
    return {a.label: a.wert for a in aufgaben if a.url.startswith("/anbieter/einlesen/")}


@pytest.mark.usefixtures("hro")
def test_list_that_waits__stands_on_the_start_page_of_whoever_may_release_it(cast, vg, sign_in):
    einlesung = send(cast, csv_of([zeile()]))
    assert tasks(sign_in, "emil") == {}, "a draft is nobody's but hers"
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    assert tasks(sign_in, "frieda") == {BEIM_ANDEREN: "1"}
    assert tasks(sign_in, "emil") == {IHRE: "1"}
    assert tasks(sign_in, "anna") == {} and tasks(sign_in, "anton") == {}
    assert "wartet auf Ihre Freigabe" in sign_in("emil").get("/anbieter/einlesen/").text
    assert "wartet auf Ihre Freigabe" not in sign_in("frieda").get("/anbieter/einlesen/").text
    step(cast, vorbereiten.decline_einlesung, "emil", einlesung, grund="Zeile 2 prüfen")
    assert tasks(sign_in, "frieda") == {ZURUECK: "1"} and tasks(sign_in, "emil") == {}
    seite = sign_in("frieda").get("/anbieter/einlesen/").text
    assert "zurückgegeben" in seite and "Zeile 2 prüfen" in seite


@pytest.mark.usefixtures("hro")
def test_list_that_makes_a_provider__waits_for_the_head_alone(cast, vg, sign_in):
    """As `approve_einlesung` decides: controlling is told of what it may sign, and of nothing else."""
    neu = send(cast, csv_of([zeile()]), "emil")
    create_einrichtung(anbieter="Jugendhilfe Küste gGmbH", kreis="VG", name="Haus Alt")
    alt = send(cast, csv_of([zeile(anbieter="Jugendhilfe Küste gGmbH")]), "emil")
    assert (neu.legt_anbieter_an, alt.legt_anbieter_an) == (True, False)
    for einlesung in (neu, alt):
        step(cast, vorbereiten.submit_einlesung, "emil", einlesung)
    assert tasks(sign_in, "frieda") == {IHRE: "1"}
    frieda = sign_in("frieda")
    assert "Wartet auf Ihre Freigabe" in frieda.get(f"/anbieter/einlesen/{alt.pk}/").text
    leads = frieda.get(f"/anbieter/einlesen/{neu.pk}/").text
    assert "Wartet auf Ihre Freigabe" not in leads and vorbereiten.NUR_LEITUNG in leads


@pytest.mark.usefixtures("hro")
def test_operators_list__waits_at_the_other_operators_start_page(cast, vg, sign_in):
    einlesung = send(cast, csv_of([zeile(kreis="VG")]), "lars")
    step(cast, vorbereiten.submit_einlesung, "lars", einlesung)
    assert tasks(sign_in, "leif", "/betrieb/") == {IHRE: "1"}
    assert tasks(sign_in, "lars", "/betrieb/") == {BEIM_ANDEREN: "1"}
    assert tasks(sign_in, "emil") == {}, "an office's start page knows its own lists only"
