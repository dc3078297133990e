"""Rates: one side proposes, the youth office at the place of the facility confirms (§§ 77, 78b, 78e SGB VIII)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.postfach import ist_dieselbe
from shared_apps.accounts.selectors import get_akteur
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import local_date, now, today
from shared_apps.core.eingabe import GRUND_FEHLT, NOCH_NICHT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.zeitraum import format_datum
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.providers.models import (
    Angebot,
    EinrichtungDokument,
    Entgelt,
    Entgeltvorschlag,
    Leistungsbeschreibung,
    LeqVereinbarung,
    Rechtsgrundlage,
)
from shared_apps.providers.policies import (
    ENTGELT_ROLLEN,
    may_decide_entgelt,
    may_propose_entgelt,
    may_rate_for_all,
    own_jugendaemter,
    rated_angebote,
    visible_dokumente,
    visible_vorschlaege,
    works_for,
)
from shared_apps.providers.rules import (
    ENTGELT_MAX,
    Entgeltsatz,
    Entgeltzeit,
    abzuloesendes_entgelt,
    naechstes_entgelt,
    nie_gewesen,
    wirkt_zurueck,
)
from shared_apps.providers.selectors.entgelte import list_jugendaemter
from shared_apps.providers.services import BEFANGEN, check_own
from shared_apps.providers.services.vorschlag import lock_vorschlag, settle_vorschlag
from shared_apps.providers.states import ENTGELTVORSCHLAG, VorschlagAktion, VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

RUECKWIRKEND = "Ein Entgelt gilt nicht vor dem Tag, an dem es vereinbart ist (§ 78d Abs. 2 SGB VIII)."
SPAETERES = "Ab dem {} ist schon ein Entgelt vereinbart. Ein neues gilt erst von einem späteren Tag an."
KEIN_BETRAG = "Bitte geben Sie an, wie hoch das Entgelt ist."
ZU_HOCH = "So hoch ist kein Entgelt. Bitte prüfen Sie den Betrag."
WARTET_SCHON = "Für dieses Angebot wartet schon ein Vorschlag auf das Jugendamt. Ziehen Sie ihn zuerst zurück."
ENTSCHIEDEN = "Über diesen Vorschlag ist schon entschieden."
SELBST_VORGESCHLAGEN = "Wer ein Entgelt vorschlägt, bestätigt es nicht selbst. Das macht eine andere Person."
BINDET_ALLE = "Bei dieser Hilfeart gilt ein Entgelt für alle Jugendämter (§§ 78a, 78e SGB VIII)."
NUR_NACH_77 = "Ein Entgelt für ein Jugendamt allein beruht auf § 77 SGB VIII. Bitte wählen Sie diese Rechtsgrundlage."
NUR_FUER_SICH = (
    "Die Einrichtung liegt nicht in Ihrem Kreis. Sie können nur ein Entgelt vorschlagen, das für Ihr Jugendamt allein"
    " gilt."
)
NICHT_FUER_ANDERE = "Für ein anderes Jugendamt vereinbaren Sie kein Entgelt."
FREMDES_PAPIER = "Dieses Dokument gehört nicht zu dieser Einrichtung oder zu einer anderen Rechtsgrundlage."
NUR_AM_STANDORT = (
    "Darüber entscheidet das Jugendamt, in dessen Kreis die Einrichtung liegt (§ 78e Abs. 1 SGB VIII), oder das,"
    " für das allein es gelten soll."
)
NICHT_IHRER = "Diesen Vorschlag hat die andere Seite gemacht. Zurückziehen kann ihn nur, wer ihn vorgeschlagen hat."


@transaction.atomic
def submit_entgeltvorschlag(
    *,
    akteur: Akteur,
    angebot: Angebot,
    grundleistung: Decimal,
    investition: Decimal,
    sonderleistung: Decimal,
    ab: date,
    vereinbart_am: date,
    rechtsgrundlage: str,
    jugendamt: Gebietskoerperschaft | None = None,
    vereinbarung: LeqVereinbarung | None = None,
    leistungsbeschreibung: Leistungsbeschreibung | None = None,
) -> Entgeltvorschlag:
    """Propose the rate of an offer from `ab` on, in euro for its kind of help's unit. It counts when it is confirmed.

    `jugendamt`: the only office it would hold for (§ 77 SGB VIII), which then decides; None: all of them.
    `RegelVerletzt` before the day of the agreement or of a rate agreed already, for one office where the law binds all,
    or with a paper of another facility; `Konflikt` while another one waits for the same.
    """
    check_own(may_propose_entgelt(akteur), rated_angebote(akteur), angebot.pk)
    rows = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("hilfeart")
    angebot = rows.get(pk=angebot.pk)
    _check_fuer_wen(akteur, angebot, jugendamt, rechtsgrundlage)
    _check_papiere(akteur, angebot, jugendamt, rechtsgrundlage, vereinbarung, leistungsbeschreibung)
    satz = Entgeltsatz(grundleistung, investition, sonderleistung, ab, vereinbart_am, rechtsgrundlage)
    check_satz(satz, _zeiten(angebot, jugendamt.pk if jugendamt else None))
    try:
        with transaction.atomic():
            return Entgeltvorschlag.objects.create(
                angebot=angebot,
                **asdict(satz),
                jugendamt=jugendamt,
                vereinbarung=vereinbarung,
                leistungsbeschreibung=leistungsbeschreibung,
                vorgeschlagen_von_id=akteur.user_id,
                vom_anbieter=not akteur.ist_amt,
            )
    except IntegrityError as error:
        raise Konflikt(WARTET_SCHON, code="zustand") from error


@dataclass(frozen=True, slots=True)
class Vorschlagswahl:
    """What a person may choose for a proposal: for whom it holds, and the papers it may name."""

    #: Whether it may hold for one office alone; which; and whether it may be one for all.
    einzelne: bool
    jugendaemter: QuerySet[Gebietskoerperschaft]
    fuer_alle: bool
    vereinbarungen: QuerySet[EinrichtungDokument]
    leistungsbeschreibungen: QuerySet[EinrichtungDokument]


def get_vorschlagswahl(akteur: Akteur, angebot: Angebot) -> Vorschlagswahl:
    """For the form; `submit_entgeltvorschlag` asks the same again."""
    dort = {"einrichtung": angebot.einrichtung_id}
    return Vorschlagswahl(
        einzelne=angebot.hilfeart.hat_einzelentgelte,
        jugendaemter=_waehlbare_jugendaemter(akteur),
        fuer_alle=may_rate_for_all(akteur, angebot),
        vereinbarungen=visible_dokumente(akteur, LeqVereinbarung).filter(**dort),
        leistungsbeschreibungen=visible_dokumente(akteur, Leistungsbeschreibung).filter(**dort),
    )


def _waehlbare_jugendaemter(akteur: Akteur) -> QuerySet[Gebietskoerperschaft]:
    """A provider agrees with any office that works here, an office for itself."""
    return own_jugendaemter(akteur, ENTGELT_ROLLEN) if may_decide_entgelt(akteur) else list_jugendaemter()


def _check_fuer_wen(
    akteur: Akteur, angebot: Angebot, jugendamt: Gebietskoerperschaft | None, rechtsgrundlage: str
) -> None:
    if jugendamt is None:
        if not may_rate_for_all(akteur, angebot):
            raise RegelVerletzt(NUR_FUER_SICH, feld="jugendamt")
        return
    check_einzelentgelt(angebot.hilfeart, rechtsgrundlage)
    if not _waehlbare_jugendaemter(akteur).filter(pk=jugendamt.pk).exists():
        raise RegelVerletzt(NICHT_FUER_ANDERE, feld="jugendamt")


def check_einzelentgelt(hilfeart: Hilfeart, rechtsgrundlage: str) -> None:
    """Whether a rate of this kind of help may hold for one office alone, and rests on what lets it."""
    if not hilfeart.hat_einzelentgelte:
        raise RegelVerletzt(BINDET_ALLE, feld="jugendamt")
    if rechtsgrundlage != Rechtsgrundlage.P77:
        raise RegelVerletzt(NUR_NACH_77, feld="rechtsgrundlage")


def _check_papiere(
    akteur: Akteur,
    angebot: Angebot,
    jugendamt: Gebietskoerperschaft | None,
    rechtsgrundlage: str,
    vereinbarung: LeqVereinbarung | None,
    leistungsbeschreibung: Leistungsbeschreibung | None,
) -> None:
    if vereinbarung is not None:
        rows = visible_dokumente(akteur, LeqVereinbarung).filter(
            einrichtung=angebot.einrichtung_id, rechtsgrundlage=rechtsgrundlage
        )
        fuer = {None, jugendamt.pk if jugendamt else None}
        if not rows.filter(pk=vereinbarung.pk).exists() or vereinbarung.jugendamt_id not in fuer:
            raise RegelVerletzt(FREMDES_PAPIER, feld="vereinbarung")
    if leistungsbeschreibung is not None and leistungsbeschreibung.einrichtung_id != angebot.einrichtung_id:
        raise RegelVerletzt(FREMDES_PAPIER, feld="leistungsbeschreibung")


@transaction.atomic
def confirm_entgeltvorschlag(*, akteur: Akteur, vorschlag: Entgeltvorschlag) -> Entgelt:
    """The office agrees: the rate applies from its day on, the one before ends with it.

    `Verweigert` for whoever proposed it and for another office; `Konflikt` when it is decided, or a later rate agreed.
    """
    vorschlag = _locked(akteur, vorschlag, VorschlagAktion.BESTAETIGEN)
    _check_decides(akteur, vorschlag)
    check_autor(vorschlag.vorgeschlagen_von_id)
    rows = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("hilfeart")
    angebot = rows.get(pk=vorschlag.angebot_id)
    zeiten = _zeiten(angebot, vorschlag.jugendamt_id)
    try:
        _check_folgt(zeiten, vorschlag.ab)
    except RegelVerletzt as error:
        raise Konflikt(error.message, code="zustand") from error
    if bisher := abzuloesendes_entgelt(zeiten, vorschlag.ab):
        Entgelt.je_amt.filter(pk=bisher.entgelt_id).update(gueltig=DateRange(bisher.beginn, vorschlag.ab))
    _decide(akteur, vorschlag, VorschlagAktion.BESTAETIGEN)
    return Entgelt.objects.create(
        angebot=angebot,
        jugendamt_id=vorschlag.jugendamt_id,
        betrag=vorschlag.betrag,
        einheit=angebot.hilfeart.einheit,
        gueltig=DateRange(vorschlag.ab, None),
        vorschlag=vorschlag,
    )


@transaction.atomic
def reject_entgeltvorschlag(*, akteur: Akteur, vorschlag: Entgeltvorschlag, grund: str) -> None:
    """The office does not agree, with a reason that the other side reads."""
    vorschlag = _locked(akteur, vorschlag, VorschlagAktion.ABLEHNEN)
    _check_decides(akteur, vorschlag)
    if not grund.strip():
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    vorschlag.grund = grund.strip()
    _decide(akteur, vorschlag, VorschlagAktion.ABLEHNEN)


@transaction.atomic
def withdraw_entgeltvorschlag(*, akteur: Akteur, vorschlag: Entgeltvorschlag) -> None:
    """Whoever proposed takes it back; at a provider, whoever speaks for it."""
    vorschlag = _locked(akteur, vorschlag, VorschlagAktion.ZURUECKZIEHEN)
    if not may_propose_entgelt(akteur) or not is_own_side(akteur, vorschlag):
        raise Verweigert(NICHT_IHRER)
    _decide(akteur, vorschlag, VorschlagAktion.ZURUECKZIEHEN)


def is_own_side(akteur: Akteur, vorschlag: Entgeltvorschlag) -> bool:
    """Whether the person's side made the proposal: her provider, or she herself in an office."""
    if akteur.ist_amt:
        return vorschlag.vorgeschlagen_von_id == akteur.user_id
    return vorschlag.vom_anbieter


