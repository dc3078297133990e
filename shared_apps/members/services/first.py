"""What the operator proposes where nobody else could yet; a second operator decides (ADR 0029)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.mails.door import cancel_mailauftraege
from shared_apps.members import policies
from shared_apps.members.services.antraege import submit_mitgliedschaftsantrag
from shared_apps.members.services.memberships import Rollenwunsch, create_checked_membership
from shared_apps.members.services.people import Einladung, create_person, issue_einladung
from shared_apps.providers.models import Anbieter
from tenants.models import Tenant

ERSTE_VERWALTUNG = "Erste Verwaltung der Zugänge dieses Anbieters"


@transaction.atomic
def create_first_anbieter_admin(
    *, akteur: Akteur, anbieter: Anbieter, vorname: str, nachname: str, email: str
) -> Einladung:
    """Create the person, propose her as the provider's first administration and invite her."""
    if not policies.may_operate_zugaenge(akteur):
        raise Verweigert("Das kann nur der Betrieb.")
    Anbieter.objects.select_for_update().get(pk=anbieter.pk)
    if policies.has_anbieter_verwaltung(anbieter.pk):
        raise Konflikt("Dieser Anbieter verwaltet seine Zugänge schon selbst.")
    user = create_person(vorname=vorname, nachname=nachname, email=email)
    submit_mitgliedschaftsantrag(
        akteur=akteur,
        wunsch=Rollenwunsch(
            user=user, rolle=Rolle.ANBIETER, gueltig_ab=today(), anbieter_id=anbieter.pk, verwaltet=True
        ),
        begruendung=ERSTE_VERWALTUNG,
    )
    return issue_einladung(user=user, tenant=None, von_id=akteur.user_id)


@transaction.atomic
def create_admitted_admin(*, anbieter: Anbieter, vorname: str, nachname: str, email: str) -> Membership:
    """The first administration of a provider that an office has admitted: account and role, without an invitation.

    For the service that admits (ADR 0061): two people have signed, which the database asks at the end of the
    transaction. Nobody else has that proof.
    """
    if policies.has_anbieter_verwaltung(anbieter.pk):
        raise Konflikt("Dieser Anbieter verwaltet seine Zugänge schon selbst.")
    user = create_person(vorname=vorname, nachname=nachname, email=email)
    return create_checked_membership(
        Rollenwunsch(user=user, rolle=Rolle.ANBIETER, gueltig_ab=today(), anbieter_id=anbieter.pk, verwaltet=True)
    )


@transaction.atomic
def end_invited_admin(*, membership: Membership) -> None:
    """Role, account and link of a first administration that was invited and has not come in: all end at once.

    For the service that admits (ADR 0061). `Konflikt` once she has set a password: then it is her account.
    """
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if user.has_usable_password():
        raise Konflikt("Die Person hat ihren Zugang schon eingerichtet. Bitte wenden Sie sich an den Betrieb.")
    cancel_mailauftraege(user_id=user.pk, art=MailArt.EINLADUNG)
    user.is_active = False
    user.save(update_fields=["is_active"])
    membership.gueltig_bis = max(today(), membership.gueltig_ab)
    membership.save(update_fields=["gueltig_bis"])


@transaction.atomic
def create_first_tenant_admin(
    *, akteur: Akteur, tenant: Tenant, vorname: str, nachname: str, email: str, begruendung: str
) -> Einladung:
    """Create the person and propose her as administrator of an office in which nobody can propose any more.

    Its head decides, or (without one) a second operator on the office's written order.
    """
    if not policies.may_operate_zugaenge(akteur):
        raise Verweigert("Das kann nur der Betrieb.")
    if not policies.nobody_proposes(tenant.pk):
        raise Konflikt("In diesem Jugendamt kann jemand selbst eine Administration vorschlagen.")
    user = create_person(vorname=vorname, nachname=nachname, email=email, zusatz=tenant.kuerzel)
    submit_mitgliedschaftsantrag(
        akteur=akteur,
        wunsch=Rollenwunsch(user=user, rolle=Rolle.TENANT_ADMIN, gueltig_ab=today(), tenant_id=tenant.pk),
        begruendung=begruendung,
    )
    return issue_einladung(user=user, tenant=tenant, von_id=akteur.user_id)


@transaction.atomic
def create_land_rolle(
    *,
    akteur: Akteur,
    vorname: str,
    nachname: str,
    email: str,
    rolle: str,
    begruendung: str,
    letzter_tag: date | None = None,
) -> Einladung:
    """Create the person and propose her for Landesjugendamt, Ministerium or Betrieb; a second operator decides.

    `letzter_tag` is the last day of the role, None: until further notice.
    """
    if not policies.may_operate_zugaenge(akteur):
        raise Verweigert("Das kann nur der Betrieb.")
    user = create_person(vorname=vorname, nachname=nachname, email=email)
    submit_mitgliedschaftsantrag(
        akteur=akteur,
        wunsch=Rollenwunsch(
            user=user,
            rolle=Rolle(rolle),
            koerperschaft=rolle,
            gueltig_ab=today(),
            gueltig_bis=letzter_tag + timedelta(days=1) if letzter_tag else None,
        ),
        begruendung=begruendung,
    )
    return issue_einladung(user=user, tenant=None, von_id=akteur.user_id)
