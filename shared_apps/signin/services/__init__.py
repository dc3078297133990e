"""Writes of accounts, one module per concern. Others import from here."""

from shared_apps.signin.services.consent import record_consent
from shared_apps.signin.services.handover import HANDOVER_SECONDS, issue_handover, redeem_handover
from shared_apps.signin.services.passwords import (
    build_invitation_path,
    create_invitation,
    is_invitation_valid,
    update_password,
    update_password_by_invitation,
)
from shared_apps.signin.services.secrets import hash_secret
from shared_apps.signin.services.sitzungen import (
    create_sitzung,
    end_sitzung,
    end_sitzungen,
    lock_sitzung,
    mark_sitzung_seen,
)
from shared_apps.signin.services.throttle import Versuch, clear_attempts, find_attempt, record_attempt, release_attempt
from shared_apps.signin.services.tokens import (
    create_api_token,
    end_other_access,
    find_token,
    revoke_api_token,
    revoke_api_token_of_tenant,
    revoke_api_tokens,
)

__all__ = [
    "HANDOVER_SECONDS",
    "Versuch",
    "build_invitation_path",
    "clear_attempts",
    "create_api_token",
    "create_invitation",
    "create_sitzung",
    "end_other_access",
    "end_sitzung",
    "end_sitzungen",
    "find_attempt",
    "find_token",
    "hash_secret",
    "is_invitation_valid",
    "issue_handover",
    "lock_sitzung",
    "mark_sitzung_seen",
    "record_attempt",
    "record_consent",
    "redeem_handover",
    "release_attempt",
    "revoke_api_token",
    "revoke_api_token_of_tenant",
    "revoke_api_tokens",
    "update_password",
    "update_password_by_invitation",
]
