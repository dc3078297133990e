"""A provider joins: it applies and confirms its address, or the office enters it; two people of the office admit it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.crypto import salted_hmac
from uuid6 import uuid7

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.accounts.policies import check_autor
from shared_apps.aufnahme import policies
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.selectors import find_amt, find_standort, find_wartender
from shared_apps.aufnahme.states import AUFNAHMEANTRAG, AufnahmeAktion, AufnahmeZustand
from shared_apps.core.clock import real_now
from shared_apps.core.dauer import write_dauer
from shared_apps.core.eingabe import GRUND_FEHLT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert, refused_by
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.members.hooks import Anlass
from shared_apps.members.services import Einladung, issue_einladung
from shared_apps.members.services.first import create_admitted_admin, end_invited_admin
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.providers.services import BEFANGEN
from shared_apps.providers.services.vorschlag import lock_vorschlag, settle_vorschlag
from shared_apps.regions.models import Gebietskoerperschaft
from shared_apps.signin.door import hash_secret
from tenants.models import Tenant

BESTAETIGEN_BINNEN = timedelta(hours=24)
#: What was declined or withdrawn is forgotten then: long enough to ask back, or to go to court (§ 58 Abs. 2 VwGO).
AUFBEWAHRUNG = timedelta(days=365)

#: What becomes of the application's own fields when it is admitted.
ORGANISATION = (
    "name", "rechtsform", "register_nr", "dachverband", "anerkennung", "steuerstatus", "strasse", "plz", "ort",
    "telefon", "email", "web",
)  # fmt: skip
KEIN_AMT = "Das Jugendamt dieses Kreises arbeitet noch nicht mit SoJuS. Bitte wenden Sie sich direkt an das Jugendamt."
NICHT_IHR_KREIS = "Die erste Einrichtung muss in Ihrem Kreis liegen. Für andere Kreise ist das dortige Jugendamt da."
NICHT_IHR_AMT = "Darüber entscheiden Leitung und Administration des Jugendamtes, in dessen Kreis die Einrichtung liegt."
ENTSCHIEDEN = "Über diesen Aufnahmeantrag ist schon entschieden."
ZWEITE_PERSON = "Wer einen Anbieter anlegt oder prüft, nimmt ihn nicht selbst auf. Das macht eine andere Person."
VOM_AMT = (
    "Diese E-Mail-Adresse gehört zu einer Person Ihres Jugendamtes. Wer einen Anbieter aufnimmt, darf ihn nicht "
    "verwalten. Bitte nennen Sie eine Person des Anbieters."
)
NAME_VERGEBEN = "Einen Anbieter mit diesem Namen gibt es im Verzeichnis schon. Bitte lehnen Sie ab und nennen Sie das."
VERWALTET = (
    "Diesen Anbieter verwaltet schon jemand, oder er hat in Ihrem Kreis keine laufende Einrichtung, die jemand anderes "
    "als er selbst eingetragen hat. Wer dort arbeitet, bekommt einen Zugang von der Verwaltung des Anbieters."
)
WARTET_SCHON = "Für diesen Anbieter wartet schon ein Vorschlag auf die zweite Person."
#: What the first administration of a provider does when she has come in.
DANACH = (
    "Danach führt Sie „So geht es weiter“ auf der Startseite: Einrichtung, Betriebserlaubnis, Angebot, Plätze, Entgelt."
    " Unter „Mitglieder“ laden Sie Kolleginnen und Kollegen ein."
)
EINLADUNG_WEG = "Diese Einladung ist zurückgezogen. Bitte schlagen Sie auf der Seite des Anbieters eine Person vor."
OHNE_MAIL = "Dieses Portal verschickt keine E-Mails. Ohne Einladung per E-Mail wird kein Anbieter aufgenommen."
NICHT_IHRER = "Zurückziehen kann nur, wer den Antrag gestellt hat."
LINK_VORBEI = "Der Link ist abgelaufen oder schon benutzt. Bitte stellen Sie den Antrag noch einmal."
SCHON_DA = "Die Person hat ihren Zugang schon eingerichtet."


# --- the applicant ----------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_aufnahmeantrag(*, angaben: dict[str, Any], einrichtungen: list[dict[str, str]]) -> UUID | None:
    """Store what a provider says of itself and mail the link that confirms it. A page answers the same whoever asks.

    `RegelVerletzt` (kreis_1) where no office could decide. Three of one address wait at most; a further one is not
    stored. The id of what was stored, else None: for an office that proposes it, never for the applicant.
    """
    tenant = find_amt(einrichtungen[0]["kreis"])
    if tenant is None:
        raise RegelVerletzt(KEIN_AMT, feld="kreis_1")
    antrag_id = uuid7()
    try:
        with transaction.atomic():
            Aufnahmeantrag.objects.create(
                id=antrag_id,
                tenant=tenant,
                einrichtungen=einrichtungen,
                token_hash=hash_secret(_build_token(antrag_id)),
                expires_at=real_now() + BESTAETIGEN_BINNEN,
                **_clean(angaben),
            )
    except IntegrityError as error:
        if refused_by(error) == "aufnahme_je_adresse":
            return None
        raise
    submit_mailauftrag(art=MailArt.AUFNAHME_BESTAETIGEN, tenant=None, bezug_id=antrag_id)
    return antrag_id


def find_stand(token: str) -> AufnahmeZustand | None:
    """Where the application of a link is; None when there is none (any more)."""
    with connection.cursor() as cursor:
        row = cursor.execute("SELECT aufnahme_stand(%s)", [hash_secret(token)]).fetchone()
    return AufnahmeZustand(row[0]) if row and row[0] else None


def find_stand_of(antrag_id: UUID) -> AufnahmeZustand | None:
    """Where an application is, for whoever has made it; None when nobody has confirmed it in time, or it is gone."""
    return find_stand(_build_token(antrag_id))


def list_staende_of(antrag_ids: Iterable[UUID]) -> dict[UUID, AufnahmeZustand]:
    """The same for several, of those that there still are. One statement."""
    hashes = {hash_secret(_build_token(antrag_id)): antrag_id for antrag_id in antrag_ids}
    with connection.cursor() as cursor:
        rows = cursor.execute("SELECT h, aufnahme_stand(h) FROM unnest(%s::text[]) h", [list(hashes)]).fetchall()
    return {hashes[secret]: AufnahmeZustand(stand) for secret, stand in rows if stand}


@transaction.atomic
def confirm_aufnahmeantrag(*, token: str) -> None:
    """The address is right: from now on the application is in the office's list."""
    _answer(token, AufnahmeAktion.BESTAETIGEN)


