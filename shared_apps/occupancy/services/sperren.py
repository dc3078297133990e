"""What a house takes out of the market itself: a place for a time, or all admissions of an offer.

The database decides (triggers `occupancy_…`); what is asked here beforehand is for the message. A block locks its place
and a stop its offer, as a hold does both, place before offer, so no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg.errors import CheckViolation, ExclusionViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.services.gruende import check_grund
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.policies import own_plaetze, own_sperren, own_stopps
from shared_apps.occupancy.selectors import list_halter
from shared_apps.providers.models import Angebot, Bestaetigungsweg, Platz
from shared_apps.providers.policies import may_write_own, own_angebote
from shared_apps.providers.rules import NACHLAUF
from shared_apps.providers.services import check_own
from shared_apps.providers.services.bestaetigung import record_bestaetigung

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
NICHT_MEHR = "Der Eintrag gilt nicht mehr: Er ist vorbei oder aufgehoben."


@transaction.atomic
def create_sperre(*, akteur: Akteur, platz: Platz, zeitraum: Zeitraum, grund: str, notiz: str = "") -> Platzsperre:
    """Take one's own place out of the market from a day on, today at the earliest; without an end until it is lifted.

    `Konflikt` (laeuft_noch) names the offices that hold it in this time, `Konflikt` (gesperrt) another block.
    """
    check_own(may_write_own(akteur), own_plaetze(akteur), platz.pk)
    platz = Platz.objects.select_for_update(no_key=True).get(pk=platz.pk)
    sperre = create_held_sperre(akteur, platz, zeitraum, grund, notiz)
    _confirm(akteur, platz.angebot_id)
    return sperre


@transaction.atomic
def update_sperre(
    *, akteur: Akteur, sperre: Platzsperre, ende: date | None, grund: str, notiz: str, gelesen: Gelesen
) -> Platzsperre:
    """Shorten or extend a block, or give another reason. Its first day stays. `ende`: the first day it no longer holds.

    `Veraltet` when a colleague has changed it since it was read; otherwise as `create_sperre`.
    """
    check_own(may_write_own(akteur), own_plaetze(akteur), sperre.platz_id)
    platz = Platz.objects.select_for_update(no_key=True).get(pk=sperre.platz_id)
    sperre = _held(Platzsperre, sperre)
    gelesen.check(
        jetzt={"letzter_tag": sperre.dauer.letzter_tag, "grund": sperre.grund, "notiz": sperre.notiz},
        neu={"letzter_tag": ende and ende - EIN_TAG, "grund": grund, "notiz": notiz},
    )
    update_held_sperre(akteur, platz, sperre, ende, grund, notiz)
    _confirm(akteur, platz.angebot_id)
    return sperre


@transaction.atomic
def lift_sperre(*, akteur: Akteur, sperre: Platzsperre) -> Platzsperre:
    """The place is free from today on; a block that has not begun never holds."""
    check_own(may_write_own(akteur), own_sperren(akteur), sperre.pk)
    platz = Platz.objects.select_for_update(no_key=True).get(pk=sperre.platz_id)
    sperre = lift_held(akteur, _held(Platzsperre, sperre))
    _confirm(akteur, platz.angebot_id)
    return sperre


@transaction.atomic
def create_stopp(
    *, akteur: Akteur, angebot: Angebot, zeitraum: Zeitraum, grund: str, hinweis: str = ""
) -> Aufnahmestopp:
    """One's own offer takes nobody in from a day on, today at the earliest. Who was reserved before still comes."""
    check_own(may_write_own(akteur), own_angebote(akteur), angebot.pk)
    angebot = Angebot.objects.select_for_update(no_key=True).get(pk=angebot.pk)
    stopp = create_held_stopp(akteur, angebot, zeitraum, grund, hinweis)
    _confirm(akteur, angebot.pk)
    return stopp


