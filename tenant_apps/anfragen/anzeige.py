"""What pages say about an enquiry, to the office and to a house, and the ways to it from other pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localtime

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date
from shared_apps.core.seite import Knopf
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import format_datum
from tenant_apps.anfragen.enums import DRINGLICHKEIT_WORT, ZU_SPAET
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.policies import may_ask, visible_anfragen, visible_hausanfragen
from tenant_apps.anfragen.selectors import (
    Absage,
    count_haeuser,
    find_gehaltenen,
    find_offene,
    is_vorbei,
    list_absagen,
    with_zahlen,
)
from tenant_apps.anfragen.states import HAUSANFRAGE_OFFEN, AnfrageZustand, HausanfrageZustand
from tenant_apps.cases.hooks import Verweis
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import policies as placements
from tenant_apps.placements.enums import Ablehnungsgrund, say_ablehnung
from tenant_apps.placements.faelle.selectors.ueberschneidung import describe_ueberschneidungen
from tenant_apps.placements.models import Buchung, Reservierung, Suche
from tenant_apps.placements.rules import describe_weg
from tenant_apps.placements.search.selectors.lage import get_ort
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.vermerk import label_geschlecht

Zeile = tuple[str, str] | dict[str, Any]
_Z = HausanfrageZustand
#: One sentence for the house: what is next.
_WEITER: Mapping[str, str] = {
    _Z.ANGEFRAGT: "Bitte antworten Sie, ob Sie aufnehmen können. Wer das Kind ist, erfahren Sie mit der Buchung.",
    _Z.ANRUF: "Sie möchten zuerst sprechen. Antworten können Sie weiterhin.",
    _Z.ZUGESAGT: "Sie haben ja gesagt. Das Jugendamt entscheidet; absagen können Sie bis dahin noch.",
    _Z.RUECKFRAGE: "Sie haben eine Frage gestellt. Das Jugendamt antwortet; ja oder nein können Sie weiterhin sagen.",
    _Z.ABGESAGT: "Sie haben abgesagt.",
    _Z.ANGENOMMEN: "Das Jugendamt hat Ihre Zusage angenommen und den Platz reserviert.",
    _Z.GESCHLOSSEN: "Das Jugendamt hat die Zusage eines anderen Hauses angenommen.",
    _Z.ZURUECKGEZOGEN: "Das Jugendamt hat die Anfrage zurückgezogen.",
    _Z.VERFALLEN: "Die Frist für die Antwort ist abgelaufen.",
}
#: The same to a house that had answered.
_WEITER_NACH_ANTWORT: Mapping[str, str] = {
    _Z.GESCHLOSSEN: f"{_WEITER[_Z.GESCHLOSSEN]} Vielen Dank für Ihre Antwort.",
    _Z.VERFALLEN: "Die Frist ist abgelaufen, ohne dass das Jugendamt entschieden hat. Vielen Dank für Ihre Antwort.",
}


def say_zeitpunkt(am: datetime) -> str:
    """ "02.12.2026, 18:00 Uhr"."""
    return f"{localtime(am):%d.%m.%Y, %H:%M} Uhr"


def get_next_text(haus: Hausanfrage) -> str:
    """What is next, for the house."""
    if haus.zustand in HAUSANFRAGE_OFFEN and is_vorbei(haus.anfrage):
        return ZU_SPAET
    worte = _WEITER if haus.antwort_at is None else {**_WEITER, **_WEITER_NACH_ANTWORT}
    return worte[haus.zustand]


def describe_bedarf(haus: Hausanfrage, *, sieht_bedarf: bool) -> list[Zeile]:
    """What a house reads before it answers: what is needed and when, and what it has said itself."""
    anfrage = haus.anfrage
    zeilen: list[Zeile] = [("Haus", f"{haus.einrichtung.name}, {haus.angebot}"), ("Zeitraum", anfrage.wann)]
    if sieht_bedarf and anfrage.bedarf is not None:  # what is over says it no more
        zeilen += [
            ("Alter", anfrage.altersband),
            ("Geschlecht", label_geschlecht(anfrage.geschlecht) if anfrage.geschlecht else "ohne Angabe"),
            ("Was gebraucht wird", anfrage.bedarf),
        ]
    if haus.antwort_at:
        zeilen += _describe_antwort(haus)
    if (gehalten := find_gehaltenen(haus)) is not None and gehalten.ablauf_at is not None:
        zeilen.append(("Sie halten", f"{gehalten.platz.bezeichnung}, bis {say_zeitpunkt(gehalten.ablauf_at)}"))
    if haus.zustand == _Z.ANGENOMMEN and haus.reservierung_id:
        ziel = Knopf("placements:reservierung", args=(haus.reservierung_id,)).url
        zeilen.append({"label": "Reservierung", "wert": "ansehen", "url": ziel})
    return zeilen


def describe_hausanfrage(haus: Hausanfrage) -> list[Zeile]:
    """The rest of it, for whoever has read what is needed: number, and whom to call."""
    anfrage, telefon = haus.anfrage, haus.anfrage.fachkraft.telefon
    return [
        ("Gemeinsame Nummer", haus.nummer),
        ("Hilfeart", str(anfrage.hilfeart)),
        ("Dringlichkeit", DRINGLICHKEIT_WORT[anfrage.dringlichkeit]),
        ("Fragt an", str(anfrage.fachkraft)),
        {"label": "Telefon", "wert": telefon, "url": f"tel:{telefon.replace(' ', '')}"}
        if telefon
        else ("Telefon", "–"),
    ]


def _describe_antwort(haus: Hausanfrage) -> list[Zeile]:
    text, grund = say_eigener_text(haus), say_grund(haus)
    worte = "Ihre Erläuterung" if haus.zustand == _Z.ABGESAGT else "Ihre Frage"
    return [
        *([("Grund", grund)] if grund else []),
        *([(worte, text)] if text else []),
    ]


def describe_anfrage(anfrage: Anfrage) -> list[Zeile]:
    """What the office has asked, word for word as the houses read it."""
    return [
        ("Person", f"{anfrage.klient} · {anfrage.hilfefall.fallnummer}"),
        ("Hilfeart", str(anfrage.hilfeart)),
        ("Zeitraum", anfrage.wann),
        ("Alter", anfrage.altersband),
        ("Geschlecht", label_geschlecht(anfrage.geschlecht) if anfrage.geschlecht else "ohne Angabe"),
        ("Was gebraucht wird", anfrage.bedarf),
        ("Dringlichkeit", DRINGLICHKEIT_WORT[anfrage.dringlichkeit]),
    ]


#: Where houses stand, in words behind their number; the first two are always said.
_STAND_WORTE: Mapping[str, str] = {
    "ja": "Ja",
    "nein": "Nein",
    "rueckfrage": "Ja mit Rückfrage",
    "anruf": "mit Bitte um Anruf",
    "offen": "ohne Antwort",
    "besetzt": "anderweitig besetzt",
    "zurueckgezogen": "zurückgezogen",
    "verfallen": "nach Fristablauf",
}
_IMMER = ("ja", "nein")


def say_zahlen(zahlen: Mapping[str, int]) -> str:
    """ "2 Ja, 1 Nein, 2 ohne Antwort": it adds up to the houses that were asked."""
    return ", ".join(f"{zahlen[name]} {wort}" for name, wort in _STAND_WORTE.items() if zahlen[name] or name in _IMMER)


def say_stand(haeuser: list[Hausanfrage]) -> str:
    """ "5 Häuser gefragt: 2 Ja, 1 Nein, 2 ohne Antwort"."""
    return f"{anzahl(len(haeuser), 'Haus', 'Häuser')} gefragt: {say_zahlen(count_haeuser(haeuser))}"


def say_zahlen_of(anfrage: Anfrage) -> str:
    """The same of a line of the list (`with_zahlen`)."""
    return say_zahlen({name: getattr(anfrage, name) for name in _STAND_WORTE})


def say_grund(haus: Hausanfrage) -> str:
    """Why the house declined, with its own words; empty where it did not."""
    return say_ablehnung(haus.absagegrund, haus.antwort_text) if haus.absagegrund else ""


def say_eigener_text(haus: Hausanfrage) -> str:
    """The house's own words, where its reason does not say them already."""
    return "" if haus.absagegrund == Ablehnungsgrund.SONSTIGES else haus.antwort_text


