"""Reads for the screens of administration. Rows come narrowed by policies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from shared_apps.accounts.enums import PERSONENSICHT, MailArt, MailZustand, Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import not_over, valid_on
from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch, deutscher_schluessel
from shared_apps.journal.models import JournalEintrag
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.providers.querysets import valid_on as anbieter_valid_on
from tenants.models import Tenant

_ANTRAG = related("user", "tenant", "anbieter", "deputy_of", "beantragt_von", "entschieden_von")
#: People of one place: as many as work there. Their names are in another table.
MITGLIEDER = Liste(
    "members:list",
    {"name": ordnung(deutsch("user__nachname"), deutsch("user__vorname"), "rolle", "gueltig_ab")},
    "name",
    zeigt=related("user", "deputy_of", "tenant"),
)
ZULASSUNGEN = Liste(
    "members:zulassungen",
    {"neueste": ordnung("created_at")},
    "-neueste",
    zeigt=related("user", "deputy_of", "antrag__beantragt_von", "antrag__entschieden_von"),
)
#: Requests for roles: of one place, or what the operator decides.
ANTRAEGE = Liste("members:antraege", {"neueste": ordnung("created_at")}, "-neueste", zeigt=_ANTRAG)
ENTSCHIEDEN = Liste("members:antraege decided", {"stand": ordnung("zustand", "created_at")}, "-stand", zeigt=_ANTRAG)
BESTAETIGT = Liste(
    "operators:home confirmed", {"neueste": ordnung("entschieden_at")}, "-neueste", je_seite=25, zeigt=_ANTRAG
)
ZUGAENGE = Liste(
    "members:zugaenge", {"neueste": ordnung("created_at")}, "-neueste", zeigt=related("tenant", "entschieden_von")
)
OHNE_VERWALTUNG = Liste(
    "operators:home", {"name": ordnung(deutsch("name"), index="anbieter_nach_name")}, "name", je_seite=10
)
EINGELADENE = Liste(
    "operators:home invited", {"name": ordnung(deutsch("nachname"), deutsch("vorname"))}, "name", je_seite=25
)

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
    return MITGLIEDER.order(rows)


def get_stand(membership: Membership) -> str:
    """gültig, künftig, beendet or widerrufen (ended before its first day)."""
    day, m = today(), membership
    if m.gueltig_bis is not None and m.gueltig_bis <= m.gueltig_ab:
        return "widerrufen"
    if m.gueltig_bis is not None and m.gueltig_bis <= day:
        return "beendet"
    return "künftig" if m.gueltig_ab > day else "gültig"


def last_day(membership: Membership | Mitgliedschaftsantrag) -> date | None:
    """The last valid day, as people count."""
    return membership.gueltig_bis - timedelta(days=1) if membership.gueltig_bis else None


def list_place_names(memberships: Iterable[Membership]) -> dict[UUID | None, str]:
    """Names of providers and facilities by id, in two queries."""
    rows = list(memberships)
    names: dict[UUID | None, str] = dict(
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


def is_mail_only(user: User) -> bool:
    """Whether a link that somebody else has seen must not open this account: whoever took it over would be nearer to
    cases or to money (ADR 0029, 0075). It sees persons of an office or stands in for somebody; it gives the second
    signature (an administrator where others work); or it has, or ever had, a role at a provider: whoever administers
    there would be a colleague of her own, with the second signature of an account.
    """
    rows = Membership.objects.filter(user=user)
    if rows.filter(anbieter_id__isnull=False).exists():
        return True
    rows = rows.filter(not_over(today()))
    if rows.filter(Q(rolle__in=sorted(PERSONENSICHT)) | Q(deputy_of__isnull=False)).exists():
        return True
    others = Membership.objects.filter(valid_on(today()), user__is_active=True).exclude(user=user)
    signs = Q(rolle=Rolle.TENANT_ADMIN, tenant__in=others.filter(tenant__isnull=False).values("tenant"))
    return rows.filter(signs).exists()


def may_show_link(user: User) -> bool:
    """Whether whoever invites hands the link over herself: no mail here, no address, or the mail has failed.

    Never for an account that already opens something (`is_mail_only`). What else an office gives waits for a second
    person, who approves only when the person has set up her account herself: on paper it takes two.
    """
    if is_mail_only(user):
        return False
    mail = find_einladung_mail(user)
    if not settings.SENDS_MAIL or not user.email:
        return True
    return mail is not None and mail.zustand == MailZustand.FEHLGESCHLAGEN


def list_teams(tenant_id: int | None) -> list[str]:
    """Teams of an office in which somebody works or is going to, by name."""
    rows = Membership.objects.filter(not_over(today()), tenant=tenant_id)
    return sorted(set(rows.exclude(team="").values_list("team", flat=True)), key=deutscher_schluessel)


def list_teamleitungen(membership: Membership) -> list[Membership]:
    """Who leads the team of this role, by name, without its own person."""
    rows = Membership.objects.filter(
        valid_on(today()),
        tenant=membership.tenant_id,
        rolle=Rolle.TEAMLEITUNG,
        team=membership.team or None,
        user__is_active=True,
    )
    rows = rows.exclude(user_id=membership.user_id).select_related("user")
    return list(rows.order_by(deutsch("user__nachname"), deutsch("user__vorname"), "pk"))


def list_erste_administration(tenant: Tenant) -> list[User]:
    """Who shall administer an office and has no password yet."""
    rows = Membership.objects.filter(valid_on(today()), tenant=tenant, rolle=Rolle.TENANT_ADMIN, user__is_active=True)
    users = [m.user for m in rows.select_related("user").order_by("created_at")]
    return [user for user in users if not user.has_usable_password()]


def list_erste_einladungen(kuerzel: Iterable[str]) -> dict[str, tuple[User, Mailauftrag | None]]:
    """Who was the first to administer each of these offices, with the newest mail that invited her; two statements."""
    rows = Membership.objects.filter(tenant__kuerzel__in=set(kuerzel), rolle=Rolle.TENANT_ADMIN)
    erste = {
        m.tenant.kuerzel: m.user
        for m in rows.select_related("user", "tenant").order_by("tenant_id", "created_at").distinct("tenant_id")
        if m.tenant
    }
    gesucht = Mailauftrag.objects.filter(user__in=[u.pk for u in erste.values()], art=MailArt.EINLADUNG)
    mails = {mail.user_id: mail for mail in gesucht.order_by("user_id", "-created_at").distinct("user_id")}
    return {kurz: (user, mails.get(user.pk)) for kurz, user in erste.items()}


def find_einladung_tenant(user: User) -> Tenant | None:
    """At whose host an invited person sets her password: the office she shall administer; else the portal."""
    found = Membership.objects.filter(valid_on(today()), user=user, tenant__isnull=False).select_related("tenant")
    membership = found.order_by("created_at").first()
    return membership.tenant if membership else None


def list_tenants_without_admin() -> QuerySet[Tenant]:
    """Offices in which nobody administers today."""
    admins = Membership.objects.filter(valid_on(today()), rolle=Rolle.TENANT_ADMIN, user__is_active=True)
    return Tenant.objects.exclude(pk__in=admins.values("tenant_id")).order_by("kuerzel")


def list_anbieter_without_admin(suche: str = "") -> QuerySet[Anbieter]:
    """Providers in which nobody administers today."""
    admins = Membership.objects.filter(valid_on(today()), verwaltet=True, user__is_active=True)
    rows = Anbieter.objects.exclude(pk__in=admins.values("anbieter_id")).filter(anbieter_valid_on(today()))
    return rows.filter(name__icontains=suche) if suche else rows


#: What the list of admissions can be narrowed to.
ARTEN = (
    ("", "alle"),
    ("vertretung", "nur Vertretungen"),
    ("betrieb", "vom Betrieb bestätigt"),
    ("allein", "von einer Person vergeben"),
)


def list_zulassungen(
    rows: QuerySet[Membership], *, suche: str = "", art: str = "", stand: str = ""
) -> QuerySet[Membership]:
    """Roles with their two signatures, of those valid today when nothing else is asked for; newest first."""
    rows = list_mitgliedschaften(rows, suche=suche, stand=stand)
    if art == "vertretung":
        rows = rows.filter(deputy_of__isnull=False)
    elif art == "betrieb":
        rows = rows.exclude(antrag__isnull=True).exclude(antrag__auftrag="")
    elif art == "allein":
        rows = rows.filter(antrag__isnull=True)
    return ZULASSUNGEN.order(rows)


def list_geber(memberships: Iterable[Membership]) -> dict[str, str]:
    """Who gave the roles that one person gives alone, by id of the role, from the journal; two queries."""
    zeilen = [str(m.pk) for m in memberships]
    wer = dict(
        JournalEintrag.objects.filter(
            tabelle="accounts_membership", art="ANLEGEN", zeile__in=zeilen, user_id__isnull=False
        ).values_list("zeile", "user_id")
    )
    namen = {u.pk: u.name for u in User.objects.filter(pk__in=set(wer.values()))}
    return {zeile: namen[user_id] for zeile, user_id in wer.items() if user_id in namen}


_ARTEN = {"ANLEGEN": "vergeben", "AENDERN": "geändert"}


def list_verlauf(memberships: Iterable[Membership], *, hoechstens: int = 50) -> list[dict[str, Any]]:
    """Who changed these roles when, from the journal of the shared tables, newest first."""
    rollen = {str(m.pk): m.get_rolle_display() for m in memberships}
    eintraege = list(
        JournalEintrag.objects.filter(tabelle="accounts_membership", zeile__in=rollen).order_by("-created_at")[
            :hoechstens
        ]
    )
    namen: dict[UUID | None, str] = {
        u.pk: u.name for u in User.objects.filter(pk__in={e.user_id for e in eintraege if e.user_id})
    }
    return [
        {
            "wann": e.created_at,
            "wer": namen.get(e.user_id, "das System"),
            "was": f"{rollen[e.zeile]}: {_ARTEN.get(e.art, e.art.capitalize())}",
        }
        for e in eintraege
    ]
