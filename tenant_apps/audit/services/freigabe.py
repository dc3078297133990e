"""Four eyes: ask, approve, decline, take back. The database checks once more who is who."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit import policies
from tenant_apps.audit.enums import Aktion, Vorgang
from tenant_apps.audit.models import Freigabe
from tenant_apps.audit.services.record import record_access
from tenant_apps.audit.states import FREIGABE, FreigabeAktion, FreigabeZustand

ENTSCHIEDEN = "Über diesen Antrag ist schon entschieden."
_ENTSCHIEDEN = {
    FreigabeAktion.BEWILLIGEN: Vorgang.FREIGABE_BEWILLIGT,
    FreigabeAktion.ABLEHNEN: Vorgang.FREIGABE_ABGELEHNT,
}


def request_freigabe(
    *,
    akteur: Akteur,
    vorgang: str,
    grund: str,
    objekt_art: str = "",
    objekt_id: UUID | None = None,
    betrifft_von: date | None = None,
    betrifft_bis: date | None = None,
    stunden: int | None = None,
) -> Freigabe:
    """Ask a second person. Raises Verweigert or RegelVerletzt (German)."""
    if not policies.may_request_freigabe(akteur, vorgang):
        raise Verweigert("Diesen Antrag dürfen Sie mit Ihrer Rolle nicht stellen.")
    regel = policies.get_vorgang(vorgang)
    grund = grund.strip()
    if len(grund) < 5:
        raise RegelVerletzt("Bitte nennen Sie den Grund.", feld="grund")
    if betrifft_von and betrifft_bis and betrifft_bis < betrifft_von:
        raise RegelVerletzt("Das Ende liegt vor dem Anfang. Bitte prüfen Sie den Zeitraum.", feld="betrifft_bis")
    stunden = regel.stunden if stunden is None else stunden
    if not 1 <= stunden <= regel.stunden:
        raise RegelVerletzt(f"Möglich sind 1 bis {regel.stunden} Stunden.", feld="stunden")
    freigabe = Freigabe.objects.create(
        vorgang=vorgang, objekt_art=objekt_art, objekt_id=objekt_id, betrifft_von=betrifft_von,
        betrifft_bis=betrifft_bis, grund=grund[:500], beantragt_von=akteur.user_id, stunden=stunden,
    )  # fmt: skip
    record_access(
        akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.FREIGABE_BEANTRAGEN, objekt=freigabe, grund=vorgang
    )
    return freigabe


def _locked(freigabe_id: UUID) -> Freigabe:
    """The open or valid request, locked. What is over cannot be locked any more (row-level security)."""
    found = Freigabe.objects.select_for_update().filter(pk=freigabe_id).first()
    if found is None:
        Freigabe.objects.get(pk=freigabe_id)
        raise Konflikt(ENTSCHIEDEN)
    return found


def _next(freigabe: Freigabe, aktion: FreigabeAktion) -> FreigabeZustand:
    zustand = FreigabeZustand(freigabe.zustand)
    if aktion not in FREIGABE.erlaubt(zustand):
        raise Konflikt(ENTSCHIEDEN)
    return FREIGABE.naechster(zustand, aktion)


def _decide(akteur: Akteur, freigabe_id: UUID, aktion: FreigabeAktion, bemerkung: str) -> Freigabe:
    freigabe = _locked(freigabe_id)
    neu = _next(freigabe, aktion)
    eigene = list_eigene_konten()
    if policies.is_own_request(akteur, freigabe, eigene):
        raise Verweigert("Über den eigenen Antrag entscheidet eine zweite Person.")
    if not policies.may_decide_freigabe(akteur, freigabe, eigene):
        raise Verweigert("Über diesen Antrag dürfen Sie mit Ihrer Rolle nicht entscheiden.")
    if aktion == FreigabeAktion.BEWILLIGEN:
        check_autor(freigabe.beantragt_von)
    now = real_now()
    freigabe.zustand, freigabe.entschieden_von, freigabe.entschieden_at = neu, akteur.user_id, now
    freigabe.bemerkung = bemerkung.strip()[:500]
    if aktion == FreigabeAktion.BEWILLIGEN:
        freigabe.gueltig_bis = now + timedelta(hours=freigabe.stunden)
    freigabe.save(update_fields=["zustand", "entschieden_von", "entschieden_at", "gueltig_bis", "bemerkung"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=_ENTSCHIEDEN[aktion], objekt=freigabe,
        felder=["zustand"], grund=freigabe.vorgang,
    )  # fmt: skip
    return freigabe


def grant_freigabe(*, akteur: Akteur, freigabe_id: UUID, bemerkung: str = "") -> Freigabe:
    """Approve as the second person; valid from now for the hours asked for."""
    return _decide(akteur, freigabe_id, FreigabeAktion.BEWILLIGEN, bemerkung)


def decline_freigabe(*, akteur: Akteur, freigabe_id: UUID, bemerkung: str) -> Freigabe:
    """Decline as the second person, with a reason."""
    if not bemerkung.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund der Ablehnung.", feld="bemerkung")
    return _decide(akteur, freigabe_id, FreigabeAktion.ABLEHNEN, bemerkung)


def revoke_freigabe(*, akteur: Akteur, freigabe_id: UUID) -> Freigabe:
    """Take an approval back before its time: whoever asked, or may decide on such requests."""
    freigabe = _locked(freigabe_id)
    regel = policies.get_vorgang(freigabe.vorgang)
    if freigabe.beantragt_von != akteur.user_id and not akteur.hat(*regel.entscheiden):
        raise Verweigert("Diese Freigabe dürfen Sie nicht zurücknehmen.")
    freigabe.zustand = _next(freigabe, FreigabeAktion.ZURUECKNEHMEN)
    freigabe.save(update_fields=["zustand"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FREIGABE_WIDERRUFEN, objekt=freigabe, felder=["zustand"]
    )
    return freigabe


def expire_freigaben() -> int:
    """Set what is over its time to ABGELAUFEN; the time itself is checked at every use anyway."""
    rows = Freigabe.objects.filter(
        zustand__in=FREIGABE.zustaende_mit(FreigabeAktion.ABLAUFEN), gueltig_bis__lte=real_now()
    )
    return rows.update(zustand=FREIGABE.ziel(FreigabeAktion.ABLAUFEN))