@transaction.atomic
def withdraw_by_link(*, token: str) -> None:
    """The applicant takes it back while nobody has decided."""
    _answer(token, AufnahmeAktion.ZURUECKZIEHEN)


def _answer(token: str, aktion: AufnahmeAktion) -> None:
    stand = find_stand(token)
    if stand is None or aktion not in AUFNAHMEANTRAG.erlaubt(stand):
        raise Verweigert(LINK_VORBEI)
    nach = AUFNAHMEANTRAG.naechster(stand, aktion)
    with connection.cursor() as cursor:
        done = cursor.execute("SELECT aufnahme_beantworten(%s, %s)", [hash_secret(token), nach.value]).fetchone()
    if not done or not done[0]:
        raise Verweigert(LINK_VORBEI)


def _build_token(antrag_id: UUID) -> str:
    """The same for an application whenever its mail is written, and known to nobody without the signing key."""
    return salted_hmac("shared_apps.aufnahme", str(antrag_id), algorithm="sha256").hexdigest()


@writes_mail(MailArt.AUFNAHME_BESTAETIGEN)
def build_bestaetigung_mail(mail: Mailauftrag) -> Nachricht | None:
    """To the address that was given, while the application waits to be confirmed."""
    wartend = Aufnahmeantrag.objects.filter(zustand=AufnahmeZustand.UNBESTAETIGT, expires_at__gt=real_now())
    antrag = mail.find_bezug(wartend)
    if antrag is None:
        return None
    return Nachricht(
        an=antrag.person_email,
        betreff="Bitte bestätigen Sie Ihre E-Mail-Adresse",
        text=(
            "Guten Tag,\n\nunter dieser Adresse hat ein Anbieter die Aufnahme in SoJuS beantragt. Darüber entscheidet: "
            f"{antrag.tenant.name}. Bitte bestätigen Sie den Antrag innerhalb von "
            f"{write_dauer(BESTAETIGEN_BINNEN, dativ=True)}:\n\n"
            f"{public_base(None)}/anbieter-werden/antrag/{_build_token(antrag.pk)}/\n\n"
            "Erst danach geht er an das Jugendamt. Zwei Personen dort prüfen ihn, und Sie bekommen wieder eine E-Mail: "
            "die Einladung oder den Grund der Ablehnung. Mit demselben Link können Sie ihn zurückziehen, solange "
            "niemand entschieden hat.\n\nWaren Sie das nicht, löschen Sie diese Nachricht; der Antrag verfällt."
        ),
    )


