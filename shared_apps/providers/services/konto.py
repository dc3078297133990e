"""The account of a provider: one of its people enters it, an independent second one confirms it (ADR 0070, 0075).

Independent: no one person of the provider let both in (`rules.sind_unabhaengig`). Where it has nobody like that, the
youth office at one of its facilities confirms.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import real_now, today
from shared_apps.core.dauer import write_dauer
from shared_apps.core.eingabe import GRUND_FEHLT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert, refused_by
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.providers.hooks import tell_kontowechsel
from shared_apps.providers.models import Anbieter, Kontovorschlag
from shared_apps.providers.policies import (
    SIGNIERT,
    checked_kontovorschlaege,
    may_check_konto,
    may_keep_konto,
    own_anbieter,
    visible_kontovorschlaege,
)
from shared_apps.providers.selectors.konto import (
    find_bankverbindung,
    list_ausgeschiedene,
    list_bestaetigende,
    list_kontofuehrende,
    list_zweite,
)
from shared_apps.providers.selectors.stammdaten import list_pruefende
from shared_apps.providers.services import check_own
from shared_apps.providers.services.vorschlag import settle_vorschlag
from shared_apps.providers.states import KONTOVORSCHLAG, KontoAktion, KontoZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

#: How long the second person has. What nobody confirms in that time was a mistake, or is one by now.
BESTAETIGEN_BINNEN = timedelta(days=14)

KEINE_ZWEITE = (
    "Ein Konto gilt erst, wenn eine zweite Person es bestätigt, die unabhängig von Ihnen zum Anbieter gekommen ist. Es"
    " gibt keine, und in keinem Kreis Ihrer Einrichtungen ein Jugendamt, das es hier bestätigen könnte. Tragen Sie"
    " zuerst eine Einrichtung ein."
)
WELCHES_AMT = (
    "Bitte wählen Sie ein Jugendamt, in dessen Kreis Sie eine Einrichtung betreiben, die nicht nur Sie selbst"
    " eingetragen haben."
)
GILT_SCHON = "Dieses Konto gilt schon."
WARTET_SCHON = "Ein anderes Konto wartet schon auf Bestätigung. Darüber wird zuerst entschieden."
ENTSCHIEDEN = "Darüber ist schon entschieden."
ABGELAUFEN = "Das hat niemand rechtzeitig bestätigt. Bitte tragen Sie das Konto neu ein."
SELBST = "Wer ein Konto einträgt, bestätigt es nicht selbst. Das macht eine andere Person Ihres Anbieters."
ZU_NEU = (
    "Sie sind erst nach diesem Eintrag dazugekommen. Bestätigen kann nur, wer vorher schon zum Anbieter gehörte; sonst"
    " tragen Sie das Konto bitte neu ein."
)
NICHT_UNABHAENGIG = (
    "Sie und die Person, die dieses Konto eingetragen hat, sind von derselben Person eingeladen worden, oder eine von"
    " der anderen. Dann bestätigt jemand anderes. Sie können ablehnen."
)
DAS_AMT = "Dieses Konto bestätigt das Jugendamt. Sie können es ablehnen."
NICHT_IHR_AMT = "Darüber entscheiden Leitung und Administration des Jugendamtes, das der Anbieter gewählt hat."
WORAN = "Bitte schreiben Sie, woran Sie das Konto geprüft haben."
EINTRAGENDE_WEG = (
    "Wer dieses Konto eingetragen hat, gehört nicht mehr zu denen, die es führen. Bitte lehnen Sie ab, und tragen Sie"
    " es neu ein, wenn es stimmt."
)
JETZT_EINE_ZWEITE = (
    "Inzwischen gibt es bei Ihrem Anbieter jemanden, der das Konto unabhängig von Ihnen bestätigen kann. Darum wird"
    " kein Jugendamt gefragt. Bitte tragen Sie das Konto noch einmal ein."
)
#: Rules of the trigger `providers_konto_geprueft` that people who come or go in the same moment meet.
INZWISCHEN = {
    "konto_amt_ohne_zweite": JETZT_EINE_ZWEITE,
    "konto_amt_am_standort": WELCHES_AMT,
    "konto_ihr_anbieter": "Sie gehören nicht mehr zu denen, die das Konto dieses Anbieters führen.",
    "konto_unabhaengig": NICHT_UNABHAENGIG,
    "konto_zweite_person": ZU_NEU,
    "konto_ihr_amt": NICHT_IHR_AMT,
    "konto_rechtzeitig": EINTRAGENDE_WEG,
}
NICHT_IHRES = "Zurückziehen kann nur, wer das Konto eingetragen hat. Sie können es ablehnen."


@transaction.atomic
def submit_kontovorschlag(
    *,
    akteur: Akteur,
    anbieter: Anbieter,
    iban: str,
    inhaber: str,
    gebietskoerperschaft: Gebietskoerperschaft | None = None,
) -> Kontovorschlag:
    """Enter another account of one's own provider. It holds when an independent colleague confirms it, or, where there
    is none, the youth office of `gebietskoerperschaft` (when there is only one, that one); until then the one before
    does. All others who keep the account are told by mail, and the office that is asked, without the number.

    `Konflikt` while another one waits, or when nobody could confirm it; `RegelVerletzt` for the account that holds, and
    for an office that has nothing to do with the provider.
    """
    check_own(may_keep_konto(akteur), own_anbieter(akteur), anbieter.pk)
    anbieter = Anbieter.objects.select_for_update(no_key=True).get(pk=anbieter.pk)
    _expire(anbieter)
    if visible_kontovorschlaege(akteur).filter(anbieter=anbieter, zustand=KontoZustand.VORGESCHLAGEN).exists():
        raise Konflikt(WARTET_SCHON, code="zustand")
    bisher = find_bankverbindung(anbieter)
    if bisher is not None and (bisher.iban, bisher.inhaber) == (iban, inhaber):
        raise RegelVerletzt(GILT_SCHON, feld="iban")
    kreis = None
    if not list_bestaetigende(anbieter.pk, neben=akteur.user_id):
        kreis = _choose_amt(anbieter, gebietskoerperschaft)
    with _explained():
        vorschlag = Kontovorschlag.objects.create(
            anbieter=anbieter,
            iban=iban,
            inhaber=inhaber,
            gilt_bis=real_now() + BESTAETIGEN_BINNEN,
            vorgeschlagen_von_id=akteur.user_id,
            gebietskoerperschaft=kreis,
        )
    _tell(akteur, vorschlag)
    _tell_amt(akteur, vorschlag)
    _tell_ehemalige(akteur, vorschlag)
    return vorschlag


def _choose_amt(anbieter: Anbieter, gewaehlt: Gebietskoerperschaft | None) -> Gebietskoerperschaft:
    moeglich = list(list_pruefende(anbieter))
    if not moeglich:
        raise Konflikt(KEINE_ZWEITE, code="zustand")
    if gewaehlt is None and len(moeglich) == 1:
        return moeglich[0]
    if gewaehlt not in moeglich:
        raise RegelVerletzt(WELCHES_AMT, feld="gebietskoerperschaft")
    return gewaehlt


@transaction.atomic
def confirm_kontovorschlag(*, akteur: Akteur, vorschlag: Kontovorschlag, geprueft_an: str = "") -> None:
    """The second signature: from now on the provider is paid there (trigger `providers_konto_geprueft`). The office
    says what it has checked the account with (`geprueft_an`).

    `Verweigert` for whoever entered it, came after, or is not independent of her; `Konflikt` when it is decided or out
    of time, or whoever entered it has left.
    """
    vorschlag = _locked(akteur, vorschlag, KontoAktion.BESTAETIGEN)
    check_autor(vorschlag.vorgeschlagen_von_id)
    if _is_for_amt(akteur, vorschlag):
        if not geprueft_an.strip():
            raise RegelVerletzt(WORAN, feld="geprueft_an")
        vorschlag.geprueft_an = geprueft_an.strip()
    else:
        _check_zweite(akteur, vorschlag)
        _check_unabhaengig(akteur, vorschlag)
    if not list_kontofuehrende(vorschlag.anbieter_id).filter(pk=vorschlag.vorgeschlagen_von_id).exists():
        raise Konflikt(EINTRAGENDE_WEG, code="zustand")
    _decide(akteur, vorschlag, KontoAktion.BESTAETIGEN)
    _tell(akteur, vorschlag)
    _tell_ehemalige(akteur, vorschlag)
    tell_kontowechsel(vorschlag.pk)


@transaction.atomic
def decline_kontovorschlag(*, akteur: Akteur, vorschlag: Kontovorschlag, grund: str) -> None:
    """The office, or any colleague who was there before, says no, and why; the account before goes on."""
    vorschlag = _locked(akteur, vorschlag, KontoAktion.ABLEHNEN)
    if not grund.strip():
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    if not _is_for_amt(akteur, vorschlag):
        _check_zweite(akteur, vorschlag)
    vorschlag.grund = grund.strip()
    _decide(akteur, vorschlag, KontoAktion.ABLEHNEN)
    _tell(akteur, vorschlag)


@transaction.atomic
def withdraw_kontovorschlag(*, akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    """Whoever entered it takes it back."""
    vorschlag = _locked(akteur, vorschlag, KontoAktion.ZURUECKZIEHEN)
    if vorschlag.vorgeschlagen_von_id != akteur.user_id:
        raise Verweigert(NICHT_IHRES)
    _decide(akteur, vorschlag, KontoAktion.ZURUECKZIEHEN)


def _expire(anbieter: Anbieter) -> None:
    """What ran out says so in its row before the next one is entered."""
    offen = Kontovorschlag.objects.filter(anbieter=anbieter, zustand=KontoZustand.VORGESCHLAGEN)
    offen.filter(gilt_bis__lt=real_now()).update(
        zustand=KONTOVORSCHLAG.naechster(KontoZustand.VORGESCHLAGEN, KontoAktion.ABLAUFEN)
    )


def _locked(akteur: Akteur, vorschlag: Kontovorschlag, aktion: KontoAktion) -> Kontovorschlag:
    if not _is_for_amt(akteur, vorschlag):
        check_own(may_keep_konto(akteur), visible_kontovorschlaege(akteur), vorschlag.pk)
    fresh = Kontovorschlag.objects.select_for_update(of=("self",), no_key=True).get(pk=vorschlag.pk)
    if fresh.stand is KontoZustand.ABGELAUFEN:
        raise Konflikt(ABGELAUFEN, code="zustand")
    if aktion not in KONTOVORSCHLAG.erlaubt(KontoZustand(fresh.zustand)):
        raise Konflikt(ENTSCHIEDEN, code="zustand")
    return fresh


def _is_for_amt(akteur: Akteur, vorschlag: Kontovorschlag) -> bool:
    """Whether she decides for the office that is asked. `Verweigert` for another office's people."""
    if not may_check_konto(akteur):
        return False
    if checked_kontovorschlaege(akteur).filter(pk=vorschlag.pk).exists():
        return True
    if not may_keep_konto(akteur):
        raise Verweigert(NICHT_IHR_AMT)
    return False


