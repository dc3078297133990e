"""What others may use of the second factors: setting up the app, and the digits that the demo shows."""

from shared_apps.factors.services.mfa import compute_code, compute_totp_code, create_totp

__all__ = [
    "compute_code",
    "compute_totp_code",
    "create_totp",
]