# --- the office -------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_aufnahmeantrag(
    *, akteur: Akteur, angaben: dict[str, Any], einrichtungen: list[dict[str, str]]
) -> Aufnahmeantrag:
    """The office enters a provider itself. That is the first signature; another person of the office admits it.

    `RegelVerletzt` for a first facility outside the office's district, and for a person of the office.
    """
    if not policies.may_admit_anbieter(akteur):
        raise Verweigert(NICHT_IHR_AMT)
    tenant = find_amt(einrichtungen[0]["kreis"])
    if tenant is None or tenant.pk != akteur.tenant_id:
        raise RegelVerletzt(NICHT_IHR_KREIS, feld="kreis_1")
    angaben = _clean(angaben)
    _check_person(angaben["person_email"], tenant)
    return Aufnahmeantrag.objects.create(
        tenant=tenant,
        einrichtungen=einrichtungen,
        zustand=AufnahmeZustand.GEPRUEFT,
        vorgeschlagen_von_id=akteur.user_id,
        vorgeschlagen_at=real_now(),
        **angaben,
    )


@transaction.atomic
def submit_erste_verwaltung(
    *, akteur: Akteur, anbieter: Anbieter, vorname: str, nachname: str, person_email: str
) -> Aufnahmeantrag:
    """The office proposes who shall administer a provider of the register that nobody administers; another person of
    it decides, and then she is invited. The first signature.

    `Verweigert` without a facility in the district, `Konflikt` where somebody administers it or a proposal waits,
    `RegelVerletzt` (person_email) for a person of the office.
    """
    _check_unverwaltet(akteur, anbieter)
    tenant = Tenant.objects.get(pk=akteur.tenant_id)
    haus = find_standort(anbieter, tenant)
    if haus is None:
        raise Verweigert(NICHT_IHR_AMT)
    if find_wartender(anbieter) is not None:
        raise Konflikt(WARTET_SCHON, code="zustand")
    email = person_email.strip().lower()
    _check_person(email, tenant)
    return Aufnahmeantrag.objects.create(
        tenant=tenant,
        einrichtungen=[
            {feld: getattr(haus, feld) for feld in ("name", "strasse", "plz", "ort")} | {"kreis": tenant.kuerzel}
        ],
        zustand=AufnahmeZustand.GEPRUEFT,
        vorgeschlagen_von_id=akteur.user_id,
        vorgeschlagen_at=real_now(),
        vorhandener=anbieter,
        vorname=vorname,
        nachname=nachname,
        person_email=email,
        **{feld: getattr(anbieter, feld) for feld in ORGANISATION},
    )


