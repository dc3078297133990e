"""What may become of blocks and stops, and how any number of them is written, of places and offers that are held.

The same for one on its page (`services.sperren`) and for hundreds that a provider's system sends (`services.vakanzen`):
steps are noted first and written together. Statements do not grow with their number: one by one, each with its own
questions, 800 blocks took 6.8 s, and offices waited at the places meanwhile.

The database decides (triggers `occupancy_…`); what is asked here beforehand is for the message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, DateTimeField, Func, QuerySet, Value
from django.db.models.functions import Lower
from psycopg.errors import ExclusionViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.services.gruende import Gruende
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, refused_by
from shared_apps.core.zeitraum import Zeitraum, format_datum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.rules import ist_laenger
from shared_apps.occupancy.selectors import list_halter
from shared_apps.providers.models import Angebot, Platz

E = TypeVar("E", Platzsperre, Aufnahmestopp)
#: The note of each.
NOTIZ = {Platzsperre: "notiz", Aufnahmestopp: "hinweis"}

ZU_FRUEH = "Das geht frühestens von heute an. Was war, bleibt stehen."
ENDE_ZU_FRUEH = "Der letzte Tag liegt vor dem ersten ({}). Soll der Eintrag nicht gelten, heben Sie ihn auf."
SCHON_VORBEI = "Der letzte Tag kann nicht vor gestern liegen. Was war, bleibt stehen."
NICHT_IM_ANGEBOT = "An diesem Tag gehört das nicht zum Angebot."
SCHON_GESPERRT = "In dieser Zeit ist hier schon gesperrt. Ändern Sie die Sperre, die da ist."
SCHON_GESTOPPT = "In dieser Zeit nimmt das Angebot schon nicht auf. Ändern Sie den Aufnahmestopp, der da ist."
VERGEBEN = (
    "In dieser Zeit ist hier vergeben: {}. Eine Reservierung oder Buchung ändert nur das Jugendamt; rufen Sie dort an."
)


@dataclass(slots=True)
class Aenderungen(Generic[E]):
    """Rows of one kind that are written together, each group in one statement: first what makes room."""

    aufheben: list[E] = field(default_factory=list)
    kuerzen: list[E] = field(default_factory=list)
    verlaengern: list[E] = field(default_factory=list)
    anlegen: list[E] = field(default_factory=list)
    gruende: Gruende = field(default_factory=Gruende)

    def change(self, row: E, ende: date | None, grund: str, notiz: str) -> None:
        """Note another end, reason or note of a row that is there."""
        neu = Zeitraum(row.dauer.beginn, ende)
        (self.verlaengern if ist_laenger(row.dauer, neu) else self.kuerzen).append(row)
        row.zeitraum, row.grund = _range(neu), grund
        setattr(row, NOTIZ[type(row)], notiz)


# --- one step: checked and noted --------------------------------------------------------------------------------------


def build_sperre(
    auf: Aenderungen[Platzsperre],
    platz: Platz,
    zeitraum: Zeitraum,
    grund: str,
    notiz: str,
    *,
    gehalten: Sequence[Zeitraum] | None = None,
) -> Platzsperre:
    """A new block. `gehalten`: when the place is held, for whoever has asked already.

    `RegelVerletzt` for a first day or a reason that will not do; `Konflikt` (laeuft_noch) names who holds the place.
    """
    _check_beginn(zeitraum)
    if zeitraum.beginn not in Zeitraum.from_range(platz.gueltig):
        raise RegelVerletzt(NICHT_IM_ANGEBOT, feld="beginn")
    auf.gruende.check(Grundart.SPERRE, grund)
    _check_not_held(platz, zeitraum, gehalten)
    sperre = Platzsperre(platz=platz, zeitraum=_range(zeitraum), grund=grund, notiz=notiz)
    auf.anlegen.append(sperre)
    return sperre


def build_sperraenderung(
    auf: Aenderungen[Platzsperre],
    platz: Platz,
    sperre: Platzsperre,
    ende: date | None,
    grund: str,
    notiz: str,
    *,
    gehalten: Sequence[Zeitraum] | None = None,
) -> None:
    """Another end, reason or note of a block. `RegelVerletzt` for an end or a reason that will not do; `Konflikt` for
    days on which the place is held."""
    auf.gruende.check(Grundart.SPERRE, grund, bisher=sperre.grund)
    _check_ende(sperre.dauer, ende)
    if sperre.dauer.ende is not None and ist_laenger(sperre.dauer, Zeitraum(sperre.dauer.beginn, ende)):
        _check_not_held(platz, Zeitraum(sperre.dauer.ende, ende), gehalten)
    auf.change(sperre, ende, grund, notiz)


def build_stopp(
    auf: Aenderungen[Aufnahmestopp], angebot: Angebot, zeitraum: Zeitraum, grund: str, hinweis: str
) -> Aufnahmestopp:
    """A new stop. `RegelVerletzt` for a first day or a reason that will not do."""
    _check_beginn(zeitraum)
    auf.gruende.check(Grundart.STOPP, grund)
    stopp = Aufnahmestopp(angebot=angebot, zeitraum=_range(zeitraum), grund=grund, hinweis=hinweis)
    auf.anlegen.append(stopp)
    return stopp


def build_stoppaenderung(
    auf: Aenderungen[Aufnahmestopp], stopp: Aufnahmestopp, ende: date | None, grund: str, hinweis: str
) -> None:
    """Another end, reason or note of a stop. `RegelVerletzt` for an end or a reason that will not do."""
    auf.gruende.check(Grundart.STOPP, grund, bisher=stopp.grund)
    _check_ende(stopp.dauer, ende)
    auf.change(stopp, ende, grund, hinweis)


def _range(zeitraum: Zeitraum) -> DateRange:
    return DateRange(zeitraum.beginn, zeitraum.ende)


def _check_beginn(zeitraum: Zeitraum) -> None:
    if zeitraum.beginn < today():
        raise RegelVerletzt(ZU_FRUEH, feld="beginn")


def _check_ende(dauer: Zeitraum, ende: date | None) -> None:
    if ende is None:
        return
    if ende <= dauer.beginn:
        raise RegelVerletzt(ENDE_ZU_FRUEH.format(format_datum(dauer.beginn)), feld="letzter_tag")
    if ende < today():
        raise RegelVerletzt(SCHON_VORBEI, feld="letzter_tag")


def _check_not_held(platz: Platz, zeitraum: Zeitraum, gehalten: Sequence[Zeitraum] | None) -> None:
    if gehalten is not None and not any(zeitraum.overlaps(halt) for halt in gehalten):
        return
    if halter := list_halter(platz, zeitraum):
        raise Konflikt(VERGEBEN.format("; ".join(h.text for h in halter)), code="laeuft_noch")


# --- writing ----------------------------------------------------------------------------------------------------------


def record_sperren(akteur: Akteur, auf: Aenderungen[Platzsperre]) -> None:
    """Write what was noted. `Konflikt` (gesperrt) for a block that is there already, or what somebody was quicker with,
    though the places are held."""
    _run_or_refuse(
        lambda: _write(akteur, Platzsperre.objects.all(), auf, ("zeitraum", "grund", "notiz")), SCHON_GESPERRT
    )


def record_stopps(akteur: Akteur, auf: Aenderungen[Aufnahmestopp]) -> None:
    """The same of stops."""
    _run_or_refuse(
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
    if kommende:  # never held, and its note goes with it: nobody reads it again
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


def _run_or_refuse(save: Callable[[], None], twice: str) -> None:
    """Write, or say in German what the database refuses: somebody was quicker."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise Konflikt(twice, code="gesperrt") from error
        if refused_by(error) == "sperre_ueber_bindung":
            raise Konflikt(VERGEBEN.format("ein Jugendamt war schneller"), code="laeuft_noch") from error
        raise
