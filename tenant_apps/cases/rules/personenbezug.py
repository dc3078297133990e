"""Whether a text says who a young person is: what goes to a provider before the booking must not (§ 64 (2a) SGB VIII).

Found are her names, her birth and her numbers, as somebody types them who is not hiding them:

* a name in any spelling of its umlauts and accents, declined or as a pet form ("Lenas", "Müllers", "Lenchen"), joined
  or taken apart ("Lena-Marie", "Lenamarie", "Le-na", "L e n a"), in a compound with a hyphen ("Ahlers-Kind");
* a name with one slip (a letter wrong, missing, too many, or two that have changed places), of four letters at least
  and with a capital, unless it is an everyday word (`alltagsworte`);
* the day of birth in figures of any script or with the month's name, with or without its year where it says "geboren"
  or "Geburtstag" before or behind it;
* any of it with signs that are not drawn, with thin spaces, in letters or figures of another shape ("Ⓜia"), or a name
  with figures for letters ("M1a");
* PKZ and case number with any spaces and hyphens, and with one slip from six characters on.

Not found, and named in docs/adr/0100: a short form ("Alex" for Alexander), a compound without a hyphen
("Ahlerskind"), two slips in one word, a slip in a word without a capital or of three letters, a date all in words,
the year alone, initials, other scripts, a name with a space or a sign inside ("Wro bel", "Mi/a", "M!a"), with a figure
in front or backwards, a nickname that has nothing to do with the name. A name that is an everyday word (Klein, Rose) is
found where it has a capital.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise, product

from shared_apps.core.eingabe import FREITEXT_MAX
from tenant_apps.cases.rules.alltagsworte import ALLTAGSWORTE


class Personendetail(StrEnum):
    """Which detail of hers a place in a text gives away, as a page calls it."""

    NAME = "Name"
    GEBURTSDATUM = "Geburtsdatum"
    NUMMER = "Nummer"


@dataclass(frozen=True, slots=True)
class Personenangaben:
    """Who somebody is, as far as it is known; what is empty is not looked for. Never kept, never logged."""

    vorname: str = field(default="", repr=False)
    nachname: str = field(default="", repr=False)
    geburtsdatum: date | None = field(default=None, repr=False)
    nummern: tuple[str, ...] = field(default=(), repr=False)
    """PKZ and case numbers."""


@dataclass(frozen=True, slots=True, order=True)
class Fundstelle:
    """One place in a text: characters `beginn` to before `ende` are `wort` and say a `detail` of her."""

    beginn: int
    ende: int
    wort: str = field(repr=False)
    detail: Personendetail


def find_personenbezug(text: str, person: Personenangaben) -> list[Fundstelle]:
    """Every place of `text` that says who `person` is, in the order of the text; none overlaps another.

    A pure function: no day, no setting. The longest place counts where two begin together. `ValueError` for a text
    longer than any field takes (`FREITEXT_MAX` characters): whoever asks about one has not checked its length.
    """
    if len(text) > FREITEXT_MAX:
        raise ValueError(f"more than {FREITEXT_MAX} characters")
    geschrieben, text = text, _lesbar(text)
    gefunden = [
        *_find_namen(text, person),
        *(_find_geburt(text, person.geburtsdatum) if person.geburtsdatum else ()),
        *(stelle for nummer in person.nummern for stelle in _find_nummer(text, nummer)),
    ]
    frei, stellen = 0, []
    for stelle in sorted(gefunden, key=lambda s: (s.beginn, -s.ende)):
        if stelle.beginn >= frei:
            stellen.append(replace(stelle, wort=geschrieben[stelle.beginn : stelle.ende]))
            frei = stelle.ende
    return stellen


def describe_personenbezug(stellen: list[Fundstelle]) -> str:
    """The German sentences of a refusal, with each word as it was typed; empty when nothing was found."""
    if not stellen:
        return ""
    worte = list(dict.fromkeys(f"„{stelle.wort}“ ({stelle.detail})" for stelle in stellen))
    return (
        f"Der Text verrät, um wen es geht: {', '.join(worte)}. Vor der Buchung erfährt der Anbieter weder Namen noch"
        " Geburtsdatum noch Nummern. Bitte schreiben Sie es anders, zum Beispiel „das Kind“ oder „die Jugendliche“."
    )


def _lesbar(text: str) -> str:
    """Plain figures, and plain letters for those of another shape; one character for one, so that places stay."""
    return text if text.isascii() else "".join(map(_ein_lesbares, text))


def _ein_lesbares(zeichen: str) -> str:
    if zeichen.isascii():
        return zeichen
    if zeichen.isdecimal():
        return str(unicodedata.decimal(zeichen))
    einfach = unicodedata.normalize("NFKC", zeichen)
    return einfach if len(einfach) == 1 and not einfach.isspace() else zeichen


# --- names --------------------------------------------------------------------------------------------------------

#: A letter, or what is drawn over one or is not drawn at all (soft hyphen, joiners).
_BUCHSTABE = r"(?:[^\W\d_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff])"
_WORT = re.compile(rf"{_BUCHSTABE}+")
_TRENNSTRICH = r"(?:[-\u2010-\u2015\u2006\u2009\u200a\u202f]|-[^\S\n]*\n\s*)"
#: Words with a hyphen or a thin space between, such as `Lena-Marie`, or one that a line has broken.
_KETTE = re.compile(rf"(?<!{_BUCHSTABE}){_BUCHSTABE}+(?:{_TRENNSTRICH}{_BUCHSTABE}+)+")
#: Letters one by one: `L e n a`, `L.e.n.a`.
_GESPERRT = re.compile(rf"(?<!\w){_BUCHSTABE}(?:[ .\-]{{1,2}}{_BUCHSTABE}(?!\w)){{2,}}")
#: A word with figures for letters: `M1a`.
_MIT_ZIFFERN = re.compile(rf"(?<!\w)(?<!{_BUCHSTABE}){_BUCHSTABE}+(?:[01345]{_BUCHSTABE}*)+(?!\w)")
_ZIFFERN = tuple(str.maketrans("01345", "o" + eins + "eas") for eins in "il")
_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "ł": "l", "đ": "d"})
_OHNE_PUNKTE = _UMLAUTE | {ord(mit): ohne for mit, ohne in ("äa", "öo", "üu")}
#: Parts of a name that are in every text.
_PARTIKEL = frozenset(
    {
        "von", "vom", "van", "der", "den", "de", "des", "di", "da", "do", "du", "del", "della", "dos", "la", "le", "lo",
        "el", "al", "ul", "zu", "zum", "zur", "ten", "ter",
    }
)  # fmt: skip
_ENDUNGEN = ("s", "es", "ens", "n", "en", "e", "ns", "sche", "schen", "scher", "sches", "schem")
_KOSEFORMEN = ("chen", "lein", "i")
_LAENGSTE_ENDUNG = 6
_KUERZESTER_MIT_FEHLER = 4


def _find_namen(text: str, person: Personenangaben) -> Iterator[Fundstelle]:
    namen = _namensworte(person)
    if not namen:
        return
    laengstes = max(map(len, namen)) + _LAENGSTE_ENDUNG
    for muster in (_WORT, _KETTE, _GESPERRT):
        for treffer in muster.finditer(text):
            wort = treffer.group()
            gefaltet = _falten(wort)
            if len(gefaltet) <= laengstes and any(_is_name(gefaltet, name, gross=wort[:1].isupper()) for name in namen):
                yield Fundstelle(*treffer.span(), wort, Personendetail.NAME)
    for treffer in _MIT_ZIFFERN.finditer(text):
        if len(treffer.group()) <= laengstes and any(
            len(name) > 2 and _is_form_of(_falten(treffer.group().translate(ziffern)), name)
            for name in namen
            for ziffern in _ZIFFERN
        ):
            yield Fundstelle(*treffer.span(), treffer.group(), Personendetail.NAME)


def _namensworte(person: Personenangaben) -> set[str]:
    """Each word of her names, and the words of a name that has several written as one."""
    gefunden: set[str] = set()
    for name in (person.vorname, person.nachname):
        alle = [_falten(wort) for wort in _WORT.findall(name)]
        worte = [wort for wort in alle if wort not in _PARTIKEL] or alle
        gefunden.update(worte)
        gefunden.update(a + b for a, b in pairwise(worte))
        gefunden.add("".join(alle))
        # "Muller", and one slip away from it "Miller": umlauts whose dots somebody leaves out.
        gefunden.update(_falten(wort, _OHNE_PUNKTE) for wort in _WORT.findall(name) if _falten(wort) in worte)
    return {wort for wort in gefunden if len(wort) >= 2}


def _falten(wort: str, umlaute: dict[int, str] = _UMLAUTE) -> str:
    """As `tenants.crypto.normalise`, letters only: `Mü-ller` and `MUELLER` are one word."""
    klein = unicodedata.normalize("NFKC", wort).casefold().translate(umlaute)
    return "".join(c for c in unicodedata.normalize("NFKD", klein) if c.isalpha())


def _is_name(gefaltet: str, name: str, *, gross: bool) -> bool:
    if _is_form_of(gefaltet, name):
        return gross or (len(name) > 2 and name not in ALLTAGSWORTE and gefaltet not in ALLTAGSWORTE)
    if not gross or len(name) < _KUERZESTER_MIT_FEHLER or gefaltet in ALLTAGSWORTE:
        return False
    if _is_one_slip(gefaltet, name):
        return True
    return len(name) > _KUERZESTER_MIT_FEHLER and any(
        _is_one_slip(gefaltet.removesuffix(endung), name) for endung in ("s", "es", "n") if gefaltet.endswith(endung)
    )


def _is_form_of(wort: str, name: str) -> bool:
    """The name itself, declined, or as a pet form."""
    if wort == name:
        return True
    if wort in ALLTAGSWORTE and len(name) <= _KUERZESTER_MIT_FEHLER:
        return False  # "Eine" is no declined "Ein", "Hanse" may be one of Hans
    if any(wort == name + endung for endung in _ENDUNGEN):
        return True
    stamm = name.rstrip("aeio") if len(name) > 3 else name
    return any(wort in (basis + endung, basis + endung + "s") for basis in {name, stamm} for endung in _KOSEFORMEN)


def _is_one_slip(eins: str, zwei: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours have changed places."""
    if eins == zwei:
        return True
    if abs(len(eins) - len(zwei)) > 1:
        return False
    vorn = 0
    while vorn < min(len(eins), len(zwei)) and eins[vorn] == zwei[vorn]:
        vorn += 1
    rest_eins, rest_zwei = eins[vorn:], zwei[vorn:]
    if len(rest_eins) == len(rest_zwei):
        getauscht = rest_eins[:2] == rest_zwei[:2][::-1] and rest_eins[2:] == rest_zwei[2:]
        return rest_eins[1:] == rest_zwei[1:] or getauscht
    return rest_eins[1:] == rest_zwei or rest_eins == rest_zwei[1:]


