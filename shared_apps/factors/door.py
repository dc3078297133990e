"""What others may use of the second factors: setting up the app."""

from shared_apps.factors.services.mfa import compute_code, create_totp

__all__ = [
    "compute_code",
    "create_totp",
]
