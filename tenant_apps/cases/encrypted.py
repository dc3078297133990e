"""Model fields whose column holds a sealed value (docs/adr/0017).

A value is sealed when its row is written (`save`, `bulk_create`) and opened when it is first read. It cannot be
filtered, sorted, compared or changed in SQL; for finding, a model has a `BlindIndexField` beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Col, DatabaseDefault
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute

from shared_apps.core import felder
from tenant_apps.cases import keyring
from tenants import crypto
from tenants.tables.base import check_same_tenant

#: What is read where the person's key was destroyed.
GELOESCHT = "gelöscht"
_ERKLAERUNG = (
    "{field} is encrypted: it cannot be filtered, sorted or changed in SQL. Find rows by their blind index"
    " (tenant_apps.cases.querysets), sort in Python, write with save()."
)


class Sealed:
    """A value as it is in the column. Open it by reading the attribute of a model instance."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return "<Sealed>"

    def __str__(self) -> str:
        raise TypeError("This value is sealed (verschlüsselt). Load the model instance and read its attribute.")

    def __bool__(self) -> bool:
        return bool(self.raw)


class SealedAttribute(DeferredAttribute):
    """Opens the value on first access, with the key of the row's person."""

    field: EncryptedTextField

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.open(instance, value)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value
        if isinstance(value, Sealed):
            if self.field.person:
                keyring.remember(instance, self.field.person_attname)
        elif not instance._state.adding:
            for field in instance._meta.concrete_fields:  # a deferred index would not be written with the new value
                if isinstance(field, BlindIndexField | BlindIndexesField):
                    getattr(instance, field.attname)


class SealedCol(Col):
    """Column of a sealed value: it can be selected, and nothing else."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if compiler.select is not None:  # not the list of columns any more: ORDER BY, GROUP BY
            raise FieldError(_ERKLAERUNG.format(field=self.target))
        return super().as_sql(compiler, connection)


class SealedIsNull(IsNull):
    """IS NULL needs no plain value."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> tuple[str, tuple[Any, ...]]:
        return Col.as_sql(lhs or self.lhs, compiler, connection)


