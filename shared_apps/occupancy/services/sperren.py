"""What a house takes out of the market itself: a place for a time, or all admissions of an offer.

A block locks its place and a stop its offer, as a hold does both, place before offer, so no two wait for each other.
What each step may do, and how it is written: `services.schritte`.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.policies import own_plaetze, own_sperren, own_stopps
from shared_apps.occupancy.services.schritte import (
    Aenderungen,
    E,
    build_sperraenderung,
    build_sperre,
    build_stopp,
    build_stoppaenderung,
    record_sperren,
    record_stopps,
)
from shared_apps.providers.models import Angebot, Bestaetigungsweg, Platz
from shared_apps.providers.policies import may_write_own, own_angebote
from shared_apps.providers.rules import NACHLAUF
from shared_apps.providers.services import check_own
from shared_apps.providers.services.bestaetigung import record_bestaetigung

NICHT_MEHR = "Der Eintrag gilt nicht mehr: Er ist vorbei oder aufgehoben."


@transaction.atomic
def create_sperre(*, akteur: Akteur, platz: Platz, zeitraum: Zeitraum, grund: str, notiz: str = "") -> Platzsperre:
    """Take one's own place out of the market from a day on, today at the earliest; without an end until it is lifted.

    `Konflikt` (laeuft_noch) names the offices that hold it in this time, `Konflikt` (gesperrt) another block.
    """
    check_own(may_write_own(akteur), own_plaetze(akteur), platz.pk)
    platz = Platz.objects.select_for_update(no_key=True).get(pk=platz.pk)
    auf = Aenderungen[Platzsperre]()
    sperre = build_sperre(auf, platz, zeitraum, grund, notiz)
    record_sperren(akteur, auf)
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
    auf = Aenderungen[Platzsperre]()
    build_sperraenderung(auf, platz, sperre, ende, grund, notiz)
    record_sperren(akteur, auf)
    _confirm(akteur, platz.angebot_id)
    return sperre


@transaction.atomic
def lift_sperre(*, akteur: Akteur, sperre: Platzsperre) -> Platzsperre:
    """The place is free from today on; a block that has not begun never holds."""
    check_own(may_write_own(akteur), own_sperren(akteur), sperre.pk)
    platz = Platz.objects.select_for_update(no_key=True).get(pk=sperre.platz_id)
    sperre = _held(Platzsperre, sperre)
    record_sperren(akteur, Aenderungen(aufheben=[sperre]))
    sperre.refresh_from_db()
    _confirm(akteur, platz.angebot_id)
    return sperre


@transaction.atomic
def create_stopp(
    *, akteur: Akteur, angebot: Angebot, zeitraum: Zeitraum, grund: str, hinweis: str = ""
) -> Aufnahmestopp:
    """One's own offer takes nobody in from a day on, today at the earliest. Who was reserved before still comes."""
    check_own(may_write_own(akteur), own_angebote(akteur), angebot.pk)
    angebot = Angebot.objects.select_for_update(no_key=True).get(pk=angebot.pk)
    auf = Aenderungen[Aufnahmestopp]()
    stopp = build_stopp(auf, angebot, zeitraum, grund, hinweis)
    record_stopps(akteur, auf)
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
    auf = Aenderungen[Aufnahmestopp]()
    build_stoppaenderung(auf, stopp, ende, grund, hinweis)
    record_stopps(akteur, auf)
    _confirm(akteur, stopp.angebot_id)
    return stopp


@transaction.atomic
def lift_stopp(*, akteur: Akteur, stopp: Aufnahmestopp) -> Aufnahmestopp:
    """The offer takes people in again from today on."""
    check_own(may_write_own(akteur), own_stopps(akteur), stopp.pk)
    Angebot.objects.select_for_update(no_key=True).get(pk=stopp.angebot_id)
    stopp = _held(Aufnahmestopp, stopp)
    record_stopps(akteur, Aenderungen(aufheben=[stopp]))
    stopp.refresh_from_db()
    _confirm(akteur, stopp.angebot_id)
    return stopp


def _confirm(akteur: Akteur, angebot_id: UUID) -> None:
    """Who corrects the vacancies of an offer has looked at them. Places are held before their offer, as a hold does."""
    record_bestaetigung(akteur=akteur, angebote=[angebot_id], weg=Bestaetigungsweg.AENDERUNG)


def _held(model: type[E], row: E) -> E:
    """The row, held; `Konflikt` when somebody has lifted it, or it has run out."""
    found = model._default_manager.select_for_update(no_key=True).filter(pk=row.pk, aufgehoben_at=None).first()
    if found is None or (found.dauer.ende is not None and found.dauer.ende <= today()):
        raise Konflikt(NICHT_MEHR, code="zustand")
    return found


# --- what is forgotten ------------------------------------------------------------------------------------------------


def clear_notizen() -> int:
    """Empty the notes of blocks and stops that ended longer than `NACHLAUF` ago; returns how many. A job."""
    vorbei = {"aufgehoben_at": None, "zeitraum__endswith__lte": today() - NACHLAUF}
    sperren = Platzsperre.objects.filter(**vorbei).exclude(notiz="").update(notiz="")
    return sperren + Aufnahmestopp.objects.filter(**vorbei).exclude(hinweis="").update(hinweis="")
