"""Who may see which case: the one place that decides it (docs/security.md "Who may see what"; ADR 0019).

Three circles, each inside the next, as querysets of `Hilfefall`:

- `visible_hilfefaelle`: the file with name and notes;
- `visible_stammdaten`: name and case number; besides the file's readers economic youth welfare, where money flows;
- `visible_vorgaenge`: case number and amounts without a name; besides them the lead who orders payments.

`editable_hilfefaelle` are those of the file that the person may also change. `orphaned_hilfefaelle` have nobody any
more: whoever is to hand them on learns number, task and former worker. `night_hilfefaelle` were opened by those on
call at night, and nobody of the office has taken them over yet. Inside a sealed case (Sperrfall)
everything ordinary ends: only the persons named for it are left, in every circle. Nobody is a superuser.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from shared_apps.core.liste import count_up_to
from shared_apps.core.lookups import has_any, is_one_of_few
from shared_apps.core.zustand import Schritte
from tenant_apps.cases.models import (
    RECHTE,
    Amtsperson,
    AnvertrauteNotiz,
    Aufgabenbereich,
    Fallfreigabe,
    FreigabeArt,
    Hilfefall,
    HilfefallUserObjectPermission,
    HilfefallZustand,
)
from tenant_apps.cases.querysets import from_the_night, not_restricted
from tenant_apps.cases.selectors import night_teams
from tenant_apps.cases.states import HILFEFALL, HilfefallAktion

VORMUND = Rolle.VORMUND
PRUEFUNG = Rolle.PRUEFUNG
FALLFUEHREND = frozenset({Rolle.ASD, Rolle.TEAMLEITUNG})
#: Who may be given which exception. Administration, controlling, committee and data protection never.
EMPFAENGER: dict[FreigabeArt, frozenset[str]] = {
    FreigabeArt.MITARBEIT: FALLFUEHREND | {VORMUND},
    FreigabeArt.SPERRFALL: FALLFUEHREND | {Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, VORMUND},
    FreigabeArt.EINSICHT: frozenset({Rolle.JUGENDAMTSLEITUNG}),
    FreigabeArt.PRUEFUNG: frozenset({PRUEFUNG}),
}
#: To whom an entrusted note may be passed on inside the office.
ANVERTRAUBAR = FALLFUEHREND | {VORMUND, Rolle.JUGENDAMTSLEITUNG}

_NIEMALS = Q(pk__in=[])
_VORMUNDSCHAFT = Q(aufgabe=Aufgabenbereich.VORMUNDSCHAFT)
#: A function of the database, which decides once more who asks (migration of cases).
_VERWAISTE_SPERRFAELLE = "SELECT * FROM cases_verwaiste_sperrfaelle()"
_ANZAHL_VERWAISTE_SPERRFAELLE = "SELECT count(*) FROM cases_verwaiste_sperrfaelle()"


# --- what a role may do at all --------------------------------------------------------------------------------------


def may_lead_faelle(akteur: Akteur) -> bool:
    """Lead cases: create, change, hand over, seal, close, open again."""
    return akteur.hat(*FALLFUEHREND, VORMUND)


def may_hand_over(akteur: Akteur) -> bool:
    """Hand cases over: who leads them, and the lead of the office those that have nobody any more."""
    return may_lead_faelle(akteur) or akteur.hat(Rolle.JUGENDAMTSLEITUNG)


def may_list_orphaned(akteur: Akteur) -> bool:
    """See which cases have nobody: the leads, and the guardians among themselves."""
    return akteur.hat(Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG, VORMUND)


def may_work_nights(akteur: Akteur) -> bool:
    """On call at night for this office, which has appointed her; she leads no case here (ADR 0091)."""
    return akteur.hat(Rolle.RUFBEREITSCHAFT)


def may_take_over(akteur: Akteur) -> bool:
    """See which cases of the night wait, and give each to a worker: the leads of teams, and of the office."""
    return akteur.hat(Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG)


def may_name_for_abandoned(akteur: Akteur) -> bool:
    """Name a colleague for a sealed case in which nobody works any more: the head of the office, never herself."""
    return akteur.hat(Rolle.JUGENDAMTSLEITUNG)


def may_list_hilfefaelle(akteur: Akteur) -> bool:
    """See a list of cases: whoever can have one in it."""
    return akteur.hat(*FALLFUEHREND, VORMUND, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, PRUEFUNG)


def may_look_with_reason(akteur: Akteur) -> bool:
    """Open a case for the day by giving a reason: the lead of the office."""
    return akteur.hat(Rolle.JUGENDAMTSLEITUNG)


def may_link_faelle(akteur: Akteur) -> bool:
    """Join two cases of one young person (§ 63 Abs. 2): the team's lead, by a right of its own."""
    return akteur.hat(Rolle.TEAMLEITUNG)


