"""Offers that one change of the question makes fit, with that change and what they cost then. As of now.

What an offer would have to be is asked as the search asks it (`list_geprueft`), with one thing less; its days, stops,
licences and rates come with it, and the pure rules decide. One statement, whatever is found; region and criteria of the
module are read before, where nobody hands them in.
"""

from tenant_apps.placements.search.selectors.fast_passend.aenderungen import change_kriterien
from tenant_apps.placements.search.selectors.fast_passend.eintrag import FastPassend, Suchaenderung, group_fast_passend
from tenant_apps.placements.search.selectors.fast_passend.liste import list_fast_passend

__all__ = ["FastPassend", "Suchaenderung", "change_kriterien", "group_fast_passend", "list_fast_passend"]