@transaction.atomic
def check_aufnahmeantrag(
    *, akteur: Akteur, antrag: Aufnahmeantrag, vorhandener: Anbieter | None = None
) -> Aufnahmeantrag:
    """The first signature: she has looked and proposes to admit it.

    `vorhandener`: the provider of the register that it is (a list made it, say); then no second one is made.
    """
    antrag = _locked(akteur, antrag, AufnahmeAktion.PRUEFEN)
    _check_person(antrag.person_email, antrag.tenant)
    if vorhandener is not None:
        _check_unverwaltet(akteur, vorhandener)
        antrag.vorhandener = vorhandener
    antrag.zustand = AUFNAHMEANTRAG.naechster(AufnahmeZustand(antrag.zustand), AufnahmeAktion.PRUEFEN)
    antrag.vorgeschlagen_von_id, antrag.vorgeschlagen_at = akteur.user_id, real_now()
    antrag.save(update_fields=["zustand", "vorgeschlagen_von", "vorgeschlagen_at", "vorhandener"])
    return antrag


@transaction.atomic
def approve_aufnahmeantrag(*, akteur: Akteur, antrag: Aufnahmeantrag) -> Einladung:
    """The second signature: provider, facilities and first administration at once; she is invited by mail. For a
    provider of the register only its administration.

    `Verweigert` for whoever has checked or entered it, `Konflikt` when it is decided or the name is taken,
    `RegelVerletzt` when the person works in the office.
    """
    antrag = _locked(akteur, antrag, AufnahmeAktion.AUFNEHMEN)
    if policies.has_signed(akteur, antrag):
        raise Verweigert(ZWEITE_PERSON)
    _check_befangen(akteur, antrag.vorhandener_id)
    check_autor(antrag.vorgeschlagen_von_id)
    if not settings.SENDS_MAIL:
        raise Konflikt(OHNE_MAIL)
    _check_person(antrag.person_email, antrag.tenant)
    anbieter = antrag.vorhandener
    if anbieter is None:
        anbieter = _create_anbieter(antrag)
    else:
        _check_unverwaltet(akteur, anbieter)
    membership = create_admitted_admin(
        anbieter=anbieter, vorname=antrag.vorname, nachname=antrag.nachname, email=antrag.person_email
    )
    antrag.anbieter, antrag.membership = anbieter, membership
    try:
        with transaction.atomic():
            _decide(akteur, antrag, AufnahmeAktion.AUFNEHMEN)
    except IntegrityError as error:
        if refused_by(error) == "aufnahme_unverwaltet":
            raise Konflikt(VERWALTET, code="zustand") from None
        raise
    if antrag.vorhandener_id is not None:
        submit_mailauftrag(
            art=MailArt.VERWALTUNG_NEU, tenant=None, bezug_id=antrag.pk, angefordert_von_id=akteur.user_id
        )
    return issue_einladung(user=membership.user, tenant=None, von_id=akteur.user_id)


@writes_mail(MailArt.VERWALTUNG_NEU)
def build_verwaltung_mail(mail: Mailauftrag) -> Nachricht | None:
    """To a provider of the register at its own address, that somebody was invited to administer it: whoever reads that
    invitation does, and the house shall notice a wrong one. No name of a person.

    None where the register has no address, or that of the person herself."""
    aufgenommen = Aufnahmeantrag.objects.filter(zustand=AufnahmeZustand.AUFGENOMMEN, vorhandener__isnull=False)
    antrag = mail.find_bezug(aufgenommen.select_related("tenant", "vorhandener"))
    an = antrag.vorhandener.email if antrag and antrag.vorhandener else ""
    if antrag is None or antrag.vorhandener is None or an.casefold() in {"", antrag.person_email.casefold()}:
        return None
    return Nachricht(
        an=an,
        betreff="Verwaltung Ihrer Organisation in SoJuS",
        text=(
            f"Guten Tag,\n\nfür Ihre Organisation ({antrag.vorhandener.name}) ist in SoJuS eine Person eingeladen, die"
            f" Ihre Einrichtungen und Zugänge verwaltet. Eingeladen hat: {antrag.tenant.name}.\n\nWissen Sie davon"
            " nichts, rufen Sie dieses Jugendamt bitte an. Solange die Person ihren Zugang nicht eingerichtet hat, kann"
            " es die Einladung zurückziehen."
        ),
    )