def _locked(akteur: Akteur, vorschlag: Entgeltvorschlag, aktion: VorschlagAktion) -> Entgeltvorschlag:
    rows = visible_vorschlaege(akteur)
    return lock_vorschlag(rows, vorschlag.pk, ENTGELTVORSCHLAG, aktion, fremd=NUR_AM_STANDORT, entschieden=ENTSCHIEDEN)


def _check_decides(akteur: Akteur, vorschlag: Entgeltvorschlag) -> None:
    if not may_decide_entgelt(akteur):
        raise Verweigert(NUR_AM_STANDORT)
    if ist_dieselbe(vorschlag.vorgeschlagen_von_id, akteur.user_id):
        raise Verweigert(SELBST_VORGESCHLAGEN)
    anbieter_id = vorschlag.angebot.einrichtung.anbieter_id
    if works_for(akteur, anbieter_id, seit=local_date(vorschlag.created_at)):
        raise Verweigert(BEFANGEN)


def check_satz(satz: Entgeltsatz, zeiten: Iterable[Entgeltzeit]) -> None:
    """What may be proposed beside these rates. `RegelVerletzt` for no amount or one too high, agreed on a day that is
    still to come, before its agreement, or before a later rate."""
    if satz.betrag <= 0:
        raise RegelVerletzt(KEIN_BETRAG, feld="grundleistung")
    if satz.betrag > ENTGELT_MAX:
        raise RegelVerletzt(ZU_HOCH, feld="grundleistung")
    if satz.vereinbart_am > today():
        raise RegelVerletzt(NOCH_NICHT, feld="vereinbart_am")
    if wirkt_zurueck(ab=satz.ab, vereinbart_am=satz.vereinbart_am):
        raise RegelVerletzt(RUECKWIRKEND, feld="ab")
    _check_folgt(zeiten, satz.ab)