def _check_zweite(akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    if vorschlag.vorgeschlagen_von_id == akteur.user_id:
        raise Verweigert(SELBST)
    if not list_kontofuehrende(vorschlag.anbieter_id, seit=vorschlag.created_at).filter(pk=akteur.user_id).exists():
        raise Verweigert(ZU_NEU)


def _check_unabhaengig(akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    if vorschlag.gebietskoerperschaft_id is not None:
        raise Verweigert(DAS_AMT)
    moeglich = list_bestaetigende(
        vorschlag.anbieter_id, neben=vorschlag.vorgeschlagen_von_id, seit=vorschlag.created_at
    )
    if akteur.user_id not in {user.pk for user in moeglich}:
        raise Verweigert(NICHT_UNABHAENGIG)


def _decide(akteur: Akteur, vorschlag: Kontovorschlag, aktion: KontoAktion) -> None:
    with _explained():
        settle_vorschlag(akteur, vorschlag, KONTOVORSCHLAG, aktion, am=real_now(), auch=("grund", "geprueft_an"))


@contextmanager
def _explained() -> Iterator[None]:
    """What the database refuses because people came or went since it was looked at, in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        grund = INZWISCHEN.get(refused_by(error))
        if grund is None:
            raise
        raise Konflikt(grund, code="zustand") from error


def _tell(akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    """Everybody who keeps the account, but for whoever has just done it."""
    if vorschlag.zustand == KontoZustand.VORGESCHLAGEN:
        art = MailArt.KONTO_WARTET
    elif vorschlag.zustand == KontoZustand.BESTAETIGT:
        art = MailArt.KONTO_GEAENDERT
    else:
        art = MailArt.KONTO_ABGELEHNT
    for user in list_zweite(vorschlag.anbieter_id, ohne=akteur.user_id).exclude(email=""):
        submit_mailauftrag(art=art, user_id=user.pk, bezug_id=vorschlag.pk, angefordert_von_id=akteur.user_id)


def _tell_amt(akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    if vorschlag.gebietskoerperschaft is None:
        return
    tenant = Tenant.objects.get(kuerzel=vorschlag.gebietskoerperschaft.kuerzel)
    for user in _list_pruefende_leute(tenant).exclude(email=""):
        submit_mailauftrag(
            art=MailArt.KONTO_ZU_PRUEFEN, user_id=user.pk, tenant=tenant, bezug_id=vorschlag.pk,
            angefordert_von_id=akteur.user_id,
        )  # fmt: skip


def _tell_ehemalige(akteur: Akteur, vorschlag: Kontovorschlag) -> None:
    """Who could have confirmed, had she not left a short while ago: she would know that it is wrong."""
    for user in list_ausgeschiedene(vorschlag).exclude(email=""):
        submit_mailauftrag(
            art=MailArt.KONTO_EHEMALIGE, user_id=user.pk, bezug_id=vorschlag.pk, angefordert_von_id=akteur.user_id
        )


def _list_pruefende_leute(tenant: Tenant) -> QuerySet[User]:
    rollen = Membership.objects.filter(valid_on(today()), tenant=tenant, rolle__in=SIGNIERT)
    return User.objects.filter(pk__in=rollen.values("user_id"), is_active=True)


@writes_mail(MailArt.KONTO_WARTET)
def build_wartet_mail(mail: Mailauftrag) -> Nachricht | None:
    """To everybody who keeps the account, while it waits. Neither number nor holder nor who entered it."""
    vorschlag = mail.find_bezug(_offene())
    amt = vorschlag.gebietskoerperschaft if vorschlag else None
    wer = f"das Jugendamt {amt.kurzname}" if amt else "eine zweite Person"
    return _build(
        mail,
        vorschlag,
        betreff="Eine Bankverbindung wartet auf Bestätigung",
        text=(
            "für Ihren Anbieter ist in SoJuS ein anderes Konto eingetragen. Es gilt erst, wenn"
            f" {wer} es innerhalb von {write_dauer(BESTAETIGEN_BINNEN, dativ=True)} bestätigt."
            " Bitte prüfen Sie es dort; bis dahin gilt das bisherige. Wissen Sie nichts davon, lehnen Sie es bitte ab."
        ),
    )


@writes_mail(MailArt.KONTO_ZU_PRUEFEN)
def build_pruefen_mail(mail: Mailauftrag) -> Nachricht | None:
    """To head and administration of the office that is asked, while it waits: neither provider nor number."""
    vorschlag = mail.find_bezug(_offene())
    user = mail.find_empfaenger(_list_pruefende_leute(mail.tenant)) if vorschlag and mail.tenant else None
    if vorschlag is None or user is None:
        return None
    text = (
        "Guten Tag,\n\nein Anbieter mit einer Einrichtung in Ihrem Kreis hat in SoJuS ein anderes Konto eingetragen und"
        " niemanden, der es unabhängig bestätigen kann. Darum fragt er Ihr Jugendamt. Bitte prüfen Sie es anders als"
        f" über den Eintrag selbst:\n\n{public_base(mail.tenant)}/anbieter/konten/{vorschlag.pk}/"
    )
    return Nachricht(an=user.email, betreff="Eine Bankverbindung wartet auf Ihr Jugendamt", text=text)


@writes_mail(MailArt.KONTO_EHEMALIGE)
def build_ehemalige_mail(mail: Mailauftrag) -> Nachricht | None:
    """To whoever kept the account until a short while ago, while an office is asked, and when it has confirmed. Neither
    provider nor number nor who entered it; no link, since nothing opens for her there any more."""
    vorschlag = mail.find_bezug(_offene() | _rows().filter(zustand=KontoZustand.BESTAETIGT))
    amt = vorschlag.gebietskoerperschaft if vorschlag else None
    user = mail.find_empfaenger(list_ausgeschiedene(vorschlag)) if vorschlag else None
    if vorschlag is None or amt is None or user is None:
        return None
    was = "hat es bestätigt" if vorschlag.zustand == KontoZustand.BESTAETIGT else "prüft es"
    text = (
        "Guten Tag,\n\nfür einen Anbieter, dessen Bankverbindung Sie bis vor Kurzem mitgeführt haben, ist in SoJuS ein"
        f" anderes Konto eingetragen. Das Jugendamt {amt.kurzname} {was}. Kommt Ihnen das falsch vor, rufen Sie dort"
        " bitte an, unter einer Nummer, die Sie kennen."
    )
    return Nachricht(an=user.email, betreff="Eine Bankverbindung Ihres früheren Anbieters", text=text)


@writes_mail(MailArt.KONTO_GEAENDERT)
def build_geaendert_mail(mail: Mailauftrag) -> Nachricht | None:
    """To everybody else who keeps the account: whoever knows nothing of it shall notice."""
    vorschlag = mail.find_bezug(_rows().filter(zustand=KontoZustand.BESTAETIGT))
    amt = vorschlag.gebietskoerperschaft if vorschlag else None
    wer = (
        f"Eine Person Ihres Anbieters hat es eingetragen, das Jugendamt {amt.kurzname} hat es bestätigt."
        if amt
        else "Zwei Personen haben das unterschrieben."
    )
    return _build(
        mail,
        vorschlag,
        betreff="Die Bankverbindung Ihres Anbieters ist geändert",
        text=f"das Konto Ihres Anbieters in SoJuS ist geändert. {wer} Wissen Sie nichts davon, sehen Sie bitte gleich"
        " nach.",
    )


@writes_mail(MailArt.KONTO_ABGELEHNT)
def build_abgelehnt_mail(mail: Mailauftrag) -> Nachricht | None:
    """To whoever entered it, and to everybody else who keeps the account."""
    return _build(
        mail,
        mail.find_bezug(_rows().filter(zustand=KontoZustand.ABGELEHNT)),
        betreff="Eine Bankverbindung ist abgelehnt",
        text="ein anderes Konto, das für Ihren Anbieter in SoJuS eingetragen war, ist abgelehnt. Das bisherige gilt"
        " weiter. Warum, lesen Sie dort.",
    )


def _rows() -> QuerySet[Kontovorschlag]:
    return Kontovorschlag.objects.select_related("gebietskoerperschaft")


def _offene() -> QuerySet[Kontovorschlag]:
    return _rows().filter(zustand=KontoZustand.VORGESCHLAGEN, gilt_bis__gt=real_now())


def _build(mail: Mailauftrag, vorschlag: Kontovorschlag | None, *, betreff: str, text: str) -> Nachricht | None:
    user = mail.find_empfaenger(list_kontofuehrende(vorschlag.anbieter_id)) if vorschlag else None
    if vorschlag is None or user is None:
        return None
    adresse = f"{public_base(None)}/anbieter/eigene/{vorschlag.anbieter_id}/bankverbindung/"
    return Nachricht(an=user.email, betreff=betreff, text=f"Guten Tag,\n\n{text}\n\n{adresse}")
