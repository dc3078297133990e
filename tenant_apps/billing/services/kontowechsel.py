"""Who pays a provider hears that it is paid to another account (ADR 0075)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.enums import MailArt, Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import today
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.providers.models import Kontovorschlag
from shared_apps.providers.states import KontoZustand
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.states import RECHNUNG_OFFEN
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.states import BUCHUNG
from tenants.context import on_portal, require_schema
from tenants.door.offices import run_in_offices
from tenants.jobs import defer
from tenants.models import Tenant

JOB = "billing.tell_zahlende"


def submit_kontowechsel(vorschlag_id: UUID) -> None:
    """Let the worker look through the offices, in the transaction that confirms the account."""
    defer(JOB, vorschlag_id=str(vorschlag_id))


def notify_zahlende(*, vorschlag_id: UUID) -> int:
    """Ask for a mail to the economic youth welfare of each office that pays this provider; how many. Runs outside any
    office. Done again it asks for none a second time.
    """
    with on_portal():
        vorschlag = Kontovorschlag.objects.filter(pk=vorschlag_id, zustand=KontoZustand.BESTAETIGT).first()
    if vorschlag is None:
        return 0
    anbieter_id = vorschlag.anbieter_id

    def tell_this_office() -> int:
        return _tell(require_schema(), vorschlag_id) if _pays(anbieter_id) else 0

    return run_in_offices(tell_this_office)


def _pays(anbieter_id: UUID) -> bool:
    """Whether the open office has an unpaid invoice of this provider, or a booking that has not ended."""
    if Rechnung.objects.filter(anbieter=anbieter_id, zustand__in=RECHNUNG_OFFEN).exists():
        return True
    return Buchung.objects.filter(anbieter=anbieter_id).exclude(zustand__in=BUCHUNG.endzustaende).exists()


def _tell(schema: str, vorschlag_id: UUID) -> int:
    with on_portal():
        tenant = Tenant.objects.get(schema_name=schema)
        da = Mailauftrag.objects.filter(art=MailArt.KONTO_ZAHLENDE, tenant=tenant, bezug_id=vorschlag_id)
        neue = _list_zahlende(tenant).exclude(email="").exclude(pk__in=da.values("user_id"))
        return sum(
            submit_mailauftrag(art=MailArt.KONTO_ZAHLENDE, user_id=user.pk, tenant=tenant, bezug_id=vorschlag_id)
            is not None
            for user in neue
        )


def _list_zahlende(tenant: Tenant) -> QuerySet[User]:
    rollen = Membership.objects.filter(valid_on(today()), tenant=tenant, rolle=Rolle.WJH)
    return User.objects.filter(pk__in=rollen.values("user_id"), is_active=True)


@writes_mail(MailArt.KONTO_ZAHLENDE)
def build_zahlende_mail(mail: Mailauftrag) -> Nachricht | None:
    """To somebody who pays in that office: which provider, never a number."""
    rows = Kontovorschlag.objects.filter(zustand=KontoZustand.BESTAETIGT).select_related("anbieter")
    vorschlag = mail.find_bezug(rows)
    user = mail.find_empfaenger(_list_zahlende(mail.tenant)) if vorschlag and mail.tenant else None
    if vorschlag is None or user is None:
        return None
    text = (
        f"Guten Tag,\n\ndie Bankverbindung von {vorschlag.anbieter.name} ist in SoJuS geändert. Ihr Jugendamt bezahlt"
        " diesen Anbieter. Das neue Konto sehen Sie dort, an jeder offenen Rechnung; was davor eingereicht wurde, sagt,"
        f" auf welches es lautet.\n\n{public_base(mail.tenant)}/abrechnung/\n\nRufen Sie vor der nächsten Zahlung an,"
        " wenn Sie zweifeln, und zwar unter einer Nummer, die Sie kennen."
    )
    return Nachricht(an=user.email, betreff="Die Bankverbindung eines Anbieters ist geändert", text=text)
