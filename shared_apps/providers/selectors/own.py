"""A provider's own facilities over all districts, with the occupancy of today and what is to be done there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse

from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung
from shared_apps.core.lookups import key_of
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.hooks import list_nichtaufnahmen
from shared_apps.providers.models import (
    Angebot,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Platz,
)
from shared_apps.providers.querysets import not_ended, running_on, shown_fotos, unconfirmed_on, valid_on
from shared_apps.providers.rules import (
    Kapazitaetswort,
    Nichtaufnahme,
    Vakanzstufe,
    betriebstage_gelten,
    kapazitaetswort,
)
from shared_apps.providers.selectors.angebote import count_frei
from shared_apps.providers.selectors.erlaubnis import (
    list_licensed,
    needs_erlaubnis,
    offered_on,
    running_out_on,
    with_erlaubnis,
)
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft
from shared_apps.regions.selectors import find_postleitzahl, has_postleitzahlen

UNBEKANNTE_PLZ = (
    "Zur Postleitzahl {} kennt das Portal keinen Ort, und ohne Koordinaten nennt die Suche keine Entfernung. Bitte"
    " prüfen Sie die Postleitzahl, oder geben Sie Breite und Länge an."
)


def describe_plz(einrichtung: Einrichtung) -> str:
    """What to look at again when the search will not know where a facility is; "" when it does, and where the portal
    has no postcodes at all. Two queries at most."""
    plz = einrichtung.plz
    if not plz or einrichtung.breite is not None or find_postleitzahl(plz) or not has_postleitzahlen():
        return ""
    return UNBEKANNTE_PLZ.format(plz)


@dataclass(frozen=True, slots=True)
class Belegung:
    """One own offer today."""

    angebot: Angebot
    frei: int
    gesamt: int
    #: Whether a rate is agreed, for all offices or for one, also one that begins later.
    hat_entgelt: bool
    nichtaufnahme: Nichtaufnahme | None = None
    #: Whether a proposed rate waits for the office.
    wartet: bool = False

    @property
    def je_tag(self) -> bool:
        """Whether it has places; what is paid by the hour has none."""
        return self.angebot.hilfeart.ist_stationaer

    @property
    def nicht_frei(self) -> int:
        """Places taken, by reservation or booking, or blocked by the house."""
        return self.gesamt - self.frei

    @property
    def faellig(self) -> bool:
        """Whether a tap is due; a report is answered instead."""
        return self.angebot.vakanzstand.stufe in (Vakanzstufe.ALT, Vakanzstufe.NIE)


@dataclass(frozen=True, slots=True)
class Zutun:
    """One thing to be done at a facility, with the page that does it."""

    text: str
    url: str
    #: Only whoever speaks for the whole provider does it; the others read it.
    nur_anbieter: bool = True


@dataclass(frozen=True, slots=True)
class EigeneEinrichtung:
    """One own facility with its offers: one row of the table."""

    einrichtung: Einrichtung
    angebote: list[Belegung]
    #: It offers what needs a licence and has none today: offices do not find it (§ 45 SGB VIII).
    ohne_erlaubnis: bool = False
    #: It has places and nobody says whom to call at night, not even its provider.
    ohne_notruf: bool = False
    #: The last day of its licence, when it is near and no other one follows.
    erlaubnis_bis: date | None = None
    #: Offices see no picture of it: a hint, nothing that has to be done.
    ohne_bild: bool = False
    #: There are some, without their words: nobody sees them before.
    hat_bild_ohne_text: bool = False

    @property
    def gezaehlt(self) -> list[Belegung]:
        """What the bar adds up: places; of a house that has none, what it can do by the hour."""
        return [b for b in self.angebote if b.je_tag] or self.angebote

    @property
    def frei(self) -> int:
        return sum(b.frei for b in self.gezaehlt)

    @property
    def gesamt(self) -> int:
        return sum(b.gesamt for b in self.gezaehlt)

    @property
    def nicht_frei(self) -> int:
        return self.gesamt - self.frei

    @property
    def worte(self) -> Kapazitaetswort:
        """What its capacity is called."""
        return kapazitaetswort(je_tag=any(b.je_tag for b in self.angebote))

    @property
    def belegung_text(self) -> str:
        """What the bar shows, in words."""
        return f"{self.worte.label}: {self.frei} von {self.gesamt} frei"

    @property
    def faellig(self) -> int:
        """How many offers wait for a confirmation."""
        return sum(b.faellig for b in self.angebote)

    @property
    def gemeldet(self) -> int:
        """Offers about which an office's report waits for an answer."""
        return sum(b.angebot.vakanz_gemeldet_at is not None for b in self.angebote)

    @property
    def wartend(self) -> int:
        """Offers without a rate whose proposed one waits for the office."""
        return sum(not b.hat_entgelt and b.wartet for b in self.angebote)

    @property
    def fehlt(self) -> list[str]:
        """What offices miss when they look for a place here."""
        return [fehlendes.text for fehlendes in self._fehlendes]

    @property
    def _fehlendes(self) -> list[Zutun]:
        """The same, each with the page on which it is entered; of several offers the first one's."""
        haus = self.einrichtung.pk
        ohne_platz = [b.angebot.pk for b in self.angebote if b.gesamt == 0]
        ohne_entgelt = [b.angebot.pk for b in self.angebote if not b.hat_entgelt and not b.wartet]
        fehlt = []
        if not self.angebote:
            fehlt.append(Zutun("Angebot", _weg("create_offer", haus)))
        if ohne_platz:
            text = f"{self.worte.label} ({anzahl(len(ohne_platz), 'Angebot', 'Angebote')})"
            fehlt.append(Zutun(text, _weg("change_places", ohne_platz[0])))
        if ohne_entgelt:
            text = f"Entgelt ({anzahl(len(ohne_entgelt), 'Angebot', 'Angebote')})"
            fehlt.append(Zutun(text, _weg("propose_rate", ohne_entgelt[0])))
        if not self.einrichtung.telefon:
            fehlt.append(Zutun("Telefon", _weg("edit_facility", haus), nur_anbieter=False))
        if self.ohne_notruf:
            fehlt.append(Zutun(NOTRUF, _weg("facility_contacts", haus), nur_anbieter=False))
        return fehlt

    @property
    def aufgaben(self) -> list[Zutun]:
        """What is to be done here, the most urgent first, each with its page. Confirming has a button of its own."""
        aufgaben = []
        if self.gemeldet:
            text = f"{anzahl(self.gemeldet, 'Meldung', 'Meldungen')} beantworten"
            aufgaben.append(Zutun(text, reverse("providers:reports"), nur_anbieter=False))
        if self.erlaubnis_bis:
            text = f"Betriebserlaubnis läuft am {format_datum(self.erlaubnis_bis)} ab"
            aufgaben.append(Zutun(text, _weg("create_licence", self.einrichtung.pk)))
        aufgaben += [replace(fehlendes, text=f"Fehlt: {fehlendes.text}") for fehlendes in self._fehlendes]
        if self.wartend:
            text = f"{anzahl(self.wartend, 'Entgelt wartet', 'Entgelte warten')} auf das Jugendamt"
            aufgaben.append(Zutun(text, f"{reverse('providers:rates')}?zustand={VorschlagZustand.VORGESCHLAGEN}"))
        return aufgaben

    @property
    def zu_tun(self) -> bool:
        """Whether its row names work: `with_work` finds exactly these."""
        return bool(self.ohne_erlaubnis or self.aufgaben or self.faellig)


