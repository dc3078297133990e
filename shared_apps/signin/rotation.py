"""What turns with the master key in signing in (command `rotate_keys`)."""

from __future__ import annotations

from shared_apps.signin.services.passwords import update_password_seals
from tenants.crypto.rotation import rotates


@rotates("Passwörter", shared=True)
def rotate_passwords(batch: int) -> int:
    """Hashes of passwords; nobody is signed out by it."""
    return update_password_seals(batch=batch)