def _zeiten(angebot: Angebot, jugendamt_id: UUID | None) -> list[Entgeltzeit]:
    """The rates of the offer for all offices, or for this one alone."""
    rows = Entgelt.je_amt.filter(angebot=angebot, jugendamt=jugendamt_id)
    return [Entgeltzeit(e.pk, e.gueltig.lower, e.gueltig.upper) for e in rows]


def _check_folgt(zeiten: Iterable[Entgeltzeit], ab: date) -> None:
    if spaeter := naechstes_entgelt(zeiten, ab):
        raise RegelVerletzt(SPAETERES.format(format_datum(spaeter.beginn)), feld="ab")


def _decide(akteur: Akteur, vorschlag: Entgeltvorschlag, aktion: VorschlagAktion) -> None:
    """Write who decided; whoever proposed is told by mail, unless it was her own side that took it back."""
    settle_vorschlag(akteur, vorschlag, ENTGELTVORSCHLAG, aktion, am=now())
    if aktion is not VorschlagAktion.ZURUECKZIEHEN:
        submit_mailauftrag(
            art=MailArt.ENTGELT_ENTSCHIEDEN,
            user_id=vorschlag.vorgeschlagen_von_id,
            tenant=None if vorschlag.vom_anbieter else Tenant.objects.filter(pk=akteur.tenant_id).first(),
            bezug_id=vorschlag.pk,
        )


