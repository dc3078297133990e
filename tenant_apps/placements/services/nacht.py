"""Heute Nacht: hold a place for a child nobody knows by name yet, give it back, note what was done (ADR 0081).

The same acts as by day (`search`, `reserve`, `fristen`), with what a night leaves out: a person without a name, a hold
of hours, and the way as the reason of the choice.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from django.db import connection, transaction
from uuid6 import uuid7

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, real_now, today
from shared_apps.core.errors import Fehlt, Konflikt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Aufgabenbereich, KlientGeschlecht
from tenant_apps.cases.policies import disposable_hilfefaelle, may_work_nights, own_of_the_night
from tenant_apps.cases.selectors import list_freie_tage
from tenant_apps.cases.services import create_hilfefall, create_unbekannt
from tenant_apps.cases.services.abschluss import close_hilfefall
from tenant_apps.cases.services.klient import FALL_NICHT_SICHTBAR, lock_hilfefall, lock_unrestricted
from tenant_apps.cases.states import HilfefallZustand
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Nachtpflicht, Vorgang
from tenant_apps.placements.models import Nachtaufnahme, Nachtschritt, Reservierung
from tenant_apps.placements.nacht.selectors.angebote import Nachtergebnis, Nachtfrage, search_nacht
from tenant_apps.placements.nacht.selectors.aufnahme import find_begonnene, gesucht_of, list_gleiche
from tenant_apps.placements.policies import SCHRITTE_RESERVIERUNG_NACHTS, visible_nachtaufnahmen
from tenant_apps.placements.search.selectors.treffer import NACHT
from tenant_apps.placements.services.fristen import extend_reservierung, withdraw_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.services.search import create_suche
from tenant_apps.placements.services.vermerk import ZUSAGE, create_nachtrag, lock_kette
from tenant_apps.placements.states import RESERVIERUNG_LEBEND, ReservierungZustand
from tenant_apps.placements.vorgaben import NACHT_STUNDEN
from tenant_apps.vorgaben.selectors import get_vorgabe
from tenants.context import current_tenant
from tenants.db.locks import PairLock

NICHT_MEHR_FREI = "Dieser Platz ist seit eben nicht mehr frei. Bitte nehmen Sie einen anderen, die Liste ist neu."
ANDERER_PLATZ = "Heute Nacht: ein anderer Platz wurde genommen"
FREIGEGEBEN = "Heute Nacht: Platz freigegeben"
ZUGESAGT = "Das Haus hat am Telefon zugesagt."
NICHT_ZUGESAGT = "Die Zusage am Telefon ist zurückgenommen."
ABGESCHLOSSEN = "Dieser Fall ist abgeschlossen, hier ist nichts mehr zu tun."
SCHON_BENUTZT = (
    "Aus der Liste von eben ist schon ein Platz reserviert worden. Die Liste ist neu: Bitte wählen Sie noch einmal."
)
VORBEI = "Dieser Platz wird nicht mehr gehalten. Bitte wählen Sie einen anderen."
GEBUCHT = "Der Platz ist inzwischen verbindlich gebucht. Ändern oder stornieren lässt er sich nur noch bei der Buchung."


@transaction.atomic
def reserve_nacht(
    *, akteur: Akteur, gesucht: Nachtfrage, angebot_id: UUID, einmal: str = "", weiteres: bool = False
) -> tuple[Nachtaufnahme, bool]:
    """Hold a place tonight for somebody whom nobody knows by name yet: a person and a case are made for her.

    `einmal`: the number the two questions were shown with. Whatever is sent with it is one child: a second tap, even at
    the same moment, gets the first one's row and False. So does another child of this age and sex of the same person
    in the same night, unless it is said to be one (`weiteres`). `Konflikt` when the first one has been given back or is
    not hers any more (schon_benutzt), or when the place has gone since the list was shown; nothing is kept then.
    """
    assert gesucht.alter is not None  # the form insists on it
    pk = compute_id(akteur, einmal) if einmal else uuid7()
    if erste := _find_first(akteur, gesucht, pk, weiteres=weiteres):
        return erste, False
    ergebnis, hilfeart = _find(gesucht, angebot_id)
    lock_kette()  # before the months that a new search marks
    klient = create_unbekannt(akteur=akteur, geschlecht=_geschlecht(gesucht.geschlecht))
    fall = create_hilfefall(akteur=akteur, klient=klient, aufgabe=Aufgabenbereich.ANDERE_AUFGABE)
    betroffen = Betroffen(klient, fall)
    reservierung = _hold(akteur, gesucht, ergebnis, hilfeart, angebot_id, betroffen)
    aufnahme = Nachtaufnahme.objects.create(
        pk=pk,
        klient=klient,
        hilfefall=betroffen.hilfefall,
        reservierung=reservierung,
        alter=gesucht.alter,
        tag=today(),
        faellig_am=rules.naechster_arbeitstag(now().astimezone(), list_freie_tage()),
    )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.NACHT_RESERVIEREN, objekt=aufnahme)
    return aufnahme, True


@transaction.atomic
def update_nachtaufnahme(
    *, akteur: Akteur, aufnahme: Nachtaufnahme, angebot_id: UUID, kurz: bool = False, mehr: int = 0, ab_plz: str = ""
) -> Nachtaufnahme:
    """Take another place for the same child; the one held so far is given back. Both or nothing.

    `Konflikt` once that one is booked (gebucht), or the case closed: whatever the page had shown.
    """
    aufnahme = _lock(akteur, aufnahme)
    if aufnahme.hilfefall.zustand == HilfefallZustand.ABGESCHLOSSEN:
        raise Konflikt(ABGESCHLOSSEN, code="fall_abgeschlossen")
    _check_unbooked(aufnahme.reservierung)
    gesucht = gesucht_of(aufnahme, kurz=kurz, mehr=mehr, ab_plz=ab_plz)
    ergebnis, hilfeart = _find(gesucht, angebot_id)
    lock_kette()  # before the months that giving back marks
    _release(akteur, aufnahme.reservierung, ANDERER_PLATZ)
    betroffen = Betroffen(aufnahme.klient, aufnahme.hilfefall)
    aufnahme.reservierung = _hold(akteur, gesucht, ergebnis, hilfeart, angebot_id, betroffen)
    aufnahme.zugesagt_at, aufnahme.zugesagt_von_id = None, None
    aufnahme.save(update_fields=["reservierung", "zugesagt_at", "zugesagt_von"])
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.NACHT_RESERVIEREN, objekt=aufnahme,
                  felder=["reservierung"])  # fmt: skip
    return aufnahme


@transaction.atomic
def release_nacht(*, akteur: Akteur, aufnahme: Nachtaufnahme) -> bool:
    """Give the place back, and end the case that was made for it when there was nothing else in it. Whether it was
    still held; `Konflikt` (gebucht) once it is booked."""
    aufnahme = _lock(akteur, aufnahme)
    _check_unbooked(aufnahme.reservierung)
    gehalten = _is_held(aufnahme.reservierung)
    _release(akteur, aufnahme.reservierung, FREIGEGEBEN)
    fall = aufnahme.hilfefall
    nur_dieser = fall.zustand == HilfefallZustand.OFFEN and aufnahme.nachgetragen_at is None
    ihre = disposable_hilfefaelle(akteur) | own_of_the_night(akteur)
    if nur_dieser and ihre.filter(pk=fall.pk).exists():
        close_hilfefall(akteur=akteur, hilfefall=fall, letzter_tag=today(), grund=FREIGEGEBEN)
    return gehalten


@transaction.atomic
def record_zusage(*, akteur: Akteur, aufnahme: Nachtaufnahme) -> Nachtaufnahme:
    """The house has said yes on the telephone: from now on the place is held as long as one is by day. A further note
    of the choice says so, who and when.

    Its consent stays its own, given at the portal. `Konflikt` when the place is held no longer; a second time changes
    nothing.
    """
    aufnahme = _lock(akteur, aufnahme)
    if aufnahme.zugesagt_at is not None:
        return aufnahme
    reservierung = aufnahme.reservierung
    _check_held(reservierung)
    lock_kette()  # before the place
    extend_reservierung(akteur=akteur, reservierung=reservierung, schritte=SCHRITTE_RESERVIERUNG_NACHTS)
    create_nachtrag(akteur=akteur, reservierung=reservierung, begruendung=ZUGESAGT, kriterien={ZUSAGE: True})
    aufnahme.zugesagt_at, aufnahme.zugesagt_von_id = now(), akteur.user_id
    aufnahme.save(update_fields=["zugesagt_at", "zugesagt_von"])
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.NACHT_ZUSAGE, objekt=aufnahme,
                  felder=["zugesagt_at"])  # fmt: skip
    return aufnahme


@transaction.atomic
def withdraw_zusage(*, akteur: Akteur, aufnahme: Nachtaufnahme) -> Nachtaufnahme:
    """The note of the telephone call was a mistake, or the house has thought better of it: a further note of the choice
    says so, the first one stays, and the place is held as long as it is. A second time changes nothing.

    `Konflikt` when it is held no longer, or is booked: nothing is said of that choice any more.
    """
    aufnahme = _lock(akteur, aufnahme)
    if aufnahme.zugesagt_at is None:
        return aufnahme
    _check_held(aufnahme.reservierung)
    create_nachtrag(
        akteur=akteur, reservierung=aufnahme.reservierung, begruendung=NICHT_ZUGESAGT, kriterien={ZUSAGE: False}
    )
    aufnahme.zugesagt_at, aufnahme.zugesagt_von_id = None, None
    aufnahme.save(update_fields=["zugesagt_at", "zugesagt_von"])
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.NACHT_ZUSAGE_ZURUECK, objekt=aufnahme,
                  felder=["zugesagt_at"])  # fmt: skip
    return aufnahme


@transaction.atomic
def settle_pflicht(*, akteur: Akteur, aufnahme: Nachtaufnahme, pflicht: Nachtpflicht, erledigt: bool) -> None:
    """Set a tick, with who and when, or take it back. Twice the same changes nothing; `Konflikt` once the case is
    closed."""
    aufnahme = _lock(akteur, aufnahme)
    if aufnahme.hilfefall.zustand == HilfefallZustand.ABGESCHLOSSEN:
        raise Konflikt(ABGESCHLOSSEN, code="fall_abgeschlossen")
    rows = aufnahme.schritte.filter(pflicht=pflicht)
    if rows.exists() == erledigt:
        return
    if erledigt:
        Nachtschritt.objects.create(
            nachtaufnahme=aufnahme, pflicht=pflicht, erledigt_at=now(), erledigt_von_id=akteur.user_id
        )
    else:
        rows.delete()
    vorgang = Vorgang.NACHT_HAKEN if erledigt else Vorgang.NACHT_HAKEN_ZURUECK
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=vorgang, objekt=aufnahme, felder=[pflicht.value])


def _lock(akteur: Akteur, aufnahme: Nachtaufnahme) -> Nachtaufnahme:
    """As it is now, its person and its case held before it.

    `Fehlt` for whoever was on call when the office has taken the case over meanwhile, or booked for it.
    """
    klient = lock_unrestricted(aufnahme.klient_id)
    fall = lock_hilfefall(aufnahme.hilfefall_id)
    if may_work_nights(akteur) and not own_of_the_night(akteur).filter(pk=fall.pk).exists():
        raise Fehlt(FALL_NICHT_SICHTBAR)
    aufnahme = (
        Nachtaufnahme.objects.select_for_update(no_key=True, of=("self",))
        .select_related("reservierung")
        .get(pk=aufnahme.pk)
    )
    aufnahme.klient, aufnahme.hilfefall = klient, fall
    return aufnahme


def compute_id(akteur: Akteur, einmal: str) -> UUID:
    """The number of the child that is taken in with this number of the questions: nobody's is another person's."""
    return uuid5(akteur.user_id, einmal)


def _find_first(akteur: Akteur, gesucht: Nachtfrage, pk: UUID, *, weiteres: bool) -> Nachtaufnahme | None:
    """What the first tap has made; whoever taps again at the same moment waits for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.NACHT, str(akteur.user_id)])
    ihre = visible_nachtaufnahmen(akteur)
    if Nachtaufnahme.objects.filter(pk=pk).exists():
        if (erste := find_begonnene(ihre, pk)) is None:
            raise Konflikt(SCHON_BENUTZT, code="schon_benutzt")
        return erste
    return None if weiteres else next(iter(list_gleiche(ihre, gesucht, user_id=akteur.user_id)), None)


