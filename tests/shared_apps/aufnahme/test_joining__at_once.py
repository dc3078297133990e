"""Several people decide about one application in the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection, transaction
from uuid6 import uuid7

from shared_apps.accounts.models import Membership
from shared_apps.aufnahme import services
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.core.errors import Konflikt
from shared_apps.providers.models import Anbieter
from tenants.context import on_portal
from tests.people import Cast
from tests.shared_apps.aufnahme.joining import entered, listed, proposed, run


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


def test_race__two_offices_of_one_provider__one_administration(own_database, django_db_blocker) -> None:
    """It has a facility in two districts, and both offices sign their own person in the same moment."""
    with django_db_blocker.unblock():
        cast = Cast()
        for name in ("anton", "emil"):
            cast.user(name)
        for runde in range(3):
            anbieter = listed(f"Haus Rennen {runde} e. V.")
            antraege = [proposed(cast, anbieter)]
            with on_portal(user_id=cast.user("anton").pk), transaction.atomic():
                zweiter = Aufnahmeantrag.objects.get(pk=antraege[0].pk)
                zweiter.pk, zweiter.person_email = uuid7(), "zwei@example.org"
                zweiter.save(force_insert=True)
            antraege.append(zweiter)
            start = Barrier(2)

            def act(work, start=start) -> str:
                try:
                    start.wait()
                    work()
                    return "ok"
                except Konflikt:
                    return "konflikt"
                finally:
                    connection.close()

            works = [partial(run, cast, services.approve_aufnahmeantrag, "emil", antrag=antrag) for antrag in antraege]
            with ThreadPoolExecutor(2) as pool:
                assert sorted(pool.map(act, works)) == ["konflikt", "ok"]
            assert Membership.objects.filter(anbieter_id=anbieter.pk).count() == 1
