"""What the two kinds of approval share on their screens: who asked, and who decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared_apps.accounts.models import Fachkraft
from shared_apps.journal.models import Supportzugriff
from tenant_apps.audit.models import Freigabe


def with_names(rows: list[Freigabe] | list[Supportzugriff], key: str) -> list[dict[str, Any]]:
    """Each row under `key`, with the names of who asked and who decided."""
    ids = {r.beantragt_von for r in rows} | {r.entschieden_von for r in rows if r.entschieden_von}
    names: dict[UUID | None, str] = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in=ids)}
    return [{key: r, "von": names.get(r.beantragt_von, ""), "durch": names.get(r.entschieden_von, "")} for r in rows]