# --- birth --------------------------------------------------------------------------------------------------------

_MONATE = (
    "jan(?:uar|ner)?|jänner", "feb(?:ruar)?|feber", "märz|maerz|mrz|mär", "apr(?:il)?", "mai", "juni?", "juli?",
    "aug(?:ust)?", "sept?(?:ember)?", "okt(?:ober)?", "nov(?:ember)?", "dez(?:ember)?",
)  # fmt: skip
_ROEMISCH = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ENDE_DES_WORTS = r"(?![^\W\d_])"
_GEBURTSWORT = rf"geb(?:oren|urts?(?:tags?|datums?)?){_ENDE_DES_WORTS}\.?|geb{_ENDE_DES_WORTS}\.?"
#: How far before and behind a day it may say that it is hers: the word, and what is between.
_FENSTER = 40
_GEBOREN_DAVOR = re.compile(rf"(?:(?<![^\W\d_])(?:{_GEBURTSWORT})|\*)[^.\n]{{0,24}}$", re.IGNORECASE)
_GEBOREN_DAHINTER = re.compile(rf"[^.,;\n]{{0,24}}?(?<![^\W\d_])(?:{_GEBURTSWORT})(?!\w)", re.IGNORECASE)
_JAHR_DAHINTER = re.compile(r"[ .\-/]{0,5}\d{2,4}")


