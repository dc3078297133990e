"""Two people set the first rule of a role at the same moment."""

from __future__ import annotations

from shared_apps.accounts.enums import Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel
from shared_apps.factors.services.anmelderegeln import update_anmelderegel
from tenants.context import at_sign_in
from tenants.models import Tenant
from tests.moment import while_open
from tests.people import Cast
from tests.shared_apps.factors.test_signin_rules import LEER


def test_first_rule_at_the_same_moment__the_second_one_reads_what_the_first_has_set(own_database, django_db_blocker):
    """It used to be an error of ours: both had found no row."""
    with django_db_blocker.unblock():
        cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
        kw = {"akteur": cast.akteur("anton"), "tenant": vg, "rolle": Rolle.WJH, "gelesen": LEER}

        def set_to(verfahren: Verfahren, tage: int) -> None:
            with at_sign_in(user_id=kw["akteur"].user_id):
                update_anmelderegel(**kw, verfahren=verfahren, frist_tage=tage)

        came = while_open(
            lambda: update_anmelderegel(**kw, verfahren=Verfahren.PFLICHT, frist_tage=9),
            lambda: set_to(Verfahren.PFLICHT, 30),
            within=lambda: at_sign_in(user_id=kw["akteur"].user_id),
        )
        assert came == ("ok", "veraltet")
        assert Anmelderegel.objects.get().frist_tage == 9
