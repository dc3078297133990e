"""Names of tables and columns as screens call them: for journals and trails, which keep the names of the database."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

_ARTEN = {"ANLEGEN": "angelegt", "AENDERN": "geändert", "LOESCHEN": "gelöscht", "LEEREN": "Tabelle geleert"}


def label_art(code: str) -> str:
    """What a statement did to a row, as its trigger noted it."""
    return _ARTEN.get(code, code.lower())


def _model_of(art: str):
    """The model of `cases.klient` or of a table's name, None when there is none (any more)."""
    if "." in art:
        app, _, name = art.partition(".")
        return apps.all_models.get(app, {}).get(name)
    return next((model for model in apps.get_models() if model._meta.db_table == art), None)


def label_objektart(art: str) -> str:
    """`cases.klient` or `cases_klient` as the screen calls it."""
    model = _model_of(art)
    return str(model._meta.verbose_name) if model else art


def label_felder(art: str, felder: Iterable[str]) -> str:
    """Names of fields as the screen calls them, of the object's model; unknown ones stay."""
    model = _model_of(art)
    namen = []
    for feld in felder:
        try:
            field = model._meta.get_field(feld) if model else None
        except FieldDoesNotExist:
            field = None
        if field is not None and field.auto_created and field.is_relation:  # from the other side: its rows
            namen.append(str(field.related_model._meta.verbose_name_plural))
        else:
            namen.append(str(getattr(field, "verbose_name", feld)))
    return ", ".join(namen)