@writes_mail(MailArt.ENTGELT_ENTSCHIEDEN)
def build_entschieden_mail(mail: Mailauftrag) -> Nachricht | None:
    """That it was decided, and where to read how: no amount, no name, no reason. None for somebody who no longer sees
    the proposal."""
    user = mail.find_empfaenger(User.objects.filter(is_active=True))
    akteur = get_akteur(user=user, tenant=mail.tenant) if user else None
    if user is None or akteur is None or not may_propose_entgelt(akteur):
        return None
    entschiedene = visible_vorschlaege(akteur).filter(vorgeschlagen_von=user, entschieden_at__isnull=False)
    vorschlag = mail.find_bezug(entschiedene)
    if vorschlag is None:
        return None
    text = (
        "Guten Tag,\n\nüber ein Entgelt, das Sie vorgeschlagen haben, ist entschieden. Was entschieden wurde und warum,"
        f" lesen Sie nach der Anmeldung hier:\n\n{public_base(mail.tenant)}/anbieter/entgelte/{vorschlag.pk}/\n"
    )
    return Nachricht(an=user.email, betreff="Über Ihren Entgeltvorschlag ist entschieden", text=text)


# --- many at once, of a list that two people have signed (shared_apps.einlesen) ---------------------------------------


def submit_entgeltvorschlaege(
    *, user_id: UUID, saetze: Sequence[tuple[Angebot, Entgeltsatz, UUID | None]]
) -> list[Entgeltvorschlag]:
    """What somebody of an office, or of the operator, proposes with a list, each with the only office it holds for;
    at most one for each offer. They wait."""
    return Entgeltvorschlag.objects.bulk_create(
        Entgeltvorschlag(
            angebot=angebot, **asdict(satz), jugendamt_id=amt, vorgeschlagen_von_id=user_id, vom_anbieter=False
        )
        for angebot, satz, amt in saetze
    )


