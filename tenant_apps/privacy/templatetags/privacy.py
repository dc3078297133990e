"""`{% bestritten klient %}`: the mark that stands wherever a person is shown."""

from __future__ import annotations

from django import template

from tenant_apps.cases.models import Klient
from tenant_apps.privacy.selectors import list_bestritten

register = template.Library()


@register.inclusion_tag("privacy/_bestritten.html")
def bestritten(klient: Klient | None) -> dict[str, object]:
    """Disputed fields of the person; nothing when there are none."""
    return {"vermerke": list_bestritten(klient.pk) if klient is not None else []}
