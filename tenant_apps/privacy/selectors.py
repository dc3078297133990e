"""Reads of the data protection functions: everything about one person, what is due for deletion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet

from shared_apps.core.clock import local_date, now
from shared_apps.core.geld import format_zahl
from shared_apps.core.zeitraum import format_datum
from tenant_apps.audit.enums import Aktion
from tenant_apps.audit.labels import label_rollen, label_vorgang
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.states import RechnungZustand
from tenant_apps.cases.models import NAME_UNBEKANNT, HilfefallZustand, Klient
from tenant_apps.cases.selectors import search_klienten
from tenant_apps.placements.models import Nachtaufnahme
from tenant_apps.placements.search.selectors.merkmale import describe_merkmale
from tenant_apps.placements.search.selectors.vermerk import (
    describe_kriterien,
    label_geschlecht,
    list_spezialisierungen,
    list_sprachen,
)
from tenant_apps.placements.states import BuchungZustand
from tenant_apps.privacy.enums import Loeschgut, VermerkArt
from tenant_apps.privacy.felder import ABSCHNITTE, NICHT_IN_DER_AUSKUNFT, Abschnitt
from tenant_apps.privacy.models import Feldvermerk, Loeschlauf, Loeschposition
from tenant_apps.privacy.rules import (
    BELEGE,
    HZE,
    Schritt,
    beleg_ist_faellig,
    einschraenkungsdatum,
    loeschdatum,
    plus_jahre,
    schritt,
)
from tenant_apps.privacy.states import LoeschlaufZustand
from tenant_apps.privacy.vorgaben import EINSCHRAENKUNG_JAHRE
from tenant_apps.vorgaben.selectors import get_vorgabe
from tenants.crypto import open_sealed


@dataclass(frozen=True, slots=True)
class Zugriff:
    """Accesses of one function of one kind: role, what for, from when to when, how often."""

    funktion: str
    aktion: str
    vorgang: str
    erster: date
    letzter: date
    anzahl: int


@dataclass(frozen=True, slots=True)
class Teil:
    """One table of the Auskunft: its declaration, its rows as label → text."""

    abschnitt: Abschnitt
    zeilen: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Auskunftsinhalt:
    """Everything the office has about one person, as it is given out."""

    person: str
    stand: datetime
    teile: list[Teil]
    zugriffe: list[Zugriff]
    bestritten: list[str]
    aufbewahrung: str
    vorenthalten: list[tuple[str, str]]


# --- the person ------------------------------------------------------------------------------------------------------


def search_personen(text: str, *, grenze: int = 50) -> list[Klient]:
    """People by whole name, PKZ, birth or case number; restricted ones included."""
    return search_klienten(Klient.objects.all(), text, grenze=grenze) if text.strip() else []


def list_bestritten(klient_id: UUID) -> list[Feldvermerk]:
    """Disputed fields of a person that are still disputed."""
    return list(Feldvermerk.objects.filter(klient_id=klient_id, art=VermerkArt.BESTRITTEN, aufgehoben_at__isnull=True))


# --- Auskunft --------------------------------------------------------------------------------------------------------


def build_auskunft(klient: Klient) -> Auskunftsinhalt:
    """Collect what `felder.ABSCHNITTE` declares, and who looked, by function."""
    teile = [Teil(a, list(_rows(a, klient))) for a in ABSCHNITTE]
    geboren = klient.geburtsdatum
    return Auskunftsinhalt(
        person=f"{klient.vorname} {klient.nachname}".strip() or NAME_UNBEKANNT,
        stand=now(),
        teile=[teil for teil in teile if teil.zeilen],
        zugriffe=list_zugriffe(klient.pk),
        bestritten=[f"{v.feld_name}: {v.grund}" for v in list_bestritten(klient.pk)],
        aufbewahrung=(
            f"{HZE.quelle}. Früheste Löschung: "
            + (format_datum(loeschdatum(HZE, geboren=geboren)) if geboren else "ohne Geburtsdatum nicht berechenbar")
        ),
        vorenthalten=list(_withheld()),
    )


def _rows(abschnitt: Abschnitt, klient: Klient) -> Iterator[dict[str, str]]:
    model = apps.get_model(abschnitt.modell)
    names = [model._meta.get_field(name) for name in abschnitt.felder]
    rows = model._default_manager.filter(**{abschnitt.weg: klient.pk}).order_by("created_at")
    for row in rows:
        values = {str(f.verbose_name): _as_text(_read(row, f)) for f in names}
        yield {label: text for label, text in values.items() if text}


#: Columns that keep a code, or a structure of codes, without choices: what the screens say instead.
_WORTE: dict[str, Callable[[Any], Any]] = {
    "placements.Suche.geschlecht": lambda suche: label_geschlecht(suche.geschlecht),
    "placements.Suche.spezialisierungen": lambda suche: list_spezialisierungen(suche.spezialisierungen),
    "placements.Suche.sprachen": lambda suche: list_sprachen(suche.sprachen),
    "placements.Suche.merkmale": lambda suche: dict(describe_merkmale(suche.hilfeart, suche.merkmale)),
    "placements.Auswahlvermerk.kriterien": lambda vermerk: dict(describe_kriterien(vermerk.kriterien)),
    "billing.Rechnung.befunde": lambda rechnung: [befund.get("meldung", "") for befund in rechnung.befunde],
    "privacy.Feldvermerk.feld": lambda vermerk: vermerk.feld_name,
    "privacy.Feldvermerk.alter_wert": lambda vermerk: vermerk.alter_wert_text,
}


def _read(row: models.Model, field: models.Field) -> Any:
    if wort := _WORTE.get(f"{row._meta.label}.{field.name}"):
        return wort(row)
    if field.name == "text" and hasattr(row, "siegel"):  # a note sealed with the office's key
        return open_sealed(getattr(row, field.name), context=row.siegel)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    return getattr(row, field.name)


def _as_text(value: Any) -> str:  # noqa: PLR0911 - one line per kind of value
    """A value as it is written on paper; empty for nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime | date):
        return format_datum(local_date(value) if isinstance(value, datetime) else value)
    if isinstance(value, Decimal):
        return format_zahl(value, max(0, -int(value.as_tuple().exponent)))
    if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
        return f"{_as_text(value.lower)} bis vor {_as_text(value.upper)}"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_as_text(v)}" for key, v in value.items() if _as_text(v))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_as_text(v) for v in value)))
    return str(value)