class EncryptedTextField(models.Field):
    """Text, sealed with the key of the person that `person` names, or with the tenant's key when it is empty.

    `person`: "pk" or the name of a field of the same model that holds the person's id.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, person: str = "pk", **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        if self.person != "pk":
            kwargs["person"] = self.person
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    # --- sealing and opening ---

    @property
    def person_attname(self) -> str:
        """Attribute that holds the person's id."""
        return self.model._meta.pk.attname if self.person == "pk" else self.model._meta.get_field(self.person).attname

    def context_of(self, instance: models.Model) -> str:
        """Where the value is kept; part of its associated data."""
        return f"{self.model._meta.db_table}|{self.column}|{instance.pk}"

    def open(self, instance: models.Model, value: Sealed) -> Any:
        """The plain value of a row that was read."""
        if not value.raw:
            return self.empty
        check_same_tenant(getattr(instance._state, "tenant_schema", None))
        context = self.context_of(instance)
        if not self.person:
            return self.from_plain(crypto.open_bytes(value.raw, context=context))
        key = keyring.get_key(instance, getattr(instance, self.person_attname))
        return self.destroyed if key is None else self.from_plain(crypto.open_with(key, value.raw, context=context))

    def seal(self, instance: models.Model, value: Any) -> bytes:
        """The sealed bytes for the column of this row."""
        plain = self.to_plain(self.to_python(value))
        if not plain:
            return b""
        context = self.context_of(instance)
        if not self.person:
            return crypto.seal_bytes(plain, context=context)
        key = keyring.ensure_key(instance, getattr(instance, self.person_attname))
        return crypto.seal_with(key, plain, context=context)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed) and not add:
            return value  # read, not touched
        if isinstance(value, DatabaseDefault):  # not given; a sealed column has no other default than empty
            return Sealed(b"")
        return Sealed(self.seal(model_instance, getattr(model_instance, self.attname)))

    # --- what the kinds differ in ---

    empty: Any = ""
    destroyed: Any = GELOESCHT

    def to_python(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def to_plain(self, value: Any) -> bytes:
        """Bytes that are sealed."""
        return value.encode()

    def from_plain(self, plain: bytes) -> Any:
        """Value of opened bytes."""
        return plain.decode()

    # --- the column ---

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return Sealed(b"" if value is None else bytes(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, Sealed):
            return connection.Database.Binary(value.raw)
        if value is None or value == "":
            return connection.Database.Binary(b"")
        raise FieldError(_ERKLAERUNG.format(field=self))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return self.get_db_prep_save(value, connection)

    def get_col(self, alias: str, output_field: models.Field | None = None) -> Col:
        return SealedCol(alias, self, output_field)

    @property
    def cached_col(self) -> Col:
        """Django asks for it in place of `get_col`."""
        return SealedCol(self.model._meta.db_table, self)

    def get_lookup(self, lookup_name: str) -> type:
        if lookup_name == "isnull":
            return SealedIsNull
        raise FieldError(_ERKLAERUNG.format(field=self))

    def get_transform(self, lookup_name: str) -> None:
        raise FieldError(_ERKLAERUNG.format(field=self))

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**({"max_length": self.max_length, "form_class": felder.ZeileField} | kwargs))


class EncryptedDateField(EncryptedTextField):
    """A date, sealed."""

    empty = None
    destroyed = None

    def to_python(self, value: Any) -> date | None:
        return models.DateField().to_python(value or None)

    def to_plain(self, value: date | None) -> bytes:
        return value.isoformat().encode() if value else b""

    def from_plain(self, plain: bytes) -> date:
        return date.fromisoformat(plain.decode())

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return models.Field.formfield(self, **({"form_class": felder.DatumField} | kwargs))


#: Nobody types an index.
_COMPUTED: dict[str, Any] = {"editable": False, "blank": True}


class BlindIndexField(models.CharField):
    """Fingerprint of what the model's attribute `of` names (a tuple of texts); empty when that is empty.

    Other in each tenant; recomputed whenever the row is written.
    """

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **(_COMPUTED | {"max_length": 32, "default": ""} | kwargs))

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        parts = getattr(model_instance, self.of)
        value = crypto.blind_index(*parts).hex() if any(parts) else ""
        setattr(model_instance, self.attname, value)
        return value


class BlindIndexesField(ArrayField):
    """Fingerprints of a list of tuples: each word by which a row may be found."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        own = {"base_field": models.CharField(max_length=32), "default": list}
        super().__init__(*args, **(_COMPUTED | own | kwargs))

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> list[str]:
        value = sorted({crypto.blind_index(*parts).hex() for parts in getattr(model_instance, self.of)})
        setattr(model_instance, self.attname, value)
        return value


#: Fields whose column value is computed from the row when it is written.
SEALED = (EncryptedTextField, BlindIndexField, BlindIndexesField)


def with_indexes(model: type[models.Model], felder: Iterable[str]) -> list[str]:
    """What to save when these fields of a row change: they, and the fingerprints that are made of them."""
    indexes = [f.name for f in model._meta.concrete_fields if isinstance(f, BlindIndexField | BlindIndexesField)]
    return [*felder, *indexes]


def seal_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows as they may be loaded past the ORM (COPY): keys made with one statement, values sealed."""
    instances = [model(**row) for row in rows]
    sealed = [field for field in model._meta.concrete_fields if isinstance(field, SEALED)]
    for person in {field.person_attname for field in sealed if isinstance(field, EncryptedTextField) and field.person}:
        keyring.ensure_keys(instances, person)
    for instance in instances:
        values = {field.attname: getattr(instance, field.attname) for field in model._meta.concrete_fields}
        for field in sealed:
            value = field.pre_save(instance, add=True)
            values[field.attname] = value.raw if isinstance(value, Sealed) else value
        yield values
