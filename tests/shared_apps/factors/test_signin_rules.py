"""The screen of the rules: the office demands, the operator also releases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.accounts.enums import AMT, ANBIETERSEITE, Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.factors.services.anmelderegeln import update_anmelderegel
from shared_apps.signin.selectors.obligation import needs_second_factor

pytestmark = pytest.mark.usefixtures("vg")
PAGE = "/anmelderegeln/"


def data(roles, **changes: str) -> dict[str, str]:
    found = {f"{r.value.lower()}-verfahren": "VORGABE" for r in roles}
    found |= {f"{r.value.lower()}-frist_tage": "0" for r in roles}
    return found | {name.replace("__", "-"): value for name, value in changes.items()}


def test_administration_demands_it_for_a_role_of_its_office(cast, sign_in, vg):
    client = sign_in("anton")
    page = client.get(PAGE).content.decode()
    assert "Wirtschaftliche Jugendhilfe" in page
    assert "FREIWILLIG" not in page
    changed = data(AMT | ANBIETERSEITE, wjh__verfahren="PFLICHT", wjh__frist_tage="14")
    assert client.post(PAGE, changed)["Location"] == PAGE
    regel = Anmelderegel.objects.get()
    assert (regel.tenant, regel.rolle, regel.frist_tage, regel.gilt_ab) == (vg, Rolle.WJH, 14, today())
    assert "checked" in client.get(PAGE).content.decode() or "selected" in client.get(PAGE).content.decode()


def test_saving_again_does_not_prolong_the_grace(cast, vg):
    anton = cast.akteur("anton")
    kw = {"akteur": anton, "tenant": vg, "rolle": Rolle.WJH, "verfahren": Verfahren.PFLICHT}
    update_anmelderegel(**kw, frist_tage=5)
    Anmelderegel.objects.update(gilt_ab=today() - timedelta(days=5))
    update_anmelderegel(**kw, frist_tage=5)
    assert needs_second_factor(cast.akteur("doris"))


def test_office_cannot_release(cast, sign_in, vg, settings):
    roles = AMT | ANBIETERSEITE
    settings.MFA_PFLICHT = ["WJH"]
    response = sign_in("anton").post(PAGE, data(roles, wjh__verfahren="FREIWILLIG"))
    assert response.status_code == 422
    assert not Anmelderegel.objects.exists()
    with pytest.raises(Verweigert):
        update_anmelderegel(
            akteur=cast.akteur("anton"), tenant=vg, rolle=Rolle.WJH, verfahren=Verfahren.FREIWILLIG, frist_tage=0
        )


def test_operator_releases_everywhere(cast, sign_in, settings):
    settings.MFA_PFLICHT = ["ASD"]
    response = sign_in("lars").post(f"{PAGE}alle/", data(Rolle, asd__verfahren="FREIWILLIG"))
    assert response.status_code == 302
    assert not needs_second_factor(cast.akteur("anna"))


def test_each_page_stands_at_its_host_only(cast, sign_in):
    assert sign_in("anton", at="PORTAL").get(PAGE).status_code == 404
    assert sign_in("anton").get(f"{PAGE}alle/").status_code == 403


def test_nobody_writes_rules_of_another_place(cast, vg, hro):
    for tenant in (hro, None):
        with pytest.raises(Verweigert):
            update_anmelderegel(
                akteur=cast.akteur("anton"), tenant=tenant, rolle=Rolle.WJH, verfahren=Verfahren.PFLICHT, frist_tage=0
            )
    with pytest.raises(Verweigert):
        update_anmelderegel(
            akteur=cast.akteur("anna"), tenant=vg, rolle=Rolle.WJH, verfahren=Verfahren.PFLICHT, frist_tage=0
        )


@pytest.mark.parametrize("frist", ["-1", "91", "x"])
def test_wrong_grace_is_said_and_stores_nothing(sign_in, frist):
    response = sign_in("anton").post(PAGE, data(AMT | ANBIETERSEITE, wjh__verfahren="PFLICHT", wjh__frist_tage=frist))
    assert response.status_code == 422
    assert not Anmelderegel.objects.exists()


def test_service_refuses_a_wrong_grace(cast, vg):
    with pytest.raises(RegelVerletzt):
        update_anmelderegel(
            akteur=cast.akteur("anton"), tenant=vg, rolle=Rolle.WJH, verfahren=Verfahren.PFLICHT, frist_tage=91
        )
