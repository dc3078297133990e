"""Anna chooses an offer and reserves a place."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from shared_apps.catalogue.models import Barbetrag, Hilfeart
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from shared_apps.occupancy.services import bind_platz
from shared_apps.providers.models import Einrichtung, Entgelt
from tenant_apps.audit.models import Protokoll
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.models import Auswahlvermerk, Reservierung
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.search.selectors.vermerk import describe_kriterien
from tenant_apps.placements.services.fristen import withdraw_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenants.context import in_tenant, on_portal
from tests.access.query_counts import counting
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.factories.suchen import create_markt, search_for
from tests.trail import reading

GRUND = "Die Geschwister leben schon in diesem Haus."


@pytest.fixture
def anna(cast):
    return cast.akteur("anna")


def _reserve(anna, suche, angebot, fall, **fields) -> Reservierung:
    return reserve_angebot(
        akteur=anna, suche=suche, angebot_id=angebot.pk, betroffen=Betroffen(fall.klient, fall), **fields
    )


def test_reserve_angebot__takes_fifteen_statements_and_one_more_beside_another_place(anna, vg):
    """Locks, what is checked, what is written: no savepoint, nothing twice. Of a longer list each is printed."""
    markt = create_markt()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        for angebot, hoechstens in ((markt[0], 15), (markt[1], 16)):
            with counting() as sent:
                _reserve(anna, suche, angebot, fall, begruendung=GRUND, zweiter_platz=True)
            assert len(sent) <= hoechstens, "\n".join(" ".join(sql.split())[:120] for sql in sent)


def test_reserve_angebot__holds_the_place_and_seals_the_choice(anna, vg):
    markt = create_markt()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        reservierung = _reserve(anna, suche, markt[0], fall)
        reservierung.refresh_from_db()
        bindung = Platzbindung.objects.get(pk=reservierung.platzbindung_id)
        vermerk = Auswahlvermerk.objects.get()
        assert is_unveraendert(vermerk)
        assert bindung.zustand == "RESERVIERT" and bindung.mandant == "vg"
        assert bindung.zeitraum.lower == date(2017, 6, 1) and bindung.zeitraum.upper == date(2017, 12, 1)
        assert FaelligerMonat.objects.filter(monat__in=[date(2017, 6, 1), date(2017, 11, 1)]).count() == 2
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="reservierung.anlegen", objekt_id=reservierung.pk).exists()
    assert reservierung.zustand == "RESERVIERT"
    assert reservierung.pseudonym.startswith("VG-") and len(reservierung.pseudonym) == 8
    assert reservierung.soll_entgelt == reservierung.soll_kosten == Decimal("13832.00")
    assert (reservierung.taschengeld, reservierung.menge, reservierung.alter_bei_beginn) == (0, 182, 10)
    assert not reservierung.ist_auswaertig
    assert abs(reservierung.ablauf_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert (vermerk.rang, vermerk.anzahl, vermerk.im_guenstigsten_drittel) == (1, 14, True)
    assert len(vermerk.angebote) == 14


def test_reserve_angebot__the_provider_gets_a_pointer_without_content(anna, cast, vg):
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        reservierung = _reserve(anna, search_for(anna, fall), angebot, fall)
    with on_portal(anbieter_ids=[angebot.einrichtung.anbieter_id]):
        hinweis = Hinweis.objects.get()
        assert (hinweis.objekt_id, hinweis.art, hinweis.mandant) == (reservierung.pk, "RESERVIERUNG", "vg")
    with on_portal(anbieter_ids=[cast.anbieter_id("jan")]):
        assert not Hinweis.objects.exists()


def test_reserve_angebot__outside_the_cheapest_third_needs_a_reason(anna, vg):
    markt = create_markt()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        with pytest.raises(RegelVerletzt, match="günstigsten Drittels") as error:
            _reserve(anna, suche, markt[5], fall, begruendung="  weil   ")
        assert error.value.feld == "begruendung"
        assert not Reservierung.objects.exists() and not Platzbindung.objects.exists()
        vermerk = _reserve(anna, suche, markt[5], fall, begruendung=f" {GRUND} ").auswahlvermerk
        assert (vermerk.begruendung, vermerk.rang, vermerk.im_guenstigsten_drittel) == (GRUND, 6, False)


def test_auswahlvermerk__keeps_the_order_shown(anna, vg):
    markt = create_markt()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        vermerk = _reserve(anna, search_for(anna, fall), markt[0], fall, sortierung="-kosten").auswahlvermerk
        vermerk.refresh_from_db()
        assert vermerk.angebote[0]["angebot"] == str(markt[-1].pk)
        assert vermerk.kriterien["sortierung"] == "-kosten"
        assert is_unveraendert(vermerk)


def test_reserve_angebot__the_last_place_is_gone_and_nothing_is_left_behind(anna, vg, hro):
    angebot = create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
    with in_tenant(hro):
        zeitraum = Zeitraum.from_inclusive(date(2017, 11, 1), date(2018, 1, 31))
        bind_platz(angebot_id=angebot.pk, zeitraum=zeitraum, ablauf_at=timezone.now() + timedelta(days=1))
    with in_tenant(vg):
        with pytest.raises(KeinPlatzFrei, match="soeben anderweitig reserviert"):
            _reserve(anna, suche, angebot, fall)
        assert not Reservierung.objects.exists() and not Auswahlvermerk.objects.exists()


def test_reserve_angebot__twice_from_one_search_is_refused(anna, vg):
    angebot = create_angebot(plaetze=2)
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        _reserve(anna, suche, angebot, fall)
        with pytest.raises(Konflikt, match="schon ein Platz reserviert"):
            _reserve(anna, suche, angebot, fall)
        assert Platzbindung.objects.count() == 1


def test_reserve_angebot__offer_must_fit_the_search(anna, vg):
    create_angebot()
    fremd = create_angebot(kreis="HRO")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        with pytest.raises(Konflikt, match="passt nicht oder nicht mehr") as error:
            _reserve(anna, suche, fremd, fall)
    assert error.value.code == "angebot_geaendert"


def test_reserve_angebot__what_is_found_since_the_search_is_sealed_as_it_is_now(anna, vg):
    """The list and its counts are those of the moment of the choice, also where the search had found nothing."""
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
    neu, teuer = create_angebot(entgelt="80.00"), create_angebot(entgelt="90.00")
    create_angebot(plaetze=0)
    with in_tenant(vg):
        vermerk = _reserve(anna, suche, neu, fall).auswahlvermerk
        vermerk.refresh_from_db()
        assert is_unveraendert(vermerk)
    assert [zeile["angebot"] for zeile in vermerk.angebote[:2]] == [str(neu.pk), str(teuer.pk)]
    assert [zeile["vakanzen"] for zeile in vermerk.angebote] == [1, 1, 0], "as shown, before the place was taken"
    assert (vermerk.rang, vermerk.anzahl, vermerk.kriterien["ausschluesse"]) == (1, 2, {"BELEGT": 1})
    assert vermerk.kriterien["angebote_gesamt"] == 3


def test_reserve_angebot__another_rate_than_the_one_shown_is_refused(anna, vg):
    angebot = create_angebot(entgelt="80.00")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
    Entgelt.objects.filter(angebot=angebot).update(betrag=Decimal("95.00"))
    with in_tenant(vg):
        with pytest.raises(Konflikt, match="Das Entgelt hat sich geändert, seit es Ihnen gezeigt wurde"):
            _reserve(anna, suche, angebot, fall, gezeigt=Decimal(14560))
        assert _reserve(anna, suche, angebot, fall, gezeigt=17290).soll_entgelt == 17290


def test_reserve_angebot__outside_the_district_is_marked(anna, vg):
    angebot = create_angebot(kreis="HRO")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        assert _reserve(anna, search_for(anna, fall, reichweite="LAND"), angebot, fall).ist_auswaertig


def test_reserve_angebot__not_yet_born_is_refused(anna, vg):
    angebot = create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        fall.klient.geburtsdatum = date(2020, 1, 1)
        fall.klient.save()
        with pytest.raises(RegelVerletzt, match="noch nicht geboren") as error:
            _reserve(anna, search_for(anna, fall), angebot, fall)
    assert error.value.feld == "klient"


def test_reserve_angebot__example_pocket_money_never_enters_an_amount(anna, vg):
    """The seeded table is marked BEISPIEL: with it alone the Taschengeld is 0,00 as on the slide."""
    angebot = create_angebot()
    assert not Barbetrag.objects.filter(ist_beispiel=False).exists()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        assert _reserve(anna, search_for(anna, fall), angebot, fall).taschengeld == 0


# -- as they are now ----------------------------------------------------------------------------


def test_reserve_angebot__an_offer_that_ended_since_the_search_is_refused(anna, vg):
    angebot = create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
    Einrichtung.objects.filter(pk=angebot.einrichtung_id).update(gueltig_bis=date(2017, 9, 30))
    with in_tenant(vg), pytest.raises(Konflikt) as error:
        _reserve(anna, suche, angebot, fall)
    assert error.value.code == "angebot_geaendert"
    assert "Dagegen spricht jetzt: nicht die ganze Zeit." in error.value.message


def test_reserve_angebot__whom_the_search_did_not_ask_for_needs_a_reason_that_is_sealed(anna, vg):
    """The offer takes everybody, but was found for a girl of twelve: others would have been compared for this child."""
    angebot = create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall, alter=12, geschlecht="m")
        with pytest.raises(RegelVerletzt, match="Gesucht wurde für das Alter 12") as error:
            _reserve(anna, suche, angebot, fall)
        assert error.value.feld == "begruendung"
        vermerk = _reserve(anna, suche, angebot, fall, begruendung=GRUND).auswahlvermerk
        assert len(vermerk.kriterien["abweichungen"]) == 2 and is_unveraendert(vermerk)
    assert "Abweichend davon" in dict(describe_kriterien(vermerk.kriterien))


@pytest.mark.parametrize(("feld", "wert"), [("geburtsdatum", date(1998, 1, 1)), ("geschlecht", "1")])
def test_reserve_angebot__a_person_outside_of_whom_the_offer_takes_needs_a_reason(anna, vg, feld, wert):
    """The search fitted; the person was corrected since. The worker may still be right, and says why."""
    angebot = create_angebot(geschlecht="w", alter_von=6, alter_bis=12)
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        setattr(fall.klient, feld, wert)
        fall.klient.save()
        with pytest.raises(RegelVerletzt, match=r"nimmt nur|Aufnahmealter") as error:
            _reserve(anna, suche, angebot, fall)
        assert error.value.feld == "begruendung"
        assert _reserve(anna, suche, angebot, fall, begruendung=GRUND).zustand == "RESERVIERT"


def test_reserve_angebot__a_closed_case_is_refused(anna, vg):
    angebot = create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        type(fall).objects.filter(pk=fall.pk).update(zustand="ABGESCHLOSSEN")
        with pytest.raises(Konflikt) as error:
            _reserve(anna, suche, angebot, fall)
    assert error.value.code == "fall_abgeschlossen"


# -- one child, one bed -------------------------------------------------------------------------


def test_reserve_angebot__a_second_place_for_the_same_nights_needs_a_reason(anna, vg):
    eins, zwei = create_angebot(), create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        _reserve(anna, suche, eins, fall)
        with pytest.raises(RegelVerletzt, match="schon einen Platz") as error:
            _reserve(anna, suche, zwei, fall)
        assert error.value.feld == "zweiter_platz"
        with pytest.raises(RegelVerletzt) as error:
            _reserve(anna, suche, zwei, fall, begruendung=GRUND)
        assert error.value.feld == "zweiter_platz", "the reason may be the one for the price"
        with pytest.raises(RegelVerletzt) as error:
            _reserve(anna, suche, zwei, fall, zweiter_platz=True)
        assert error.value.feld == "begruendung"
        zweite = _reserve(anna, suche, zwei, fall, begruendung=GRUND, zweiter_platz=True)
        assert zweite.auswahlvermerk.begruendung == GRUND
        (weiterer,) = zweite.auswahlvermerk.kriterien["weitere"]
    assert "§ 34 bei" in weiterer and "01.06.2017 bis 30.11.2017 (Reserviert), Nummer" in weiterer


def test_reserve_angebot__the_same_help_twice_needs_a_reason_and_another_one_does_not(anna, vg):
    eins, zwei = (create_angebot(hilfeart="A30", entgelt="60.00") for _ in range(2))
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        stunden = {"hilfeart": eins.hilfeart, "tage_je_woche": None, "stunden_je_woche": Decimal(5)}
        _reserve(anna, search_for(anna, fall, **stunden), eins, fall)
        with pytest.raises(RegelVerletzt, match="§ 30 bei") as error:
            _reserve(anna, search_for(anna, fall, **stunden), zwei, fall)
    assert error.value.feld == "zweiter_platz"


def test_reserve_angebot__the_nights_of_a_sealed_case_are_told_to_nobody(anna, vg, cast):
    """Bernd has a case of the same child and may not open the sealed one: no refusal tells him of its nights."""
    eins, zwei = create_angebot(), create_angebot()
    bernd = cast.akteur("bernd", at="VG")
    with in_tenant(vg):
        geheim = create_hilfefall(fachkraft_id=anna.user_id)
        _reserve(anna, search_for(anna, geheim), eins, geheim)
        offen = create_hilfefall(fachkraft_id=bernd.user_id, klient=geheim.klient)
        type(geheim).objects.filter(pk=geheim.pk).update(gesperrt=True)
    with in_tenant(vg, user_id=bernd.user_id):
        assert _reserve(bernd, search_for(bernd, offen), zwei, offen).zustand == "RESERVIERT"


def test_reserve_angebot__a_place_that_was_given_back_is_none(anna, vg):
    eins, zwei = create_angebot(), create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
        withdraw_reservierung(akteur=anna, reservierung=_reserve(anna, suche, eins, fall), grund="Doch nicht")
        assert _reserve(anna, suche, zwei, fall).zustand == "RESERVIERT"


def test_reserve_angebot__a_day_group_beside_the_home_is_right(anna, vg):
    heim, gruppe = create_angebot(), create_angebot(hilfeart="T32")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        _reserve(anna, search_for(anna, fall), heim, fall)
        assert (
            _reserve(anna, search_for(anna, fall, hilfeart=Hilfeart.objects.get(code="T32")), gruppe, fall).zustand
            == "RESERVIERT"
        )
