"""Keys in tenant tables are UUIDs: another office's id is "not found", never somebody else's row."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

TENANT_MODELS = [
    m for m in apps.get_models() if m._meta.app_config.name in settings.TENANT_APPS and m._meta.app_label != "guardian"
]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda m: m._meta.label)
def test_primary_key_is_a_time_ordered_uuid(model):
    key = model._meta.pk
    assert isinstance(key, models.UUIDField)
    assert key.default.__name__ == "uuid7"
