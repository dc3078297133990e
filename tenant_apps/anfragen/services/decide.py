"""The office decides: one yes becomes a reservation, all others close with it; or it withdraws the whole enquiry.

What a house held and lost is free in the same transaction, its pointer says what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import real_now
from shared_apps.core.errors import RegelVerletzt
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import settle_hinweis
from shared_apps.occupancy.services import release_plaetze, release_platz
from tenant_apps.anfragen.enums import Vorgang
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.policies import SCHRITTE_ANFRAGE, SCHRITTE_HAUS
from tenant_apps.anfragen.states import (
    HAUSANFRAGE,
    HAUSANFRAGE_OFFEN,
    UNBEANTWORTET,
    AnfrageAktion,
    AnfrageZustand,
    HausanfrageAktion,
)
from tenant_apps.anfragen.vorgaben import ENTSCHEIDEN_TAGE
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, advance, record_access
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import (
    Zustimmung,
    bind_platzwahl,
    check_reservierung,
    create_reservierung,
    lock_betroffen,
)
from tenant_apps.placements.services.search import lock_suche
from tenant_apps.placements.services.vermerk import lock_kette
from tenant_apps.placements.states import BuchungZustand, ReservierungZustand
from tenant_apps.vorgaben.selectors import get_vorgabe

GRUND_FEHLT = "Bitte geben Sie an, warum Sie die Anfrage zurückziehen."
#: Enquiries that one round of the job looks at.
STAPEL = 200
#: What the pointer of a house says, by the step that closes it.
_AUSGANG = {
    HausanfrageAktion.SCHLIESSEN: Ausgang.ANDERWEITIG,
    HausanfrageAktion.ZURUECKZIEHEN: Ausgang.ZURUECKGENOMMEN,
    HausanfrageAktion.VERFALLEN: Ausgang.ABGELAUFEN,
}


@transaction.atomic
def reserve_hausanfrage(
    *,
    akteur: Akteur,
    hausanfrage: Hausanfrage,
    begruendung: str = "",
    wuensche: str = "",
    zweiter_platz: bool = False,
    gezeigt: Decimal | int | None = None,
) -> Reservierung:
    """Take the house at its word: a reservation it has consented to, under the same number; all others close.

    The choice is looked at as it is now and sealed with the whole list, as every reservation is (`reserve_angebot`,
    whose errors it raises). What the house held is used; where it held nothing, or not any more, a place is taken now.
    `Konflikt` when the house has withdrawn its yes, or another one of the set was accepted.
    """
    anfrage = Anfrage.objects.select_related("klient", "hilfefall").get(pk=hausanfrage.anfrage_id)
    betroffen = lock_betroffen(Betroffen(anfrage.klient, anfrage.hilfefall))
    suche = lock_suche(anfrage.suche_id)
    with (
        advance(
            Anfrage.objects.all(), anfrage.pk, Vorhaben(SCHRITTE_ANFRAGE, AnfrageAktion.ANNEHMEN),
            akteur=akteur, vorgang=None,
        ) as ganze,
        advance(
            Hausanfrage.objects.select_related("angebot__hilfeart"), hausanfrage.pk,
            Vorhaben(SCHRITTE_HAUS, HausanfrageAktion.ANNEHMEN),
            akteur=akteur, vorgang=Vorgang.HAUSANFRAGE_ANNEHMEN,
        ) as schritt,
    ):  # fmt: skip
        haus = schritt.row
        andere = _lock_offene(anfrage, ohne=haus.pk)
        lock_kette()
        jetzt = real_now()
        _close(andere, HausanfrageAktion.SCHLIESSEN, akteur=akteur, am=jetzt)
        if haus.haelt_bis_at:  # for our own eyes it is free: the list is judged, and sealed, with it
            release_platz(bindung_id=haus.pk)
        platzwahl = check_reservierung(
            akteur=akteur, suche=suche, angebot_id=haus.angebot_id, betroffen=betroffen, begruendung=begruendung,
            zweiter_platz=zweiter_platz, gezeigt=gezeigt, sortierung=Sortierung.KOSTEN.value, wuensche=wuensche,
        )  # fmt: skip
        bindung = bind_platzwahl(platzwahl, ablauf_at=platzwahl.ablauf_at, bindung_id=haus.pk)
        settle_hinweis(art=HinweisArt.ANFRAGE, objekt_id=haus.pk, ausgang=Ausgang.ANGENOMMEN)
        assert haus.antwort_at is not None  # or there would be no yes
        assert haus.antwort_von_id is not None
        reservierung = create_reservierung(
            akteur=akteur, platzwahl=platzwahl, bindung=bindung,
            zustimmung=Zustimmung(haus.antwort_von_id, haus.antwort_at),
        )  # fmt: skip
        schritt.set(reservierung=reservierung, beendet_at=jetzt)
        ganze.set(beendet_at=jetzt, beendet_von_id=akteur.user_id)
    return reservierung


@transaction.atomic
def withdraw_anfrage(*, akteur: Akteur, anfrage: Anfrage, grund: str) -> Anfrage:
    """Ask nobody any more; each house that is still open is told. `RegelVerletzt` (grund) without a reason."""
    if not grund.strip():
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    with advance(
        Anfrage.objects.all(), anfrage.pk, Vorhaben(SCHRITTE_ANFRAGE, AnfrageAktion.ZURUECKZIEHEN),
        akteur=akteur, vorgang=Vorgang.ANFRAGE_ZURUECKZIEHEN,
    ) as schritt:  # fmt: skip
        jetzt = real_now()
        schritt.set(beendet_at=jetzt, beendet_von_id=akteur.user_id, rueckzug_grund=grund.strip())
        _close(_lock_offene(anfrage), HausanfrageAktion.ZURUECKZIEHEN, akteur=akteur, am=jetzt)
    return schritt.row


@transaction.atomic
def expire_anfragen() -> int:
    """Of the open office: enquiries that things have overtaken, houses that have not answered in time, then yeses that
    nobody has decided on; an enquiry with no open house ends. Returns how many houses closed. What somebody holds is
    left for the next round."""
    jetzt = real_now()
    return _close_ueberholte(jetzt) + _close_abgelaufene(jetzt)


def _close_ueberholte(jetzt: datetime) -> int:
    """The person has a place by another way since then, or has left daily work (§ 84 SGB X), where nobody could end it
    any more: no house keeps a bed, or reads on, for nothing."""
    danach = Q(zustand=ReservierungZustand.ZUGESTIMMT, created_at__gt=OuterRef("created_at")) | Q(
        buchung__zustand__in=(BuchungZustand.GEBUCHT, BuchungZustand.LAUFEND),
        buchung__created_at__gt=OuterRef("created_at"),
    )
    versorgt = Reservierung.objects.filter(
        danach, klient=OuterRef("klient"), hilfeart=OuterRef("hilfeart"), zeitraum__overlap=OuterRef("zeitraum")
    )
    rows = Anfrage.objects.filter(zustand=AnfrageZustand.OFFEN).annotate(
        ist_eingeschraenkt=Q(klient__eingeschraenkt_seit__isnull=False)
    )
    ueberholt = rows.filter(Q(ist_eingeschraenkt=True) | Exists(versorgt)).order_by("created_at")
    geschlossen = 0
    for anfrage in list(ueberholt.select_for_update(of=("self",), no_key=True, skip_locked=True)[:STAPEL]):
        eingeschraenkt = anfrage.ist_eingeschraenkt
        aktion = HausanfrageAktion.ZURUECKZIEHEN if eingeschraenkt else HausanfrageAktion.SCHLIESSEN
        offene = _lock_offene(anfrage)
        _close(offene, aktion, akteur=None, am=jetzt)
        _end(anfrage, jetzt)
        geschlossen += len(offene)
    return geschlossen


def _close_abgelaufene(jetzt: datetime) -> int:
    rows = Anfrage.objects.filter(zustand=AnfrageZustand.OFFEN, antwort_bis_at__lt=jetzt).order_by("antwort_bis_at")
    lange = timedelta(days=get_vorgabe(ENTSCHEIDEN_TAGE))
    # Who only waits for the office's decision is not looked at: enough of them would keep all others out of a round.
    schweigt = Exists(Hausanfrage.objects.filter(anfrage=OuterRef("pk"), zustand__in=UNBEANTWORTET))
    rows = rows.filter(schweigt | ~_hat_offene() | Q(antwort_bis_at__lt=jetzt - lange))
    faellig = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:STAPEL])
    if not faellig:
        return 0
    verfallen = 0
    for anfrage in faellig:
        offene = _lock_offene(anfrage)
        alle = anfrage.antwort_bis_at + lange < jetzt
        vorbei = [haus for haus in offene if alle or haus.zustand in UNBEANTWORTET]
        _close(vorbei, HausanfrageAktion.VERFALLEN, akteur=None, am=jetzt)
        verfallen += len(vorbei)
        if len(vorbei) == len(offene):
            _end(anfrage, jetzt)
    return verfallen


@transaction.atomic
def end_leere(*, anfrage: Anfrage) -> bool:
    """End an enquiry in which no house is open any more; False where one is."""
    if _lock_offene(anfrage):
        return False
    _end(anfrage, real_now())
    return True


def _end(anfrage: Anfrage, jetzt: datetime) -> None:
    with advance(
        Anfrage.objects.all(), anfrage.pk, Vorhaben(SCHRITTE_ANFRAGE, AnfrageAktion.BEENDEN),
        akteur=None, vorgang=Vorgang.ANFRAGE_BEENDEN,
    ) as schritt:  # fmt: skip
        schritt.set(beendet_at=jetzt)


def _hat_offene() -> Exists:
    """Of a row of enquiries: whether a house in it can still become a place."""
    return Exists(Hausanfrage.objects.filter(anfrage=OuterRef("pk"), zustand__in=HAUSANFRAGE_OFFEN))


def _lock_offene(anfrage: Anfrage, *, ohne: UUID | None = None) -> list[Hausanfrage]:
    """Houses that can still become a place, held, in the order of their keys."""
    rows = Hausanfrage.objects.filter(anfrage=anfrage, zustand__in=HAUSANFRAGE_OFFEN)
    if ohne is not None:
        rows = rows.exclude(pk=ohne)
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def _close(haeuser: Sequence[Hausanfrage], aktion: HausanfrageAktion, *, akteur: Akteur | None, am: datetime) -> None:
    """End them all: places are free, pointers say what became of it, one entry in the trail."""
    if not haeuser:
        return
    ids = [haus.pk for haus in haeuser]
    Hausanfrage.objects.filter(pk__in=ids).update(zustand=HAUSANFRAGE.ziel(aktion).value, beendet_at=am)
    release_plaetze(bindung_ids=_gehaltene(haeuser))
    for pk in ids:
        settle_hinweis(art=HinweisArt.ANFRAGE, objekt_id=pk, ausgang=_AUSGANG[aktion])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.HAUSANFRAGE_SCHLIESSEN,
        objekt_art="anfragen.hausanfrage", felder=["zustand"], zeilen=haeuser,
    )  # fmt: skip


def _gehaltene(haeuser: Iterable[Hausanfrage]) -> list[UUID]:
    return [haus.pk for haus in haeuser if haus.haelt_bis_at]
