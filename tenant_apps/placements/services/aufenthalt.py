"""One child, one bed: what a booked stay may share with another one (ADR 0084). Its person is held by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.eingabe import count_letters
from shared_apps.core.errors import Konflikt, RegelVerletzt, refused_by
from shared_apps.core.zeitraum import Zeitraum, format_datum
from tenant_apps.placements import rules
from tenant_apps.placements.enums import BEGRUENDUNG_MINDESTENS, Ueberlagerung
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    IN_ANDEREM_FALL,
    describe_ueberschneidungen,
    get_belegung,
    list_gebuchte_aufenthalte,
)
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.policies import visible_ids

SCHON_DA = "Für diese Person ist in dieser Zeit schon ein Aufenthalt gebucht:"
NUR_ALS = (
    "Zwei Aufenthalte zugleich gibt es nur, wenn einer davon den anderen für eine Zeit überlagert. Bitte geben Sie an,"
    " was es ist, bis wann und warum, oder beenden Sie zuerst die andere Hilfe."
)
AUCH_SO = "Auch so überschneiden sich zwei Aufenthalte:"
SPAETER = "Bitte geben Sie einen späteren Tag an, oder beenden Sie zuerst die andere Hilfe."
ZUERST = "Bitte geben Sie einen anderen Tag an, oder beenden Sie zuerst die andere Hilfe."
NICHT_NOETIG = "Für diese Person ist in dieser Zeit kein anderer Aufenthalt gebucht. Bitte lassen Sie die Angabe weg."
WARUM = f"Bitte schreiben Sie auf, warum es zwei Aufenthalte sind (mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben)."
BIS_WANN = "Bitte geben Sie einen Tag vom {} bis {} an: so lange ist dieser Platz gebucht."
ZUGLEICH = "Soeben wurde für diese Person ein anderer Aufenthalt gebucht. Bitte sehen Sie die Seite noch einmal an."
#: The database says the same, whoever writes.
_CONSTRAINTS = frozenset({"buchung_ein_aufenthalt", "buchung_eine_ueberlagerung"})


@dataclass(frozen=True, slots=True)
class Angabe:
    """What was said about a second stay: what it is, its last day, why. Empty: nothing was said."""

    art: Ueberlagerung | str = ""
    bis: date | None = None
    grund: str = ""

    def felder(self) -> dict[str, Any]:
        """What was said, by the names of form and API."""
        return {
            "ueberlagerung": self.art,
            "ueberlagerung_bis": self.bis,
            "ueberlagerung_grund": self.grund.strip(),
        }


def check_aufenthalt(*, akteur: Akteur, reservierung: Reservierung, angabe: Angabe) -> dict[str, Any]:
    """The fields of the booking that is about to be made; `RegelVerletzt` (fields ueberlagerung, ueberlagerung_bis,
    ueberlagerung_grund) names the other stay. What was said and cannot be kept is refused, never left out."""
    tage = Zeitraum.from_range(reservierung.zeitraum)
    andere = []
    if reservierung.hilfeart.ist_aufenthalt:
        andere = list_gebuchte_aufenthalte(klient_id=reservierung.klient_id, auch_gesperrte=True)
    stoeren = list_unvertraegliche(rules.Aufenthalt(tage), andere)
    if not stoeren:
        if gesagt := [name for name, wert in angabe.felder().items() if wert]:
            raise RegelVerletzt(NICHT_NOETIG, feld=gesagt[0])
        return {}
    _check_offen(reservierung, stoeren)
    if not angabe.art:
        raise RegelVerletzt(f"{SCHON_DA} {_name(akteur, stoeren)} {NUR_ALS}", feld="ueberlagerung")
    bis = _check_angabe(tage, angabe)
    if rest := list_unvertraegliche(rules.Aufenthalt(tage, bis), andere):
        raise RegelVerletzt(f"{AUCH_SO} {_name(akteur, rest)} {SPAETER}", feld="ueberlagerung_bis")
    return {
        "ueberlagerung": Ueberlagerung(angabe.art).value,
        "ueberlagerung_bis": bis,
        "ueberlagerung_grund": angabe.grund.strip(),
    }


def _check_offen(reservierung: Reservierung, stoeren: Iterable[Buchung]) -> None:
    """What she may not see is refused whatever day she names: trying days would tell when it ends."""
    offen = {b.pk for b in list_gebuchte_aufenthalte(klient_id=reservierung.klient_id, auch_gesperrte=False)}
    if any(buchung.pk not in offen for buchung in stoeren):
        raise RegelVerletzt(f"{SCHON_DA} {IN_ANDEREM_FALL}", feld="ueberlagerung")


def check_tage(*, akteur: Akteur, buchung: Buchung, tage: Zeitraum, feld: str) -> None:
    """The real first and last day leave no night to two stays: who comes on the last day has the night of that day."""
    if not buchung.ist_aufenthalt:
        return
    gebucht = list_gebuchte_aufenthalte(klient_id=buchung.klient_id, auch_gesperrte=True)
    andere = [other for other in gebucht if other.pk != buchung.pk]
    neu = rules.Aufenthalt(tage, buchung.ueberlagerung_bis)
    if rest := list_unvertraegliche(neu, andere, bisher=get_belegung(buchung)):
        raise RegelVerletzt(f"{SCHON_DA} {_name(akteur, rest)} {ZUERST}", feld=feld)


def list_unvertraegliche(
    neu: rules.Aufenthalt, andere: Iterable[Buchung], *, bisher: rules.Belegung | None = None
) -> list[Buchung]:
    """Booked stays that the child cannot have beside this one; `bisher`: whose its nights were until now."""
    belegungen = [(buchung, get_belegung(buchung)) for buchung in andere]
    eigene = rules.belegung(neu, [belegung for _, belegung in belegungen], bisher)
    return [buchung for buchung, belegung in belegungen if not rules.vertragen_sich(eigene, belegung)]


def find_ueberlagert_bis(*, klient_id: UUID, hilfeart: Hilfeart, tage: Zeitraum, auch_gesperrte: bool) -> date | None:
    """Until when a stay of these days could lie over the booked ones: what a form proposes. None: there is none that it
    would not get along with, and nothing is to be asked. One query at most."""
    if not hilfeart.ist_aufenthalt:
        return None
    gebucht = list_gebuchte_aufenthalte(klient_id=klient_id, auch_gesperrte=auch_gesperrte)
    stoeren = list_unvertraegliche(rules.Aufenthalt(tage), gebucht)
    enden = [tage.letzter_tag, *(b.ende_tatsaechlich or b.letzter_tag for b in stoeren)]
    return min(tag for tag in enden if tag) if stoeren else None


@contextmanager
def check_zugleich() -> Iterator[None]:
    """Around what writes a stay: a second one that the database refuses is a `Konflikt` like any other."""
    try:
        yield
    except IntegrityError as error:
        if refused_by(error) in _CONSTRAINTS:
            raise Konflikt(ZUGLEICH, code="zweiter_aufenthalt") from error
        raise


def _check_angabe(tage: Zeitraum, angabe: Angabe) -> date:
    fehler = []
    if count_letters(angabe.grund) < BEGRUENDUNG_MINDESTENS:
        fehler.append(RegelVerletzt(WARUM, feld="ueberlagerung_grund"))
    if angabe.bis is None or angabe.bis not in tage:
        assert tage.letzter_tag is not None  # what is booked has an end
        text = BIS_WANN.format(format_datum(tage.beginn), format_datum(tage.letzter_tag))
        fehler.append(RegelVerletzt(text, feld="ueberlagerung_bis"))
    RegelVerletzt.refuse(fehler)
    assert angabe.bis is not None
    return angabe.bis


def _name(akteur: Akteur, buchungen: Iterable[Buchung]) -> str:
    rows = [buchung.reservierung for buchung in buchungen]
    zeilen = describe_ueberschneidungen(rows, sichtbar=visible_ids(akteur, rows))
    return " ".join(f"{str(zeile['text']).rstrip('.')}." for zeile in zeilen)
