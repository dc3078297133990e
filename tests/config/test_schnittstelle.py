"""The page on which somebody reads what her own system can ask: made of the OpenAPI document, nothing left out."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.test import Client

from config.apidoc import build_beschreibung, get_beschreibung
from config.generator import EinGenerator
from config.schema import Schema
from shared_apps.accounts.umfang import Umfang

pytestmark = pytest.mark.usefixtures("vg")

PATH = "/schnittstelle/"
HOSTS = {"portal.localhost": "config.urls_portal", "vg.localhost": "config.urls_tenant"}
#: Words of English that German has not.
ENGLISH = re.compile(r"\b(the|with|when|only|what|which|is|are|and|of|by|newest|free|office)\b")


def document(host: str) -> dict:
    return EinGenerator(urlconf=HOSTS[host]).get_schema(request=None, public=True)


def shown(host: str) -> str:
    """The page as a stranger reads it, without tags and line breaks."""
    response = Client(SERVER_NAME=host).get(PATH)
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", "", response.text)).split())


@pytest.mark.parametrize("host", HOSTS)
def test_every_operation_is_there__with_scope_fields_and_answers(host):
    page, dokument = shown(host), document(host)
    operationen = [(p, m, o) for p, methods in dokument["paths"].items() for m, o in methods.items()]
    assert len(operationen) > 20
    for path, method, operation in operationen:
        assert f"{method.upper()} {path}" in page
        assert Umfang(operation["x-umfang"]).label in page, f"{path} names no scope"
        for parameter in operation.get("parameters", ()):
            assert parameter["name"] in page
    ohne = [o.pfad for b in get_beschreibung(HOSTS[host]).bereiche for o in b.operationen if not o.text]
    assert ohne == [], "say in `extend_schema(description=…)`, in German, what it does"


@pytest.mark.parametrize("host", HOSTS)
def test_all_of_it_is_german(host):
    """What the page takes from the code: the words of operations, parameters, fields, answers."""
    beschreibung = get_beschreibung(HOSTS[host])
    texte = [o.text for b in beschreibung.bereiche for o in b.operationen]
    texte += [f.text for b in beschreibung.bereiche for o in b.operationen for f in (*o.parameter, *o.felder)]
    texte += [f.text for o in beschreibung.objekte for f in o.felder]
    texte += [a.text for b in beschreibung.bereiche for o in b.operationen for a in o.antworten]
    assert [text for text in texte if ENGLISH.search(text)] == []
    assert [b.titel for b in beschreibung.bereiche if b.titel == b.anker.removeprefix("bereich-").capitalize()
            and b.titel not in {"Suchen", "Reservierungen", "Rechnungen", "Kennzahlen"}] == []  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_every_link_of_the_page_leads_somewhere(host):
    page = Client(SERVER_NAME=host).get(PATH).text
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert "<script>" not in page and "style=" not in page.replace("stylesheet", "")


def test_what_a_field_says__is_what_the_document_says():
    dokument = {
        "paths": {"/x/": {"post": {"operationId": "x", "tags": ["t"], "description": "Tut `etwas`.",
            "x-umfang": "pflegen",
            "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}, "description": "fremd"}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"},
                "examples": {"A": {"value": {"n": 1}, "summary": "eins"}}}}},
            "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}}},
                          "409": {"description": ""}}}}},
        "components": {"schemas": {
            "FehlerAusgabe": {"properties": {"detail": {"type": "string"}}},
            "In": {"required": ["n"], "properties": {
                "n": {"type": ["integer", "null"], "minimum": 1, "maximum": 9, "description": "Zahl\n\n* `1` - eins"},
                "t": {"type": "string", "maxLength": 5, "default": "a"}}},
            "Out": {"required": ["m"], "properties": {
                "m": {"type": "array", "items": {"$ref": "#/components/schemas/Mehr"}, "readOnly": True}}},
            "Mehr": {"type": "object", "properties": {"d": {"type": "string", "format": "date", "readOnly": True}}},
        }},
    }  # fmt: skip
    beschreibung = build_beschreibung(dokument)
    operation = beschreibung.bereiche[0].operationen[0]
    assert (operation.methode, operation.text, operation.umfang) == ("POST", "Tut etwas.", Umfang.PFLEGEN)
    assert operation.parameter == () and operation.blaettert and not operation.schreibt, "pages are explained once"
    n, t = operation.felder
    assert (n.art, n.pflicht, n.grenzen, n.text) == ("ganze Zahl, auch null", True, "1 bis 9", "Zahl")
    assert n.werte == (("1", "eins"),)
    assert (t.art, t.pflicht, t.grenzen) == ("Text", False, 'höchstens 5 Zeichen, ohne Angabe "a"')
    assert [(a.status, a.objekt) for a in operation.antworten] == [("201", "Out"), ("409", "")]
    assert "schneller" in operation.antworten[1].text
    assert [o.name for o in beschreibung.objekte] == ["Out", "Mehr"]
    assert beschreibung.objekte[0].felder[0].art == "Liste: Objekt"
    assert not beschreibung.objekte[0].felder[0].pflicht, "what comes out is no duty"
    assert operation.anfragen[0].titel == "eins" and '"n": 1' in operation.anfragen[0].text


def test_it_is_found_from_the_footer_and_offers_the_document(sign_in):
    page = sign_in("ines", at="PORTAL").get(PATH).text
    assert page.count('href="/schnittstelle/"') == 1, "in the footer"
    for form in ('href="/api/v1/schema/"', 'href="/api/v1/schema/?format=json"'):
        assert form in page
    answer = Client(SERVER_NAME="portal.localhost").get("/api/v1/schema/?format=json")
    assert answer.status_code == 200 and answer.json()["openapi"].startswith("3.1")


def test_many_ask_at_once__each_gets_the_same_document():
    """The library's generator writes into the views' classes; threads spoiled each other's documents: 500 for some."""
    assert Schema.generator_class is EinGenerator
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(5) as pool:
            made = [pool.submit(document, "portal.localhost") for _ in range(10)]
            assert all(one.result() == document("portal.localhost") for one in made)
    finally:
        sys.setswitchinterval(before)
