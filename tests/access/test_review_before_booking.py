"""What a provider learns before the booking, and who gets past a policy by the kind of request."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories.cases import create_hilfefall, create_klient
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def test_reason_of_a_withdrawal_is_the_offices_note(story, sign_in) -> None:
    reservierung = story.reserve(zustand="ZURUECKGEZOGEN", rueckzug_grund="Farbtupfer Vater")
    path = f"/reservierungen/{reservierung.pk}/"
    assert "Farbtupfer" in sign_in("anna").get(path).text
    provider = sign_in("ines", at="VG")
    for asked in (path, "/faelle/", "/faelle/csv/", f"/api/v1{path}", "/api/v1/reservierungen/"):
        antwort = provider.get(asked)
        assert antwort.status_code == 200, asked
        assert "Farbtupfer" not in antwort.text, asked


def test_nothing_of_the_person_before_the_booking(story, cast, sign_in) -> None:
    anna = cast.user("anna")
    with story.at_vg():
        klient = create_klient(vorname="Xenofarbe", nachname="Ypsilonfarb", pkz="PKZ-FARBE")
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="FALL-FARBE")
    reservierung = story.reserve(hilfefall=fall)
    geheim = ("Xenofarbe", "Ypsilonfarb", "PKZ-FARBE", "FALL-FARBE", str(klient.pk), f"{klient.geburtsdatum:%d.%m.%Y}")
    for name in ("ines", "jan"):
        client = sign_in(name, at="VG")
        path = f"/reservierungen/{reservierung.pk}/"
        paths = ["/faelle/", "/faelle/csv/", path, f"{path}zustimmen/", f"{path}ablehnen/", f"{path}buchen/",
                 f"{path}zurueckziehen/", f"/auswahlvermerke/{reservierung.auswahlvermerk_id}/",
                 f"/hze-auswahl/{reservierung.suche_id}/", f"/api/v1{path}", "/api/v1/reservierungen/",
                 f"/api/v1/suchen/{reservierung.suche_id}/", "/api/v1/buchungen/", "/api/v1/rechnungen/"]  # fmt: skip
        for asked in paths:
            text = client.get(asked).text
            assert not [farbe for farbe in geheim if farbe in text], (name, asked)
        for q in ("FALL-FARBE", "FARBE", "Ypsilonfarb", "PKZ"):
            assert reservierung.pseudonym not in client.post("/faelle/suchen/", {"q": q}, follow=True).text, (name, q)


def test_order_of_the_list_does_not_tell_the_pocket_money(story, sign_in) -> None:
    geld = {"soll_entgelt": Decimal("1000.00")}
    viel = story.reserve(taschengeld=Decimal("90.00"), soll_kosten=Decimal("1090.00"), **geld)
    wenig = story.reserve(taschengeld=Decimal("10.00"), soll_kosten=Decimal("1010.00"), **geld)
    assert wenig.pk > viel.pk
    for sort in ("kosten", "-kosten"):  # the same amount for her: newest first, whatever the pocket money
        text = sign_in("ines", at="VG").get("/faelle/", {"sort": sort}).text
        assert text.index(wenig.pseudonym) < text.index(viel.pseudonym), sort


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("frieda", "/api/v1/reservierungen/"),
        ("frieda", "/api/v1/rechnungen/"),
        ("anton", "/api/v1/buchungen/"),
        ("lars", "/api/v1/kennzahlen/fallzahlen/"),
        ("karla", "/api/v1/hinweise/"),
    ],
)
def test_head_asks_the_policy_of_get(cast, vg, name, path) -> None:
    client = cast.api(name)
    assert client.get(path).status_code == 403
    assert client.head(path).status_code == 403
