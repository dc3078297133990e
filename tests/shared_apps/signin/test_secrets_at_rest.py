"""Hashes of passwords in the table: sealed by the migration, turned with the keys, of use for their person only."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session

from shared_apps.accounts.kennwort import open_hash
from shared_apps.accounts.models import User
from shared_apps.signin.services.passwords import update_password_seals
from tests.people import PASSWORD
from tests.shared_apps.factors.steps import is_signed_in

pytestmark = pytest.mark.usefixtures("vg")


def stored(name: str) -> str:
    return User.objects.values_list("password", flat=True).get(username=name)


def test_no_hash_and_no_key_stands_in_clear(cast, sign_in):
    client = sign_in("anna")
    assert "$" not in stored("anna")
    rows = str(list(Session.objects.values()))
    assert client.session.session_key not in rows and str(cast.user("anna").pk) not in rows


def test_migration_seals_what_stood_in_clear_once(cast):
    cast.user("anna"), cast.user("nora")
    User.objects.filter(username="anna").update(password=make_password(PASSWORD))
    User.objects.filter(username="nora").update(password="!unusable")
    assert not User.objects.get(username="anna").check_password(PASSWORD), "a hash in the clear is not accepted"
    migration = import_module("shared_apps.accounts.migrations.0011_secrets_at_rest")
    migration.seal_all(apps, None)
    first = stored("anna")
    migration.seal_all(apps, None)
    assert stored("anna") == first and "$" not in first and stored("nora") == "!unusable"
    assert User.objects.get(username="anna").check_password(PASSWORD)
    migration.open_all(apps, None)
    assert stored("anna") == open_hash(first, user_id=User.objects.get(username="anna").pk)


def test_turning_the_keys_signs_nobody_out(cast, sign_in, settings):
    client, before = sign_in("anna"), stored("anna")
    settings.FIELD_KEYS = (("neu", b"n" * 32), *settings.FIELD_KEYS)
    assert update_password_seals(batch=100) >= 1
    assert update_password_seals(batch=100) == 0
    assert stored("anna") != before
    assert User.objects.get(username="anna").check_password(PASSWORD)
    assert is_signed_in(client)
