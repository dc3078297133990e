"""Encryption of single values: AES-256-GCM, bound to the tenant and to the place where the value is kept.

The master keys are kept outside the database (`settings.FIELD_KEYS`, first = current). From a master key HKDF derives
one key per purpose: the tenant's sealing key, the tenant's wrapping key for data keys of persons, the tenant's key
of the blind index, the shared counterparts, and a key per person for her own words on the portal.
No derived key is stored anywhere.

A sealed value is `version | length of key id | key id | nonce (12) | ciphertext and tag (16)`. The associated data
name tenant and context (`table|field|pk`): a value copied to another row, column or tenant does not open.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection

VERSION = 1
NONCE = 12
TAG = 16
#: Key id of values sealed with a person's own data key; what must turn with the master key is only its wrapping.
DATENSCHLUESSEL = "p"
_SHARED = "public"
_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l"})
_WORT = re.compile(r"[^\W_]+")


class SealBroken(RuntimeError):
    """A sealed value does not open here: altered, moved to another row or tenant, or its key is gone."""


class NoTenantKey(RuntimeError):
    """A tenant's secret was to be sealed or opened while no tenant was open."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    """One master key with the short name that sealed values carry."""

    id: str
    material: bytes

    def __repr__(self) -> str:
        return f"FieldKey({self.id})"


def _schema() -> str:
    fence = getattr(connection, "fence", None)
    if fence is None or fence.schema is None:
        raise NoTenantKey("No tenant is open: seal() and open_sealed() work inside tenants.context.in_tenant only.")
    return fence.schema


def _keys() -> tuple[FieldKey, ...]:
    return tuple(FieldKey(name, material) for name, material in settings.FIELD_KEYS)


def _key(name: str) -> FieldKey:
    for key in _keys():
        if key.id == name:
            return key
    raise SealBroken(f"The key {name!r} is not among SOJUS_FIELD_KEYS. Add it again until rotate_keys reports 0 left.")


@lru_cache(maxsize=4096)
def _derived(material: bytes, purpose: str, schema: str) -> bytes:
    hkdf = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=b"sojus field encryption 1", info=f"{purpose}|{schema}".encode()
    )
    return hkdf.derive(material)


def _aad(schema: str, context: str) -> bytes:
    if not context:
        raise ValueError("Name the context of a sealed value: table|field|pk")
    return f"{schema}|{context}".encode()


# --- raw values -------------------------------------------------------------------------------------------------


def encrypt(plain: bytes, *, key: bytes, key_id: str, aad: bytes) -> bytes:
    """Seal bytes with one key. Services use `seal`, models use the encrypted fields."""
    nonce = os.urandom(NONCE)
    name = key_id.encode("ascii")
    return bytes([VERSION, len(name)]) + name + nonce + AESGCM(key).encrypt(nonce, plain, aad)


def key_id_of(sealed: bytes) -> str:
    """The id of the key a sealed value asks for; `SealBroken` when it is none."""
    if len(sealed) < 2 + NONCE + TAG or sealed[0] != VERSION or len(sealed) < 2 + sealed[1] + NONCE + TAG:
        raise SealBroken("This is no sealed value of SoJuS.")
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def decrypt(sealed: bytes, *, key: bytes, aad: bytes) -> bytes:
    """Open bytes; `SealBroken` when a bit, the place or the key is not that of the sealing."""
    key_id_of(sealed)
    start = 2 + sealed[1]
    try:
        return AESGCM(key).decrypt(sealed[start : start + NONCE], sealed[start + NONCE :], aad)
    except InvalidTag:
        raise SealBroken(
            "A sealed value does not open: it was altered, or it was sealed for another row, field or tenant."
        ) from None


def _seal(plain: bytes, purpose: str, schema: str, context: str) -> bytes:
    key = _keys()[0]
    aad = _aad(schema, context)
    return encrypt(plain, key=_derived(key.material, purpose, schema), key_id=key.id, aad=aad)


def _open(sealed: bytes, purpose: str, schema: str, context: str) -> bytes:
    key = _key(key_id_of(sealed))
    return decrypt(sealed, key=_derived(key.material, purpose, schema), aad=_aad(schema, context))


def _to_text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode("ascii")


def _to_bytes(token: str) -> bytes:
    try:
        return base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError as error:
        raise SealBroken("This is no sealed value of SoJuS.") from error


def seal_bytes(plain: bytes, *, context: str) -> bytes:
    """Seal bytes with the open tenant's key, for a binary column."""
    return _seal(plain, "seal", _schema(), context)


def open_bytes(sealed: bytes, *, context: str) -> bytes:
    """Open what `seal_bytes` sealed."""
    return _open(bytes(sealed), "seal", _schema(), context)


# --- texts of the open tenant, texts of the shared schema -----------------------------------------------------------


def seal(text: str, *, context: str) -> str:
    """Seal a text for the open tenant. `context` names its place, e.g. `cases_notiz|text|<pk>`."""
    return _to_text(_seal(text.encode(), "seal", _schema(), context))


