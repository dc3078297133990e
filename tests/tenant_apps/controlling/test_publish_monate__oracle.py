"""The SQL that publishes says what the functions with the law's words say, whatever the office has done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.catalogue.models import Hilfeart
from shared_apps.comparison.katalog import KENNZAHLEN
from shared_apps.comparison.models import Kennzahlwert
from shared_apps.core.zeitraum import Zeitraum, monatserster, naechster_monat
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.cases.models import Hilfefall
from tenant_apps.controlling import rules
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.controlling.publish import publish_monate
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.models import Buchung, Suche
from tenant_apps.placements.rules import ABBRUCH_CODES, ZUSTAENDIGKEITSWECHSEL_CODE, ist_abbruch, ist_auswaertig
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_buchung, create_suche
from tests.factories.register import create_angebot, occupy_platz
from tests.security import sizes
from tests.tenant_apps.controlling.world import pay

#: What runs is this; the rules this file uses are its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "tenant_apps/controlling/publish_sql.py"

#: `SOJUS_WORLDS` sets how many made-up offices are compared (tests/security/sizes.py).
WORLDS = sizes.WORLDS.number
MONATE = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
#: Days are counted from here; the months above begin on the 31st day.
ANFANG = date(2025, 12, 1)
#: The last and first days of months, where definitions differ, as often as any other.
TAG = st.sampled_from([30, 31, 32, 61, 62, 63, 89, 90, 91, 120, 121]) | st.integers(0, 130)
ENDET = ("BEENDET", "ABGEBROCHEN")
MOST = 8
#: (type of help, Spezialisierung) of the rows that are compared; "": all.
KREISE = [("", ""), ("S34", ""), ("A30", ""), ("", "trauma"), ("A30", "trauma")]
SIMPLE = ("fallzahlen", "bestand", "auszahlungen", "auswaertige_buchungen", "fremdbelegungen")
BERLIN = ZoneInfo("Europe/Berlin")
#: The first and last minutes of a day here are in another month elsewhere.
UHRZEIT = st.sampled_from([time(0, 0), time(0, 30), time(12, 0), time(22, 30), time(23, 59)])


def _day(nummer: int) -> date:
    return ANFANG + timedelta(days=nummer)


@dataclass(frozen=True)
class Plan:
    """One booking as it is drawn: numbers of days since `ANFANG`."""

    fall: int
    angebot: int
    zustand: str
    beginn: int
    tage: int
    spaeter: int | None
    dauert: int
    grund: str
    zahlungen: tuple[tuple[int, int], ...]


PLAN = st.builds(
    Plan,
    fall=st.integers(0, 2),
    angebot=st.integers(0, 3),
    zustand=st.sampled_from(["GEBUCHT", "LAUFEND", *ENDET, *ENDET, "STORNIERT"]),
    beginn=TAG,
    tage=st.sampled_from([1, 2, 28, 31, 59, 90]),
    spaeter=st.none() | st.integers(-3, 3),
    dauert=st.sampled_from([1, 2, 28, 30, 31, 59, 62]),
    grund=st.sampled_from(Beendigungsgrund.values),
    # One proof of service for a month, so one payment in it.
    zahlungen=st.lists(
        st.tuples(TAG, st.integers(1, 900_000)), max_size=2, unique_by=lambda z: monatserster(_day(z[0]))
    ).map(tuple),
)


@dataclass(frozen=True)
class Suchplan:
    """One search: for what the offer is, whether with the Spezialisierung."""

    angebot: int
    trauma: bool
    tag: int
    uhrzeit: time
    verfuegbar: int


SUCHPLAN = st.builds(
    Suchplan, angebot=st.integers(0, 3), trauma=st.booleans(), tag=TAG, uhrzeit=UHRZEIT, verfuegbar=st.integers(0, 2)
)


@dataclass(frozen=True)
class Belegung:
    """A place that another office holds."""

    angebot: int
    beginn: int
    tage: int
    zustand: str


BELEGUNG = st.builds(
    Belegung,
    angebot=st.integers(0, 2),
    beginn=TAG,
    tage=st.sampled_from([1, 2, 31, 62]),
    zustand=st.sampled_from(["GEBUCHT", "GEBUCHT", "RESERVIERT", "FREIGEGEBEN"]),
)


@dataclass(frozen=True)
class Welt:
    """What else the office and others have done. `ansaetze`: of S34 and A30, in cents; None: nothing was entered."""

    ansaetze: tuple[int, int] | None
    suchen: list[Suchplan]
    belegungen: list[Belegung]


CENT = st.integers(0, 900_000_000)
WELT = st.builds(
    Welt,
    ansaetze=st.none() | st.tuples(CENT, CENT),
    suchen=st.lists(SUCHPLAN, max_size=MOST),
    belegungen=st.lists(BELEGUNG, max_size=MOST),
)
ARTEN = ("S34", "A30")


@dataclass(frozen=True)
class Geschehen:
    """A booking in the words of the rules."""

    hilfe: rules.Hilfe
    angebot: Angebot
    zustand: str
    gebunden: Zeitraum
    zahlungen: tuple[tuple[date, Decimal], ...]


def _book(plan: Plan, fall: Hilfefall, angebot: Angebot, people: tuple[UUID, UUID]) -> Geschehen:
    """Write the booking as the services would leave it."""
    gebunden = Zeitraum(_day(plan.beginn), _day(plan.beginn + plan.tage))
    zustand = "LAUFEND" if plan.zustand in ENDET else plan.zustand
    buchung = create_buchung(
        fachkraft_id=people[0], angebot=angebot, hilfefall=fall, zustand=zustand,
        zeitraum=DateRange(gebunden.beginn, gebunden.ende), bestand=True,  # of any number of stays at once
    )  # fmt: skip
    zahlungen = tuple((_day(nummer), Decimal(cent) / 100) for nummer, cent in plan.zahlungen)
    for tag, betrag in zahlungen:
        pay(buchung, betrag=str(betrag), am=tag.isoformat(), wer=people)
    beginn, ende = gebunden.beginn, gebunden.ende
    changes: dict[str, object] = {"zustand": plan.zustand}
    if plan.zustand in {"LAUFEND", *ENDET} and plan.spaeter is not None:
        beginn = changes["beginn_tatsaechlich"] = beginn + timedelta(days=min(plan.spaeter, plan.tage - 1))
    if plan.zustand in ENDET:
        ende = beginn + timedelta(days=plan.dauert)
        changes |= {"ende_tatsaechlich": ende - timedelta(days=1), "beendigungsgrund": plan.grund}
    Buchung.objects.filter(pk=buchung.pk).update(**changes)
    if plan.zustand == "STORNIERT":
        Platzbindung.objects.filter(pk=buchung.platzbindung_id).update(zustand="FREIGEGEBEN")
    hilfe = rules.Hilfe(
        f"{fall.pk} {angebot.hilfeart.code}", Zeitraum(beginn, ende), plan.grund if plan.zustand in ENDET else None
    )
    return Geschehen(hilfe, angebot, plan.zustand, gebunden, zahlungen)


def _expected(was: list[Geschehen], monat: date, heute: date, ags: str) -> dict[str, tuple]:
    """Code of the figure → its value and what is published beside it, by the rules."""
    zeitraum = Zeitraum.fuer_monat(monat)
    stichtag = min(naechster_monat(monat) - timedelta(days=1), heute)
    laufende = [g.hilfe for g in was if g.zustand != "STORNIERT"]
    beendete = [g.hilfe for g in was if g.zustand in ENDET]
    abbrueche = sum(ist_abbruch(hilfe.ende_code) for hilfe in rules.beendete(beendete, zeitraum))
    dauer = rules.verweildauer_monate(beendete, zeitraum)
    auswaertige = [
        g for g in was
        if g.zustand != "STORNIERT"
        and g.gebunden.overlaps(zeitraum)
        and ist_auswaertig(g.angebot.einrichtung.gebietskoerperschaft.ags, ags)
    ]  # fmt: skip
    return {
        "fallzahlen": (rules.fallzahl(laufende, zeitraum),),
        "bestand": (rules.bestand_am(laufende, stichtag),),
        "auszahlungen": (rules.auszahlungen([z for g in was for z in g.zahlungen], zeitraum),),
        "auswaertige_buchungen": (len(auswaertige),),
        "abbrueche": (abbrueche, rules.abbruchquote(beendete, zeitraum)),
        "verweildauer": (dauer.mittel and round(dauer.mittel, 6), dauer.anzahl),
    }


def _expected_besides(
    welt: Welt, monat: date, kreis: tuple[str, str], angebote: list[Angebot], fremde: list[Angebot], ags: str
) -> dict[str, tuple]:
    """The figures that do not come from bookings: budgets, searches, and what others hold here."""
    zeitraum, (hilfeart, spez) = Zeitraum.fuer_monat(monat), kreis
    teile = [
        rules.ansatz_im_monat(Decimal(cent) / 100, monat.month)
        for art, cent in zip(ARTEN, welt.ansaetze or (), strict=bool(welt.ansaetze))
        if hilfeart in {"", art}
    ]
    suchen = [
        (_day(suche.tag), suche.verfuegbar)
        for suche in welt.suchen
        if hilfeart in {"", angebote[suche.angebot].hilfeart.code} and (not spez or suche.trauma)
    ]
    belegt = [
        belegung
        for belegung in welt.belegungen
        if belegung.zustand == "GEBUCHT"
        and Zeitraum(_day(belegung.beginn), _day(belegung.beginn + belegung.tage)).overlaps(zeitraum)
        and not ist_auswaertig(fremde[belegung.angebot].einrichtung.gebietskoerperschaft.ags, ags)
        and hilfeart in {"", fremde[belegung.angebot].hilfeart.code}
        and (not spez or belegung.angebot == 1)
    ]
    return {
        "haushaltsansaetze": (sum(teile) if teile and not spez else None,),
        "ergebnislose_suchen": rules.ergebnislose_suchen(suchen, zeitraum),
        "fremdbelegungen": (len(belegt),),
    }


def _published(monat: date, hilfeart: str, spez: str) -> dict[str, tuple]:
    rows = {
        row.kennzahl.code: row
        for row in Kennzahlwert.objects.filter(
            monat=monat, hilfeart_code=hilfeart, spezialisierung_code=spez
        ).select_related("kennzahl")
    }
    # A table of a Spezialisierung has no row where nothing was counted.
    found: dict[str, tuple] = {code: (rows[code].wert if code in rows else 0,) for code in SIMPLE}
    ansatz, suchen = rows.get("haushaltsansaetze"), rows.get("ergebnislose_suchen")
    found["haushaltsansaetze"] = (ansatz and ansatz.wert,)
    found["ergebnislose_suchen"] = (suchen.wert, suchen.nenner) if suchen else (0, 0)
    abbrueche, dauer = rows.get("abbrueche"), rows.get("verweildauer")
    found["abbrueche"] = (0, None)
    if abbrueche:
        quote = 100 * abbrueche.zaehler / abbrueche.nenner if abbrueche.nenner else None
        found["abbrueche"] = (abbrueche.wert, quote)
    found["verweildauer"] = (dauer.wert, dauer.nenner) if dauer else (None, 0)
    return found


def test_reasons_that_are_a_breakdown_are_called_so() -> None:
    called = {grund.value for grund in Beendigungsgrund if grund.name.startswith("ABBRUCH")}
    assert called == ABBRUCH_CODES
    assert Beendigungsgrund.ZUSTAENDIGKEITSWECHSEL == ZUSTAENDIGKEITSWECHSEL_CODE


@pytest.fixture
def angebote(cast) -> list[Angebot]:
    """Own and foreign, two kinds of help, one with a Spezialisierung."""
    return [
        create_angebot(plaetze=MOST, spezialisierungen=("trauma",)),
        create_angebot(plaetze=MOST, kreis="HRO"),
        create_angebot(plaetze=MOST, hilfeart="A30", entgelt="60.00"),
        create_angebot(plaetze=MOST, hilfeart="A30", entgelt="60.00", kreis="LHSN", spezialisierungen=("trauma",)),
    ]


@pytest.fixture
def fremde(cast) -> list[Angebot]:
    """Where others hold places: here, here with a Spezialisierung, and at home."""
    return [
        create_angebot(plaetze=MOST),
        create_angebot(plaetze=MOST, hilfeart="A30", entgelt="60.00", spezialisierungen=("trauma",)),
        create_angebot(plaetze=MOST, kreis="HRO"),
    ]


def _live(welt: Welt, fall: Hilfefall, angebote: list[Angebot]) -> None:
    """Budgets and searches, written as the services would leave them."""
    for art, cent in zip(ARTEN, welt.ansaetze or (), strict=bool(welt.ansaetze)):
        Haushaltsansatz.objects.create(jahr=2026, hilfeart=Hilfeart.objects.get(code=art), betrag=Decimal(cent) / 100)
    for plan in welt.suchen:
        suche = create_suche(
            hilfefall=fall, angebot=angebote[plan.angebot], angebote_verfuegbar=plan.verfuegbar,
            spezialisierungen=["trauma"] if plan.trauma else [],
        )  # fmt: skip
        moment = datetime.combine(_day(plan.tag), plan.uhrzeit, tzinfo=BERLIN)
        Suche.objects.filter(pk=suche.pk).update(created_at=moment)


def test_every_figure_has_its_oracle() -> None:
    """What is published and compared with nothing but one worked example is wrong in the cases it does not have."""
    heute, ags = date(2026, 3, 1), "13075"
    welt = Welt(ansaetze=None, suchen=[], belegungen=[])
    compared = set(_expected([], MONATE[0], heute, ags)) | set(
        _expected_besides(welt, MONATE[0], ("", ""), [], [], ags)
    )
    assert compared == set(KENNZAHLEN), (
        "write its definition in tenant_apps/controlling/rules.py, and what it says of a drawn world in `_expected…`"
    )


def test_publish_monate__any_office__says_what_the_rules_say(vg, hro, cast, angebote, fremde, settings) -> None:
    people = (cast.user("doris").pk, cast.user("emil").pk)

    @hypothesis_settings(max_examples=WORLDS)
    @given(
        plaene=st.lists(PLAN, min_size=1, max_size=MOST),
        welt=WELT,
        heute=st.dates(date(2026, 3, 1), date(2026, 4, 30)),
    )
    def compare(plaene: list[Plan], welt: Welt, heute: date) -> None:
        settings.FIXED_TODAY = heute.isoformat()
        with transaction.atomic():
            for nummer, belegung in enumerate(welt.belegungen):
                dauer = DateRange(_day(belegung.beginn), _day(belegung.beginn + belegung.tage))
                platz = fremde[belegung.angebot].plaetze.order_by("pk")[nummer]
                occupy_platz(platz=platz, tenant=hro, zeitraum=dauer, zustand=belegung.zustand)
            publish(plaene, welt, heute)
            transaction.set_rollback(True)

    def publish(plaene: list[Plan], welt: Welt, heute: date) -> None:
        with in_tenant(vg):
            faelle = [create_hilfefall(fachkraft_id=people[0]) for _ in range(3)]
            was = [_book(plan, faelle[plan.fall], angebote[plan.angebot], people) for plan in plaene]
            _live(welt, faelle[0], angebote)
            publish_monate(monate=MONATE)
            for monat in MONATE:
                for hilfeart, spez in KREISE:
                    part = [
                        g for g in was
                        if hilfeart in {"", g.angebot.hilfeart.code}
                        and (not spez or g.angebot in (angebote[0], angebote[3]))
                    ]  # fmt: skip
                    wanted = _expected(part, monat, heute, vg.ags[:5])
                    wanted |= _expected_besides(welt, monat, (hilfeart, spez), angebote, fremde, vg.ags[:5])
                    assert _published(monat, hilfeart, spez) == wanted, (monat, hilfeart, spez)

    compare()
