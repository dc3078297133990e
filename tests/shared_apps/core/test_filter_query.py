"""The address of a list holds what its filter knows, never what somebody typed into it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django import forms

from shared_apps.core.filter_query import build_filter_query
from shared_apps.core.liste import LISTEN
from tenant_apps.audit.models import Protokoll
from tenant_apps.billing.selectors import rechnungen
from tests.architecture.tree import ROOT
from tests.bench.lists import IHR_HAUS, SMALL, SUCHE, WORLDS, World, build_house, build_suche
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import tell
from tests.trail import approve_reading, reading


class FilterForm(forms.Form):
    q = forms.CharField(required=False)
    zustand = forms.ChoiceField(choices=[("", "alle"), ("LAUFEND", "läuft")], required=False)
    von = forms.DateField(required=False)


#: Every list there is on a page, by name, and two pages with a filter that are no list.
SEITEN = {
    **{name: world for name, world in WORLDS.items() if not world.api},
    **{name: small.world for name, small in SMALL.items() if not small.world.api},
    "budgets": World("frieda", "/controlling/"),
    "providers:list office": World("anna", "/anbieter/"),
}
#: Nothing narrows these: they have no form and no link with a filter.
OHNE_FILTER = {
    "audit:home", "audit:own", "aufnahme:unadministered", "billing:months", "cases:of_the_night", "cases:orphaned",
    "journal:list", "journal:support", "members:zugaenge", "operations:list", "placements:nacht_eigene",
    "placements:nacht_pflichten", "placements:nachzutragen", "placements:nicht_passend", "vorgaben:detail",
}  # fmt: skip
NICHT_BEACHTET = "das diese Seite nicht kennt und nicht beachtet: "


@pytest.mark.parametrize("name", SEITEN)
def test_list_says_what_of_the_address_it_does_not_obey(vg, cast, sign_in, name) -> None:
    """A list that looks narrowed and is not misleads."""
    welt = SEITEN[name]
    if welt.who == "ines" and (welt.url.endswith("/verlauf/") or str(IHR_HAUS) in welt.url):
        build_house()
    if str(SUCHE) in welt.url:
        build_suche(cast)
    client = sign_in(welt.who, at=welt.at)
    if welt.url.startswith("/protokoll/lesen/"):
        approve_reading(vg, cast.user(welt.who).pk)
    fremd = client.get(welt.url, {"nachname": "Petersen"}, follow=True)
    assert fremd.status_code == 200
    says = f"{NICHT_BEACHTET}„nachname“." in fremd.text
    assert says == (name not in OHNE_FILTER), "call warn_ignored(request, form, …) in its view; no filter: OHNE_FILTER"
    assert NICHT_BEACHTET not in client.get(welt.url, {"seite": "1"}).text


TAG = re.compile(r"<[a-z][^>]*>")
#: What a link or a form of a page leads to, or sends with it.
ZIEL = re.compile(r'(?:href|action|value|hx-[a-z]+)="([^"]*)"')
#: Fields of a page into which anything may be typed and which are in its address: no word there is wrong.
FREITEXT = {
    "billing:list": {"anbieter"},
    "audit:read": {"objekt", "wer"},
    "audit:read changes": {"objekt", "wer"},
    "providers:list": {"suche"},
    "providers:unconfirmed": {"suche"},
    "providers:list office": {"suche"},
    "members:list": {"suche"},
    "members:zulassungen": {"suche"},
}
WORT = "xpetersenx"


def list_ziele(text: str) -> Iterator[str]:
    """All of them but what somebody reads again in the field that she has typed it into."""
    for tag in TAG.findall(text):
        if not tag.startswith("<input") or 'type="hidden"' in tag:
            yield from map(unescape, ZIEL.findall(tag))


@pytest.mark.parametrize("name", SEITEN)
def test_links_of_a_list_carry_on_what_it_knows_and_nothing_else(vg, cast, sign_in, name) -> None:
    """A name that somebody typed into the address gets neither into the links of the page nor into the trail."""
    welt = SEITEN[name]
    if welt.who == "ines" and (welt.url.endswith("/verlauf/") or str(IHR_HAUS) in welt.url):
        build_house()
    if str(SUCHE) in welt.url:
        build_suche(cast)
    client = sign_in(welt.who, at=welt.at)
    if welt.url.startswith("/protokoll/lesen/"):
        approve_reading(vg, cast.user(welt.who).pk)
    form = client.get(welt.url, follow=True).context.get("form")
    felder = set(form.fields) - FREITEXT.get(name, set()) if form else set()
    namen = {"sort", "stand", *felder}
    for gefragt in (
        {WORT: "1"} | dict.fromkeys(namen, WORT),
        {name: [WORT, ""] for name in namen},  # the last one counts: the others are not carried on beside it
        dict.fromkeys(("seite", "nach", "format", "entwurf"), WORT),
    ):
        page = client.get(welt.url, gefragt, follow=True)
        # The dialog about the session leads back to this very page.
        back = page.wsgi_request.get_full_path()
        links = {link for link in list_ziele(page.text) if WORT in link} - {back, f"/anmelden/?next={quote(back)}"}
        assert links == set(), "links of a page begin with kept_query(request)"
    with reading(vg):
        assert not [f for felder in Protokoll.objects.values_list("felder", flat=True) for f in felder if "xpet" in f]


def read_query(link: str) -> dict[str, str]:
    return {key: wert for key, (wert,) in parse_qs(urlsplit(unescape(link)).query).items()}


def test_links_of_a_list_keep_filter_and_order(cast, vg, sign_in, monkeypatch) -> None:
    """The next page has them all, a chip takes its own filter away and no other, and begins again at the first page."""
    monkeypatch.delitem(LISTEN, "billing:list")
    monkeypatch.setattr(rechnungen, "RECHNUNGEN", replace(rechnungen.RECHNUNGEN, je_seite=1))
    story = tell(cast, vg)
    buchung = story.book()
    for month in (6, 7, 8):
        bill(story, buchung, date(2017, month, 1), range(1, 31), nummer=f"F-{month}")
    gefragt = {"zustand": "EINGEREICHT", "anbieter": "küste", "sort": "-nummer"}
    text = sign_in("doris").get("/abrechnung/", gefragt | {"seite": "2", WORT: "1"}).text
    assert "F-7" in text
    weiter = re.search(r'href="([^"]+)" rel="next"', text)
    assert weiter and read_query(weiter[1]) == gefragt | {"seite": "3"}
    chips = {label: read_query(link) for link, label in re.findall(
        r'class="sojus-chip" href="([^"]+)"\s+aria-label="Filter (\w+):', text
    )}  # fmt: skip
    assert chips == {
        "Stand": {"anbieter": "küste", "sort": "-nummer"}, "Anbieter": {"zustand": "EINGEREICHT", "sort": "-nummer"},
    }  # fmt: skip


@pytest.mark.parametrize("feld", ["hilfeart", "spezialisierung", "monat", "modus"])
def test_comparison__wrong_value__its_links_show_the_same_table(vg, sign_in, feld) -> None:
    """It shows the table without any filter, so the others are in none of its links, either."""
    andere = {"monat": "2026-01"} if feld != "monat" else {"modus": "je-1000-u21"}
    text = sign_in("frieda").get("/kennzahlen/fallzahlen/", andere | {feld: WORT}).text
    csv = [link for link in list_ziele(text) if "/csv/" in link]
    assert csv and not any(read_query(link) for link in csv)


def test_only_one_place_copies_the_query_of_an_address() -> None:
    """Whoever builds a link of it takes `kept_query` or `build_url_without`; a filter's own input may add what
    it keeps apart."""
    copies = re.compile(r"\.GET\.(?:copy|urlencode|dict)\(|request\.GET\.[a-z]+ ?%}|\{\{ request\.GET")
    found = [
        path.relative_to(ROOT).as_posix()
        for root in ("shared_apps", "tenant_apps", "config", "tenants")
        for path in sorted((ROOT / root).rglob("*"))
        if path.suffix in {".py", ".html"} and copies.search(path.read_text())
    ]
    assert found == [
        "shared_apps/core/filter_query.py",
        "tenant_apps/cases/views/liste.py",
        "tenant_apps/foster/views.py",
        "tenant_apps/placements/faelle/views/liste.py",
    ]


@pytest.mark.parametrize(
    ("wer", "ort", "adresse", "label"),
    [
        ("anna", "VG", "/faelle/?sort=quatsch", "Reihenfolge"),
        ("anna", "VG", "/hilfefaelle/?q=Petersen", "Fallnummer"),
        ("anna", "VG", "/anbieter/?kreis=QQ", "Kreis oder kreisfreie Stadt"),
        ("anton", "VG", "/verwaltung/mitglieder/?rolle=KAISER", "Rolle"),
        ("frieda", "VG", "/controlling/?jahr=1871", "jahr"),
        ("ines", "PORTAL", "/eingang/?art=QUATSCH", "Art"),
    ],
)
def test_wrong_value_is_named_by_its_field(vg, sign_in, wer, ort, adresse, label) -> None:
    text = sign_in(wer, at=ort).get(adresse).text
    assert NICHT_BEACHTET in text and label in text.partition(NICHT_BEACHTET)[2].partition("</span>")[0]


def query(**data: str) -> dict[str, str]:
    return build_filter_query(FilterForm(data), data, {"fallnummer"})


def test_known_values_and_order_are_kept() -> None:
    data = {"zustand": "LAUFEND", "von": "2027-01-01", "sort": "-fallnummer"}
    assert query(**data) == data


@pytest.mark.parametrize("name", ["q", "zustand", "von", "sort", "seite", "nachname"])
def test_typed_name_reaches_no_address(name: str) -> None:
    assert query(**{name: "Petersen"}) == {}


def test_mistyped_date_stays_for_its_message() -> None:
    assert query(von="31.02.2027") == {"von": "31.02.2027"}
