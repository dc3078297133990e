"""Which offers use an entry of the catalogue; registered with `shared_apps.catalogue.hooks`."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from shared_apps.catalogue.models import Hilfeart, Modul, Spezialisierung, Sprache
from shared_apps.core.clock import today
from shared_apps.providers.models import Angebot

_WEGE: dict[type[models.Model], str] = {
    Modul: "hilfeart__modul", Hilfeart: "hilfeart", Spezialisierung: "spezialisierungen", Sprache: "sprachen",
}  # fmt: skip


def count_angebote_mit(model: type[models.Model], pk: UUID) -> int:
    """Running offers of a module or kind of help, with a speciality or language. One query."""
    return Angebot.objects.filter(gueltig__contains=today(), **{_WEGE[model]: pk}).count()
