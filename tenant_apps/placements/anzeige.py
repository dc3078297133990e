"""What the pages of the Fallmanager say about a reservation, as label and value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date
from shared_apps.core.geld import format_geld, format_zahl
from shared_apps.core.liste import related
from shared_apps.core.zahlwort import anzahl_genau, wie_alt
from shared_apps.core.zeitraum import Zeitraum, format_datum
from shared_apps.providers.rules import Kapazitaetswort
from tenant_apps.cases.hooks import Verweis
from tenant_apps.cases.models import NAME_UNBEKANNT, Hilfefall
from tenant_apps.gespraeche.hooks import Bezug
from tenant_apps.gespraeche.models import Gespraech
from tenant_apps.placements import policies
from tenant_apps.placements.enums import RECHNET_NICHT_AB
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum, get_vorgang_zustand, list_bedarf
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.search.selectors.kosten import compute_betraege_bis
from tenant_apps.placements.search.selectors.preise import Preis, compute_reservierungspreis
from tenant_apps.placements.states import VORGANG_GESCHEITERT, BuchungZustand, ReservierungZustand, VorgangZustand

Pair = tuple[str, str]
#: A pair, or `label`, `wert`, `hint` and `summe` (what the rest adds up to) of the description list.
Zeile = Pair | dict[str, str]
NUMMER, TELEFON = "Gemeinsame Nummer", "Telefon"
ENTGELT_JE_TAG = "Danach kann sich das Entgelt ändern; abgerechnet wird jeder Tag mit dem Entgelt, das an ihm gilt."
BITTE_ANSEHEN = "Noch ist nichts gebucht. Bitte sehen Sie an, was die Hilfe bis dahin kostet, und bestätigen Sie es."
WELCHE_ANSEHEN = "Noch ist nichts gebucht. Bitte sehen Sie an, was „{}“ kostet, und bestätigen Sie es."
SAGEN_SIE_ES = "Bitte sagen Sie es der Einrichtung; sie steht nicht im Verzeichnis und erfährt es nicht von SoJuS."
_Z = VorgangZustand
_STUFE: dict[str, int] = {
    _Z.RESERVIERT: 1,
    _Z.ZUGESTIMMT: 2,
    _Z.GEBUCHT: 3,
    _Z.LAUFEND: 4,
    _Z.BEENDET: 5,
    _Z.ABGEBROCHEN: 5,
}
_WEITER = {
    (_Z.RESERVIERT, True): "Der Anbieter muss noch zustimmen. {Der} ist bis zum Ablauf der Frist gehalten.",
    (_Z.RESERVIERT, False): "Bitte entscheiden Sie bis zum Ablauf der Frist, ob Sie {den} vergeben.",
    (_Z.ZUGESTIMMT, True): "Der Anbieter hat zugestimmt. Sie können jetzt verbindlich buchen.",
    (_Z.ZUGESTIMMT, False): "Sie haben zugestimmt. Das Jugendamt entscheidet nun über die Buchung.",
    (_Z.GEBUCHT, True): "{Der} ist verbindlich gebucht. Die Hilfe beginnt zum vereinbarten Tag.",
    (_Z.GEBUCHT, False): "{Der} ist verbindlich gebucht. Sie sehen jetzt den Namen des jungen Menschen.",
    (_Z.LAUFEND, True): "Die Hilfe läuft. Der Anbieter weist die Leistung monatlich nach.",
    (_Z.LAUFEND, False): "Die Hilfe läuft. Bitte erfassen Sie nach Monatsende die Tage der Leistung.",
}
#: For those who may look and have no step of their own.
_WEITER_FUER_ANDERE = _WEITER | {
    (_Z.RESERVIERT, False): "Wer für das Angebot zuständig ist, entscheidet bis zum Ablauf der Frist.",
    (_Z.ZUGESTIMMT, True): "Der Anbieter hat zugestimmt. Wer den Fall führt, kann jetzt verbindlich buchen.",
}


def describe_steps(reservierung: Reservierung, zustand: VorgangZustand) -> list[dict[str, str]]:
    """Reserviert → Zugestimmt → Gebucht → Hilfe → Beendet; a stop ends the way."""
    if zustand in VORGANG_GESCHEITERT:
        war_zugestimmt = reservierung.entschieden_at is not None and zustand != _Z.ABGELEHNT
        way = [_Z.RESERVIERT, *([_Z.ZUGESTIMMT] if war_zugestimmt else [])]
        way += [_Z.GEBUCHT] if zustand == _Z.STORNIERT else []
        ende = "Vom Anbieter abgelehnt" if zustand == _Z.ABGELEHNT else zustand.label
        return [*({"label": z.label, "status": "done"} for z in way), {"label": ende, "status": "current"}]
    stufe = _STUFE[zustand]
    ende = _Z.ABGEBROCHEN if zustand == _Z.ABGEBROCHEN else _Z.BEENDET
    return [
        {"label": z.label, "status": "done" if n < stufe else "current" if n == stufe else "open"}
        for n, z in enumerate((_Z.RESERVIERT, _Z.ZUGESTIMMT, _Z.GEBUCHT, _Z.LAUFEND, ende), start=1)
    ]


AUSSERHALB_LAEUFT = f"Die Hilfe läuft. {RECHNET_NICHT_AB}"


def get_next_text(
    zustand: VorgangZustand, *, ist_amt: bool, ist_dran: bool, worte: Kapazitaetswort, ausserhalb: bool = False
) -> str:
    """One sentence: what happens next, for this side. `ist_dran`: the reader has a step of her own here. `ausserhalb`:
    the house is not in the register."""
    if ausserhalb and zustand == _Z.LAUFEND:
        return AUSSERHALB_LAEUFT
    text = (_WEITER if ist_dran else _WEITER_FUER_ANDERE).get((zustand, ist_amt), "")
    return text.format(Der=worte.Der, den=worte.den)


def describe_person(reservierung: Reservierung, angaben: frozenset[str]) -> list[Pair]:
    """Which data of the young person this reader may see (`policies.readable_angaben`), as label and value."""
    klient = reservierung.klient
    zeilen: dict[str, Callable[[], Pair]] = {
        "pseudonym": lambda: ("Pseudonym", reservierung.pseudonym),
        "nachname": lambda: ("Name", f"{klient.vorname} {klient.nachname}".strip() or NAME_UNBEKANNT),
        "alter_bei_beginn": lambda: ("Alter bei Beginn", wie_alt(reservierung.alter_bei_beginn)),
        "geburtsdatum": lambda: ("Geburtsdatum", format_datum(klient.geburtsdatum) if klient.geburtsdatum else "–"),
        "geschlecht": lambda: ("Geschlecht", klient.get_geschlecht_display()),
        "fallnummer": lambda: ("Fallnummer", reservierung.hilfefall.fallnummer),
        "spezialisierungen": lambda: (
            "Bedarf",
            ", ".join(list_bedarf(reservierung)) or "keine besonderen Anforderungen",
        ),
    }
    return [zeile() for name, zeile in zeilen.items() if name in angaben]


def describe_placement(
    reservierung: Reservierung, buchung: Buchung | None = None, *, ohne: Collection[str] = ()
) -> list[Zeile]:
    """Facility, kind of help, place with the name its house gave it, period: of a help that has ended the real one.

    `ohne`: of `NUMMER` and `TELEFON` what the page says elsewhere.
    """
    einrichtung = reservierung.haus
    ort = f"{einrichtung.plz} {einrichtung.ort}".strip()
    platz, telefon = [("Verzeichnis", "steht nicht darin")], einrichtung.telefon
    if reservierung.platz and reservierung.anbieter:
        wort = reservierung.worte.eins
        nummer = reservierung.platz.bezeichnung.removeprefix(f"{wort} ")  # its label says the word
        platz = [("Angebot", str(reservierung.angebot)), (wort, f"Nr. {nummer}")]
        telefon = telefon or reservierung.anbieter.telefon
    return [
        ("Hilfeart", str(reservierung.hilfeart)),
        *platz,
        ("Einrichtung", f"{einrichtung.name}, {ort}" if ort else einrichtung.name),
        ("Anbieter", reservierung.anbieter_name),
        *(() if TELEFON in ohne else ((TELEFON, telefon or "–"),)),
        _describe_zeitraum(reservierung, buchung),
        ("Fachkraft", str(reservierung.hilfefall.fachkraft)),
        ("Auswärtig", "ja" if reservierung.ist_auswaertig else "nein"),
        *(() if NUMMER in ohne else ((NUMMER, reservierung.nummer),)),
    ]


def _describe_zeitraum(reservierung: Reservierung, buchung: Buchung | None) -> Zeile:
    if reservierung.ohne_ende:
        return {"label": "Zeitraum", "wert": reservierung.wann, "hint": "das Ende steht erst mit der Buchung fest"}
    geplant = Zeitraum.from_range(reservierung.zeitraum)
    wirklich = get_leistungszeitraum(buchung) if buchung and buchung.ende_tatsaechlich else geplant
    hint = "" if wirklich == geplant else f"geplant {geplant}"
    return {"label": "Zeitraum", "wert": str(wirklich), "hint": hint}


def describe_amounts(reservierung: Reservierung, *, ist_amt: bool, buchung: Buchung | None = None) -> list[Zeile]:
    """Quantity, rates and planned amounts. Pocket money and Soll-Kosten are the office's business.

    Where the rate changes within the period, each stretch with its own rate and amount, the sum once. A help that has
    ended on another day than planned (`buchung`) has the same sum for the days that it lasted beside it.
    """
    gerundet = "auf volle Euro aufgerundet" if reservierung.soll_entgelt != reservierung.soll_entgelt_exakt else ""
    worte = ("Tag", "Tage") if reservierung.hilfeart.ist_stationaer else ("Fachleistungsstunde", "Fachleistungsstunden")
    preis = compute_reservierungspreis(reservierung)
    menge = anzahl_genau(reservierung.menge, *worte)
    zeilen: list[Zeile] = [
        {"label": "Menge", "wert": menge, "hint": _describe_ende(reservierung, preis)},
        *_describe_saetze(reservierung, preis),
        {"label": "Soll-Entgelt", "wert": format_geld(reservierung.soll_entgelt), "hint": gerundet},
    ]
    if ist_amt:
        zeilen += [
            ("Taschengeld", format_geld(reservierung.taschengeld)),
            {"label": "Soll-Kosten", "wert": format_geld(reservierung.soll_kosten), "summe": "1"},
        ]
    return zeilen + _describe_bis_ende(reservierung, buchung, preis, ist_amt=ist_amt)


def describe_bewilligt(reservierung: Reservierung, bewilligt: Mapping[str, Any]) -> list[Zeile]:
    """What is agreed to when an open help is granted until another day than planned: the sum to that day first, the one
    it was reserved with named beside it. `bewilligt`: as `services.book.compute_mit_ende` gives it."""
    neu = copy(reservierung)
    for name, wert in bewilligt.items():
        setattr(neu, name, wert)
    bisher = f"bisher, gerechnet bis {format_datum(reservierung.letzter_tag)}: {format_geld(reservierung.soll_kosten)}"
    summe = {"label": f"Soll-Kosten bis {format_datum(neu.letzter_tag)}", "wert": format_geld(neu.soll_kosten)}
    *betraege, _ = describe_amounts(neu, ist_amt=True)
    return [summe | {"hint": bisher, "summe": "1"}, *describe_placement(neu), *betraege]


def _describe_bis_ende(
    reservierung: Reservierung, buchung: Buchung | None, preis: Preis | None, *, ist_amt: bool
) -> list[Zeile]:
    """What is planned for the days that it lasted; nothing where it went as planned, or where the rates of the plan
    are not known any more."""
    if buchung is None or buchung.ende_tatsaechlich is None or preis is None:
        return []
    tage = get_leistungszeitraum(buchung)
    if tage == Zeitraum.from_range(reservierung.zeitraum):
        return []
    betraege = compute_betraege_bis(reservierung, preis, tage)
    if betraege is None:
        return []
    bis, hint = format_datum(buchung.ende_tatsaechlich), "für die Tage, die die Hilfe gedauert hat"
    if not ist_amt:
        return [{"label": f"Soll-Entgelt bis {bis}", "wert": format_geld(betraege.entgelt), "hint": hint}]
    return [{"label": f"Soll-Kosten bis {bis}", "wert": format_geld(betraege.kosten), "hint": hint}]


def _describe_ende(reservierung: Reservierung, preis: Preis | None) -> str:
    """Until when an open help is counted, and why the amounts end a day before that (law.md 0.1)."""
    bis = f"gerechnet bis {format_datum(reservierung.letzter_tag)}" if reservierung.ohne_ende else ""
    return ", ".join(filter(None, (bis, preis.describe_ende(reservierung.letzter_tag) if preis else "")))


def _describe_saetze(reservierung: Reservierung, preis: Preis | None) -> list[Zeile]:
    je = f"Entgelt je {reservierung.hilfeart.get_einheit_display()}"
    if preis is None:
        satz = format_geld(reservierung.tagesentgelt)
        return [{"label": f"{je} am ersten Tag", "wert": satz, "hint": ENTGELT_JE_TAG}]
    if len(preis.zeilen) == 1:
        return [(je, format_geld(preis.satz))]
    return [
        {
            "label": str(zeile.zeitraum),
            "wert": format_geld(zeile.betrag),
            "hint": f"{format_zahl(zeile.menge, 2)} × {format_geld(zeile.satz)}",
        }
        for zeile in preis.zeilen
    ]


def list_vermerke_of(akteur: Akteur, hilfefall: Hilfefall) -> list[Verweis]:
    """The Auswahlvermerke of a case for its page, newest first: when, and which facility was chosen. One query."""
    if not policies.may_read_vermerk(akteur):
        return []
    rows = (
        policies.readable_reservierungen(akteur)
        .filter(hilfefall=hilfefall)
        .select_related("einrichtung", "fremdeinrichtung")
    )
    return [
        Verweis(
            f"Auswahlvermerk vom {format_datum(local_date(row.created_at))}: {row.haus.name}",
            row.auswahlvermerk_id,
            "placements:vermerk",
        )
        for row in rows.order_by("-created_at", "-pk")
    ]


def list_naechte_of(akteur: Akteur, hilfefall: Hilfefall) -> list[Verweis]:
    """The night a case began in, with its duties. One query."""
    if not policies.may_reserve(akteur):
        return []
    rows = policies.visible_nachtaufnahmen(akteur).filter(hilfefall=hilfefall)
    return [
        Verweis(f"Aufnahme in der Nacht vom {format_datum(row.tag)}: Pflichten nach § 42", row.pk,
                "placements:nacht_gehalten")
        for row in rows
    ]  # fmt: skip


# --- what office and house write each other about (tenant_apps.gespraeche) --------------------------------------------


def build_bezug(objekt: Reservierung | Buchung) -> Bezug | None:
    """A reservation or booking that a page shows, to be written about. None outside of the register, where nobody would
    read it. One query, none while this booking itself tells the house the name."""
    if objekt.ist_ausserhalb or objekt.einrichtung_id is None:
        return None
    kennt = isinstance(objekt, Buchung) and policies.is_booked(objekt.reservierung)
    return _to_bezug(objekt, kennt_namen=kennt or kennt_namen(objekt.hilfefall_id, objekt.einrichtung_id))


def kennt_namen(hilfefall_id: UUID, einrichtung_id: UUID | None) -> bool:
    """Whether a house knows who a case is about, from a booking of it. One query."""
    return _bookings_of(hilfefall_id, einrichtung_id).exists()


def find_bezug(akteur: Akteur, platzbindung_id: UUID) -> Bezug | None:
    """The reservation or booking that holds this place, if she may see it."""
    rows = policies.visible_reservierungen(akteur).filter(platzbindung_id=platzbindung_id)
    return next(iter(_list_bezuege(rows)), None)


def list_bezuege_of(akteur: Akteur, gespraech: Gespraech) -> Sequence[Bezug]:
    """Reservations and bookings of a talk's case with its house, the newest first."""
    rows = policies.visible_reservierungen(akteur).filter(
        hilfefall_id=gespraech.hilfefall_id, einrichtung_id=gespraech.einrichtung_id
    )
    return _list_bezuege(rows)


