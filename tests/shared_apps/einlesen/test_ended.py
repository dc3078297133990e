"""What the catalogue does not offer any more, a list does not enter either; what an offer has, it keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.catalogue.models import Spezialisierung
from shared_apps.catalogue.services.pflege import end_eintrag
from shared_apps.core.clock import today
from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.providers.models import Angebot
from tenants.context import on_portal
from tests.shared_apps.einlesen.lists import befunde, csv_of, meldungen, read_in, release, send, zeile

pytestmark = pytest.mark.django_db
ZWEITE = {"angebot_nr": "A-2", "angebot": "Reiher", "plaetze": "3"}


def end(cast, code: str) -> Spezialisierung:
    lena, row = cast.akteur("lena"), Spezialisierung.objects.get(code=code)
    with on_portal(user_id=lena.user_id):
        return end_eintrag(akteur=lena, eintrag=row, letzter_tag=today() - timedelta(days=1))


def codes(name: str) -> set[str]:
    return set(Angebot.objects.get(name=name).spezialisierungen.values_list("code", flat=True))


def test_a_speciality_that_has_ended__is_said_at_its_line(cast, vg):
    read_in(cast, [zeile(spezialisierungen="sucht")])
    row = end(cast, "trauma")
    einlesung = send(cast, csv_of([
        zeile(spezialisierungen="trauma | sucht"),
        zeile(spezialisierungen=f"{row.name} | autismus", **ZWEITE),
        zeile(spezialisierungen="autismus", angebot_nr="A-3", angebot="Star"),
    ]))  # fmt: skip
    assert befunde(einlesung) == ["FEHLERHAFT", "FEHLERHAFT", "NEU"]
    assert len(meldungen(einlesung)) == 2
    assert all(f"„{row.name}“ wird nicht mehr angeboten" in text for text in meldungen(einlesung))


def test_an_offer_that_has_it__keeps_it(cast, vg):
    read_in(cast, [zeile(spezialisierungen="trauma | sucht")])
    end(cast, "trauma")
    assert befunde(send(cast, csv_of([zeile(spezialisierungen="trauma | sucht")]))) == ["UNVERAENDERT"]
    einlesung = read_in(cast, [zeile(spezialisierungen="trauma | autismus")])
    assert befunde(einlesung) == ["GEAENDERT"] and codes("Wohngruppe Kranich") == {"trauma", "autismus"}


def test_ended_between_preview_and_job__only_that_line_is_left_out(cast, vg):
    einlesung = send(cast, csv_of([zeile(), zeile(spezialisierungen="autismus", **ZWEITE)]))
    release(cast, einlesung)
    end(cast, "trauma")
    run_einlesung(einlesung_id=einlesung.pk)
    assert befunde(einlesung) == ["FEHLERHAFT", "NEU"]
    assert not Angebot.objects.filter(name="Wohngruppe Kranich").exists() and codes("Reiher") == {"autismus"}
