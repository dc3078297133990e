"""Names of tables, columns and roles as screens call them: for journals and trails, which keep those of the database.

What has gone since it was noted stays in brackets behind a word, so that nothing in a trail is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

from django.apps import apps
from django.db import models

from tenants.db import roles

_ARTEN = {"ANLEGEN": "angelegt", "AENDERN": "geändert", "LOESCHEN": "gelöscht", "LEEREN": "Tabelle geleert"}
#: Tables of libraries.
_TABELLEN = {
    "tenants_domain": "Adresse eines Jugendamtes",
}  # fmt: skip
#: Columns of libraries and others without a word of their own, and what a list was narrowed by.
_FELDER = {
    "id": "Kennung", "user": "Person", "user_id": "Person", "group": "Gruppe", "permission": "Recht",
    "content_object": "Fall", "token_hash": "Prüfwert des Links",
    "key_hash": "Prüfwert des Schlüssels", "ticket_hash": "Prüfwert der Übergabe", "used_at": "benutzt am",
    "type": "Art", "data": "Inhalt",
    "created_at": "angelegt am", "last_used_at": "zuletzt benutzt am", "email": "E-Mail", "verified": "bestätigt",
    "primary": "Hauptadresse", "provider": "Anbieter der Anmeldung", "provider_id": "Kennung des Anbieters",
    "uid": "Kennung beim Anbieter", "last_login": "letzte Anmeldung", "date_joined": "verbunden am",
    "extra_data": "weitere Angaben", "name": "Name", "client_id": "Kennung", "secret": "Geheimnis", "key": "Schlüssel",
    "settings": "Einstellungen", "vorschlag_id": "Vorschlag", "vertretene_id": "Vertretene Person",
    "vertritt_id": "vertritt", "method": "Art der Anfrage", "path": "Adresse", "body_hash": "Prüfwert der Anfrage",
    "status": "Ergebnis", "response": "Antwort", "domain": "Adresse", "is_primary": "Hauptadresse",
    "schema_name": "Schema", "was": "Art der Einträge", "wer": "Wer", "aktion": "Aktion", "objekt": "Fall oder Person",
    "von": "von", "bis": "bis", "sort": "Reihenfolge",
}  # fmt: skip
#: Who did what nobody did by hand.
AUTOMATISCH = "automatisch (SoJuS)"
_ROLLEN = {
    roles.owner: "Betrieb (Einrichtung der Datenbank)",
    roles.app: AUTOMATISCH,
    roles.dienst: AUTOMATISCH,
    roles.anmeldung: "Anmeldung",
    roles.land: "Landesportal",
    roles.compare: "Kennzahlenvergleich",
    roles.queue: "Auftrag im Hintergrund",
}


def label_art(code: str) -> str:
    """What a statement did to a row, as its trigger noted it."""
    return _ARTEN.get(code, code.lower())


@cache
def _models() -> dict[str, type[models.Model]]:
    """Every model by `cases.klient` and by its table."""
    found = apps.get_models(include_auto_created=True)
    return {model._meta.label_lower: model for model in found} | {model._meta.db_table: model for model in found}


@cache
def label_objektart(art: str) -> str:
    """`cases.klient` or `cases_klient` as the screen calls it."""
    model = _models().get(art.lower())
    if model is None:
        return _TABELLEN.get(art) or (f"frühere Tabelle ({art})" if art else "")
    if model._meta.db_table in _TABELLEN:
        return _TABELLEN[model._meta.db_table]
    if model._meta.auto_created:
        quelle = cast("type[models.Model]", model._meta.auto_created)  # the stubs know False only
        feld = next(f for f in quelle._meta.many_to_many if f.remote_field.through is model)
        if wort := getattr(quelle, "link_words", {}).get(feld.name):
            return wort
        return f"{quelle._meta.verbose_name}: {feld.verbose_name}"
    return str(model._meta.verbose_name)


def label_felder(art: str, felder: Iterable[str]) -> str:
    """Names of fields as the screen calls them, of the object's model, else of whatever model has such a field."""
    return ", ".join(dict.fromkeys(_label_feld(art.lower(), feld) for feld in felder))


@cache
def _label_feld(art: str, feld: str) -> str:
    if feld.lower() in _models():  # a whole table was given out
        return label_objektart(feld.lower())
    eigenes = _models().get(art)
    for model in ([eigenes] if eigenes else []) + _own_models():
        if wort := _word_of(model, feld):
            return wort
    return _FELDER.get(feld) or f"frühere Angabe ({feld})"


def _own_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.partition(".")[0] in {"tenants", "shared_apps", "tenant_apps"}]


def _word_of(model: type[models.Model], feld: str) -> str:
    """The word a model has for one of its columns, "" for none."""
    named = {f.name: f for f in model._meta.get_fields()} | {f.attname: f for f in model._meta.concrete_fields}
    field = named.get(feld)
    if field is None:
        return ""
    if field.auto_created and field.related_model:  # from the other side: its rows
        return str(field.related_model._meta.verbose_name_plural)
    if getattr(field, "_verbose_name", None) is not None:
        return str(field.verbose_name)
    if field.is_relation and field.related_model and feld not in _FELDER:
        return label_objektart(field.related_model._meta.label_lower)
    return _FELDER.get(feld, "")


def label_datenbankrolle(name: str) -> str:
    """As which part of the system a statement ran, from the role of the database that it ran under."""
    for role, wort in _ROLLEN.items():
        if name == role():
            return wort
    if name.startswith(roles.tenant_prefix()):
        return "Zugang der Anbieter" if name.endswith(roles.PORTAL_SUFFIX) else "Arbeit im Jugendamt"
    return f"Zugang zur Datenbank ({name})" if name else ""
