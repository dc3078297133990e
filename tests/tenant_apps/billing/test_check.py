"""Two people of the office before any money leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.billing.models import AbgerechneterZeitraum, Auszahlung, Rechnung
from tenant_apps.billing.selectors.berechnung import find_ueberzahlung
from tenant_apps.billing.services.check import approve_rechnung, check_rechnung, reject_rechnung, settle_rechnung
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Buchung
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.people import appoint
from tests.tenant_apps.billing.story import bill, end_on_15_juni
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def url(rechnung, tail: str = "") -> str:
    return f"/abrechnung/rechnungen/{rechnung.pk}/{tail}"


def test_thread__doris_checks_emil_orders_doris_pays(story, sign_in) -> None:
    rechnung = bill(story, story.book())
    doris, emil = sign_in("doris"), sign_in("emil")
    assert "Richtigkeit feststellen" in doris.get(url(rechnung)).text
    assert "sachlich und rechnerisch richtig festgestellt" in doris.post(url(rechnung, "pruefen/"), follow=True).text
    assert "Doris Dahl" in emil.get(url(rechnung, "anordnen/")).text
    assert "Die Zahlung ist angeordnet." in emil.post(url(rechnung, "anordnen/"), follow=True).text
    paid = doris.post(url(rechnung, "bezahlen/"), {"bezahlt_am": today().isoformat()}, follow=True)
    assert "Die Auszahlung ist vermerkt." in paid.text
    fresh = story.reload(rechnung)
    assert fresh.zustand == "BEZAHLT"
    with story.at_vg():
        assert Auszahlung.objects.get(rechnung=fresh).betrag == Decimal("2280.00")
        assert fresh.leistungsnachweis.zustand == "BESTAETIGT"
    assert [v for v in story.trail(rechnung) if not v.endswith((".ansehen", ".schritt"))] == [
        "rechnung.einreichen", "rechnung.pruefen", "rechnung.anordnen", "rechnung.bezahlen",
    ]  # fmt: skip


def test_approve__never_the_person_who_certified(story, cast) -> None:
    rechnung = bill(story, story.book())
    appoint(user=cast.user("doris"), tenant=story.vg, rolle=Rolle.JUGENDAMTSLEITUNG, gueltig_ab=date(2015, 1, 1))
    doris = story.akteur("doris")
    with story.at_vg():
        check_rechnung(rechnung=rechnung, akteur=doris)
        with pytest.raises(Verweigert, match="Vier-Augen-Prinzip"):
            approve_rechnung(rechnung=rechnung, akteur=doris)
    assert story.reload(rechnung).zustand == "SACHLICH_RICHTIG"


def test_approve__the_database_refuses_as_well(story) -> None:
    rechnung = bill(story, story.book())
    doris = story.akteur("doris")
    with story.at_vg():
        check_rechnung(rechnung=rechnung, akteur=doris)
        with pytest.raises(IntegrityError, match="rechnung_vier_augen"), transaction.atomic():
            Rechnung.objects.filter(pk=rechnung.pk).update(zustand="ANGEORDNET", angeordnet_von_id=doris.user_id)


def test_steps__in_their_order_only(story) -> None:
    rechnung = bill(story, story.book())
    doris, emil = story.akteur("doris"), story.akteur("emil")
    with story.at_vg():
        with pytest.raises(Konflikt, match="nicht möglich"):
            approve_rechnung(rechnung=rechnung, akteur=emil)
        with pytest.raises(Konflikt, match="nicht möglich"):
            settle_rechnung(rechnung=rechnung, akteur=doris)
        check_rechnung(rechnung=rechnung, akteur=doris)
        approve_rechnung(rechnung=rechnung, akteur=emil)
        with pytest.raises(Konflikt, match="nicht möglich"):
            reject_rechnung(rechnung=rechnung, akteur=doris, grund="zu spät")
        with pytest.raises(RegelVerletzt, match="zwischen der Anordnung"):
            settle_rechnung(rechnung=rechnung, akteur=doris, bezahlt_am=today() + timedelta(days=1))
    assert story.reload(rechnung).zustand == "ANGEORDNET"


def certify(story, rechnung) -> Rechnung:
    doris = story.akteur("doris")
    with story.at_vg():
        return check_rechnung(rechnung=rechnung, akteur=doris)


def two_homes(story) -> tuple[Rechnung, Rechnung]:
    """One child, two bookings that share 15 June; both houses bill that day."""
    eins = story.book("2017-06-01", "2017-06-15")
    with story.at_vg():
        fall = eins.hilfefall
    zwei = story.book("2017-06-15", "2017-06-30", hilfefall=fall)
    return bill(story, eins, tage=range(1, 16)), bill(story, zwei, tage=range(15, 31))


def test_check__findings_stand_in_the_way(story) -> None:
    first, second = two_homes(story)
    certify(story, first)
    with pytest.raises(RegelVerletzt, match=r"Bereits abgerechnet: 15\.06\.2017"):
        certify(story, second)


def test_check__a_wrong_invoice_that_came_first_does_not_stop_the_right_one(story, sign_in) -> None:
    first, second = two_homes(story)
    page = sign_in("doris").get(url(second)).text
    assert "Hinweis: Auch eine andere eingereichte Rechnung berechnet: 15.06.2017" in page
    assert f"Rechnung {first.nummer}" in page and url(first) in page
    assert first.nummer not in sign_in("ines", at="VG").get(url(second)).text, "it could be another house's"
    assert certify(story, second).zustand == "SACHLICH_RICHTIG"
    assert story.reload(second).befunde == [], "what is kept is the provider's to read"
    with pytest.raises(RegelVerletzt, match=r"Bereits abgerechnet: 15\.06\.2017"):
        certify(story, first)


def test_check__one_night_is_paid_once_whatever_the_paragraph(story, cast, vg) -> None:
    """A home (§ 34) and foster care (§ 33) for the same nights: the help differs, the child is one."""
    heim = story.book()
    with story.at_vg():
        fall = heim.hilfefall
    pflege = tell(cast, vg, entgelt="40.00", hilfeart="S33").book(hilfefall=fall, darueber=True)
    certify(story, bill(story, heim))
    with pytest.raises(RegelVerletzt, match="Bereits abgerechnet: 01"):
        certify(story, bill(story, pflege))


def test_check__a_day_group_beside_a_home_is_another_service(story, cast, vg) -> None:
    heim = story.book()
    with story.at_vg():
        fall = heim.hilfefall
    gruppe = tell(cast, vg, entgelt="60.00", hilfeart="T32").book(hilfefall=fall)
    for rechnung in (bill(story, heim), bill(story, gruppe, tage=[1, 2, 6])):
        assert certify(story, rechnung).zustand == "SACHLICH_RICHTIG"


def test_check__the_database_refuses_what_the_check_did_not_see(story, monkeypatch) -> None:
    """The other invoice may belong to a sealed case, or be certified at this very moment."""
    first, second = two_homes(story)
    certify(story, first)
    monkeypatch.setattr("tenant_apps.billing.services.check.list_befunde", lambda rechnung: [])
    with pytest.raises(RegelVerletzt, match="in einer anderen Rechnung schon als richtig festgestellt"):
        certify(story, second)
    assert story.reload(second).zustand == "EINGEREICHT"


def test_reject__gives_the_days_of_a_certified_invoice_back(story) -> None:
    first, second = two_homes(story)
    certify(story, first)
    emil = story.akteur("emil")
    with story.at_vg():
        reject_rechnung(rechnung=first, akteur=emil, grund="Der 15. gehört der aufnehmenden Einrichtung.")
    assert certify(story, second).zustand == "SACHLICH_RICHTIG"
    assert bill(story, first.buchung, tage=range(1, 15)).betrag == Decimal("1064.00")


def test_check__a_sealed_case_is_told_by_no_day(story, cast, sign_in) -> None:
    """Doris may not open it: neither page nor list nor finding names its days. Still no night is paid twice."""
    first, second = two_homes(story)
    anna = cast.user("anna")
    with story.at_vg():
        geheim = create_hilfefall(fachkraft_id=anna.pk, klient=first.buchung.klient)
        Buchung.objects.filter(pk=first.buchung_id).update(hilfefall=geheim)
        Hilfefall.objects.filter(pk=geheim.pk).update(gesperrt=True)
    doris = sign_in("doris")
    page = doris.get(url(second)).text
    assert "Auch eine andere" not in page and first.nummer not in page
    assert second.nummer not in doris.get("/abrechnung/?auffaellig=doppelt").text
    with story.at_vg():
        AbgerechneterZeitraum.objects.create(
            rechnung=first, klient=first.buchung.klient, kreis="AUFENTHALT",
            zeitraum=DateRange(date(2017, 6, 1), date(2017, 6, 16)),
        )  # fmt: skip
    akteur = story.akteur("doris")
    with in_tenant(story.vg, user_id=akteur.user_id), pytest.raises(RegelVerletzt) as refusal:
        check_rechnung(rechnung=second, akteur=akteur)
    assert "06.2017" not in refusal.value.message


@pytest.mark.parametrize(
    ("falsch", "befund"),
    [
        ({"betrag": Decimal("99999.99")}, "Die Positionen ergeben 2.280,00"),
        ({"monat": date(2017, 7, 1)}, "nicht zum selben Monat"),
    ],
)
def test_check__what_the_rules_did_not_compute_is_not_certified(story, falsch, befund) -> None:
    """Written past the services, by SQL on a provider's page."""
    rechnung = bill(story, story.book())
    with story.at_vg():
        Rechnung.objects.filter(pk=rechnung.pk).update(**falsch)
    with pytest.raises(RegelVerletzt, match=befund):
        certify(story, rechnung)


