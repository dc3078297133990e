"""Sealed values open only in their tenant, at their place, with their key."""

from __future__ import annotations

import base64
import os

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from config import env
from tenants import crypto
from tenants.context import in_tenant, on_portal

CONTEXT = "cases_notiz|text|1"
pytestmark = pytest.mark.django_db


def test_seal__round_trip(vg):
    with in_tenant(vg):
        token = crypto.seal("Müller – 😀", context=CONTEXT)
        assert crypto.open_sealed(token, context=CONTEXT) == "Müller – 😀"
        assert crypto.open_sealed(crypto.seal("", context=CONTEXT), context=CONTEXT) == ""
        assert token.isascii() and "ller" not in token
        assert crypto.seal("x", context=CONTEXT) != crypto.seal("x", context=CONTEXT)


def test_seal__refused_without_a_tenant(vg):
    with in_tenant(vg):
        token = crypto.seal("x", context=CONTEXT)
    with pytest.raises(crypto.NoTenantKey):
        crypto.seal("x", context=CONTEXT)
    with on_portal(), pytest.raises(crypto.NoTenantKey):
        crypto.open_sealed(token, context=CONTEXT)
    with pytest.raises(crypto.NoTenantKey):
        crypto.blind_index("Müller")


def test_open__refused_in_another_tenant(vg, hro):
    with in_tenant(vg):
        token = crypto.seal("x", context=CONTEXT)
        wrapped = crypto.wrap_data_key(crypto.new_data_key(), context="person|1")
    with in_tenant(hro):
        with pytest.raises(crypto.SealBroken, match="another row, field or tenant"):
            crypto.open_sealed(token, context=CONTEXT)
        with pytest.raises(crypto.SealBroken):
            crypto.unwrap_data_key(wrapped, context="person|1")


def test_open__refused_with_another_context_and_between_floors(vg):
    with in_tenant(vg):
        token = crypto.seal("x", context=CONTEXT)
        with pytest.raises(crypto.SealBroken):
            crypto.open_sealed(token, context="cases_notiz|text|2")
        with pytest.raises(crypto.SealBroken):
            crypto.open_shared(token, context=CONTEXT)
        with pytest.raises(crypto.SealBroken):
            crypto.open_sealed(crypto.seal_shared("x", context=CONTEXT), context=CONTEXT)
        with pytest.raises(ValueError, match="context"):
            crypto.seal("x", context="")


def test_open__every_altered_bit_is_noticed(vg):
    with in_tenant(vg):
        sealed = base64.urlsafe_b64decode(crypto.seal("geheim", context=CONTEXT))
        for position in range(len(sealed)):
            for bit in (1, 128):
                altered = bytearray(sealed)
                altered[position] ^= bit
                with pytest.raises(crypto.SealBroken):
                    crypto.open_sealed(base64.urlsafe_b64encode(bytes(altered)).decode(), context=CONTEXT)
        for rubbish in ("", "x", "nicht versiegelt", "ü", "AQ", base64.urlsafe_b64encode(sealed[:-1]).decode()):
            with pytest.raises(crypto.SealBroken):
                crypto.open_sealed(rubbish, context=CONTEXT)


def test_shared__round_trip_without_tenant():
    token = crypto.seal_shared("JBSWY3DPEHPK3PXP", context="mfa|totp|1")
    assert crypto.open_shared(token, context="mfa|totp|1") == "JBSWY3DPEHPK3PXP"
    with pytest.raises(crypto.SealBroken):
        crypto.open_shared(token, context="mfa|totp|2")


def test_data_key__seals_for_one_person(vg):
    with in_tenant(vg):
        key, other = crypto.new_data_key(), crypto.new_data_key()
        assert crypto.unwrap_data_key(crypto.wrap_data_key(key, context="person|1"), context="person|1") == key
        sealed = crypto.seal_with(key, b"Lena", context="cases_klient|vorname|1")
        assert crypto.open_with(key, sealed, context="cases_klient|vorname|1") == b"Lena"
        with pytest.raises(crypto.SealBroken):
            crypto.open_with(other, sealed, context="cases_klient|vorname|1")
        with pytest.raises(crypto.SealBroken):
            crypto.open_with(key, sealed, context="cases_klient|nachname|1")
        assert not crypto.needs_rotation(sealed)


def test_rotate__old_values_open_until_the_old_key_is_taken_out(vg, settings):
    old, new = ("demo", settings.FIELD_KEYS[0][1]), ("2027", os.urandom(32))
    with in_tenant(vg):
        token = crypto.seal("x", context=CONTEXT)
        shared = crypto.seal_shared("y", context=CONTEXT)
        index = crypto.blind_index("Müller")
        assert not crypto.needs_rotation(token)
        settings.FIELD_KEYS = [new, old]
        assert crypto.needs_rotation(token) and crypto.needs_rotation(shared)
        assert crypto.open_sealed(token, context=CONTEXT) == "x"
        turned = crypto.rotate(token, context=CONTEXT)
        shared_turned = crypto.rotate_shared(shared, context=CONTEXT)
        assert not crypto.needs_rotation(turned) and not crypto.needs_rotation(shared_turned)
        assert crypto.blind_index("Müller") != index
        assert index in crypto.blind_indexes("Müller")
        settings.FIELD_KEYS = [new]
        assert crypto.open_sealed(turned, context=CONTEXT) == "x"
        assert crypto.open_shared(shared_turned, context=CONTEXT) == "y"
        with pytest.raises(crypto.SealBroken, match="SOJUS_FIELD_KEYS"):
            crypto.open_sealed(token, context=CONTEXT)


def test_blind_index__same_name_same_fingerprint_in_one_tenant_only(vg, hro):
    same = ["Müller", "MÜLLER", "mueller", "  Mueller ", "Mu\u0308ller"]
    with in_tenant(vg):
        assert len({crypto.blind_index(name) for name in same}) == 1
        assert crypto.blind_index("Strauß") == crypto.blind_index("STRAUSS") == crypto.blind_index("Strauss")
        assert crypto.blind_index("Renée") == crypto.blind_index("renee")
        assert crypto.blind_index("Muller") != crypto.blind_index("Müller")
        assert crypto.blind_index("a", "bc") != crypto.blind_index("ab", "c")
        here = crypto.blind_index("Müller")
    with in_tenant(hro):
        assert crypto.blind_index("Müller") != here


def test_words__of_a_double_name():
    assert crypto.words("von Müller-Lüdenscheidt, O’Neil") == ["von", "mueller", "luedenscheidt", "o", "neil"]
    assert crypto.words(" - ") == []


@given(st.text())
def test_normalise__is_stable(text):
    assert crypto.normalise(crypto.normalise(text)) == crypto.normalise(text)


def test_keys__no_key_in_any_message():
    key = crypto.FieldKey(*settings.FIELD_KEYS[0])
    assert str(key) == "FieldKey(demo)"


def test_field_keys__one_per_line_from_a_file(tmp_path, monkeypatch):
    lines = [f"k{n}:{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2)]
    file = tmp_path / "keys"
    file.write_text("\n".join(lines) + "\n")
    monkeypatch.delenv("SOJUS_FIELD_KEYS", raising=False)
    monkeypatch.setenv("SOJUS_FIELD_KEYS_FILE", str(file))
    assert env.field_keys(env.secret("SOJUS_FIELD_KEYS")) == [("k1", b"\x01" * 32), ("k2", b"\x02" * 32)]
