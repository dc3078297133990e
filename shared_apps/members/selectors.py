"""Reads for the screens of administration. Rows come narrowed by policies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from shared_apps.accounts.enums import MailArt, MailZustand
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Anbieter, Einrichtung
from tenants.models import Tenant

#: What the filter offers.
STAENDE = (("gueltig", "gültig"), ("kuenftig", "künftig"), ("beendet", "beendet"), ("alle", "alle"))


def list_mitgliedschaften(
    rows: QuerySet[Membership], *, suche: str = "", rolle: str = "", stand: str = ""
) -> QuerySet[Membership]:
    """Roles by name of the person, of those valid today when nothing else is asked for."""
    day = today()
    if suche:
        for wort in suche.split()[:4]:
            rows = rows.filter(
                Q(user__nachname__icontains=wort)
                | Q(user__vorname__icontains=wort)
                | Q(user__username__icontains=wort)
                | Q(team__icontains=wort)
            )
    if rolle:
        rows = rows.filter(rolle=rolle)
    if stand == "kuenftig":
        rows = rows.filter(gueltig_ab__gt=day)
    elif stand == "beendet":
        rows = rows.filter(gueltig_bis__lte=day)
    elif stand != "alle":
        rows = rows.filter(valid_on(day))
    return rows.order_by(deutsch("user__nachname"), deutsch("user__vorname"), "rolle", "gueltig_ab")


def get_stand(membership: Membership) -> str:
    """gültig, künftig, beendet or widerrufen (ended before its first day)."""
    day, m = today(), membership
    if m.gueltig_bis is not None and m.gueltig_bis <= m.gueltig_ab:
        return "widerrufen"
    if m.gueltig_bis is not None and m.gueltig_bis <= day:
        return "beendet"
    return "künftig" if m.gueltig_ab > day else "gültig"


def last_day(membership: Membership) -> date | None:
    """The last valid day, as people count."""
    return membership.gueltig_bis - timedelta(days=1) if membership.gueltig_bis else None


def list_place_names(memberships: Iterable[Membership]) -> dict[UUID, str]:
    """Names of providers and facilities by id, in two queries."""
    rows = list(memberships)
    names: dict[UUID, str] = dict(
        Anbieter.objects.filter(pk__in={m.anbieter_id for m in rows if m.anbieter_id}).values_list("pk", "name")
    )
    names |= dict(
        Einrichtung.objects.filter(pk__in={m.einrichtung_id for m in rows if m.einrichtung_id}).values_list(
            "pk", "name"
        )
    )
    return names


def find_einladung_mail(user: User) -> Mailauftrag | None:
    """The newest mail that invited a person, while it is remembered."""
    return Mailauftrag.objects.filter(user=user, art=MailArt.EINLADUNG).order_by("-created_at").first()


def may_show_link(user: User) -> bool:
    """Whether whoever invites hands the link over herself: no mail here, no address, or the mail has failed."""
    mail = find_einladung_mail(user)
    if not settings.SENDS_MAIL or not user.email:
        return True
    return mail is not None and mail.zustand == MailZustand.FEHLGESCHLAGEN


def list_erste_administration(tenant: Tenant) -> list[User]:
    """Who shall administer an office and has no password yet."""
    rows = Membership.objects.filter(valid_on(today()), tenant=tenant, rolle="TENANT_ADMIN", user__is_active=True)
    users = [m.user for m in rows.select_related("user").order_by("created_at")]
    return [user for user in users if not user.has_usable_password()]


def find_einladung_tenant(user: User) -> Tenant | None:
    """At whose host an invited person sets her password: the office she shall administer; else the portal."""
    found = Membership.objects.filter(valid_on(today()), user=user, tenant__isnull=False).select_related("tenant")
    membership = found.order_by("created_at").first()
    return membership.tenant if membership else None


def list_tenants_without_admin() -> QuerySet[Tenant]:
    """Offices in which nobody administers today."""
    admins = Membership.objects.filter(valid_on(today()), rolle="TENANT_ADMIN", user__is_active=True)
    return Tenant.objects.exclude(pk__in=admins.values("tenant_id")).order_by("kuerzel")


def list_anbieter_without_admin(suche: str = "") -> QuerySet[Anbieter]:
    """Providers in which nobody administers today."""
    admins = Membership.objects.filter(valid_on(today()), verwaltet=True, user__is_active=True)
    rows = Anbieter.objects.exclude(pk__in=admins.values("anbieter_id")).filter(
        Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=today())
    )
    return rows.filter(name__icontains=suche) if suche else rows


_ARTEN = {"ANLEGEN": "vergeben", "AENDERN": "geändert"}


def list_verlauf(memberships: Iterable[Membership], *, hoechstens: int = 50) -> list[dict[str, object]]:
    """Who changed these roles when, from the journal of the shared tables, newest first."""
    rollen = {str(m.pk): m.get_rolle_display() for m in memberships}
    eintraege = list(
        JournalEintrag.objects.filter(tabelle="accounts_membership", zeile__in=rollen).order_by("-created_at")[
            :hoechstens
        ]
    )
    namen = {u.pk: u.name for u in User.objects.filter(pk__in={e.user_id for e in eintraege if e.user_id})}
    return [
        {
            "wann": e.created_at,
            "wer": namen.get(e.user_id, "das System"),
            "was": f"{rollen[e.zeile]}: {_ARTEN.get(e.art, e.art.capitalize())}",
        }
        for e in eintraege
    ]
