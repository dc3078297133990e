"""Row rules of the register that others lean on, as SQL."""

from __future__ import annotations

from tenants.tables.rights import own_anbieter

#: She acts for a whole provider, not for one facility of it.
WHOLE_ANBIETER = "sojus_einrichtung() = '{}'"
#: `einrichtung_id` is a facility of hers.
OWN_FACILITY = (
    "EXISTS (SELECT 1 FROM providers_einrichtung e"  # noqa: S608 - constants only
    f" WHERE e.id = einrichtung_id AND {own_anbieter('e', einrichtung='id')})"
)


def own_offers(offer: str = "angebot_id") -> str:
    """SQL: the offer (a column with its id) belongs to the acting person's provider or facility."""
    return (
        "EXISTS (SELECT 1 FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id"  # noqa: S608
        f" WHERE a.id = {offer} AND {own_anbieter('e', einrichtung='id')})"
    )
