"""Which passwords are refused: short ones, one's own name, and those that everybody knows."""

from __future__ import annotations

import gzip
import hashlib
import unicodedata
from pathlib import Path

import pytest
from django.contrib.auth import hashers, password_validation
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client

from shared_apps.accounts.models import User
from shared_apps.signin import passwords
from shared_apps.signin.passwords import is_leaked, variants
from tests.people import PASSWORD

ANNA = User(username="anna.ahlers", vorname="Anna", nachname="Ahlers", email="anna.ahlers@example.org")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kurz", "password_too_short"),
        ("elf zeichen", "password_too_short"),
        ("aaaaaaaaaaaaaaaa", "password_too_simple"),
        ("x y" * 100, "password_too_long"),
        ("Passwort2026!!", "password_leaked"),
        ("passwortpasswort", "password_leaked"),
        ("JUGENDAMT-2026", "password_leaked"),
        ("vorpommern-greifswald", "password_leaked"),
        ("qwertzuiopü+", "password_leaked"),
        ("telechargement", "password_leaked"),  # of Django's list
        ("Correct Horse Battery Staple", "password_leaked"),
        ("Anna-Ahlers-2026", "password_too_similar"),
    ],
)
def test_validate__refuses(password, code):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, ANNA)
    assert code in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "der regen fällt auf grüne dächer",
        "Möwen über dem Bodden und ein Fahrrad ohne Sattel, das keiner vermisst. " * 3,
        "nur kleine buchstaben",
        "Ich heiße Anna und mag besonders gern Pflaumenkuchen",
    ],
)
def test_validate__admits_long_phrases(password):
    validate_password(password, ANNA)


def test_messages_and_help_are_german():
    with pytest.raises(ValidationError) as refused:
        validate_password("passwort", ANNA)
    assert "zu kurz" in " ".join(refused.value.messages)
    assert "erratener und gestohlener" in " ".join(refused.value.messages)
    help_text = " ".join(password_validation.password_validators_help_texts())
    assert "Mindestens 12 Zeichen" in help_text
    assert "Umlaute" in help_text


def test_every_word_of_both_shipped_lists_is_refused():
    common = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    words = gzip.decompress(common.read_bytes()).decode().split("\n")
    ours = passwords.WORDS.read_text(encoding="utf-8").split("\n")
    missing = [w for w in [*words, *ours] if w.strip() and not is_leaked(w.strip())]
    assert missing == []
    assert [w for w in ours if w != w.lower()] == [], "Django compares in small letters"


def test_bigger_list_is_searched_without_loading_it(tmp_path, settings):
    words = [f"geleaktes kennwort nummer {n}" for n in range(500)]
    lines = sorted(f"{hashlib.sha1(w.encode()).hexdigest().upper()}:{n}" for n, w in enumerate(words))
    file = tmp_path / "pwned.txt"
    file.write_bytes(("\r\n".join(lines) + "\r\n").encode())
    settings.PASSWORD_LIST = str(file)
    assert all(is_leaked(word) for word in words)
    assert not any(is_leaked(f"niemals verlorenes kennwort {n} hier") for n in range(500))
    assert is_leaked("Passwort2026!!"), "the shipped list is asked as well"


def test_bigger_list_in_another_form_is_refused(tmp_path, settings):
    file = tmp_path / "words.txt"
    file.write_text("passwort\n")
    settings.PASSWORD_LIST = str(file)
    with pytest.raises(ImproperlyConfigured):
        is_leaked("irgendein langes kennwort")
    settings.PASSWORD_LIST = str(tmp_path / "missing.txt")
    with pytest.raises(ImproperlyConfigured):
        is_leaked("irgendein langes kennwort")


def test_variants():
    assert {"Sommer2026!!", "sommer2026!!", "sommer"} <= variants("Sommer2026!!")
    assert "jugendamt" in variants("JugendamtJugendamt1")


def test_hash_is_argon2id(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert hashers.make_password(PASSWORD).startswith("argon2$argon2id$")


@pytest.mark.usefixtures("vg")
def test_umlaut_typed_in_two_ways_is_the_same_password(cast, sign_in):
    new = "Möwen ärgern übermütige Hunde"
    cast.user("anna")
    decomposed = unicodedata.normalize("NFD", new)
    data = {"passwort_alt": PASSWORD, "passwort_neu": decomposed, "passwort_neu_2": new}
    assert sign_in("anna").post("/passwort/", data).status_code == 302
    for typed in (new, decomposed):
        client = Client(SERVER_NAME="vg.localhost")
        response = client.post("/anmelden/", {"username": "anna", "password": typed})
        assert response.status_code == 302, typed
