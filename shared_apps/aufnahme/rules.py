"""Which providers of the register could be the one that asks to join."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Legal forms and the words nearly every name has: they tell nobody apart.
_ALLERWELT = {
    "ev", "ggmbh", "gmbh", "ug", "gug", "ag", "gag", "kg", "gbr", "eg", "stiftung", "verein", "co",
    "der", "die", "das", "des", "den", "dem", "im", "in", "am", "an", "fuer", "und", "von", "zu", "zur", "zum",
    "jugendhilfe", "kinderhilfe", "kinder", "jugend", "gemeinnuetzige", "gemeinnuetziger",
}  # fmt: skip
_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
#: From this share of common words on somebody should look.
_GENUG = 0.5


def kernwoerter(name: str) -> frozenset[str]:
    """The words of a name that tell it apart: without case, accents, signs, legal form; all of them if none is left."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_UMLAUTE)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    woerter = re.findall(r"[a-z0-9]+", text.replace(".", "").replace("e v", "ev"))
    return frozenset(wort for wort in woerter if wort not in _ALLERWELT) or frozenset(woerter)


def aehnlich(name: str, anderer: str) -> bool:
    """Whether at least half of the words that tell two names apart are the same."""
    a, b = kernwoerter(name), kernwoerter(anderer)
    return bool(a) and len(a & b) >= _GENUG * len(a | b)


def register_nr_gleich(nummer: str, andere: str) -> bool:
    """Whether two register numbers are one, however they are written ("VR 12 34", "vr1234")."""
    a, b = (re.sub(r"[^0-9a-z]", "", text.casefold()) for text in (nummer, andere))
    return bool(a) and a == b


def fremde_adresse(adresse: str, bekannte: Iterable[str]) -> bool:
    """Whether an e-mail address is outside every domain known of a provider (of its address, of its web page).

    Nothing known: nothing to compare. A subdomain is the same house ("kontakt@post.haus.example" of "haus.example").
    """
    domain = adresse.rpartition("@")[2].casefold()
    namen = {_domain(text) for text in bekannte} - {""}
    return bool(namen) and not any(domain == name or domain.endswith(f".{name}") for name in namen)


def _domain(text: str) -> str:
    """ "haus.example" of "info@haus.example" or "https://www.haus.example/wir"."""
    ort = text.rpartition("@")[2] if "@" in text else text.partition("://")[2] or text
    return re.split(r"[/:?#]", ort.strip().casefold(), maxsplit=1)[0].removeprefix("www.")
