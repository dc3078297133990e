"""No column says who a young person is; a moved value does not open; a destroyed key opens nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import F, Value
from django.db.models.expressions import DatabaseDefault

from tenant_apps.cases.encrypted import Sealed
from tenant_apps.cases.models import Hilfefall, Klient, Personenschluessel
from tenants.context import in_tenant
from tenants.crypto import SealBroken
from tests.factories.cases import create_hilfefall, create_klient

DYE = {"pkz": "PKZ-Xenofarbe", "vorname": "Yvainefarbe", "nachname": "Zölestinfarbe", "geburtsdatum": date(2011, 3, 29)}
pytestmark = pytest.mark.django_db


def rows_of_every_table(schema: str) -> str:
    """What a reader of the files would see of one office and of the shared schema, in this transaction."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relnamespace = %s::regnamespace AND has_table_privilege(c.oid, 'SELECT')",
            [schema],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table} t")
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


def test_klient__is_read_as_it_was_written(vg):
    with in_tenant(vg):
        pk = create_klient(**DYE).pk
        klient = Klient.objects.get(pk=pk)
        assert {name: getattr(klient, name) for name in DYE} == DYE
        assert str(klient) == "Zölestinfarbe, Yvainefarbe"


@pytest.mark.parametrize("feld", ["vorname", "geburtsdatum"])
def test_sealed_column_with_a_default_of_its_own__stays_empty_when_nothing_is_given(vg, feld):
    """A new column has `db_default`; Django hands its expression on, and its words were sealed as if typed."""
    with in_tenant(vg):
        klient = Klient()
        setattr(klient, feld, DatabaseDefault(Value(b"")))
        assert Klient._meta.get_field(feld).pre_save(klient, add=True).raw == b""


def test_klient__no_plain_word_in_any_table(vg):
    with in_tenant(vg):
        klient = create_klient(**DYE)
        assert str(klient.pk) in rows_of_every_table(vg.schema_name)
        text = rows_of_every_table(vg.schema_name).lower()
    for word in ("xenofarbe", "yvainefarbe", "lestinfarbe", "2011-03-29", "29.03.2011"):
        assert word not in text
        assert word.encode().hex() not in text


def _move(column: str, source: Klient, target: Klient) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_klient SET {column} = (SELECT {column} FROM cases_klient WHERE id = %s) WHERE id = %s",
            [source.pk, target.pk],
        )


def test_klient__value_of_another_row_is_refused(vg):
    with in_tenant(vg):
        lena, mia = create_klient(vorname="Lena"), create_klient(vorname="Mia")
        _move("vorname", lena, mia)
        with pytest.raises(SealBroken, match="another row, field or tenant"):
            str(Klient.objects.get(pk=mia.pk))
        with connection.cursor() as cursor:  # not even with her key
            cursor.execute("UPDATE cases_personenschluessel SET schluessel = (SELECT schluessel FROM"
                           " cases_personenschluessel WHERE id = %s) WHERE id = %s", [lena.pk, mia.pk])  # fmt: skip
        with pytest.raises(SealBroken):
            str(Klient.objects.get(pk=mia.pk))


def test_klient__value_of_another_field_is_refused(vg):
    with in_tenant(vg):
        lena = create_klient()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_klient SET vorname = nachname WHERE id = %s", [lena.pk])
        with pytest.raises(SealBroken):
            str(Klient.objects.get(pk=lena.pk))


def test_klient__whole_row_with_its_key_is_refused_in_another_office(vg, hro):
    with in_tenant(vg), connection.cursor() as cursor:
        lena = create_klient()
        cursor.execute("SELECT pkz, vorname, nachname, geburtsdatum FROM cases_klient WHERE id = %s", [lena.pk])
        row = cursor.fetchone()
        cursor.execute("SELECT schluessel FROM cases_personenschluessel WHERE id = %s", [lena.pk])
        key = cursor.fetchone()[0]
    with in_tenant(hro), connection.cursor() as cursor:
        create_klient(id=lena.pk)
        cursor.execute("UPDATE cases_klient SET (pkz, vorname, nachname, geburtsdatum) = (%s, %s, %s, %s)", row)
        cursor.execute("UPDATE cases_personenschluessel SET schluessel = %s", [key])
        with pytest.raises(SealBroken):
            str(Klient.objects.get(pk=lena.pk))


