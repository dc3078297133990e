"""What the catalogue calls the codes of a search."""

from __future__ import annotations

from collections.abc import Collection

from shared_apps.catalogue.models import Spezialisierung, Sprache


def name_codes(spezialisierungen: Collection[str], sprachen: Collection[str]) -> dict[str, str]:
    """Names by code, in the catalogue's order. A query each, none for none."""
    return name_spezialisierungen(spezialisierungen) | name_sprachen(sprachen)


def name_spezialisierungen(codes: Collection[str]) -> dict[str, str]:
    """Names of specialities, by code."""
    return dict(Spezialisierung.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def name_sprachen(codes: Collection[str]) -> dict[str, str]:
    """Names of languages, by code."""
    return dict(Sprache.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