def _withheld() -> Iterator[tuple[str, str]]:
    grouped: dict[str, list[str]] = {}
    for abschnitt in ABSCHNITTE:
        meta = apps.get_model(abschnitt.modell)._meta
        for name, grund in abschnitt.vorenthalten.items():
            grouped.setdefault(grund, []).append(f"{abschnitt.titel}: {meta.get_field(name).verbose_name}")
    for modell, grund in NICHT_IN_DER_AUSKUNFT.items():
        grouped.setdefault(grund, []).append(str(apps.get_model(modell)._meta.verbose_name_plural))
    for grund, felder in grouped.items():
        yield grund, ", ".join(dict.fromkeys(felder))


def list_zugriffe(klient_id: UUID) -> list[Zugriff]:
    """Who looked, by function, never by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolle, aktion, vorgang, erster, letzter, anzahl FROM privacy_zugriffe(%s)", [klient_id])
        rows = cursor.fetchall()
    # One thing may have had another code in a former release: the words are what is told apart.
    found: dict[tuple[str, str, str], Zugriff] = {}
    for rolle, aktion, vorgang, *rest in rows:
        words = label_rollen(rolle) or "ohne Rolle", str(Aktion(aktion).label), label_vorgang(vorgang)
        zugriff = Zugriff(*words, *rest)
        found[words] = zugriff if words not in found else _both(found[words], zugriff)
    return list(found.values())


def _both(eins: Zugriff, zwei: Zugriff) -> Zugriff:
    erster, letzter = min(eins.erster, zwei.erster), max(eins.letzter, zwei.letzter)
    return replace(eins, erster=erster, letzter=letzter, anzahl=eins.anzahl + zwei.anzahl)


# --- deletion --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Faellig:
    """A person with the step that is due and since when."""

    person_id: UUID
    schritt: Schritt
    seit: date


def find_abschluss(klient: Klient) -> date | None:
    """Last day of the last matter; None while a case is open or was never closed. A cancelled help never began."""
    faelle = list(klient.hilfefaelle.all())
    if not faelle or any(fall.zustand != HilfefallZustand.ABGESCHLOSSEN for fall in faelle):
        return None
    tage = [fall.abgeschlossen_am or local_date(fall.created_at) for fall in faelle]
    tage += [
        buchung.ende_tatsaechlich or buchung.letzter_tag
        for buchung in klient.buchungen.all()
        if buchung.zustand != BuchungZustand.STORNIERT
    ]
    return max(tage)


def find_geburt(klient: Klient) -> date | None:
    """The birth; of somebody whom nobody has ever entered by name the last day on which it can have been, by the age
    of the night she was taken in."""
    nachts = [plus_jahre(nacht.tag, -nacht.alter) for nacht in klient.nachtaufnahmen.all()]
    return klient.geburtsdatum or max(nachts, default=None)


def list_faellig(stichtag: date) -> Iterator[Faellig]:
    """Everybody for whom a step is due on that day: restricted, deleted, or rid of vouchers after their time."""
    # Emptied already: found by nothing, and no night left by which she was taken in.
    nachts = Exists(Nachtaufnahme.objects.filter(klient=OuterRef("pk")))
    klienten: QuerySet[Klient] = Klient.objects.exclude(Q(suchindex=[], pkz_index="") & ~Q(nachts)).prefetch_related(
        "hilfefaelle", "buchungen", "nachtaufnahmen"
    )
    # What held on that day, but never sooner than what holds now: a day of the past brings no shorter time back.
    jahre = max(get_vorgabe(EINSCHRAENKUNG_JAHRE, am=stichtag), get_vorgabe(EINSCHRAENKUNG_JAHRE))
    faellig = []
    for klient in klienten:
        abschluss = find_abschluss(klient)
        geboren = find_geburt(klient)
        step = schritt(
            heute=stichtag,
            geboren=geboren,
            abschluss=abschluss,
            ist_eingeschraenkt=klient.eingeschraenkt_seit is not None,
            jahre=jahre,
        )
        if step is not None and abschluss is not None:
            seit = (
                loeschdatum(HZE, geboren=geboren)
                if step is Schritt.LOESCHEN
                else einschraenkungsdatum(abschluss, jahre)
            )
            faellig.append(Faellig(klient.pk, step, seit))
    gebraucht = list_verdeckt_gebraucht([f.person_id for f in faellig])
    yield from (f for f in faellig if f.person_id not in gebraucht)
    yield from _group_belege(stichtag)


def list_verdeckt_gebraucht(personen: Collection[UUID]) -> set[UUID]:
    """Those of them who stay in daily work for something that the acting person does not see: a sealed case is open, or
    the office's term after it is not over. Neither preview nor protocol names them."""
    if not personen:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT person FROM privacy_verdeckt_gebraucht(%s)", [list(personen)])
        return {person for (person,) in cursor.fetchall()}


