"""The operators' two lists as they are declared; what is in them says `tenants.selectors`."""

from __future__ import annotations

from shared_apps.core.liste import Liste, ordnung

#: Attempts to onboard a municipality: a few for each, and kept.
ANLAGEN = Liste("operations:list", {"neueste": ordnung("created_at")}, "-neueste", je_seite=10)
#: Jobs that are not done. They are in no table of ours: a statement finds their numbers, newest first.
AUFTRAEGE = Liste("operations:jobs", {"nr": ordnung("nr")}, "-nr")