def _create_anbieter(antrag: Aufnahmeantrag) -> Anbieter:
    try:
        with transaction.atomic():
            anbieter = Anbieter.objects.create(**{feld: getattr(antrag, feld) for feld in ORGANISATION})
    except IntegrityError:
        raise Konflikt(NAME_VERGEBEN, code="zustand") from None
    kreise = {kreis.kuerzel: kreis for kreis in Gebietskoerperschaft.objects.all()}
    for haus in antrag.haeuser:
        Einrichtung.objects.create(
            anbieter=anbieter,
            name=haus["name"],
            gebietskoerperschaft=kreise[haus["kreis"]],
            strasse=haus["strasse"],
            plz=haus["plz"],
            ort=haus["ort"],
        )
    return anbieter


@transaction.atomic
def reject_aufnahmeantrag(*, akteur: Akteur, antrag: Aufnahmeantrag, grund: str) -> Aufnahmeantrag:
    """Decline with a reason, which the applicant reads in a mail."""
    if not grund.strip():
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    antrag = _locked(akteur, antrag, AufnahmeAktion.ABLEHNEN)
    _check_befangen(akteur, antrag.vorhandener_id)
    antrag.grund = grund.strip()
    _decide(akteur, antrag, AufnahmeAktion.ABLEHNEN)
    submit_mailauftrag(
        art=MailArt.AUFNAHME_ABGELEHNT, tenant=None, bezug_id=antrag.pk, angefordert_von_id=akteur.user_id
    )
    return antrag


@writes_mail(MailArt.AUFNAHME_ABGELEHNT)
def build_ablehnung_mail(mail: Mailauftrag) -> Nachricht | None:
    """Which office has declined, and why. What it entered itself and declined is nobody's news."""
    abgelehnt = Aufnahmeantrag.objects.filter(zustand=AufnahmeZustand.ABGELEHNT).exclude(token_hash="")
    antrag = mail.find_bezug(abgelehnt.select_related("tenant"))
    if antrag is None:
        return None
    return Nachricht(
        an=antrag.person_email,
        betreff="Ihr Antrag auf Aufnahme in SoJuS",
        text=(
            f"Guten Tag,\n\nIhrem Antrag auf Aufnahme in SoJuS wurde nicht entsprochen. Entschieden hat: "
            f"{antrag.tenant.name}.\n\nGrund: {antrag.grund}\n\nLässt sich das beheben, stellen Sie den Antrag bitte "
            "noch einmal. Bei Fragen wenden Sie sich an dieses Jugendamt."
        ),
    )


@transaction.atomic
def withdraw_aufnahmeantrag(*, akteur: Akteur, antrag: Aufnahmeantrag) -> Aufnahmeantrag:
    """Whoever has entered it for the office takes it back."""
    antrag = _locked(akteur, antrag, AufnahmeAktion.ZURUECKZIEHEN)
    if not antrag.vom_amt or not policies.is_author(akteur, antrag):
        raise Verweigert(NICHT_IHRER)
    _decide(akteur, antrag, AufnahmeAktion.ZURUECKZIEHEN)
    return antrag


@transaction.atomic
def issue_neue_einladung(*, akteur: Akteur, antrag: Aufnahmeantrag) -> Einladung:
    """Once more by mail, to the person alone, while she has not come in yet."""
    row = policies.visible_aufnahmeantraege(akteur).select_related("membership__user").filter(pk=antrag.pk).first()
    if row is None or row.membership is None:
        raise Verweigert(NICHT_IHR_AMT)
    if row.membership.user.has_usable_password():
        raise Konflikt(SCHON_DA, code="zustand")
    if not row.membership.user.is_active:
        raise Konflikt(EINLADUNG_WEG, code="zustand")
    return issue_einladung(user=row.membership.user, tenant=None, von_id=akteur.user_id)


def is_waiting_for(user: User) -> bool:
    """Whether she is invited and has not come in."""
    return user.is_active and not user.has_usable_password()


