"""The screen of the rules: the office demands, the operator also releases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.accounts.enums import AMT, ANBIETERSEITE, Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.factors.services.anmelderegeln import update_anmelderegel
from shared_apps.signin.selectors.obligation import needs_second_factor
from tests.formulare import gelesen

pytestmark = pytest.mark.usefixtures("vg")
PAGE = "/anmelderegeln/"


#: No rule yet: the roles are as they are given.
LEER = Gelesen.of({"verfahren": Verfahren.VORGABE, "frist_tage": 0})


def data(page: str, roles, **changes: str) -> dict[str, str]:
    """What a browser sends when nothing was set before, and these fields were changed."""
    found = {f"{r.value.lower()}-verfahren": "VORGABE" for r in roles}
    found |= {f"{r.value.lower()}-frist_tage": "0" for r in roles}
    for role in roles:
        found |= gelesen(page, prefix=role.value.lower())
    return found | {name.replace("__", "-"): value for name, value in changes.items()}


def test_administration_demands_it_for_a_role_of_its_office(cast, sign_in, vg):
    client = sign_in("anton")
    page = client.get(PAGE).text
    assert "Wirtschaftliche Jugendhilfe" in page
    assert "FREIWILLIG" not in page
    changed = data(page, AMT | ANBIETERSEITE, wjh__verfahren="PFLICHT", wjh__frist_tage="14")
    assert client.post(PAGE, changed)["Location"] == PAGE
    regel = Anmelderegel.objects.get()
    assert (regel.tenant, regel.rolle, regel.frist_tage, regel.gilt_ab) == (vg, Rolle.WJH, 14, today())
    assert "checked" in client.get(PAGE).content.decode() or "selected" in client.get(PAGE).content.decode()


def test_saving_again_does_not_prolong_the_grace(cast, vg):
    anton = cast.akteur("anton")
    kw = {"akteur": anton, "tenant": vg, "rolle": Rolle.WJH, "verfahren": Verfahren.PFLICHT}
    update_anmelderegel(**kw, frist_tage=5, gelesen=LEER)
    Anmelderegel.objects.update(gilt_ab=today() - timedelta(days=5))
    update_anmelderegel(**kw, frist_tage=5, gelesen=LEER)
    assert needs_second_factor(cast.akteur("doris"))


def test_office_cannot_release(cast, sign_in, vg, settings):
    roles = AMT | ANBIETERSEITE
    settings.MFA_PFLICHT = ["WJH"]
    anton = sign_in("anton")
    response = anton.post(PAGE, data(anton.get(PAGE).text, roles, wjh__verfahren="FREIWILLIG"))
    assert response.status_code == 422
    assert not Anmelderegel.objects.exists()
    with pytest.raises(Verweigert):
        update_anmelderegel(
            akteur=cast.akteur("anton"),
            tenant=vg,
            rolle=Rolle.WJH,
            verfahren=Verfahren.FREIWILLIG,
            frist_tage=0,
            gelesen=LEER,
        )


def test_operator_releases_everywhere(cast, sign_in, settings):
    settings.MFA_PFLICHT = ["ASD"]
    lars = sign_in("lars")
    page = lars.get(f"{PAGE}alle/").text
    response = lars.post(f"{PAGE}alle/", data(page, Rolle, asd__verfahren="FREIWILLIG"))
    assert response.status_code == 302
    assert not needs_second_factor(cast.akteur("anna"))


def test_each_page_stands_at_its_host_only(cast, sign_in):
    assert sign_in("anton", at="PORTAL").get(PAGE).status_code == 404
    assert sign_in("anton").get(f"{PAGE}alle/").status_code == 403


def test_nobody_writes_rules_of_another_place(cast, vg, hro):
    for tenant in (hro, None):
        with pytest.raises(Verweigert):
            update_anmelderegel(
                akteur=cast.akteur("anton"),
                tenant=tenant,
                rolle=Rolle.WJH,
                verfahren=Verfahren.PFLICHT,
                frist_tage=0,
                gelesen=LEER,
            )
    with pytest.raises(Verweigert):
        update_anmelderegel(
            akteur=cast.akteur("anna"),
            tenant=vg,
            rolle=Rolle.WJH,
            verfahren=Verfahren.PFLICHT,
            frist_tage=0,
            gelesen=LEER,
        )


@pytest.mark.parametrize("frist", ["-1", "91", "x"])
def test_wrong_grace_is_said_and_stores_nothing(sign_in, frist):
    anton = sign_in("anton")
    page = anton.get(PAGE).text
    response = anton.post(PAGE, data(page, AMT | ANBIETERSEITE, wjh__verfahren="PFLICHT", wjh__frist_tage=frist))
    assert response.status_code == 422
    assert "Frist in Tagen: Wirtschaftliche Jugendhilfe: Bitte" in response.text, "at the top, with its row"
    assert not Anmelderegel.objects.exists()


def test_service_refuses_a_wrong_grace(cast, vg):
    with pytest.raises(RegelVerletzt):
        update_anmelderegel(
            akteur=cast.akteur("anton"),
            tenant=vg,
            rolle=Rolle.WJH,
            verfahren=Verfahren.PFLICHT,
            frist_tage=91,
            gelesen=LEER,
        )


def test_old_page_takes_no_rule_back_that_somebody_else_has_set(sign_in):
    """Anton opens the page, a colleague makes the factor obligatory for WJH, Anton saves what he wants for ASD."""
    anton = sign_in("anton")
    alt = data(anton.get(PAGE).text, AMT | ANBIETERSEITE, asd__verfahren="PFLICHT", asd__frist_tage="7")
    colleague = data(anton.get(PAGE).text, AMT | ANBIETERSEITE, wjh__verfahren="PFLICHT", wjh__frist_tage="14")
    assert anton.post(PAGE, colleague).status_code == 302
    page = anton.post(PAGE, alt)
    assert page.status_code == 409 and page.text.count("Seit Sie diese Seite geöffnet haben") == 1
    assert "Zweiter Faktor: Wirtschaftliche Jugendhilfe: Inzwischen geändert" in page.text, "at the top, with its row"
    assert "Inzwischen geändert; hier steht jetzt: Pflicht." in page.text
    regel = Anmelderegel.objects.get()
    assert (regel.rolle, regel.verfahren, regel.frist_tage) == (Rolle.WJH, "PFLICHT", 14), "all or nothing"
    again = {name: value for name, value in data(page.text, AMT | ANBIETERSEITE).items() if name.endswith("-gelesen")}
    wjh = {"wjh-verfahren": "PFLICHT", "wjh-frist_tage": "14"}
    assert anton.post(PAGE, alt | again | wjh).status_code == 302
    assert dict(Anmelderegel.objects.values_list("rolle", "frist_tage")) == {"WJH": 14, "ASD": 7}


def test_old_page__both_have_changed_the_same_role__hers_stays_typed_and_is_saved_only_knowingly(sign_in):
    anton = sign_in("anton")
    alt = data(anton.get(PAGE).text, AMT | ANBIETERSEITE, wjh__verfahren="PFLICHT", wjh__frist_tage="3")
    anton.post(PAGE, alt | {"wjh-frist_tage": "14"})
    page = anton.post(PAGE, alt)
    assert page.status_code == 409 and "Inzwischen geändert auf: 14. Ihre Eingabe ist eine andere." in page.text
    assert Anmelderegel.objects.get().frist_tage == 14
    assert anton.post(PAGE, alt | gelesen(page.text, prefix="wjh")).status_code == 302
    assert Anmelderegel.objects.get().frist_tage == 3
