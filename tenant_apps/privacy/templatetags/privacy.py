"""The mark beside every disputed datum that is shown (Art. 18 DSGVO): a box on a page, a word in a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import template

from tenant_apps.cases.models import Klient
from tenant_apps.cases.selectors import list_bestrittene, name_felder

register = template.Library()
_ALLE = "privacy_bestrittene"


def _select(strittig: frozenset[str], felder: tuple[str | Iterable[str], ...]) -> list[str]:
    """Names of those disputed fields that are shown here; all of them when the template names none."""
    if felder:
        hier = {name for feld in felder for name in ([feld] if isinstance(feld, str) else feld)}
        strittig = strittig & hier
    return name_felder(strittig)


@register.inclusion_tag("privacy/_bestritten.html")
def bestritten(klient: Klient | None, *felder: str | Iterable[str]) -> dict[str, Any]:
    """Disputed fields of the person, of those that the page shows; nothing when there are none."""
    if klient is None:
        return {"namen": []}
    return {"namen": _select(list_bestrittene([klient.pk]).get(klient.pk, frozenset()), felder)}


@register.inclusion_tag("privacy/_strittig.html", takes_context=True)
def strittig(context: template.Context, klient_id: UUID | None, *felder: str) -> dict[str, Any]:
    """The same as a word behind a name in a list; one query for all rows of a template."""
    if klient_id is None:
        return {"namen": []}
    if _ALLE not in context.render_context:
        context.render_context[_ALLE] = list_bestrittene()
    return {"namen": _select(context.render_context[_ALLE].get(klient_id, frozenset()), felder)}
