"""For the operator's page of an onboarding: what became of the invitation of the office's first administrator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template

from shared_apps.accounts.models import User
from shared_apps.members.presenter import describe_mail
from shared_apps.members.selectors import mitglieder as selectors
from tenants.models import OnboardingLauf, Tenant

register = template.Library()


@register.inclusion_tag("members/_einladungen_des_amts.html")
def einladungen_des_amts(tenant: Tenant | None) -> dict[str, Any]:
    """The people who shall administer this office and have no password yet."""
    personen = selectors.list_erste_administration(tenant) if tenant else []
    return {"zeilen": [(p, describe_mail(selectors.find_einladung_mail(p))) for p in personen]}


@dataclass(frozen=True, slots=True)
class Einladungsstand:
    """In words; `person` while there is something to do about her invitation."""

    text: str
    person: User | None = None


@register.simple_tag
def einladungsstaende(laeufe: Iterable[OnboardingLauf]) -> list[tuple[OnboardingLauf, Einladungsstand | None]]:
    """Each run with what became of the invitation of the office's first administration; two statements for all."""
    laeufe = list(laeufe)
    fertig = {lauf.kuerzel for lauf in laeufe if lauf.zustand == OnboardingLauf.Zustand.FERTIG}
    erste = selectors.list_erste_einladungen(fertig)
    staende = {}
    for kuerzel, (person, mail) in erste.items():
        if person.has_usable_password():
            staende[kuerzel] = Einladungsstand("eingelöst")
        else:
            staende[kuerzel] = Einladungsstand(f"{describe_mail(mail)}, noch nicht eingelöst", person)
    return [(lauf, staende.get(lauf.kuerzel) if lauf.kuerzel in fertig else None) for lauf in laeufe]
