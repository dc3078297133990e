"""Which offers a search looks at, and what speaks against each of them before vacancies and rates are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, CharField, Exists, Func, OuterRef, Q, QuerySet, Value, When

from shared_apps.catalogue.models import Angebotsfeld, Kriterium, Merkmalart
from shared_apps.catalogue.selectors import list_felder, list_kriterien
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.providers.models import Angebot, Angebotsmerkmal, Geschlecht, Suchzeile
from shared_apps.providers.querysets import confirmed_on, gueltig_within, valid_on, valid_throughout
from shared_apps.providers.selectors.erlaubnis import allowed_on
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.rules import BARRIEREFREI_GENUEGT, Ausschluss, bestaetigt_ab
from tenant_apps.placements.search.selectors.kriterien import Kriterien, list_bedarfe
from tenant_apps.placements.search.selectors.umkreis import Grad, get_mitte, within


class Wege(NamedTuple):
    """How a condition gets from an offer to its house, its provider, its district and its state."""

    haus: str
    haus_bis: str
    anbieter_bis: str
    kreis: str
    land: str


#: From the offer itself.
_ANGEBOT = Wege(
    "einrichtung__", "einrichtung__", "einrichtung__anbieter__", "einrichtung__gebietskoerperschaft",
    "einrichtung__gebietskoerperschaft__land",
)  # fmt: skip
#: Within the row that has all of it (ADR 0099).
_ZEILE = Wege("", "haus_", "anbieter_", "gebietskoerperschaft", "land")


def list_geprueft(
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    *,
    erklaert: Sequence[Kriterium] | None = None,
    mitte: Grad | None = None,
) -> QuerySet[Any]:
    """Offers, as `list_zeilen` says."""
    return _geprueft(Angebot.objects.all(), _ANGEBOT, kriterien, region, erklaert, mitte)


def list_zeilen(
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    *,
    erklaert: Sequence[Kriterium] | None = None,
    mitte: Grad | None = None,
) -> QuerySet[Any]:
    """Rows of offers of these kinds of help within reach that run on a day of the period, in a house that is there at
    its start.

    Each with `grund`: the first `Ausschluss` that speaks against it whatever is free and whatever it costs, "" when
    nothing does. It is what `rules.list_ausschluesse` says, in SQL. Raises `RegelVerletzt` for a criterion that the
    module of the kind of help does not have. `erklaert`, `mitte`: the criteria of the module, and from where is
    measured, where somebody has read them.
    """
    return _geprueft(Suchzeile.objects.all(), _ZEILE, kriterien, region, erklaert, mitte)


def _geprueft(
    rows: QuerySet[Any],
    wege: Wege,
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    erklaert: Sequence[Kriterium] | None,
    mitte: Grad | None,
) -> QuerySet[Any]:
    zeitraum = kriterien.zeitraum
    if erklaert is None:
        erklaert = list_kriterien(modul_id=kriterien.hilfeart.modul_id)
    umkreis = None
    if kriterien.ist_umkreis:
        umkreis = in_umkreis(kriterien, mitte or get_mitte(kriterien, region), haus=wege.haus)
    angebote = rows.filter(
        valid_on(zeitraum.beginn, prefix=wege.haus_bis),
        valid_on(zeitraum.beginn, prefix=wege.anbieter_bis),
        _in_reach(kriterien, region, umkreis, wege),
        gueltig_within(zeitraum),
        of_kind(kriterien),
    )
    bedingungen = ({Ausschluss.UMKREIS: umkreis} if umkreis else {}) | _conditions(kriterien, erklaert, wege)
    dagegen = [When(~passt, then=Value(grund.value)) for grund, passt in bedingungen.items()]
    return angebote.annotate(grund=Case(*dagegen, default=Value(""), output_field=CharField()))


def of_kind(kriterien: Kriterien) -> Q:
    """Offers of one of the kinds of help."""
    return Q(hilfeart__in=kriterien.hilfearten) if kriterien.weitere else Q(hilfeart=kriterien.hilfeart)


def list_mit_fehlendem(
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    *,
    erklaert: Sequence[Kriterium],
    mitte: Grad | None = None,
) -> QuerySet[Any] | None:
    """As `list_geprueft` without all that offers are asked to have, with `fehlt`: the keys of what each of them lacks,
    a semicolon behind each. None where nothing is asked for.
    """
    fehlt = [
        Case(When(passt, then=Value("")), default=Value(f"{bedarf.schluessel};"))
        for bedarf in list_bedarfe(kriterien)
        if (passt := _conditions(bedarf.allein, erklaert).get(bedarf.grund))
    ]
    if not fehlt:
        return None
    egal = replace(kriterien, spezialisierungen=(), sprachen=(), barrierefrei="", merkmale={})
    zusammen = Func(*fehlt, template="(%(expressions)s)", arg_joiner=" || ", output_field=CharField())
    return list_geprueft(egal, region, erklaert=erklaert, mitte=mitte).annotate(fehlt=zusammen)


def _conditions(kriterien: Kriterien, erklaert: Sequence[Kriterium], wege: Wege = _ANGEBOT) -> dict[Ausschluss, Q]:
    """What an offer must be, by what is said of it otherwise, in the published order."""
    hat = list_felder(k for k in erklaert if k.filtert)
    zeitraum, passt = kriterien.zeitraum, {}
    if kriterien.alter is not None and Angebotsfeld.ALTER in hat:
        passt[Ausschluss.ALTER] = Q(alter_von__lte=kriterien.alter, alter_bis__gte=kriterien.alter)
    if kriterien.geschlecht and Angebotsfeld.GESCHLECHT in hat:
        passt[Ausschluss.GESCHLECHT] = Q(geschlecht__in=[Geschlecht.ALLE.value, kriterien.geschlecht])
    if kriterien.spezialisierungen and Angebotsfeld.SPEZIALISIERUNGEN in hat:
        einzeln = _with_each(Angebot.spezialisierungen, "spezialisierung", kriterien.spezialisierungen)
        passt[Ausschluss.SPEZIALISIERUNG] = reduce(or_ if kriterien.eine_genuegt else and_, einzeln)
    if kriterien.sprachen:
        passt[Ausschluss.SPRACHE] = reduce(and_, _with_each(Angebot.sprachen, "sprache", kriterien.sprachen))
    if kriterien.barrierefrei:
        passt[Ausschluss.BARRIERE] = Q(barrierefrei__in=BARRIEREFREI_GENUEGT[kriterien.barrierefrei])
    if merkmale := _by_merkmale(kriterien, erklaert):
        passt[Ausschluss.MERKMAL] = Q(*merkmale)
    if not kriterien.hilfeart.ist_stationaer and kriterien.stunden_je_woche:
        genug = Q(stunden_je_woche__gte=kriterien.stunden_je_woche)
        passt[Ausschluss.STUNDEN] = Q(stunden_je_woche__isnull=True) | genug
    if kriterien.bestaetigt_tage is not None:
        passt[Ausschluss.UNBESTAETIGT] = confirmed_on(today(), bestaetigt_ab(today(), kriterien.bestaetigt_tage))
    if pflichtig := [art for art in kriterien.hilfearten if art.erlaubnispflichtig]:
        frei = Q() if len(pflichtig) == len(kriterien.hilfearten) else ~Q(hilfeart__in=pflichtig)
        passt[Ausschluss.ERLAUBNIS] = allowed_on(zeitraum.beginn) | frei if frei else allowed_on(zeitraum.beginn)
    passt[Ausschluss.ZEITRAUM] = Q(
        valid_throughout(zeitraum, prefix=wege.haus_bis),
        valid_throughout(zeitraum, prefix=wege.anbieter_bis),
        gueltig__contains=DateRange(zeitraum.beginn, zeitraum.ende),
    )
    return passt


def _with_each(was: Any, eintrag: str, codes: Sequence[str]) -> list[Q]:
    """For each code: offers that have this entry of the catalogue. `was` is the way there, `eintrag` its last step."""
    hat = was.through.objects.filter(angebot=OuterRef("pk"))
    return [Q(Exists(hat.filter(**{f"{eintrag}__code": code}))) for code in codes]


def _by_merkmale(kriterien: Kriterien, erklaert: Sequence[Kriterium]) -> list[Any]:
    """What `catalogue.rules.passt` says, in SQL. `RegelVerletzt` for a criterion that the module does not have."""
    nach_code = {k.code: k for k in erklaert if not k.feld and k.filtert}
    if fremd := set(kriterien.merkmale) - set(nach_code):
        raise RegelVerletzt(f"Dieses Kriterium gibt es bei der gewählten Hilfeart nicht: {', '.join(sorted(fremd))}.")
    bedingungen: list[Any] = []
    for code, wert in kriterien.merkmale.items():
        gesagt = Angebotsmerkmal.objects.filter(angebot=OuterRef("pk"), kriterium=nach_code[code])
        if nach_code[code].art == Merkmalart.MENGE:
            bedingungen.append(Exists(gesagt.filter(werte__contains=list(wert))))
        elif nach_code[code].art == Merkmalart.SPANNE:
            bedingungen.append(~Exists(gesagt.exclude(von=None).exclude(von__lte=wert, bis__gte=wert)))
        else:
            bedingungen.append(~Exists(gesagt.exclude(werte=[]).exclude(werte__contains=[wert])))
    return bedingungen


def in_umkreis(kriterien: Kriterien, mitte: Grad | None, *, haus: str = "einrichtung__") -> Q:
    """Houses within the kilometres asked for around the postcode. `haus`: the way to them."""
    assert mitte is not None  # a postcode has a middle
    return within(mitte, kriterien.umkreis_km or 0, haus=haus)


def _in_reach(kriterien: Kriterien, region: Gebietskoerperschaft, umkreis: Q | None, wege: Wege) -> Q:
    """Around a postcode the whole state is looked at, and what lies near beyond its border: what is too far is said."""
    if umkreis is None:
        return in_region(kriterien.reichweite, region, wo=wege.kreis, land=wege.land)
    return Q(**{wege.land: region.land}) | umkreis


def in_region(reichweite: str, region: Gebietskoerperschaft, *, wo: str = _ANGEBOT.kreis, land: str | None = None) -> Q:
    """Houses in the office's district, in its neighbours' too, or anywhere in the state. `wo`, `land`: the way."""
    if reichweite == Reichweite.LAND:
        return Q(**{land or f"{wo}__land": region.land})
    if reichweite == Reichweite.NACHBARN:
        # One list of districts: of "here or in a list" the planner would go through all houses there are.
        return Q(**{f"{wo}__in": Gebietskoerperschaft.objects.filter(Q(pk=region.pk) | Q(nachbarn=region.pk))})
    return Q(**{wo: region})
