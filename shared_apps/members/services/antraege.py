"""Roles and deputyships under four eyes: one proposes, another decides (ADR 0014, 0029)."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt, Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.postfach import ist_dieselbe
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.members import policies
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.selectors.mitglieder import may_show_link
from shared_apps.members.services.memberships import OWN, Rollenwunsch, check_rollenwunsch, create_checked_membership
from shared_apps.members.states import MITGLIEDSCHAFTSANTRAG, AntragAktion, AntragZustand
from shared_apps.providers.models import Anbieter

AUFTRAG_FEHLT = (
    "Das Jugendamt hat keine zweite Person für diese Entscheidung. Bitte tragen Sie Aktenzeichen und Datum seines "
    "schriftlichen Auftrags ein."
)
NOCH_NICHT_EINGERICHTET = (
    "Den Link zum Einrichten hat nur die einladende Person gesehen, weil keine E-Mail verschickt wurde. Bewilligen Sie "
    "bitte erst, wenn die Person Ihnen selbst bestätigt hat, dass sie ihren Zugang eingerichtet hat. Noch hat er kein "
    "Passwort."
)
IHR_POSTFACH = (
    "Dieser Zugang hat Ihr eigenes E-Mail-Postfach. Für sich selbst schlägt niemand eine Rolle vor; das macht eine"
    " andere Person."
)


def _may_submit(akteur: Akteur, wunsch: Rollenwunsch) -> bool:
    if akteur.tenant_id is not None:
        return wunsch.tenant_id == akteur.tenant_id and policies.may_propose(akteur)
    if not policies.may_operate_zugaenge(akteur):
        return False
    if wunsch.tenant_id is not None:
        return wunsch.rolle == Rolle.TENANT_ADMIN and policies.nobody_proposes(wunsch.tenant_id)
    if wunsch.anbieter_id is not None:
        return wunsch.verwaltet and not policies.has_anbieter_verwaltung(wunsch.anbieter_id)
    return bool(wunsch.koerperschaft)


@writes_mail(MailArt.ROLLENANTRAG)
def build_rollenantrag_mail(mail: Mailauftrag) -> Nachricht | None:
    """To somebody who may decide a request that still waits; no name, not even the role."""
    antrag = mail.find_bezug(Mitgliedschaftsantrag.objects.filter(zustand=AntragZustand.BEANTRAGT))
    if antrag is None:
        return None
    user = mail.find_empfaenger(policies.list_deciders(antrag))
    if user is None:
        return None
    im_amt = antrag.tenant is not None and Membership.objects.filter(user=user, tenant=antrag.tenant).exists()
    wo = "auf der Startseite Ihres Jugendamtes unter „Zu tun“" if im_amt else "am Landesportal unter „Zugänge“"
    text = (
        f"Guten Tag,\n\nin SoJuS wartet ein Rollenantrag auf Ihre Entscheidung. Sie finden ihn nach der Anmeldung {wo}:"
        f"\n\n{public_base(antrag.tenant if im_amt else None)}/"
    )
    return Nachricht(an=user.email, betreff="In SoJuS wartet ein Rollenantrag auf Sie", text=text)


@transaction.atomic
def submit_mitgliedschaftsantrag(*, akteur: Akteur, wunsch: Rollenwunsch, begruendung: str) -> Mitgliedschaftsantrag:
    """Propose a role or a deputyship for somebody else; whoever may decide is told by mail.

    The operator proposes roles of the state, a provider's first administration, and an administrator for an office
    in which nobody could propose. Raises `Verweigert`, `RegelVerletzt` and, for one that waits already, `Konflikt`.
    """
    if not _may_submit(akteur, wunsch):
        raise Verweigert("Für diese Stelle dürfen Sie keine Rollen vorschlagen.")
    if wunsch.user.pk == akteur.user_id:
        raise Verweigert(OWN)
    if ist_dieselbe(wunsch.user.pk, akteur.user_id):
        raise Verweigert(IHR_POSTFACH)
    check_rollenwunsch(wunsch)
    if not begruendung.strip():
        raise RegelVerletzt("Bitte begründen Sie den Vorschlag in einem Satz.", feld="begruendung")
    try:
        with transaction.atomic():
            antrag = Mitgliedschaftsantrag.objects.create(
                user=wunsch.user,
                tenant_id=wunsch.tenant_id,
                anbieter_id=wunsch.anbieter_id,
                verwaltet=wunsch.verwaltet,
                koerperschaft=wunsch.koerperschaft,
                rolle=wunsch.rolle,
                team=wunsch.team,
                gueltig_ab=wunsch.gueltig_ab,
                gueltig_bis=wunsch.gueltig_bis,
                deputy_of=wunsch.deputy_of,
                begruendung=begruendung.strip(),
                beantragt_von_id=akteur.user_id,
            )
    except IntegrityError:
        raise Konflikt("Für diese Person und diese Rolle wartet schon ein Antrag auf Entscheidung.") from None
    for user in policies.list_deciders(antrag).exclude(email=""):
        submit_mailauftrag(
            art=MailArt.ROLLENANTRAG, user_id=user.pk, tenant=antrag.tenant, bezug_id=antrag.pk,
            angefordert_von_id=akteur.user_id,
        )  # fmt: skip
    return antrag


def _locked(antrag: Mitgliedschaftsantrag, akteur: Akteur, aktion: AntragAktion) -> Mitgliedschaftsantrag:
    fresh = Mitgliedschaftsantrag.objects.select_for_update(of=("self",)).get(pk=antrag.pk)
    if aktion not in MITGLIEDSCHAFTSANTRAG.erlaubt(AntragZustand(fresh.zustand)):
        raise Konflikt("Über diesen Antrag ist schon entschieden.")
    if policies.is_beteiligt(akteur, fresh):
        raise Verweigert("Darüber entscheidet eine andere Person als die, die vorschlägt oder die Rolle erhält.")
    if not policies.visible_antraege(akteur).filter(pk=fresh.pk).exists() or not policies.may_decide_antrag(
        akteur, fresh
    ):
        raise Verweigert("Über diesen Antrag dürfen Sie nicht entscheiden.")
    return fresh


def _decide(antrag: Mitgliedschaftsantrag, akteur: Akteur, aktion: AntragAktion) -> None:
    antrag.zustand = MITGLIEDSCHAFTSANTRAG.naechster(AntragZustand(antrag.zustand), aktion)
    antrag.entschieden_von_id = akteur.user_id
    antrag.entschieden_at = real_now()
    antrag.save()


def _check_auftrag(akteur: Akteur, antrag: Mitgliedschaftsantrag, auftrag: str, vom: date | None) -> None:
    """The operator is the second person only on the office's written order; nobody else has one."""
    if akteur.tenant_id is not None or antrag.tenant_id is None:
        return
    if not auftrag or vom is None:
        raise RegelVerletzt(AUFTRAG_FEHLT, feld="auftrag_vom" if auftrag else "auftrag")
    if vom > today():
        raise RegelVerletzt("Das Datum des Auftrags liegt in der Zukunft.", feld="auftrag_vom")
    antrag.auftrag, antrag.auftrag_vom = auftrag, vom


