"""Who reads the register, who keeps which of its rows, who is told what competitors are not."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import IM_DIENST, Rolle
from shared_apps.providers.models import Anbieter, Angebot, Ausnahme, Betriebserlaubnis, Einrichtung, Kontakt
from shared_apps.providers.querysets import has_been

#: Whose two signatures let a new provider in: roles that nobody gives alone (ADR 0029, 0061). The same are in the row
#: rules and the trigger of the app that keeps the applications.
SIGNIERT = (Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN)


def may_admit_anbieter(akteur: Akteur) -> bool:
    """Enter, check, admit a new provider: head and administration of the office, at its host."""
    return akteur.tenant_id is not None and akteur.hat(*SIGNIERT)


def may_read_register(akteur: Akteur) -> bool:
    """Everybody who is signed in: the register holds no person."""
    return True


def may_keep_own(akteur: Akteur) -> bool:
    """People of a provider see their own facilities."""
    return akteur.ist_anbieter


def may_write_own(akteur: Akteur) -> bool:
    """Who keeps master data and vacancies; billing staff does not."""
    return akteur.hat(Rolle.ANBIETER, Rolle.EINRICHTUNG)


def may_write_anbieter(akteur: Akteur) -> bool:
    """Who keeps the contacts of the provider itself; staff of one facility does not."""
    return akteur.hat(Rolle.ANBIETER)


def may_offer_own(akteur: Akteur) -> bool:
    """Who opens a facility, an offer, places, enters a licence: who speaks for the provider, as with their end."""
    return akteur.hat(Rolle.ANBIETER)


def may_end_own(akteur: Akteur) -> bool:
    """Who ends an offer, a facility, the provider, and takes the end back: who speaks for the whole provider.

    Staff of one facility keeps its master data; whether it closes is not theirs to say.
    """
    return akteur.hat(Rolle.ANBIETER)


def sees_secrets(akteur: Akteur) -> bool:
    """Offices and the state know what was agreed with every provider; who only looks for a bed at night does not."""
    return akteur.hat(*IM_DIENST, Rolle.LANDESJUGENDAMT, Rolle.MINISTERIUM)


def may_filter_erlaubnis(akteur: Akteur) -> bool:
    """Who may list all houses whose licence runs out or is missing: offices and the state, no competitor."""
    return sees_secrets(akteur)


def sees_entgelt(akteur: Akteur, einrichtung: Einrichtung) -> bool:
    """Whether the person may know the rates agreed for this facility."""
    own = einrichtung.anbieter_id in akteur.anbieter_ids
    return sees_secrets(akteur) or (own and einrichtung.pk in (akteur.einrichtung_ids or {einrichtung.pk}))


def own_anbieter(akteur: Akteur) -> QuerySet[Anbieter]:
    """Providers the person works for. Facility staff keep their facility, not the provider."""
    if akteur.einrichtung_ids:
        return Anbieter.objects.none()
    return Anbieter.objects.filter(pk__in=akteur.anbieter_ids)


def own_einrichtungen(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities of the person's providers; for facility staff their own."""
    rows = Einrichtung.objects.filter(has_been(), anbieter_id__in=akteur.anbieter_ids)
    return rows.filter(pk__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else rows


def own_kontakte(akteur: Akteur) -> QuerySet[Kontakt]:
    """Contacts the person keeps: of her facilities and, when she speaks for it, of her provider."""
    anbieter = own_anbieter(akteur) if may_write_anbieter(akteur) else Anbieter.objects.none()
    return Kontakt.objects.filter(Q(einrichtung__in=own_einrichtungen(akteur)) | Q(anbieter__in=anbieter))


def sees_kontakte(akteur: Akteur, ort: Anbieter | Einrichtung) -> bool:
    """Who is told whom to call: offices, the state, its own people. No competitor; the database tells it nothing."""
    if isinstance(ort, Einrichtung):
        return sees_entgelt(akteur, ort)
    return sees_secrets(akteur) or ort.pk in akteur.anbieter_ids


def own_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers of the person's facilities."""
    return Angebot.objects.filter(einrichtung__in=own_einrichtungen(akteur))


def own_erlaubnisse(akteur: Akteur) -> QuerySet[Betriebserlaubnis]:
    """Licences of the person's facilities."""
    return Betriebserlaubnis.objects.filter(einrichtung__in=own_einrichtungen(akteur))


def own_ausnahmen(akteur: Akteur) -> QuerySet[Ausnahme]:
    """Exceptions of the authority for the person's facilities."""
    return Ausnahme.objects.filter(einrichtung__in=own_einrichtungen(akteur))
