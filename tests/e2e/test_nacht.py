"""A child tonight, on a phone and without JavaScript: four taps and one number from the start page to a held place."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Error

from shared_apps.core.clock import now
from shared_apps.providers.models import Kontakt
from shared_apps.regions.models import Gebietskoerperschaft
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import create_angebot, create_einrichtung


def _build_market() -> None:
    sitz = Gebietskoerperschaft.objects.get(kuerzel="VG")
    for nummer, (name, art, tage, felder) in enumerate(
        (
            ("Kinderschutzhaus Hafenstraße", "S42", 0, {"alter_von": 3}),
            ("Haus Mühlentor", "S42", 20, {}),
            ("Kinderhaus Seestraße", "S34", 1, {"spezialisierungen": ("krisenaufnahme",)}),
            ("Haus am Deich", "S34", 0, {"alter_von": 12}),
            ("Wohngruppe Hansering", "S34", 2, {}),
            ("Kinderhaus Peene", "S42", 0, {}),
        )
    ):
        haus = create_einrichtung(
            name=name, ort="Greifswald", strasse=f"Hafenstraße {nummer + 1}", plz="17489", breite=sitz.breite,
            laenge=sitz.laenge + Decimal(nummer) / 10,
        )  # fmt: skip
        Kontakt.objects.create(
            einrichtung=haus, funktion="BEREITSCHAFT", telefon=f"0000 39200 1{nummer}", ist_notruf=True
        )
        create_angebot(
            einrichtung=haus, hilfeart=art, plaetze=2, vakanz_bestaetigt_at=now() - timedelta(days=tage), **felder
        )


@pytest.mark.parametrize(("size", "script", "dark"), [(PHONE, False, True), (DESK, True, False)],
                         ids=["390 dark without script", "1280"])  # fmt: skip
def test_a_child_tonight(world, visit, size, script, dark, settings):
    settings.FIXED_TODAY = ""
    world.cast.user("anna")
    _build_market()
    anna = visit("vg", size=size, script=script, dark=dark)
    anna.sign_in("anna")
    taps = []

    def tap(what: str, target) -> None:
        taps.append(what)
        target.click()

    anna.picture(f"nacht-{size[0]}-{'dunkel' if dark else 'hell'}-0-heim")
    tap("Heute Nacht", anna.page.get_by_role("link", name=re.compile("^Heute Nacht")).first)
    anna.at("Heute Nacht")
    anna.picture(f"nacht-{size[0]}-{'dunkel' if dark else 'hell'}-1-start")
    anna.sees("0000 39200 10")
    if size == PHONE:
        hoehe = anna.page.evaluate(
            "document.querySelector('.nacht-telefone li:last-child').getBoundingClientRect().bottom"
        )
        assert hoehe <= PHONE[1], f"the start fits the phone: {hoehe}"
    anna.page.get_by_label("Alter in Jahren").fill("9")
    tap("Junge", anna.page.get_by_role("radio", name="Junge"))
    if not script:
        _asks_where_she_is(anna)
    tap("Freie Plätze zeigen", anna.page.get_by_role("button", name="Freie Plätze zeigen"))
    anna.at(re.compile("Angebote heute Nacht"))
    anna.picture(f"nacht-{size[0]}-{'dunkel' if dark else 'hell'}-2-liste")
    tap("Reservieren", anna.page.get_by_role("button", name="Reservieren").first)
    anna.at("Kinderschutzhaus Hafenstraße")
    anna.sees(re.compile("Gehalten bis"))
    print(f"\ntaps from the start page to held: {len(taps)} and one number: {', '.join(taps)}")
    assert len(taps) <= 4
    assert "9" not in re.sub(r"[0-9a-f-]{36}", "", anna.page.url.partition("localhost")[2].partition("/")[2])
    small = anna.page.evaluate(
        "[...document.querySelectorAll('main .kern-btn, main .nacht-haken')]"
        ".filter(b => b.getBoundingClientRect().height < 48).map(b => b.textContent.trim())"
    )
    assert not small
    anna.page.get_by_role("checkbox").first.click()
    anna.sees(re.compile("Anna Ahlers"))
    anna.press("Haus hat zugesagt")
    anna.at("Kinderschutzhaus Hafenstraße")
    anna.picture(f"nacht-{size[0]}-{'dunkel' if dark else 'hell'}-3-gehalten")
    if size == PHONE:
        _go_back_and_send_again(anna)
    anna.open("/heute-nacht/nachzutragen/")
    anna.at("Angaben nachtragen")
    anna.picture(f"nacht-{size[0]}-{'dunkel' if dark else 'hell'}-4-nachzutragen")


def _asks_where_she_is(anna) -> None:
    """Below the answers she types a postcode that nobody knows: what she has answered is still there."""
    anna.expected_statuses.add(422)
    anna.page.locator("summary", has_text="Weg ab").click()
    anna.page.get_by_label("Postleitzahl, an der Sie gerade sind").fill("99999")
    anna.press("Weg ab hier rechnen")
    anna.sees(re.compile("kein Ort hinterlegt"))
    assert anna.page.get_by_label("Alter in Jahren").input_value() == "9"
    assert anna.page.get_by_role("radio", name="Junge").is_checked()
    anna.page.get_by_label("Postleitzahl, an der Sie gerade sind").fill("")


def _go_back_and_send_again(anna) -> None:
    """A second child, and back from her place: Chromium asks whether to send the answers again, and she says yes."""
    first = anna.page.url
    anna.open("/heute-nacht/")
    anna.page.get_by_label("Alter in Jahren").fill("8")
    anna.page.get_by_role("radio", name="Junge").click()
    anna.press("Freie Plätze zeigen")
    anna.page.get_by_role("button", name="Reservieren").first.click()
    anna.at("Kinderschutzhaus Hafenstraße")
    second = anna.page.url
    with suppress(Error):
        anna.page.go_back()
    for _ in range(20):  # until the browser's question is there
        anna.page.wait_for_timeout(100)
        with suppress(Error):
            anna.page.reload()
            break
    anna.troubles = [trouble for trouble in anna.troubles if "ERR_CACHE_MISS" not in trouble]  # that was the question
    anna.at("Kinderschutzhaus Hafenstraße")
    assert anna.page.url == second != first, "no third child"
    anna.sees(re.compile("halten Sie schon diesen Platz"))