def may_keep_anvertrautes(akteur: Akteur) -> bool:
    """Keep entrusted notes, or receive one: professionals who work with young people, and the lead of the office."""
    return akteur.hat(*ANVERTRAUBAR)


# --- which cases ------------------------------------------------------------------------------------------------------


def _own(akteur: Akteur) -> Q:
    """Hers, and those of people she deputises for today."""
    return Q(fachkraft_id__in={akteur.user_id, *akteur.vertritt})


def _in_compartment(akteur: Akteur) -> Q:
    """The side of the wall of § 68 on which she works; both only for somebody who has both offices."""
    allowed = ~_VORMUNDSCHAFT if akteur.hat(*FALLFUEHREND) else _NIEMALS
    return allowed | _VORMUNDSCHAFT if akteur.hat(VORMUND) else allowed


def _ordinary(akteur: Akteur) -> Q:
    """Own, deputised, team: without any exception."""
    allowed = _in_compartment(akteur) & _own(akteur)
    teams = akteur.geleitete_teams - {""}  # not those where she has another role
    if akteur.hat(Rolle.TEAMLEITUNG) and teams:
        allowed |= ~_VORMUNDSCHAFT & Q(team__in=teams)
    return allowed


def _released(akteur: Akteur, art: FreigabeArt) -> Q:
    """Released to her by name, today; the right of guardian and its documented period must both be there."""
    tag = today()
    freigaben = Fallfreigabe.objects.filter(
        Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=tag),
        user_id=akteur.user_id,
        art=art,
        gueltig_ab__lte=tag,
        beendet_at__isnull=True,
    )
    rechte = HilfefallUserObjectPermission.objects.filter(user_id=akteur.user_id, permission__codename=RECHTE[art])
    return is_one_of_few(freigaben.filter(hilfefall_id__in=rechte.values("content_object_id")).values("hilfefall_id"))


def _read(akteur: Akteur) -> Q:
    """The file of cases that are not sealed."""
    allowed = _ordinary(akteur)
    if akteur.hat(*FALLFUEHREND, VORMUND):
        allowed |= _in_compartment(akteur) & _released(akteur, FreigabeArt.MITARBEIT)
    if akteur.hat(Rolle.JUGENDAMTSLEITUNG):
        allowed |= ~_VORMUNDSCHAFT & _released(akteur, FreigabeArt.EINSICHT)
    if akteur.hat(PRUEFUNG):
        allowed |= _released(akteur, FreigabeArt.PRUEFUNG)
    return allowed


def _named(akteur: Akteur) -> Q:
    return _released(akteur, FreigabeArt.SPERRFALL)


def _with_costs() -> Q:
    """Money is planned or flows; the guardian's compartment has no part in it."""
    reservierungen = Hilfefall._meta.get_field("reservierungen").related_model._default_manager
    return ~_VORMUNDSCHAFT & has_any(reservierungen.filter(hilfefall_id=OuterRef("pk")))


def _select(allowed: Q) -> QuerySet[Hilfefall]:
    """Never those of restricted people (§ 84 SGB X): only data protection still reads them (app privacy)."""
    return not_restricted(Hilfefall.objects.filter(allowed))


def _file(akteur: Akteur) -> Q:
    allowed = Q(gesperrt=False) & _read(akteur)
    if akteur.hat(*FALLFUEHREND, Rolle.JUGENDAMTSLEITUNG, VORMUND):
        sides = _in_compartment(akteur)
        if akteur.hat(Rolle.JUGENDAMTSLEITUNG):
            sides |= ~_VORMUNDSCHAFT
        allowed |= Q(gesperrt=True) & sides & _named(akteur)
    return allowed


def _costs(akteur: Akteur) -> Q:
    return _with_costs() & (Q(gesperrt=False) | _named(akteur))


def _master_data(akteur: Akteur) -> Q:
    allowed = _file(akteur)
    return allowed | _costs(akteur) if akteur.hat(Rolle.WJH) else allowed


