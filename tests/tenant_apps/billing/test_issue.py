"""The invoice: computed from booking × days × valid rate, never typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.providers.models import Bankverbindung
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.selectors.konto import GEAENDERT
from tenant_apps.billing.services.check import check_rechnung
from tenant_apps.billing.services.issue import bill_monat, issue_rechnung
from tenant_apps.cases.models import Klient
from tests.formulare import gelesen
from tests.tenant_apps.billing.story import JUNI, bill, change_entgelt, end_on_15_juni, record
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def lines(story, rechnung) -> list[tuple]:
    with story.at_vg():
        return [(p.zeitraum.lower, p.menge, p.satz, p.betrag) for p in rechnung.positionen.all()]


def test_issue__thirty_days_at_76_euro(story) -> None:
    rechnung = bill(story, story.book())
    assert rechnung.betrag == Decimal("2280.00")
    assert lines(story, rechnung) == [(date(2017, 6, 1), Decimal(30), Decimal("76.00"), Decimal("2280.00"))]
    assert rechnung.befunde == []
    assert rechnung.nummer == f"R-VG-{today().year}-00001", "not to be taken for a case number"
    assert story.trail(rechnung) == ["rechnung.einreichen"]
    with story.at_vg():
        assert rechnung.leistungsnachweis.zustand == "EINGEREICHT"


def test_issue__nobody_without_a_name(story) -> None:
    """Taken in at night (ADR 0081): no invoice, whoever sends it, until name and birth are there."""
    buchung = story.book()
    nachweis = record(story, buchung)
    ines = story.akteur("ines")
    with story.at_vg():
        klient = Klient.objects.get(pk=buchung.klient_id)
        klient.geburtsdatum = None
        klient.save()
        with pytest.raises(Konflikt, match="Name und Geburtsdatum noch nicht eingetragen"), transaction.atomic():
            bill_monat(nachweis=nachweis, akteur=ines)
        klient.geburtsdatum = date(2007, 3, 14)
        klient.save()
        assert bill_monat(nachweis=nachweis, akteur=ines).betrag == Decimal("2280.00")


def test_issue__a_new_rate_in_mid_month_splits_the_line(story) -> None:
    buchung = story.book()
    change_entgelt(story, date(2017, 6, 16), "80.50")
    rechnung = bill(story, buchung)
    assert lines(story, rechnung) == [
        (date(2017, 6, 1), Decimal(15), Decimal("76.00"), Decimal("1140.00")),
        (date(2017, 6, 16), Decimal(15), Decimal("80.50"), Decimal("1207.50")),
    ]
    assert rechnung.betrag == Decimal("2347.50")


def test_issue__numbers_run_per_provider_and_are_unique(story) -> None:
    buchung = story.book()
    eins = bill(story, buchung)
    zwei = bill(story, buchung, date(2017, 7, 1), range(1, 32))
    assert int(zwei.nummer[-5:]) == int(eins.nummer[-5:]) + 1
    with pytest.raises(RegelVerletzt, match="schon verwendet") as error:
        bill(story, buchung, date(2017, 8, 1), range(1, 32), nummer=eins.nummer)
    assert error.value.feld == "nummer"
    with story.at_vg():
        assert buchung.leistungsnachweise.get(monat=date(2017, 8, 1)).zustand == "ENTWURF"  # both or nothing


def test_issue__a_month_once(story) -> None:
    rechnung = bill(story, story.book())
    ines = story.akteur("ines")
    with story.at_vg(), pytest.raises(Konflikt, match="bereits eine Rechnung"):
        issue_rechnung(nachweis=rechnung.leistungsnachweis, akteur=ines)


def test_issue__not_before_the_proof_is_submitted(story) -> None:
    nachweis, ines = record(story, story.book()), story.akteur("ines")
    with story.at_vg(), pytest.raises(Konflikt, match="zuerst den Leistungsnachweis"):
        issue_rechnung(nachweis=nachweis, akteur=ines)


def test_submit__never_empty(story) -> None:
    nachweis, ines = record(story, story.book(), tage=[]), story.akteur("ines")
    with story.at_vg(), pytest.raises(RegelVerletzt, match="mindestens einen Tag"):
        bill_monat(nachweis=nachweis, akteur=ines)


def test_submit__then_the_days_are_fixed(story) -> None:
    buchung = story.book()
    bill(story, buchung)
    with pytest.raises(Konflikt, match="nicht mehr geändert"):
        record(story, buchung, tage=[1])


def test_issue__the_same_child_at_two_places_is_found(story) -> None:
    eins = story.book("2017-06-01", "2017-06-15")
    bill(story, eins, tage=range(1, 16))
    with story.at_vg():
        fall = eins.hilfefall
    zwei = story.book("2017-06-15", "2017-06-30", hilfefall=fall)
    rechnung = bill(story, zwei, tage=range(15, 31))
    assert [(b["code"], b["ist_hinweis"]) for b in rechnung.befunde] == [("auch_eingereicht", True)]
    assert "15.06.2017" in rechnung.befunde[0]["meldung"]


def bill_hours(story, nachweis) -> Rechnung:
    ines = story.akteur("ines")
    with story.at_vg():
        return bill_monat(nachweis=nachweis, akteur=ines)


def test_issue__hours_of_an_ambulant_help(cast, vg) -> None:
    story = tell(cast, vg, entgelt="44.30", hilfeart="A30")
    rechnung = bill_hours(story, record(story, story.book(), tage=(), stunden=Decimal("12.50")))
    with story.at_vg():
        position = rechnung.positionen.get()
    assert (position.menge, position.einheit) == (Decimal("12.50"), "STUNDE")
    assert rechnung.betrag == Decimal("553.75")


def test_issue__each_hour_has_the_rate_of_its_day(cast, vg) -> None:
    """The new rate came into force on 16 June: 4.5 hours before it, 3.25 from it on."""
    story = tell(cast, vg, entgelt="44.30", hilfeart="A30")
    buchung = story.book()
    change_entgelt(story, date(2017, 6, 16), "50.00")
    hours = [Decimal("2.00"), Decimal("2.50"), Decimal("3.25")]
    rechnung = bill_hours(story, record(story, buchung, tage=[2, 15, 16], tagesstunden=hours))
    assert lines(story, rechnung) == [
        (date(2017, 6, 2), Decimal("4.50"), Decimal("44.30"), Decimal("199.35")),
        (date(2017, 6, 16), Decimal("3.25"), Decimal("50.00"), Decimal("162.50")),
    ]
    assert rechnung.betrag == Decimal("361.85")


def test_issue__hours_without_days_are_not_guessed_across_a_change_of_rate(cast, vg, sign_in) -> None:
    story = tell(cast, vg, entgelt="44.30", hilfeart="A30")
    buchung = story.book()
    change_entgelt(story, date(2017, 6, 16), "50.00")
    nachweis = record(story, buchung, tage=(), stunden=Decimal("12.50"))
    with pytest.raises(RegelVerletzt, match=r"ändert sich am 16\.06\.2017.*Stunden je Tag"):
        bill_hours(story, nachweis)
    ines = sign_in("ines", at="VG")
    assert "Stunden je Tag" in ines.get(f"/abrechnung/nachweise/{nachweis.pk}/rechnung/").text
    page = f"/abrechnung/buchungen/{buchung.pk}/2017/6/"
    shown = ines.get(page).text
    assert "Das Entgelt ändert sich in diesem Monat" in shown
    wrong = ines.post(page, {"stunden": "5", "tag_2": "2,5", "tag_20": "1,25", "bemerkung": "", "weiter": "1"})
    assert wrong.status_code == 422 and "Die Tage ergeben 3,75 Stunden" in wrong.text and 'value="1,25"' in wrong.text
    je_tag = gelesen(shown) | {"tag_2": "2,5", "tag_20": "1,25", "bemerkung": "", "weiter": "1"}
    preview = ines.post(page, je_tag, follow=True)
    assert "173,25" in preview.text  # 2.5 × 44.30 + 1.25 × 50
    again = ines.get(page).text
    assert 'value="2,5' in again and 'value="1,25"' in again


@pytest.mark.parametrize("wie", [{"tage": [2, 20], "tagesstunden": [Decimal(1), Decimal(2)]}, {"stunden": Decimal(3)}])
def test_check__hours_beyond_the_end_of_the_help_are_found(cast, vg, wie) -> None:
    """Billed for June, then an end on the 15th is recorded: neither by day nor for the month is it certified."""
    story = tell(cast, vg, entgelt="40.00", hilfeart="A30")
    buchung = story.book()
    rechnung = bill_hours(story, record(story, buchung, **({"tage": ()} | wie)))
    anna, doris = story.akteur("anna"), story.akteur("doris")
    with story.at_vg():
        end_on_15_juni(buchung, anna)
        with pytest.raises(RegelVerletzt, match="nicht im gebuchten Zeitraum"):
            check_rechnung(rechnung=rechnung, akteur=doris)


def test_check__hours_are_those_that_were_proven(cast, vg) -> None:
    """A line of 999 hours for three proven ones, written past the services."""
    story = tell(cast, vg, entgelt="40.00", hilfeart="A30")
    rechnung = bill_hours(story, record(story, story.book(), tage=(), stunden=Decimal(3)))
    doris = story.akteur("doris")
    with story.at_vg():
        rechnung.positionen.update(menge=999, betrag=Decimal("39960.00"))
        Rechnung.objects.filter(pk=rechnung.pk).update(betrag=Decimal("39960.00"))
        with pytest.raises(RegelVerletzt, match=r"Berechnet sind 999,00 Stunden, nachgewiesen 3,00"):
            check_rechnung(rechnung=rechnung, akteur=doris)


def test_preview__sends_and_shows_the_invoice_without_a_name(story, sign_in) -> None:
    buchung = story.book()
    nachweis = record(story, buchung)
    ines = sign_in("ines", at="VG")
    path = f"/abrechnung/nachweise/{nachweis.pk}/rechnung/"
    wrong = ines.post(path, {"nummer": ""})
    assert wrong.status_code == 422
    response = ines.post(path, {"nummer": "R-4711"}, follow=True)
    assert "Die Rechnung R-4711 ist eingereicht." in response.text
    assert "steuerfrei nach § 4 Nr. 25 UStG" in response.text
    with story.at_vg():
        rechnung = Rechnung.objects.get(monat=JUNI)
        assert buchung.klient.nachname not in response.text
    again = ines.get(path, follow=True)
    assert again.request["PATH_INFO"] == f"/abrechnung/rechnungen/{rechnung.pk}/"
    assert sign_in("jan", at="VG").get(path).status_code == 404


def test_the_invoice_keeps_the_account_of_the_day_it_was_sent(story, sign_in) -> None:
    """Another account is confirmed afterwards. The paper stays as it was; whoever pays is told before she does."""
    ines = story.cast.anbieter_id("ines")
    konto = Bankverbindung.objects.create(anbieter_id=ines, iban="DE02120300000000202051", inhaber="Küste gGmbH")
    buchung = story.book()
    rechnung = bill(story, buchung)
    here, doris = f"/abrechnung/rechnungen/{rechnung.pk}/", sign_in("doris")
    page = doris.get(here).text
    assert "DE02 1203 0000 0000 2020 51" in page and "Küste gGmbH" in page and GEAENDERT not in page
    Bankverbindung.objects.filter(pk=konto.pk).update(iban="DE02500105170137075030", inhaber="Neue Küste")
    page = doris.get(here).text
    assert "IBAN DE02 1203 0000 0000 2020 51" in page and GEAENDERT in page
    assert "Heute gilt: Neue Küste, IBAN DE02 5001 0517 0137 0750 30." in page
    frage = doris.get(f"{here}pruefen/").text
    assert GEAENDERT in frage and "IBAN DE02 1203 0000 0000 2020 51" in frage and "5001 0517" in frage
    zweite = bill(story, buchung, date(2017, 7, 1), range(1, 32))
    page = doris.get(f"/abrechnung/rechnungen/{zweite.pk}/").text
    assert "DE02 5001 0517 0137 0750 30" in page and GEAENDERT not in page, "sent afterwards"


def test_an_invoice_without_an_account_says_so_when_there_is_one(story, sign_in) -> None:
    rechnung = bill(story, story.book())
    doris, here = sign_in("doris"), f"/abrechnung/rechnungen/{rechnung.pk}/"
    assert "IBAN" not in doris.get(here).text and "kein Konto" in doris.get(f"{here}pruefen/").text
    ines = story.cast.anbieter_id("ines")
    Bankverbindung.objects.create(anbieter_id=ines, iban="DE02120300000000202051", inhaber="Küste gGmbH")
    page = doris.get(here).text
    assert "Am Tag der Einreichung war kein Konto eingetragen. Heute gilt: Küste gGmbH, IBAN DE02 1203" in page
