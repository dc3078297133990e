"""Who is on call at night may work elsewhere by day: each office appoints the account she has (ADR 0091)."""

from __future__ import annotations

from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.errors import RegelVerletzt

KEIN_KONTO = (
    "Mit diesem Benutzernamen und dieser E-Mail arbeitet niemand in SoJuS. Bitte prüfen Sie beides. Hat die Person noch"
    " keinen Zugang, laden Sie sie ein."
)


def get_konto(*, benutzername: str, email: str) -> User:
    """The account of a professional who works somewhere today, by the two names that she gives to whoever appoints her.

    Only one that she has set up herself: nobody may invite somebody else's account again. `RegelVerletzt`
    (benutzername), in one sentence for every reason, so that it tells nobody which accounts there are.
    """
    user = User.objects.filter(username__iexact=benutzername.strip(), is_active=True).exclude(email="").first()
    known = (
        user is not None
        and user.email.casefold() == email.strip().casefold()
        and user.has_usable_password()
        and list_valid_memberships(user_id=user.pk).exists()
    )
    if user is None or not known:
        raise RegelVerletzt(KEIN_KONTO, feld="benutzername")
    return user
