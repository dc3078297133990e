"""Reads of what belongs to a person's own account: sessions and keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from shared_apps.accounts.models import ApiToken, Sitzung
from shared_apps.core.clock import real_now
from shared_apps.core.liste import Liste, ordnung, related

_NEUESTE = {"neueste": ordnung("created_at")}
SCHLUESSEL = Liste("keys", _NEUESTE, "-neueste", zeigt=related("tenant"))
SCHLUESSEL_DES_AMTS = Liste("office_keys", _NEUESTE, "-neueste", zeigt=related("user"))


def list_sitzungen(*, user_id: UUID) -> QuerySet[Sitzung]:
    """A person's sessions that are neither ended nor over, at all hosts, the latest used first."""
    now = real_now()
    return (
        Sitzung.objects.filter(
            user_id=user_id,
            beendet_at__isnull=True,
            zuletzt_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
            created_at__gt=now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
        )
        .select_related("tenant")
        .order_by("-zuletzt_at")
    )


def list_api_tokens(*, user_id: UUID) -> QuerySet[ApiToken]:
    """A person's keys that nobody has revoked, ended ones too."""
    return ApiToken.objects.filter(user_id=user_id, revoked_at__isnull=True)


def list_api_tokens_of_tenant(*, tenant_id: int | None) -> QuerySet[ApiToken]:
    """Keys that work at an office's host and that nobody has revoked."""
    return ApiToken.objects.filter(tenant=tenant_id, revoked_at__isnull=True)
