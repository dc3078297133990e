"""Give a role, end a role. Never one's own; what sees persons only through a decided request (four eyes)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, ZU_ZWEIT, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.rules import (
    RUFBEREITSCHAFT_TAGE_MAX,
    VERTRETBAR_DURCH,
    VERTRETUNG_TAGE_MAX,
    RoleAt,
    pruefung_befristet,
    rufbereitschaft_befristet,
    unvereinbares_paar,
    vertretung_befristet,
)
from shared_apps.core.clock import today
from shared_apps.core.eingabe import TAGE_VERTAUSCHT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert, refused_by
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.members import policies

OWN = "Ihre eigenen Rollen können Sie nicht ändern. Bitte wenden Sie sich an eine zweite Person."
OHNE_VERTRETUNG = "Bitte berufen Sie eine weitere Person."
FOREIGN = "Für diese Stelle dürfen Sie keine Rollen vergeben."


@dataclass(frozen=True, slots=True)
class Rollenwunsch:
    """A role at one place in a half-open period, as somebody wants to give it."""

    user: User
    rolle: Rolle
    gueltig_ab: date
    gueltig_bis: date | None = None
    tenant_id: int | None = None
    anbieter_id: UUID | None = None
    einrichtung_id: UUID | None = None
    koerperschaft: str = ""
    team: str = ""
    deputy_of: User | None = None
    verwaltet: bool = False

    @property
    def braucht_zwei(self) -> bool:
        """Whether nobody gives it alone: what sees persons, leads or confirms, every deputyship (ADR 0029, 0078)."""
        return self.rolle in ZU_ZWEIT or self.deputy_of is not None


def _place(row: Rollenwunsch | Membership) -> str:
    return f"{row.tenant_id or ''}|{row.anbieter_id or ''}|{row.koerperschaft}"


def check_rollenwunsch(wunsch: Rollenwunsch) -> None:
    """Every rule with its German sentence; the database holds the same ones."""
    if wunsch.gueltig_ab < today():
        raise RegelVerletzt("Eine Rolle beginnt frühestens heute.", feld="gueltig_ab")
    if wunsch.gueltig_bis is not None and wunsch.gueltig_bis <= wunsch.gueltig_ab:
        raise RegelVerletzt(TAGE_VERTAUSCHT, feld="letzter_tag")
    if not wunsch.user.is_active:
        raise RegelVerletzt("Dieser Zugang ist gesperrt. Bitte wählen Sie eine andere Person.", feld="person")
    _check_place(wunsch)
    if wunsch.rolle == Rolle.PRUEFUNG and not pruefung_befristet(
        wunsch.gueltig_ab, wunsch.gueltig_bis, tage=settings.PRUEFUNG_TAGE
    ):
        raise RegelVerletzt(
            "Die Rechnungsprüfung ist befristet. Bitte geben Sie einen letzten Tag an, für höchstens"
            f" {anzahl_tage(settings.PRUEFUNG_TAGE)}.",
            feld="letzter_tag",
        )
    if wunsch.rolle == Rolle.RUFBEREITSCHAFT and not rufbereitschaft_befristet(wunsch.gueltig_ab, wunsch.gueltig_bis):
        raise RegelVerletzt(
            "Die Rufbereitschaft ist befristet. Bitte geben Sie einen letzten Tag an, für höchstens"
            f" {anzahl_tage(RUFBEREITSCHAFT_TAGE_MAX)}.",
            feld="letzter_tag",
        )
    if wunsch.deputy_of is not None:
        _check_deputy(wunsch, wunsch.deputy_of)
    _check_pairs(wunsch)


def _check_place(wunsch: Rollenwunsch) -> None:
    places = {
        "AMT": wunsch.tenant_id is not None and wunsch.rolle in AMT,
        "ANBIETER": wunsch.anbieter_id is not None and wunsch.rolle in ANBIETERSEITE,
        "LAND": wunsch.koerperschaft == wunsch.rolle and wunsch.rolle in LAND,
    }
    if not any(places.values()):
        raise RegelVerletzt("Diese Rolle gibt es an dieser Stelle nicht.", feld="rolle")
    if (wunsch.rolle == Rolle.EINRICHTUNG) != (wunsch.einrichtung_id is not None):
        raise RegelVerletzt(
            "Die Rolle „Einrichtung“ braucht genau eine Einrichtung, andere Rollen haben keine.", feld="einrichtung"
        )
    if wunsch.verwaltet and wunsch.rolle != Rolle.ANBIETER:
        raise RegelVerletzt("Zugänge verwalten kann nur, wer die Rolle „Anbieter“ hat.", feld="verwaltet")


def _overlapping(wunsch: Rollenwunsch, user: User) -> list[Membership]:
    new = RoleAt(wunsch.rolle, _place(wunsch), wunsch.gueltig_ab, wunsch.gueltig_bis)
    return [
        m
        for m in Membership.objects.filter(user=user)
        if new.overlaps(RoleAt(m.rolle, _place(m), m.gueltig_ab, m.gueltig_bis))
    ]


def _check_deputy(wunsch: Rollenwunsch, deputy_of: User) -> None:
    if not VERTRETBAR_DURCH[wunsch.rolle]:
        raise RegelVerletzt(f"Für „{wunsch.rolle.label}“ gibt es keine Vertretung: {OHNE_VERTRETUNG}", feld="person")
    if not vertretung_befristet(wunsch.gueltig_ab, wunsch.gueltig_bis):
        raise RegelVerletzt(
            f"Eine Vertretung braucht einen letzten Tag, höchstens {anzahl_tage(VERTRETUNG_TAGE_MAX)} nach dem ersten.",
            feld="letzter_tag",
        )
    if deputy_of == wunsch.user:
        raise RegelVerletzt("Eine Person kann sich nicht selbst vertreten.", feld="person")
    eigene = {
        m.rolle for m in _overlapping(wunsch, wunsch.user) if m.tenant_id == wunsch.tenant_id and m.deputy_of_id is None
    }
    if not eigene & set(VERTRETBAR_DURCH[wunsch.rolle]):
        wer = policies.describe_vertretbar(wunsch.rolle)
        raise RegelVerletzt(
            f"Vertreten kann nur, wer in dieser Zeit selbst im Jugendamt arbeitet, und zwar als {wer}.", feld="person"
        )
    vertretene = _overlapping(wunsch, deputy_of)
    if not any(
        m.tenant_id == wunsch.tenant_id and m.rolle == wunsch.rolle and m.deputy_of_id is None for m in vertretene
    ):
        raise RegelVerletzt("Die vertretene Person hat diese Rolle in dieser Zeit nicht.", feld="rolle")


def _check_pairs(wunsch: Rollenwunsch) -> None:
    new = RoleAt(wunsch.rolle, _place(wunsch), wunsch.gueltig_ab, wunsch.gueltig_bis)
    existing = [
        RoleAt(m.rolle, _place(m), m.gueltig_ab, m.gueltig_bis) for m in Membership.objects.filter(user=wunsch.user)
    ]
    pair = unvereinbares_paar(new, existing)
    if pair is not None:
        one, other = Rolle(pair.a).label, Rolle(pair.b).label
        raise RegelVerletzt(
            f"{wunsch.user.name} kann „{one}“ und „{other}“ nicht zugleich sein. {pair.grund} "
            "Beenden Sie zuerst die andere Rolle oder wählen Sie einen späteren Beginn.",
            feld="rolle",
        )


def create_checked_membership(wunsch: Rollenwunsch) -> Membership:
    """The row itself, after all rules. Only for services of this app: it asks for no right."""
    check_rollenwunsch(wunsch)
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user=wunsch.user,
                tenant_id=wunsch.tenant_id,
                anbieter_id=wunsch.anbieter_id,
                einrichtung_id=wunsch.einrichtung_id,
                koerperschaft=wunsch.koerperschaft,
                rolle=wunsch.rolle,
                team=wunsch.team,
                gueltig_ab=wunsch.gueltig_ab,
                gueltig_bis=wunsch.gueltig_bis,
                deputy_of=wunsch.deputy_of,
                verwaltet=wunsch.verwaltet,
            )
    except IntegrityError as error:
        if refused_by(error) == "membership_einmal":
            raise RegelVerletzt("Diese Rolle beginnt an diesem Tag schon.", feld="gueltig_ab") from None
        raise Konflikt(
            "Die Rolle wurde nicht vergeben, weil jemand diese Person gerade geändert hat. Bitte versuchen Sie es neu."
        ) from None


def check_may_give(akteur: Akteur, *, tenant_id: int | None, anbieter_id: UUID | None) -> None:
    """Administration of this very place, or 403."""
    here = tenant_id is not None and tenant_id == akteur.tenant_id
    there = anbieter_id is not None and anbieter_id in akteur.verwaltet_ids and akteur.tenant_id is None
    if not (policies.may_administer(akteur) and (here or there)):
        raise Verweigert(FOREIGN)


@transaction.atomic
def create_membership(*, akteur: Akteur, wunsch: Rollenwunsch) -> Membership:
    """Give a role that sees no persons and confirms nothing. Raises `Verweigert` for one's own, another place and all
    that two grant."""
    check_may_give(akteur, tenant_id=wunsch.tenant_id, anbieter_id=wunsch.anbieter_id)
    if wunsch.user.pk == akteur.user_id:
        raise Verweigert(OWN)
    if wunsch.braucht_zwei:
        raise Verweigert("Diese Rolle vergeben zwei Personen. Bitte stellen Sie einen Antrag.")
    return create_checked_membership(wunsch)


@transaction.atomic
def end_membership(*, akteur: Akteur, membership: Membership, letzter_tag: date | None) -> Membership:
    """End a role after `letzter_tag`, or at once (None). One's own stays, so somebody always administers."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    check_may_give(akteur, tenant_id=membership.tenant_id, anbieter_id=membership.anbieter_id)
    if membership.user_id == akteur.user_id:
        raise Verweigert(OWN)
    bis = today() if letzter_tag is None else letzter_tag + timedelta(days=1)
    if bis < today():
        raise RegelVerletzt("Eine Rolle endet frühestens heute.", feld="letzter_tag")
    if membership.gueltig_bis is not None and bis > membership.gueltig_bis:
        raise RegelVerletzt("Die Rolle endet schon früher. Verlängern heißt, sie neu zu vergeben.", feld="letzter_tag")
    membership.gueltig_bis = max(bis, membership.gueltig_ab)
    membership.save(update_fields=["gueltig_bis"])
    return membership
