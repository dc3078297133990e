"""Who has a second factor, and who needs one from when on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import FaktorArt, Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel, Faktor
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.clock import today


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
    rules: dict[str, Anmelderegel] = {}
    for regel in sorted(rows, key=lambda r: r.tenant_id is not None):  # the office's own comes last and stays
        rules[regel.rolle] = regel
    found: list[date] = []
    for rolle in akteur.rollen:
        regel = rules.get(rolle.value)
        if regel is None:
            if is_vorgabe_pflicht(rolle):
                return date.min
        elif regel.verfahren == Verfahren.PFLICHT:
            found.append(_deadline(regel, akteur))
    return min(found, default=None)


def _deadline(regel: Anmelderegel, akteur: Akteur) -> date:
    begin = regel.gilt_ab
    if regel.frist_tage:
        own = list_valid_memberships(user_id=akteur.user_id).filter(rolle=regel.rolle)
        begin = max([begin, *own.order_by("gueltig_ab").values_list("gueltig_ab", flat=True)[:1]])
    return begin + timedelta(days=regel.frist_tage)


def needs_second_factor(akteur: Akteur) -> bool:
    """Whether the obligation has begun."""
    since = get_pflicht_ab(akteur)
    return since is not None and since <= today()
