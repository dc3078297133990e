"""Who reads what has become of the register."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.providers.models import Anbieter, Einrichtung, Registeraenderung
from shared_apps.providers.policies.entgelte import ENTGELT_ROLLEN
from shared_apps.providers.policies.register import own_anbieter, own_einrichtungen
from shared_apps.providers.querysets import has_been
from tenants.models import Tenant


def may_view_verlauf(akteur: Akteur) -> bool:
    """Who reads what was changed: a provider's people, and who agrees on rates in the office at the place."""
    return akteur.ist_anbieter or akteur.hat(*ENTGELT_ROLLEN)


def _am_ort(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities in the district of the office whose host was called; of a provider's people there none."""
    if not akteur.ist_amt:
        return Einrichtung.objects.none()
    kuerzel = Tenant.objects.filter(pk=akteur.tenant_id).values("kuerzel")
    return Einrichtung.objects.filter(has_been(), gebietskoerperschaft__kuerzel__in=kuerzel)


def einrichtungen_with_verlauf(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities whose history the person reads: her own at the portal, those in the district at the office's host."""
    return own_einrichtungen(akteur) if akteur.tenant_id is None else _am_ort(akteur)


def anbieter_with_verlauf(akteur: Akteur) -> QuerySet[Anbieter]:
    """The same of providers; an office reads of one that has a facility in its district."""
    if akteur.tenant_id is None:
        return own_anbieter(akteur)
    return Anbieter.objects.filter(pk__in=_am_ort(akteur).values("anbieter_id"))


def visible_verlauf(akteur: Akteur) -> QuerySet[Registeraenderung]:
    """Changes the person may read; the database holds every role to the same (`Registeraenderung.rights`)."""
    rows = Registeraenderung.objects.all()
    if akteur.tenant_id is None:
        rows = rows.filter(anbieter_id__in=akteur.anbieter_ids)
        return rows.filter(einrichtung_id__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else rows
    hier = _am_ort(akteur)
    am_ort = Q(einrichtung_id__in=hier.values("pk"))
    des_anbieters = Q(einrichtung_id__isnull=True, anbieter_id__in=hier.values("anbieter_id"))
    return rows.filter(am_ort | des_anbieters, fuer_amt=True)
