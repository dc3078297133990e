"""Who is told by mail, without a word of what was written: the worker of a message, her lead when nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import F, QuerySet

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.enums import AMT, MailArt, Rolle
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import local_date, real_now, real_today, today
from shared_apps.core.zeitraum import ist_arbeitstag
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from tenant_apps.cases.querysets import not_restricted
from tenant_apps.cases.selectors import list_freie_tage, list_zustaendige
from tenant_apps.gespraeche.models import Gespraechsstand
from tenant_apps.gespraeche.rules import is_ueberfaellig
from tenant_apps.gespraeche.vorgaben import ANTWORT_ARBEITSTAGE
from tenant_apps.vorgaben.selectors import get_vorgabe
from tenants.context import on_portal, require_schema
from tenants.models import Tenant

#: Talks of an office that one round looks at, the longest unread first.
JE_LAUF = 200


def notify_ungelesene() -> int:
    """A mail to the worker of each talk with something unread that she was not told of: one each, and none about this
    talk until somebody has read it. Returns to how many people; where none is taken the next round asks again."""
    rows = _open().filter(ungelesen_seit__isnull=False).exclude(gemeldet_an=F("gespraech__hilfefall__fachkraft_id"))
    staende = list(rows.order_by("ungelesen_seit", "pk")[:JE_LAUF])
    wer = {stand.pk: stand.gespraech.hilfefall.fachkraft_id for stand in staende}
    gesagt = _tell(wer.values(), lambda wem, amt: submit_mailauftrag(art=MailArt.RUECKFRAGE, user_id=wem, tenant=amt))
    for stand in staende:
        if wer[stand.pk] in gesagt:
            Gespraechsstand.objects.filter(pk=stand.pk).update(gemeldet_an=wer[stand.pk])
    return len(gesagt)


def notify_leitende() -> int:
    """Mark talks in which a house has waited longer than the office lets it, and tell whoever leads the team (of a
    sealed case those named in it), once a talk. On working days. Returns how many are marked."""
    frei = list_freie_tage()
    if not ist_arbeitstag(real_today(), frei):
        return 0
    frist = get_vorgabe(ANTWORT_ARBEITSTAGE)
    rows = _open().filter(wartet_seit__isnull=False, eskaliert_at__isnull=True).order_by("wartet_seit", "pk")
    faellig = [
        stand
        for stand in rows[:JE_LAUF]
        if stand.wartet_seit and is_ueberfaellig(local_date(stand.wartet_seit), real_today(), frist, frei)
    ]
    if not faellig:
        return 0
    leute = list_zustaendige(stand.gespraech.hilfefall for stand in faellig)
    _tell(leute, lambda wem, amt: submit_mailauftrag(art=MailArt.RUECKFRAGE_OFFEN, user_id=wem, tenant=amt))
    Gespraechsstand.objects.filter(pk__in=[stand.pk for stand in faellig]).update(eskaliert_at=real_now())
    return len(faellig)


def _open() -> QuerySet[Gespraechsstand]:
    """Held for this round; what somebody holds is the next one's. Nobody restricted (§ 84 SGB X)."""
    rows = Gespraechsstand.objects.select_for_update(of=("self",), skip_locked=True)
    return not_restricted(rows.select_related("gespraech__hilfefall"), "gespraech__hilfefall__klient")


def _tell(leute: Iterable[UUID], submit: Callable[[UUID, Tenant], Mailauftrag | None]) -> set[UUID]:
    """Ask for a mail to each of them, once. To whom one will go."""
    if not (wer := sorted(set(leute))):
        return set()
    schema = require_schema()
    with on_portal():
        tenant = Tenant.objects.get(schema_name=schema)
        return {user_id for user_id in wer if submit(user_id, tenant) is not None}


@writes_mail(MailArt.RUECKFRAGE)
def build_rueckfrage_mail(mail: Mailauftrag) -> Nachricht | None:
    """To somebody of that office: that a house has written, never which, of whom or what."""
    return _build(
        mail,
        AMT,
        betreff="Eine Einrichtung hat Ihnen geschrieben",
        text=(
            "eine Einrichtung hat Ihnen in SoJuS geschrieben:\n\n{}\n\nBis Sie dort nachgesehen haben, kommt zu"
            " diesem Gespräch keine weitere E-Mail."
        ),
    )


@writes_mail(MailArt.RUECKFRAGE_OFFEN)
def build_offen_mail(mail: Mailauftrag) -> Nachricht | None:
    """To a lead of that office, or who is named in a sealed case: that a house waits for an answer, never which, of
    whom or for how long."""
    return _build(
        mail,
        (Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG),
        betreff="Eine Einrichtung wartet auf Antwort",
        text=(
            "in SoJuS wartet eine Einrichtung länger auf eine Antwort Ihres Jugendamtes, als es vorgibt:"
            "\n\n{}\n\nZu diesem Gespräch kommt bis zur Antwort keine weitere E-Mail."
        ),
    )


def _build(mail: Mailauftrag, rollen: Iterable[Rolle], *, betreff: str, text: str) -> Nachricht | None:
    if mail.tenant is None:
        return None
    hier = Membership.objects.filter(valid_on(today()), tenant=mail.tenant, rolle__in=rollen)
    user = mail.find_empfaenger(User.objects.filter(pk__in=hier.values("user_id"), is_active=True))
    if user is None:
        return None
    ziel = f"{public_base(mail.tenant)}/rueckfragen/"
    return Nachricht(an=user.email, betreff=betreff, text=f"Guten Tag,\n\n{text.format(ziel)}")
