"""A provider's own facilities over all districts, with the occupancy of today and what is to be done there; what an end
would cut off, and why one cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
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
from shared_apps.providers.hooks import Gehalten, list_gehalten, list_nichtaufnahmen
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Platz,
)
from shared_apps.providers.querysets import not_ended, running_on, shown_fotos, unconfirmed_on, valid_on
from shared_apps.providers.rules import (
    BESTAETIGUNG_GILT_TAGE,
    Kapazitaetswort,
    Nichtaufnahme,
    Vakanzstufe,
    betriebstage_gelten,
    kapazitaetswort,
)
from shared_apps.providers.selectors.erlaubnis import (
    list_licensed,
    needs_erlaubnis,
    offered_on,
    running_out_on,
    with_erlaubnis,
)
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft

#: A confirmation older than this is shown as due.
BESTAETIGUNG_GILT = timedelta(days=BESTAETIGUNG_GILT_TAGE)


def count_frei(angebot_ids: Iterable[UUID], day: date) -> dict[UUID, tuple[int, int]]:
    """Free and all places of offers on one day, from the database function that counts over all offices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT angebot_id, frei, gesamt FROM occupancy_vakanzen(%s::uuid[], daterange(%s::date, %s::date))",
            [[str(a) for a in angebot_ids], day, day + timedelta(days=1)],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


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


def with_alles(rows: QuerySet[Angebot]) -> QuerySet[Angebot]:
    """Offers with all that a program is told of them; `je_amt`: rates for one office alone (§ 77 SGB VIII), `wartende`:
    proposed rates that wait for an office."""
    einzelne = Entgelt.je_amt.exclude(jugendamt=None).select_related("jugendamt").order_by("jugendamt", "-gueltig")
    wartende = Entgeltvorschlag.objects.filter(zustand=VorschlagZustand.VORGESCHLAGEN).order_by("created_at", "id")
    return rows.select_related("hilfeart", "einrichtung").prefetch_related(
        "spezialisierungen",
        "sprachen",
        "merkmale",
        Prefetch("entgelte", Entgelt.objects.order_by("-gueltig")),
        Prefetch("entgelte", einzelne, to_attr="je_amt"),
        Prefetch("vorschlaege", wartende.select_related("jugendamt"), to_attr="wartende"),
    )


ANGEBOTE = Liste("providers:offers", {"name": ordnung(deutsch("name"))}, "name", zeigt=with_alles)


def list_angebote(
    angebote: QuerySet[Angebot], *, einrichtung: UUID | None = None, hilfeart: str = ""
) -> QuerySet[Angebot]:
    """Of the person's offers those that have not ended, of this facility, of this kind of help."""
    rows = angebote.filter(not_ended(today()))
    if einrichtung:
        rows = rows.filter(einrichtung=einrichtung)
    if hilfeart:
        rows = rows.filter(hilfeart__code=hilfeart)
    return ANGEBOTE.order(rows)


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


def with_kontakte(rows: QuerySet[Anbieter]) -> QuerySet[Anbieter]:
    """Providers with their own contacts, by name."""
    return rows.prefetch_related("kontakte").order_by(deutsch("name"))


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


def stichtag(angebot: Angebot) -> date:
    """The day whose places a page shows: today, or the first day of an offer that has not begun."""
    return max(today(), angebot.gueltig.lower or today())


def count_plaetze(angebot: Angebot) -> int:
    """Places of the offer on that day, taken or not."""
    return angebot.plaetze.filter(gueltig__contains=stichtag(angebot)).count()


def list_plaetze(angebot: Angebot) -> list[Platz]:
    """Places of the offer that there are or will be, by number."""
    rows = angebot.plaetze.filter(Q(gueltig__endswith__isnull=True) | Q(gueltig__endswith__gt=today()))
    return list(rows.order_by("nummer"))


# --- what an end would cut off --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Laufendes:
    """One thing that still runs after a last day, with the way to it."""

    text: str
    url: str


#: Where an office's host lists what a provider has there.
_BEIM_AMT = "/faelle/"


def list_belegt_nach(angebot: Angebot, letzter_tag: date) -> list[Laufendes]:
    """Reservations and bookings of all offices that reach beyond the day, counted by office. One query."""
    gehaltene = list_gehalten(angebot.pk, letzter_tag + EIN_TAG)
    return [describe_gehalten(gehalten, worte=angebot.worte) for gehalten in gehaltene]


