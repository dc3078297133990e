"""What the last check of the seals found: a tag, for all chains or for the office it is given."""

from __future__ import annotations

from typing import Any

from django import template

from shared_apps.journal.selectors import find_pruefstand, list_pruefstaende
from tenants.models import Tenant

register = template.Library()


@register.inclusion_tag("journal/_pruefhinweis.html")
def pruefhinweis(tenant: Tenant | None = None) -> dict[str, Any]:
    """Faults and checks that did not run: of this office, or, for the operator, of all."""
    staende = [find_pruefstand(mandant=tenant.schema_name)] if tenant else list_pruefstaende()
    return {
        "maengel": [s for s in staende if s.maengel],
        "ueberfaellig": [s for s in staende if s.bericht and s.ist_ueberfaellig],
        "nie": [s for s in staende if s.bericht is None],
        "stand": staende[0] if tenant else None,
    }
