"""Our secret at the server, sealed with the portal's key."""

from __future__ import annotations

from shared_apps.accounts.models import Anmeldedienst
from tenants.crypto import open_shared, seal_shared


def _context(dienst: Anmeldedienst) -> str:
    return f"accounts_anmeldedienst|client_secret|{dienst.pk}"


def seal_secret(client_secret: str, *, dienst: Anmeldedienst) -> str:
    """As it is stored; its row is in the seal."""
    return seal_shared(client_secret, context=_context(dienst))


def open_secret(dienst: Anmeldedienst) -> str:
    """As the server knows it; empty for a public client."""
    return open_shared(dienst.client_secret, context=_context(dienst)) if dienst.client_secret else ""
