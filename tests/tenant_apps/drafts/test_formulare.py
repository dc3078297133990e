"""A draft names the form it belongs to, in words that are the same for everybody: no title, which may name a person."""

from __future__ import annotations

import pytest

from config.access_table import Row, list_rows
from tenant_apps.drafts.rules import FORMULARE, UNBEKANNT
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_einrichtung
from tests.tenant_apps.drafts.test_keep_on_portal import TEXT, begin

pytestmark = pytest.mark.django_db


def _is_kept(row: Row) -> bool:
    view = row.route.view
    return not (getattr(view, "runs_without_fence", False) or getattr(view, "has_secret_address", False))


def test_every_form_that_is_kept_has_a_name_and_no_other() -> None:
    forms = {row.route.name for row in list_rows() if row.method == "POST" and not row.route.is_api and _is_kept(row)}
    assert forms - set(FORMULARE) == set(), "a new form: say in FORMULARE what it is called"
    assert set(FORMULARE) - forms == set(), "gone: take it out"


def test_office__each_draft_is_told_apart(sign_in, vg, cast) -> None:
    anna = cast.user("anna")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.pk, fallnummer="KENN-77")
    client = sign_in("anna")
    for weg in ("notiz", "bearbeiten"):
        ziel = f"/hilfefaelle/{fall.pk}/{weg}/"
        data = {"text": TEXT, "_pfad": ziel, "_seite": ziel}
        assert client.post("/entwuerfe/", data).json() == {"gesichert": True}
    for seite in (client.get("/entwuerfe/").text, client.get("/").text):
        assert "Notiz zum Fall" in seite and "Fall bearbeiten" in seite
        assert "KENN-77" not in seite and "Peenestrom" not in seite


def test_portal__the_same(cast, sign_in, settings) -> None:
    cast.user("ines")
    pfad = f"/anbieter/eigene/einrichtungen/{create_einrichtung(anbieter='Jugendhilfe Küste gGmbH').pk}/"
    client = begin(sign_in, settings)
    client.post(pfad, {"beschreibung": TEXT})
    ines = sign_in("ines", at="PORTAL")
    assert "Angaben zur Einrichtung" in ines.get("/entwuerfe/").text
    assert "Verwerfen: Angaben zur Einrichtung, Eingaben von" in ines.get("/", follow=True).text


def test_form_that_is_gone__is_one_all_the_same(sign_in) -> None:
    client = sign_in("anna")
    client.post("/entwuerfe/", {"text": TEXT, "_pfad": "/hilfefaelle/", "_seite": "/hilfefaelle/"})
    assert f">{UNBEKANNT}<" in client.get("/entwuerfe/").text
