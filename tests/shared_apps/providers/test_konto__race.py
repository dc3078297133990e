"""Two people of the office confirm an account at the same moment: one is first, the other is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from shared_apps.core.errors import Konflikt
from shared_apps.providers.models import Bankverbindung, Kontovorschlag
from shared_apps.providers.services import konto as services
from tenants.context import on_portal
from tests.factories.register import create_einrichtung
from tests.people import Cast

NEU = "DE02500105170137075030"


def test_two_confirm_at_once__one_does(own_database, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        cast = Cast()
        haus = create_einrichtung(anbieter="Jugendhilfe Küste gGmbH", kreis="VG")
        inge, leitung = cast.akteur("inge"), [cast.akteur(who) for who in ("emil", "anton")]
        with on_portal(user_id=inge.user_id, anbieter_ids=inge.anbieter_ids):
            vorschlag = services.submit_kontovorschlag(akteur=inge, anbieter=haus.anbieter, iban=NEU, inhaber="Küste")
        start = Barrier(2)

        def confirm(akteur) -> str:
            try:
                start.wait()
                with on_portal(user_id=akteur.user_id):
                    services.confirm_kontovorschlag(akteur=akteur, vorschlag=vorschlag, geprueft_an=akteur.username)
                return "ok"
            except Konflikt as error:
                return error.message
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(confirm, leitung)) == [services.ENTSCHIEDEN, "ok"]
        row = Kontovorschlag.objects.get()
        assert {a.user_id: a.username for a in leitung}[row.entschieden_von_id] == row.geprueft_an
        assert Bankverbindung.objects.get().iban == NEU