def _check_own_account(user: User) -> None:
    """A link that only the proposer has seen must not become a role before the person herself has used it."""
    if may_show_link(user) and not user.has_usable_password() and user.last_login is None:
        raise RegelVerletzt(NOCH_NICHT_EINGERICHTET)


@transaction.atomic
def approve_mitgliedschaftsantrag(
    *, akteur: Akteur, antrag: Mitgliedschaftsantrag, auftrag: str = "", auftrag_vom: date | None = None
) -> Membership:
    """Give the proposed role. A period that has begun meanwhile begins today.

    `auftrag`, `auftrag_vom`: reference and date of the office's written order, when the operator confirms in place of
    a second person; the office is told by mail. Raises `Verweigert`, `Konflikt`, `RegelVerletzt` (with those fields).
    """
    antrag = _locked(antrag, akteur, AntragAktion.BEWILLIGEN)
    check_autor(antrag.beantragt_von_id)
    _check_auftrag(akteur, antrag, auftrag.strip(), auftrag_vom)
    _check_own_account(antrag.user)
    if antrag.anbieter_id is not None:  # an office may invite its first administration in the same moment
        Anbieter.objects.select_for_update(no_key=True).get(pk=antrag.anbieter_id)
    if antrag.anbieter_id is not None and policies.has_anbieter_verwaltung(antrag.anbieter_id):
        raise Konflikt("Dieser Anbieter verwaltet seine Zugänge schon selbst.")
    membership = create_checked_membership(
        Rollenwunsch(
            user=antrag.user,
            rolle=Rolle(antrag.rolle),
            gueltig_ab=max(antrag.gueltig_ab, today()),
            gueltig_bis=antrag.gueltig_bis,
            tenant_id=antrag.tenant_id,
            anbieter_id=antrag.anbieter_id,
            verwaltet=antrag.verwaltet,
            koerperschaft=antrag.koerperschaft,
            team=antrag.team,
            deputy_of=antrag.deputy_of,
        )
    )
    antrag.membership = membership
    _decide(antrag, akteur, AntragAktion.BEWILLIGEN)
    if antrag.auftrag:
        _notify_office(antrag)
    return membership


