"""What happens to a person's password and second factors, written down in the same transaction."""

from __future__ import annotations

from shared_apps.accounts.enums import SicherheitsereignisArt
from shared_apps.accounts.models import Sicherheitsereignis, User


def record_sicherheitsereignis(*, user: User, art: SicherheitsereignisArt) -> Sicherheitsereignis:
    """Note it; who changed the row and when is in the journal too."""
    return Sicherheitsereignis.objects.create(user=user, art=art)