def _find_geburt(text: str, geboren: date) -> Iterator[Fundstelle]:
    tag, zahl, roemisch = rf"0?{geboren.day}", rf"0?{geboren.month}(?!\d)", _ROEMISCH[geboren.month - 1]
    monat = rf"(?:{zahl}|{roemisch}{_ENDE_DES_WORTS})"
    jahr = rf"(?:{geboren.year}|['’]?{geboren.year % 100:02d})"
    luft = r"\s{0,5}"
    trenner = rf"{luft}[.\-/\u2006\u2009\u200a\u202f\u00a0 ]{luft}"
    name = rf"(?:{_MONATE[geboren.month - 1]}){_ENDE_DES_WORTS}\.?"
    ganz = (
        rf"{tag}{trenner}{monat}{trenner}{jahr}",
        rf"{tag}{luft}\.?{luft}{name}{luft}{jahr}",
        rf"{geboren.year}{trenner}{monat}{trenner}{tag}",
        f"{geboren:%d%m%Y}|{geboren:%Y%m%d}|{geboren:%d%m%y}|{geboren:%y%m%d}",
    )
    for muster in ganz:
        for treffer in re.finditer(rf"(?<!\d)(?:{muster})(?!\d)", text, re.IGNORECASE):
            yield Fundstelle(*treffer.span(), treffer.group(), Personendetail.GEBURTSDATUM)
    # Without its year a day is any day, also the first of the period, unless the text says that it is hers.
    ohne_jahr = rf"(?<!\d){tag}{luft}\.{luft}(?:{monat}\.?|{name})"
    for treffer in re.finditer(ohne_jahr, text, re.IGNORECASE):
        if _says_geboren(text, *treffer.span()) and not _JAHR_DAHINTER.match(text, treffer.end()):
            yield Fundstelle(*treffer.span(), treffer.group(), Personendetail.GEBURTSDATUM)


