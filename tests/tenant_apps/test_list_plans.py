"""The first page of a long list takes a page's rows in hand, whoever looks (ADR 0047). Counted in rows."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from django.db import connection

from tenant_apps.billing import policies as billing
from tenant_apps.billing.selectors.rechnungen import RECHNUNGEN
from tenant_apps.cases import policies as cases
from tenant_apps.cases.selectors import HILFEFAELLE
from tenant_apps.placements import policies as placements
from tenant_apps.placements.faelle.selectors.vorgang import ANFRAGEN, BUCHUNGEN, FAELLE
from tenants.context import in_tenant, in_tenant_portal
from tenants.models import Tenant
from tests.factories.bulk import multiply
from tests.people import Cast
from tests.plans import explain
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

MANY, OWN = 5_000, 1_500
PAGE = 51
#: A row of the list with what says that she sees it: case, person, that it has costs, and the joins between them.
LIMIT = 20 * PAGE


@pytest.fixture
def story(own_database) -> Story:
    """VG with 5,000 billed bookings; 1,500 are Ines's, 40 cases are Anna's."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    for name in ("anna", "bernd", "clara", "doris", "emil", "ines"):
        cast.akteur(name, at="VG")
    story = tell(cast, vg)
    bill(story, story.book())
    anna, bernd = cast.user("anna").pk, cast.user("bernd").pk
    multiply(own_database, "vg", many=MANY, own=OWN, workers=[(anna, "Anklam", 40), (bernd, "Wolgast", 0)])
    return story


def _fence(story: Story, name: str) -> AbstractContextManager:
    akteur = story.akteur(name)
    if akteur.ist_amt:
        return in_tenant(story.vg, user_id=akteur.user_id)
    return in_tenant_portal(story.vg, user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids)


def _rows_in_hand(find) -> int:
    """Of the last statement that looked for keys."""
    asked: list[tuple] = []

    def note(execute, statement, params, many, context):
        if statement.startswith("SELECT"):
            asked.append((statement, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        assert len(find()) > 1
    with connection.cursor() as cursor:
        return max(explain(cursor.cursor, *one).rows for one in asked)


def test_page_of_the_office(story) -> None:
    for name in ("emil", "doris", "clara", "anna"):
        akteur = story.akteur(name)
        with _fence(story, name):
            for liste, rows in (
                (FAELLE, placements.visible_reservierungen(akteur)),
                (BUCHUNGEN, placements.visible_buchungen(akteur)),
                (RECHNUNGEN, billing.visible_rechnungen(akteur)),
                (HILFEFAELLE, cases.visible_stammdaten(akteur)),
            ):
                if (liste is RECHNUNGEN and name == "anna") or (liste is HILFEFAELLE and name == "emil"):
                    continue  # she sees none
                taken = _rows_in_hand(lambda liste=liste, rows=rows: liste.find(rows, 1))
                assert taken < LIMIT, (name, liste.name, taken)


def test_page_of_a_provider(story) -> None:
    """A few days of her rows, not all of them (the story has a row a minute)."""
    ines = story.akteur("ines")
    with _fence(story, "ines"):
        for liste, rows in (
            (ANFRAGEN, placements.visible_reservierungen(ines)),
            (RECHNUNGEN, billing.visible_rechnungen(ines)),
        ):
            assert liste.find(rows, 1) == list(liste.order(rows).values_list("pk", flat=True)[:PAGE])
            seite = liste.get_page(rows, 3)
            assert [row.pk for row in seite] == list(liste.order(rows).values_list("pk", flat=True)[100:150])
            assert (seite.anzahl, seite.ist_mehr) == (1000, True)


def test_whose_worker_has_gone_is_found_without_reading_all_cases(story, own_database) -> None:
    emil = story.akteur("emil")
    with _fence(story, "emil"):
        taken = []

        def note(execute, statement, params, many, context):
            result = execute(statement, params, many, context)
            if statement.startswith("WITH RECURSIVE"):
                with connection.cursor() as cursor:
                    taken.append(explain(cursor.cursor, statement, params).rows)
            return result

        with connection.execute_wrapper(note):
            assert cases.count_orphaned(emil) == 0
    assert taken and taken[0] < 200