def _is_held(reservierung: Reservierung) -> bool:
    """As of now: a hold whose time is over is none, whoever has swept it already."""
    return reservierung.zustand in RESERVIERUNG_LEBEND and reservierung.ablauf_at > real_now()


def _check_unbooked(reservierung: Reservierung) -> None:
    if reservierung.zustand == ReservierungZustand.GEBUCHT:
        raise Konflikt(GEBUCHT, code="gebucht")


def _check_held(reservierung: Reservierung) -> None:
    _check_unbooked(reservierung)
    if not _is_held(reservierung):
        raise Konflikt(VORBEI, code="abgelaufen")


def _find(gesucht: Nachtfrage, angebot_id: UUID) -> tuple[Nachtergebnis, str]:
    ergebnis = search_nacht(gesucht, region=current_tenant().kuerzel)
    hilfeart = ergebnis.find_hilfeart(angebot_id)
    if hilfeart is None:
        raise Konflikt(NICHT_MEHR_FREI, code="nicht_verfuegbar")
    return ergebnis, hilfeart


def _hold(
    akteur: Akteur, gesucht: Nachtfrage, ergebnis: Nachtergebnis, hilfeart: str, angebot_id: UUID, betroffen: Betroffen
) -> Reservierung:
    gefunden = ergebnis.as_ergebnis(hilfeart)
    suche = create_suche(akteur=akteur, kriterien=gefunden.kriterien, betroffen=betroffen, zahlen=gefunden.zahlen)
    return reserve_angebot(
        akteur=akteur,
        suche=suche,
        angebot_id=angebot_id,
        betroffen=betroffen,
        begruendung=_describe_wahl(gesucht, ergebnis, angebot_id),
        zweiter_platz=True,  # the page has named it; which ones it were is in the Auswahlvermerk
        sortierung=NACHT,
        ablauf_at=rules.nacht_ablauf(real_now(), get_vorgabe(NACHT_STUNDEN)),
        alter=gesucht.alter,
        ergebnis=gefunden,
    )