@transaction.atomic
def update_stopp(
    *, akteur: Akteur, stopp: Aufnahmestopp, ende: date | None, grund: str, hinweis: str, gelesen: Gelesen
) -> Aufnahmestopp:
    """Shorten or extend a stop, or give another reason, as `update_sperre`."""
    check_own(may_write_own(akteur), own_angebote(akteur), stopp.angebot_id)
    Angebot.objects.select_for_update(no_key=True).get(pk=stopp.angebot_id)
    stopp = _held(Aufnahmestopp, stopp)
    gelesen.check(
        jetzt={"letzter_tag": stopp.dauer.letzter_tag, "grund": stopp.grund, "hinweis": stopp.hinweis},
        neu={"letzter_tag": ende and ende - EIN_TAG, "grund": grund, "hinweis": hinweis},
    )
    update_held_stopp(akteur, stopp, ende, grund, hinweis)
    _confirm(akteur, stopp.angebot_id)
    return stopp


@transaction.atomic
def lift_stopp(*, akteur: Akteur, stopp: Aufnahmestopp) -> Aufnahmestopp:
    """The offer takes people in again from today on."""
    check_own(may_write_own(akteur), own_stopps(akteur), stopp.pk)
    Angebot.objects.select_for_update(no_key=True).get(pk=stopp.angebot_id)
    stopp = lift_held(akteur, _held(Aufnahmestopp, stopp))
    _confirm(akteur, stopp.angebot_id)
    return stopp


# --- one step each, of places and offers that are held; many at once: `services.viele` --------------------------------


def create_held_sperre(akteur: Akteur, platz: Platz, zeitraum: Zeitraum, grund: str, notiz: str) -> Platzsperre:
    """A new block of a place that is held; errors as `create_sperre`."""
    if zeitraum.beginn < today():
        raise RegelVerletzt(ZU_FRUEH, feld="beginn")
    if zeitraum.beginn not in Zeitraum.from_range(platz.gueltig):
        raise RegelVerletzt(NICHT_IM_ANGEBOT, feld="beginn")
    check_grund(Grundart.SPERRE, grund)
    _check_not_held(platz, zeitraum)
    sperre = Platzsperre(
        platz=platz, zeitraum=_range(zeitraum), grund=grund, notiz=notiz, geaendert_von_id=akteur.user_id
    )
    return _write(sperre, SCHON_GESPERRT)


def update_held_sperre(
    akteur: Akteur, platz: Platz, sperre: Platzsperre, ende: date | None, grund: str, notiz: str
) -> Platzsperre:
    """Another end, reason or note of a block that is held with its place; errors as `update_sperre`."""
    check_grund(Grundart.SPERRE, grund, bisher=sperre.grund)
    _check_ende(sperre.dauer, ende)
    if sperre.dauer.ende is not None and (ende is None or ende > sperre.dauer.ende):
        _check_not_held(platz, Zeitraum(sperre.dauer.ende, ende))
    sperre.zeitraum, sperre.grund, sperre.notiz = _range(Zeitraum(sperre.dauer.beginn, ende)), grund, notiz
    sperre.geaendert_von_id = akteur.user_id
    return _write(sperre, SCHON_GESPERRT, ("zeitraum", "grund", "notiz"))


def create_held_stopp(akteur: Akteur, angebot: Angebot, zeitraum: Zeitraum, grund: str, hinweis: str) -> Aufnahmestopp:
    """A new stop of an offer that is held; errors as `create_stopp`."""
    if zeitraum.beginn < today():
        raise RegelVerletzt(ZU_FRUEH, feld="beginn")
    check_grund(Grundart.STOPP, grund)
    stopp = Aufnahmestopp(
        angebot=angebot, zeitraum=_range(zeitraum), grund=grund, hinweis=hinweis, geaendert_von_id=akteur.user_id
    )
    return _write(stopp, SCHON_GESTOPPT)


