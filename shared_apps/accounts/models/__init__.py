"""Tables of who somebody is and how she comes in; signin, factors, oidc and mails work on them (ADR 0042)."""

from shared_apps.accounts.models.access import Anmeldeversuch, ApiToken, Handover, Sitzung
from shared_apps.accounts.models.answers import Portalantwort
from shared_apps.accounts.models.drafts import Portalentwurf
from shared_apps.accounts.models.mail import Mailauftrag
from shared_apps.accounts.models.people import (
    Datenschutzzustimmung,
    Fachkraft,
    Koerperschaft,
    Membership,
    Postfach,
    User,
    UserManager,
)
from shared_apps.accounts.models.signin import Anmeldedienst, Anmelderegel, Dienstkonto, Faktor, Sicherheitsereignis

__all__ = [
    "Anmeldedienst",
    "Anmelderegel",
    "Anmeldeversuch",
    "ApiToken",
    "Datenschutzzustimmung",
    "Dienstkonto",
    "Fachkraft",
    "Faktor",
    "Handover",
    "Koerperschaft",
    "Mailauftrag",
    "Membership",
    "Portalantwort",
    "Portalentwurf",
    "Postfach",
    "Sicherheitsereignis",
    "Sitzung",
    "User",
    "UserManager",
]
