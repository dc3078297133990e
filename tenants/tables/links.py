"""Tables that Django makes between two models: what is said of them is said on the model that has the field."""

from __future__ import annotations

from django.db import models


def link_name(model: type[models.Model]) -> str:
    """Name of the field that made this table (`groups`); "" for a table with a model of its own."""
    owner = getattr(model._meta, "auto_created", None)
    fields = owner._meta.local_many_to_many if owner else ()
    return next((field.name for field in fields if field.remote_field.through is model), "")
