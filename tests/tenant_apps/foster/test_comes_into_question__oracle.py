"""Which places are shown beside a search is asked by SQL; the rule that one can read is held against it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.core.clock import now
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.foster.models import Pflegestelle
from tenant_apps.foster.rules import Pflegebedarf, Pflegeform, Pflegeplatz, comes_into_question, list_formen
from tenant_apps.foster.selectors import find_pflegeangebot, fits
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db

#: What runs is this; the rule is its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "tenant_apps/foster/selectors.py"

TAG0 = date(2027, 3, 1)
TAG = st.sampled_from([-30, -1, 0, 1, 29, 30, 31, 200]).map(lambda n: TAG0 + timedelta(days=n))
ALTER = st.sampled_from([0, 5, 6, 7, 17])


@st.composite
def plaetze(draw) -> Pflegeplatz:
    """As the database lets it be entered."""
    form = draw(st.sampled_from(Pflegeform))
    dauer = st.sampled_from([1, 29, 30, 31, 400])
    zahl = draw(st.integers(1, 3))
    belegt = draw(st.integers(0, zahl))
    von, bis = sorted((draw(ALTER), draw(ALTER)))
    ab = draw(TAG)
    return Pflegeplatz(
        form=form, plaetze=zahl, belegt=belegt,
        frei_ab=draw(st.none() | TAG) if belegt == zahl else None,
        alter_von=von, alter_bis=bis, geschlecht=draw(st.sampled_from(["", "w", "m"])),
        hoechstens_tage=draw(dauer if form is Pflegeform.KURZZEIT else st.none() | dauer),
        gueltig=Zeitraum(ab, draw(st.none() | st.integers(1, 400).map(lambda n: ab + timedelta(days=n)))),
    )  # fmt: skip


BEDARF = st.builds(
    Pflegebedarf,
    formen=st.sampled_from(["S33", "S34", "S41", "S42"]).map(list_formen),
    tage=st.builds(lambda ab, tage: Zeitraum(ab, ab + timedelta(days=tage)), TAG, st.sampled_from([1, 29, 30, 31])),
    alter=st.none() | ALTER,
    geschlecht=st.sampled_from(["", "w", "m", "d"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stellen=st.lists(plaetze(), max_size=6), bedarf=BEDARF)
def test_sql_finds_what_the_rule_says(cast, vg, stellen, bedarf) -> None:
    wer = cast.akteur("anna").user_id
    erwartet = {f"PS-{nummer}" for nummer, platz in enumerate(stellen) if comes_into_question(platz, bedarf)}
    with in_tenant(vg), transaction.atomic():
        Pflegestelle.objects.bulk_create(_row(platz, nummer, wer) for nummer, platz in enumerate(stellen))
        gefunden = set(Pflegestelle.objects.filter(fits(bedarf)).values_list("kennzeichen", flat=True))
        angebot = find_pflegeangebot(bedarf)
        transaction.set_rollback(True)
    assert gefunden == erwartet
    assert (0 if angebot is None else angebot.anzahl) == len(erwartet)


def _row(platz: Pflegeplatz, nummer: int, wer) -> Pflegestelle:
    return Pflegestelle(
        kennzeichen=f"PS-{nummer}", form=platz.form.value, plaetze=platz.plaetze, belegt=platz.belegt,
        frei_ab=platz.frei_ab, alter_von=platz.alter_von, alter_bis=platz.alter_bis, geschlecht=platz.geschlecht,
        hoechstens_tage=platz.hoechstens_tage, gueltig=DateRange(platz.gueltig.beginn, platz.gueltig.ende),
        eingetragen_von_id=wer, stand_von_id=wer, stand_at=now(),
    )  # fmt: skip