def describe_gehalten(gehalten: Gehalten, *, worte: Kapazitaetswort) -> Laufendes:
    """What one office holds, in words, with the way to what a provider has there."""
    ende = None if gehalten.ohne_ende else gehalten.ende
    bis = f"bis {format_datum(ende - EIN_TAG)}" if ende else "ohne Ende"
    text = f"{gehalten.amt}: {anzahl(gehalten.plaetze, worte.eins, worte.viele)} reserviert oder gebucht, {bis}"
    return Laufendes(text, f"{reverse('handover', args=[gehalten.kuerzel.lower()])}?ziel={_BEIM_AMT}")


def list_belegt_ohne_erlaubnis(erlaubnis: Betriebserlaubnis) -> list[Laufendes]:
    """What offices hold beyond the last day of a licence, of all offers that need one, unless another one follows."""
    tag = erlaubnis.letzter_tag
    if tag is None or erlaubnis.einrichtung_id in list_licensed([erlaubnis.einrichtung_id], tag + EIN_TAG):
        return []
    angebote = Angebot.objects.filter(einrichtung=erlaubnis.einrichtung_id).select_related("hilfeart")
    return [eintrag for a in angebote if needs_erlaubnis(a) for eintrag in list_belegt_nach(a, tag)]


def list_angebote_nach(einrichtung: Einrichtung, letzter_tag: date) -> list[Laufendes]:
    """Offers of the facility that go on after the day, each with the page that ends it. One query."""
    rows = einrichtung.angebote.filter(
        Q(gueltig__endswith__isnull=True) | Q(gueltig__endswith__gt=letzter_tag + EIN_TAG)
    )
    return [
        Laufendes(f"Angebot „{a.name}“ ({a.hilfeart.paragraf})", reverse("providers:end_offer", args=[a.pk]))
        for a in rows.select_related("hilfeart").order_by(deutsch("name"))
    ]


def list_einrichtungen_nach(anbieter: Anbieter, letzter_tag: date) -> list[Laufendes]:
    """Facilities of the provider that go on after the day, each with the page that ends it. One query."""
    rows = anbieter.einrichtungen.filter(valid_on(letzter_tag + EIN_TAG)).order_by(deutsch("name"))
    return [Laufendes(f"Einrichtung „{e.name}“", reverse("providers:end_facility", args=[e.pk])) for e in rows]


NICHT_BEENDET = "Hier ist kein Ende eingetragen, das sich zurücknehmen lässt."
SCHON_VORBEI = "Der letzte Tag ({}) ist vorbei, das Ende bleibt. Was Sie wieder anbieten, tragen Sie bitte neu ein."
ANBIETER_VORBEI = "Der letzte Tag ({}) ist vorbei, das Ende bleibt. Bitte wenden Sie sich an den Betrieb des Portals."
DARUEBER_BEENDET = "„{}“ endet am {}. Nehmen Sie zuerst dieses Ende zurück."


@dataclass(frozen=True, slots=True)
class Hinderungsgrund:
    """Why something cannot be done as things are: for the page, and the code of the `Konflikt`."""

    text: str
    code: str = "zustand"


def why_not_reopened(row: Anbieter | Einrichtung | Angebot) -> Hinderungsgrund | None:
    """Why the end of a row cannot be taken back today; None: it can.

    Nothing goes on in a house that closes: what is above must not have an end.
    """
    ended = row.gueltig_zuvor if isinstance(row, Angebot) else row.gueltig_bis
    if ended is None or row.letzter_tag is None:
        return Hinderungsgrund(NICHT_BEENDET)
    if row.letzter_tag < today():
        vorbei = ANBIETER_VORBEI if isinstance(row, Anbieter) else SCHON_VORBEI
        return Hinderungsgrund(vorbei.format(format_datum(row.letzter_tag)))
    for above in _above(row):
        if above.letzter_tag is not None:
            text = DARUEBER_BEENDET.format(above.name, format_datum(above.letzter_tag))
            return Hinderungsgrund(text, code="laeuft_noch")
    return None


def _above(row: Anbieter | Einrichtung | Angebot) -> tuple[Anbieter | Einrichtung, ...]:
    if isinstance(row, Angebot):
        return row.einrichtung, row.einrichtung.anbieter
    return (row.anbieter,) if isinstance(row, Einrichtung) else ()
