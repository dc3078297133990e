"""What an end would cut off, and why one cannot be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.hooks import Gehalten, list_gehalten
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung
from shared_apps.providers.querysets import valid_on
from shared_apps.providers.rules import Kapazitaetswort
from shared_apps.providers.selectors.erlaubnis import list_licensed, needs_erlaubnis


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
