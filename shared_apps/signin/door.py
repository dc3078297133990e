"""What others may use of signing in: the steps of a session, what it owes, attempts, keys and invitations."""

from shared_apps.signin import second_step
from shared_apps.signin.forms import PasskeyForm
from shared_apps.signin.herkunft import find_herkunft
from shared_apps.signin.passwords import normalise
from shared_apps.signin.second_step import (
    CONSENT,
    SETUP,
    STEP,
    find_hold,
    needs_confirmation,
    open_before,
    owed_address,
)
from shared_apps.signin.selectors.obligation import (
    get_pflicht_ab,
    has_second_factor,
    is_vorgabe_pflicht,
    needs_second_factor,
)
from shared_apps.signin.selectors.start import get_anmeldedienst
from shared_apps.signin.services import (
    Versuch,
    build_invitation_path,
    clear_attempts,
    create_invitation,
    hash_secret,
    release_attempt,
)
from shared_apps.signin.services.handover import HANDOVER_SECONDS
from shared_apps.signin.services.password_reset import notify_account_change, notify_fehlversuche
from shared_apps.signin.services.sicherheit import record_sicherheitsereignis
from shared_apps.signin.services.throttle import SPAETER, WARNUNG_AB
from shared_apps.signin.sessions import end_session, hold_session, seconds_left
from shared_apps.signin.versuche import (
    KEINER,
    ask_counted,
    by_network,
    by_person,
    clear_of_person,
    release_of_network,
    take_of_network,
    take_of_person,
    take_once,
)

__all__ = [
    "CONSENT",
    "HANDOVER_SECONDS",
    "KEINER",
    "SETUP",
    "SPAETER",
    "STEP",
    "WARNUNG_AB",
    "PasskeyForm",
    "Versuch",
    "ask_counted",
    "build_invitation_path",
    "by_network",
    "by_person",
    "clear_attempts",
    "clear_of_person",
    "create_invitation",
    "end_session",
    "find_herkunft",
    "find_hold",
    "get_anmeldedienst",
    "get_pflicht_ab",
    "has_second_factor",
    "hash_secret",
    "hold_session",
    "is_vorgabe_pflicht",
    "needs_confirmation",
    "needs_second_factor",
    "normalise",
    "notify_account_change",
    "notify_fehlversuche",
    "open_before",
    "owed_address",
    "record_sicherheitsereignis",
    "release_attempt",
    "release_of_network",
    "second_step",
    "seconds_left",
    "take_of_network",
    "take_of_person",
    "take_once",
]
