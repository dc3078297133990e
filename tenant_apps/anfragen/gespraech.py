"""An enquiry at a house as a matter of a talk (ADR 0101): the office answers what the house asks, and both go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.liste import related
from tenant_apps.anfragen.models import Hausanfrage
from tenant_apps.anfragen.policies import may_see_hausanfrage, visible_hausanfragen
from tenant_apps.anfragen.states import HAUSANFRAGE_OFFEN, HausanfrageZustand
from tenant_apps.cases.models import Hilfefall
from tenant_apps.gespraeche.hooks import Bezug
from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht
from tenant_apps.placements.anzeige import kennt_namen


def find_bezug_of(akteur: Akteur, hausanfrage_id: UUID) -> Bezug | None:
    """The enquiry at a house with this id, if she may write about it: the office, and the house once the office has
    written to it. What has become a reservation is the reservation's."""
    if not may_see_hausanfrage(akteur):
        return None
    haus = _rows(akteur).filter(pk=hausanfrage_id).first()
    if haus is None:
        return None
    return _to_bezug(haus, haus.anfrage.hilfefall) if akteur.ist_amt else _bezug_of_house(haus)


def list_bezuege_of(akteur: Akteur, gespraech: Gespraech) -> Sequence[Bezug]:
    """The enquiries that are talked about there, the newest first."""
    if not may_see_hausanfrage(akteur):
        return []
    genannt = Gespraechsnachricht.objects.filter(gespraech=gespraech).order_by().values("bezug_id")
    rows = _rows(akteur).filter(pk__in=genannt, einrichtung_id=gespraech.einrichtung_id).order_by("-created_at", "-pk")
    if akteur.ist_amt:
        return [_to_bezug(haus, haus.anfrage.hilfefall) for haus in rows]
    return [_to_bezug(haus, _case_for_house(haus, gespraech.hilfefall_id)) for haus in rows]


def find_gespraeche(haeuser: Iterable[Hausanfrage]) -> dict[UUID, UUID]:
    """Of these houses those about whose enquiry something is written: their key, and that of the talk. One query."""
    rows = Gespraechsnachricht.objects.filter(bezug_id__in=[haus.pk for haus in haeuser]).order_by()
    return dict(rows.values_list("bezug_id", "gespraech_id"))


def _rows(akteur: Akteur) -> QuerySet[Hausanfrage]:
    mit = ["anfrage__fachkraft", "angebot__hilfeart", "einrichtung", "anbieter"]
    if akteur.ist_amt:
        mit += ["anfrage__hilfefall__fachkraft", "anfrage__hilfefall__klient"]
    return related(*mit)(visible_hausanfragen(akteur).exclude(zustand=HausanfrageZustand.ANGENOMMEN))


def _bezug_of_house(haus: Hausanfrage) -> Bezug | None:
    gespraech = Gespraech.objects.filter(nachrichten__bezug_id=haus.pk).first()
    return None if gespraech is None else _to_bezug(haus, _case_for_house(haus, gespraech.hilfefall_id))


def _case_for_house(haus: Hausanfrage, hilfefall_id: UUID) -> Hilfefall:
    """A house that is only asked has no row of the case: its key, whom it is about, who asks."""
    return Hilfefall(pk=hilfefall_id, klient_id=haus.anfrage.klient_id, fachkraft=haus.anfrage.fachkraft)


def _to_bezug(haus: Hausanfrage, hilfefall: Hilfefall) -> Bezug:
    zustand, ist_amt = HausanfrageZustand(haus.zustand), not hilfefall._state.adding
    return Bezug(
        id=haus.pk,
        wort="Anfrage",
        stand=zustand.label,
        route="anfragen:detail" if ist_amt else "anfragen:answer",
        objekt_id=haus.anfrage_id if ist_amt else haus.pk,
        hilfefall=hilfefall,
        angebot=haus.angebot,
        einrichtung=haus.einrichtung,
        anbieter=haus.anbieter,
        beginn=haus.anfrage.beginn,
        ist_offen=zustand in HAUSANFRAGE_OFFEN,
        ist_gebucht=kennt_namen(hilfefall.pk, haus.einrichtung_id),
        frage=haus.antwort_text if zustand == HausanfrageZustand.RUECKFRAGE else "",
        mit_person=ist_amt,
    )