def test_check__days_paid_beyond_an_end_do_not_block_the_house_where_the_child_was(story) -> None:
    """House A was paid for all of June, then the help ended on the 15th and B took the child in."""
    a = story.book()
    paid = bill(story, a)
    doris, emil, anna = story.akteur("doris"), story.akteur("emil"), story.akteur("anna")
    with story.at_vg():
        check_rechnung(rechnung=paid, akteur=doris)
        approve_rechnung(rechnung=paid, akteur=emil)
        settle_rechnung(rechnung=paid, akteur=doris)
        end_on_15_juni(a, anna)
        fall = a.hilfefall
    b = story.book("2017-06-16", "2017-06-30", hilfefall=fall)
    assert certify(story, bill(story, b, tage=range(16, 31))).zustand == "SACHLICH_RICHTIG"
    with story.at_vg():
        (rest,) = AbgerechneterZeitraum.objects.filter(rechnung=paid)
        assert (rest.zeitraum.lower, rest.zeitraum.upper) == (date(2017, 6, 1), date(2017, 6, 16))
        assert find_ueberzahlung(Rechnung.objects.get(pk=paid.pk)).betrag == Decimal("1140.00")


def test_approve__not_what_reaches_beyond_an_end_recorded_since(story, sign_in) -> None:
    buchung = story.book()
    rechnung = bill(story, buchung)
    certify(story, rechnung)
    emil, anna = story.akteur("emil"), story.akteur("anna")
    with story.at_vg():
        end_on_15_juni(buchung, anna)
        with pytest.raises(RegelVerletzt, match="bitte beanstanden Sie die Rechnung"):
            approve_rechnung(rechnung=rechnung, akteur=emil)
    answer = sign_in("emil").post(url(rechnung, "anordnen/"), follow=True).text
    assert "15 Tage und 1.140,00" in answer and "Zahlung ist angeordnet" not in answer


