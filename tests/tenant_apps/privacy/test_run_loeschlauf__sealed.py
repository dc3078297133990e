"""A person with a sealed case stays in daily work: a run neither restricts nor names her, and nobody learns why."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from tenant_apps.cases import policies
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.cases.services.sperre import seal_hilfefall
from tenant_apps.privacy.loesch_sql import LOESCHFUNKTIONEN
from tenant_apps.privacy.policies import may_read_runs
from tenant_apps.privacy.rules import einschraenkungsdatum
from tenant_apps.privacy.services import approve_loeschlauf, create_loeschlauf, restrict_klient
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.privacy.conftest import Gefaerbt, close_case, dye

pytestmark = pytest.mark.django_db
GRUND = "Kind einer Kollegin aus dem Team"
#: What runs is this; the rules are its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "tenant_apps/privacy/loesch_sql.py"
SQL = next(f.body for f in LOESCHFUNKTIONEN if f.name == "privacy_verdeckt_gebraucht")
#: The office's term, as the function computes it: from the row that holds.
FRIST = re.search(r"SELECT (CASE (?s:.*) END)\s+FROM (?s:.*?) LIMIT 1\), (\d+)\)", SQL)
#: First day on which somebody leaves daily work, as the function computes it.
ERSTER_TAG = re.search(r"greatest\(.*\+ 1\)", SQL)


@pytest.fixture
def person(cast, vg, akteure) -> Gefaerbt:
    """Her ordinary case was closed long ago."""
    found = dye(cast, vg, geboren=date(1995, 5, 4))
    close_case(vg, found.fall)
    return found


def begin_sealed(vg, anna, person: Gefaerbt) -> Hilfefall:
    """Anna works on another case of hers, which only she knows of."""
    with in_tenant(vg, user_id=anna.user_id):
        fall = create_hilfefall(fachkraft_id=anna.user_id, klient=person.klient, fallnummer="GEHEIM-1")
        return seal_hilfefall(akteur=anna, hilfefall=fall, benannte=[], grund=GRUND)


def end_sealed(vg, fall: Hilfefall, am: date) -> None:
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(zustand="ABGESCHLOSSEN", abgeschlossen_am=am)


def prepare(vg, akteure) -> list[str]:
    """The steps of Dora's preview, none when nobody is due."""
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        try:
            return [p.schritt for p in create_loeschlauf(akteur=akteure["dora"]).positionen.all()]
        except RegelVerletzt:
            return []


def test_run__does_not_name_who_has_an_open_sealed_case(vg, akteure, person, sign_in):
    offen = begin_sealed(vg, akteure["anna"], person)
    assert prepare(vg, akteure) == []
    assert sign_in("anna").get(f"/hilfefaelle/{offen.pk}/").status_code == 200


def test_run__leaves_out_for_whom_a_sealed_case_was_opened_meanwhile(vg, akteure, person):
    anna, dirk = akteure["anna"], akteure["dirk"]
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        lauf = create_loeschlauf(akteur=akteure["dora"])
    offen = begin_sealed(vg, anna, person)
    with in_tenant(vg, user_id=dirk.user_id):
        lauf = approve_loeschlauf(akteur=dirk, lauf=lauf)
        assert (lauf.eingeschraenkt, lauf.positionen.get().ausgenommen) == (0, True)
    with in_tenant(vg, user_id=anna.user_id):
        assert Klient.objects.get(pk=person.klient.pk).eingeschraenkt_seit is None
        assert policies.editable_hilfefaelle(anna).filter(pk=offen.pk).exists(), "she can go on"


def test_run__a_sealed_case_that_was_closed_lately_counts_like_any_other(vg, akteure, person):
    fall = begin_sealed(vg, akteure["anna"], person)
    end_sealed(vg, fall, today() - timedelta(days=200))
    assert prepare(vg, akteure) == [], "a year has not passed"
    end_sealed(vg, fall, today() - timedelta(days=400))
    assert prepare(vg, akteure) == ["EINSCHRAENKEN"]


def test_restrict__by_hand_for_keeping_only(vg, akteure, person):
    """The message says neither that there is a case, nor that it is sealed."""
    begin_sealed(vg, akteure["anna"], person)
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        with pytest.raises(Konflikt) as refused:
            restrict_klient(akteur=akteure["dora"], klient=person.klient, grund="AUFBEWAHRUNG")
        assert "Fall " not in str(refused.value) and "gesperrt" not in str(refused.value)
        restrict_klient(akteur=akteure["dora"], klient=person.klient, grund="WIDERSPRUCH")


def test_who_is_told__is_who_may_make_runs() -> None:
    """Whoever may make one and were not told would restrict somebody whose sealed case is open."""
    told = set(re.findall(r"'(\w+)'", re.search(r"m\.rolle IN \(([^)]*)\)", SQL)[1]))
    may = {rolle.value for rolle in Rolle if may_read_runs(SimpleNamespace(hat=lambda *r, rolle=rolle: rolle in r))}
    assert told == may != set()


@hypothesis_settings(max_examples=60)
@given(tag=st.dates(date(1990, 1, 1), date(2060, 12, 31)), jahre=st.integers(1, 10))
@example(tag=date(2024, 2, 28), jahre=1)
@example(tag=date(2024, 2, 29), jahre=4)
@example(tag=date(2023, 2, 28), jahre=1)
def test_day_of_the_function__is_the_rules(tag: date, jahre: int) -> None:
    asked = ERSTER_TAG[0].replace("v.tag", "%(tag)s::date").replace("frist.dauer", "make_interval(years => %(jahre)s)")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({asked})::date", {"tag": tag, "jahre": jahre})
        assert cursor.fetchone() == (einschraenkungsdatum(tag, jahre),)


def _says(roh: str) -> int:
    """As `get_vorgabe` reads a row."""
    try:
        return EINSCHRAENKUNG_JAHRE.read(json.loads(roh))
    except ValueError:
        return EINSCHRAENKUNG_JAHRE.voreinstellung()


@pytest.mark.parametrize("roh", ["1", "10", "11", "0", "-3", f"{10**30}", "2.5", "2.0", '"3"', "true", "null"])
def test_term_of_the_function__is_what_the_office_has_set(roh: str) -> None:
    """A number out of the bounds, of a release that had others, counted here and nowhere else."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce({FRIST[1]}, {FRIST[2]}) FROM (SELECT %s::jsonb AS wert) w", [roh])
        assert cursor.fetchone() == (_says(roh),)
