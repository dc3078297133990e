"""A provider's own system says what is free: blocks and stops become what was sent, whole or not at all (ADR 0068).

The steps and their refusals are those of `services.sperren` (both from `services.schritte`), done together; each
refusal names the place or offer, and its field in what was sent. Places are held before their offers, in the order of
everybody who holds several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import NICHT_SICHTBAR, Fehlt, Konflikt, RegelVerletzt, SojusError
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.rules import Abgleich, Eintrag, Platzlage, ab_heute, abgleich, ueberschneidung, verteilung
from shared_apps.occupancy.selectors import list_halter
from shared_apps.occupancy.selectors.vakanzen import as_eintrag, list_gehaltene, list_sperren, list_stopps
from shared_apps.occupancy.services.schritte import (
    Aenderungen,
    build_sperraenderung,
    build_sperre,
    build_stopp,
    build_stoppaenderung,
    record_sperren,
    record_stopps,
)
from shared_apps.providers.models import Angebot, Bestaetigungsweg, Einrichtung, Platz
from shared_apps.providers.policies import may_write_own, own_angebote, own_einrichtungen
from shared_apps.providers.querysets import not_ended
from shared_apps.providers.services import check_own
from shared_apps.providers.services.bestaetigung import record_bestaetigung

ZWEIMAL = "Das steht zweimal in der Meldung. Bitte nennen Sie jedes Angebot und jeden Platz nur einmal."
UEBERSCHNEIDET = "Dieser Zeitraum überschneidet sich mit einem anderen der Meldung."
ZU_VIELE = (
    "So viel lässt sich in dieser Zeit nicht sperren: Das Übrige ist vergeben oder gehört dann nicht zum Angebot. {}"
)


@dataclass(frozen=True, slots=True)
class Platzmeldung:
    """All blocks of one place; `feld`: its place in what was sent."""

    platz_id: UUID
    sperren: tuple[Eintrag, ...]
    feld: str


@dataclass(frozen=True, slots=True)
class Angebotsmeldung:
    """What is said of one offer. None: nothing, it stays as it is.

    `plaetze`: of these places all blocks, other places stay. `gesperrt`: one entry for each place that is blocked,
    whichever it is; all blocks of the offer. `stopps`: all stops of the offer.
    """

    angebot_id: UUID
    feld: str
    plaetze: tuple[Platzmeldung, ...] | None = None
    gesperrt: tuple[Eintrag, ...] | None = None
    stopps: tuple[Eintrag, ...] | None = None


@transaction.atomic
def update_vakanzen(*, akteur: Akteur, einrichtung: Einrichtung, meldungen: Sequence[Angebotsmeldung]) -> int:
    """Make blocks and stops of one's own facility what was sent, and confirm its offers named; how many were confirmed.

    What is past stays; what says the same already stays, too. `RegelVerletzt` for periods that overlap or a place that
    does not belong to its offer then; `Konflikt` (laeuft_noch) names the place and the offices that hold it; `Fehlt`
    for an offer or place that is not this facility's.
    """
    check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    _check_once([(m.angebot_id, m.feld) for m in meldungen])
    ids = [m.angebot_id for m in meldungen]
    rows = own_angebote(akteur).filter(not_ended(today()), einrichtung=einrichtung, pk__in=ids)
    bekannt = set(rows.values_list("pk", flat=True))
    if missing := [m for m in meldungen if m.angebot_id not in bekannt]:
        raise Fehlt(NICHT_SICHTBAR, feld=f"{missing[0].feld}.angebot")
    plaetze = list(
        Platz.objects.select_for_update(no_key=True)
        .filter(not_ended(today()), angebot__in=ids)
        .order_by("angebot_id", "nummer")  # "angebot" would hold the offers, too, and before their other places
    )
    held = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("hilfeart")
    angebote = {angebot.pk: angebot for angebot in held.filter(pk__in=ids).order_by("pk")}
    for platz in plaetze:
        platz.angebot = angebote[platz.angebot_id]
    sperren, stopps = list_sperren([platz.pk for platz in plaetze]), list_stopps(ids)
    gehalten = list_gehaltene([platz.pk for platz in plaetze])
    neue_stopps, neue_sperren = Aenderungen[Aufnahmestopp](), Aenderungen[Platzsperre]()
    for meldung in meldungen:
        angebot = angebote[meldung.angebot_id]
        if meldung.stopps is not None:
            _note_stopps(neue_stopps, angebot, meldung.stopps, stopps[angebot.pk])
        eigene = {platz.pk: platz for platz in plaetze if platz.angebot_id == angebot.pk}
        for pk, gewollt in _per_platz(meldung, eigene, sperren, gehalten).items():
            _note_sperren(neue_sperren, eigene[pk], gewollt, sperren[pk], gehalten[pk])
    record_stopps(akteur, neue_stopps)
    record_sperren(akteur, neue_sperren)
    return record_bestaetigung(akteur=akteur, angebote=ids, weg=Bestaetigungsweg.AENDERUNG)


def _per_platz(
    meldung: Angebotsmeldung,
    eigene: dict[UUID, Platz],
    sperren: dict[UUID, list[Platzsperre]],
    gehalten: dict[UUID, list[Zeitraum]],
) -> dict[UUID, Sequence[Eintrag]]:
    """What each place is to be, as it was sent or spread over the places; places that are left as they are: missing."""
    if meldung.gesperrt is not None:
        lagen = {
            platz.pk: Platzlage(
                Zeitraum.from_range(platz.gueltig),
                tuple(gehalten[platz.pk]),
                tuple(map(as_eintrag, sperren[platz.pk])),
            )
            for platz in reversed(eigene.values())  # as when places end: the highest numbers first
        }
        verteilt, ohne_platz = verteilung(meldung.gesperrt, lagen, today())
        if ohne_platz is not None:
            eintrag = meldung.gesperrt[ohne_platz]
            halter = [f"{p.bezeichnung}: {h.text}" for p in eigene.values() for h in list_halter(p, eintrag.zeitraum)]
            raise Konflikt(ZU_VIELE.format("; ".join(halter)).strip(), code="laeuft_noch", feld=eintrag.feld)
        return dict(verteilt)
    genannt = meldung.plaetze or ()
    _check_once([(p.platz_id, p.feld) for p in genannt])
    if fremd := next((p for p in genannt if p.platz_id not in eigene), None):
        raise Fehlt(NICHT_SICHTBAR, feld=f"{fremd.feld}.platz")
    return {p.platz_id: p.sperren for p in genannt}


def _check_once(genannt: Sequence[tuple[UUID, str]]) -> None:
    schon: set[UUID] = set()
    for pk, feld in genannt:
        if pk in schon:
            raise RegelVerletzt(ZWEIMAL, feld=feld)
        schon.add(pk)


def _compare(gewollt: Sequence[Eintrag], rows: Sequence[Platzsperre] | Sequence[Aufnahmestopp]) -> Abgleich:
    """What has to be done until the rows say what was sent, which does not overlap itself."""
    if doppelt := ueberschneidung(ab_heute(gewollt, today())):
        raise RegelVerletzt(UEBERSCHNEIDET, feld=f"{doppelt.feld}.beginn")
    return abgleich(map(as_eintrag, rows), gewollt, today())


def _note_sperren(
    auf: Aenderungen[Platzsperre],
    platz: Platz,
    gewollt: Sequence[Eintrag],
    rows: Sequence[Platzsperre],
    gehalten: Sequence[Zeitraum],
) -> None:
    """Note what becomes of the blocks of one place."""
    plan, by_id = _compare(gewollt, rows), {row.pk: row for row in rows}
    auf.aufheben += [by_id[pk] for pk in plan.aufheben]
    for pk, neu in plan.aendern:
        with _said_of(platz.bezeichnung, neu):
            ende = neu.zeitraum.ende
            build_sperraenderung(auf, platz, by_id[pk], ende, neu.grund, neu.notiz, gehalten=gehalten)
    for neu in plan.anlegen:
        with _said_of(platz.bezeichnung, neu):
            build_sperre(auf, platz, neu.zeitraum, neu.grund, neu.notiz, gehalten=gehalten)


def _note_stopps(
    auf: Aenderungen[Aufnahmestopp], angebot: Angebot, gewollt: Sequence[Eintrag], rows: Sequence[Aufnahmestopp]
) -> None:
    """Note what becomes of the stops of one offer."""
    plan, by_id = _compare(gewollt, rows), {row.pk: row for row in rows}
    auf.aufheben += [by_id[pk] for pk in plan.aufheben]
    for pk, neu in plan.aendern:
        with _said_of(angebot.name, neu):
            build_stoppaenderung(auf, by_id[pk], neu.zeitraum.ende, neu.grund, neu.notiz)
    for neu in plan.anlegen:
        with _said_of(angebot.name, neu):
            build_stopp(auf, angebot, neu.zeitraum, neu.grund, neu.notiz)


@contextmanager
def _said_of(wer: str, neu: Eintrag) -> Iterator[None]:
    """A refusal names whom it is about, and the field of what was sent."""
    try:
        yield
    except SojusError as error:
        feld = f"{neu.feld}.{error.feld}" if error.feld else neu.feld
        raise type(error)(f"{wer}: {error.message}", code=error.code, feld=feld) from error
