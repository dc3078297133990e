"""„War nicht frei“: an office reports it, the provider answers, the office may take it back."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.services.gruende import check_grund
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import Angebot, Bestaetigungsweg, Vakanzmeldung
from shared_apps.providers.policies import may_report_vakanz, may_write_own, own_angebote, visible_meldungen
from shared_apps.providers.rules import MELDEN_TAGE, darf_melden
from shared_apps.providers.services.bestaetigung import record_bestaetigung
from shared_apps.providers.states import VAKANZMELDUNG, MeldungAktion, MeldungZustand
from tenants.context import require_schema

NUR_JUGENDAMT = "Das meldet nur ein Jugendamt, das Angebote sucht."
ZU_ALT = f"Melden können Sie nur, was höchstens {anzahl_tage(MELDEN_TAGE)} zurückliegt und nicht in der Zukunft."
NICHT_IM_ANGEBOT = "An diesem Tag gab es das Angebot nicht."
SCHON_GEMELDET = "Ihr Jugendamt hat für dieses Angebot am {} schon gemeldet, dass nichts frei war."
NICHT_IHRE = "Diese Meldung gehört nicht zu Ihnen."
BEANTWORTET = "Diese Meldung ist schon beantwortet oder zurückgenommen."
#: What the provider may say to a report; each time the places are right afterwards.
ANTWORTEN = (MeldungAktion.EINRAEUMEN, MeldungAktion.BEHEBEN, MeldungAktion.BESTREITEN)


@transaction.atomic
def submit_vakanzmeldung(*, akteur: Akteur, angebot: Angebot, tag: date, grund: str) -> Vakanzmeldung:
    """The open office found no free place on a day; at once everybody reads that it was reported.

    `RegelVerletzt` for a day too far back, or without the offer; `Konflikt` when this office has reported that day.
    """
    if not may_report_vakanz(akteur):
        raise Verweigert(NUR_JUGENDAMT)
    if not darf_melden(tag, today()):
        raise RegelVerletzt(ZU_ALT, feld="tag")
    if not Angebot.objects.filter(pk=angebot.pk, gueltig__contains=tag).exists():
        raise RegelVerletzt(NICHT_IM_ANGEBOT, feld="tag")
    check_grund(Grundart.MELDUNG, grund)
    meldung = Vakanzmeldung(mandant=require_schema(), angebot_id=angebot.pk, tag=tag, grund=grund, gemeldet_at=now())
    meldung.clean_fields(exclude={"mandant", "angebot", "beantwortet_von"})
    try:
        with transaction.atomic():
            meldung.save(force_insert=True)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise Konflikt(SCHON_GEMELDET.format(format_datum(tag)), code="zustand") from error
        raise
    return meldung


@transaction.atomic
def settle_vakanzmeldung(*, akteur: Akteur, meldung: Vakanzmeldung, aktion: MeldungAktion) -> Vakanzmeldung:
    """The provider answers with one of `ANTWORTEN`, which confirms the offer's vacancies when no other report waits."""
    if (
        aktion not in ANTWORTEN
        or not may_write_own(akteur)
        or not own_angebote(akteur).filter(pk=meldung.angebot_id).exists()
    ):
        raise Verweigert(NICHT_IHRE)
    meldung = _locked(akteur, meldung, aktion)
    meldung.zustand = VAKANZMELDUNG.naechster(MeldungZustand(meldung.zustand), aktion)
    meldung.beantwortet_von_id = akteur.user_id
    meldung.beantwortet_at = now()
    meldung.save(update_fields=["zustand", "beantwortet_von", "beantwortet_at"])
    record_bestaetigung(akteur=akteur, angebote=[meldung.angebot_id], weg=Bestaetigungsweg.ANTWORT)
    return meldung


@transaction.atomic
def withdraw_vakanzmeldung(*, akteur: Akteur, meldung: Vakanzmeldung) -> Vakanzmeldung:
    """The open office takes back what it reported by mistake; it counts nowhere any more."""
    if not may_report_vakanz(akteur) or meldung.mandant != require_schema():
        raise Verweigert(NICHT_IHRE)
    meldung = _locked(akteur, meldung, MeldungAktion.ZURUECKNEHMEN)
    meldung.zustand = VAKANZMELDUNG.naechster(MeldungZustand(meldung.zustand), MeldungAktion.ZURUECKNEHMEN)
    meldung.save(update_fields=["zustand"])
    return meldung


def _locked(akteur: Akteur, meldung: Vakanzmeldung, aktion: MeldungAktion) -> Vakanzmeldung:
    fresh = visible_meldungen(akteur).select_for_update(of=("self",), no_key=True).filter(pk=meldung.pk).first()
    # An open report alone may be locked (row-level security): a decided one is there, but not among these.
    if fresh is None and visible_meldungen(akteur).filter(pk=meldung.pk).exists():
        raise Konflikt(BEANTWORTET, code="zustand")
    if fresh is None:
        raise Verweigert(NICHT_IHRE)
    if aktion not in VAKANZMELDUNG.erlaubt(MeldungZustand(fresh.zustand)):
        raise Konflikt(BEANTWORTET, code="zustand")
    return fresh
