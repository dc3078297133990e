"""Notes: those of the file, and those entrusted to one person (§ 65 SGB VIII)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.geld import format_zahl
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.models import AnvertrauteNotiz, Fallnotiz, Hilfefall, Notizfreigabe, Weitergabegrund
from tenant_apps.cases.selectors import list_rollen
from tenant_apps.cases.services.freigabe import FALSCHE_ROLLE, GRUND_MINDESTENS, NICHT_IHR_FALL
from tenants.crypto import seal

TEXT_FEHLT = "Bitte schreiben Sie die Notiz."
TEXT_HOECHSTENS = 20_000
NUR_SELBST = "Eine anvertraute Notiz gibt nur weiter, wem sie anvertraut wurde (§ 65 SGB VIII)."
BEGRUENDUNG_FEHLT = f"Bitte begründen Sie die Weitergabe (mindestens {GRUND_MINDESTENS} Zeichen)."
EIN_EMPFAENGER = "Bitte nennen Sie genau eine Empfängerin: eine Person im Jugendamt oder eine Stelle außerhalb."
GERICHT_AUSSERHALB = "Das Familiengericht ist eine Stelle außerhalb. Bitte tragen Sie es dort ein."
SCHON_WEITERGEGEBEN = "Diese Person hat die Notiz schon."


def _check_text(text: str) -> str:
    text = text.strip()
    if not text:
        raise RegelVerletzt(TEXT_FEHLT, feld="text")
    if len(text) > TEXT_HOECHSTENS:
        hoechstens = format_zahl(Decimal(TEXT_HOECHSTENS), 0)
        raise RegelVerletzt(f"Die Notiz ist zu lang (höchstens {hoechstens} Zeichen).", feld="text")
    return text


def _check_editable(akteur: Akteur, hilfefall: Hilfefall) -> None:
    if not policies.editable_hilfefaelle(akteur).filter(pk=hilfefall.pk).exists():
        raise Verweigert(NICHT_IHR_FALL)


@transaction.atomic
def create_fallnotiz(*, akteur: Akteur, hilfefall: Hilfefall, text: str) -> Fallnotiz:
    """A note of the file; whoever reads the file reads it."""
    text = _check_text(text)
    _check_editable(akteur, hilfefall)
    notiz = Fallnotiz(hilfefall=hilfefall, verfasser_id=akteur.user_id)
    notiz.text = seal(text, context=notiz.siegel)
    notiz.save(force_insert=True)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.FALLNOTIZ_ANLEGEN, objekt=notiz)
    return notiz


@transaction.atomic
def create_anvertraute_notiz(*, akteur: Akteur, hilfefall: Hilfefall, text: str) -> AnvertrauteNotiz:
    """Keep what somebody entrusted to the acting person: nobody else learns that it exists."""
    text = _check_text(text)
    _check_editable(akteur, hilfefall)
    notiz = AnvertrauteNotiz(hilfefall=hilfefall, verfasser_id=akteur.user_id)
    notiz.text = seal(text, context=notiz.siegel)
    notiz.save(force_insert=True)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.ANVERTRAUTE_NOTIZ_ANLEGEN, objekt=notiz)
    return notiz


@transaction.atomic
def create_notizfreigabe(
    *,
    akteur: Akteur,
    notiz: AnvertrauteNotiz,
    grund: Weitergabegrund,
    begruendung: str,
    empfaenger_id: UUID | None = None,
    empfaenger_extern: str = "",
) -> Notizfreigabe:
    """Pass an entrusted note on to one recipient, for one of the five reasons of the law. It cannot be taken back."""
    if not policies.own_anvertraute(akteur).filter(pk=notiz.pk).exists():
        raise Verweigert(NUR_SELBST)
    begruendung, empfaenger_extern = " ".join(begruendung.split()), empfaenger_extern.strip()
    if len(begruendung) < GRUND_MINDESTENS:
        raise RegelVerletzt(BEGRUENDUNG_FEHLT, feld="begruendung")
    if (empfaenger_id is None) == (not empfaenger_extern):
        raise RegelVerletzt(EIN_EMPFAENGER, feld="empfaenger")
    if grund is Weitergabegrund.FAMILIENGERICHT and empfaenger_id is not None:
        raise RegelVerletzt(GERICHT_AUSSERHALB, feld="empfaenger_extern")
    if empfaenger_id is not None:
        if empfaenger_id == akteur.user_id or not list_rollen(empfaenger_id) & policies.ANVERTRAUBAR:
            raise RegelVerletzt(FALSCHE_ROLLE, feld="empfaenger")
        if notiz.freigaben.filter(empfaenger_id=empfaenger_id).exists():
            raise Konflikt(SCHON_WEITERGEGEBEN)
    freigabe = Notizfreigabe.objects.create(
        notiz=notiz,
        verfasser_id=akteur.user_id,
        empfaenger_id=empfaenger_id,
        empfaenger_extern=empfaenger_extern[:200],
        grund_code=grund,
        begruendung=begruendung[:500],
    )
    record_access(
        akteur=akteur, aktion=Aktion.UEBERMITTELN, vorgang=Vorgang.ANVERTRAUTE_NOTIZ_WEITERGEBEN, objekt=notiz,
        felder=("text",), grund=f"§ 65 Abs. 1 Nr. {grund.value} SGB VIII",
    )  # fmt: skip
    return freigabe