def visible_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases whose file the person may read."""
    return _select(_file(akteur))


def editable_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases the person may change: the worker in charge, her deputy, her team lead, the second worker."""
    if not may_lead_faelle(akteur):
        return Hilfefall.objects.none()
    open_ones = _ordinary(akteur) | (_in_compartment(akteur) & _released(akteur, FreigabeArt.MITARBEIT))
    sealed = Q(gesperrt=True) & _in_compartment(akteur) & _named(akteur)
    return _select((Q(gesperrt=False) & open_ones) | sealed)


def disposable_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases whose exceptions, seal, hand-over and end the person decides: not the second worker, not a named one."""
    return _select(_ordinary(akteur) & (Q(gesperrt=False) | _named(akteur)))


#: Which step of a case is whose, besides that it is among `disposable_hilfefaelle`. A help begins when it is booked.
SCHRITTE_FALL = Schritte(
    HILFEFALL,
    {HilfefallAktion.ABSCHLIESSEN: may_lead_faelle, HilfefallAktion.WIEDER_OEFFNEN: may_lead_faelle},
)


#: The one step of who was on call at night: to give a place back ends the case that was opened for it.
SCHRITTE_FALL_NACHTS = Schritte(HILFEFALL, {HilfefallAktion.ABSCHLIESSEN: may_work_nights})

#: Who is in charge of an open case and leads none of its kind here today. Goes from one worker to the next in the
#: index of open cases: as many steps as people have some, however many cases there are.
_GONE = """WITH RECURSIVE leute(aufgabe, id) AS (
    SELECT a.name, (SELECT h.fachkraft_id FROM cases_hilfefall h WHERE h.aufgabe = a.name
                       AND h.zustand <> 'ABGESCHLOSSEN' ORDER BY h.fachkraft_id LIMIT 1)
      FROM unnest(%s::text[]) a(name)
    UNION ALL
    SELECT l.aufgabe, (SELECT h.fachkraft_id FROM cases_hilfefall h WHERE h.aufgabe = l.aufgabe
                          AND h.zustand <> 'ABGESCHLOSSEN' AND h.fachkraft_id > l.id ORDER BY h.fachkraft_id LIMIT 1)
      FROM leute l WHERE l.id IS NOT NULL)
SELECT l.id FROM leute l WHERE l.id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM accounts_amtsperson p WHERE p.user_id = l.id AND p.vertritt_id IS NULL
       AND p.rolle = ANY (CASE l.aufgabe WHEN 'VORMUNDSCHAFT' THEN %s::text[] ELSE %s::text[] END))"""


def _list_gone() -> list[UUID]:
    """Who they are, asked at once: named in the query, the planner knows how few cases they have."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE, [list(Aufgabenbereich.values), [VORMUND.value], sorted(FALLFUEHREND)])
        return [pk for (pk,) in cursor.fetchall()]


def _without_worker() -> Q:
    """Open, and whoever is in charge leads no cases of that kind in this office today (left, deactivated, moved)."""
    own = Amtsperson.objects.filter(vertritt_id__isnull=True)
    leads = ~_VORMUNDSCHAFT & Q(fachkraft_id__in=own.filter(rolle__in=FALLFUEHREND).values("user_id"))
    leads |= _VORMUNDSCHAFT & Q(fachkraft_id__in=own.filter(rolle=VORMUND).values("user_id"))
    return (
        Q(uebernahme_offen=False)
        & Q(fachkraft_id__in=_list_gone())
        & ~Q(zustand=HilfefallZustand.ABGESCHLOSSEN)
        & ~leads
    )


