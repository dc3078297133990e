"""Room: background jobs (docs/adr/0025). Nothing else of procrastinate is used outside this room.

`declare` (what may be handed over, by whom, with which arguments), `functions` (the same as the one function of the
database through which everybody hands over), `queue` (a worker's connection), `times`, `overdue`, `stalled`,
`missed` (what the clock says about a job).

Door: the names below, of `declare`, imported from here.
"""

from tenants.jobs.declare import (
    BETRIEB,
    DEFAULT,
    FULL,
    NACHGEHOLT,
    RULES,
    STALLS_MAX,
    WAITING,
    WAITING_PER_OFFICE,
    Arg,
    Caller,
    Final,
    Growing,
    JobRule,
    JobsFull,
    defer,
    job,
    note_overdue,
    shortest_round,
)

__all__ = [
    "BETRIEB",
    "DEFAULT",
    "FULL",
    "NACHGEHOLT",
    "RULES",
    "STALLS_MAX",
    "WAITING",
    "WAITING_PER_OFFICE",
    "Arg",
    "Caller",
    "Final",
    "Growing",
    "JobRule",
    "JobsFull",
    "defer",
    "job",
    "note_overdue",
    "shortest_round",
]
