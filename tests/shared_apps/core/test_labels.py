"""Journals keep the names of the database; people read those of the screens."""

from __future__ import annotations

from shared_apps.core.labels import label_art, label_felder, label_objektart
from tenant_apps.cases.models import Hilfefall


def test_objects_and_fields_as_the_screens_call_them():
    assert label_objektart("cases.klient") == label_objektart("cases_klient") != "cases.klient"
    assert label_objektart("gibt.es_nicht") == "gibt.es_nicht"
    assert label_felder("cases.klient", ["vorname", "soll_kosten"]) == "Vorname, soll_kosten"


def test_rows_that_belong_to_an_object_are_called_by_their_plural():
    field = Hilfefall._meta.get_field("notizen")
    assert field.one_to_many and not hasattr(field, "verbose_name")
    assert label_felder("cases.hilfefall", ["notizen"]) == str(field.related_model._meta.verbose_name_plural)


def test_what_a_statement_did():
    assert [label_art(code) for code in ("ANLEGEN", "AENDERN", "LOESCHEN", "LEEREN")] == [
        "angelegt", "geändert", "gelöscht", "Tabelle geleert",
    ]  # fmt: skip