def orphaned_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Open cases whose worker has gone, for whoever is to hand them on: of her team, of her side, of the whole office.

    The lead of the office learns number and former worker, no name; of a sealed case only who is named for it.
    """
    if akteur.hat(Rolle.JUGENDAMTSLEITUNG):
        sides = Q()  # the whole office
    else:
        sides = _ordinary(akteur) | (_VORMUNDSCHAFT if akteur.hat(VORMUND) else _NIEMALS)
    named = Q(gesperrt=True) & _named(akteur) if may_hand_over(akteur) else _NIEMALS
    return _select(_without_worker() & ((Q(gesperrt=False) & sides) | named))


def abandoned_sperrfaelle(akteur: Akteur) -> list[Hilfefall]:
    """Sealed cases in which nobody works any more, for the head of the office: number, task and state, nothing else.

    The row rule hides the rows themselves from her; the database decides once more who asks.
    """
    if not may_name_for_abandoned(akteur):
        return []
    return list(Hilfefall.objects.raw(_VERWAISTE_SPERRFAELLE))


def count_orphaned(akteur: Akteur) -> int:
    """How many cases wait for this person on the page of those without anybody."""
    ordinary = orphaned_hilfefaelle(akteur).count()
    if not may_name_for_abandoned(akteur):
        return ordinary
    with connection.cursor() as cursor:
        cursor.execute(_ANZAHL_VERWAISTE_SPERRFAELLE)
        return ordinary + cursor.fetchone()[0]


def own_of_the_night(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases that she, on call for this office, has opened, until the office takes them over, books for them or they
    end. No sealed one.

    She reads no file of them: what the night shows of a child is all she sees.
    """
    if not may_work_nights(akteur):
        return Hilfefall.objects.none()
    return _select(
        from_the_night() & Q(zustand=HilfefallZustand.OFFEN.value, gesperrt=False, fachkraft_id=akteur.user_id)
    )


def night_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases of the night that wait for a worker, for whoever gives them to one: by number.

    The lead of a team has those of her teams and those of no team that somebody leads today, so that none falls
    through; the lead of the office has all. Of a sealed one only who is named for it.
    """
    if not may_take_over(akteur):
        return Hilfefall.objects.none()
    sides = Q()  # the whole office
    if not akteur.hat(Rolle.JUGENDAMTSLEITUNG):
        sides = night_teams(akteur.geleitete_teams)
    return _select(from_the_night() & ~_VORMUNDSCHAFT & sides & (Q(gesperrt=False) | _named(akteur)))


def count_of_the_night(akteur: Akteur) -> tuple[int, bool]:
    """How many of them wait for this person, as far as the list counts."""
    return count_up_to(night_hilfefaelle(akteur))


def assignable_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases the person may hand over: those she disposes of, those without anybody, those of the night."""
    return disposable_hilfefaelle(akteur) | orphaned_hilfefaelle(akteur) | night_hilfefaelle(akteur)


def assignable_open(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Of these the ones that are not closed: what has to pass on when somebody leaves."""
    return assignable_hilfefaelle(akteur).exclude(zustand=HilfefallZustand.ABGESCHLOSSEN)


def open_to_reason(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases the lead may open for the day by giving a reason: never sealed ones, never the guardian's."""
    return _select(~_VORMUNDSCHAFT & Q(gesperrt=False)) if may_look_with_reason(akteur) else Hilfefall.objects.none()


def takers(hilfefall: Hilfefall) -> frozenset[str]:
    """Roles of those who may lead this case: on the guardians' side of § 68 guardians alone."""
    return frozenset({VORMUND}) if hilfefall.aufgabe == Aufgabenbereich.VORMUNDSCHAFT else FALLFUEHREND


def nameable(hilfefall: Hilfefall) -> frozenset[str]:
    """Roles that may be named for this case when it is sealed."""
    if hilfefall.aufgabe == Aufgabenbereich.VORMUNDSCHAFT:
        return frozenset({VORMUND})
    return EMPFAENGER[FreigabeArt.SPERRFALL] - {VORMUND}


def visible_stammdaten(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases whose name and number the person may know."""
    return _select(_master_data(akteur))


def visible_vorgaenge(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases whose reservations, bookings and invoices the person may see, if only by number and amount."""
    allowed = _master_data(akteur)
    return _select(allowed | _costs(akteur) if akteur.hat(Rolle.JUGENDAMTSLEITUNG) else allowed)


# --- entrusted notes ------------------------------------------------------------------------------------------------


def visible_anvertraute(akteur: Akteur) -> QuerySet[AnvertrauteNotiz]:
    """Notes entrusted to her, and those passed on to her. No role, no deputy, no successor sees more (§ 65)."""
    if not may_keep_anvertrautes(akteur):
        return AnvertrauteNotiz.objects.none()
    return AnvertrauteNotiz.objects.filter(
        Q(verfasser_id=akteur.user_id) | Q(freigaben__empfaenger_id=akteur.user_id)
    ).distinct()


def own_anvertraute(akteur: Akteur) -> QuerySet[AnvertrauteNotiz]:
    """Notes only she may pass on."""
    return visible_anvertraute(akteur).filter(verfasser_id=akteur.user_id)
