"""Several people decide about one application in the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection

from shared_apps.accounts.models import Membership
from shared_apps.aufnahme import services
from shared_apps.core.errors import Konflikt
from shared_apps.providers.models import Anbieter
from tests.people import Cast
from tests.shared_apps.aufnahme.joining import entered, run


def test_race__two_deciders_and_a_rival_name__one_provider_one_account(own_database, django_db_blocker) -> None:
    """Two people admit, one declines, at once; another application of the same name is admitted beside it."""
    with django_db_blocker.unblock():
        cast = Cast()
        for name in ("anton", "emil", "edda"):
            cast.user(name)
        for runde in range(3):
            name = f"Haus Rennen {runde} e. V."
            eins, zwei = entered(cast, name=name), entered(cast, name=name, person_email="zwei@example.org")
            start = Barrier(4)

            def act(work, name=name, start=start) -> str:
                try:
                    start.wait()
                    work()
                    return "ok"
                except Konflikt:
                    return "konflikt"
                finally:
                    connection.close()

            works = [
                partial(run, cast, services.approve_aufnahmeantrag, "emil", antrag=eins),
                partial(run, cast, services.approve_aufnahmeantrag, "edda", antrag=eins),
                partial(run, cast, services.reject_aufnahmeantrag, "edda", antrag=eins, grund="Nein."),
                partial(run, cast, services.approve_aufnahmeantrag, "emil", antrag=zwei),
            ]
            with ThreadPoolExecutor(4) as pool:
                came = list(pool.map(act, works))
            assert came[:3].count("ok") == 1, came
            assert (came[3] == "ok") is ("ok" not in came[:2]), came
            anbieter = Anbieter.objects.filter(name=name)
            assert anbieter.count() == 1, came
            assert Membership.objects.filter(anbieter_id__in=anbieter.values("pk")).count() == 1
