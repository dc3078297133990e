"""What turns with the master key in the shared schema (command `rotate_keys`)."""

from __future__ import annotations

from shared_apps.accounts.services.mfa import update_mfa_secrets
from shared_apps.accounts.services.oidc import update_oidc_secrets
from shared_apps.accounts.services.passwords import update_password_seals
from tenants.crypto.rotation import rotates


@rotates("Geheimnisse zweiter Faktoren", shared=True)
def rotate_mfa(batch: int) -> int:
    """TOTP secrets and seeds of recovery codes; few rows, one transaction each."""
    return update_mfa_secrets()


@rotates("Geheimnisse der Anmeldedienste", shared=True)
def rotate_oidc(batch: int) -> int:
    """Client secrets of the districts' sign-in servers."""
    return update_oidc_secrets()


@rotates("Passwörter", shared=True)
def rotate_passwords(batch: int) -> int:
    """Hashes of passwords; nobody is signed out by it."""
    return update_password_seals(batch=batch)
