"""Requests for access: submitted by strangers, confirmed by mail, decided by whoever administers that place."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from uuid6 import uuid7

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, MailArt, Rolle
from shared_apps.accounts.models import Mailauftrag
from shared_apps.core.clock import real_now, today
from shared_apps.core.dauer import write_dauer
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.members import policies
from shared_apps.members.enums import ZugangZiel
from shared_apps.members.models import Zugangsantrag
from shared_apps.members.services.antraege import submit_mitgliedschaftsantrag
from shared_apps.members.services.memberships import Rollenwunsch, create_membership
from shared_apps.members.services.people import Einladung, create_person, issue_einladung
from shared_apps.members.states import ZUGANGSANTRAG, ZugangAktion, ZugangZustand
from shared_apps.providers.models import Anbieter
from shared_apps.signin.door import hash_secret
from tenants.models import Tenant

BESTAETIGEN_BINNEN = timedelta(hours=24)
#: Unconfirmed requests of one address at a time; more are answered alike and not stored.
JE_ADRESSE = 3
_ROLLEN = {ZugangZiel.AMT: AMT, ZugangZiel.ANBIETER: ANBIETERSEITE, ZugangZiel.LAND: LAND}


@transaction.atomic
def submit_zugangsantrag(
    *,
    vorname: str,
    nachname: str,
    email: str,
    ziel: ZugangZiel,
    tenant: Tenant | None,
    organisation: str,
    rolle: Rolle,
    begruendung: str,
) -> None:
    """Store the request and mail the link that confirms it. Answers the same whoever asks."""
    if rolle not in _ROLLEN[ziel]:
        raise RegelVerletzt("Diese Rolle gibt es an dieser Stelle nicht.", feld="rolle")
    now = real_now()
    Zugangsantrag.objects.filter(zustand=ZugangZustand.UNBESTAETIGT, expires_at__lt=now).delete()
    email = email.strip().lower()
    waiting = Zugangsantrag.objects.filter(email=email, zustand__in=[ZugangZustand.UNBESTAETIGT, ZugangZustand.OFFEN])
    if waiting.count() >= JE_ADRESSE:
        return
    antrag_id = uuid7()
    Zugangsantrag.objects.create(
        id=antrag_id,
        vorname=vorname.strip(),
        nachname=nachname.strip(),
        email=email,
        ziel=ziel,
        tenant=tenant,
        organisation=organisation.strip(),
        rolle=rolle,
        begruendung=begruendung.strip(),
        token_hash=hash_secret(_build_token(antrag_id)),
        expires_at=now + BESTAETIGEN_BINNEN,
    )
    submit_mailauftrag(art=MailArt.ZUGANG_BESTAETIGEN, tenant=tenant, bezug_id=antrag_id)


def _build_token(antrag_id: UUID) -> str:
    """The same for a request whenever its mail is written, and known to nobody without the signing key."""
    return salted_hmac("shared_apps.members.zugang", str(antrag_id), algorithm="sha256").hexdigest()


@writes_mail(MailArt.ZUGANG_BESTAETIGEN)
def build_bestaetigung_mail(mail: Mailauftrag) -> Nachricht | None:
    """To the address that was given, while the request waits to be confirmed."""
    antrag = mail.find_bezug(
        Zugangsantrag.objects.filter(zustand=ZugangZustand.UNBESTAETIGT, expires_at__gt=real_now())
    )
    if antrag is None:
        return None
    return Nachricht(
        an=antrag.email,
        betreff="Bitte bestätigen Sie Ihre E-Mail-Adresse",
        text=(
            f"Guten Tag,\n\nunter dieser Adresse wurde ein Zugang zu SoJuS beantragt{_place(antrag)}. Bitte bestätigen "
            f"Sie sie innerhalb von {write_dauer(BESTAETIGEN_BINNEN, dativ=True)}:\n\n"
            f"{public_base(antrag.tenant)}/zugang-beantragen/bestaetigen/"
            f"{_build_token(antrag.pk)}/\n\nErst danach geht der Antrag an die Stelle, die entscheidet. Wie sie "
            "entschieden hat, erfahren Sie mit der nächsten E-Mail.\n\nWaren Sie das nicht, löschen Sie diese "
            "Nachricht; der Antrag verfällt."
        ),
    )


def _place(antrag: Zugangsantrag) -> str:
    """The office that was chosen; no mail repeats what a stranger typed."""
    return f" ({antrag.tenant.name})" if antrag.tenant else ""


def find_zugangsantrag(token: str, *, tenant: Tenant | None) -> Zugangsantrag | None:
    """The unconfirmed request of a link, at the host it was made at."""
    return Zugangsantrag.objects.filter(
        token_hash=hash_secret(token),
        zustand=ZugangZustand.UNBESTAETIGT,
        expires_at__gt=real_now(),
        tenant=tenant,
    ).first()


@transaction.atomic
def confirm_zugangsantrag(*, token: str, tenant: Tenant | None) -> Zugangsantrag:
    """The address is right: from now on the request is in somebody's worklist."""
    antrag = find_zugangsantrag(token, tenant=tenant)
    if antrag is None:
        raise Verweigert("Der Link ist abgelaufen oder schon benutzt. Bitte stellen Sie den Antrag noch einmal.")
    antrag.zustand = ZUGANGSANTRAG.naechster(ZugangZustand(antrag.zustand), ZugangAktion.BESTAETIGEN)
    antrag.bestaetigt_at = real_now()
    antrag.save(update_fields=["zustand", "bestaetigt_at"])
    return antrag