@transaction.atomic
def revoke_einladung(*, akteur: Akteur, antrag: Aufnahmeantrag) -> None:
    """The invitation has gone to a wrong address: link and role end, and another person can be invited. While she has
    not come in; afterwards the account is hers, and `Konflikt` says so."""
    row = policies.visible_aufnahmeantraege(akteur).select_related("membership").filter(pk=antrag.pk).first()
    if row is None or row.membership is None:
        raise Verweigert(NICHT_IHR_AMT)
    end_invited_admin(membership=row.membership)


def find_anlass(user: User) -> Anlass | None:
    """Why she is invited: her provider is let in, or its administration is settled, and by which office. The provider's
    name is not beside the link; the page behind it greets her."""
    rows = Aufnahmeantrag.objects.filter(membership__user=user, zustand=AufnahmeZustand.AUFGENOMMEN)
    antrag = rows.select_related("tenant").first()
    if antrag is None:
        return None
    warum = "Ihr Anbieter ist in SoJuS aufgenommen"
    if antrag.ist_beitritt:
        warum = "Ihr Anbieter steht in SoJuS schon im Verzeichnis"
    elif not antrag.vom_amt:
        warum = "Ihr Antrag hat Erfolg: Ihr Anbieter ist in SoJuS aufgenommen"
    return Anlass(f"{warum}, und Sie verwalten dort die Zugänge. Entschieden hat: {antrag.tenant.name}.", DANACH)


def _check_unverwaltet(akteur: Akteur, anbieter: Anbieter) -> None:
    """Holds the provider's row, so that two who invite at once come one after the other."""
    if not policies.may_admit_anbieter(akteur):
        raise Verweigert(NICHT_IHR_AMT)
    _check_befangen(akteur, anbieter.pk)
    Anbieter.objects.select_for_update(no_key=True).get(pk=anbieter.pk)
    if not policies.visible_unverwaltete(akteur).filter(pk=anbieter.pk).exists():
        raise Konflikt(VERWALTET, code="zustand")


def _check_befangen(akteur: Akteur, anbieter_id: UUID | None) -> None:
    if policies.is_befangen(akteur, anbieter_id):
        raise Verweigert(BEFANGEN)


def _clean(angaben: dict[str, Any]) -> dict[str, Any]:
    return angaben | {"person_email": angaben["person_email"].strip().lower()}


def _check_person(email: str, tenant: Tenant) -> None:
    if policies.works_in_office(email, tenant):
        raise RegelVerletzt(VOM_AMT, feld="person_email")


def _locked(akteur: Akteur, antrag: Aufnahmeantrag, aktion: AufnahmeAktion) -> Aufnahmeantrag:
    rows = policies.visible_aufnahmeantraege(akteur).select_related("tenant")
    return lock_vorschlag(rows, antrag.pk, AUFNAHMEANTRAG, aktion, fremd=NICHT_IHR_AMT, entschieden=ENTSCHIEDEN)


def _decide(akteur: Akteur, antrag: Aufnahmeantrag, aktion: AufnahmeAktion) -> None:
    auch = ("grund", "anbieter", "membership")
    settle_vorschlag(akteur, antrag, AUFNAHMEANTRAG, aktion, am=real_now(), auch=auch)


# --- what is forgotten ------------------------------------------------------------------------------------------------


@transaction.atomic
def clear_abgelaufene() -> int:
    """Unconfirmed applications after a day, declined and withdrawn ones after `AUFBEWAHRUNG`. Admitted ones stay: they
    are the proof of who let a provider in."""
    now = real_now()
    vergessen = Aufnahmeantrag.objects.filter(zustand=AufnahmeZustand.UNBESTAETIGT, expires_at__lt=now)
    geschlossen = Aufnahmeantrag.objects.filter(
        zustand__in=[AufnahmeZustand.ABGELEHNT, AufnahmeZustand.ZURUECKGEZOGEN],
        entschieden_at__lt=now - AUFBEWAHRUNG,
    )
    return vergessen.delete()[0] + geschlossen.delete()[0]
