"""Signing in with a district's own server, one module per concern. Others import from here."""

from shared_apps.oidc.services.anmelden import Anmeldung, issue_redirect, redeem_answer
from shared_apps.oidc.services.einstellen import (
    CLAIM,
    IN_JEDEM_TOKEN,
    KEIN_NAME,
    MIT_NUTZER,
    OHNE_BELEG,
    UNBELEGT,
    check_aussteller,
    compute_gelesen,
    confirm_anmeldedienst,
    update_anmeldedienst,
    update_oidc_secrets,
)
from shared_apps.oidc.services.personen import find_person, is_kept_by
from shared_apps.oidc.services.pruefen import Pruefschritt, check_anmeldedienst

__all__ = [
    "CLAIM",
    "IN_JEDEM_TOKEN",
    "KEIN_NAME",
    "MIT_NUTZER",
    "OHNE_BELEG",
    "UNBELEGT",
    "Anmeldung",
    "Pruefschritt",
    "check_anmeldedienst",
    "check_aussteller",
    "compute_gelesen",
    "confirm_anmeldedienst",
    "find_person",
    "is_kept_by",
    "issue_redirect",
    "redeem_answer",
    "update_anmeldedienst",
    "update_oidc_secrets",
]