def _list_bezuege(reservierungen: QuerySet[Reservierung]) -> list[Bezug]:
    mit = related("hilfefall__fachkraft", "angebot", "einrichtung", "anbieter", "buchung")
    kennt = Exists(_bookings_of(OuterRef("hilfefall_id"), OuterRef("einrichtung_id")))
    rows = mit(reservierungen.annotate(kennt_namen=kennt)).order_by("-created_at", "-pk")
    return [_to_bezug(row, kennt_namen=row.kennt_namen) for row in rows]


def _bookings_of(hilfefall_id: Any, einrichtung_id: Any) -> QuerySet[Buchung]:
    """Bookings of a case with a house that tell it the name (`policies.sees_name`)."""
    rows = Buchung.objects.filter(hilfefall_id=hilfefall_id, einrichtung_id=einrichtung_id)
    return rows.filter(reservierung__zustand=ReservierungZustand.GEBUCHT).exclude(zustand=BuchungZustand.STORNIERT)


def _to_bezug(objekt: Reservierung | Buchung, *, kennt_namen: bool) -> Bezug:
    buchung = objekt if isinstance(objekt, Buchung) else getattr(objekt, "buchung", None)
    reservierung = objekt.reservierung if isinstance(objekt, Buchung) else objekt
    assert objekt.einrichtung and objekt.anbieter and objekt.angebot, "outside of the register nobody is asked"
    zustand = get_vorgang_zustand(reservierung, buchung)
    return Bezug(
        id=objekt.bindung_id,
        wort="Buchung" if buchung else "Reservierung",
        stand=zustand.label,
        route="placements:buchung" if buchung else "placements:reservierung",
        objekt_id=buchung.pk if buchung else reservierung.pk,
        hilfefall=objekt.hilfefall,
        angebot=objekt.angebot,
        einrichtung=objekt.einrichtung,
        anbieter=objekt.anbieter,
        beginn=objekt.beginn,
        ist_offen=zustand not in VORGANG_GESCHEITERT,
        ist_gebucht=kennt_namen,
    )