def test_check__an_end_recorded_after_the_invoice_is_found(story, sign_in) -> None:
    buchung = story.book()
    rechnung = bill(story, buchung)
    anna, doris = story.akteur("anna"), story.akteur("doris")
    with story.at_vg():
        end_on_15_juni(buchung, anna)
        with pytest.raises(RegelVerletzt, match="nicht im gebuchten Zeitraum"):
            check_rechnung(rechnung=rechnung, akteur=doris)
    assert "01.06.2017 bis 15.06.2017" in sign_in("doris").get(url(rechnung)).text
    response = sign_in("doris").post(url(rechnung, "pruefen/"), follow=True)
    assert "Bitte beanstanden Sie die Rechnung." in response.text
    with story.at_vg():
        reject_rechnung(rechnung=rechnung, akteur=doris, grund="Abbruch am 15.06.")
    assert bill(story, buchung, tage=range(1, 16)).betrag == Decimal("1140.00")


def test_reject__back_to_ines_and_a_new_invoice_replaces_it(story, sign_in) -> None:
    buchung = story.book()
    rechnung = bill(story, buchung)
    doris = sign_in("doris")
    assert doris.post(url(rechnung, "beanstanden/"), {"grund": ""}).status_code == 422
    doris.post(url(rechnung, "beanstanden/"), {"grund": "Am 30. war Lena nicht da."})
    assert story.open_hinweise(rechnung) == ["RECHNUNG_BEANSTANDET"]
    ines = sign_in("ines", at="VG")
    assert "Am 30. war Lena nicht da." in ines.get(url(rechnung)).text
    assert "Am 30. war Lena nicht da." in ines.get(f"/abrechnung/buchungen/{buchung.pk}/2017/6/").text
    neu = bill(story, buchung, tage=range(1, 30))
    alt = story.reload(rechnung)
    assert (alt.zustand, alt.storniert_durch_id, alt.betrag) == ("STORNIERT", neu.pk, Decimal("2280.00"))
    assert neu.betrag == Decimal("2204.00")
    assert story.open_hinweise(rechnung) == []
    assert f"Rechnung {neu.nummer}" in ines.get(url(rechnung)).text


