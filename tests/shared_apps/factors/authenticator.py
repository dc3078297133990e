"""A passkey in software: makes a key pair per site and signs challenges, as a browser with its authenticator does."""

from __future__ import annotations

import json
import os
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

UP, UV, AT = 0x01, 0x04, 0x40


class SoftPasskey:
    """One passkey. `origin` is the page the browser shows; `verified` whether PIN or finger was asked."""

    def __init__(self, *, verified: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.verified = verified
        self.rp_id = ""
        self.user_handle = b""

    def _client_data(self, kind: str, challenge: str, origin: str) -> bytes:
        data = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(data).encode()

    def _flags(self) -> int:
        return UP | (UV if self.verified else 0)

    def create(self, options: str, *, origin: str) -> str:
        """Answer of `navigator.credentials.create`, as `passkey.js` posts it."""
        wanted = json.loads(options)["publicKey"]
        self.rp_id = wanted["rp"]["id"]
        self.user_handle = websafe_decode(wanted["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        data = sha256(self.rp_id.encode()).digest() + bytes([self._flags() | AT]) + bytes(4)
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(dict(public))
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=self._client_data("create", wanted["challenge"], origin), attestationObject=attestation
        )

    def get(self, options: str, *, origin: str) -> str:
        """Answer of `navigator.credentials.get`."""
        wanted = json.loads(options)["publicKey"]
        client = self._client_data("get", wanted["challenge"], origin)
        data = sha256(self.rp_id.encode()).digest() + bytes([self._flags()]) + (1).to_bytes(4, "big")
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.user_handle
        )

    def _answer(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )
