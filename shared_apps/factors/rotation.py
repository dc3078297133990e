"""What turns with the master key in the rooms of second factors (command `rotate_keys`)."""

from __future__ import annotations

from shared_apps.factors.services.mfa import update_mfa_secrets
from tenants.crypto.rotation import rotates


@rotates("Geheimnisse zweiter Faktoren", shared=True)
def rotate_mfa(batch: int) -> int:
    """TOTP secrets and seeds of recovery codes; few rows, one transaction each."""
    return update_mfa_secrets()
