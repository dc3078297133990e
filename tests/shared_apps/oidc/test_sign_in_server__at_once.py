"""Two people write down the first sign-in server of an office at the same moment."""

from __future__ import annotations

from uuid import UUID

from shared_apps.accounts.models import Anmeldedienst
from shared_apps.oidc.services import update_anmeldedienst
from tenants.context import at_sign_in
from tenants.models import Tenant
from tests.moment import while_open
from tests.people import Cast


def test_written_down_by_two_at_the_same_moment__the_second_one_is_told(own_database, django_db_blocker):
    """It used to be an error of ours: both had found no server."""
    with django_db_blocker.unblock():
        cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
        anton, clara = cast.user("anton").pk, cast.user("clara").pk

        def write(who: UUID) -> None:
            update_anmeldedienst(tenant=vg, issuer=f"https://{who}.example.org", client_id="x", geaendert_von_id=who)

        def second() -> None:
            with at_sign_in(user_id=clara):
                write(clara)

        came = while_open(lambda: write(anton), second, within=lambda: at_sign_in(user_id=anton))
        assert came == ("ok", "konflikt")
        assert Anmeldedienst.objects.get().geaendert_von_id == anton
