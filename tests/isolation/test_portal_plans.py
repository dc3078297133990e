"""A provider's lists cost what her rows cost, not their square (docs/adr/0038). Counted in rows, not in seconds."""

from __future__ import annotations

import pytest

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.clock import today
from tenant_apps.billing import policies
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.selectors.rechnungen import RECHNUNGEN
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.models import Buchung, Reservierung
from tenants.context import in_tenant, in_tenant_portal
from tenants.models import Tenant
from tests.factories.bulk import multiply
from tests.people import Cast
from tests.plans import costs_of_portal
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

MANY, OWN = 2_000, 400
#: Rows a statement may take in hand: a few passes over the office's rows. OWN * OWN is 160,000.
LIMIT = 25 * MANY


@pytest.fixture
def billed(own_database) -> tuple[Story, Rechnung]:
    """VG with 2,000 billed bookings, 400 of them Ines's; the invoice the others are copies of."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    for name in ("anna", "ines"):
        cast.akteur(name, at="VG")
    story = tell(cast, vg)
    rechnung = bill(story, story.book())
    multiply(own_database, "vg", many=MANY, own=OWN)
    return story, rechnung


@pytest.fixture
def story(billed) -> Story:
    return billed[0]


def _lists(akteur) -> dict[str, object]:
    """Her long lists, joined as the pages join them."""
    rechnungen = RECHNUNGEN.all(policies.visible_rechnungen(akteur))
    return {
        "invoices": rechnungen[:25],
        "all invoices": rechnungen,
        "bookings": Buchung.objects.select_related("hilfefall", "klient"),
        "reservations": Reservierung.objects.select_related("hilfefall", "klient", "suche", "buchung"),
        "cases": Hilfefall.objects.select_related("klient").order_by("fallnummer"),
        "proofs": Rechnung.objects.select_related("leistungsnachweis__buchung__hilfefall").order_by("monat"),
    }


def test_cost_of_a_providers_lists_grows_with_her_rows(story) -> None:
    akteur = story.akteur("ines")
    einrichtung = story.angebot.einrichtung_id
    for confined in ([], [einrichtung]):
        who = {"user_id": akteur.user_id, "anbieter_ids": akteur.anbieter_ids, "einrichtung_ids": confined}
        for name, rows in _lists(akteur).items():
            with in_tenant_portal(story.vg, **who), costs_of_portal() as costs:
                found = len(rows)
            assert found == (25 if name == "invoices" else OWN + 1), name
            assert len(costs) == 1 and costs[0].rows < LIMIT, (name, confined, costs[0].rows)


def test_restricted_people_do_not_change_that(story) -> None:
    akteur, some = story.akteur("ines"), 40
    hers = {"anbieter_id__in": akteur.anbieter_ids, "zustand": "BEENDET"}
    with in_tenant(story.vg):
        people = list(Buchung.objects.filter(**hers).values_list("klient_id", flat=True)[:some])
        Klient.objects.filter(pk__in=people).update(eingeschraenkt_seit=today(), eingeschraenkt_grund="WIDERSPRUCH")
    with in_tenant_portal(story.vg, user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        with costs_of_portal() as costs:
            rest = len(RECHNUNGEN.all(policies.visible_rechnungen(akteur)))
        assert rest == Buchung.objects.count() == OWN + 1 - some
    assert costs[0].rows < LIMIT


def test_a_page_about_one_of_hers_reads_no_table_for_it(billed) -> None:
    """Joined behind her views, each of six tables was read as a whole to show one row: 24,000 rows of these 2,000.

    Whom she knows by name is found among all that is hers (ADR 0047).
    """
    story, rechnung = billed
    ines = story.cast.sign_in("ines", at="VG")
    buchung, monat = rechnung.buchung, f"{rechnung.monat.year}/{rechnung.monat.month}"
    for path in (
        f"/reservierungen/{buchung.reservierung_id}/",
        f"/buchungen/{buchung.pk}/",
        f"/abrechnung/buchungen/{buchung.pk}/{monat}/",
        f"/abrechnung/nachweise/{rechnung.leistungsnachweis_id}/rechnung/",
        f"/abrechnung/rechnungen/{rechnung.pk}/",
    ):
        with costs_of_portal() as costs:
            answer = ines.get(path)
        assert answer.status_code in {200, 302}, path
        rows = {cost.statement: cost.rows for cost in costs if 'FROM "accounts_fachkraft"' not in cost.statement}
        assert rows and max(rows.values()) < 3 * MANY, (path, max(rows, key=rows.__getitem__))


def test_names_of_a_page_cost_what_the_page_costs(story, own_database) -> None:
    """Who works on her newest rows is found by them; somebody of an old row as before, by all that is hers."""
    akteur, anna, bernd, clara = (
        story.akteur("ines"),
        *(story.cast.user(name).pk for name in ("anna", "bernd", "clara")),
    )
    with in_tenant(story.vg):
        hers = Reservierung.objects.filter(anbieter_id__in=akteur.anbieter_ids).order_by("created_at")
        oldest, foreign = hers.values("hilfefall")[:1], Reservierung.objects.exclude(pk__in=hers.values("pk"))
        Hilfefall.objects.filter(pk__in=oldest).update(fachkraft=bernd)
        Hilfefall.objects.filter(pk__in=foreign.values("hilfefall")[:50]).update(fachkraft=clara)
    for confined in ([], [story.angebot.einrichtung_id]):
        who = {"user_id": akteur.user_id, "anbieter_ids": akteur.anbieter_ids, "einrichtung_ids": confined}
        with in_tenant_portal(story.vg, **who):
            newest = Reservierung.objects.order_by("-created_at")[:50]
            assert {row.hilfefall.fachkraft_id for row in newest} == {anna}
            assert set(Fachkraft.objects.values_list("pk", flat=True)) == {akteur.user_id, anna, bernd}
            with costs_of_portal() as costs:
                found = [set(Fachkraft.objects.filter(pk__in=[pk])) for pk in (anna, bernd, clara)]
        assert [len(rows) for rows in found] == [1, 1, 0]
        near, known, stranger = (cost.rows for cost in costs)
        assert 4 * near < known, "one pass over the cases at most; at this size the planner reads them all"
        assert known == pytest.approx(stranger, abs=10), "what she does not know costs the same, whoever it is"
