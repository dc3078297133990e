"""Why an offer does not fit, said once for each: nothing is left out of a result in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from shared_apps.catalogue.rules import nennenswerte_sprachen
from shared_apps.core.zeitraum import Zeitraum


class Ausschluss(StrEnum):
    """What speaks against an offer, in the published order: an offer counts once, with the first of its reasons.

    First where it is, then what its house is made for, how sure its word is, what it may do and from when, what is
    free, and at last what it costs.
    """

    UMKREIS = "UMKREIS"
    ALTER = "ALTER"
    GESCHLECHT = "GESCHLECHT"
    SPEZIALISIERUNG = "SPEZIALISIERUNG"
    SPRACHE = "SPRACHE"
    BARRIERE = "BARRIERE"
    MERKMAL = "MERKMAL"
    STUNDEN = "STUNDEN"
    UNBESTAETIGT = "UNBESTAETIGT"
    ERLAUBNIS = "ERLAUBNIS"
    ZEITRAUM = "ZEITRAUM"
    STOPP = "STOPP"
    BELEGT = "BELEGT"
    ENTGELT = "ENTGELT"


#: What an offer may say of itself, by what is asked for.
BARRIEREFREI_GENUEGT = {"JA": ("JA",), "TEILWEISE": ("JA", "TEILWEISE")}
#: These fit what is asked for; only today there is no place or no rate.
OHNE_PLATZ = (Ausschluss.STOPP, Ausschluss.BELEGT, Ausschluss.ENTGELT)


@dataclass(frozen=True, slots=True)
class Gesucht:
    """What is asked for; None or empty where it limits nothing.

    eine: one of the specialities is enough. barrierefrei: a key of `BARRIEREFREI_GENUEGT`. bestaetigt_ab: the oldest
    day on which vacancies may have been confirmed. umkreis_km: how far the house may be. stunden: hours a week, of a
    help that is paid by the hour.
    """

    zeitraum: Zeitraum
    alter: int | None = None
    geschlecht: str = ""
    spezialisierungen: frozenset[str] = frozenset()
    eine: bool = False
    sprachen: frozenset[str] = frozenset()
    barrierefrei: str = ""
    bestaetigt_ab: date | None = None
    umkreis_km: int | None = None
    stunden: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Geprueft:
    """An offer as the search knows it.

    gueltig, haus_bis, anbieter_bis: when it runs, and the first days on which its house and its provider are none any
    more. merkmale: it has what else was asked for. Its day of confirmation is None where nobody has confirmed its
    vacancies, or somebody says otherwise. erlaubt: it needs no licence, or there is one on the first day. stopps: when
    it takes nobody in. plaetze: for each place when there is one, and when somebody has it or its house has blocked it.
    satz_ab: the first day with an agreed rate. km: how far it is from where was searched; None: nobody knows. stunden:
    hours a week that it can give to all families together; None: it does not say.
    """

    gueltig: Zeitraum
    haus_bis: date | None = None
    anbieter_bis: date | None = None
    alter_von: int = 0
    alter_bis: int = 26
    geschlecht: str = ""
    spezialisierungen: frozenset[str] = frozenset()
    sprachen: frozenset[str] = frozenset()
    barrierefrei: str = ""
    merkmale: bool = True
    bestaetigt: date | None = None
    erlaubt: bool = True
    stopps: Sequence[Zeitraum] = ()
    plaetze: Sequence[tuple[Zeitraum, Sequence[Zeitraum]]] = ()
    satz_ab: date | None = None
    km: Decimal | None = None
    stunden: Decimal | None = None


def list_ausschluesse(gesucht: Gesucht, angebot: Geprueft) -> list[Ausschluss]:
    """All that speaks against an offer, in the published order; empty: it fits and can be reserved.

    It is to run, and its house and provider are to be there, in the whole period. Somebody is taken in on the first
    day: a stop of that day counts, a later one does not.
    """
    zeitraum = gesucht.zeitraum
    dagegen = {
        Ausschluss.UMKREIS: gesucht.umkreis_km is not None and (angebot.km is None or angebot.km > gesucht.umkreis_km),
        Ausschluss.ALTER: gesucht.alter is not None and not angebot.alter_von <= gesucht.alter <= angebot.alter_bis,
        Ausschluss.GESCHLECHT: bool(gesucht.geschlecht) and angebot.geschlecht not in {"", gesucht.geschlecht},
        Ausschluss.SPEZIALISIERUNG: not _has(gesucht, angebot),
        Ausschluss.SPRACHE: not set(nennenswerte_sprachen(gesucht.sprachen)) <= angebot.sprachen,
        Ausschluss.BARRIERE: bool(gesucht.barrierefrei)
        and angebot.barrierefrei not in BARRIEREFREI_GENUEGT[gesucht.barrierefrei],
        Ausschluss.MERKMAL: not angebot.merkmale,
        Ausschluss.STUNDEN: gesucht.stunden is not None
        and angebot.stunden is not None
        and angebot.stunden < gesucht.stunden,
        Ausschluss.UNBESTAETIGT: gesucht.bestaetigt_ab is not None
        and (angebot.bestaetigt is None or angebot.bestaetigt < gesucht.bestaetigt_ab),
        Ausschluss.ERLAUBNIS: not angebot.erlaubt,
        Ausschluss.ZEITRAUM: not (
            _covers(angebot.gueltig, zeitraum)
            and _lasts(angebot.haus_bis, zeitraum)
            and _lasts(angebot.anbieter_bis, zeitraum)
        ),
        Ausschluss.STOPP: any(zeitraum.beginn in stopp for stopp in angebot.stopps),
        Ausschluss.BELEGT: count_frei(zeitraum, angebot.plaetze) == 0,
        Ausschluss.ENTGELT: angebot.satz_ab is None or angebot.satz_ab > zeitraum.beginn,
    }
    return [grund for grund in Ausschluss if dagegen[grund]]


def _has(gesucht: Gesucht, angebot: Geprueft) -> bool:
    """Whether it has all the specialities that are asked for, or one where one is enough."""
    if gesucht.eine and gesucht.spezialisierungen:
        return bool(gesucht.spezialisierungen & angebot.spezialisierungen)
    return gesucht.spezialisierungen <= angebot.spezialisierungen


def bestaetigt_ab(heute: date, tage: int) -> date:
    """The oldest of the last `tage` days, today the last of them: 1 is today alone."""
    return heute - timedelta(days=tage - 1)


def count_frei(zeitraum: Zeitraum, plaetze: Sequence[tuple[Zeitraum, Sequence[Zeitraum]]]) -> int:
    """Places that there are, and that nobody has, on every day of the period."""
    return sum(
        _covers(gibt_es, zeitraum) and all(zeitraum.intersect(weg) is None for weg in belegt)
        for gibt_es, belegt in plaetze
    )


def _covers(aussen: Zeitraum, innen: Zeitraum) -> bool:
    return aussen.intersect(innen) == innen


def _lasts(bis: date | None, zeitraum: Zeitraum) -> bool:
    return bis is None or (zeitraum.ende is not None and zeitraum.ende <= bis)
