"""What turns with the master key among the sign-in servers (command `rotate_keys`)."""

from __future__ import annotations

from shared_apps.oidc.services import update_oidc_secrets
from tenants.crypto.rotation import rotates


@rotates("Geheimnisse der Anmeldedienste", shared=True)
def rotate_oidc(batch: int) -> int:
    """Client secrets of the districts' sign-in servers."""
    return update_oidc_secrets()
