"""Anna searches the statewide register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.errors import RegelVerletzt
from shared_apps.providers.models import Entgelt
from tenant_apps.audit.models import Protokoll
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.preise import get_preis
from tenant_apps.placements.search.selectors.search import search_angebote
from tenants.context import in_tenant
from tests.factories.register import DateRange, create_angebot, create_einrichtung, occupy_platz
from tests.factories.suchen import FOLIE, SOLL, create_markt, kriterien_folie, search_for
from tests.trail import reading


def test_create_suche__gives_the_table_of_the_slide(cast, vg):
    create_markt()
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna)
        suche.refresh_from_db()
    assert (suche.tage, suche.wochen) == (Decimal("182.00"), Decimal("26.00"))
    assert (suche.angebote_gesamt, suche.angebote_verfuegbar, suche.ist_ergebnislos) == (14, 14, False)
    with in_tenant(vg):
        zeilen = search_angebote(kriterien_of(suche)).treffer
    assert [(z.vakanzen, str(z.tagesentgelt)) for z in zeilen] == list(FOLIE)
    assert [z.soll_entgelt for z in zeilen] == [Decimal(soll) for soll in SOLL]
    assert [z.differenz for z in zeilen] == [Decimal(soll - SOLL[0]) for soll in SOLL]
    assert [z.rang for z in zeilen] == list(range(1, 15))
    assert [z.bestprice for z in zeilen] == [True] + [False] * 13
    assert [z.im_guenstigsten_drittel for z in zeilen] == [True] * 5 + [False] * 9
    assert zeilen[-1].hinweis == "Nur weiblich"


def test_create_suche__leaves_a_trace_and_marks_the_month(cast, vg):
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna)
        assert suche.ist_ergebnislos
        assert FaelligerMonat.objects.filter(monat=date.today().replace(day=1)).exists()
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="suche.anlegen", objekt_id=suche.pk, user_id=anna.user_id).exists()


def test_search_angebote__same_number_of_queries_for_any_number_of_offers(cast, vg):
    def queries() -> int:
        kriterien = kriterien_folie(reichweite="LAND")
        with in_tenant(vg), CaptureQueriesContext(connection) as captured:
            search_angebote(kriterien)
        return len(captured)

    create_angebot()
    few = queries()
    for _ in range(12):
        create_angebot(kreis="HRO")
    assert queries() == few <= 3


def test_search_angebote__occupied_offers_match_but_are_not_available(vg, hro):
    frei, belegt = create_angebot(entgelt="99.00"), create_angebot(entgelt="50.00")
    occupy_platz(platz=belegt.plaetze.get(), tenant=hro, zeitraum=DateRange(date(2017, 11, 30), date(2017, 12, 5)))
    with in_tenant(vg):
        ergebnis = search_angebote(kriterien_folie())
    assert (ergebnis.gesamt, ergebnis.verfuegbar) == (2, 1)
    erster, zweiter = ergebnis.treffer
    assert (erster.angebot, erster.rang, erster.differenz) == (frei.pk, 1, 0)  # best price among the available ones
    assert (zweiter.angebot, zweiter.rang, zweiter.differenz) == (belegt.pk, None, None)
    assert not zweiter.im_guenstigsten_drittel


def test_search_angebote__region_is_own_neighbours_or_the_land(vg):
    eigen = create_angebot(kreis="VG")
    nachbar = create_angebot(kreis="VR")
    fern = create_angebot(kreis="HRO")

    def found(reichweite: str) -> set:
        with in_tenant(vg):
            return {t.angebot for t in search_angebote(kriterien_folie(reichweite=reichweite)).treffer}

    assert found("EIGENE") == {eigen.pk}
    assert found("NACHBARN") == {eigen.pk, nachbar.pk}
    assert found("LAND") == {eigen.pk, nachbar.pk, fern.pk}


def test_search_angebote__sex_age_specialities_and_validity_narrow(vg):
    passend = create_angebot(geschlecht="w", alter_von=10, alter_bis=14, spezialisierungen=("trauma", "sucht"))
    create_angebot(geschlecht="m", spezialisierungen=("trauma", "sucht"))
    create_angebot(alter_von=15, alter_bis=17, spezialisierungen=("trauma", "sucht"))
    create_angebot(spezialisierungen=("trauma",))
    create_angebot(spezialisierungen=("trauma", "sucht"), gueltig=DateRange(date(2015, 1, 1), date(2017, 11, 30)))
    zu = create_einrichtung(gueltig_bis=date(2017, 9, 30))
    create_angebot(einrichtung=zu, spezialisierungen=("trauma", "sucht"))
    codes = tuple(passend.spezialisierungen.values_list("code", flat=True))
    assert len(codes) == 2, "reference data have changed"
    with in_tenant(vg):
        treffer = search_angebote(kriterien_folie(geschlecht="w", alter=12, spezialisierungen=codes)).treffer
    assert [t.angebot for t in treffer] == [passend.pk]


def test_search_angebote__rate_is_split_where_it_changes_and_goes_on_after_expiry(vg):
    angebot = create_angebot(entgelt=None)
    for satz, von, bis in (
        ("80.00", date(2016, 1, 1), date(2017, 9, 1)),
        ("90.00", date(2017, 9, 1), date(2017, 10, 1)),
    ):
        Entgelt.objects.create(angebot=angebot, betrag=Decimal(satz), einheit="TAG", gueltig=DateRange(von, bis))
    with in_tenant(vg):
        treffer = search_angebote(kriterien_folie()).treffer[0]
        preis = get_preis(kriterien_folie(), angebot.pk)
    assert (treffer.soll_entgelt, treffer.entgelt_wechselt) == (preis.soll, True)
    assert [(z.menge, z.satz) for z in preis.zeilen] == [(92, Decimal("80.00")), (90, Decimal("90.00"))]
    assert preis.soll == 92 * 80 + 90 * 90


def test_search_angebote__without_an_agreed_rate_nothing_can_be_reserved(vg):
    create_angebot(entgelt=None)
    with in_tenant(vg):
        ergebnis = search_angebote(kriterien_folie())
    assert (ergebnis.gesamt, ergebnis.verfuegbar) == (1, 0)


def test_search_angebote__ambulant_help_is_counted_in_hours(vg):
    create_angebot(hilfeart="A31", entgelt="44.30")
    hilfeart = Hilfeart.objects.get(code="A31")
    with in_tenant(vg):
        kriterien = kriterien_folie(hilfeart=hilfeart, tage_je_woche=None, stunden_je_woche=Decimal(4))
        treffer = search_angebote(kriterien).treffer[0]
        assert (kriterien.menge, treffer.soll_entgelt) == (Decimal("104.00"), 4608)  # 26 weeks × 4 h × 44.30 = 4,607.20
        assert treffer.soll_entgelt_exakt == get_preis(kriterien, treffer.angebot).exakt == Decimal("4607.20")
        with pytest.raises(RegelVerletzt, match="Stunden je Woche") as error:
            search_angebote(kriterien_folie(hilfeart=hilfeart))
    assert error.value.feld == "stunden_je_woche"


@pytest.mark.parametrize(
    ("fields", "feld"),
    [
        ({"ende": date(2017, 5, 1)}, "ende"),
        ({"ende": date(2017, 6, 1)}, "ende"),
        ({"region": "XYZ"}, "region"),
        ({"tage_je_woche": Decimal(0)}, "tage_je_woche"),
    ],
)
def test_search_angebote__says_which_field_is_wrong(vg, fields, feld):
    with in_tenant(vg), pytest.raises(RegelVerletzt) as error:
        search_angebote(kriterien_folie(**fields))
    assert error.value.feld == feld
