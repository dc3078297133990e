"""A list says of a rate under § 77 SGB VIII that it holds for this office alone (ADR 0073)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shared_apps.providers.models import Angebot, Entgelt, Entgeltvorschlag
from shared_apps.providers.services import entgelte as services
from shared_apps.regions.models import Gebietskoerperschaft
from tests.shared_apps.einlesen.lists import befunde, csv_of, meldungen, read_in, seen, send, take_back, zeile

pytestmark = pytest.mark.django_db
TAGE = (date(2026, 11, 30), date(2027, 3, 1))
ALLE = zeile(
    hilfeart="A31", stunden="40", rechtsgrundlage="§ 77", grundleistung="60,00", investition="", entgelt_amt=""
)
EIGEN = ALLE | {"grundleistung": "72,00", "entgelt_ab": "01.02.2026", "entgelt_amt": "VG"}


def rates(kuerzel: str | None = None) -> list[tuple[date, date | None, Decimal]]:
    """What is agreed for all offices, or for this one alone."""
    amt = Gebietskoerperschaft.objects.get(kuerzel=kuerzel) if kuerzel else None
    rows = Entgelt.je_amt.filter(angebot=Angebot.objects.get(), jugendamt=amt).order_by("gueltig")
    return [(e.gueltig.lower, e.gueltig.upper, e.betrag) for e in rows]


def test_rate_for_this_office_alone__stands_beside_that_of_all__twice_is_once__and_goes_again(cast, vg):
    read_in(cast, [ALLE])
    vorher = seen(*TAGE)
    zweite = read_in(cast, [ALLE, EIGEN, EIGEN | {"grundleistung": "75,00", "entgelt_ab": "01.01.2027"}])
    assert befunde(zweite) == ["UNVERAENDERT", "NEU", "NEU"], meldungen(zweite)
    assert rates("VG") == [
        (date(2026, 2, 1), date(2027, 1, 1), Decimal("72.00")),
        (date(2027, 1, 1), None, Decimal("75.00")),
    ]
    assert rates() == [(date(2026, 1, 1), None, Decimal("60.00"))], "that of all goes on"
    vorschlag = Entgeltvorschlag.objects.filter(jugendamt__kuerzel="VG").first()
    assert vorschlag.vorgeschlagen_von.username == "frieda" and vorschlag.entschieden_von.username == "emil"

    danach = seen(*TAGE)
    assert danach != vorher
    with pytest.raises(Exception, match="nichts, was sich einlesen"):
        read_in(cast, [ALLE, EIGEN])
    andere = send(cast, csv_of([EIGEN | {"grundleistung": "73,00"}]))
    assert befunde(andere) == ["FEHLERHAFT"] and "72,00\xa0€ vereinbart" in meldungen(andere)[0]
    assert take_back(cast, zweite) == 0
    assert rates("VG") == [] and seen(*TAGE) == vorher
    read_in(cast, [EIGEN])
    assert rates("VG") == [(date(2026, 2, 1), None, Decimal("72.00"))], "what went back may come again"


def test_next_rate_of_this_office__goes_back_alone(cast, vg):
    read_in(cast, [ALLE, EIGEN])
    vorher = seen(*TAGE)
    zweite = read_in(cast, [EIGEN | {"grundleistung": "75,00", "entgelt_ab": "01.01.2027"}])
    assert len(rates("VG")) == 2
    assert take_back(cast, zweite) == 0
    assert rates("VG") == [(date(2026, 2, 1), None, Decimal("72.00"))] and seen(*TAGE) == vorher


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"hilfeart": "S34", "stunden": ""}, services.BINDET_ALLE),
        ({"rechtsgrundlage": ""}, services.NUR_NACH_77),
        ({"entgelt_amt": "HRO"}, services.NICHT_FUER_ANDERE),
        ({"entgelt_amt": "XYZ"}, "„XYZ“ ist kein Jugendamt im Verzeichnis"),
        ({"vereinbart_am": "01.01.2099", "entgelt_ab": "01.01.2099"}, "Dieser Tag liegt in der Zukunft."),
        ({"grundleistung": "", "entgelt_ab": "", "vereinbart_am": ""}, "fehlt. Bitte füllen Sie die Zelle aus."),
    ],
)
def test_rule_is_that_of_the_page__and_so_is_the_sentence(cast, vg, cells, text):
    einlesung = send(cast, csv_of([EIGEN | cells]))
    assert befunde(einlesung) == ["FEHLERHAFT"] and text in meldungen(einlesung)[0]


def test_operator_agrees_for_no_office(cast, vg):
    einlesung = send(cast, csv_of([EIGEN | {"kreis": "VG"}]), who="lars")
    assert befunde(einlesung) == ["FEHLERHAFT"] and services.NICHT_FUER_ANDERE in meldungen(einlesung)


def test_proposal_for_this_office_that_waits__is_decided_first__and_one_for_all_is_not_in_its_way(cast, vg):
    read_in(cast, [ALLE])
    angebot, amt = Angebot.objects.get(), Gebietskoerperschaft.objects.get(kuerzel="VG")
    Entgeltvorschlag.objects.create(
        angebot=angebot, grundleistung=80, ab=date(2027, 2, 1), vereinbart_am=date(2026, 11, 1), rechtsgrundlage="77",
        jugendamt=amt, vorgeschlagen_von=cast.user("frieda"), vom_anbieter=False,
    )  # fmt: skip
    einlesung = send(cast, csv_of([EIGEN, ALLE | {"grundleistung": "61,00", "entgelt_ab": "01.01.2027"}]))
    assert befunde(einlesung) == ["FEHLERHAFT", "NEU"] and "wartet schon" in meldungen(einlesung)[0]
