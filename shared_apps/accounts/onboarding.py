"""The first administrator of a youth office. She invites everybody else; nobody gets a password here."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from tenants.models import Tenant
from tenants.onboarding.registry import Angaben, OnboardingFehler, Report, onboarding_step

SCHON_BESETZT = (
    "In diesem Jugendamt arbeiten schon Personen. Eine weitere Administration schlägt dort jemand unter „Mitglieder“ "
    "vor; kann das niemand mehr, der Betrieb unter „Zugänge“."
)


@onboarding_step(order=50, name="Erste Administration anlegen")
def create_first_admin(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """A person with the role TENANT_ADMIN, without a password, in an office where nobody has ever worked.

    This step writes as the owner, without a second person. Where people work, it would let whoever orders it open
    their cases; there two people give the role (ADR 0029).
    """
    vorhanden = Membership.objects.filter(tenant=tenant)
    if vorhanden.exists():
        if (
            angaben.admin_username
            and not vorhanden.filter(user__username=angaben.admin_username, rolle=Rolle.TENANT_ADMIN).exists()
        ):
            raise OnboardingFehler(SCHON_BESETZT)
        report("vorhanden")
        return
    username = angaben.admin_username or f"admin-{tenant.kuerzel.lower()}"
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(
            username=username,
            password=None,
            vorname=angaben.admin_vorname,
            nachname=angaben.admin_nachname or f"Administration {tenant.kuerzel}",
            email=angaben.admin_email,
        )
    elif Membership.objects.filter(user=user).exclude(tenant=tenant).exists():
        raise OnboardingFehler(
            f"Der Benutzername {username} gehört schon einer Person an anderer Stelle. Bitte wählen Sie einen anderen."
        )
    Membership.objects.create(user=user, tenant=tenant, rolle=Rolle.TENANT_ADMIN, gueltig_ab=today())
    report(username)
