"""The first administrator of a youth office. She invites everybody else; nobody gets a password here."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from tenants.models import Tenant
from tenants.onboarding.registry import Angaben, OnboardingFehler, Report, onboarding_step


@onboarding_step(order=50, name="Erste Administration anlegen")
def create_first_admin(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """A person with the role TENANT_ADMIN, without a password. An office that has one keeps her."""
    vorhanden = Membership.objects.filter(tenant=tenant, rolle=Rolle.TENANT_ADMIN)
    if not angaben.admin_username and vorhanden.exists():
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
    if not vorhanden.filter(user=user).exists():
        Membership.objects.create(user=user, tenant=tenant, rolle=Rolle.TENANT_ADMIN, gueltig_ab=today())
    report(username)