#: What a house with places says of the night; in the column, and to programs.
NOTRUF = "Notfalltelefon (24 h)"


def _weg(name: str, pk: UUID) -> str:
    return reverse(f"providers:{name}", args=[pk])


def _ohne_notruf(tag: date) -> Q:
    """Facilities that have places on this day, and neither they nor their provider name an emergency telephone."""
    mit_plaetzen = Angebot.objects.filter(
        einrichtung=OuterRef("pk"), gueltig__contains=tag, hilfeart__einheit=Einheit.TAG
    )
    notruf = Kontakt.objects.filter(ist_notruf=True)
    eigener, des_anbieters = notruf.filter(einrichtung=OuterRef("pk")), notruf.filter(anbieter=OuterRef("anbieter"))
    return Q(Exists(mit_plaetzen), ~Exists(eigener), ~Exists(des_anbieters))


def with_work(tag: date) -> Q:
    """Facilities with something to be done on this day: what the column „Zu tun“ names, as the database sees it."""
    laufende = Angebot.objects.filter(einrichtung=OuterRef("pk"), gueltig__contains=tag)
    plaetze = Platz.objects.filter(angebot=OuterRef("pk"), gueltig__contains=tag)
    entgelte = Entgelt.objects.filter(angebot=OuterRef("pk"))
    unvollstaendig = unconfirmed_on(tag) | ~Exists(plaetze) | ~Exists(entgelte) | ~offered_on(tag)
    laeuft_ab = Exists(running_out_on(tag).filter(einrichtung=OuterRef("pk")))
    return Q(telefon="") | ~Exists(laufende) | Exists(laufende.filter(unvollstaendig)) | laeuft_ab | _ohne_notruf(tag)