def say_weg(haus: Hausanfrage) -> str:
    """How far it is, as the result said it."""
    return describe_weg(haus.entfernung_km, ungefaehr=get_ort(haus.einrichtung) is None)


def say_vorwahl(
    zeilen: Sequence[Trefferzeile], vorwahl: Collection[UUID], *, gemerkt: Collection[UUID], ohne: Collection[UUID]
) -> str:
    """Which houses are ticked before anybody has chosen, and which are not."""
    saetze = []
    if any(key in gemerkt for key in vorwahl):
        saetze.append("Vorgewählt ist, was Sie gemerkt haben.")
    elif len(vorwahl) < sum(zeile.angebot not in ohne for zeile in zeilen):
        saetze.append(f"Vorgewählt: {anzahl(len(vorwahl), 'Haus', 'Häuser')} mit der besten Passung.")
    if any(zeile.angebot in ohne for zeile in zeilen):
        saetze.append("Wer für diesen Fall schon abgesagt hat, ist nicht vorgewählt.")
    return " ".join(saetze)


def say_schon(absage: Absage | None, *, ist_gefragt: bool) -> str:
    """What a house is to this case already, beside its line."""
    return "ist für diesen Fall schon gefragt" if ist_gefragt else absage.text if absage else ""


def warn_gleichzeitige(akteur: Akteur, rows: Sequence[Reservierung]) -> dict[str, Any] | None:
    """That the person has a place for the same time, each with the way there; None where there is none."""
    if not rows:
        return None
    zeilen = describe_ueberschneidungen(rows, sichtbar=placements.visible_ids(akteur, rows))
    return {
        "title": "Achtung: Für diese Zeit gibt es schon einen Platz",
        "text": "Für diesen jungen Menschen hält oder bucht das Jugendamt zur selben Zeit:",
        "zeilen": [
            {
                "text": zeile["text"],
                "url": reverse("placements:reservierung", args=[zeile["pk"]]) if zeile["pk"] else "",
            }
            for zeile in zeilen
        ],
    }


