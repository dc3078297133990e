"""What makes a password good: length, and that nobody else has lost it already. No rules about signs.

Leaked passwords are looked up without a network: in Django's list and in the words beside it (`data/words.txt`), by
Django's validator, and, by setting, in the download of Have I Been Pwned as it comes ("HASH:COUNT" lines in the order
of the hash, tens of gigabytes; searched by halving, nothing is loaded).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ImproperlyConfigured, ValidationError

#: Words of the trade, of the Land, of the German keyboard: in small letters, one a line.
WORDS = Path(__file__).parent / "data" / "words.txt"
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"^(.+?)\1+$", re.DOTALL)


def normalise(password: str) -> str:
    """The same password from every keyboard: an ü typed as one sign or as u and two dots is one ü."""
    return unicodedata.normalize("NFC", password)


def variants(password: str) -> set[str]:
    """The password and what it is when the tricks everybody knows are taken off: case, "2026!" at the end, twice."""
    plain = normalise(password).casefold()
    found = {password, plain}
    for text in (plain, _EDGES.sub("", plain)):
        found.add(text)
        if match := _REPEATED.match(text):
            found.add(match[1])
    return {text for text in found if text}


class _Ordered:
    """Lines "SHA1HEX:COUNT" in ascending order, in a file of any size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            if not re.match(rb"[0-9A-Fa-f]{40}(:\d+)?\r?\n", file.readline()):
                raise ImproperlyConfigured("SOJUS_PASSWORD_LIST must hold lines SHA1:COUNT in the order of the hash.")

    def has(self, digest: bytes) -> bool:
        """Halve the file until the line is found or is not there."""
        wanted = digest.hex().upper().encode()
        with self._path.open("rb") as file:

            def first_from(position: int) -> bytes:
                """Hash of the first line that begins at `position` or later; empty at the end."""
                file.seek(max(position - 1, 0))
                if position:
                    file.readline()
                return file.readline()[:40].upper()

            low, high = 0, self._path.stat().st_size
            while low < high:
                middle = (low + high) // 2
                found = first_from(middle)
                if found and found < wanted:
                    low = middle + 1
                else:
                    high = middle
            return first_from(low) == wanted


@cache
def _common() -> tuple[CommonPasswordValidator, ...]:
    return CommonPasswordValidator(), CommonPasswordValidator(password_list_path=WORDS)


@cache
def _download(path: str) -> _Ordered:
    if not Path(path).is_file():
        raise ImproperlyConfigured(f"SOJUS_PASSWORD_LIST: there is no file {path}.")
    return _Ordered(Path(path))


def _is_common(text: str) -> bool:
    try:
        for known in _common():
            known.validate(text)
    except ValidationError:
        return True
    return False


def is_leaked(password: str) -> bool:
    """Whether the password, or what it is without the usual tricks, is in a list of leaked ones."""
    texts = variants(password)
    if any(_is_common(text) for text in texts):
        return True
    if not settings.PASSWORD_LIST:
        return False
    known = _download(settings.PASSWORD_LIST)
    return any(known.has(hashlib.sha1(text.encode(), usedforsecurity=False).digest()) for text in texts)


class LengthValidator:
    """Long enough to resist, short enough to be hashed."""

    def __init__(self, min_length: int = 12, max_length: int = 256) -> None:
        self.min_length, self.max_length = min_length, max_length

    def validate(self, password: str, user: object | None = None) -> None:
        """Raise `ValidationError` with what to do."""
        if len(password) < self.min_length:
            raise ValidationError(
                f"Das Passwort ist zu kurz. Nehmen Sie mindestens {self.min_length} Zeichen, am besten einen Satz "
                "aus mehreren Wörtern.",
                code="password_too_short",
            )
        if len(password) > self.max_length:
            raise ValidationError(
                f"Das Passwort ist zu lang. Nehmen Sie höchstens {self.max_length} Zeichen.", code="password_too_long"
            )
        if len(set(password.casefold())) < 5:
            raise ValidationError(
                "Das Passwort besteht aus zu wenigen verschiedenen Zeichen. Nehmen Sie einen Satz aus Wörtern.",
                code="password_too_simple",
            )

    def get_help_text(self) -> str:
        """For forms."""
        return (
            f"Mindestens {self.min_length} Zeichen, Leerzeichen und Umlaute sind erlaubt. Ein Satz aus mehreren "
            "Wörtern ist gut zu merken und schwer zu erraten. Sonderzeichen und Ziffern müssen nicht sein."
        )


class PersonValidator:
    """Not one's own name: whoever tries, tries that first."""

    def validate(self, password: str, user: object | None = None) -> None:
        """Raise `ValidationError` when little is left of the password without the person's name."""
        rest = plain = normalise(password).casefold()
        for name in ("username", "vorname", "nachname", "email"):
            value = str(getattr(user, name, "") or "").casefold()
            for part in {value, *re.split(r"\W+", value)}:
                if len(part) > 3:
                    rest = rest.replace(part, "")
        if len(re.sub(r"[\W\d_]+", "", rest)) < 8 and rest != plain:
            raise ValidationError(
                "Das Passwort besteht vor allem aus Ihrem Namen. Nehmen Sie Wörter, die nichts mit Ihnen zu tun haben.",
                code="password_too_similar",
            )

    def get_help_text(self) -> str:
        """For forms."""
        return "Nicht Ihr Name oder Ihre E-Mail-Adresse."


class LeakedPasswordValidator:
    """Not one that is in the lists of the guessers."""

    def validate(self, password: str, user: object | None = None) -> None:
        """Raise `ValidationError` for a known password."""
        if is_leaked(password):
            raise ValidationError(
                "Dieses Passwort steht in Listen erratener und gestohlener Passwörter. Bitte nehmen Sie ein anderes, "
                "zum Beispiel einen Satz aus mehreren Wörtern.",
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        """For forms."""
        return "Kein Passwort, das aus Datenlecks bekannt ist."
