"""What may be typed into a field at all: bounds and rules, each with its name. No Django (ADR 0031).

Forms (`felder`) and the API (`api_felder`) are two doors over these same rules, so what one refuses the other refuses
in the same words. Every rule takes text as it came and returns it as it is kept, or raises `EingabeFehler` with a
German message that says what to do.

Two things happen to text before anything is checked:

- what nobody can see is taken out (zero-width signs, direction marks, soft hyphens, fillers): pasted from a web page
  they would make two names of one;
- signs with two spellings get one: NFC for texts, NFKC for names, numbers, dates and identifiers ("２０２６" is 2026).

What is left and still is no writing (NUL, control characters, halves of surrogate pairs, private and unassigned signs)
is refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from shared_apps.core.zeitraum import JAHR_AB, JAHR_BIS, build_monat, format_datum

#: Days of this system: nobody in a file was born before, and the day after the last one still is a date.
TAG_AB, TAG_BIS = date(1900, 1, 1), date(JAHR_BIS, 12, 31)
#: Days of the system's own work (trail, invoices, payments): SGB VIII is in force since then.
ARBEITSTAG_AB = date(JAHR_AB, 1, 1)
STUNDEN_JE_WOCHE_MAX = Decimal(7 * 24)
#: Days and hours per week are agreed in quarters.
VIERTEL = Decimal("0.25")
STUNDEN_IM_MONAT_MAX = Decimal(31 * 24)
STUNDEN_AM_TAG_MAX = Decimal(24)
TAGE_JE_WOCHE_MAX = 7
#: An amount in one field: what numeric(13, 2) holds.
BETRAG_MAX = Decimal("99999999999.99")
ZEILE_MAX = 300
FREITEXT_MAX = 20_000
GRUND_MAX = 500
NAME_MAX = 100
MAIL_MAX = 254
ADRESSE_MAX = 300
GRUND_BUCHSTABEN_MIN = 3
#: Digits a number may have before anybody looks at it: int() of a million digits takes minutes.
ZIFFERN_MAX = 20

PFLICHT = "Bitte füllen Sie dieses Feld aus."
TAGE_VERTAUSCHT = "Der letzte Tag liegt vor dem ersten."
NOCH_NICHT = "Dieser Tag liegt in der Zukunft. Bitte prüfen Sie das Datum."
ALTER_VERTAUSCHT = "Das Höchstalter liegt unter dem Mindestalter."
KEIN_TEXT = "Bitte geben Sie hier einen Text ein."
KEINE_SCHRIFT = "Der Text enthält Steuerzeichen oder andere Zeichen ohne Schriftbild. Bitte tippen Sie ihn neu ein."
EINE_ZEILE = "Bitte schreiben Sie das in eine Zeile."
KEIN_NAME = "Ein Name enthält mindestens einen Buchstaben."
NAME_ZEICHEN = "Ein Name besteht aus Buchstaben, Ziffern, Leerzeichen und den Zeichen ' ’ - . , ( ) /"
KEIN_GRUND = "Bitte schreiben Sie den Grund in Worten."
#: Where only one of several answers needs a reason, its service asks for it.
GRUND_FEHLT = "Bitte schreiben Sie in einem Satz, warum."
KEINE_KENNUNG = "Bitte geben Sie mindestens einen Buchstaben oder eine Ziffer ein."
KEINE_MAIL = "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@amt.de."
KEIN_BENUTZERNAME = "Erlaubt sind lateinische Buchstaben, Ziffern und die Zeichen . @ + - _"
KEIN_DATUM = "Bitte geben Sie ein gültiges Datum ein, zum Beispiel 24.12.2026."
KEIN_DATUM_API = "Bitte geben Sie ein gültiges Datum in der Form 2026-12-24 an."
GEBURT_IN_ZUKUNFT = "Das Geburtsdatum liegt in der Zukunft."
KEIN_CODE = "Diesen Code gibt es nicht."
KEIN_MONAT = "Bitte geben Sie den Monat in der Form 2026-10 an."
KEINE_GANZE_ZAHL = "Bitte geben Sie eine ganze Zahl ohne Punkt und Komma ein, zum Beispiel 12."
KEINE_ZAHL = "Bitte geben Sie eine Zahl ein, zum Beispiel 12,5."
KEINE_ZAHL_API = "Bitte geben Sie eine Zahl in der Form 12.5 an."
KEINE_VIERTEL = "Bitte geben Sie ganze, halbe oder Viertel ein, zum Beispiel 4,25."
KEINE_WAHL = "Das ist keine gültige Auswahl. Bitte wählen Sie einen der angebotenen Werte."
KEINE_LISTE = "Bitte geben Sie eine Liste von Werten an."
KEIN_OBJEKT = "Bitte geben Sie die Angaben als Objekt an."
KEINE_ADRESSE = "Bitte geben Sie eine vollständige Adresse an, zum Beispiel https://www.example.org/."
KEINE_PLZ = "Eine Postleitzahl hat fünf Ziffern, zum Beispiel 17489."
KEINE_IBAN = "Das ist keine IBAN. Eine deutsche hat 22 Stellen, zum Beispiel DE02 1203 0000 0000 2020 51."
IBAN_VERTIPPT = (
    "Diese IBAN stimmt nicht: Ihre Prüfziffern passen nicht zur Nummer. Bitte vergleichen Sie Stelle für Stelle."
)
KEIN_TELEFON = "Eine Telefonnummer besteht aus Ziffern, zum Beispiel 03834 123456 oder +49 3834 123456."
KEINE_UUID = "Bitte geben Sie eine gültige Kennung an (UUID)."

#: Joiners have a sound reason inside Persian, Indic and emoji text; alone they are nothing.
_JOINERS = "\u200c\u200d"
#: Signs without a picture of their own that are letters or symbols by category.
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_WEISS = re.compile(r"[^\S\n]+")
_ZEILENENDE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_NAMENSZEICHEN = " '’ʼ´`-‐‑–.,()/·"
_MAIL = re.compile(
    r"[A-Za-z0-9ÄÖÜäöüß!#$%&'*+/=?^_{|}~-]+(\.[A-Za-z0-9ÄÖÜäöüß!#$%&'*+/=?^_{|}~-]+)*"
    r"@([A-Za-z0-9äöüßÄÖÜ]([A-Za-z0-9äöüßÄÖÜ-]{0,61}[A-Za-z0-9äöüßÄÖÜ])?\.)+[A-Za-z]{2,63}"
)
#: Groups of three, all parted by the same sign: 13.832,00 or 13 832,00. And ungrouped: 13832,00.
_ZAHL = re.compile(
    r"(?P<vorzeichen>[+-]?)(?P<ganze>[1-9]\d{0,2}(?:(?P<trenner>[. ])\d{3})(?:(?P=trenner)\d{3})*|\d+)"
    r"(?:,(?P<bruch>\d+))?",
    re.ASCII,
)
#: The point of a number pad, where it cannot part a group.
_MIT_PUNKT = re.compile(r"[+-]?\d+\.\d+", re.ASCII)
_GANZE_ZAHL = re.compile(r"[+-]?\d+", re.ASCII)
_ZAHL_API = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_IBAN_DE = re.compile(r"DE[0-9]{20}", re.ASCII)
_TELEFON = re.compile(r"\+?[0-9 ()/.\-–]+", re.ASCII)
_MONAT = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class EingabeFehler(ValueError):
    """The German message says what to do; `code` is for machines."""

    def __init__(self, message: str, code: str = "ungueltig") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def too_long(erlaubt: int, sind: int) -> str:
    """What is said when a text does not fit."""
    return f"Bitte kürzen Sie den Text auf höchstens {erlaubt} Zeichen; es sind {sind}."


def _is_invisible(zeichen: str) -> bool:
    """Format signs but the joiners, tags, fillers; all of them may be taken out without a loss."""
    return zeichen in _FILLERS or (unicodedata.category(zeichen) == "Cf" and zeichen not in _JOINERS)


def _is_writing(zeichen: str) -> bool:
    return zeichen in "\n\t" or zeichen in _JOINERS or unicodedata.category(zeichen)[0] != "C"


def has_control(text: str) -> bool:
    """Whether NUL, a control character other than tab and line end, or half a surrogate pair is in a text."""
    return any(unicodedata.category(zeichen) in {"Cc", "Cs"} and zeichen not in "\t\r\n" for zeichen in text)


def _drop_lone_joiners(text: str) -> str:
    """Joiners stay between two visible signs only."""
    return re.sub(rf"(^|(?<=\s))[{_JOINERS}]+|[{_JOINERS}]+($|(?=\s))|([{_JOINERS}])[{_JOINERS}]+", r"\3", text)


def clean_freitext(text: str) -> str:
    """A text of several lines. Line ends become one kind, the text NFC, the invisible is gone."""
    if text.isascii() and text.isprintable():  # nearly everything; the rest looks at each sign
        return text.strip()
    text = _ZEILENENDE.sub("\n", text)
    text = _drop_lone_joiners("".join(zeichen for zeichen in text if not _is_invisible(zeichen)))
    if not all(map(_is_writing, text)):
        raise EingabeFehler(KEINE_SCHRIFT, "keine_schrift")
    return unicodedata.normalize("NFC", text).strip()


def clean_zeile(text: str) -> str:
    """A text of one line; every kind of space is one space."""
    text = clean_freitext(text)
    if "\n" in text:
        raise EingabeFehler(EINE_ZEILE, "eine_zeile")
    return _WEISS.sub(" ", text).strip()


def clean_suchtext(text: str) -> str:
    """What is looked for: a line, and a line end pasted with it is a space."""
    return _WEISS.sub(" ", clean_freitext(text).replace("\n", " "))


def clean_kompakt(text: str) -> str:
    """One line in the plain spelling of every sign (NFKC, no joiners): numbers, dates, codes, identifiers."""
    zeile = clean_zeile(text)
    if zeile.isascii():
        return zeile
    for joiner in _JOINERS:
        zeile = zeile.replace(joiner, "")
    return _WEISS.sub(" ", unicodedata.normalize("NFKC", zeile)).strip()


def clean_name(text: str) -> str:
    """A name of a person: letters of any script and what is between them; no symbols."""
    name = unicodedata.normalize("NFKC", clean_zeile(text))
    if not name:
        return name
    if not any(unicodedata.category(zeichen)[0] == "L" for zeichen in name):
        raise EingabeFehler(KEIN_NAME, "kein_name")
    if not all(
        unicodedata.category(z)[0] in "LM" or z in _NAMENSZEICHEN or z in _JOINERS or unicodedata.category(z) == "Nd"
        for z in name
    ):
        raise EingabeFehler(NAME_ZEICHEN, "name_zeichen")
    return name


def clean_bezeichnung(text: str) -> str:
    """What a thing or an organisation is called: a line with at least one letter or digit."""
    return _with_alnum(clean_zeile(text))


def clean_kennung(text: str) -> str:
    """A number or sign by which something is found (PKZ, case number, invoice number, ticket): never only signs."""
    return _with_alnum(clean_kompakt(text))


def _with_alnum(text: str) -> str:
    if text and not any(zeichen.isalnum() for zeichen in text):
        raise EingabeFehler(KEINE_KENNUNG, "keine_kennung")
    return text


def clean_iban(text: str) -> str:
    """A bank account (ISO 13616) without spaces, in capitals, its check digits right. Its bank is not asked."""
    iban = clean_kompakt(text).replace(" ", "").upper()
    if not iban:
        return iban
    if not _IBAN.fullmatch(iban) or (iban.startswith("DE") and not _IBAN_DE.fullmatch(iban)):
        raise EingabeFehler(KEINE_IBAN, "keine_iban")
    # A letter is two digits: A is 10. The remainder of the number, its first four signs put last, is 1 (ISO 7064).
    if int("".join(str(int(zeichen, 36)) for zeichen in iban[4:] + iban[:4])) % 97 != 1:
        raise EingabeFehler(IBAN_VERTIPPT, "iban_vertippt")
    return iban


def format_iban(iban: str) -> str:
    """In groups of four, as it is printed and read out."""
    return " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))


def clean_telefon(text: str) -> str:
    """A telephone number as somebody writes it, that can be dialled."""
    text = clean_kompakt(text)
    if text and (not _TELEFON.fullmatch(text) or sum(zeichen.isdigit() for zeichen in text) < 3):
        raise EingabeFehler(KEIN_TELEFON, "kein_telefon")
    return text


def count_letters(text: str) -> int:
    """How many letters of any script a text has."""
    return sum(unicodedata.category(zeichen)[0] == "L" for zeichen in text)


def clean_grund(text: str) -> str:
    """A reason is written in words: ten dots, or "12", are none."""
    text = clean_freitext(text)
    if text and count_letters(text) < GRUND_BUCHSTABEN_MIN:
        raise EingabeFehler(KEIN_GRUND, "kein_grund")
    return text


def clean_mail(text: str) -> str:
    """An address to which a mail can be sent over the internet; at most 64 signs before the @."""
    mail = clean_kompakt(text)
    if not mail:
        return mail
    if len(mail) > MAIL_MAX or len(mail.partition("@")[0]) > 64 or not _MAIL.fullmatch(mail):
        raise EingabeFehler(KEINE_MAIL, "keine_mail")
    return mail


def clean_benutzername(text: str) -> str:
    """A new user name: Latin letters, digits and . @ + - _ only, so that no two look alike."""
    name = clean_kompakt(text)
    if not name:
        return name
    erlaubt = all(
        zeichen in ".@+-_" or (zeichen.isascii() and zeichen.isdigit())
        or (zeichen.isalpha() and unicodedata.name(zeichen, "").startswith("LATIN "))
        for zeichen in name
    )  # fmt: skip
    if not erlaubt or not any(zeichen.isalnum() for zeichen in name):
        raise EingabeFehler(KEIN_BENUTZERNAME, "kein_benutzername")
    return name


def clean_geheimnis(text: str) -> str:
    """A password or key exactly as typed; only what no keyboard sends is refused."""
    if has_control(text):
        raise EingabeFehler(KEINE_SCHRIFT, "keine_schrift")
    return text


def clean_unsichtbar(text: str) -> str:
    """A value no person types (where to go back, a browser's key): as it came, without control characters."""
    return clean_geheimnis(text)


def clean_ziffern(text: str) -> str:
    """Digits with signs between them, as text (a date, a month): digits of every script are 0 to 9, spaces are gone."""
    return unicodedata.normalize("NFC", "".join(_plain_digits(text).split()))  # signs that are neighbours only now


def _plain_digits(text: str) -> str:
    """Digits of every script are 0 to 9, every minus is one, every kind of space is one space."""
    zahl = "".join(str(unicodedata.digit(zeichen)) if zeichen.isdigit() else zeichen for zeichen in clean_kompakt(text))
    if sum(zeichen.isdigit() for zeichen in zahl) > ZIFFERN_MAX:
        raise EingabeFehler(KEINE_ZAHL, "keine_zahl")
    return zahl


def read_zahl(text: str, *, punkt_ist_gruppe: bool = False) -> Decimal | None:
    """A number in German notation: `13.832,00`, `13 832,00`, `13832`, `12,5`, `-3`; None for everything else.

    `1.000` alone may be one or a thousand. `punkt_ist_gruppe`: of an amount it is a thousand (no euro has a
    thousandth), elsewhere it is None. `_`, exponents, `NaN`, `0x` and whatever else Python takes for a number is none.
    """
    treffer = _ZAHL.fullmatch(text)
    if treffer is None or (not punkt_ist_gruppe and _is_ambiguous(treffer)):
        return None
    ganze = treffer["ganze"].replace(".", "").replace(" ", "")
    return Decimal(f"{treffer['vorzeichen']}{ganze}" + (f".{treffer['bruch']}" if treffer["bruch"] else ""))


def _is_ambiguous(treffer: re.Match[str]) -> bool:
    return treffer["ganze"].count(".") == 1 and treffer["bruch"] is None


def clean_zahl(text: str) -> str:
    """What may be a number, in plain signs; refused where a sign's plain spelling would be another number."""
    if any(zeichen.isdigit() and not zeichen.isdecimal() for zeichen in text):  # "10²" is not 102
        raise EingabeFehler(KEINE_ZAHL, "keine_zahl")
    return _plain_digits(text).replace("\u2212", "-")


def parse_zahl(text: str) -> Decimal:
    """A number as a person types it. A point that cannot part a group (`7.5`) is a comma; `1.000` is refused."""
    zahl = clean_zahl(text)
    treffer = _ZAHL.fullmatch(zahl)
    if treffer and _is_ambiguous(treffer):
        ganze, _, bruch = zahl.partition(".")
        raise EingabeFehler(
            f"„{zahl}“ kann zweierlei heißen. Bitte schreiben Sie {ganze}{bruch} oder"
            f" {ganze},{bruch.rstrip('0') or '0'}.",
            "zahl_zweideutig",
        )
    wert = read_zahl(zahl)
    if wert is None and _MIT_PUNKT.fullmatch(zahl):
        wert = Decimal(zahl)
    if wert is None:
        raise EingabeFehler(KEINE_ZAHL, "keine_zahl")
    return wert


def parse_ganze_zahl(text: str) -> int:
    """A whole number, of a person or of a program: digits, and a sign before them."""
    zahl = clean_zahl(text)
    if not _GANZE_ZAHL.fullmatch(zahl):
        raise EingabeFehler(KEINE_GANZE_ZAHL, "keine_zahl")
    return int(zahl)


def parse_zahl_api(text: str) -> Decimal:
    """A number as a program writes it: `12.5`."""
    zahl = clean_zahl(text)
    if not _ZAHL_API.fullmatch(zahl):
        raise EingabeFehler(KEINE_ZAHL_API, "keine_zahl")
    return Decimal(zahl)


def check_tag(tag: date, *, von: date = TAG_AB, bis: date = TAG_BIS) -> date:
    """A day of this system. The day after the last one is one, too: half-open periods never overflow."""
    if not von <= tag <= bis:
        raise EingabeFehler(
            f"Bitte geben Sie ein Datum vom {format_datum(von)} bis zum {format_datum(bis)} ein.", "datum_ausserhalb"
        )
    return tag


def check_geburtsdatum(tag: date, *, heute: date) -> date:
    """Nobody in a file is born tomorrow."""
    if tag > heute:
        raise EingabeFehler(GEBURT_IN_ZUKUNFT, "geburtsdatum")
    return check_tag(tag)


def parse_monat(text: str) -> date:
    """`2026-10` as its first day."""
    treffer = _MONAT.fullmatch(clean_ziffern(text))
    if treffer is None:
        raise EingabeFehler(KEIN_MONAT, "kein_monat")
    try:
        return build_monat(int(treffer[1]), int(treffer[2]))
    except ValueError as fehler:
        raise EingabeFehler(KEIN_MONAT, "kein_monat") from fehler


def format_grenze(wert: Decimal | int) -> str:
    """A bound in a message: 0,01 or 168."""
    text = f"{Decimal(wert):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def out_of_bounds(von: Decimal | int, bis: Decimal | int) -> str:
    """What is said when a number is outside its bounds."""
    return f"Bitte geben Sie eine Zahl von {format_grenze(von)} bis {format_grenze(bis)} ein."


def too_many_decimals(erlaubt: int) -> str:
    """What is said when a number is finer than what is kept."""
    return f"Bitte geben Sie höchstens {erlaubt} Stellen nach dem Komma ein."


def check_grenzen(wert: Decimal | int, *, von: Decimal | int, bis: Decimal | int) -> Decimal | int:
    """A number within its bounds, both included."""
    if not von <= wert <= bis:
        raise EingabeFehler(out_of_bounds(von, bis), "zahl_ausserhalb")
    return wert


def check_viertel(wert: Decimal) -> Decimal:
    """A whole number of quarters."""
    if wert % VIERTEL:
        raise EingabeFehler(KEINE_VIERTEL, "keine_viertel")
    return wert


def check_betrag(betrag: Decimal) -> Decimal:
    """An amount that can be stored. Whether it may be negative is the service's rule."""
    if abs(betrag) > BETRAG_MAX:
        raise EingabeFehler("Der Betrag ist zu groß. Bitte prüfen Sie ihn.", "betrag_zu_gross")
    return betrag


def check_laenge(text: str, erlaubt: int) -> str:
    """A text that fits."""
    if len(text) > erlaubt:
        raise EingabeFehler(too_long(erlaubt, len(text)), "zu_lang")
    return text