def test_history__names_who_took_each_step(story, sign_in) -> None:
    """A certified invoice can still be objected to: the history says by whom."""
    buchung = story.book()
    rechnung = bill(story, buchung)
    doris, emil, ines = sign_in("doris"), sign_in("emil"), sign_in("ines", at="VG")
    doris.post(url(rechnung, "pruefen/"))
    emil.post(url(rechnung, "beanstanden/"), {"grund": "Am 30. war Lena nicht da."})
    for reader in (doris, emil, ines):
        verlauf = _verlauf(reader.get(url(rechnung)).text)
        assert "Beanstandet: Emil Ebert" in verlauf
        assert "Sachlich und rechnerisch richtig: Doris Dahl" in verlauf
    neu = bill(story, buchung, tage=range(1, 30))
    for reader in (doris, ines):
        verlauf = _verlauf(reader.get(url(rechnung)).text)
        assert "Beanstandet: Emil Ebert" in verlauf
        assert "Storniert, neue Rechnung eingereicht von Ines Ihde" in verlauf
    doris.post(url(neu, "pruefen/"))
    emil.post(url(neu, "anordnen/"))
    doris.post(url(neu, "bezahlen/"), {"bezahlt_am": today().isoformat()})
    assert "vermerkt von Doris Dahl" in _verlauf(emil.get(url(neu)).text)
    assert "vermerkt" not in _verlauf(ines.get(url(neu)).text)
    assert "Zahlung angeordnet: Emil Ebert" in _verlauf(ines.get(url(neu)).text)


def _verlauf(page: str) -> str:
    return " ".join(page.partition("<h2>Verlauf</h2>")[2].partition("</ol>")[0].split())


def test_wrong_people__each_step(story, sign_in) -> None:
    rechnung = bill(story, story.book())
    for tail, allowed in (("pruefen/", "doris"), ("anordnen/", "emil"), ("bezahlen/", "doris")):
        for name in {"anna", "clara", "doris", "emil"} - {allowed}:
            assert sign_in(name).post(url(rechnung, tail)).status_code == 403, (tail, name)
        assert sign_in("ines", at="VG").post(url(rechnung, tail)).status_code == 403
    assert sign_in("jan", at="VG").get(url(rechnung)).status_code == 404
    assert sign_in("hilde").get(url(rechnung)).status_code == 404
    assert sign_in("anna").get(url(rechnung)).status_code == 403


def test_settle__the_day_of_the_order_is_the_offices_day(story) -> None:
    """Ordered on 3 July at half past midnight, which is still 2 July in UTC: money cannot have left on the 2nd."""
    rechnung = bill(story, story.book())
    doris, emil = story.akteur("doris"), story.akteur("emil")
    with story.at_vg():
        check_rechnung(rechnung=rechnung, akteur=doris)
        approve_rechnung(rechnung=rechnung, akteur=emil)
        Rechnung.objects.filter(pk=rechnung.pk).update(angeordnet_at=datetime(2017, 7, 2, 22, 30, tzinfo=UTC))
        with pytest.raises(RegelVerletzt, match=r"Anordnung \(03\.07\.2017\)"):
            settle_rechnung(rechnung=rechnung, akteur=doris, bezahlt_am=date(2017, 7, 2))
        auszahlung = settle_rechnung(rechnung=rechnung, akteur=doris, bezahlt_am=date(2017, 7, 3))
    assert auszahlung.bezahlt_am == date(2017, 7, 3)
