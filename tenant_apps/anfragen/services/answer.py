"""The answer of a house: yes, yes with a question, please call, no with a reason; a yes may hold a place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import settle_hinweis, transfer_hinweis
from shared_apps.occupancy.models import HALTEN_TAGE
from shared_apps.occupancy.services import bind_eigenen_platz, release_platz
from tenant_apps.anfragen.enums import ZU_SPAET, Vorgang
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.policies import SCHRITTE_HAUS
from tenant_apps.anfragen.selectors import is_vorbei
from tenant_apps.anfragen.states import HausanfrageAktion
from tenant_apps.audit.services import Schritt, Vorhaben, advance
from tenant_apps.placements.enums import ERLAEUTERN, Ablehnungsgrund

GRUND_FEHLT = "Bitte geben Sie den Grund an."
FRAGE_FEHLT = "Bitte schreiben Sie, was Sie wissen möchten."
HALTEN_BIS = f"Gehalten wird ein Platz höchstens {anzahl_tage(HALTEN_TAGE)}."


@transaction.atomic
def confirm_hausanfrage(*, hausanfrage: Hausanfrage, akteur: Akteur, tage: int = 0) -> Hausanfrage:
    """The house can. `tage`: for how many days it holds a place, from now on; 0: it holds none.

    `KeinPlatzFrei` when there is none to be held, `Konflikt` after the deadline or once the office has decided.
    """
    if not 0 <= tage <= HALTEN_TAGE:
        raise RegelVerletzt(HALTEN_BIS, feld="tage")
    with _answer(hausanfrage, HausanfrageAktion.ZUSAGEN, akteur) as schritt:
        haus = schritt.row
        anfrage: Anfrage = haus.anfrage
        if tage:
            bis = real_now() + timedelta(days=tage)
            bind_eigenen_platz(bindung_id=haus.pk, angebot_id=haus.angebot_id, zeitraum=anfrage.dauer, ablauf_at=bis)
            schritt.set(haelt_bis_at=bis)
        transfer_hinweis(art=HinweisArt.ANFRAGE, objekt_id=haus.pk)
    return schritt.row


@transaction.atomic
def submit_rueckfrage(*, hausanfrage: Hausanfrage, akteur: Akteur, frage: str) -> Hausanfrage:
    """The house can, if its question is answered. `RegelVerletzt` (frage) without one."""
    if not frage.strip():
        raise RegelVerletzt(FRAGE_FEHLT, feld="frage")
    with _answer(hausanfrage, HausanfrageAktion.RUECKFRAGEN, akteur, antwort_text=frage.strip()) as schritt:
        transfer_hinweis(art=HinweisArt.ANFRAGE, objekt_id=schritt.row.pk)
    return schritt.row


@transaction.atomic
def request_anruf(*, hausanfrage: Hausanfrage, akteur: Akteur) -> Hausanfrage:
    """The house wants to talk first; it may still answer."""
    with _answer(hausanfrage, HausanfrageAktion.ANRUFEN, akteur) as schritt:
        transfer_hinweis(art=HinweisArt.ANFRAGE, objekt_id=schritt.row.pk)
    return schritt.row


@transaction.atomic
def reject_hausanfrage(*, hausanfrage: Hausanfrage, akteur: Akteur, grund: str, erlaeuterung: str = "") -> Hausanfrage:
    """The house cannot, for a coded reason; also after a yes, until the office has accepted it. A place that it held is
    free again at once."""
    if grund not in Ablehnungsgrund.values:
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    if grund == Ablehnungsgrund.SONSTIGES and not erlaeuterung.strip():
        raise RegelVerletzt(ERLAEUTERN, feld="erlaeuterung")
    with _answer(
        hausanfrage,
        HausanfrageAktion.ABSAGEN,
        akteur,
        grund=grund,
        absagegrund=grund,
        antwort_text=erlaeuterung.strip(),
    ) as schritt:
        if schritt.row.haelt_bis_at:
            release_platz(bindung_id=schritt.row.pk)
        settle_hinweis(art=HinweisArt.ANFRAGE, objekt_id=schritt.row.pk, ausgang=Ausgang.ABGELEHNT)
    return schritt.row


@contextmanager
def _answer(
    hausanfrage: Hausanfrage, aktion: HausanfrageAktion, akteur: Akteur, grund: str = "", **antwort: str
) -> Iterator[Schritt[Hausanfrage]]:
    rows = Hausanfrage.objects.select_related("anfrage")
    with advance(
        rows, hausanfrage.pk, Vorhaben(SCHRITTE_HAUS, aktion), akteur=akteur, vorgang=Vorgang.HAUSANFRAGE_ANTWORTEN,
        grund=grund,
    ) as schritt:  # fmt: skip
        if is_vorbei(schritt.row.anfrage):
            raise Konflikt(ZU_SPAET, code="abgelaufen")
        schritt.set(antwort_at=real_now(), antwort_von_id=akteur.user_id, **antwort)
        yield schritt