def _watchers(tenant_id: int | None) -> QuerySet[User]:
    """Head, administration and data protection of an office."""
    waechter = (Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN, Rolle.DATENSCHUTZ)
    rows = Membership.objects.filter(valid_on(today()), tenant=tenant_id, rolle__in=waechter)
    return User.objects.filter(pk__in=rows.values("user_id"), is_active=True).exclude(email="")


def _notify_office(antrag: Mitgliedschaftsantrag) -> None:
    """They learn what the operator confirmed in place of their office."""
    for user in _watchers(antrag.tenant_id):
        submit_mailauftrag(
            art=MailArt.ROLLE_BESTAETIGT, user_id=user.pk, tenant=antrag.tenant, bezug_id=antrag.pk,
            angefordert_von_id=antrag.entschieden_von_id,
        )  # fmt: skip


@writes_mail(MailArt.ROLLE_BESTAETIGT)
def build_bestaetigt_mail(mail: Mailauftrag) -> Nachricht | None:
    """Only about a request that an operator has confirmed on an order, to somebody who watches over that office."""
    antrag = mail.find_bezug(Mitgliedschaftsantrag.objects.filter(tenant__isnull=False).exclude(auftrag=""))
    user = mail.find_empfaenger(_watchers(antrag.tenant_id)) if antrag else None
    if user is None:
        return None
    text = (
        "Guten Tag,\n\nder Betrieb von SoJuS hat auf schriftlichen Auftrag Ihres Jugendamtes einen Rollenantrag "
        "bestätigt, weil es dort keine zweite Person dafür gab. Wer, was und welcher Auftrag steht unter „Mitglieder“, "
        "„Zulassungen“. Wenn Sie von diesem Auftrag nichts wissen, wenden Sie sich bitte sofort an Ihre Leitung."
    )
    return Nachricht(an=user.email, betreff="Der Betrieb hat in SoJuS eine Rolle bestätigt", text=text)


@transaction.atomic
def reject_mitgliedschaftsantrag(*, akteur: Akteur, antrag: Mitgliedschaftsantrag, grund: str) -> Mitgliedschaftsantrag:
    """Decline with a reason; no role is given."""
    if not grund.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund der Ablehnung.", feld="grund")
    antrag = _locked(antrag, akteur, AntragAktion.ABLEHNEN)
    antrag.ablehnungsgrund = grund.strip()
    _decide(antrag, akteur, AntragAktion.ABLEHNEN)
    return antrag
