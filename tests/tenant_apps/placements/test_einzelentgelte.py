"""What an office has agreed for itself alone (§ 77 SGB VIII) goes first where it searches, reserves and is billed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.geld import ceil_euro
from shared_apps.providers.models import Angebot, Entgelt
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.billing import rules as billing
from tenant_apps.billing.selectors.berechnung import list_entgelte
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.search.selectors.angebot import get_detail
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.preise import compute_reservierungspreis, get_preis
from tenant_apps.placements.search.selectors.search import get_region, search_angebote
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.services.search import create_suche
from tenants.context import in_tenant, in_tenant_portal
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.tenant_apps.placements.story import tell

BEGINN, LETZTER = date(2026, 12, 1), date(2027, 5, 31)


def _kriterien(region: str = "VG", **fields) -> Kriterien:
    defaults = {
        "hilfeart": Hilfeart.objects.get(code="A31"), "region": region, "beginn": BEGINN, "ende": LETZTER,
        "stunden_je_woche": Decimal("10.00"),
    }  # fmt: skip
    return Kriterien(**(defaults | fields))


def _hilfe(**fields) -> Angebot:
    return create_angebot(**({"hilfeart": "A31", "entgelt": "60.00", "stunden_je_woche": "20"} | fields))


def _agree(angebot: Angebot, kuerzel: str | None, ab: date, betrag: Decimal, ende: date | None = None) -> None:
    amt = Gebietskoerperschaft.objects.get(kuerzel=kuerzel) if kuerzel else None
    gueltig = DateRange(ab, ende)
    Entgelt.objects.create(angebot=angebot, jugendamt=amt, betrag=betrag, einheit="STUNDE", gueltig=gueltig)


def _found(tenant, angebot: Angebot) -> Decimal | None:
    with in_tenant(tenant):
        (treffer,) = [t for t in search_angebote(_kriterien()).treffer if t.angebot == angebot.pk]
    return treffer.tagesentgelt


def test_search__each_office_finds_its_own_rate_else_that_of_all_else_none(vg, hro):
    beide, nur_vg = _hilfe(), _hilfe(entgelt=None)
    for angebot in (beide, nur_vg):
        _agree(angebot, "VG", BEGINN, Decimal("55.00"))
    assert [_found(vg, angebot) for angebot in (beide, nur_vg)] == [Decimal("55.00"), Decimal("55.00")]
    assert [_found(hro, angebot) for angebot in (beide, nur_vg)] == [Decimal("60.00"), None]


def test_reservation_booking_and_bill__have_the_rate_of_the_office(cast, vg, hro):
    angebot = _hilfe(plaetze=2)
    _agree(angebot, "VG", date(2026, 1, 1), Decimal("55.00"))
    anna = cast.akteur("anna")
    with in_tenant(vg):
        fall: Hilfefall = create_hilfefall(fachkraft_id=anna.user_id)
        betroffen = Betroffen(fall.klient, fall)
        suche = create_suche(akteur=anna, kriterien=_kriterien(), betroffen=betroffen)
        detail = get_detail(angebot=angebot, kriterien=_kriterien(), region=get_region("VG"), klient=None)
        reservierung = reserve_angebot(akteur=anna, suche=suche, angebot_id=angebot.pk, betroffen=betroffen)
        assert detail.preis and reservierung.tagesentgelt == detail.preis.satz == Decimal("55.00")
        assert reservierung.soll_entgelt == ceil_euro(reservierung.menge * Decimal("55.00"))
        preis = compute_reservierungspreis(reservierung)
        assert preis and preis.soll == reservierung.soll_entgelt


@pytest.mark.parametrize("at_portal", [False, True])
def test_bill__an_own_rate_goes_first_whoever_looks_at_it(cast, vg, at_portal):
    story = tell(cast, vg, entgelt="60.00", hilfeart="A31", stunden_je_woche="20")
    buchung = story.book()
    _agree(story.angebot, "VG", date(2017, 7, 1), Decimal("55.00"))
    _agree(story.angebot, "HRO", date(2017, 7, 1), Decimal("11.00"))
    kueste = story.angebot.einrichtung.anbieter_id
    fence = in_tenant_portal(vg, anbieter_ids=[kueste]) if at_portal else in_tenant(vg)
    with fence:
        saetze = list_entgelte(type(buchung).objects.select_related("angebot", "hilfeart").get(pk=buchung.pk))
    assert [billing.entgelt_am(tag, saetze) for tag in (date(2017, 6, 30), date(2017, 7, 1))] == [60, 55]


_tage = st.integers(-400, 300).map(lambda tage: BEGINN + timedelta(days=tage))
_reihe = st.lists(st.tuples(_tage, st.integers(1, 20_000)), max_size=4, unique_by=lambda satz: satz[0]).map(sorted)


def _on(tag: date, *reihen: list[tuple[date, int]]) -> Decimal | None:
    """The oracle: the newest rate of the first of these rows that has begun by the day."""
    for reihe in reihen:
        begonnen = [cent for ab, cent in reihe if ab <= tag]
        if begonnen:
            return Decimal(begonnen[-1]) / 100
    return None


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_reihe, _reihe, _reihe)
def test_search_and_bill__pay_on_each_day_what_the_office_agreed__oracle(vg, hro, alle, eigene, fremde):
    """Rates for all offices, for VG, for HRO, in any order of days: VG pays its own, else that of all, and no other."""
    with transaction.atomic():
        angebot = _hilfe(entgelt=None)
        for kuerzel, reihe in ((None, alle), ("VG", eigene), ("HRO", fremde)):
            enden = [ab for ab, _ in reihe[1:]] + [None]
            for (ab, cent), ende in zip(reihe, enden, strict=True) if reihe else ():
                _agree(angebot, kuerzel, ab, Decimal(cent) / 100, ende)
        tage = [BEGINN + timedelta(days=n) for n in range((LETZTER - BEGINN).days)]
        je_tag = [_on(tag, eigene, alle) for tag in tage]
        with in_tenant(vg):
            (treffer,) = search_angebote(_kriterien()).treffer
            preis = get_preis(_kriterien(), angebot.pk)
            saetze = list_entgelte(Buchung(angebot=angebot, hilfeart=angebot.hilfeart))
        if je_tag[0] is None:
            assert preis is treffer.soll_entgelt_exakt is None
        else:
            assert preis is not None and preis.satz == treffer.tagesentgelt == je_tag[0]
            erwartet = sum((satz for satz in je_tag if satz), Decimal(0)) * preis.menge / len(tage)
            assert abs(preis.exakt - erwartet) < Decimal("0.0001")
            assert (treffer.soll_entgelt_exakt, treffer.soll_entgelt) == (preis.exakt, preis.soll)
        for tag, satz in zip(tage, je_tag, strict=True):
            if satz is None:
                with pytest.raises(billing.AbrechnungError):
                    billing.entgelt_am(tag, saetze)
            else:
                assert billing.entgelt_am(tag, saetze) == satz
        transaction.set_rollback(True)
