"""The steps of `services.sperren` for many blocks or stops at once, of places and offers that are held.

A push of a provider's system lifts, changes and enters hundreds of them. Statements do not grow with their number: one
by one, each with its own questions, 800 blocks took 6.8 s, and offices waited at the places meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, DateTimeField, Func, QuerySet, Value
from django.db.models.functions import Lower

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import list_gruende
from shared_apps.catalogue.services.gruende import NICHT_ZUR_WAHL
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.rules import Abgleich, Eintrag, ist_laenger
from shared_apps.occupancy.selectors import list_halter
from shared_apps.occupancy.services.sperren import (
    NICHT_IM_ANGEBOT,
    NOTIZ,
    SCHON_GESPERRT,
    SCHON_GESTOPPT,
    VERGEBEN,
    E,
    run_or_refuse,
)
from shared_apps.providers.models import Angebot, Platz


@dataclass(slots=True)
class Aenderungen(Generic[E]):
    """Rows of one kind that are written together, each group in one statement: first what makes room."""

    aufheben: list[E] = field(default_factory=list)
    kuerzen: list[E] = field(default_factory=list)
    verlaengern: list[E] = field(default_factory=list)
    anlegen: list[E] = field(default_factory=list)

    def note(self, row: E, zeitraum: Zeitraum) -> None:
        """A row that is there gets another end."""
        (self.verlaengern if ist_laenger(row.dauer, zeitraum) else self.kuerzen).append(row)


class Gruende:
    """Which reasons may be chosen today; asked once for each kind, and only when something is written."""

    def __init__(self) -> None:
        self._waehlbar: dict[Grundart, frozenset[str]] = {}

    def check(self, art: Grundart, code: str, *, bisher: str = "") -> None:
        """As `check_grund`, of many."""
        if art not in self._waehlbar:
            self._waehlbar[art] = frozenset(dict(list_gruende(art)))
        if code not in self._waehlbar[art] and (not bisher or code != bisher):
            raise RegelVerletzt(NICHT_ZUR_WAHL, feld="grund")


def build_sperren(
    platz: Platz,
    plan: Abgleich,
    rows: Sequence[Platzsperre],
    gehalten: Sequence[Zeitraum],
    *,
    gruende: Gruende,
    auf: Aenderungen[Platzsperre],
) -> None:
    """Note what becomes of the blocks of one place. Errors name the place and the field of what was sent."""
    by_id = {row.pk: row for row in rows}
    auf.aufheben += [by_id[pk] for pk in plan.aufheben]
    for pk, neu in plan.aendern:
        row = by_id[pk]
        with _said_of(platz.bezeichnung, neu):
            gruende.check(Grundart.SPERRE, neu.grund, bisher=row.grund)
            if ist_laenger(row.dauer, neu.zeitraum) and row.dauer.ende is not None:
                _check_free(platz, Zeitraum(row.dauer.ende, neu.zeitraum.ende), gehalten)
        auf.note(row, neu.zeitraum)
        row.zeitraum, row.grund, row.notiz = DateRange(row.dauer.beginn, neu.zeitraum.ende), neu.grund, neu.notiz
    for neu in plan.anlegen:
        with _said_of(platz.bezeichnung, neu):
            if neu.zeitraum.beginn not in Zeitraum.from_range(platz.gueltig):
                raise RegelVerletzt(NICHT_IM_ANGEBOT, feld="beginn")
            gruende.check(Grundart.SPERRE, neu.grund)
            _check_free(platz, neu.zeitraum, gehalten)
        tage = DateRange(neu.zeitraum.beginn, neu.zeitraum.ende)
        auf.anlegen.append(Platzsperre(platz=platz, zeitraum=tage, grund=neu.grund, notiz=neu.notiz))


def build_stopps(
    angebot: Angebot,
    plan: Abgleich,
    rows: Sequence[Aufnahmestopp],
    *,
    gruende: Gruende,
    auf: Aenderungen[Aufnahmestopp],
) -> None:
    """Note what becomes of the stops of one offer."""
    by_id = {row.pk: row for row in rows}
    auf.aufheben += [by_id[pk] for pk in plan.aufheben]
    for pk, neu in plan.aendern:
        row = by_id[pk]
        with _said_of(angebot.name, neu):
            gruende.check(Grundart.STOPP, neu.grund, bisher=row.grund)
        auf.note(row, neu.zeitraum)
        row.zeitraum, row.grund, row.hinweis = DateRange(row.dauer.beginn, neu.zeitraum.ende), neu.grund, neu.notiz
    for neu in plan.anlegen:
        with _said_of(angebot.name, neu):
            gruende.check(Grundart.STOPP, neu.grund)
        tage = DateRange(neu.zeitraum.beginn, neu.zeitraum.ende)
        auf.anlegen.append(Aufnahmestopp(angebot=angebot, zeitraum=tage, grund=neu.grund, hinweis=neu.notiz))


def record_sperren(akteur: Akteur, auf: Aenderungen[Platzsperre]) -> None:
    """Write what was noted; `Konflikt` for what somebody was quicker with, though the places are held."""
    run_or_refuse(
        lambda: _write(akteur, Platzsperre.objects.all(), auf, ("zeitraum", "grund", "notiz")), SCHON_GESPERRT
    )


def record_stopps(akteur: Akteur, auf: Aenderungen[Aufnahmestopp]) -> None:
    """The same of stops."""
    run_or_refuse(
        lambda: _write(akteur, Aufnahmestopp.objects.all(), auf, ("zeitraum", "grund", "hinweis")), SCHON_GESTOPPT
    )


def _write(akteur: Akteur, rows: QuerySet[E], auf: Aenderungen[E], felder: Sequence[str]) -> None:
    jetzt, heute = now(), today()
    wer = {"geaendert_von_id": akteur.user_id, "geaendert_at": jetzt}
    begonnen = [row.pk for row in auf.aufheben if row.dauer.beginn < heute]
    kommende = [row.pk for row in auf.aufheben if row.dauer.beginn >= heute]
    if begonnen:  # ends with yesterday
        bis_heute = Func(Lower("zeitraum"), Value(heute, DateField()), function="daterange")
        rows.filter(pk__in=begonnen).update(zeitraum=bis_heute, **wer)
    if kommende:  # never held, and its note goes with it
        weg = {"aufgehoben_at": Value(jetzt, DateTimeField()), NOTIZ[rows.model]: ""}
        rows.filter(pk__in=kommende).update(**weg, **wer)
    for gruppe in (auf.kuerzen, auf.verlaengern):
        _sign(gruppe, wer)
        rows.bulk_update(gruppe, [*felder, "geaendert_von", "geaendert_at"])
    _sign(auf.anlegen, wer)
    rows.bulk_create(auf.anlegen)


def _sign(rows: Sequence[E], wer: dict[str, object]) -> None:
    for row in rows:
        for name, wert in wer.items():
            setattr(row, name, wert)


def _check_free(platz: Platz, zeitraum: Zeitraum, gehalten: Sequence[Zeitraum]) -> None:
    if any(zeitraum.overlaps(halt) for halt in gehalten) and (halter := list_halter(platz, zeitraum)):
        raise Konflikt(VERGEBEN.format("; ".join(h.text for h in halter)), code="laeuft_noch")


@contextmanager
def _said_of(wer: str, neu: Eintrag) -> Iterator[None]:
    """A refusal names whom it is about, and the field of what was sent."""
    try:
        yield
    except SojusError as error:
        feld = f"{neu.feld}.{error.feld}" if error.feld else neu.feld
        raise type(error)(f"{wer}: {error.message}", code=error.code, feld=feld) from error
