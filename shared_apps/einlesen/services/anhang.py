"""What of others hangs on rows that a list has made: such a row is not taken back with it, and this is what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Q

from shared_apps.accounts.models import Membership
from shared_apps.einlesen.enums import Gegenstand
from shared_apps.einlesen.models import Einleseposten
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Kontakt,
    Platz,
)
from shared_apps.providers.rules import nie_gewesen
from shared_apps.providers.selectors.kontakte import find_gelistete, is_nur_nummer
from shared_apps.providers.services.bestand import get_belegungen

#: Rows of a list, by what they are: those that were made, and those that were there.
Posten = Mapping[Gegenstand, Sequence[Einleseposten]]
_A, _E, _G, _R = Gegenstand.ANBIETER, Gegenstand.EINRICHTUNG, Gegenstand.ANGEBOT, Gegenstand.ENTGELT
_L = Gegenstand.ERLAUBNIS
MODELLE: Mapping[Gegenstand, Any] = {
    _A: Anbieter, _E: Einrichtung, _L: Betriebserlaubnis, _G: Angebot,
}  # fmt: skip

LEUTE = "eigene Leute des Anbieters"
WAR_BELEGT = "dort war jemand untergebracht, oder ein Platz ist reserviert"
VOM_HAUS = "Sperren oder Aufnahmestopps des Hauses"
PLATZNAMEN = "Platznamen"


def find_anhang(art: Gegenstand, ids: Mapping[UUID, Any], posten: Posten) -> dict[UUID, set[str]]:
    """What of others points to these rows: in every shared table there is, also in those that come later."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for model, name in _references(MODELLE[art]):
        if model is Platz or model is Angebot.spezialisierungen.through:
            continue  # compared with what the list has left
        rows = _of_others(model, model._base_manager.filter(**{f"{name}__in": list(ids)}), posten)
        for pk in rows.values_list(name, flat=True).distinct():
            found[pk].add(str(model._meta.verbose_name))
    if art == _G:
        for pk, belegung in get_belegungen(ids).items():
            found[pk] |= {WAR_BELEGT} if belegung.plaetze else set()
            found[pk] |= {VOM_HAUS} if belegung.vom_haus else set()
        _leaning_on_plaetze(ids, found)
    if art == _L:
        _leaning_on_erlaubnis(ids, found, posten)
    spalte = {_A: "anbieter_id", _E: "einrichtung_id"}.get(art)
    if spalte:
        for pk in Membership.objects.filter(**{f"{spalte}__in": list(ids)}).values_list(spalte, flat=True):
            found[pk].add(LEUTE)
    return found


def _of_others(model: Any, rows: Any, posten: Posten) -> Any:
    """Without what never was, and what the list itself has made."""
    nie = nie_gewesen()[0]
    if model is Angebot:
        return rows.exclude(gueltig__startswith=nie)
    if model is Betriebserlaubnis:
        return rows.filter(Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=nie))
    if model is Einrichtung:
        return rows.exclude(gueltig_bis=nie)
    if model is Kontakt:  # its number is compared with what the list has left
        gelistete = find_gelistete(rows).values()
        return rows.exclude(pk__in=[kontakt.pk for kontakt in gelistete if is_nur_nummer(kontakt)])
    return rows.exclude(pk__in=_own_saetze(posten)[model]) if model in {Entgelt, Entgeltvorschlag} else rows


def _leaning_on_plaetze(ids: Mapping[UUID, Any], found: dict[UUID, set[str]]) -> None:
    """What points to their places; who holds and blocks them only the database sees (`get_belegungen`)."""
    plaetze = Platz.objects.filter(angebot__in=ids)
    for pk in plaetze.exclude(name="").values_list("angebot_id", flat=True).distinct():
        found[pk].add(PLATZNAMEN)
    for model, name in _references(Platz):
        if model._meta.app_label == "occupancy":
            continue
        stelle = name.removesuffix("_id")
        rows = model._base_manager.filter(**{f"{stelle}__angebot__in": list(ids)})
        for pk in rows.values_list(f"{stelle}__angebot", flat=True).distinct():
            found[pk].add(str(model._meta.verbose_name))


def _leaning_on_erlaubnis(ids: Mapping[UUID, Any], found: dict[UUID, set[str]], posten: Posten) -> None:
    """Offers of this list that stay, and children who live there: both need it."""
    bleiben = {p.objekt_id for p in posten[_G] if p.ist_neu and p.grund}
    dort = Angebot.objects.filter(einrichtung__in=[row.einrichtung_id for row in ids.values()])
    angebote = dort.filter(hilfeart__erlaubnispflichtig=True).exclude(gueltig__startswith=nie_gewesen()[0])
    je_haus: dict[UUID, set[UUID]] = defaultdict(set)
    for angebot_id, haus_id in angebote.values_list("pk", "einrichtung_id"):
        je_haus[haus_id].add(angebot_id)
    tage: dict[date, set[UUID]] = defaultdict(set)
    for row in ids.values():
        tage[row.beginn] |= je_haus[row.einrichtung_id]
    je_tag = {tag: get_belegungen(gemeint, tag) for tag, gemeint in tage.items() if gemeint}
    for pk, row in ids.items():
        hier, held = je_haus[row.einrichtung_id], je_tag.get(row.beginn, {})
        if hier & bleiben:
            found[pk].add("Angebote dieser Liste, die bleiben")
        if belegt := sum(held[angebot_id].plaetze for angebot_id in hier if angebot_id in held):
            found[pk].add(f"{belegt} belegte Plätze")


def _own_saetze(posten: Posten) -> dict[Any, list[UUID]]:
    ids = [satz.objekt_id for satz in posten[_R]]
    vorschlaege = Entgelt.alle.filter(pk__in=ids, vorschlag__isnull=False).values_list("vorschlag_id", flat=True)
    return {Entgelt: ids, Entgeltvorschlag: [*ids, *vorschlaege]}


def _references(model: Any) -> Iterable[tuple[Any, str]]:
    """Shared tables that refer to a row of this one; not those that are computed from others."""
    for other in apps.get_models(include_auto_created=True):
        ist_eigen = other._meta.managed and not getattr(other, "is_derived", False)
        if other._meta.app_config.name in settings.SHARED_APPS and ist_eigen:
            for field in other._meta.concrete_fields:
                if field.is_relation and field.related_model is model:
                    yield other, field.attname
