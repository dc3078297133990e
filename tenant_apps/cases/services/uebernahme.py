"""The morning after: whoever is to give a case of the night to a worker is told that there is one, no more."""

from __future__ import annotations

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.enums import MailArt, Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import local_date, midnight, real_now, today
from shared_apps.core.zeitraum import ist_arbeitstag
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from tenant_apps.cases.selectors import list_freie_tage, list_uebernehmende
from tenants.context import on_portal, require_schema
from tenants.models import Tenant


def notify_uebernahmen() -> int:
    """A mail to whoever is due in the open office, once a working day, until nothing waits. Returns to how many."""
    if not ist_arbeitstag(today(), list_freie_tage()) or not (leute := list_uebernehmende()):
        return 0
    schema, heute = require_schema(), local_date(real_now())
    with on_portal():
        tenant = Tenant.objects.get(schema_name=schema)
        gesagt = Mailauftrag.objects.filter(
            user_id__in=leute, art=MailArt.NACHT_UEBERNAHME, created_at__gte=midnight(heute), tenant=tenant
        )
        offen = leute - set(gesagt.values_list("user_id", flat=True))
        return sum(
            submit_mailauftrag(art=MailArt.NACHT_UEBERNAHME, user_id=user_id, tenant=tenant) is not None
            for user_id in sorted(offen)
        )


@writes_mail(MailArt.NACHT_UEBERNAHME)
def build_uebernahme_mail(mail: Mailauftrag) -> Nachricht | None:
    """To a lead of that office: that something waits, never of whom, how many or where."""
    if mail.tenant is None:
        return None
    leitung = (Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG)
    rollen = Membership.objects.filter(valid_on(today()), tenant=mail.tenant, rolle__in=leitung)
    user = mail.find_empfaenger(User.objects.filter(pk__in=rollen.values("user_id"), is_active=True))
    if user is None:
        return None
    text = (
        "Guten Tag,\n\ndie Rufbereitschaft hat nachts für Ihr Jugendamt gearbeitet. In SoJuS ist etwas zu übernehmen:"
        f"\n\n{public_base(mail.tenant)}/hilfefaelle/aus-der-nacht/\n\nDiese E-Mail kommt an jedem Arbeitstag, bis dort"
        " nichts mehr steht."
    )
    return Nachricht(an=user.email, betreff="Aus der Nacht ist etwas zu übernehmen", text=text)