def _locked(antrag: Zugangsantrag, akteur: Akteur, aktion: ZugangAktion) -> Zugangsantrag:
    if not policies.visible_zugangsantraege(akteur).filter(pk=antrag.pk).exists():
        raise Verweigert("Über diesen Zugangsantrag dürfen Sie nicht entscheiden.")
    fresh = Zugangsantrag.objects.select_for_update(of=("self",)).get(pk=antrag.pk)
    if aktion not in ZUGANGSANTRAG.erlaubt(ZugangZustand(fresh.zustand)):
        raise Konflikt("Über diesen Zugangsantrag ist schon entschieden.")
    return fresh


def _decide(antrag: Zugangsantrag, akteur: Akteur, aktion: ZugangAktion) -> None:
    antrag.zustand = ZUGANGSANTRAG.naechster(ZugangZustand(antrag.zustand), aktion)
    antrag.entschieden_von_id = akteur.user_id
    antrag.entschieden_at = real_now()
    antrag.save()


@transaction.atomic
def approve_zugangsantrag(
    *,
    akteur: Akteur,
    antrag: Zugangsantrag,
    rolle: Rolle,
    anbieter: Anbieter | None = None,
    einrichtung_id: UUID | None = None,
    team: str = "",
    letzter_tag: date | None = None,
) -> Einladung:
    """Create the person with the role that was decided (not necessarily the wished one) and invite her.

    What two people grant becomes a request of its own: the second person still decides.
    """
    antrag = _locked(antrag, akteur, ZugangAktion.BEWILLIGEN)
    zusatz = antrag.tenant.kuerzel if antrag.tenant else ""
    user = create_person(vorname=antrag.vorname, nachname=antrag.nachname, email=antrag.email, zusatz=zusatz)
    wunsch = Rollenwunsch(
        user=user,
        rolle=rolle,
        gueltig_ab=today(),
        gueltig_bis=None if letzter_tag is None else letzter_tag + timedelta(days=1),
        tenant_id=antrag.tenant_id,
        anbieter_id=anbieter.pk if anbieter else None,
        einrichtung_id=einrichtung_id,
        koerperschaft=rolle if antrag.ziel == ZugangZiel.LAND else "",
        team=team,
        verwaltet=_is_first_administration(akteur, antrag, anbieter),
    )
    if wunsch.braucht_zwei or wunsch.verwaltet:
        submit_mitgliedschaftsantrag(akteur=akteur, wunsch=wunsch, begruendung=antrag.begruendung[:500])
    else:
        create_membership(akteur=akteur, wunsch=wunsch)
    antrag.user = user
    _decide(antrag, akteur, ZugangAktion.BEWILLIGEN)
    return issue_einladung(user=user, tenant=antrag.tenant, von_id=akteur.user_id)


def _is_first_administration(akteur: Akteur, antrag: Zugangsantrag, anbieter: Anbieter | None) -> bool:
    """The operator gives a provider its first administration, and nothing else."""
    if antrag.ziel != ZugangZiel.ANBIETER or anbieter is None or anbieter.pk in akteur.verwaltet_ids:
        return False
    if not policies.may_operate_zugaenge(akteur) or policies.has_anbieter_verwaltung(anbieter.pk):
        raise Verweigert("Die Zugänge dieses Anbieters verwaltet er selbst.")
    return True


@transaction.atomic
def reject_zugangsantrag(*, akteur: Akteur, antrag: Zugangsantrag, grund: str) -> Zugangsantrag:
    """Decline with a reason for the record; the mail says only that it was declined and whom to ask."""
    if not grund.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund der Ablehnung.", feld="grund")
    antrag = _locked(antrag, akteur, ZugangAktion.ABLEHNEN)
    antrag.ablehnungsgrund = grund.strip()
    _decide(antrag, akteur, ZugangAktion.ABLEHNEN)
    submit_mailauftrag(
        art=MailArt.ZUGANG_ABGELEHNT, tenant=antrag.tenant, bezug_id=antrag.pk, angefordert_von_id=akteur.user_id
    )
    return antrag


@writes_mail(MailArt.ZUGANG_ABGELEHNT)
def build_ablehnung_mail(mail: Mailauftrag) -> Nachricht | None:
    """That it was declined and whom to ask, never why."""
    antrag = mail.find_bezug(Zugangsantrag.objects.filter(zustand=ZugangZustand.ABGELEHNT))
    if antrag is None:
        return None
    return Nachricht(
        an=antrag.email,
        betreff="Ihr Antrag bei SoJuS",
        text=(
            "Guten Tag,\n\nIhrem Antrag auf einen Zugang zu SoJuS wurde nicht entsprochen. Den Grund erfahren Sie bei "
            "der Stelle, für die Sie ihn gestellt haben."
        ),
    )