def update_held_stopp(
    akteur: Akteur, stopp: Aufnahmestopp, ende: date | None, grund: str, hinweis: str
) -> Aufnahmestopp:
    """Another end, reason or note of a stop that is held with its offer; errors as `update_stopp`."""
    check_grund(Grundart.STOPP, grund, bisher=stopp.grund)
    _check_ende(stopp.dauer, ende)
    stopp.zeitraum, stopp.grund, stopp.hinweis = _range(Zeitraum(stopp.dauer.beginn, ende)), grund, hinweis
    stopp.geaendert_von_id = akteur.user_id
    return _write(stopp, SCHON_GESTOPPT, ("zeitraum", "grund", "hinweis"))


def _confirm(akteur: Akteur, angebot_id: UUID) -> None:
    """Who corrects the vacancies of an offer has looked at them. Places are held before their offer, as a hold does."""
    record_bestaetigung(akteur=akteur, angebote=[angebot_id], weg=Bestaetigungsweg.AENDERUNG)


def _range(zeitraum: Zeitraum) -> DateRange:
    return DateRange(zeitraum.beginn, zeitraum.ende)


def _held(model: type[E], row: E) -> E:
    """The row, held; `Konflikt` when somebody has lifted it, or it has run out."""
    found = model._default_manager.select_for_update(no_key=True).filter(pk=row.pk, aufgehoben_at=None).first()
    if found is None or (found.dauer.ende is not None and found.dauer.ende <= today()):
        raise Konflikt(NICHT_MEHR, code="zustand")
    return found


def _check_ende(dauer: Zeitraum, ende: date | None) -> None:
    if ende is None:
        return
    if ende <= dauer.beginn:
        raise RegelVerletzt(ENDE_ZU_FRUEH.format(format_datum(dauer.beginn)), feld="letzter_tag")
    if ende < today():
        raise RegelVerletzt(SCHON_VORBEI, feld="letzter_tag")


def _check_not_held(platz: Platz, zeitraum: Zeitraum) -> None:
    if halter := list_halter(platz, zeitraum):
        raise Konflikt(VERGEBEN.format("; ".join(h.text for h in halter)), code="laeuft_noch")


def lift_held(akteur: Akteur, row: E) -> E:
    """End a held block or stop with yesterday, or, when that would leave nothing of it, let it never have held: then
    its note goes at once, for nobody reads it again."""
    row.geaendert_von_id, row.geaendert_at = akteur.user_id, now()
    geaendert = ["zeitraum", "aufgehoben_at", "geaendert_von", "geaendert_at"]
    if row.dauer.beginn < today():
        row.zeitraum = DateRange(row.dauer.beginn, today())
    else:
        row.aufgehoben_at = row.geaendert_at
        setattr(row, NOTIZ[type(row)], "")
        geaendert.append(NOTIZ[type(row)])
    row.save(update_fields=geaendert)
    return row


def _write(row: E, twice: str, felder: tuple[str, ...] = ()) -> E:
    """Write a new row, or these fields of it. `Konflikt` for what somebody was quicker with."""
    row.geaendert_at = now()

    def save() -> None:
        if felder:
            row.save(update_fields=[*felder, "geaendert_von", "geaendert_at"])
        else:
            row.save(force_insert=True)

    run_or_refuse(save, twice)
    return row


def run_or_refuse(save: Callable[[], None], twice: str) -> None:
    """Write, or say in German what the database refuses: somebody was quicker."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, ExclusionViolation):
            raise Konflikt(twice, code="gesperrt") from error
        if isinstance(cause, CheckViolation) and cause.diag.constraint_name == "sperre_ueber_bindung":
            raise Konflikt(VERGEBEN.format("ein Jugendamt war schneller"), code="laeuft_noch") from error
        raise


# --- what is forgotten ------------------------------------------------------------------------------------------------


def clear_notizen() -> int:
    """Empty the notes of blocks and stops that ended longer than `NACHLAUF` ago; returns how many. A job."""
    vorbei = {"aufgehoben_at": None, "zeitraum__endswith__lte": today() - NACHLAUF}
    sperren = Platzsperre.objects.filter(**vorbei).exclude(notiz="").update(notiz="")
    return sperren + Aufnahmestopp.objects.filter(**vorbei).exclude(hinweis="").update(hinweis="")
