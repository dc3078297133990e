"""Random markets: what the search says of each offer is what the pure rules say, nothing left out, the sum adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.catalogue.models import Entgeltrecht, Hilfeart, Spezialisierung, Sprache
from shared_apps.core.clock import local_date, now, today
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.models import NIE_ENDE, Aufnahmestopp, Platzsperre
from shared_apps.occupancy.selectors.frei import Frei, list_frei
from shared_apps.providers.models import Anbieter, Angebot, Entgelt, Platz
from shared_apps.providers.rules import VOLLJAEHRIG, mit_vorrang
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.fast_passend import list_fast_passend
from tenant_apps.placements.search.selectors.kriterien import Kriterien, without_bedarf
from tenant_apps.placements.search.selectors.markt import Markt
from tenant_apps.placements.search.selectors.preise import Preis, compute_preis
from tenant_apps.placements.search.selectors.search import Zahlen, count_angebote, search_angebote, search_seite
from tenant_apps.placements.search.selectors.treffer import ALLES, Eingrenzung, Sortierung
from tenants.context import in_tenant, on_portal
from tests.factories.regions import postleitzahlen
from tests.factories.register import DateRange, create_angebot, create_einrichtung, license_einrichtung, occupy_platz
from tests.security import sizes

pytestmark = pytest.mark.django_db

#: What runs is this; the rules are its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "tenant_apps/placements/search/selectors/markt.py"

TAG0 = date(2027, 3, 1)
#: Days around the first of the search, before, on, within and after it.
TAG = st.sampled_from([-400, -30, -1, 0, 1, 5, 29, 30, 31, 200]).map(lambda n: TAG0 + timedelta(days=n))
CODES = ("trauma", "sucht")
#: Postcodes with their middles; another one is known to nobody.
MITTEN = {"17489": ("54.093", "13.388"), "17389": ("53.856", "13.690")}
ORTE = (None, ("54.09000", "13.38000"), ("53.63000", "11.41000"))


def zeiten(*, offen: bool = True) -> st.SearchStrategy[Zeitraum]:
    """Periods that begin and end on these days; often without end."""
    ende = st.one_of(st.none(), TAG) if offen else TAG
    paare = st.tuples(TAG, ende).filter(lambda paar: paar[1] is None or paar[0] < paar[1])
    return paare.map(lambda paar: Zeitraum(*paar))


@dataclass
class Haus:
    """An offer as it is drawn, before it is entered."""

    kreis: str
    ort: tuple[str, str] | None
    gueltig: Zeitraum
    haus_bis: date | None
    anbieter_bis: date | None
    alter: tuple[int, int]
    geschlecht: str
    codes: frozenset[str]
    erlaubnis: tuple[date, date | None] | None
    stopps: list[Zeitraum]
    plaetze: list[tuple[Zeitraum, Zeitraum | None, Zeitraum | None]]
    saetze: list[tuple[date, int]]
    eigene: list[tuple[date, int]]
    #: Hours since somebody confirmed the vacancies, and whether somebody has reported since that they are wrong.
    bestaetigt: tuple[int | None, bool]
    sprachen: frozenset[str] = frozenset()
    barrierefrei: str = ""
    plz: str = ""
    #: Hours a week, of a help that is paid by the hour.
    stunden: int | None = 20
    #: Of the other kind of help, which is looked through together with the first one in some searches.
    zweite: bool = False
    angebot: Angebot = field(init=False)

    def enter(self, art: Hilfeart, nummer: int, hro, ines) -> None:
        """Into the register. A rate for one office alone is refused where it binds all (§ 78b); a hold or a
        block, where there is no place for it: then there is none."""
        if art.entgeltrecht == Entgeltrecht.P78A:
            self.eigene = []
        anbieter = Anbieter.objects.create(name=f"Anbieter {nummer}", gueltig_bis=self.anbieter_bis)
        breite, laenge = self.ort or (None, None)
        haus = create_einrichtung(
            anbieter=anbieter, kreis=self.kreis, gueltig_bis=self.haus_bis, breite=breite, laenge=laenge, plz=self.plz
        )
        self.angebot = create_angebot(
            hilfeart=art.code, einrichtung=haus, entgelt=None, plaetze=0, erlaubnis=False, alter_von=self.alter[0],
            alter_bis=self.alter[1], geschlecht=self.geschlecht, spezialisierungen=tuple(self.codes),
            gueltig=_range(self.gueltig), stunden_je_woche=None if art.ist_stationaer else self.stunden,
            barrierefrei=self.barrierefrei,
        )  # fmt: skip
        self.angebot.sprachen.set(Sprache.objects.filter(code__in=self.sprachen))
        stunden, gemeldet = self.bestaetigt
        Angebot.objects.filter(pk=self.angebot.pk).update(
            vakanz_bestaetigt_at=None if stunden is None else now() - timedelta(hours=stunden),
            vakanz_gemeldet_at=now() if gemeldet else None,
        )
        self.angebot.refresh_from_db()
        if self.erlaubnis:
            ab, bis = self.erlaubnis
            license_einrichtung(haus, datum=date(2020, 1, 1), gueltig_ab=ab, gueltig_bis=bis)
        plaetze = [
            Platz.objects.create(angebot=self.angebot, nummer=n, gueltig=_range(gibt_es))
            for n, (gibt_es, _, _) in enumerate(self.plaetze, 1)
        ]
        zeiten = [(platz, *weg) for platz, (_, *weg) in zip(plaetze, self.plaetze, strict=True)]
        gebunden = [zeit and _try(occupy_platz, platz=platz, tenant=hro, zeitraum=zeit) for platz, zeit, _ in zeiten]
        with on_portal(user_id=ines.user_id, anbieter_ids=[anbieter.pk]):
            stamp = {"grund": "PERSONAL", "geaendert_von_id": ines.user_id, "geaendert_at": now()}
            stopps = [
                _try(Aufnahmestopp.objects.create, angebot=self.angebot, zeitraum=zeit, **stamp) for zeit in self.stopps
            ]
            gesperrt = [
                zeit and _try(Platzsperre.objects.create, platz=platz, zeitraum=zeit, **stamp)
                for platz, _, zeit in zeiten
            ]
        self.stopps = [zeit for zeit in stopps if zeit]
        self.plaetze = [(gibt_es, *weg) for (gibt_es, _, _), *weg in zip(self.plaetze, gebunden, gesperrt, strict=True)]
        vg = Gebietskoerperschaft.objects.get(kuerzel="VG")
        for amt, reihe in ((None, self.saetze), (vg, self.eigene)):
            for zeitraum, betrag in _follow(reihe):
                Entgelt.objects.create(
                    angebot=self.angebot, jugendamt=amt, betrag=betrag, einheit=art.einheit, gueltig=_range(zeitraum)
                )

    @property
    def bestaetigt_am(self) -> date | None:
        """The day of the confirmation that counts."""
        at = self.angebot.bestaetigt_at
        return local_date(at) if at and not self.bestaetigt[1] else None

    @property
    def preis(self) -> list[tuple[Zeitraum, Decimal]]:
        return mit_vorrang(_follow(self.saetze), _follow(self.eigene))

    def geprueft(self, beginn: date, km: Decimal | None = None) -> rules.Geprueft:
        """As the rule sees it."""
        von, bis = self.erlaubnis or (date.max, None)
        erlaubt = von <= beginn and (bis is None or beginn < bis)
        if not self.angebot.hilfeart.erlaubnispflichtig or self.alter[0] >= VOLLJAEHRIG:
            erlaubt = True
        saetze = self.preis
        return rules.Geprueft(
            gueltig=self.gueltig,
            haus_bis=self.haus_bis,
            anbieter_bis=self.anbieter_bis,
            alter_von=self.alter[0],
            alter_bis=self.alter[1],
            geschlecht=self.geschlecht,
            spezialisierungen=self.codes,
            sprachen=self.sprachen,
            barrierefrei=self.barrierefrei,
            bestaetigt=self.bestaetigt_am,
            erlaubt=erlaubt,
            stopps=self.stopps,
            plaetze=[(gibt_es, [z for z in weg if z]) for gibt_es, *weg in self.plaetze],
            satz_ab=saetze[0][0].beginn if saetze else None,
            km=km,
            stunden=None if self.stunden is None else Decimal(self.stunden),
        )


def _try(create: Callable, *, zeitraum: Zeitraum, **fields) -> Zeitraum | None:
    """The period that is kept; None when the database refuses it."""
    try:
        with transaction.atomic():
            create(zeitraum=_range(zeitraum), **fields)
    except IntegrityError:
        return None
    return zeitraum


def _range(zeitraum: Zeitraum) -> DateRange:
    return DateRange(zeitraum.beginn, zeitraum.ende)


def _follow(reihe: list[tuple[date, int]]) -> list[tuple[Zeitraum, Decimal]]:
    """Rates one after the other; the last one has run out, and goes on all the same (§ 78d Abs. 2 SGB VIII)."""
    folge = sorted(reihe)
    enden = [ab for ab, _ in folge[1:]] + [date(2031, 1, 1)][: len(folge)]
    return [(Zeitraum(ab, ende), Decimal(cent) / 100) for (ab, cent), ende in zip(folge, enden, strict=True)]


REIHE = st.lists(st.tuples(TAG, st.integers(0, 40_000)), max_size=2, unique_by=lambda satz: satz[0])
BESTAETIGT = st.tuples(st.none() | st.sampled_from([0, 30, 7 * 24, 9 * 24, 2000, -48]), st.booleans())
STUNDEN = st.sampled_from([4, 5, 6, 20])
PLZ = st.sampled_from(["", *MITTEN, "99999"])
SPRACHEN = st.frozensets(st.sampled_from(["ar", "uk", "de"]))
BARRIEREFREI = st.sampled_from(["", "JA", "TEILWEISE", "NEIN"])
#: Where is searched; around a postcode most often so that something is just outside.
WO = st.sampled_from([("EIGENE", "", None), ("NACHBARN", "", None), ("LAND", "", None)]) | st.tuples(
    st.just("UMKREIS"), st.sampled_from(sorted(MITTEN)), st.sampled_from([1, 32, 33, 130])
)
#: A kind of help that is paid alike; by law its licence and its rates are other ones.
ZWEITE = {"S34": "S33", "A31": "A30"}
#: Whether both are looked through.
ZWEI = st.sampled_from([False, False, True])
#: Whether it goes on until further notice: then `tage` are the days that are planned with.
OHNE_ENDE = st.sampled_from([False, False, True])
#: By then whatever has an end has ended.
FERN = TAG0 + timedelta(days=402)
PLATZ = st.tuples(zeiten(), st.none() | zeiten(), st.none() | zeiten())
HAUS = st.builds(
    Haus,
    kreis=st.sampled_from(["VG", "VG", "VR", "HRO"]),
    ort=st.sampled_from(ORTE),
    gueltig=zeiten(),
    haus_bis=st.none() | TAG,
    anbieter_bis=st.none() | TAG,
    alter=st.sampled_from([(0, 20), (6, 12), (13, 17), (18, 26)]),
    geschlecht=st.sampled_from(["", "w", "m"]),
    codes=st.frozensets(st.sampled_from(CODES)),
    erlaubnis=st.sampled_from([None, (date(2020, 1, 1), None), (TAG0, None), (date(2020, 1, 1), TAG0)]),
    stopps=st.lists(zeiten(), max_size=2),
    plaetze=st.lists(PLATZ, max_size=2),
    saetze=REIHE,
    eigene=st.just([]) | REIHE,
    bestaetigt=BESTAETIGT,
    sprachen=SPRACHEN,
    barrierefrei=BARRIEREFREI,
    plz=PLZ,
    stunden=STUNDEN,
    zweite=st.sampled_from([False, False, True]),
)
#: Most houses are in order: otherwise nothing would ever be found.
_GUT = {
    "kreis": st.sampled_from(["VG", "VG", "VG", "VR", "HRO"]),
    "ort": st.sampled_from(ORTE),
    "gueltig": st.just(Zeitraum(date(2020, 1, 1))),
    "haus_bis": st.none(),
    "anbieter_bis": st.none(),
    "alter": st.just((0, 20)),
    "geschlecht": st.sampled_from(["", "w"]),
    "codes": st.just(frozenset(CODES)),
    "erlaubnis": st.just((date(2020, 1, 1), None)),
    "stopps": st.just([]),
    "plaetze": st.lists(st.tuples(st.just(Zeitraum(date(2020, 1, 1))), st.none(), st.none()), min_size=1, max_size=3),
    "saetze": st.lists(
        st.tuples(st.just(date(2020, 1, 1)), st.sampled_from([8_800, 8_801, 9_042])), min_size=1, max_size=1
    ),
    "eigene": st.just([]) | REIHE,
    "bestaetigt": BESTAETIGT,
    "sprachen": SPRACHEN | st.just(frozenset({"ar", "uk"})),
    "barrierefrei": BARRIEREFREI | st.just("JA"),
    "plz": PLZ,
    "stunden": st.sampled_from([7, 20]),
    "zweite": st.sampled_from([False, False, True]),
}
GUTES_HAUS = st.builds(Haus, **_GUT)
IMMER = Zeitraum(date(2020, 1, 1))
#: Blocked from a day within the period on.
SPAETER = st.sampled_from([5, 29, 30, 31]).map(lambda n: Zeitraum(TAG0 + timedelta(days=n)))
#: One thing of a good house is not as it should be: otherwise hardly anything would fit but for one.
FAST_GUTES_HAUS = st.one_of(
    st.builds(Haus, **(_GUT | anders))
    for anders in (
        {"kreis": st.sampled_from(["VR", "HRO"])},
        {"alter": st.sampled_from([(0, 4), (6, 11), (13, 17), (19, 26)])},
        {"stopps": st.lists(zeiten(), min_size=1, max_size=2)},
        {"plaetze": st.lists(PLATZ, min_size=1, max_size=2)},
        {"plaetze": st.lists(st.tuples(st.just(IMMER), zeiten(), st.none()), min_size=1, max_size=2)},
        {"plaetze": st.lists(st.tuples(st.just(IMMER), st.none(), SPAETER), min_size=1, max_size=2)},
        {"gueltig": zeiten()},
        {"haus_bis": TAG},
        {"saetze": st.lists(st.tuples(TAG, st.integers(0, 40_000)), min_size=1, max_size=1)},
        {"codes": st.sampled_from([frozenset(), frozenset({"trauma"}), frozenset({"sucht"})])},
        {"sprachen": SPRACHEN, "barrierefrei": st.just("JA")},
        {"barrierefrei": BARRIEREFREI, "sprachen": st.just(frozenset({"ar", "uk"}))},
    )
)


#: What an offer is asked to have.
BEDARFE = {
    "spezialisierungen": st.lists(st.sampled_from(CODES), unique=True, max_size=2).map(tuple),
    "verknuepfung": st.sampled_from(["ALLE", "EINE"]),
    "sprachen": st.sampled_from([(), (), ("ar",), ("ar", "uk"), ("de",), ("de", "ar")]),
    "barrierefrei": st.sampled_from(["", "", "JA", "TEILWEISE"]),
}


@settings(max_examples=sizes.MARKETS.number, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    art=st.sampled_from(["S34", "A31"]),
    haeuser=st.lists(HAUS | GUTES_HAUS, max_size=7),
    tage=st.sampled_from([2, 30, 183]),
    je_woche=st.sampled_from(["7", "5", "0.25"]).map(Decimal),
    gefragt=st.fixed_dictionaries(
        {
            "wo": WO,
            "ohne_ende": OHNE_ENDE,
            "zwei": ZWEI,
            "alter": st.none() | st.sampled_from([5, 12, 18]),
            "geschlecht": st.sampled_from(["", "w", "d"]),
            **BEDARFE,
            "bestaetigt_tage": st.sampled_from([None, None, 1, 7, 8]),
        }
    ),
    sortierung=st.sampled_from([f"{vor}{wert}" for wert in Sortierung.values for vor in ("", "-")]),
    eng=st.builds(
        Eingrenzung,
        alle=st.booleans(),
        text=st.sampled_from(["", "", "haus", "VR"]),
        drittel=st.booleans(),
        frisch=st.booleans(),
        km=st.sampled_from([None, None, 60]),
        satz=st.sampled_from([None, None, Decimal("88.00")]),
        soll=st.sampled_from([None, None, Decimal(2640)]),
    ),
)
def test_search__is_what_the_rules_say(cast, vg, hro, art, haeuser, tage, je_woche, gefragt, sortierung, eng):
    _compare(cast, vg, hro, art, haeuser, tage, je_woche, gefragt, sortierung, eng)


@settings(max_examples=max(sizes.MARKETS.number // 2, 10), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    art=st.sampled_from(["S34", "A31"]),
    haeuser=st.lists(FAST_GUTES_HAUS, min_size=4, max_size=7),
    tage=st.sampled_from([30, 183]),
    gefragt=st.fixed_dictionaries(
        {
            "wo": WO,
            "ohne_ende": OHNE_ENDE,
            "zwei": ZWEI,
            "alter": st.sampled_from([None, 5, 12, 18]),
            "bestaetigt_tage": st.sampled_from([None, None, 8]),
            **BEDARFE,
        }
    ),
)
def test_near_misses__are_what_the_rules_say(cast, vg, hro, art, haeuser, tage, gefragt):
    """Markets in which nearly all fits but for one thing."""
    _compare(cast, vg, hro, art, haeuser, tage, Decimal(7), gefragt)


def _compare(
    cast, vg, hro, art, haeuser, tage, je_woche, gefragt, sortierung=Sortierung.KOSTEN.value, eng=ALLES
) -> None:
    with postleitzahlen(MITTEN), transaction.atomic():
        assert Spezialisierung.objects.filter(code__in=CODES).count() == len(CODES), "reference data have changed"
        assert Sprache.objects.filter(code__in=["ar", "uk"]).count() == 2, "reference data have changed"
        hilfeart = Hilfeart.objects.get(code=art)
        zweite = Hilfeart.objects.get(code=ZWEITE[art])
        for nummer, haus in enumerate(haeuser):
            haus.enter(zweite if haus.zweite else hilfeart, nummer, hro, cast.akteur("ines"))
        arten = {hilfeart.pk, zweite.pk} if gefragt["zwei"] else {hilfeart.pk}
        reichweite, plz, km = gefragt["wo"]
        kriterien = Kriterien(
            hilfeart=hilfeart, region="VG", reichweite=reichweite, umkreis_plz=plz, umkreis_km=km, beginn=TAG0,
            ende=TAG0 + timedelta(days=tage - 1), tage_je_woche=je_woche, stunden_je_woche=je_woche,
            weitere=(zweite,) if gefragt["zwei"] else (),
            **{name: wert for name, wert in gefragt.items() if name not in {"wo", "zwei"}},
        )  # fmt: skip
        with in_tenant(vg):
            ergebnis, zahlen = search_angebote(kriterien), count_angebote(kriterien)
            frei = list_frei([haus.angebot.pk for haus in haeuser], kriterien.zeitraum)
            seiten = _read_pages(kriterien, sortierung, eng)
            fast = list_fast_passend(_suche(kriterien))
        alle_haeuser = haeuser
        haeuser = [haus for haus in alle_haeuser if haus.angebot.hilfeart_id in arten]
        erwartet, zeilen = _expected(kriterien, haeuser)
        assert ergebnis.zahlen == zahlen
        assert zahlen.ausschluesse == erwartet
        assert zahlen.geprueft == zahlen.verfuegbar + sum(zahlen.ausschluesse.values())
        assert frei == {haus.angebot.pk: _frei(kriterien, haus) for haus in alle_haeuser}
        assert [zeile.hilfeart for zeile in ergebnis.treffer] == [_code(zeile.angebot) for zeile in ergebnis.treffer]
        beinahe = [rules.Beinahe(f.angebot, f.naehe, _left(kriterien, f.kriterien), f.entfernung_km) for f in fast]
        moeglich = _near(kriterien, haeuser)
        je_angebot = rules.list_je_angebot(kriterien.rechenzeitraum, list(moeglich))
        assert beinahe == rules.choose_fast_passend(je_angebot)
        assert [f.soll for f in fast] == [moeglich[eintrag] for eintrag in beinahe]
        for f in fast:
            if f.naehe == rules.Naehe.OHNE:  # the button asks for one thing less, and then this offer fits
                (haus,) = (haus for haus in haeuser if haus.angebot.pk == f.angebot)
                assert f.kriterien in _without_each(kriterien) and _fits(f.kriterien, haus)
                assert f.kriterien == without_bedarf(kriterien, f.ohne)
        alle = _sort(zeilen, Sortierung.KOSTEN.value, kriterien)
        assert [_line(zeile) for zeile in ergebnis.treffer] == [zeile.line() for zeile in alle]
        assert (ergebnis.gesamt, ergebnis.verfuegbar) == (len(zeilen), sum(zeile.verfuegbar for zeile in zeilen))
        gezeigt = _sort([zeile for zeile in zeilen if zeile.passes(eng)], sortierung, kriterien)
        assert [zeile.angebot for markt in seiten for zeile in markt.zeilen] == [z.haus.angebot.pk for z in gezeigt]
        for markt in seiten:
            assert (markt.anzahl, Zahlen(markt.je_grund.get("", 0), zahlen.ausschluesse)) == (len(gezeigt), zahlen)
            assert markt.frei == sum(zeile.passes(replace(eng, alle=False)) for zeile in zeilen)
            assert markt.facetten == {
                name: sum(zeile.passes(replace(eng, **was)) for zeile in zeilen) for name, was in FACETTE.items()
            }
        transaction.set_rollback(True)


def _code(angebot_id) -> str:
    return Angebot.objects.values_list("hilfeart__code", flat=True).get(pk=angebot_id)


def _frei(kriterien: Kriterien, haus: Haus) -> Frei:
    """From and until when the offer is free, day by day."""
    wer = haus.geprueft(TAG0)
    zeitraum = Zeitraum(TAG0, FERN) if kriterien.ohne_ende else kriterien.zeitraum
    bis = rules.frei_bis(zeitraum, wer.plaetze, wer.stopps)
    if kriterien.ohne_ende and bis == FERN - EIN_TAG:
        bis = NIE_ENDE - EIN_TAG
    return Frei(rules.frei_ab(zeitraum, wer.plaetze, wer.stopps), bis)


def _left(kriterien: Kriterien, anders: Kriterien) -> Zeitraum:
    """What another question leaves of the days asked for; of a help without end, of those that are planned with."""
    return Zeitraum.from_inclusive(anders.beginn, min(anders.ende, kriterien.ende))


#: Each choice of the filter by itself.
FACETTE = {"km10": {"km": 10}, "km30": {"km": 30}, "km60": {"km": 60}, "frisch": {"frisch": True}} | {
    "drittel": {"drittel": True}
}


def _read_pages(kriterien: Kriterien, sortierung: str, eng: Eingrenzung) -> list[Markt]:
    """Two lines a page, until a page is empty."""
    seiten: list[Markt] = []
    while not seiten or seiten[-1].zeilen:
        ab = 2 * len(seiten)
        seiten.append(search_seite(kriterien, sortierung=sortierung, eingrenzung=eng, ab=ab, hoechstens=2))
    return seiten


def _line(zeile) -> tuple:
    return (
        zeile.angebot, zeile.verfuegbar, zeile.vakanzen, zeile.soll_entgelt_exakt, zeile.soll_entgelt,
        zeile.tagesentgelt, zeile.entgelt_wechselt, zeile.rang, zeile.differenz, zeile.bestprice,
        zeile.im_guenstigsten_drittel, zeile.entfernung_km, zeile.passung,
    )  # fmt: skip


@dataclass
class Erwartet:
    """A line of the result, by the pure rules."""

    haus: Haus
    verfuegbar: bool
    frei: int
    preis: Preis | None
    km: Decimal | None
    passung: int | None
    rang: int | None = None
    differenz: Decimal | None = None
    im_drittel: bool = False

    @property
    def exakt(self) -> Decimal | None:
        return self.preis and self.preis.exakt

    def line(self) -> tuple:
        preis = self.preis
        return (
            self.haus.angebot.pk, self.verfuegbar, self.frei, self.exakt, preis and preis.soll, preis and preis.satz,
            bool(preis and len(preis.zeilen) > 1), self.rang, self.differenz, self.differenz == 0, self.im_drittel,
            self.km, self.passung,
        )  # fmt: skip

    def passes(self, eng: Eingrenzung) -> bool:
        """Each filter by hand."""
        haus, preis = self.haus.angebot.einrichtung, self.preis
        worte = f"{haus.name} {haus.anbieter.name} {haus.ort} {self.haus.angebot.name} {self.haus.kreis}"
        return all((
            eng.alle or self.verfuegbar,
            eng.text.lower() in worte.lower(),
            not eng.drittel or self.im_drittel,
            not eng.frisch or self.haus.angebot.vakanzstand.ist_frisch,
            eng.km is None or (self.km is not None and self.km <= eng.km),
            eng.satz is None or bool(preis and preis.satz <= eng.satz),
            eng.soll is None or bool(preis and preis.soll <= eng.soll),
        ))  # fmt: skip


def _sort(zeilen: list[Erwartet], sortierung: str, kriterien: Kriterien) -> list[Erwartet]:
    """The published order by hand: what is not known last, then amount, way, name, key."""
    wert = {
        "kosten": lambda z: z.exakt,
        "entfernung": lambda z: z.km,
        "passung": lambda z: None if z.passung is None else -z.passung,
        "frei": lambda z: -z.frei,
        "frei_ab": lambda z: (tag := _frei(kriterien, z.haus).ab) and tag.toordinal(),
    }[sortierung.removeprefix("-")]
    dreht = -1 if sortierung.startswith("-") else 1

    def last(zahl, mal: int = 1) -> tuple:
        return (zahl is None, 0 if zahl is None else mal * zahl)

    def key(z: Erwartet) -> tuple:
        angebot = z.haus.angebot
        return (
            not z.verfuegbar, last(wert(z), dreht), last(z.exakt), last(z.km), angebot.einrichtung.name, angebot.pk
        )  # fmt: skip

    return sorted(zeilen, key=key)


#: Districts that a reach looks at; around a postcode the whole state is.
KREISE = {"EIGENE": {"VG"}, "NACHBARN": {"VG", "VR"}, "LAND": {"VG", "VR", "HRO"}}


def _expected(kriterien: Kriterien, haeuser: list[Haus]) -> tuple[dict, list[Erwartet]]:
    """By hand: every offer looked at on its own, by the pure rules."""
    gesucht = _gesucht(kriterien)
    nahe = KREISE.get(kriterien.reichweite, KREISE["LAND"])
    gruende: Counter = Counter()
    zeilen: list[Erwartet] = []
    for haus in haeuser:
        beendet = any(bis is not None and bis <= TAG0 for bis in (haus.haus_bis, haus.anbieter_bis))
        if haus.kreis not in nahe or beendet or haus.gueltig.intersect(kriterien.zeitraum) is None:
            continue
        km = _km(kriterien, haus)
        dagegen = rules.list_ausschluesse(gesucht, haus.geprueft(TAG0, km))
        gruende.update(dagegen[:1])
        if set(dagegen) <= set(rules.OHNE_PLATZ):
            frei = rules.count_frei(kriterien.zeitraum, haus.geprueft(TAG0).plaetze)
            if rules.Ausschluss.STOPP in dagegen:
                frei = 0  # nobody is taken in: no place is offered
            preis = compute_preis(kriterien, haus.preis)
            zeilen.append(Erwartet(haus, not dagegen, frei, preis, km, _passung(gesucht, haus, km)))
    frei_zeilen = [zeile for zeile in zeilen if zeile.verfuegbar]
    soll = [zeile.preis.soll for zeile in frei_zeilen if zeile.preis]
    for zeile, rang in zip(frei_zeilen, rules.raenge(soll), strict=True):
        assert zeile.preis
        zeile.rang, zeile.differenz = rang, zeile.preis.soll - min(soll)
        zeile.im_drittel = rules.im_guenstigsten_drittel(rang, len(soll))
    return dict(gruende), zeilen


def _gesucht(kriterien: Kriterien) -> rules.Gesucht:
    """What is asked for, as the rule sees it."""
    tage = kriterien.bestaetigt_tage
    return rules.Gesucht(
        kriterien.zeitraum, kriterien.alter, kriterien.geschlecht, frozenset(kriterien.spezialisierungen),
        eine=kriterien.verknuepfung == "EINE", sprachen=frozenset(kriterien.sprachen),
        barrierefrei=kriterien.barrierefrei,
        stunden=None if kriterien.hilfeart.ist_stationaer else kriterien.stunden_je_woche,
        bestaetigt_ab=None if tage is None else today() - timedelta(days=tage - 1), umkreis_km=kriterien.umkreis_km,
    )  # fmt: skip


def _passung(gesucht: rules.Gesucht, haus: Haus, km: Decimal | None) -> int | None:
    bedarf = rules.PassungBedarf(
        gesucht.spezialisierungen, gesucht.alter, gesucht.geschlecht or None, gesucht.sprachen,
        bool(gesucht.barrierefrei), gesucht.bestaetigt_ab is not None,
    )  # fmt: skip
    stunden, gemeldet = haus.bestaetigt
    tage = None if stunden is None or stunden < 0 or gemeldet else _days_since(haus)
    fuer = frozenset({haus.geschlecht} if haus.geschlecht else ())
    frei = haus.barrierefrei in rules.BARRIEREFREI_GENUEGT.get(gesucht.barrierefrei, ())
    angebot = rules.PassungAngebot(haus.codes, *haus.alter, fuer, km, tage, haus.sprachen, frei)
    return rules.passung(bedarf, angebot).punkte


def _days_since(haus: Haus) -> int:
    assert haus.bestaetigt_am  # somebody has confirmed it, and nobody says otherwise
    return (today() - haus.bestaetigt_am).days


def _suche(kriterien: Kriterien) -> Suche:
    """A search by these criteria for nobody."""
    return Suche(
        hilfeart=kriterien.hilfeart, weitere_hilfearten=[art.code for art in kriterien.weitere],
        region=kriterien.region, reichweite=kriterien.reichweite,
        zeitraum=_range(kriterien.rechenzeitraum), ohne_ende=kriterien.ohne_ende, tage_je_woche=kriterien.tage_je_woche,
        stunden_je_woche=kriterien.stunden_je_woche, spezialisierungen=list(kriterien.spezialisierungen),
        geschlecht=kriterien.geschlecht, alter=kriterien.alter, bestaetigt_tage=kriterien.bestaetigt_tage,
        umkreis_plz=kriterien.umkreis_plz, umkreis_km=kriterien.umkreis_km, verknuepfung=kriterien.verknuepfung,
        sprachen=list(kriterien.sprachen), barrierefrei=kriterien.barrierefrei,
    )  # fmt: skip


def _near(kriterien: Kriterien, haeuser: list[Haus]) -> dict[rules.Beinahe, Decimal]:
    """By hand: one thing is asked otherwise, every day anything begins or ends is tried, and the rules look again."""
    nahe = KREISE.get(kriterien.reichweite, KREISE["LAND"])
    alle = [TAG0 + timedelta(days=n) for n in (1, 5, 29, 30, 31, 200)]
    tage = [tag for tag in alle if tag <= kriterien.ende]
    spaeter = [(rules.Naehe.SPAETER, replace(kriterien, beginn=tag, ende=_planned(kriterien, tag))) for tag in tage]
    kuerzer = [
        (rules.Naehe.KUERZER, replace(kriterien, ende=tag - EIN_TAG, ohne_ende=False))
        for tag in reversed(alle if kriterien.ohne_ende else tage)
    ]
    found: dict[rules.Beinahe, Decimal] = {}
    for haus in haeuser:
        beendet = any(bis is not None and bis <= TAG0 for bis in (haus.haus_bis, haus.anbieter_bis))
        if beendet or haus.gueltig.intersect(kriterien.zeitraum) is None:
            continue
        ein_jahr = kriterien.alter is not None and kriterien.alter in {haus.alter[0] - 1, haus.alter[1] + 1}
        km = _km(kriterien, haus)
        fern = kriterien.ist_umkreis and (km is None or km > kriterien.umkreis_km)
        if haus.kreis not in nahe or fern:
            versuche = [(rules.Naehe.WEITER, _everywhere(kriterien))]
        elif _fits(kriterien, haus):
            continue
        else:
            ohne = [(rules.Naehe.OHNE, anders) for anders in _without_each(kriterien)]
            versuche = [*spaeter, *kuerzer, *ohne] + [(rules.Naehe.ALTER, replace(kriterien, alter=None))] * ein_jahr
        for naehe, anders in versuche:
            preis = _fits(anders, haus)
            if preis and not any(b.angebot == haus.angebot.pk and b.naehe == naehe for b in found):
                found[rules.Beinahe(haus.angebot.pk, naehe, _left(kriterien, anders), km)] = preis.soll
    return found


def _planned(kriterien: Kriterien, tag: date) -> date:
    """A help without end is planned with as many days from a later day on."""
    return kriterien.ende + (tag - TAG0) if kriterien.ohne_ende else kriterien.ende


def _fits(kriterien: Kriterien, haus: Haus) -> Preis | None:
    gesucht = _gesucht(kriterien)
    if rules.list_ausschluesse(gesucht, haus.geprueft(kriterien.beginn, _km(kriterien, haus))):
        return None
    return compute_preis(kriterien, haus.preis)


def _without_each(kriterien: Kriterien) -> list[Kriterien]:
    """By hand: each thing an offer is asked to have left out; of several of which one is enough, all."""
    alle, sprachen = kriterien.spezialisierungen, kriterien.sprachen
    weniger = [()] if kriterien.verknuepfung == "EINE" and alle else [tuple(c for c in alle if c != w) for w in alle]
    return [
        *(replace(kriterien, spezialisierungen=codes) for codes in weniger),
        *(replace(kriterien, sprachen=tuple(c for c in sprachen if c != weg)) for weg in sprachen),
        *([replace(kriterien, barrierefrei="")] if kriterien.barrierefrei else []),
    ]


def _everywhere(kriterien: Kriterien) -> Kriterien:
    return replace(kriterien, reichweite="LAND", umkreis_plz="", umkreis_km=None)


def _km(kriterien: Kriterien, haus: Haus) -> Decimal | None:
    """From the postcode that is searched around, or the district's seat, to the house or the middle of its postcode."""
    vg = Gebietskoerperschaft.objects.get(kuerzel="VG")
    von = MITTEN.get(kriterien.umkreis_plz, (vg.breite, vg.laenge))
    nach = haus.ort or MITTEN.get(haus.plz)
    if nach is None:
        return None
    return rules.entfernung_km((float(von[0]), float(von[1])), (float(nach[0]), float(nach[1])))


def test_zahlen__add_up():
    """Looked at is what can be reserved and all that cannot; what fits is what could be with a place and a rate."""
    zahlen = Zahlen(14, {rules.Ausschluss.ALTER: 12, rules.Ausschluss.GESCHLECHT: 9, rules.Ausschluss.STOPP: 6})
    assert (zahlen.geprueft, zahlen.gesamt) == (41, 20)
