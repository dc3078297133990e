"""Secrets of accounts at rest."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(RuntimeError):
    """A sealed text does not open: another key, another place, or altered."""


def _key(context: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"sojus|{context}".encode())
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))


def seal(text: str, *, context: str) -> str:
    """AES-GCM with the context in the associated data: a text moved to another place does not open there."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + _key(context).encrypt(nonce, text.encode(), context.encode())).decode()


def open_sealed(sealed: str, *, context: str) -> str:
    """Counter part of `seal`."""
    raw = base64.b64decode(sealed)
    try:
        return _key(context).decrypt(raw[:12], raw[12:], context.encode()).decode()
    except InvalidTag:
        raise Unreadable(context) from None
