"""The provider records a month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shared_apps.core.errors import Konflikt, RegelVerletzt
from tenant_apps.billing.models import Leistungsnachweis
from tenant_apps.placements.models import Buchung
from tests.formulare import gelesen
from tests.tenant_apps.billing.story import JUNI, bill, record
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def url(buchung, monat: str = "2017/6") -> str:
    return f"/abrechnung/buchungen/{buchung.pk}/{monat}/"


def test_record__all_days_of_the_booking_are_chosen_at_first(story, sign_in) -> None:
    buchung = story.book("2017-06-10", "2017-11-30")
    text = sign_in("ines", at="VG").get(url(buchung)).text
    assert text.count('name="tage"') == 21
    assert text.count(" checked") == 21
    assert "nicht abrechenbar" in text


def test_record__draft_then_preview_with_the_amount(story, sign_in) -> None:
    buchung = story.book()
    ines = sign_in("ines", at="VG")
    ines.post(url(buchung), {"tage": [1, 2, 3], "bemerkung": "Ferienfreizeit"})
    text = ines.get(url(buchung)).text
    assert text.count(" checked") == 3
    assert "Ferienfreizeit" in text
    alle = gelesen(text) | {"tage": list(range(1, 31)), "bemerkung": "", "weiter": "1"}
    preview = ines.post(url(buchung), alle, follow=True)
    assert "2.280,00" in preview.text
    assert "steuerfrei nach § 4 Nr. 25 UStG" in preview.text
    with story.at_vg():
        nachweis = Leistungsnachweis.objects.get()
    assert (nachweis.zustand, len(nachweis.tage)) == ("ENTWURF", 30)
    assert "leistungsnachweis.erfassen" in story.trail(nachweis)


def test_record__a_day_outside_the_booking_is_refused_and_the_rest_stays(story, sign_in) -> None:
    buchung = story.book("2017-06-10", "2017-11-30")
    response = sign_in("ines", at="VG").post(url(buchung), {"tage": [9, 10], "bemerkung": "Anreise"})
    assert response.status_code == 422
    assert "Der Tag 9. kann nicht abgerechnet werden." in response.text
    assert "Anreise" in response.text
    with pytest.raises(RegelVerletzt, match=r"9\.06\.2017"):
        record(story, buchung, tage=[9, 10])


def test_record__not_before_the_help_runs(story) -> None:
    buchung = story.book("2099-01-01", "2099-06-30")
    with pytest.raises(Konflikt, match="läuft nicht"):
        record(story, buchung, date(2099, 1, 1), [1])


def test_record__handed_in_meanwhile__the_hours_are_still_on_the_page(story, sign_in) -> None:
    buchung = story.book()
    ines = sign_in("ines", at="VG")
    rechnung = bill(story, buchung)
    again = ines.post(url(buchung), {"tage": [1, 2, 3], "bemerkung": "Ferienfreizeit", "weiter": "1"})
    assert again.status_code == 409 and "ist eingereicht und kann nicht mehr geändert werden" in again.text
    assert "Das ist nicht möglich" in again.text and "Bitte prüfen Sie Ihre Angaben" not in again.text
    assert again.text.count(" checked") == 3 and "Ferienfreizeit" in again.text
    assert "Entwurf speichern" not in again.text and "Weiter zur Vorschau" not in again.text
    assert ines.get(url(buchung)).status_code == 302
    kept = ines.get(f"{url(buchung)}?entwurf=01890000-0000-7000-8000-000000000001")
    assert kept.status_code == 200 and 'class="sojus-form"' in kept.text, "a draft would be lost with the page"
    with story.at_vg():
        assert len(Leistungsnachweis.objects.get(pk=rechnung.leistungsnachweis_id).tage) == 30


def test_record__old_page_takes_no_day_back_that_a_colleague_has_recorded(story, sign_in) -> None:
    """Both open the empty month; the colleague saves the three days that were rendered, Ines saves hers."""
    buchung = story.book()
    ines = sign_in("ines", at="VG")
    seen = gelesen(ines.get(url(buchung)).text)
    record(story, buchung, tage=[1, 2, 3], bemerkung="Ferienfreizeit")
    page = ines.post(url(buchung), seen | {"tage": list(range(1, 31)), "bemerkung": ""})
    assert page.status_code == 409 and "Inzwischen geändert" in page.text
    assert "hier steht jetzt: 1, 2, 3." in page.text and page.text.count(" checked") == 3
    assert "hier steht jetzt: Ferienfreizeit." in page.text
    with story.at_vg():
        assert Leistungsnachweis.objects.get().tage == [1, 2, 3]
    again = gelesen(page.text) | {"tage": [1, 2, 3, 4], "bemerkung": "Ferienfreizeit"}
    assert ines.post(url(buchung), again).status_code == 302
    with story.at_vg():
        assert Leistungsnachweis.objects.get().tage == [1, 2, 3, 4]


def test_record__both_have_chosen_other_days__hers_stay_and_are_saved_only_knowingly(story, sign_in) -> None:
    buchung = story.book()
    record(story, buchung, tage=[1])
    ines = sign_in("ines", at="VG")
    seen = gelesen(ines.get(url(buchung)).text)
    record(story, buchung, tage=[1, 2])
    page = ines.post(url(buchung), seen | {"tage": [1, 9], "bemerkung": ""})
    assert page.status_code == 409
    assert "Inzwischen geändert auf: 1, 2. Ihre Eingabe ist eine andere." in page.text
    assert page.text.count(" checked") == 2, "1 and 9"
    assert ines.post(url(buchung), gelesen(page.text) | {"tage": [1, 9], "bemerkung": ""}).status_code == 302
    with story.at_vg():
        assert Leistungsnachweis.objects.get().tage == [1, 9]


def test_record__without_what_was_shown__no_recorded_day_is_overwritten(story, sign_in) -> None:
    buchung = story.book()
    record(story, buchung, tage=[1])
    page = sign_in("ines", at="VG").post(url(buchung), {"tage": [2], "bemerkung": ""})
    assert page.status_code == 409
    with story.at_vg():
        assert Leistungsnachweis.objects.get().tage == [1]


def test_record_hours__old_page_takes_no_hours_back(cast, vg, sign_in) -> None:
    """Ines has the hours of two days before her; her colleague corrects one of them, and then writes the total."""
    story = tell(cast, vg, entgelt="44.30", hilfeart="A30")
    buchung = story.book()
    record(story, buchung, tage=[2, 20], tagesstunden=[Decimal("2.5"), Decimal(1)])
    ines = sign_in("ines", at="VG")
    alt = {"stunden": "", "tag_2": "2,5", "tag_20": "1", "tag_21": "3", "bemerkung": ""}
    seen = gelesen(ines.get(url(buchung)).text)
    record(story, buchung, tage=[2, 20], tagesstunden=[Decimal("2.5"), Decimal("1.5")])
    page = ines.post(url(buchung), seen | alt)
    assert page.status_code == 409 and "Inzwischen geändert; hier steht jetzt: 1,50." in page.text
    assert 'name="tag_20" id="id_tag_20" value="1,50"' in " ".join(page.text.split())
    assert 'name="tag_21" id="id_tag_21" value="3"' in " ".join(page.text.split())
    record(story, buchung, tage=(), stunden=Decimal(12))
    page = ines.post(url(buchung), gelesen(page.text) | alt | {"tag_20": "1,50"})
    assert page.status_code == 409 and 'value="12,00"' in page.text
    assert 'name="tag_2" id="id_tag_2" value=""' in " ".join(page.text.split())
    with story.at_vg():
        assert Leistungsnachweis.objects.get().stunden == 12
    neu = {"stunden": "13", "tag_21": "", "bemerkung": ""}
    assert ines.post(url(buchung), gelesen(page.text) | neu).status_code == 302
    with story.at_vg():
        nachweis = Leistungsnachweis.objects.get()
    assert (nachweis.stunden, nachweis.tagesstunden) == (13, [])


def test_record_hours__of_a_day_behind_the_end_of_the_help__are_no_change_she_has_not_seen(cast, vg, sign_in) -> None:
    """The page has no field for such a day: its hours seemed to have come meanwhile, and no field was marked."""
    story = tell(cast, vg, entgelt="44.30", hilfeart="A30")
    buchung = story.book()
    record(story, buchung, tage=[2, 20], tagesstunden=[Decimal("2.5"), Decimal(1)])
    with story.at_vg():
        Buchung.objects.filter(pk=buchung.pk).update(
            zustand="BEENDET", ende_tatsaechlich=date(2017, 6, 15), beendigungsgrund="10"
        )
    ines = sign_in("ines", at="VG")
    page = ines.get(url(buchung)).text
    assert 'name="tag_15"' in page and 'name="tag_20"' not in page
    assert "Erfasst ist auch: 20.06.2017. Beim Speichern entfällt das." in page
    answer = ines.post(url(buchung), gelesen(page) | {"stunden": "", "tag_2": "3", "bemerkung": ""})
    assert answer.status_code == 302, answer.text
    assert "Erfasst ist auch" not in ines.get(url(buchung)).text
    with story.at_vg():
        assert Leistungsnachweis.objects.get().stunden == 3


def test_preview__billed_meanwhile__the_number_is_still_on_the_page(story, sign_in) -> None:
    ines = sign_in("ines", at="VG")
    rechnung = bill(story, story.book(), nummer="R-1")
    preview = f"/abrechnung/nachweise/{rechnung.leistungsnachweis_id}/rechnung/"
    other = ines.post(preview, {"nummer": "R-2"})
    assert other.status_code == 409 and "liegt bereits eine Rechnung vor" in other.text
    assert 'value="R-2"' in other.text and "Zur Rechnung R-1" in other.text and "Rechnung einreichen" not in other.text
    twice = ines.post(preview, {"nummer": "R-1"}, follow=True)
    assert twice.redirect_chain[-1][0] == f"/abrechnung/rechnungen/{rechnung.pk}/", (
        "a double click leads to the invoice"
    )


def test_record__a_month_without_booking_does_not_exist(story, sign_in) -> None:
    buchung = story.book()
    ines = sign_in("ines", at="VG")
    assert ines.get(url(buchung, "2018/1")).status_code == 404
    assert ines.get(url(buchung, "2017/13")).status_code == 404
    assert ines.get(url(buchung, f"{10**30}/1")).status_code == 404


def test_record__wrong_people(story, sign_in) -> None:
    buchung = story.book()
    assert sign_in("jan", at="VG").get(url(buchung)).status_code == 404
    assert sign_in("ines", at="HRO").get(url(buchung)).status_code == 404
    assert sign_in("anna").get(url(buchung)).status_code == 403
    assert sign_in("doris").post(url(buchung), {"tage": [1]}).status_code == 403


def test_months__due_until_billed(story, sign_in) -> None:
    buchung = story.book("2017-06-10", "2017-07-15")
    story.book("2099-01-01", "2099-06-30")
    text = sign_in("ines", at="VG").get("/abrechnung/monate/").text
    assert text.count("Tage erfassen</span>") == 2
    assert "Juni 2017" in text
    record(story, buchung, JUNI, [10])
    assert "Entwurf" in sign_in("ines", at="VG").get("/abrechnung/monate/").text
    assert sign_in("doris").get("/abrechnung/monate/").status_code == 403