def open_sealed(token: str, *, context: str) -> str:
    """The text again; `SealBroken` in another tenant or with another context."""
    return _open(_to_bytes(token), "seal", _schema(), context).decode()


def seal_shared(text: str, *, context: str) -> str:
    """Seal a secret of the shared schema (TOTP secret, client secret), e.g. context `mfa|totp|<user id>`."""
    return _to_text(_seal(text.encode(), "shared", _SHARED, context))


def open_shared(token: str, *, context: str) -> str:
    """The shared secret again; `SealBroken` with another context, and for a tenant's value."""
    return _open(_to_bytes(token), "shared", _SHARED, context).decode()


def seal_for(person: UUID, text: str, *, context: str) -> str:
    """Seal one person's own words in the shared schema, where no tenant is open: a key of her own, derived."""
    return _to_text(_seal(text.encode(), f"own|{person}", _SHARED, context))


def open_for(person: UUID, token: str, *, context: str) -> str:
    """Her words again; `SealBroken` for another person, in another place, and for a tenant's value."""
    return _open(_to_bytes(token), f"own|{person}", _SHARED, context).decode()


def needs_rotation(token: str | bytes) -> bool:
    """Whether a value was sealed with a master key that is no longer the current one."""
    sealed = _to_bytes(token) if isinstance(token, str) else bytes(token)
    return key_id_of(sealed) not in {_keys()[0].id, DATENSCHLUESSEL}


def rotate(token: str, *, context: str) -> str:
    """The same text of the open tenant, sealed with the current key."""
    return seal(open_sealed(token, context=context), context=context)


def rotate_shared(token: str, *, context: str) -> str:
    """The same shared secret, sealed with the current key."""
    return seal_shared(open_shared(token, context=context), context=context)


# --- data keys: one per person, wrapped by the tenant -------------------------------------------------------------


def new_data_key() -> bytes:
    """A fresh data key for one person."""
    return AESGCM.generate_key(bit_length=256)


def wrap_data_key(data_key: bytes, *, context: str, schema: str | None = None) -> bytes:
    """The data key as it may be kept in the tenant's schema. `schema`: migrations only, which run without a fence."""
    return _seal(data_key, "wrap", schema or _schema(), context)


def unwrap_data_key(wrapped: bytes | memoryview, *, context: str) -> bytes:
    """The data key; `SealBroken` in another tenant or for another person."""
    return _open(bytes(wrapped), "wrap", _schema(), context)


def seal_with(data_key: bytes, plain: bytes, *, context: str, schema: str | None = None) -> bytes:
    """Seal bytes with a person's data key, bound to the open tenant and to `context`."""
    return encrypt(plain, key=data_key, key_id=DATENSCHLUESSEL, aad=_aad(schema or _schema(), context))


def open_with(data_key: bytes, sealed: bytes, *, context: str) -> bytes:
    """Open what `seal_with` sealed."""
    return decrypt(bytes(sealed), key=data_key, aad=_aad(_schema(), context))


# --- blind index: finding without reading -------------------------------------------------------------------------


def normalise(part: str) -> str:
    """`  MÜLLER  ` and `Mueller` are the same name; accents and white space do not count."""
    text = unicodedata.normalize("NFKC", part).casefold().translate(_UMLAUTE)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """The words of a name as the index knows them: `Müller-Lüdenscheidt` has two."""
    return _WORT.findall(normalise(text))


# --- seals of the installation ----------------------------------------------------------------------------------


def sign_document(text: bytes, *, purpose: str) -> tuple[str, str]:
    """Id of the current master key, and the HMAC-SHA256 (hexadecimal) with the key derived from it for this purpose."""
    key = _keys()[0]
    return key.id, _document_mac(key, text, purpose)


def is_document_signed(text: bytes, *, purpose: str, key_id: str, mac: str) -> bool:
    """Whether this installation has signed exactly this. Raises `SealBroken` when it has no such key (any more)."""
    return hmac.compare_digest(_document_mac(_key(key_id), text, purpose).encode(), mac.encode())


def _document_mac(key: FieldKey, text: bytes, purpose: str) -> str:
    return hmac.digest(_derived(key.material, f"document:{purpose}", _SHARED), text, sha256).hex()


def _index(key: FieldKey, parts: tuple[str, ...], schema: str) -> bytes:
    message = b"".join(len(p).to_bytes(4, "big") + p for p in (normalise(part).encode() for part in parts))
    return hmac.digest(_derived(key.material, "index", schema), message, sha256)[:16]


def blind_index(*parts: str, schema: str | None = None) -> bytes:
    """Keyed fingerprint of normalised parts, other in each tenant; for exact search in a column."""
    return _index(_keys()[0], parts, schema or _schema())


def blind_indexes(*parts: str) -> list[bytes]:
    """The fingerprint under every key in use: search with these while a rotation is not finished."""
    return [_index(key, parts, _schema()) for key in _keys()]
