"""Who proposes, decides and reads rates (§§ 77, 78b, 78e SGB VIII)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import IM_DIENST, Rolle
from shared_apps.accounts.postfach import list_konten
from shared_apps.catalogue.models import Entgeltrecht
from shared_apps.providers.models import Angebot, Entgelt, Entgeltvorschlag, OffenerVorschlag
from shared_apps.providers.policies.aemter import angebote_im_bezirk, own_jugendaemter, without_own
from shared_apps.providers.policies.register import own_angebote, own_einrichtungen, sees_secrets
from shared_apps.providers.states import VorschlagZustand

#: Who agrees on rates in an office; trigger `providers_vorschlag_pruefen` has the same.
ENTGELT_ROLLEN = (Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG)


def may_propose_entgelt(akteur: Akteur) -> bool:
    """Who proposes a rate: who speaks for the whole provider, or who agrees on rates in the office."""
    return akteur.hat(Rolle.ANBIETER) or may_decide_entgelt(akteur)


def may_decide_entgelt(akteur: Akteur) -> bool:
    """Who confirms a rate, at the office of the facility's place (§ 78e Abs. 1 SGB VIII): controlling, its head."""
    return akteur.hat(*ENTGELT_ROLLEN)


def visible_entgelte(akteur: Akteur) -> QuerySet[Entgelt]:
    """Agreed rates are business secrets (§ 67 Abs. 2 SGB X): a competitor sees offer and vacancy, never the rate.

    What is agreed with one office alone is read there and by the provider: no other office, not the state (ADR 0073).
    The database holds them all to the same (`Entgelt.rights`).
    """
    if akteur.hat(*IM_DIENST):
        return Entgelt.je_amt.filter(_fuer_amt(akteur))
    if sees_secrets(akteur):
        return Entgelt.objects.all()
    return Entgelt.je_amt.filter(angebot__einrichtung__in=own_einrichtungen(akteur))


def _fuer_amt(akteur: Akteur) -> Q:
    """What holds for all offices, or for hers alone."""
    return Q(jugendamt=None) | Q(jugendamt__in=own_jugendaemter(akteur))


def may_read_entgelte(akteur: Akteur) -> bool:
    """Who reads how rates have developed: offices, the state, people of providers for their own."""
    return sees_secrets(akteur) or akteur.ist_anbieter


def priced_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers whose rates the person reads (`sees_entgelt`)."""
    return Angebot.objects.all() if sees_secrets(akteur) else own_angebote(akteur)


def rated_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers whose rates the person may propose: her provider's; those of facilities in the district of her office, and
    all of which it may have a rate for itself (§ 77 SGB VIII)."""
    if not may_decide_entgelt(akteur):
        return own_angebote(akteur)
    im_bezirk = angebote_im_bezirk(akteur, ENTGELT_ROLLEN)
    return Angebot.objects.filter(Q(pk__in=im_bezirk) | Q(hilfeart__entgeltrecht=Entgeltrecht.P77))


def may_rate_for_all(akteur: Akteur, angebot: Angebot) -> bool:
    """Whether her proposal may be one for all offices: the provider's, and that of the office at the place."""
    if not may_decide_entgelt(akteur):
        return own_angebote(akteur).filter(pk=angebot.pk).exists()
    return angebote_im_bezirk(akteur, ENTGELT_ROLLEN).filter(pk=angebot.pk).exists()


def visible_vorschlaege(akteur: Akteur) -> QuerySet[Entgeltvorschlag]:
    """Proposed rates: business secrets of the provider and of the office that agrees on them, which is the one at the
    place of the facility, or the one for which alone the rate would hold."""
    if not may_decide_entgelt(akteur):
        return Entgeltvorschlag.objects.filter(angebot__in=own_angebote(akteur))
    return Entgeltvorschlag.objects.filter(
        Q(jugendamt=None, angebot__in=angebote_im_bezirk(akteur, ENTGELT_ROLLEN))
        | Q(jugendamt__in=own_jugendaemter(akteur, ENTGELT_ROLLEN))
    )


def decidable_vorschlaege(akteur: Akteur) -> QuerySet[Entgeltvorschlag]:
    """Those that wait for her: of her office, by nobody with her mailbox, about no provider of hers. As her start page
    counts them."""
    if not may_decide_entgelt(akteur):
        return Entgeltvorschlag.objects.none()
    rows = visible_vorschlaege(akteur).filter(zustand=VorschlagZustand.VORGESCHLAGEN)
    rows = rows.exclude(vorgeschlagen_von__in=list_konten(akteur.user_id))
    return without_own(rows, akteur, "angebot__einrichtung__anbieter_id")


def count_offene_vorschlaege(akteur: Akteur) -> int:
    """How many `decidable_vorschlaege` there are, asked from the office's own pages, which read no proposals."""
    if akteur.tenant_id is None or not may_decide_entgelt(akteur):
        return 0
    return OffenerVorschlag.objects.exclude(autor_id=akteur.user_id).count()
