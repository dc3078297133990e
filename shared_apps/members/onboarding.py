"""The last step of onboarding: whoever shall administer the office gets her invitation."""

from __future__ import annotations

from uuid import UUID

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership
from shared_apps.members.selectors.mitglieder import find_einladung_mail
from shared_apps.members.services import issue_einladung
from tenants.models import Tenant
from tenants.onboarding.registry import Angaben, Report, onboarding_step


@onboarding_step(order=86, name="Erste Administration einladen")
def invite_first_admin(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """By mail, when there is an address and mail is set up. Otherwise the operator's page shows the link, once.

    A second run invites nobody again: that is a button of the operator.
    """
    rows = (
        Membership.objects.filter(tenant=tenant, rolle=Rolle.TENANT_ADMIN).select_related("user").order_by("created_at")
    )
    for user in [m.user for m in rows]:
        if user.email and not user.has_usable_password() and find_einladung_mail(user) is None:
            von = UUID(angaben.bestellt_von) if angaben.bestellt_von else None
            einladung = issue_einladung(user=user, tenant=tenant, von_id=von)
            report("per E-Mail" if einladung.mail else "der Link steht dem Betrieb zu")
