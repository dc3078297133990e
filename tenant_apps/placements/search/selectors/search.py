"""The live search over the shared register. Six queries, whatever the number of offers; no person in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet

from shared_apps.catalogue.models import Angebotsfeld, Kriterium, Merkmalart
from shared_apps.catalogue.selectors import list_felder, list_kriterien
from shared_apps.core.clock import now
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import round_stellen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.selectors import count_vakanzen
from shared_apps.providers.models import Angebot, Angebotsmerkmal, Einrichtung, Geschlecht
from shared_apps.providers.querysets import valid_throughout
from shared_apps.providers.selectors.entgelte import list_saetze
from shared_apps.providers.selectors.erlaubnis import offered_on
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.lage import get_ort
from tenant_apps.placements.search.selectors.preise import Preis, compute_preis
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenants.context import require_schema


@dataclass(frozen=True, slots=True)
class Treffer:
    """One offer of a result. `rang`, `differenz` and the third exist only among the available ones."""

    angebot: Angebot
    vakanzen: int
    preis: Preis | None
    entfernung_km: Decimal | None
    passung: rules.Passung
    rang: int | None = None
    differenz: Decimal | None = None
    im_drittel: bool = False

    @property
    def verfuegbar(self) -> bool:
        """Free in the whole period and with an agreed rate."""
        return self.vakanzen > 0 and self.preis is not None

    @property
    def hinweis(self) -> str:
        """The screen's note: for whom the offer is, and what the provider wrote."""
        teile = [Geschlecht(self.angebot.geschlecht).label if self.angebot.geschlecht else "", self.angebot.hinweis]
        return " · ".join(dict.fromkeys(filter(None, teile)))


@dataclass(frozen=True, slots=True)
class Ergebnis:
    """All matching offers: available ones by cost first, then the rest by cost."""

    kriterien: Kriterien
    treffer: tuple[Treffer, ...]
    gesamt: int
    verfuegbar: int


def get_region(kuerzel: str) -> Gebietskoerperschaft:
    """The district with this Kürzel. `RegelVerletzt` (field region) when there is none."""
    region = Gebietskoerperschaft.objects.filter(kuerzel=kuerzel).first()
    if region is None:
        raise RegelVerletzt(f"Die Region „{kuerzel}“ gibt es nicht.", feld="region")
    return region


def search_angebote(kriterien: Kriterien) -> Ergebnis:
    """All offers that match, with vacancies in the whole period, price, rank, distance and fit.

    Raises `RegelVerletzt` with the field for criteria that cannot be searched.
    """
    kriterien.check()
    region = get_region(kriterien.region)
    angebote = list(_matching(kriterien, region).prefetch_related("spezialisierungen"))
    ids = [angebot.pk for angebot in angebote]
    vakanzen = count_vakanzen(ids, kriterien.zeitraum)
    saetze = list_saetze(ids, einheit=kriterien.hilfeart.einheit, schema=require_schema())
    treffer = [
        _treffer(kriterien, region, angebot, vakanzen[angebot.pk], saetze.get(angebot.pk, [])) for angebot in angebote
    ]
    frei = _ranked([t for t in treffer if t.verfuegbar])
    rest = sorted((t for t in treffer if not t.verfuegbar), key=_by_cost)
    return Ergebnis(kriterien, (*frei, *rest), len(treffer), len(frei))


def is_noch_passend(kriterien: Kriterien, angebot_id: UUID) -> bool:
    """Whether the search would find this offer today: it may have ended or changed since it was shown."""
    return _matching(kriterien, get_region(kriterien.region)).filter(pk=angebot_id).exists()


def _matching(kriterien: Kriterien, region: Gebietskoerperschaft) -> QuerySet[Angebot]:
    zeitraum = kriterien.zeitraum
    angebote = Angebot.objects.filter(
        hilfeart=kriterien.hilfeart,
        gueltig__contains=DateRange(zeitraum.beginn, zeitraum.ende),
        einrichtung__in=Einrichtung.objects.filter(_in_region(kriterien, region), valid_throughout(zeitraum)),
    ).filter(valid_throughout(zeitraum, prefix="einrichtung__anbieter__"))
    if kriterien.hilfeart.erlaubnispflichtig:
        angebote = angebote.filter(offered_on(zeitraum.beginn))
    erklaert = list_kriterien(modul_id=kriterien.hilfeart.modul_id)
    angebote = angebote.filter(*_by_merkmale(kriterien, erklaert))
    hat = list_felder(k for k in erklaert if k.filtert)
    if Angebotsfeld.SPEZIALISIERUNGEN in hat:
        for code in kriterien.spezialisierungen:
            angebote = angebote.filter(spezialisierungen__code=code)
    if kriterien.geschlecht and Angebotsfeld.GESCHLECHT in hat:
        angebote = angebote.filter(geschlecht__in=[Geschlecht.ALLE.value, kriterien.geschlecht])
    if kriterien.alter is not None and Angebotsfeld.ALTER in hat:
        angebote = angebote.filter(alter_von__lte=kriterien.alter, alter_bis__gte=kriterien.alter)
    return angebote.select_related("einrichtung__anbieter", "einrichtung__gebietskoerperschaft").order_by("pk")


