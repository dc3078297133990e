"""Secrets are stored as a hash only."""

from __future__ import annotations

import hashlib


def hash_secret(secret: str) -> str:
    """SHA-256 hex of a high-entropy secret (no salt needed for 256 random bits)."""
    return hashlib.sha256(secret.encode()).hexdigest()
