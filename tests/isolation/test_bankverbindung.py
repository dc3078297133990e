"""A provider reads its own IBAN only: at an office's host, at the state portal, with whatever SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from shared_apps.providers.models import Bankverbindung
from tenants.context import as_comparison, in_tenant, in_tenant_portal, on_portal

pytestmark = pytest.mark.django_db
OWN, OTHER = "DE02120300000000202051", "DE02500105170137075030"
SQL = "SELECT iban FROM providers_bankverbindung ORDER BY iban"


@pytest.fixture
def ines(cast):
    """Ines of the first provider; a second provider has an account as well."""
    akteur = cast.akteur("ines", at="VG")
    cast.user("jan")
    Bankverbindung.objects.create(anbieter_id=cast.anbieter_id("ines"), iban=OWN)
    Bankverbindung.objects.create(anbieter_id=cast.anbieter_id("jan"), iban=OTHER)
    return akteur


def ask(statement: str = SQL) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def who(akteur) -> dict[str, object]:
    return {"user_id": akteur.user_id, "anbieter_ids": akteur.anbieter_ids}


def test_provider_reads_her_own_by_raw_sql_and_by_the_models(ines, vg):
    for fence in (in_tenant_portal(vg, **who(ines)), on_portal(**who(ines))):
        with fence:
            assert ask() == [OWN]
            joined = "SELECT b.iban FROM providers_anbieter a JOIN providers_bankverbindung b ON b.anbieter_id = a.id"
            assert ask(joined) == [OWN]
            assert OTHER not in ask("SELECT b::text FROM providers_bankverbindung b")
            assert list(Bankverbindung.objects.values_list("iban", flat=True)) == [OWN]


def test_no_iban_is_left_in_the_register_everybody_reads(ines, vg):
    with in_tenant_portal(vg, **who(ines)), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM providers_anbieter")
        assert "iban" not in [column.name for column in cursor.description]
        assert OTHER not in str(cursor.fetchall())


def test_nobody_of_no_provider_reads_any_at_an_offices_host(ines, vg):
    with in_tenant_portal(vg):
        assert ask() == []


def test_provider_writes_none(ines, vg):
    for fence in (in_tenant_portal(vg, **who(ines)), on_portal(**who(ines))):
        with fence:
            try:
                with transaction.atomic():
                    assert Bankverbindung.objects.update(iban="DE00") == 0
            except DatabaseError as error:
                assert "permission denied" in str(error)
            with pytest.raises(DatabaseError, match=r"permission denied|row-level security"), transaction.atomic():
                Bankverbindung.objects.create(anbieter_id=next(iter(ines.anbieter_ids)), iban=OTHER)
    assert ask() == [OWN, OTHER]


def test_offices_read_all_and_the_comparison_none(ines, vg):
    with in_tenant(vg):
        assert ask() == [OWN, OTHER]
    with as_comparison(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ask()
