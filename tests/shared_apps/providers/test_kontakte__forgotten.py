"""A name that no longer answers is kept nowhere (Art. 17 Abs. 1 a DSGVO; ADR 0074)."""

from __future__ import annotations

import pytest
from django.db import connection

from shared_apps.core.gelesen import Ungelesen
from shared_apps.providers.services import kontakte as services
from tenants.context import on_portal
from tests.factories.register import create_einrichtung
from tests.people import Cast
from tests.tenants import owner

KUESTE = "Jugendhilfe Küste gGmbH"


@pytest.mark.slow
def test_who_is_taken_away_is_named_nowhere_any_more(own_database, django_db_blocker):
    """History and journal say that there was a contact, and never who: no table of any schema remembers the name."""
    angaben = {"funktion": "LEITUNG", "name": "Zita Zwirn", "telefon": "03834 4711", "email": "zz@example.org"}
    with django_db_blocker.unblock():
        haus, ines = create_einrichtung(anbieter=KUESTE), Cast().akteur("ines")
        with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
            kontakt = services.create_kontakt(akteur=ines, ort=haus, angaben=angaben)
            services.update_kontakt(
                akteur=ines, kontakt=kontakt, angaben={"name": "Zita Zwirn-Zopf"}, gelesen=Ungelesen()
            )
            services.end_kontakt(akteur=ines, kontakt=kontakt)
        with owner.superuser(own_database) as su:
            kept = "SELECT count(*) FROM providers_registeraenderung WHERE tabelle = 'providers_kontakt'"
            assert su.execute(kept).fetchone()[0] == 3, "entered, changed, taken away"
            tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^(pg_|infor)'"
            for (table,) in su.execute(tables).fetchall():
                named = f"SELECT count(*) FROM {table} t WHERE t::text ~ 'Zwirn|03834 ?4711|zz@example'"
                assert su.execute(named).fetchone()[0] == 0, table
        connection.close()
