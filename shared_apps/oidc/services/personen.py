"""Whose account is it?"""

from __future__ import annotations

from django.db import transaction

from shared_apps.accounts.models import Anmeldedienst, Dienstkonto, User
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.oidc.server import OidcChanged, OidcRefused
from shared_apps.oidc.services.anmelden import Anmeldung
from shared_apps.oidc.services.einstellen import compute_gelesen


@transaction.atomic
def find_person(*, dienst: Anmeldedienst, anmeldung: Anmeldung) -> User:
    """The person linked to this subject; failing that, the one member of this office with this address, when somebody
    vouches for it (`Anmeldung.ist_adresse_belegt`).

    Nobody is created. Whoever also works elsewhere is not linked by an address: the server of one district
    must not open what belongs to another. Raises `OidcRefused`.
    """
    _check_still_trusted(dienst)
    link = Dienstkonto.objects.filter(provider=dienst.provider_id, uid=anmeldung.subject).select_related("user").first()
    if link is not None:
        if not link.user.is_active:
            raise OidcRefused("person is deactivated")
        return link.user
    if not anmeldung.email or not anmeldung.ist_adresse_belegt:
        raise OidcRefused("nobody vouches for the address")
    found = list(User.objects.select_for_update().filter(email__iexact=anmeldung.email)[:2])
    if len(found) != 1 or not found[0].is_active:
        raise OidcRefused("nobody, or more than one, with this address")
    user = found[0]
    places = {(m.tenant_id, m.anbieter_id, m.koerperschaft) for m in list_valid_memberships(user_id=user.pk)}
    if places != {(dienst.tenant_id, None, "")}:
        raise OidcRefused("works elsewhere, or not here")
    if Dienstkonto.objects.filter(provider=dienst.provider_id, user=user).exists():
        raise OidcRefused("linked to another subject")
    Dienstkonto.objects.create(user=user, provider=dienst.provider_id, uid=anmeldung.subject)
    return user


def _check_still_trusted(dienst: Anmeldedienst) -> None:
    """`dienst` was read before the server was asked, for as long as that takes. Nobody replaces it from here on: a
    subject is linked to the server that named it. Raises `OidcChanged`."""
    rows = Anmeldedienst.objects.select_for_update(no_key=True)
    now = rows.filter(pk=dienst.pk, ist_aktiv=True, bestaetigt_at=dienst.bestaetigt_at).first()
    if now is None or compute_gelesen(now) != compute_gelesen(dienst):
        raise OidcChanged


def is_kept_by(dienst: Anmeldedienst, user: User) -> bool:
    """Whether this server is the person's only way in, and this office her only place: then it may confirm her."""
    places = set(list_valid_memberships(user_id=user.pk).values_list("tenant_id", flat=True))
    return places == {dienst.tenant_id} and not user.has_usable_password()
