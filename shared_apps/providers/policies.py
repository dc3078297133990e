"""Who reads the register, who keeps it, who opens which document."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    EinrichtungDokument,
    Leistungsbeschreibung,
    LeqVereinbarung,
)

#: Kinds of documents as they stand in an address.
DOKUMENTE: dict[str, type[EinrichtungDokument]] = {
    "betriebserlaubnis": Betriebserlaubnis,
    "leistungsbeschreibung": Leistungsbeschreibung,
    "leq-vereinbarung": LeqVereinbarung,
}


def may_read_register(akteur: Akteur) -> bool:
    """Everybody who is signed in: the register holds no person."""
    return True


def may_keep_own(akteur: Akteur) -> bool:
    """People of a provider see their own facilities."""
    return akteur.ist_anbieter


def may_write_own(akteur: Akteur) -> bool:
    """Who keeps master data and vacancies; billing staff does not."""
    return akteur.hat(Rolle.ANBIETER, Rolle.EINRICHTUNG)


def may_read_dokument(akteur: Akteur, dokument: EinrichtungDokument) -> bool:
    """A LEQ agreement holds the provider's calculation (§ 67 Abs. 2 SGB X): offices, state and its own people only."""
    if (
        not isinstance(dokument, LeqVereinbarung)
        or akteur.ist_amt
        or akteur.hat(Rolle.LANDESJUGENDAMT, Rolle.MINISTERIUM)
    ):
        return True
    return dokument.einrichtung.anbieter_id in akteur.anbieter_ids


def own_anbieter(akteur: Akteur) -> QuerySet[Anbieter]:
    """Providers the person works for."""
    return Anbieter.objects.filter(pk__in=akteur.anbieter_ids)


def own_einrichtungen(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities of the person's providers."""
    return Einrichtung.objects.filter(anbieter_id__in=akteur.anbieter_ids)


def own_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers of the person's providers."""
    return Angebot.objects.filter(einrichtung__anbieter_id__in=akteur.anbieter_ids)
