"""Everything about one offer that the reservation screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.core.zeitraum import monatserster
from shared_apps.occupancy.selectors import Vakanz, list_vakanzen
from shared_apps.occupancy.selectors.frei import OHNE, Frei, list_frei
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.providers.models import (
    DOKUMENTE,
    Angebot,
    EinrichtungDokument,
    Foto,
)
from shared_apps.providers.querysets import shown_fotos
from shared_apps.providers.rules import Nichtaufnahme
from shared_apps.providers.selectors.kontakte import Kontaktliste, list_kontakte
from shared_apps.providers.selectors.merkmale import add_merkmale
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.cases.models import Klient
from tenant_apps.placements import rules
from tenant_apps.placements.hooks import get_restbudget
from tenant_apps.placements.search.selectors.kosten import compute_taschengeld
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.passung import Gewichtung, build_benannt, get_gewichtung
from tenant_apps.placements.search.selectors.preise import Preis, get_preis
from tenant_apps.placements.search.selectors.search import build_angebot, get_entfernung


@dataclass(frozen=True, slots=True)
class DokumentLink:
    """A dated document: `art` and `id` lead to the download when a file is there."""

    titel: str
    art: str
    dokument: EinrichtungDokument | None


@dataclass(frozen=True, slots=True)
class AngebotDetail:
    """One offer with price, costs, fit, documents and pictures, as of now."""

    angebot: Angebot
    vakanz: Vakanz
    #: From when it is free, where it is not free in the whole period.
    frei: Frei | None
    nichtaufnahme: Nichtaufnahme | None
    preis: Preis | None
    taschengeld: Decimal
    taschengeld_hinweis: str
    restbudget: Decimal | None
    entfernung_km: Decimal | None
    beurteilt: rules.PassungAngebot
    passung: rules.Passung
    dokumente: tuple[DokumentLink, ...]
    fotos: tuple[Foto, ...]
    kontakte: Kontaktliste

    @property
    def soll_kosten(self) -> Decimal | None:
        """Soll-Entgelt plus pocket money."""
        return rules.soll_kosten(self.preis.soll, self.taschengeld) if self.preis else None


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
    taschengeld, hinweis = compute_taschengeld(
        kriterien=kriterien, land=region.land, geburtsdatum=klient.geburtsdatum if klient else None
    )
    entfernung = get_entfernung(kriterien, region, angebot.einrichtung)
    add_merkmale([angebot])
    preis = get_preis(kriterien, angebot.pk)
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
        taschengeld=taschengeld,
        taschengeld_hinweis=hinweis,
        restbudget=get_restbudget(hilfeart_id=kriterien.hilfeart.pk, monat=monatserster(kriterien.beginn)),
        entfernung_km=entfernung,
        beurteilt=beurteilt,
        passung=rules.passung(build_benannt(kriterien), beurteilt, gewichtung.gewichte),
        dokumente=_dokumente(angebot.einrichtung_id),
        fotos=tuple(Foto.objects.filter(shown_fotos(), einrichtung=angebot.einrichtung_id)[:12]),
        kontakte=list_kontakte(angebot.einrichtung),
    )


def _dokumente(einrichtung_id: UUID) -> tuple[DokumentLink, ...]:
    return tuple(
        DokumentLink(
            str(model._meta.verbose_name), art, model._default_manager.filter(einrichtung=einrichtung_id).first()
        )
        for art, model in DOKUMENTE.items()
    )