def list_faellige_belege(stichtag: date, *, person: UUID | None = None) -> list[Rechnung]:
    """Settled invoices whose term is over. Not of sealed cases: the run does not learn that they exist."""
    jahr = stichtag.year - BELEGE.jahre
    erledigt = [RechnungZustand.BEZAHLT, RechnungZustand.STORNIERT, RechnungZustand.BEANSTANDET]
    belege = Rechnung.objects.filter(
        Q(auszahlung__bezahlt_am__year__lte=jahr) | Q(auszahlung__isnull=True, eingereicht_at__year__lte=jahr),
        zustand__in=erledigt,
        buchung__klient__gesperrt=False,
        buchung__hilfefall__gesperrt=False,
    ).select_related("buchung", "auszahlung")
    if person is not None:
        belege = belege.filter(buchung__klient_id=person)
    return [
        beleg
        for beleg in belege.order_by("pk")
        if beleg_ist_faellig(
            heute=stichtag, bezahlt_am=_bezahlt_am(beleg), eingereicht_am=local_date(beleg.eingereicht_at)
        )
    ]


def _bezahlt_am(beleg: Rechnung) -> date | None:
    auszahlung = getattr(beleg, "auszahlung", None)
    return auszahlung.bezahlt_am if auszahlung else None


def _group_belege(stichtag: date) -> Iterator[Faellig]:
    """One step for all vouchers of a person; due since the first of them."""
    seit: dict[UUID, date] = {}
    for beleg in list_faellige_belege(stichtag):
        ab = loeschdatum(BELEGE, abschluss=_bezahlt_am(beleg) or local_date(beleg.eingereicht_at))
        person = beleg.buchung.klient_id
        seit[person] = min(ab, seit.get(person, ab))
    for person, ab in seit.items():
        yield Faellig(person, Schritt.BELEGE, ab)


def list_umfang(lauf: Loeschlauf) -> list[tuple[str, int]]:
    """How many rows of which kind the run will delete (preview) or has deleted (protocol): sums over all its people."""
    anzahl = dict(lauf.umfang)
    if lauf.zustand == LoeschlaufZustand.VORSCHAU:
        with connection.cursor() as cursor:
            cursor.execute("SELECT art, anzahl FROM privacy_umfang(%s)", [lauf.pk])
            anzahl = dict(cursor.fetchall())
        betroffen = {p.person_id for p in lauf.positionen.all() if p.schritt == Schritt.BELEGE.value}
        belege = list_faellige_belege(lauf.stichtag) if betroffen else []
        anzahl[Loeschgut.BELEGE.value] = sum(beleg.buchung.klient_id in betroffen for beleg in belege)
    return [(gut.label, anzahl[gut.value]) for gut in Loeschgut if anzahl.get(gut.value)]


def list_positionen(lauf: Loeschlauf) -> list[tuple[Loeschposition, Klient | None]]:
    """What a run does, with the person as long as she is readable."""
    positionen = list(lauf.positionen.all())
    # Of somebody deleted before, only vouchers are left: she has no name any more.
    lesbar = Klient.objects.exclude(suchindex=[], pkz_index="")
    klienten = lesbar.in_bulk([p.person_id for p in positionen]) if not lauf.ausgefuehrt_at else {}
    return [(position, klienten.get(position.person_id)) for position in positionen]