def _by_merkmale(kriterien: Kriterien, erklaert: Sequence[Kriterium]) -> list[Any]:
    """What `catalogue.rules.passt` says, in SQL. `RegelVerletzt` for a criterion that the module does not have."""
    nach_code = {k.code: k for k in erklaert if not k.feld and k.filtert}
    if fremd := set(kriterien.merkmale) - set(nach_code):
        raise RegelVerletzt(f"Dieses Kriterium gibt es bei der gewählten Hilfeart nicht: {', '.join(sorted(fremd))}.")
    bedingungen: list[Any] = []
    for code, wert in kriterien.merkmale.items():
        gesagt = Angebotsmerkmal.objects.filter(angebot=OuterRef("pk"), kriterium=nach_code[code])
        if nach_code[code].art == Merkmalart.MENGE:
            bedingungen.append(Exists(gesagt.filter(werte__contains=list(wert))))
        elif nach_code[code].art == Merkmalart.SPANNE:
            bedingungen.append(~Exists(gesagt.exclude(von=None).exclude(von__lte=wert, bis__gte=wert)))
        else:
            bedingungen.append(~Exists(gesagt.exclude(werte=[]).exclude(werte__contains=[wert])))
    return bedingungen


def _in_region(kriterien: Kriterien, region: Gebietskoerperschaft) -> Q:
    if kriterien.reichweite == Reichweite.LAND:
        return Q(gebietskoerperschaft__land=region.land)
    if kriterien.reichweite == Reichweite.NACHBARN:
        nachbarn = Gebietskoerperschaft.objects.filter(nachbarn=region.pk)
        return Q(gebietskoerperschaft=region) | Q(gebietskoerperschaft__in=nachbarn)
    return Q(gebietskoerperschaft=region)


def _treffer(
    kriterien: Kriterien,
    region: Gebietskoerperschaft,
    angebot: Angebot,
    vakanzen: int,
    saetze: list[tuple[Zeitraum, Decimal]],
) -> Treffer:
    entfernung = get_entfernung(region, angebot.einrichtung)
    return Treffer(
        angebot,
        vakanzen,
        compute_preis(kriterien, saetze),
        entfernung,
        compute_passung(kriterien, angebot, entfernung),
    )


def get_entfernung(region: Gebietskoerperschaft, einrichtung: Einrichtung) -> Decimal | None:
    """Kilometres in a straight line from the district's seat, None without coordinates."""
    von, nach = get_ort(region), get_ort(einrichtung)
    return None if von is None or nach is None else rules.entfernung_km(von, nach)


def compute_passung(kriterien: Kriterien, angebot: Angebot, entfernung: Decimal | None) -> rules.Passung:
    """Fit of an offer, explained sentence by sentence."""
    return rules.passung(
        rules.PassungBedarf(frozenset(kriterien.spezialisierungen), kriterien.alter, kriterien.geschlecht or None),
        rules.PassungAngebot(
            frozenset(s.code for s in angebot.spezialisierungen.all()),
            angebot.alter_von,
            angebot.alter_bis,
            frozenset({angebot.geschlecht} if angebot.geschlecht else ()),
            entfernung,
            None if angebot.vakanz_gemeldet_at else days_since(angebot.bestaetigt_at),
        ),
    )


def days_since(moment: datetime | None) -> int | None:
    """Whole days since a moment, never negative."""
    return None if moment is None else max(0, (now() - moment).days)


def _by_cost(treffer: Treffer) -> tuple[bool, Decimal, str, str]:
    preis = treffer.preis
    name = treffer.angebot.einrichtung.name
    return preis is None, preis.exakt if preis else Decimal(0), name, str(treffer.angebot.pk)


def _ranked(frei: list[Treffer]) -> list[Treffer]:
    """Available offers by cost with rank, third and difference, all from the amounts as shown."""
    folge = sorted(frei, key=_by_cost)
    preise = [treffer.preis.soll for treffer in folge if treffer.preis]
    return [
        replace(
            treffer,
            rang=rang,
            differenz=rules.differenz(preis, preise[0]),
            im_drittel=rules.im_guenstigsten_drittel(rang, len(folge)),
        )
        for treffer, preis, rang in zip(folge, preise, rules.raenge(preise), strict=True)
    ]


def freeze(treffer: Treffer) -> Trefferzeile:
    """A hit as it is kept with the search and sealed in the Auswahlvermerk."""
    angebot, preis = treffer.angebot, treffer.preis
    einrichtung = angebot.einrichtung
    return Trefferzeile(
        rang=treffer.rang,
        angebot=angebot.pk,
        angebot_name=angebot.name,
        anbieter=einrichtung.anbieter.name,
        anbieter_id=einrichtung.anbieter_id,
        einrichtung=einrichtung.name,
        einrichtung_id=einrichtung.pk,
        ort=einrichtung.ort,
        kreis=einrichtung.gebietskoerperschaft.kuerzel,
        hinweis=treffer.hinweis,
        vakanzen=treffer.vakanzen,
        verfuegbar=treffer.verfuegbar,
        tagesentgelt=round_stellen(preis.satz, 2) if preis else None,
        entgelt_wechselt=bool(preis and len(preis.zeilen) > 1),
        soll_entgelt=round_stellen(preis.soll, 2) if preis else None,
        soll_entgelt_exakt=preis.exakt if preis else None,
        differenz=None if treffer.differenz is None else round_stellen(treffer.differenz, 2),
        bestprice=treffer.differenz == 0,
        im_guenstigsten_drittel=treffer.im_drittel,
        passung=treffer.passung.punkte,
        entfernung_km=treffer.entfernung_km,
        vakanz_stand=angebot.bestaetigt_at,
    )
