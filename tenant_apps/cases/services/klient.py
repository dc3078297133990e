"""The young person herself, locked: those who write about her, or about what follows from her, take turns.

The order of locks is the same everywhere: the person, then her case, then what belongs to the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from shared_apps.core.errors import Fehlt, Konflikt
from tenant_apps.cases.keyring import take_key, with_key
from tenant_apps.cases.models import Hilfefall, Klient

#: Reveals neither that she exists nor why she is hidden.
NICHT_SICHTBAR = "Diese Person gibt es nicht, oder Sie dürfen sie nicht (mehr) sehen."
FALL_NICHT_SICHTBAR = "Diesen Fall gibt es nicht, oder Sie dürfen ihn nicht (mehr) sehen."
EINGESCHRAENKT = (
    "Die Daten dieser Person sind eingeschränkt. Bitte wenden Sie sich zuerst an den Datenschutz Ihres Amtes."
)


def lock_klient(klient_id: UUID) -> Klient:
    """The person as she is now, whatever was read before; `Fehlt` when the database shows her to nobody like the
    acting person (any more).

    Asked a second time: whoever waited while she was being sealed is judged by the names of before, in which she is
    missing even when she has been named.
    """
    rows = with_key(Klient.objects.select_for_update(no_key=True).filter(pk=klient_id))
    found = rows.first() or rows.first()
    if found is None:
        raise Fehlt(NICHT_SICHTBAR)
    take_key(found)
    return found


def lock_klienten(klient_ids: Iterable[UUID]) -> None:
    """Several of them, by id: whoever holds more than one takes them in this order."""
    for klient_id in sorted(klient_ids):
        lock_klient(klient_id)


def lock_unrestricted(klient_id: UUID) -> Klient:
    """The same for daily work; `Konflikt` (eingeschraenkt) when only data protection may still read her."""
    klient = lock_klient(klient_id)
    if klient.eingeschraenkt_seit is not None:
        raise Konflikt(EINGESCHRAENKT, code="eingeschraenkt")
    return klient


def lock_hilfefall(hilfefall_id: UUID) -> Hilfefall:
    """The case as it is now, its person held before; `Fehlt` and asked twice as `lock_klient`: it may have been sealed
    while she has another, open one."""
    rows = Hilfefall.objects.select_for_update(of=("self",), no_key=True).filter(pk=hilfefall_id)
    found = rows.first() or rows.first()
    if found is None:
        raise Fehlt(FALL_NICHT_SICHTBAR)
    return found