def test_klient__without_her_key_nobody_reads_her(vg):
    with in_tenant(vg):
        lena = create_klient(**DYE)
        Personenschluessel.objects.filter(pk=lena.pk).delete()
        klient = Klient.objects.get(pk=lena.pk)
        assert (str(klient), klient.geburtsdatum) == ("gelöscht, gelöscht", None)


@pytest.mark.parametrize("name", ["vorname", "nachname", "pkz", "geburtsdatum"])
def test_sealed_column__cannot_be_filtered_sorted_or_grouped(vg, name):
    wert = DYE[name]
    with in_tenant(vg):
        create_hilfefall(fachkraft_id=create_klient().pk)
        assert Klient.objects.filter(**{f"{name}__isnull": True}).count() == 0
        for refused in (
            lambda: Klient.objects.filter(**{name: wert}),
            lambda: Klient.objects.filter(**{f"{name}__icontains": "a"}),
            lambda: Klient.objects.filter(**{f"{name}__in": [wert]}),
            lambda: Klient.objects.exclude(**{name: F("geschlecht")}),
            lambda: Hilfefall.objects.filter(**{f"klient__{name}__gt": wert}),
            lambda: list(Klient.objects.order_by(name)),
            lambda: list(Klient.objects.order_by(F(name).desc())),
            lambda: list(Hilfefall.objects.order_by(f"-klient__{name}")),
            lambda: list(Hilfefall.objects.select_related("klient").order_by(f"klient__{name}")),
            lambda: Klient.objects.update(**{name: wert}),
        ):
            with pytest.raises(FieldError, match="is encrypted"):
                refused()


def test_sealed_column__values_are_opaque(vg):
    with in_tenant(vg):
        create_klient(**DYE)
        [(value, related)] = [
            (Klient.objects.values_list("nachname", flat=True).get(), Klient.objects.values("geburtsdatum").get())
        ]
        assert isinstance(value, Sealed) and isinstance(related["geburtsdatum"], Sealed)
        with pytest.raises(TypeError, match="verschlüsselt"):
            str(value)
        with pytest.raises(TypeError):
            f"{value}"
        assert "farbe" not in repr(value)


def test_sealed_column__empty_reads_as_empty(vg):
    with in_tenant(vg):
        pk = create_klient(vorname="", pkz="").pk
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_klient SET geburtsdatum = '' WHERE id = %s", [pk])
        klient = Klient.objects.get(pk=pk)
        assert (klient.vorname, klient.pkz, klient.geburtsdatum) == ("", "", None)


def test_keys__of_a_page_come_with_one_statement(vg, django_assert_num_queries):
    with in_tenant(vg):
        for _ in range(5):
            create_hilfefall(fachkraft_id=create_klient().pk)
        with django_assert_num_queries(2):
            namen = [str(fall.klient) for fall in Hilfefall.objects.select_related("klient")]
            assert len(set(namen)) == 5
        with django_assert_num_queries(0):
            list(Klient.objects.none())


def test_klient__bulk_create_makes_all_keys_at_once(vg, django_assert_max_num_queries):
    with in_tenant(vg):
        personen = [Klient(**(DYE | {"pkz": f"P-{n}", "geschlecht": "2"})) for n in range(50)]
        with django_assert_max_num_queries(6):
            Klient.objects.bulk_create(personen)
        assert Personenschluessel.objects.count() == 50
        assert {k.pkz for k in Klient.objects.mit_name(nachname="zoelestinFARBE")} == {f"P-{n}" for n in range(50)}


def test_klient__deferred_and_changed_values(vg):
    with in_tenant(vg):
        pk = create_klient(**DYE).pk
        klient = Klient.objects.only("pk", "geschlecht").get(pk=pk)
        assert klient.vorname == DYE["vorname"]
        klient.nachname = "Neumann"
        klient.save()
        assert Klient.objects.mit_name(nachname="neumann").get().vorname == DYE["vorname"]
        assert not Klient.objects.mit_name(nachname=DYE["nachname"]).exists()
        klient.refresh_from_db()
        assert klient.nachname == "Neumann"


def test_klient__row_of_one_office_does_not_open_in_another(vg, hro):
    with in_tenant(vg):
        create_klient()
        klient = Klient.objects.get()
    with in_tenant(hro), pytest.raises(RuntimeError, match="made in tenant"):
        str(klient)
