"""The list of searches that were kept: newest first."""

from __future__ import annotations

from shared_apps.core.liste import Liste, ordnung

SUCHEN = Liste(
    "api:suchen",
    {"neueste": ordnung("created_at", index="suche_created")},
    "-neueste",
    zeigt=lambda suchen: suchen.select_related("hilfeart"),
)