def _describe_wahl(gesucht: Nachtfrage, ergebnis: Nachtergebnis, angebot_id: UUID) -> str:
    """Why this one, as the Auswahlvermerk keeps it: what the list was ordered by, and its place in it."""
    stelle = next(n for n, (_, zeile) in enumerate(ergebnis.treffer, start=1) if zeile.angebot == angebot_id)
    arten = " und ".join(sorted({str(k.hilfeart) for k in ergebnis.kriterien.values()}))
    ab = f" ab {gesucht.ab_plz}" if gesucht.ab_plz else ""
    return (
        f"Heute Nacht: nach dem Weg{ab} gewählt, Platz {stelle} von {ergebnis.zahlen.verfuegbar} freien Angeboten"
        f" ({arten}). Die Kosten standen nicht in der Liste."
    )


def _release(akteur: Akteur, reservierung: Reservierung, grund: str) -> None:
    """Give back what is still held; what has ended by itself needs nothing."""
    if reservierung.zustand in RESERVIERUNG_LEBEND:
        withdraw_reservierung(
            akteur=akteur, reservierung=reservierung, grund=grund, schritte=SCHRITTE_RESERVIERUNG_NACHTS
        )


def _geschlecht(kuerzel: str) -> KlientGeschlecht:
    """Nobody could say: kept as no entry until somebody enters it."""
    return KlientGeschlecht.from_kuerzel(kuerzel or "x")
