"""Slowing down those who guess passwords, without letting a stranger lock anybody out (ADR 0015).

A browser that has signed this person in before has a count of its own. Everybody else is counted by name and network,
by network, and by name over all networks; the last one only makes attempts slower and slower, never impossible.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from shared_apps.accounts.herkunft import Herkunft
from shared_apps.accounts.models import Anmeldeversuch
from shared_apps.core.dauer import write_dauer

VERSUCHE_MAX = 10
VERSUCHE_FENSTER = timedelta(minutes=15)
SPAETER = f"Bitte versuchen Sie es in {write_dauer(VERSUCHE_FENSTER, dativ=True)} noch einmal."
#: Failures of one network, whatever the names: somebody tries one password on many.
NETZ_MAX = 100
#: From so many failures of one name over all networks on, each further one doubles the wait, up to a minute.
LANGSAM_AB = 20
LANGSAM_HOECHSTENS = 60


def _key(*parts: str) -> str:
    return salted_hmac("sojus.throttle", "|".join(parts), algorithm="sha256").hexdigest()


def _recent(key: str) -> list:
    since = timezone.now() - VERSUCHE_FENSTER
    rows = Anmeldeversuch.objects.filter(schluessel=key, created_at__gte=since)
    return list(rows.order_by("-created_at").values_list("created_at", flat=True)[: NETZ_MAX + 1])


def _keys(username: str, host: str, herkunft: Herkunft | None) -> dict[str, str]:
    """What an attempt is counted under."""
    name = username.strip().lower()
    if herkunft is None:
        return {"name": _key("name", host, name)}
    if herkunft.geraet:
        return {"geraet": _key("geraet", host, name, herkunft.geraet)}
    return {
        "name und netz": _key("name und netz", host, name, herkunft.netz),
        "netz": _key("netz", herkunft.netz),
        "langsam": _key("langsam", host, name),
    }


def _must_wait(kind: str, failures: list) -> bool:
    if kind == "langsam":
        if len(failures) < LANGSAM_AB:
            return False
        seconds = min(2 ** (len(failures) - LANGSAM_AB), LANGSAM_HOECHSTENS)
        return timezone.now() - failures[0] < timedelta(seconds=seconds)
    return len(failures) >= (NETZ_MAX if kind == "netz" else VERSUCHE_MAX)


def is_throttled(*, username: str, host: str, herkunft: Herkunft | None = None) -> bool:
    """Whether a further attempt for this name at this host must wait. Unknown names are counted like known ones."""
    return any(_must_wait(kind, _recent(key)) for kind, key in _keys(username, host, herkunft).items())


def record_failure(*, username: str, host: str, herkunft: Herkunft | None = None) -> None:
    """Count a failed attempt."""
    keys = _keys(username, host, herkunft).values()
    Anmeldeversuch.objects.bulk_create([Anmeldeversuch(schluessel=key) for key in keys])


def clear_failures(*, username: str, host: str, herkunft: Herkunft | None = None) -> None:
    """Forget the person's own failures after a good sign-in, and all that are older than the window.

    What others tried in her name, and what her network tried in other names, stays counted.
    """
    own = [key for kind, key in _keys(username, host, herkunft).items() if kind not in {"netz", "langsam"}]
    Anmeldeversuch.objects.filter(schluessel__in=own).delete()
    Anmeldeversuch.objects.filter(created_at__lt=timezone.now() - VERSUCHE_FENSTER).delete()
