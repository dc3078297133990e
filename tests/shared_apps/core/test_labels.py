"""Journals keep the names of the database; people read those of the screens."""

from __future__ import annotations

import re

from django.apps import apps

from shared_apps.core.labels import label_art, label_datenbankrolle, label_felder, label_objektart
from tenant_apps.cases.models import Hilfefall
from tenants.db import roles

EIGENE = ("tenants", "shared_apps", "tenant_apps")

#: How programmers write names, and how this module says that it knows none.
_TECHNISCH = re.compile(r"_|[a-z][A-Z]|\w\.\w|\bfrühere (Tabelle|Angabe) \(")


def test_objects_and_fields_as_the_screens_call_them():
    assert label_objektart("cases.klient") == label_objektart("cases_klient") == "Klient"
    assert label_felder("cases.klient", ["vorname", "soll_kosten"]) == "Vorname, Soll-Kosten"
    assert label_felder("cases.klient", ["cases.Hilfefall", "klient_id"]) == "Hilfefall, Klient"
    assert label_objektart("providers_angebot_spezialisierungen") == "Angebot: Spezialisierungen"


def test_what_has_gone_is_said_with_the_name_it_had():
    assert label_objektart("gibt.es_nicht") == "frühere Tabelle (gibt.es_nicht)"
    assert label_felder("cases.klient", ["gibt_es_nicht"]) == "frühere Angabe (gibt_es_nicht)"


def test_every_table_and_every_column_has_a_word():
    """Whatever is added: a trail may name it the same day."""
    ohne, models = {}, apps.get_models(include_auto_created=True)
    for model in (m for m in models if m.__module__.startswith(EIGENE)):
        namen = [f.name for f in model._meta.get_fields()] + [f.attname for f in model._meta.concrete_fields]
        for art in (model._meta.label_lower, model._meta.db_table):
            worte = {art: label_objektart(art)} | {f"{art} {name}": label_felder(art, [name]) for name in namen}
            ohne |= {name: wort for name, wort in worte.items() if not wort or _TECHNISCH.search(wort)}
    assert ohne == {}


def test_role_of_the_database_is_the_part_of_the_system_it_serves():
    namen = [f() for f in (roles.owner, roles.app, roles.dienst, roles.anmeldung, roles.land, roles.queue)]
    namen += [roles.tenant("vg"), roles.tenant_portal("vg"), roles.compare()]
    assert [name for name in namen if label_datenbankrolle(name).startswith("Zugang zur Datenbank")] == []
    assert label_datenbankrolle(roles.tenant_portal("vg")) == "Zugang der Anbieter"
    assert label_datenbankrolle("fremd") == "Zugang zur Datenbank (fremd)"


def test_rows_that_belong_to_an_object_are_called_by_their_plural():
    field = Hilfefall._meta.get_field("notizen")
    assert field.one_to_many and not hasattr(field, "verbose_name")
    assert label_felder("cases.hilfefall", ["notizen"]) == str(field.related_model._meta.verbose_name_plural)


def test_what_a_statement_did():
    assert [label_art(code) for code in ("ANLEGEN", "AENDERN", "LOESCHEN", "LEEREN")] == [
        "angelegt", "geändert", "gelöscht", "Tabelle geleert",
    ]  # fmt: skip
