"""Slowing down those who guess passwords."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.utils import timezone

from shared_apps.accounts.models import Anmeldeversuch

VERSUCHE_MAX = 10
VERSUCHE_FENSTER = timedelta(minutes=15)


def _versuch_schluessel(username: str, host: str) -> str:
    return hashlib.sha256(f"{host}|{username.strip().lower()}".encode()).hexdigest()


def is_throttled(*, username: str, host: str) -> bool:
    """Whether sign-in for this name at this host must wait (10 failures in 15 minutes)."""
    since = timezone.now() - VERSUCHE_FENSTER
    key = _versuch_schluessel(username, host)
    return Anmeldeversuch.objects.filter(schluessel=key, created_at__gte=since).count() >= VERSUCHE_MAX


def record_failure(*, username: str, host: str) -> None:
    """Count a failed sign-in."""
    Anmeldeversuch.objects.create(schluessel=_versuch_schluessel(username, host))


def clear_failures(*, username: str, host: str) -> None:
    """Forget failures after a good sign-in, and all that are older than the window."""
    Anmeldeversuch.objects.filter(schluessel=_versuch_schluessel(username, host)).delete()
    Anmeldeversuch.objects.filter(created_at__lt=timezone.now() - VERSUCHE_FENSTER).delete()
