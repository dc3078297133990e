"""Who has a second factor, and who needs one from when on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import FaktorArt, Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel, Faktor
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.clock import today
from shared_apps.signin.selectors.admission import Admission, Regel


def has_second_factor(*, user_id: UUID) -> bool:
    """Whether a sign-in of this person has a second step."""
    return Faktor.objects.filter(user_id=user_id, art__in=[FaktorArt.TOTP, FaktorArt.PASSKEY]).exists()


def is_vorgabe_pflicht(rolle: Rolle) -> bool:
    """What the environment says about a role."""
    wanted = {name.upper() for name in settings.MFA_PFLICHT}
    return "ALLE" in wanted or rolle.value in wanted


def get_pflicht_ab(akteur: Akteur) -> date | None:
    """From which day on the person needs a second factor at this host; None: never."""
    rows = Anmelderegel.objects.filter(rolle__in=akteur.rollen).exclude(verfahren=Verfahren.VORGABE)
    rows = rows.filter(Q(tenant_id=akteur.tenant_id) | Q(tenant=None)) if akteur.tenant_id else rows.filter(tenant=None)

    def first_day(rolle: str) -> date | None:
        own = list_valid_memberships(user_id=akteur.user_id).filter(rolle=rolle)
        return own.order_by("gueltig_ab").values_list("gueltig_ab", flat=True).first()

    return find_pflicht_ab(akteur, rows, first_day)


def find_pflicht_ab(
    akteur: Akteur, rows: Iterable[Regel | Anmelderegel], first_day: Callable[[str], date | None]
) -> date | None:
    """As `get_pflicht_ab`, from the rules of her office and those for everywhere, `VORGABE` left out.

    `first_day(rolle)`: since when she has had a role that she has today.
    """
    rules: dict[str, Regel | Anmelderegel] = {}
    for row in sorted(rows, key=lambda r: r.tenant_id is not None):  # the office's own comes last and stays
        rules[row.rolle] = row
    found: list[date] = []
    for rolle in akteur.rollen:
        regel = rules.get(rolle.value)
        if regel is None:
            if is_vorgabe_pflicht(rolle):
                return date.min
        elif regel.verfahren == Verfahren.PFLICHT:
            found.append(_deadline(regel, first_day))
    return min(found, default=None)


def _deadline(regel: Regel | Anmelderegel, first_day: Callable[[str], date | None]) -> date:
    begin = regel.gilt_ab
    if regel.frist_tage:
        begin = max(begin, first_day(regel.rolle) or begin)
    return begin + timedelta(days=regel.frist_tage)


def needs_factor_now(akteur: Akteur, admission: Admission) -> bool:
    """As `needs_second_factor`, from what this request has read already."""

    def first_day(rolle: str) -> date | None:
        return min((m.gueltig_ab for m in admission.memberships if m.rolle == rolle), default=None)

    regeln = (regel for regel in admission.regeln if regel.rolle in akteur.rollen)
    since = find_pflicht_ab(akteur, regeln, first_day)
    return since is not None and since <= today()


def needs_second_factor(akteur: Akteur) -> bool:
    """Whether the obligation has begun."""
    since = get_pflicht_ab(akteur)
    return since is not None and since <= today()
