"""Advisory locks of this database: every number is here, so that no two kinds of work wait for each other unasked.

A lock of one number and a lock of two (`number, hashtext(…)`) are different kinds and never the same. Locks by name
(`hashtext('siegel.vg')`, tenants.trail.chain) are of the first kind.
"""

from __future__ import annotations


class Lock:
    """Of one number: who else does this now?"""

    BOOTSTRAP = 77110  # roles belong to the whole cluster
    ONBOARDING = 77130
    RELEASE = 77131  # a return of one office holds it, too: nobody brings an office up that is on its way back
    RESTORE = 77140


class PairLock:
    """Of two numbers: who else does this now with the same thing?"""

    SIGN_IN_PAIR = 77130  # refused pairs of a person; written in a migration of accounts
    PUBLISH = 77132  # figures of an office
    VORGABE = 77133  # proposals of one setting of an office, and their confirmation
    MARK = 77134  # a stale month of an office: shared by those who mark it, of one publisher who takes the mark off
    BACKUP = 77135  # a backup that is being written, by its name
    PLAETZE = 77136  # who changes how many places an offer has
    GESCHWISTER = 77146  # who takes several places of a facility at once
    NACHT = 77148  # who reserves from one list of the night: a second tap waits for the first
    ERLAUBNIS = 77147  # who changes what the licence of a facility limits, or the licence; written in providers.0007
