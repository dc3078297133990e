"""The one shape of a list: pages by number, counted up to a bound, then on by key; no row twice, none left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from shared_apps.core import liste as module
from shared_apps.core.liste import LISTEN, Gruppen, Liste, count_up_to, describe, ordnung
from shared_apps.core.ordnung import deutsch
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft

pytestmark = pytest.mark.django_db
VIELE = 23


@pytest.fixture
def liste(monkeypatch) -> Iterator[Liste]:
    """Providers, five a page, counted up to ten."""
    monkeypatch.setattr(module, "GRENZE", 10)
    yield Liste(
        "test",
        {
            "name": ordnung(deutsch("name"), index="anbieter_nach_name"),
            "ende": ordnung("gueltig_bis", "-ort"),
            "ort": ordnung("ort"),
        },
        "name",
        je_seite=5,
    )
    del LISTEN["test"]


@pytest.fixture
def rows():
    """Twenty-three of them; many share a place, some have no end."""
    Anbieter.objects.bulk_create(
        [
            Anbieter(
                name=f"Liste {n}", ort=f"Ort {n % 3}", gueltig_bis=None if n % 4 == 0 else date(2030, 1, 1 + n % 5)
            )
            for n in range(VIELE)
        ]
    )
    return Anbieter.objects.filter(name__startswith="Liste ")


def _ask(liste: Liste, rows, query: str = ""):
    return liste.page(RequestFactory().get(f"/{query}"), rows)


def test_an_order_nobody_declared_is_the_standard(liste, rows) -> None:
    assert liste.get_wunsch("-name") == "-name"
    assert liste.get_wunsch("; DROP TABLE") == liste.get_wunsch("--name") == "name"
    assert [a.name for a in _ask(liste, rows, "?sort=plz")] == [f"Liste {n}" for n in range(5)]


def test_nulls_are_last_and_only_where_there_can_be_any(liste) -> None:
    assert "NULLS LAST" in str(liste.order(Anbieter.objects.all(), "-ende").query)
    assert "NULLS" not in str(liste.order(Anbieter.objects.all(), "-ort").query)


@pytest.mark.parametrize("sort", ["name", "-name", "ende", "-ende", "ort", "-ort"])
def test_going_on_shows_every_row_once(liste, rows, sort) -> None:
    seite = _ask(liste, rows, f"?sort={sort}")
    shown = list(seite)
    while seite.has_next and len(shown) <= VIELE:
        weiter = "&".join(f"{key}={value}" for key, value in seite.naechste.items() if value is not None)
        seite = _ask(liste, rows, f"?sort={sort}&{weiter}")
        shown += seite
    assert shown == list(liste.order(rows, sort)) and len(shown) == VIELE


@pytest.fixture
def by_owner(monkeypatch) -> Iterator[Liste]:
    """Facilities by the place of their provider, which is in another table; two providers share one."""
    monkeypatch.setattr(module, "GRENZE", 10)
    yield Liste("test by owner", {"anbieter": ordnung(deutsch("anbieter__ort"), gruppen=OWNERS)}, "anbieter", 5)
    del LISTEN["test by owner"]


def _list_owners() -> list[tuple[str, list]]:
    owners = Anbieter.objects.filter(name__startswith="Gruppen ").order_by(deutsch("ort")).values_list("ort", "pk")
    return [(ort, [pk for _, pk in group]) for ort, group in groupby(owners, key=itemgetter(0))]


OWNERS = Gruppen("anbieter", _list_owners)


@pytest.fixture
def houses():
    """Twenty-three of eight providers; most of one of them, one has none."""
    places = ["Ufer", "Zaun", "Ähre", "Zaun", "Bach", "Ähren", "leer", "Moor"]
    owners = Anbieter.objects.bulk_create([Anbieter(name=f"Gruppen {n}", ort=ort) for n, ort in enumerate(places)])
    kreis = Gebietskoerperschaft.objects.first()
    shared_out = [owners[0]] * 10 + [owners[n % 8 if n % 8 != 6 else 1] for n in range(VIELE - 10)]
    Einrichtung.objects.bulk_create(
        [Einrichtung(anbieter=of, name=f"Haus {n}", gebietskoerperschaft=kreis) for n, of in enumerate(shared_out)]
    )
    return Einrichtung.objects.filter(anbieter__name__startswith="Gruppen ")


@pytest.mark.parametrize("sort", ["anbieter", "-anbieter"])
def test_groups_are_read_one_after_the_other_in_the_order_of_all(by_owner, houses, sort) -> None:
    wanted, asked = list(by_owner.order(houses, sort)), f"?sort={sort}"
    seite = _ask(by_owner, houses, asked)
    shown = list(seite)
    while seite.has_next and len(shown) <= VIELE:
        weiter = "&".join(f"{key}={value}" for key, value in seite.naechste.items() if value is not None)
        seite = _ask(by_owner, houses, f"{asked}&{weiter}")
        shown += seite
    assert shown == wanted and len(shown) == VIELE
    assert list(_ask(by_owner, houses, f"{asked}&seite=2")) == wanted[5:10]
    for behind in range(VIELE):
        rest = by_owner.after(houses, str(wanted[behind].pk), sort)
        assert rest is not None and rest.find(7) == [row.pk for row in wanted[behind + 1 : behind + 8]]


def test_groups_do_not_cost_a_statement_each(by_owner, houses) -> None:
    few = houses.filter(name="Haus 5") | houses.filter(name="Haus 11")
    with CaptureQueriesContext(connection) as short:
        _ask(by_owner, few)
    assert len(short) == 3, "what is short is sorted at once"
    with CaptureQueriesContext(connection) as long:
        assert len(by_owner.find(few, 1, viele=True)) == 2
    assert len(long) == 1 + 3, "one group, two, the other four"


def test_a_page_beyond_the_numbers_is_found_by_its_key_alone(liste, rows) -> None:
    second = _ask(liste, rows, "?seite=2")
    assert (second.anzahl, second.ist_mehr, second.umfang, second.letzte) == (10, True, "mehr als 10", 2)
    assert second.naechste == {"seite": 3, "nach": second[-1].pk}
    assert _ask(liste, rows, "?seite=3").number == 2  # without the key: the nearest there is
    assert _ask(liste, rows, "?seite=3&nach=kein-schluessel").number == 2
    fourth = _ask(liste, rows, f"?seite=4&nach={_ask(liste, rows, f'?seite=3&nach={second[-1].pk}')[-1].pk}")
    assert (fourth.start_index, fourth.end_index, fourth.vorige) == (16, 20, {"seite": 2, "nach": None})


def _go_on(liste: Liste, seite, rows, **unter):
    weiter = "&".join(f"{key}={value}" for key, value in seite.naechste.items() if value is not None)
    return liste.page(RequestFactory().get(f"/?{weiter}"), rows, **unter)


@pytest.fixture
def by_moment(monkeypatch) -> Iterator[Liste]:
    """Providers by when they were written, the newest first, five a page, counted up to ten."""
    monkeypatch.setattr(module, "GRENZE", 10)
    yield Liste("test moment", {"neueste": ordnung("created_at")}, "-neueste", je_seite=5)
    del LISTEN["test moment"]


@pytest.mark.parametrize("taken", [5, 3], ids=["all of each page", "some of each page"])
def test_who_works_through_a_filtered_list_sees_every_row_once(by_moment, rows, taken) -> None:
    """Each row that is worked on leaves the filter, including the one after which the next page begins."""
    waiting, shown = rows.filter(plz=""), []
    seite = by_moment.page(RequestFactory().get("/"), waiting, unter=rows)
    while True:
        shown += [row.pk for row in seite]
        Anbieter.objects.filter(pk__in=[row.pk for row in seite][-taken:]).update(plz="24103")
        if not seite.has_next:
            break
        seite = _go_on(by_moment, seite, waiting, unter=rows)
    assert shown == list(by_moment.order(rows).values_list("pk", flat=True)) and len(shown) == VIELE
    assert waiting.count() == VIELE - len(range(0, VIELE, 5)) * taken + (taken == 5) * 2


def test_a_page_says_where_it_is_when_rows_have_left(by_moment, rows) -> None:
    waiting = rows.filter(pk__in=list(by_moment.order(rows).values_list("pk", flat=True)[:9]))
    first = by_moment.page(RequestFactory().get("/"), waiting, unter=rows)
    assert first.naechste == {"seite": 2, "nach": first[-1].pk}
    left = waiting.exclude(pk__in=[row.pk for row in first[2:]])
    second = _go_on(by_moment, first, left, unter=rows)
    assert (second.start_index, second.end_index, second.anzahl) == (3, 6, 6)
    assert (second.number, second.letzte, second.has_next, second.vorige) == (2, 2, False, {"seite": 1, "nach": None})
    nobody = _go_on(by_moment, first, waiting.filter(pk__in=[row.pk for row in first]), unter=rows)
    assert (nobody.number, nobody.hinweis) == (1, "Eine Seite 2 gibt es in dieser Liste nicht. Sie sehen Seite 1.")


def test_a_row_that_can_change_its_place_is_no_place_to_go_on_from(liste, rows) -> None:
    """Sorted by what is worked on: only where numbers have ended."""
    assert _ask(liste, rows, "?sort=ort").naechste == {"seite": 2, "nach": None}
    assert not liste.keeps_places("ort")


def test_a_number_too_high_is_said(liste, rows) -> None:
    assert _ask(liste, rows, "?seite=7").hinweis == "Eine Seite 7 gibt es in dieser Liste nicht. Sie sehen Seite 2."
    assert _ask(liste, rows, "?seite=2").hinweis == _ask(liste, rows, "?seite=x").hinweis == ""


@pytest.mark.parametrize("query", ["?seite=7", "?seite=2"])
def test_a_number_too_high_is_said_at_the_top_of_the_page(liste, rows, query) -> None:
    """Where messages are: whoever sees or hears the page from its top would take it for the one she asked for."""
    request = RequestFactory().get(f"/{query}")
    request._messages = CookieStorage(request)
    pages = [
        liste.page(request, rows),
        liste.page_of(request, lambda many: (list(range(8)), False), list),
    ]
    assert [str(message) for message in get_messages(request)] == [page.hinweis for page in pages if page.hinweis]
    assert bool(pages[0].hinweis) == (query == "?seite=7")


@pytest.mark.parametrize(("address", "number"), [("", 1), ("?seite=0", 1), ("?seite=x", 1), ("?seite=999999999", 2)])
def test_a_number_that_is_none_is_the_nearest_page(liste, rows, address, number) -> None:
    assert _ask(liste, rows, address).number == number


def test_an_empty_list_has_one_page(liste, rows) -> None:
    seite = _ask(liste, rows.none())
    assert (list(seite), seite.number, seite.anzahl, seite.start_index, seite.end_index) == ([], 1, 0, 0, 0)
    assert not seite.has_other_pages


def test_statements_do_not_grow(liste, rows) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        _ask(liste, rows.filter(ort="Ort 1", name__endswith="1"))
    with CaptureQueriesContext(connection) as many:
        _ask(liste, rows)
    assert len(few) == len(many) == 3
    assert "LIMIT 11" in many[0]["sql"] and "ORDER BY" not in many[0]["sql"]


def test_sums_of_a_long_list_on_request(liste, rows) -> None:
    long, short = RequestFactory().get("/"), rows.filter(ort="Ort 1")
    asked = RequestFactory().get("/?summen=1")
    assert liste.sum_up(long, liste.page(long, rows), rows, lambda alle: {"n": alle.count()}) is None
    assert liste.sum_up(asked, liste.page(asked, rows), rows, lambda alle: {"n": alle.count()}) == {"n": VIELE}
    assert liste.sum_up(long, liste.page(long, short), short, lambda alle: {"n": alle.count()}) == {"n": 8}


def test_export_has_everything(liste, rows) -> None:
    assert [a.name for a in liste.export(rows, "-name")] == [f"Liste {n}" for n in reversed(range(VIELE))]


def test_a_bounded_count_says_so(rows) -> None:
    assert count_up_to(rows, 22) == (22, True) and count_up_to(rows, VIELE) == (VIELE, False)
    assert describe(1000, "Fall", "Fälle", ist_mehr=True) == "mehr als 1.000 Fälle"
    assert describe(1, "Fall", "Fälle") == "1 Fall"


def test_a_name_is_declared_once(liste) -> None:
    with pytest.raises(ValueError, match="two lists"):
        Liste("test", {"name": ordnung("name")}, "name")
    with pytest.raises(ValueError, match="no order"):
        Liste("other", {"name": ordnung("name")}, "-ort")
