"""Slowing down those who guess, without letting a stranger lock anybody out (ADR 0015, 0028).

An attempt is counted before it is made, in one statement per count that either takes it or refuses it: however many
requests come at the same moment, no more than the limit get through. A right one gives its count back.

A browser that has signed this person in before has a count of its own. Everybody else is counted by name and network,
by network, and by name over all networks; the last one only makes attempts slower and slower, never impossible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from shared_apps.accounts.models import Anmeldeversuch
from shared_apps.core.clock import real_now
from shared_apps.core.dauer import write_dauer
from shared_apps.signin.herkunft import Herkunft

VERSUCHE_MAX = 10
VERSUCHE_FENSTER = timedelta(minutes=15)
TAG = timedelta(days=1)
SPAETER = f"Bitte versuchen Sie es in {write_dauer(VERSUCHE_FENSTER, dativ=True)} noch einmal."
#: From how many wrong codes or passwords on she is told: somebody knows her password, or sits in her session.
WARNUNG_AB = 5
#: Failures of one network, whatever the names: somebody tries one password on many.
NETZ_MAX = 100
#: From this many failures of one name over all networks on, each further one doubles the wait, up to a minute.
LANGSAM_AB = 20
LANGSAM_HOECHSTENS = 60
#: Counts that others fill, too, and that of the day: a right one gives its own back, and no more.
_SHARED = frozenset({"netz", "langsam", "tag"})

#: Takes the attempt and returns a row, or takes nothing and returns none. After the window the count starts over.
_TAKE = """
INSERT INTO accounts_anmeldeversuch AS z (schluessel, anzahl, beginn_at, zuletzt_at)
VALUES (%(key)s, 1, %(now)s, %(now)s)
ON CONFLICT (schluessel) DO UPDATE
   SET anzahl = CASE WHEN z.beginn_at <= %(since)s THEN 1 ELSE z.anzahl + 1 END,
       beginn_at = CASE WHEN z.beginn_at <= %(since)s THEN %(now)s ELSE z.beginn_at END,
       zuletzt_at = %(now)s
 WHERE z.beginn_at <= %(since)s OR z.anzahl < %(most)s
    OR (%(slow)s AND z.zuletzt_at <= %(now)s - least(2 ^ least(z.anzahl - %(most)s, 10), %(longest)s)
        * interval '1 second')
RETURNING anzahl
"""


@dataclass(frozen=True, slots=True)
class Versuch:
    """An attempt that was counted, or (`wartet`) refused: it must not be made now.

    `schluessel`: kind -> its key. `anzahl`: how many there were by now, this one included, in the count that has most.
    `bis_morgen`: it is refused for a day and not for a quarter of an hour. `geraet`: in a browser that is hers.
    """

    wartet: bool
    schluessel: dict[str, str]
    anzahl: int = 0
    bis_morgen: bool = False

    @property
    def geraet(self) -> bool:
        """Whether it was counted for a known device."""
        return "geraet" in self.schluessel


class _Refused(Exception):
    """Nothing of this attempt is counted; the kind of the count that is full."""


@dataclass(frozen=True, slots=True)
class AmTag:
    """A second limit, for what is short enough to be guessed in months: how many wrong ones of this name on a day."""

    name: str
    hoechstens: int

    @property
    def schluessel(self) -> str:
        return _key("tag", self.name)


def _key(*parts: str) -> str:
    return salted_hmac("sojus.throttle", "|".join(parts), algorithm="sha256").hexdigest()


def _keys(username: str, host: str, herkunft: Herkunft | None, am_tag: AmTag | None = None) -> dict[str, str]:
    """What an attempt is counted under; always taken in this order, so that two of them never wait for each other."""
    return _keys_of_window(username, host, herkunft) | ({"tag": am_tag.schluessel} if am_tag else {})


def _keys_of_window(username: str, host: str, herkunft: Herkunft | None) -> dict[str, str]:
    name = username.strip().lower()
    if herkunft is None:
        return {"name": _key("name", host, name)}
    if herkunft.geraet:
        return {"geraet": _key("geraet", host, name, herkunft.geraet)}
    return {
        "langsam": _key("langsam", host, name),
        "netz": _key("netz", herkunft.netz),
        "name und netz": _key("name und netz", host, name, herkunft.netz),
    }


def _most(kind: str) -> int:
    return {"netz": NETZ_MAX, "langsam": LANGSAM_AB}.get(kind, VERSUCHE_MAX)


def _take(kind: str, key: str, now: datetime, most: int) -> int | None:
    """How many there are now; None when there is no room for one more."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "key": key,
                "now": now,
                "since": now - (TAG if kind == "tag" else VERSUCHE_FENSTER),
                "most": most,
                "slow": kind == "langsam",
                "longest": LANGSAM_HOECHSTENS,
            },
        )
        row = cursor.fetchone()
    return row[0] if row else None


def record_attempt(
    *, username: str, host: str, herkunft: Herkunft | None = None, most: int | None = None, am_tag: AmTag | None = None
) -> Versuch:
    """Count an attempt for this name at this host, before it is made. Unknown names are counted like known ones.

    Call it outside of the request's transaction (`tenants.door.middleware.counts_first`): the count must be kept, and
    its lock be gone, before the slow work begins. `most`: another limit than VERSUCHE_MAX.
    """
    keys, now, anzahl = _keys(username, host, herkunft, am_tag), real_now(), 0
    try:
        with transaction.atomic():
            for kind, key in keys.items():
                found = _take(kind, key, now, am_tag.hoechstens if am_tag and kind == "tag" else most or _most(kind))
                if found is None:
                    raise _Refused(kind)
                anzahl = max(anzahl, found)
    except _Refused as full:
        return Versuch(wartet=True, schluessel=keys, bis_morgen=full.args == ("tag",))
    return Versuch(wartet=False, schluessel=keys, anzahl=anzahl)


def find_attempt(*, username: str, host: str) -> Versuch:
    """An attempt that an earlier request has counted (`record_attempt` with the same words)."""
    return Versuch(wartet=False, schluessel=_keys(username, host, None))


def _give_back(keys: Iterable[str]) -> None:
    """One by one, in the order in which they are taken: two requests never wait for each other."""
    for key in keys:
        Anmeldeversuch.objects.filter(schluessel=key).update(anzahl=Greatest(F("anzahl") - 1, 0))


@transaction.atomic
def release_attempt(versuch: Versuch) -> None:
    """Give back an attempt that was none (the form was not filled in)."""
    if not versuch.wartet:
        _give_back(versuch.schluessel.values())


@transaction.atomic
def clear_attempts(*, username: str, host: str, herkunft: Herkunft | None = None, am_tag: AmTag | None = None) -> None:
    """Forget the person's own attempts after a good one.

    What others tried in her name, what her network tried in other names and what was tried on this day stays counted.
    One by one, in the order in which they are taken, and no others: what is over goes in a job (`clear_old_attempts`).
    """
    for kind, key in _keys(username, host, herkunft, am_tag).items():
        if kind in _SHARED:
            _give_back([key])
        else:
            Anmeldeversuch.objects.filter(schluessel=key).delete()


def clear_old_attempts() -> int:
    """Forget up to a thousand counts that are older than the longest window; how many. Who holds one keeps it."""
    over = Anmeldeversuch.objects.filter(beginn_at__lt=real_now() - TAG)
    free = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
    return Anmeldeversuch.objects.filter(pk__in=free).delete()[0]
