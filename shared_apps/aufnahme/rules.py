"""Which providers of the register could be the one that asks to join."""

from __future__ import annotations

import re
import unicodedata

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
