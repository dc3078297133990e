"""Who sees pictures and opens papers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import IM_DIENST
from shared_apps.core.uploads.states import LESBAR
from shared_apps.providers.models import EinrichtungDokument, Foto, LeqVereinbarung
from shared_apps.providers.policies.aemter import own_jugendaemter
from shared_apps.providers.policies.register import own_einrichtungen, sees_entgelt
from shared_apps.providers.querysets import shown_fotos


def may_read_dokument(akteur: Akteur, dokument: EinrichtungDokument) -> bool:
    """What holds the provider's calculation (§ 67 Abs. 2 SGB X): offices, state and its own people only.

    Asked of papers that she may know to be there (`visible_dokumente`). What the scanner has not let through is read by
    nobody.
    """
    return dokument.ist_freigegeben and (not dokument.ist_geheim or sees_entgelt(akteur, dokument.einrichtung))


def visible_dokumente(akteur: Akteur, art: type[EinrichtungDokument]) -> QuerySet[Any]:
    """Papers of this kind of which the person may know that they are there; the file is `may_read_dokument`'s.

    An agreement with one office alone (§ 77 SGB VIII) is known there and to the provider.
    """
    rows: QuerySet[Any] = art._default_manager.all()
    if art is not LeqVereinbarung:
        return rows
    eigene = Q(einrichtung__in=own_einrichtungen(akteur))
    if akteur.hat(*IM_DIENST):
        eigene |= Q(jugendamt__in=own_jugendaemter(akteur))
    return rows.filter(Q(jugendamt=None) | eigene).select_related("jugendamt")


def own_fotos(akteur: Akteur) -> QuerySet[Foto]:
    """Pictures of the person's facilities that were not taken away."""
    return Foto.objects.filter(einrichtung__in=own_einrichtungen(akteur), gueltig_bis=None)


def visible_fotos(akteur: Akteur) -> QuerySet[Foto]:
    """Pictures everybody sees, and her own that wait for their words. What the scanner has not let through, nobody."""
    own = Q(einrichtung__in=own_einrichtungen(akteur), gueltig_bis=None, pruefung__in=LESBAR) & ~Q(datei="")
    return Foto.objects.filter(shown_fotos() | own)


def own_dokumente(akteur: Akteur, art: type[EinrichtungDokument]) -> QuerySet[EinrichtungDokument]:
    """Papers of this kind that the person keeps: of her facilities, and none that an office has entered (`rights`)."""
    rows: QuerySet = art._default_manager.filter(einrichtung__in=own_einrichtungen(akteur))
    return rows.filter(vom_anbieter=True) if art is LeqVereinbarung else rows


def kept_dokumente(akteur: Akteur, art: type[EinrichtungDokument]) -> QuerySet[Any]:
    """Papers of this kind of her facilities, also an office's: to be read (`may_read_dokument`)."""
    return visible_dokumente(akteur, art).filter(einrichtung__in=own_einrichtungen(akteur))