def list_wege_of(akteur: Akteur, suche: Suche) -> list[Knopf]:
    """From a result: to the enquiry that is open and to further houses in it, else to a new one."""
    if not may_ask(akteur):
        return []
    offene = find_offene(suche)
    if offene is not None:
        return [
            Knopf("anfragen:detail", "Zur Anfrage", args=(offene.pk,)),
            *([] if is_vorbei(offene) else [Knopf("anfragen:create", "Weitere Häuser anfragen", args=(suche.pk,))]),
        ]
    gemerkt = len(suche.gemerkt)
    label = f"{anzahl(gemerkt, 'gemerktes Haus', 'gemerkte Häuser')} anfragen" if gemerkt else "Häuser anfragen"
    return [Knopf("anfragen:create", label, args=(suche.pk,))]


def list_absagen_of(akteur: Akteur, suche: Suche) -> dict[UUID, str]:
    """What houses of a result said about this case before."""
    if not may_ask(akteur):
        return {}
    return {angebot: absage.text for angebot, absage in list_absagen(suche.hilfefall_id).items()}


def list_herkunft_of(akteur: Akteur, reservierung: Reservierung) -> list[Knopf]:
    """From a reservation that was made of a yes: to its enquiry."""
    if not akteur.ist_amt or not may_ask(akteur):
        return []
    ids = visible_anfragen(akteur).filter(haeuser__reservierung=reservierung).values_list("pk", flat=True)
    return [Knopf("anfragen:detail", "Anfrage, aus der sie entstand", args=(pk,)) for pk in ids]


def list_offene_of(akteur: Akteur, buchung: Buchung) -> list[Knopf]:
    """From a booking: to the end of each enquiry that is still open for the same person. One query."""
    if not may_ask(akteur):
        return []
    rows = visible_anfragen(akteur).filter(klient=buchung.klient_id, zustand=AnfrageZustand.OFFEN)
    offen: Any = rows.annotate(warten=Count("haeuser", filter=Q(haeuser__zustand__in=HAUSANFRAGE_OFFEN)))
    return [
        Knopf(
            "anfragen:withdraw",
            f"Anfrage vom {format_datum(local_date(row.created_at))} zurückziehen"
            f" ({anzahl(row.warten, 'Haus', 'Häuser')})",
            args=(row.pk,),
        )
        for row in offen.order_by("created_at")
    ]


def list_anfragen_of(akteur: Akteur, hilfefall: Hilfefall) -> list[Verweis]:
    """From a case: to its enquiries, newest first."""
    rows: Any = with_zahlen(visible_anfragen(akteur).filter(Q(hilfefall=hilfefall))).order_by("-created_at")
    return [
        Verweis(
            f"Anfrage an {anzahl(row.gefragt, 'Haus', 'Häuser')} vom {format_datum(local_date(row.created_at))}"
            f" ({row.get_zustand_display()})",
            row.pk,
            "anfragen:detail",
        )
        for row in rows
    ]


def find_vorgang_of(akteur: Akteur, bindung_id: UUID) -> str | None:
    """From the hold on a place that a house keeps for an enquiry: to the page of whoever asks."""
    anfrage_id = visible_hausanfragen(akteur).filter(pk=bindung_id).values_list("anfrage_id", flat=True).first()
    if anfrage_id is None:
        return None
    if akteur.ist_amt:
        return reverse("anfragen:detail", args=[anfrage_id])
    return reverse("anfragen:answer", args=[bindung_id])
