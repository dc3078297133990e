"""An Auskunft holds every field, or says why not; it leaves its entry; nobody else gets it."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings

from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import KlientGeschlecht
from tenant_apps.privacy.felder import ABSCHNITTE, NICHT_IN_DER_AUSKUNFT
from tenant_apps.privacy.models import Auskunft
from tenant_apps.privacy.services import correct_klient
from tenants.context import in_tenant
from tenants.tables.data_class import DataClass
from tests.factories.cases import create_klient

pytestmark = pytest.mark.django_db
PERSONAL = [
    m
    for m in apps.get_models()
    if m._meta.app_config.name in settings.TENANT_APPS
    and m._meta.app_config.name != "guardian"
    and getattr(m, "data_class", None) in {DataClass.SOZIALDATUM, DataClass.PERSONAL}
]
DECLARED = {a.modell: a for a in ABSCHNITTE}


@pytest.mark.parametrize("model", PERSONAL, ids=lambda m: m._meta.label)
def test_felder__every_table_and_column_is_given_or_withheld_with_a_reason(model):
    label = model._meta.label
    if label in NICHT_IN_DER_AUSKUNFT:
        assert NICHT_IN_DER_AUSKUNFT[label] and label not in DECLARED
        return
    assert label in DECLARED, f"{label}: add an Abschnitt to tenant_apps/privacy/felder.py or a reason not to"
    abschnitt = DECLARED[label]
    columns = {f.name for f in model._meta.concrete_fields}
    named = set(abschnitt.felder) | set(abschnitt.vorenthalten)
    assert columns - named == set(), (
        f"{label}: name it in `felder` of its Abschnitt in tenant_apps/privacy/felder.py, or in `vorenthalten` with why"
    )
    assert named - columns == set(), "no such column"
    assert not set(abschnitt.felder) & set(abschnitt.vorenthalten)
    assert all(abschnitt.vorenthalten.values()) and abschnitt.zweck and abschnitt.empfaenger


def test_felder__no_table_is_named_that_is_gone():
    known = {m._meta.label for m in PERSONAL}
    assert {*DECLARED, *NICHT_IN_DER_AUSKUNFT} - known == set()


def _url(gefaerbt, art: str) -> str:
    return f"/datenschutzrechte/personen/{gefaerbt.klient.pk}/auskunft/{art}/"


def test_auskunft__json_holds_every_dye_and_who_looked_by_function(gefaerbt, sign_in, vg, cast):
    sign_in("anna").get(f"/datenschutzrechte/personen/{gefaerbt.klient.pk}/")
    with in_tenant(vg):
        create_klient(vorname="Andererfarbe", nachname="Fremdfarbe")
    response = sign_in("dora").post(_url(gefaerbt, "json"))
    assert response.status_code == 200 and response["Content-Type"] == "application/json"
    assert (
        "no-store" in response["Cache-Control"] and gefaerbt.farben["nachname"] not in response["Content-Disposition"]
    )
    text = response.content.decode()
    assert {name for name, farbe in gefaerbt.farben.items() if farbe not in text} == set()
    assert "14.03.2007" in text and "14.03.2107" in text
    assert "Andererfarbe" not in text and "Fremdfarbe" not in text
    daten = json.loads(text)
    assert "Sozialpädagogischer Dienst (ASD)" in {z["funktion"] for z in daten["zugriffe"]}
    for name in ("Ahlers", "Anna", "Dietz", str(cast.user("anna").pk)):
        assert name not in text, "people of the office are named by function"
    assert any("65 SGB VIII" in n["grund"] or "Beschäftigten" in n["grund"] for n in daten["nicht_enthalten"])


#: A name of a column or code, an id, a time as machines write it, a structure as Python or JSON writes it.
_TECHNISCH = re.compile(
    r"\b[a-zäöü]+_[a-z_äöü]+\b|[0-9a-f]{8}-[0-9a-f]{4}|\b\d{4}-\d{2}-\d{2}\b|\d{2}T\d{2}:|[{}\[\]]|\b(None|True|False)\b"
)


def test_auskunft__says_every_value_in_words(gefaerbt, sign_in, vg, cast):
    """The letter is for the person: no key of JSON, no code, no id, but what the screens say."""
    dora, akteur = sign_in("dora"), cast.akteur("dora")
    with in_tenant(vg, user_id=akteur.user_id):
        for feld, wert in (("geburtsdatum", "2008-03-14"), ("geschlecht", "1")):
            correct_klient(akteur=akteur, klient=gefaerbt.klient, feld=feld, wert=wert, grund="verschrieben")
    daten = json.loads(dora.post(_url(gefaerbt, "json")).content)
    zeilen = {teil["titel"]: teil["zeilen"] for teil in daten["abschnitte"]}
    assert {a.titel for a in ABSCHNITTE} - set(zeilen) == {"Notizen zum Fall", "Frühere Auskünfte"}
    texte = [text for teil in zeilen.values() for zeile in teil for paar in zeile.items() for text in paar]
    texte += [zugriff[name] for zugriff in daten["zugriffe"] for name in ("funktion", "aktion", "vorgang")]
    texte += [text for fehlt in daten["nicht_enthalten"] for text in fehlt.values()]
    assert [text for text in texte if _TECHNISCH.search(text)] == []
    (suche_im_brief,), (vermerk,) = zeilen["Suchen nach einer Hilfe"], zeilen["Vermerke über die Auswahl"]
    assert (suche_im_brief["Geschlecht"], suche_im_brief["Spezialisierungen"]) == (
        "weiblich", "Mutter/Vater und Kind, Traumapädagogik",
    )  # fmt: skip
    assert "Geschlecht: weiblich; Alter: 9 Jahre; Spezialisierungen: Mutter/Vater" in vermerk["Kriterien"]
    assert "Reihenfolge auf dem Bildschirm: Kosten, absteigend" in vermerk["Kriterien"]
    frueher = {v["Angabe"]: v["bisherige Angabe"] for v in zeilen["Bestrittene und berichtigte Angaben"]}
    assert frueher["Geburtsdatum"] == "14.03.2007" and frueher["Geschlecht"] in dict(KlientGeschlecht.choices).values()


def test_auskunft__pdf_is_tagged_and_each_output_is_recorded(gefaerbt, sign_in, vg):
    dora = sign_in("dora")
    response = dora.post(_url(gefaerbt, "pdf"))
    assert response.status_code == 200 and response.content.startswith(b"%PDF-")
    assert b"pdfuaid" in response.content and b"StructTreeRoot" in response.content
    dora.post(_url(gefaerbt, "json"))
    with in_tenant(vg, user_id=_dora(sign_in)):
        ausgaben = Protokoll.objects.filter(vorgang="auskunft.ausgeben")
        assert [p.aktion for p in ausgaben] == ["AUSGEBEN", "AUSGEBEN"]
        assert {p.personen[0] for p in ausgaben} == {gefaerbt.klient.pk}
        assert sorted(Auskunft.objects.values_list("art", flat=True)) == ["JSON", "PDF"]
        assert all(len(a.pruefsumme) == 64 for a in Auskunft.objects.all())


def _dora(sign_in):
    from shared_apps.accounts.models import User

    return User.objects.get(username="dora").pk


def test_auskunft__not_for_others_not_by_link_not_in_another_office(gefaerbt, sign_in, hro):
    url = _url(gefaerbt, "json")
    for name in ("anna", "clara", "doris", "emil", "anton", "frieda"):
        assert sign_in(name).post(url).status_code == 403, name
    assert sign_in("dora").get(url).status_code == 405
    assert sign_in("dora").post(_url(gefaerbt, "exe")).status_code == 404
    foreign = f"/datenschutzrechte/personen/{hro.pk:032x}/auskunft/json/"
    assert sign_in("dora").post(foreign).status_code == 404


def test_auskunft__refused_with_a_documented_reason(gefaerbt, sign_in, vg):
    dora, url = sign_in("dora"), f"/datenschutzrechte/personen/{gefaerbt.klient.pk}/auskunft-versagen/"
    assert dora.post(url, {"grund": "DRITTE"}).status_code == 422
    response = dora.post(url, {"grund": "DRITTE", "begruendung": "Mitschrift einer Dritten"}, follow=True)
    assert "Rechte Dritter" in response.text and "Mitschrift einer Dritten" in response.text
    with in_tenant(vg):
        assert Auskunft.objects.get().begruendung == "Mitschrift einer Dritten"


def test_home__finds_by_whole_name_with_post(gefaerbt, sign_in):
    dora = sign_in("dora")
    assert gefaerbt.farben["pkz"] not in dora.get("/datenschutzrechte/?q=XenAvorfarbe").text
    assert gefaerbt.farben["vorname"] in dora.post("/datenschutzrechte/", {"q": "xenavorfarbe"}).text
    assert "Niemand gefunden" in dora.post("/datenschutzrechte/", {"q": "XenA"}).text
    assert sign_in("anna").get("/datenschutzrechte/").status_code == 403


def test_aufbewahrung__shows_classes_with_sources(sign_in):
    text = sign_in("dora").get("/datenschutzrechte/aufbewahrung/").text
    assert "§ 9b SGB VIII" in text and "§ 9c AdVermiG" in text and "Bayerischen Landesjugendamtes" in text
    assert "70 Jahre nach Vollendung des 30. Lebensjahres" in text and date(2025, 7, 1).strftime("%d.%m.%Y") in text