#: The proposed rate of an offer about which the office has not decided yet.
_WARTENDE = Entgeltvorschlag.objects.filter(angebot=OuterRef("pk"), zustand=VorschlagZustand.VORGESCHLAGEN)


def _with_angebote(rows: QuerySet[Einrichtung]) -> QuerySet[Einrichtung]:
    """What a row of the table is made of, loaded for one page."""
    angebote = (
        Angebot.objects.filter(gueltig__contains=today())
        .select_related("hilfeart")
        .prefetch_related(Prefetch("entgelte", Entgelt.je_amt.all()))
        .annotate(wartet=Exists(_WARTENDE))
        .order_by("hilfeart__sortierung", deutsch("name"))
    )
    laeuft_ab = running_out_on(today()).filter(einrichtung=OuterRef("pk"))
    rows = rows.annotate(
        ohne_notruf=_ohne_notruf(today()),
        erlaubnis_bis=Subquery(laeuft_ab.values("gueltig_bis")[:1]),
        hat_bild=Exists(Foto.objects.filter(shown_fotos(), einrichtung=OuterRef("pk"))),
        hat_bild_ohne_text=Exists(
            Foto.objects.filter(Q(titel="") | Q(alternativtext=""), einrichtung=OuterRef("pk"), gueltig_bis=None)
        ),
    )
    return rows.select_related("gebietskoerperschaft", "anbieter").prefetch_related(
        Prefetch("angebote", angebote, to_attr="laufende_angebote")
    )


EIGENE = Liste(
    "providers:own",
    {
        "kreis": ordnung("gebietskoerperschaft__sortierung", deutsch("name")),
        "name": ordnung(deutsch("name")),
    },
    "kreis",
    je_seite=25,
    zeigt=_with_angebote,
)


def with_akte(rows: QuerySet[Einrichtung]) -> QuerySet[Einrichtung]:
    """Facilities with licences, exceptions, contacts (also their provider's), and offers that run or will run
    (`laufende_angebote`)."""
    angebote = Angebot.objects.filter(not_ended(today())).select_related("hilfeart").order_by(deutsch("name"))
    return rows.select_related("anbieter", "gebietskoerperschaft", "region").prefetch_related(
        "betriebserlaubnis_liste",
        "ausnahmen",
        "kontakte",
        "anbieter__kontakte",
        Prefetch("angebote", angebote, to_attr="laufende_angebote"),
    )


def has_betriebstage(einrichtung: Einrichtung) -> bool:
    """Whether days of operation say something of a facility (`betriebstage_gelten`). One query."""
    einheiten = einrichtung.angebote.order_by().values_list("hilfeart__einheit", flat=True).distinct()
    return betriebstage_gelten(einheit == Einheit.TAG for einheit in einheiten)


