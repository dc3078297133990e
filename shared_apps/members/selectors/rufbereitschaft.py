"""Who is on call at night may work elsewhere by day: each office appoints the account she has (ADR 0091)."""

from __future__ import annotations

from django.db.models import Value

from shared_apps.accounts.models import Postfach, User
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.errors import RegelVerletzt

KEIN_KONTO = (
    "Mit diesem Benutzernamen und dieser E-Mail arbeitet niemand in SoJuS. Bitte prüfen Sie beides. Hat die Person noch"
    " keinen Zugang, laden Sie sie ein."
)


def get_konto(*, benutzername: str, email: str) -> User:
    """The account of a professional who works somewhere today, by the two names that she gives to whoever appoints her.

    Only one that she has set up herself: nobody may invite somebody else's account again. `RegelVerletzt`
    (benutzername), in one sentence for every reason, so that it tells nobody which accounts there are. Capitals do not
    count, as when she signs in; there is an index of mailboxes, none of names without capitals.
    """
    name, adresse = benutzername.strip().casefold(), email.strip()
    im_postfach = User.objects.alias(postfach=Postfach("email")).filter(postfach=Postfach(Value(adresse)))
    user = next(
        (
            person
            for person in im_postfach.filter(is_active=True).exclude(email="").order_by("pk")
            if person.username.casefold() == name and person.email.casefold() == adresse.casefold()
        ),
        None,
    )
    known = user is not None and user.has_usable_password() and list_valid_memberships(user_id=user.pk).exists()
    if user is None or not known:
        raise RegelVerletzt(KEIN_KONTO, feld="benutzername")
    return user
