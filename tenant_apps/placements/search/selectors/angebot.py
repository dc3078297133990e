"""Everything about one offer that the reservation screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from shared_apps.occupancy.selectors import Vakanz, list_vakanzen
from shared_apps.occupancy.selectors.frei import OHNE, Frei, list_frei
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.providers.models import (
    DOKUMENTE,
    Angebot,
    Betriebserlaubnis,
    EinrichtungDokument,
    Foto,
)
from shared_apps.providers.querysets import shown_fotos
from shared_apps.providers.rules import Nichtaufnahme
from shared_apps.providers.selectors.erlaubnis import Erlaubniswort, describe_lizenz, list_erlaubnisse
from shared_apps.providers.selectors.kontakte import Kontaktliste, list_kontakte
from shared_apps.providers.selectors.merkmale import add_merkmale
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.cases.models import Klient
from tenant_apps.placements import rules
from tenant_apps.placements.search.selectors.kosten import Kosten, compute_kosten
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.passung import Gewichtung, build_benannt, get_gewichtung
from tenant_apps.placements.search.selectors.preise import get_preis
from tenant_apps.placements.search.selectors.search import build_angebot, get_entfernung


@dataclass(frozen=True, slots=True)
class DokumentLink:
    """A dated document: `art` and `id` lead to the download when a file is there."""

    titel: str
    art: str
    dokument: EinrichtungDokument | None
    #: Of the licence: that of the first day, in the words of all pages.
    erlaubnis: Erlaubniswort | None = None


@dataclass(frozen=True, slots=True)
class AngebotDetail(Kosten):
    """One offer with price, costs, fit, documents and pictures, as of now."""

    angebot: Angebot
    vakanz: Vakanz
    #: From when it is free, where it is not free in the whole period.
    frei: Frei | None
    nichtaufnahme: Nichtaufnahme | None
    entfernung_km: Decimal | None
    beurteilt: rules.PassungAngebot
    passung: rules.Passung
    dokumente: tuple[DokumentLink, ...]
    fotos: tuple[Foto, ...]
    kontakte: Kontaktliste


def list_angebote() -> QuerySet[Angebot]:
    """Offers with all that their screens name."""
    return Angebot.objects.select_related(
        "hilfeart", "einrichtung__anbieter", "einrichtung__gebietskoerperschaft"
    ).prefetch_related("spezialisierungen", "sprachen", "merkmale")


def get_detail(
    *,
    angebot: Angebot,
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    klient: Klient | None,
    gewichtung: Gewichtung | None = None,
    guenstigstes: Decimal | None = None,
) -> AngebotDetail:
    """All figures of the reservation screen for these criteria. `gewichtung`, `guenstigstes`: as its line was found
    with."""
    gewichtung = gewichtung or get_gewichtung()
    entfernung = get_entfernung(kriterien, region, angebot.einrichtung)
    add_merkmale([angebot])
    preis = get_preis(kriterien, angebot.pk)
    kosten = compute_kosten(kriterien=kriterien, preis=preis, land=region.land, klient=klient)
    beurteilt = build_angebot(
        angebot,
        entfernung,
        kriterien=kriterien,
        gewichtung=gewichtung,
        soll=preis.soll if preis else None,
        guenstigstes=guenstigstes,
    )
    vakanz = list_vakanzen([angebot.pk], kriterien.zeitraum).get(angebot.pk, Vakanz(0, 0))
    return AngebotDetail(
        angebot=angebot,
        vakanz=vakanz,
        frei=None if vakanz.frei else list_frei([angebot.pk], kriterien.zeitraum).get(angebot.pk, OHNE),
        nichtaufnahme=list_nichtaufnahmen([angebot.pk], kriterien.beginn).get(angebot.pk),
        preis=preis,
        taschengeld=kosten.taschengeld,
        taschengeld_hinweis=kosten.taschengeld_hinweis,
        restbudget=kosten.restbudget,
        ende_hinweis=kosten.ende_hinweis,
        entfernung_km=entfernung,
        beurteilt=beurteilt,
        passung=rules.passung(build_benannt(kriterien), beurteilt, gewichtung.gewichte),
        dokumente=_dokumente(angebot, kriterien.beginn),
        fotos=tuple(Foto.objects.filter(shown_fotos(), einrichtung=angebot.einrichtung_id)[:12]),
        kontakte=list_kontakte(angebot.einrichtung),
    )


def _dokumente(angebot: Angebot, tag: date) -> tuple[DokumentLink, ...]:
    """The newest of each, and the licence that holds on this day."""
    links, haus = [], angebot.einrichtung_id
    for art, model in DOKUMENTE.items():
        titel = str(model._meta.verbose_name)
        if model is Betriebserlaubnis:
            row = list_erlaubnisse([haus], tag).get(haus)
            links.append(DokumentLink(titel, art, row, describe_lizenz(row, angebot, tag)))
        else:
            links.append(DokumentLink(titel, art, model._default_manager.filter(einrichtung=haus).first()))
    return tuple(links)
