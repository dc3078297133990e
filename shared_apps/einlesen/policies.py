"""Who reads lists into the register: who agrees on rates in an office, for its own district; the operator, for all."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.postfach import ist_dieselbe, list_konten
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.zustand import Schritte
from shared_apps.einlesen.enums import Wartend
from shared_apps.einlesen.models import Einlesung, OffeneEinlesung
from shared_apps.einlesen.selectors import LAEUFT, count_stehende_of, list_stehende
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion, EinlesungZustand
from shared_apps.providers.policies import ENTGELT_ROLLEN, SIGNIERT
from tenants.models import Tenant


def may_einlesen(akteur: Akteur) -> bool:
    """Prepares, releases, takes back: of an office controlling and its head, whose rates become valid; the operator."""
    return akteur.hat(*ENTGELT_ROLLEN, Rolle.BETRIEB)


#: Whether it is her list, or a colleague's, is asked beside: preparing and releasing are two people's.
SCHRITTE_EINLESUNG: Schritte[EinlesungZustand, EinlesungAktion] = Schritte(
    EINLESUNG,
    {
        EinlesungAktion.VORLEGEN: may_einlesen,
        EinlesungAktion.FREIGEBEN: may_einlesen,
        EinlesungAktion.ZURUECKGEBEN: may_einlesen,
        EinlesungAktion.VERWERFEN: may_einlesen,
        EinlesungAktion.ZURUECKNEHMEN: may_einlesen,
        EinlesungAktion.ABBRECHEN: may_einlesen,
    },
)


def visible_einlesungen(akteur: Akteur) -> QuerySet[Einlesung]:
    """Lists of the person's own office; the operator's to the operator."""
    if not may_einlesen(akteur):
        return Einlesung.objects.none()
    sees = Q(tenant__in=own_tenants(akteur))
    if _is_betrieb(akteur):
        sees |= Q(tenant__isnull=True)
    return Einlesung.objects.filter(sees)


def count_stehende(akteur: Akteur) -> int:
    """How many lists of her office nobody works on any more, asked from the office's own pages, which read no lists."""
    if akteur.tenant_id is None or not akteur.hat(*ENTGELT_ROLLEN):
        return 0
    return count_stehende_of(akteur.tenant_id)


def own_tenants(akteur: Akteur) -> QuerySet[Tenant]:
    """Offices for which the person reads lists: at an office's host that one."""
    ids = list_valid_memberships(user_id=akteur.user_id).filter(rolle__in=ENTGELT_ROLLEN)
    rows = Tenant.objects.filter(pk__in=ids.values("tenant_id"))
    return rows.filter(pk=akteur.tenant_id) if akteur.tenant_id is not None else rows


def einlesung_for(akteur: Akteur) -> tuple[bool, Tenant | None]:
    """(whether she may begin one here, for which office): on the portal the operator's own, or her only office's."""
    if _is_betrieb(akteur):
        return True, None
    own = list(own_tenants(akteur))
    return (True, own[0]) if len(own) == 1 else (False, None)


def has_prepared(user_id: UUID, einlesung: Einlesung) -> bool:
    """Whether it is the list of this person, under whichever account, who never releases it."""
    return ist_dieselbe(einlesung.eingereicht_von_id, user_id)


def may_release_anbieter(akteur: Akteur, einlesung: Einlesung) -> bool:
    """Whether her signature lets a new provider in: the head of that office (`providers.policies.SIGNIERT`; its
    administration reads no lists). The operator's lists have two operators."""
    if einlesung.tenant_id is None:
        return _is_betrieb(akteur)
    rows = list_valid_memberships(user_id=akteur.user_id).filter(tenant_id=einlesung.tenant_id)
    return rows.filter(rolle__in=set(SIGNIERT) & set(ENTGELT_ROLLEN)).exists()


def may_release_all(akteur: Akteur) -> bool:
    """Whether her signature releases every list of this place, those that make a provider, too."""
    return akteur.hat(*(set(SIGNIERT) & set(ENTGELT_ROLLEN))) or _is_betrieb(akteur)


def waits_for(akteur: Akteur, einlesung: Einlesung) -> bool:
    """Whether this list of hers to see waits for her signature, as `count_wartende` counts it."""
    vorgelegt = einlesung.zustand == EinlesungZustand.VORGELEGT and not has_prepared(akteur.user_id, einlesung)
    return vorgelegt and (not einlesung.legt_anbieter_an or may_release_all(akteur))


def count_wartende(akteur: Akteur) -> dict[Wartend, int]:
    """Which lists her start page counts; one query. An office's own pages ask the view, they read no lists."""
    if not may_einlesen(akteur):
        return dict.fromkeys(Wartend, 0)
    rows: QuerySet[OffeneEinlesung] | QuerySet[Einlesung]
    rows = OffeneEinlesung.objects.all() if akteur.tenant_id is not None else _offene(akteur)
    welche = _wartende(akteur)
    zahlen = rows.aggregate(**{wartend.name: Count("pk", filter=q) for wartend, q in welche.items()})
    return {wartend: zahlen[wartend.name] for wartend in welche}


def waiting_einlesungen(akteur: Akteur, wartend: Wartend) -> QuerySet[Einlesung]:
    """The lists behind one number of her start page."""
    if wartend is Wartend.STEHT:
        rows = visible_einlesungen(akteur)
        return rows.filter(pk__in=list_stehende(rows.filter(zustand__in=LAEUFT)))
    return _offene(akteur).filter(_wartende(akteur)[wartend])


def _wartende(akteur: Akteur) -> dict[Wartend, Q]:
    vorgelegt, meine = Q(zustand=EinlesungZustand.VORGELEGT), Q(vorbereitet_id=akteur.user_id)
    meins = Q() if may_release_all(akteur) else Q(legt_anbieter_an=False)
    return {
        Wartend.FREIGABE: vorgelegt & ~meine & meins,
        Wartend.ANDERE: vorgelegt & meine,
        Wartend.ZURUECK: ~vorgelegt & meine,
    }


def _offene(akteur: Akteur) -> QuerySet[Einlesung]:
    """What waits for a second person, or came back: as the view `OffeneEinlesung`, with its names."""
    zurueck = Q(zustand=EinlesungZustand.ENTWURF) & ~Q(grund="")
    offen = visible_einlesungen(akteur).filter(Q(zustand=EinlesungZustand.VORGELEGT) | zurueck)
    hers = When(eingereicht_von__in=list_konten(akteur.user_id), then=Value(akteur.user_id))
    return offen.annotate(vorbereitet_id=Case(hers, default=F("eingereicht_von_id")))


def _is_betrieb(akteur: Akteur) -> bool:
    return akteur.tenant_id is None and akteur.hat(Rolle.BETRIEB)
