"""Rules for signing in."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel
from shared_apps.accounts.policies import may_lower_anmelderegeln, may_set_anmelderegeln
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from tenants.models import Tenant

FRIST_MAX = 90


@transaction.atomic
def update_anmelderegel(
    *,
    akteur: Akteur,
    tenant: Tenant | None,
    rolle: Rolle,
    verfahren: Verfahren,
    frist_tage: int,
    gelesen: Gelesen,
) -> Anmelderegel:
    """Set the rule of one role at one place. Grace starts over when the obligation begins, not with every saving.

    `Veraltet` when that would take back what somebody has set since the page was read (`gelesen`).
    """
    may = may_set_anmelderegeln if tenant else may_lower_anmelderegeln
    if not may(akteur) or akteur.tenant_id != (tenant.pk if tenant else None):
        raise Verweigert("Diese Regeln legt jemand anderes fest.")
    if not 0 <= frist_tage <= FRIST_MAX:
        raise RegelVerletzt(f"Die Frist ist eine Zahl von 0 bis {FRIST_MAX}.", feld="frist_tage")
    rows = Anmelderegel.objects.select_for_update()
    regel = rows.filter(tenant=tenant, rolle=rolle).first() or Anmelderegel(tenant=tenant, rolle=rolle, gilt_ab=today())
    gelesen.check(
        jetzt={"verfahren": regel.verfahren, "frist_tage": regel.frist_tage},
        neu={"verfahren": verfahren, "frist_tage": frist_tage},
    )
    if (
        verfahren == Verfahren.FREIWILLIG
        and regel.verfahren != Verfahren.FREIWILLIG
        and not may_lower_anmelderegeln(akteur)
    ):
        raise Verweigert("Von der Pflicht zum zweiten Faktor kann nur der Betrieb befreien.")
    if verfahren == Verfahren.PFLICHT and regel.verfahren != Verfahren.PFLICHT:
        regel.gilt_ab = today()
    regel.verfahren, regel.frist_tage = verfahren, frist_tage
    try:
        with transaction.atomic():
            regel.save()
    except IntegrityError:
        if not regel._state.adding:
            raise
        # Two first ones at the same moment: the other one's is there now, and this page has not shown it.
        return update_anmelderegel(
            akteur=akteur, tenant=tenant, rolle=rolle, verfahren=verfahren, frist_tage=frist_tage, gelesen=gelesen
        )
    return regel
