"""A released list is read into the register: in parts, each in a transaction of its own, so that a job that died goes
on where it was. Runs in a job, in the name of whoever released it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, transaction

from shared_apps.core.errors import SojusError
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.katalog import SPALTE
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.services.ablehnung import UNBEKANNT, get_ablehnung
from shared_apps.einlesen.services.objekt import Plan, Zeile
from shared_apps.einlesen.services.plan import build_plan, list_zeilen
from shared_apps.einlesen.services.schreiben import record_plan, request_of
from shared_apps.einlesen.services.vorbereiten import record_befunde
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion, EinlesungZustand
from tenants.context import on_portal

logger = logging.getLogger(__name__)

#: Lines of one transaction: whole providers, so that the last one may be longer.
TEIL = 400
#: Writes a part of a list without these lines.
Writer = Callable[[Einlesung, list[Zeile], frozenset[int]], None]


def run_einlesung(*, einlesung_id: UUID) -> int:
    """Read the list in; returns how many lines this run has done. Whatever is not released, or done, is left alone."""
    with on_portal():
        einlesung = Einlesung.objects.select_related("tenant").filter(pk=einlesung_id).first()
        if einlesung is None or einlesung.zustand != EinlesungZustand.FREIGEGEBEN:
            return 0
        offen = einlesung.zeilen.filter(ist_erledigt=False).order_by("nummer")
        teile = list(_parts(list_zeilen(einlesung, offen.values_list("nummer", "werte"))))
    done = 0
    for teil in teile:
        try:
            with on_portal(user_id=einlesung.freigegeben_von_id, request_id=request_of(einlesung)):
                done += _run_part(einlesung_id, teil)
        except (OperationalError, InterfaceError):  # another transaction, a lost server: the job begins again
            raise
        except Exception:  # is there the next time, too: the list goes on without these lines, and says so
            logger.exception("a part of list %s could not be read in", einlesung_id)
            with on_portal(user_id=einlesung.freigegeben_von_id, request_id=request_of(einlesung)):
                done += _run_part(einlesung_id, teil, write=_say_broken)
    with on_portal(user_id=einlesung.freigegeben_von_id, request_id=request_of(einlesung)):
        held = _locked(einlesung_id)
        if held is not None:
            held.zustand = EINLESUNG.naechster(EinlesungZustand(held.zustand), EinlesungAktion.ABSCHLIESSEN)
            held.save(update_fields=["zustand"])
    return done


def _locked(einlesung_id: UUID) -> Einlesung | None:
    rows = Einlesung.objects.select_for_update(of=("self",), no_key=True).select_related("tenant")
    return rows.filter(pk=einlesung_id, zustand=EinlesungZustand.FREIGEGEBEN).first()


def _parts(zeilen: Sequence[Zeile]) -> Iterator[list[Zeile]]:
    """Lines in parts of whole providers, in the order in which these are first named.

    Given are those that nobody has read in yet, so where a part ended, of whatever length, is of no matter.
    """
    gruppen: dict[str, list[Zeile]] = {}
    for zeile in zeilen:
        gruppen.setdefault(zeile.zellen.get("anbieter_nr", "").strip(), []).append(zeile)
    teil: list[Zeile] = []
    for gruppe in gruppen.values():
        teil += gruppe
        if len(teil) >= TEIL:
            yield teil
            teil = []
    if teil:
        yield teil


def _run_part(einlesung_id: UUID, teil: list[Zeile], write: Writer | None = None) -> int:
    einlesung = _locked(einlesung_id)
    if einlesung is None:
        return 0
    stand = einlesung.zeilen.filter(nummer__in=[zeile.nummer for zeile in teil], ist_erledigt=False)
    offen = set(stand.values_list("nummer", flat=True))  # held: another job may have done some of them meanwhile
    teil = [zeile for zeile in teil if zeile.nummer in offen]
    if not teil:
        return 0
    ausser = frozenset(stand.filter(befund=Befund.FEHLERHAFT).values_list("nummer", flat=True))
    (write or _write)(einlesung, teil, ausser)
    einlesung.zeilen.filter(nummer__in=offen).update(ist_erledigt=True)
    einlesung.erledigt += len(teil)
    einlesung.save(update_fields=["erledigt"])
    return len(teil)


def _write(einlesung: Einlesung, teil: list[Zeile], ausser: frozenset[int]) -> None:
    """All at once; where the register refuses something, by halves, and what is refused is said at its facility."""
    plan = build_plan(einlesung, teil)
    _say_faults(einlesung, plan, ausser)
    if _try(einlesung, plan, ausser) is None:
        return
    haeuser: dict[tuple[str, str], set[int]] = {}
    for zeile in teil:
        key = (zeile.zellen.get("anbieter_nr", "").strip(), zeile.zellen.get("einrichtung_nr", "").strip())
        haeuser.setdefault(key, set()).add(zeile.nummer)
    _write_halves(einlesung, teil, ausser, [haus for haus in haeuser.values() if not haus <= ausser])


def _write_halves(einlesung: Einlesung, teil: list[Zeile], ausser: frozenset[int], haeuser: Sequence[set[int]]) -> None:
    """Of facilities that were refused together, each half by itself: one that is refused costs as many attempts as the
    part can be halved. They are compared with the register as it is now: what the half before has brought is there."""
    mitte = (len(haeuser) + 1) // 2
    for haelfte in filter(None, (haeuser[:mitte], haeuser[mitte:])):
        gemeint = frozenset[int]().union(*haelfte)
        andere = frozenset(zeile.nummer for zeile in teil) - gemeint
        fehler = _try(einlesung, build_plan(einlesung, teil), ausser | andere)
        if fehler is None:
            continue
        if len(haelfte) > 1:
            _write_halves(einlesung, teil, ausser, haelfte)
            continue
        betroffen = gemeint - ausser
        record_befunde(
            einlesung, dict.fromkeys(betroffen, Befund.FEHLERHAFT), {nummer: [fehler] for nummer in betroffen}
        )


def _say_broken(einlesung: Einlesung, teil: list[Zeile], ausser: frozenset[int]) -> None:
    meldung = [("", UNBEKANNT.format(f"Liste {einlesung.pk}"))]
    betroffen = [zeile.nummer for zeile in teil if zeile.nummer not in ausser]
    record_befunde(einlesung, dict.fromkeys(betroffen, Befund.FEHLERHAFT), dict.fromkeys(betroffen, meldung))


def _say_faults(einlesung: Einlesung, plan: Plan, ausser: frozenset[int]) -> None:
    """What has become faulty since the list was handed in."""
    neue = {nummer: befund for nummer, befund in plan.befunde.items() if befund == Befund.FEHLERHAFT}
    neue = {nummer: befund for nummer, befund in neue.items() if nummer not in ausser}
    if neue:
        record_befunde(einlesung, neue, plan.meldungen)


def _try(einlesung: Einlesung, plan: Plan, ausser: frozenset[int]) -> tuple[str, str] | None:
    """(column, why not) when it was refused, and then nothing of it is there."""
    try:
        with transaction.atomic():
            record_plan(einlesung, plan, ausser=ausser)
            connection.check_constraints()  # what is judged at the end is judged of this part
    except SojusError as error:
        return _column(error.feld), error.message
    except (IntegrityError, DataError) as error:
        return get_ablehnung(error)
    return None


def _column(feld: str | None) -> str:
    return feld if feld is not None and feld in SPALTE else ""