def _says_geboren(text: str, beginn: int, ende: int) -> bool:
    """Whether the words around a day say that it is that of a birth; only `_FENSTER` characters are looked at."""
    davor, dahinter = text[max(beginn - _FENSTER, 0) : beginn], text[ende : ende + _FENSTER]
    return bool(_GEBOREN_DAVOR.search(davor) or _GEBOREN_DAHINTER.match(dahinter))


# --- numbers ------------------------------------------------------------------------------------------------------

_KUERZESTE_NUMMER = 4
_KUERZESTE_MIT_FEHLER = 6


def _find_nummer(text: str, nummer: str) -> Iterator[Fundstelle]:
    gesucht = _nur_zeichen(nummer)
    if len(gesucht) < _KUERZESTE_NUMMER:
        return
    stellen = [n for n, zeichen in enumerate(text) if zeichen.isalnum()]
    kurz = "".join(_ein_zeichen(text[n]) for n in stellen)
    belegt: set[int] = set()
    for beginn, ende in _list_fenster(kurz, gesucht):
        von, bis = stellen[beginn], stellen[ende - 1] + 1
        if belegt.isdisjoint(range(beginn, ende)) and _steht_fuer_sich(text, von, bis):
            belegt.update(range(beginn, ende))
            yield Fundstelle(von, bis, text[von:bis], Personendetail.NUMMER)


#: Inside of a number there are spaces and signs, but no comma and no sentence ends.
_NEUER_SATZ = re.compile(r"[,;:!?()\n]|\w\w\. ")


def _steht_fuer_sich(text: str, von: int, bis: int) -> bool:
    am_rand = text[von - 1 : von] if von else ""
    return not (am_rand.isalnum() or text[bis : bis + 1].isalnum()) and not _NEUER_SATZ.search(text, von, bis)


def _list_fenster(kurz: str, gesucht: str) -> Iterator[tuple[int, int]]:
    """Where `gesucht` is in `kurz`, and after those, from six characters on, where it is with one slip."""
    yield from ((t.start(), t.end()) for t in re.finditer(re.escape(gesucht), kurz))
    if len(gesucht) >= _KUERZESTE_MIT_FEHLER:
        yield from sorted(set(_list_verschriebene(kurz, gesucht)), key=lambda f: (abs(f[1] - f[0] - len(gesucht)), f))


def _list_verschriebene(kurz: str, gesucht: str) -> Iterator[tuple[int, int]]:
    """One slip spoils two of three parts at most (an exchange across their border): one part is there as it is."""
    drittel = len(gesucht) // 3
    laengen = (len(gesucht), len(gesucht) - 1, len(gesucht) + 1)
    for teil in range(3):
        ab = teil * drittel
        anker = gesucht[ab : ab + drittel] if teil < 2 else gesucht[ab:]
        for treffer in re.finditer(rf"(?={re.escape(anker)})", kurz):
            for beginn, laenge in product((treffer.start() - ab + v for v in (0, -1, 1)), laengen):
                fenster = kurz[max(beginn, 0) : beginn + laenge]
                if beginn >= 0 and len(fenster) == laenge and _is_one_slip(fenster, gesucht):
                    yield beginn, beginn + laenge


def _nur_zeichen(nummer: str) -> str:
    return "".join(_ein_zeichen(zeichen) for zeichen in nummer if zeichen.isalnum())


def _ein_zeichen(zeichen: str) -> str:
    """One character for one, so that places in the text stay what they are."""
    klein = zeichen.casefold()
    return klein if len(klein) == 1 else zeichen