def list_eigene(
    einrichtungen: QuerySet[Einrichtung], *, suche: str = "", kreis: str = "", zu_tun: str = "", erlaubnis: str = ""
) -> QuerySet[Einrichtung]:
    """Of the person's facilities those that have not ended and fit; `zu_tun`: where something is to be done."""
    rows = einrichtungen.filter(valid_on(today()))
    if kreis:
        rows = rows.filter(gebietskoerperschaft=key_of(Gebietskoerperschaft.objects.filter(kuerzel=kreis)))
    if zu_tun:
        rows = rows.filter(with_work(today()))
    if erlaubnis:
        rows = rows.filter(with_erlaubnis(erlaubnis, today()))
    for wort in suche.split():
        rows = rows.filter(Q(name__icontains=wort) | Q(ort__icontains=wort))
    return EIGENE.order(rows)


def list_belegungen(einrichtungen: Iterable[Any]) -> list[EigeneEinrichtung]:
    """The rows of one page, as `EIGENE` loaded them, with the occupancy of today. Three queries."""
    day, rows = today(), list(einrichtungen)
    ids = [a.pk for e in rows for a in e.laufende_angebote]
    frei, gestoppt = count_frei(ids, day), list_nichtaufnahmen(ids, day)
    erlaubt = list_licensed([e.pk for e in rows], day)
    return [
        EigeneEinrichtung(
            e,
            [_belegung(a, frei, gestoppt.get(a.pk), wartet=a.wartet) for a in e.laufende_angebote],
            e.pk not in erlaubt and any(map(needs_erlaubnis, e.laufende_angebote)),
            ohne_notruf=e.ohne_notruf,
            erlaubnis_bis=e.erlaubnis_bis and e.erlaubnis_bis - EIN_TAG,
            ohne_bild=not e.hat_bild,
            hat_bild_ohne_text=e.hat_bild_ohne_text,
        )
        for e in rows
    ]


def _belegung(
    angebot: Angebot, frei: dict[UUID, tuple[int, int]], gestoppt: Nichtaufnahme | None, *, wartet: bool
) -> Belegung:
    freie, gesamt = frei.get(angebot.pk, (0, 0))
    return Belegung(angebot, freie, gesamt, bool(angebot.entgelte.all()), gestoppt, wartet)


@dataclass(frozen=True, slots=True)
class Ueberblick:
    """All own facilities in four figures, whatever page is open. Counted are places; of a provider that has none, what
    it can do by the hour.
    """

    einrichtungen: int
    angebote: int
    frei: int
    gesamt: int
    worte: Kapazitaetswort

    @property
    def gesamt_text(self) -> str:
        """Of how many, in words: "von 3 Plätzen"."""
        return f"von {anzahl(self.gesamt, self.worte.eins, self.worte.vielen)}"


#: Of these offers how many there are, and how many of their places are free today: with places, and by the hour.
_SUMME = """
WITH eigene (id) AS ({eigene})
SELECT art.einheit = %s, count(*), coalesce(sum(v.frei), 0), coalesce(sum(v.gesamt), 0)
  FROM eigene JOIN providers_angebot a ON a.id = eigene.id JOIN catalogue_hilfeart art ON art.id = a.hilfeart_id
  LEFT JOIN occupancy_vakanzen(ARRAY(SELECT id FROM eigene), daterange(%s::date, %s::date)) v ON v.angebot_id = a.id
 GROUP BY 1
"""


def sum_up_eigene(einrichtungen: QuerySet[Einrichtung]) -> Ueberblick:
    """Two queries; the database adds up."""
    laufende, tag = einrichtungen.filter(valid_on(today())), today()
    angebote = Angebot.objects.filter(running_on(tag), einrichtung__in=laufende.order_by().values("pk"))
    eigene, params = angebote.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SUMME.format(eigene=eigene), [*params, Einheit.TAG, tag, tag + EIN_TAG])
        summen = {je_tag: (frei, gesamt, zahl) for je_tag, zahl, frei, gesamt in cursor.fetchall()}
    hat_plaetze = True in summen or not summen
    frei, gesamt, _ = summen.get(hat_plaetze, (0, 0, 0))
    return Ueberblick(
        laufende.count(), sum(zahl for _, _, zahl in summen.values()), frei, gesamt, kapazitaetswort(je_tag=hat_plaetze)
    )
