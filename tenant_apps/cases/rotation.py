"""What turns with the master key inside a youth office (command `rotate_keys`)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models import F, Func, Value
from psycopg import sql

from tenant_apps.cases.encrypted import BlindIndexesField, BlindIndexField, EncryptedTextField
from tenant_apps.cases.keyring import key_context
from tenant_apps.cases.models import AnvertrauteNotiz, Fallnotiz, Personenschluessel
from tenants import crypto
from tenants.crypto.rotation import rotates


def _head() -> bytes:
    """How a value sealed with the current key begins."""
    name = settings.FIELD_KEYS[0][0].encode()
    return bytes([crypto.VERSION, len(name)]) + name


def _models() -> Iterator[type[models.Model]]:
    return (m for m in apps.get_models() if m._meta.app_config.name in settings.TENANT_APPS and m._meta.managed)


@rotates("Schlüssel von Personen, Suchindex")
def rotate_person_keys(batch: int) -> int:
    """Wrap data keys again; the blind index of these persons is recomputed in the same transaction."""
    head = _head()
    begin = Func(F("schluessel"), Value(1), Value(len(head)), function="substr", output_field=models.BinaryField())
    rows = list(Personenschluessel.objects.select_for_update().annotate(kopf=begin).exclude(kopf=head)[:batch])
    for row in rows:
        context = key_context(row.pk)
        row.schluessel = crypto.wrap_data_key(crypto.unwrap_data_key(row.schluessel, context=context), context=context)
    Personenschluessel.objects.bulk_update(rows, ["schluessel"])
    _index_anew([row.pk for row in rows])
    return len(rows)


def _index_anew(persons: list[UUID]) -> None:
    for model in _models():
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, BlindIndexField | BlindIndexesField)]
        sealed = [f for f in model._meta.concrete_fields if isinstance(f, EncryptedTextField) and f.person]
        if names and sealed:
            for row in model._default_manager.filter(**{f"{sealed[0].person_attname}__in": persons}):
                row.save(update_fields=names)


@rotates("Texte mit dem Schlüssel des Jugendamtes")
def rotate_tenant_values(batch: int) -> int:
    """Values of fields without a person of their own."""
    for model in _models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField) and not field.person and (turned := _turn(model, field, batch)):
                return turned
    return 0


def _turn(model: type[models.Model], field: EncryptedTextField, batch: int) -> int:
    head = _head()
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT id FROM {} WHERE length({}) > 0 AND substr({}, 1, %s) <> %s LIMIT %s").format(
                sql.Identifier(model._meta.db_table), *[sql.Identifier(field.column)] * 2
            ),
            [len(head), head, batch],
        )
        found = [row[0] for row in cursor.fetchall()]
    for row in model._default_manager.filter(pk__in=found):
        setattr(row, field.attname, getattr(row, field.attname))  # opened, so that it is sealed again
        row.save(update_fields=[field.name])
    return len(found)


@rotates("Notizen")
def rotate_notes(batch: int) -> int:
    """Texts of notes. A job acts without a person, so the database lets it reach entrusted ones too."""
    head = _head()
    letters = -(-len(head) // 3) * 4
    for model in (Fallnotiz, AnvertrauteNotiz):
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "SELECT id FROM {} WHERE"
                    " substr(decode(translate(substr(text, 1, %s), '-_', '+/'), 'base64'), 1, %s) <> %s LIMIT %s"
                ).format(sql.Identifier(model._meta.db_table)),
                [letters, len(head), head, batch],
            )
            found = [row[0] for row in cursor.fetchall()]
        for notiz in model._default_manager.filter(pk__in=found):
            notiz.text = crypto.rotate(notiz.text, context=notiz.siegel)
            notiz.save(update_fields=["text"])
        if found:
            return len(found)
    return 0