def confirm_entgeltvorschlaege(
    *,
    user_id: UUID,
    vorschlaege: Sequence[Entgeltvorschlag],
    zeiten: Mapping[tuple[UUID, UUID | None], Sequence[Entgeltzeit]],
) -> list[Entgelt]:
    """Whoever has released the list agrees to what it proposed: each rate applies, the one before (`zeiten`, by offer
    and the only office it holds for) ends with it. The database asks whether she decides at the place of each facility,
    or in that office, and is not who proposed."""
    for autor in {vorschlag.vorgeschlagen_von_id for vorschlag in vorschlaege}:
        check_autor(autor)
    abgeloest = [
        Entgelt(pk=bisher.entgelt_id, gueltig=DateRange(bisher.beginn, vorschlag.ab))
        for vorschlag in vorschlaege
        if (bisher := abzuloesendes_entgelt(zeiten[vorschlag.angebot_id, vorschlag.jugendamt_id], vorschlag.ab))
    ]
    Entgelt.je_amt.bulk_update(abgeloest, ["gueltig"])
    Entgeltvorschlag.objects.filter(pk__in=[vorschlag.pk for vorschlag in vorschlaege]).update(
        zustand=VorschlagZustand.BESTAETIGT, entschieden_von_id=user_id, entschieden_at=now()
    )
    return Entgelt.objects.bulk_create(
        Entgelt(
            angebot=vorschlag.angebot,
            jugendamt_id=vorschlag.jugendamt_id,
            betrag=vorschlag.betrag,
            einheit=vorschlag.angebot.hilfeart.einheit,
            gueltig=DateRange(vorschlag.ab, None),
            vorschlag=vorschlag,
        )
        for vorschlag in vorschlaege
    )


def revoke_entgelt(*, entgelt: Entgelt, vorgaenger_id: UUID | None, ende: date | None) -> None:
    """A rate that came with a list was never agreed; the one that it ended goes on until `ende`, as before.

    For a job: whoever acts in her own name changes no agreed rate (trigger `providers_entgelt_bleibt`).
    """
    davon = {"angebot": entgelt.angebot_id, "jugendamt": entgelt.jugendamt_id}
    rang = Entgelt.alle.filter(**davon).count() - Entgelt.je_amt.filter(**davon).count()
    Entgelt.alle.filter(pk=entgelt.pk).update(gueltig=DateRange(*nie_gewesen(rang)))
    for bisher in Entgelt.je_amt.filter(pk__in=[vorgaenger_id] if vorgaenger_id else []):
        Entgelt.je_amt.filter(pk=bisher.pk).update(gueltig=DateRange(bisher.gueltig.lower, ende))


def withdraw_entgeltvorschlaege(*, user_id: UUID, vorschlag_ids: Iterable[UUID]) -> int:
    """Proposals of a list that still wait are taken back with it; returns how many."""
    return Entgeltvorschlag.objects.filter(pk__in=list(vorschlag_ids), zustand=VorschlagZustand.VORGESCHLAGEN).update(
        zustand=VorschlagZustand.ZURUECKGEZOGEN, entschieden_von_id=user_id, entschieden_at=now()
    )
