"""What waits for a person at her office: counts with a way to the list, each as far as that list counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from shared_apps.accounts.akteur import Akteur
from shared_apps.aufnahme import policies as aufnahme
from shared_apps.core.filter_query import MEINE
from shared_apps.core.liste import count_up_to, format_count
from shared_apps.einlesen import policies as einlesen
from shared_apps.einlesen.enums import Wartend
from shared_apps.journal.selectors import find_pruefstand
from shared_apps.members import policies as members
from shared_apps.providers import policies as providers
from shared_apps.providers.states import KontoZustand
from tenant_apps.anfragen import policies as anfragen
from tenant_apps.anfragen.enums import MIT_ANTWORT
from tenant_apps.audit import policies as audit
from tenant_apps.billing import policies as billing
from tenant_apps.billing.states import RechnungZustand
from tenant_apps.cases import policies as cases
from tenant_apps.gespraeche import policies as gespraeche
from tenant_apps.gespraeche.enums import Rueckfragenwahl
from tenant_apps.placements import policies as placements
from tenant_apps.placements.faelle.selectors.vorgang import BALD, STAND_FILTER, count_staende, describe_bald
from tenant_apps.placements.states import VorgangZustand
from tenants.context import require_schema


@dataclass(frozen=True, slots=True)
class Aufgabe:
    """A number with what it means and where to work on it."""

    label: str
    anzahl: int
    url: str
    level: str = ""
    #: Nobody counted on: it is more than `anzahl`.
    ist_mehr: bool = False

    @property
    def wert(self) -> str:
        """The number as the tile shows it."""
        return format_count(self.anzahl, self.ist_mehr)


def list_aufgaben(akteur: Akteur) -> list[Aufgabe]:
    """Only what this person herself can move on; empty ones are left out."""
    aufgaben = [
        *_rollen(akteur),
        *_aufnahmen(akteur),
        *list_einlesungen(akteur),
        *_entgelte(akteur),
        *_stammdaten(akteur),
        *_listen(akteur),
        *_konten(akteur),
        *_ohne_fachkraft(akteur),
        *_aus_der_nacht(akteur),
        *_nachzutragen(akteur),
        *_suchauftraege(akteur),
        *_rueckfragen(akteur),
        *_anfragen(akteur),
        *_reservierungen(akteur),
        *_rechnungen(akteur),
        *_protokoll(akteur),
    ]
    return [a for a in aufgaben if a.anzahl]


def _rollen(akteur: Akteur) -> list[Aufgabe]:
    if not members.may_open_antraege(akteur):
        return []
    url = f"{reverse('members:antraege')}?nur={MEINE}"
    return [Aufgabe("Rollen und Vertretungen: Ihre Entscheidung", members.count_decidable(akteur), url, "warning")]


def _aufnahmen(akteur: Akteur) -> list[Aufgabe]:
    if not aufnahme.may_admit_anbieter(akteur):
        return []
    url = f"{reverse('aufnahme:list')}?nur={MEINE}"
    return [Aufgabe("Anbieter warten auf die Aufnahme", aufnahme.count_waiting(akteur), url)]


def list_einlesungen(akteur: Akteur) -> list[Aufgabe]:
    """Lists for the register, at an office's and at the operator's start page."""
    if not einlesen.may_einlesen(akteur):
        return []
    wartend = einlesen.count_wartende(akteur)
    aufgaben = [
        Aufgabe("Listen warten auf Ihre Freigabe", wartend[Wartend.FREIGABE], _nur(Wartend.FREIGABE), "warning"),
        Aufgabe(
            "Ihre Listen: zurückgegeben, bitte überarbeiten", wartend[Wartend.ZURUECK], _nur(Wartend.ZURUECK), "warning"
        ),
        Aufgabe("Ihre Listen: warten auf eine andere Person", wartend[Wartend.ANDERE], _nur(Wartend.ANDERE)),
    ]
    return [a for a in aufgaben if a.anzahl]


def _entgelte(akteur: Akteur) -> list[Aufgabe]:
    url = f"{reverse('providers:rates')}?nur={MEINE}"
    return [Aufgabe("Entgelte warten auf Ihre Bestätigung", providers.count_offene_vorschlaege(akteur), url)]


def _stammdaten(akteur: Akteur) -> list[Aufgabe]:
    url = f"{reverse('providers:master_changes')}?nur={MEINE}"
    return [Aufgabe("Geänderte Angaben von Anbietern prüfen", providers.count_offene_stammdaten(akteur), url)]


def _listen(akteur: Akteur) -> list[Aufgabe]:
    anzahl = einlesen.count_stehende(akteur)
    return [Aufgabe("Listen sind stehen geblieben", anzahl, _nur(Wartend.STEHT), "danger")]


def _nur(wartend: Wartend) -> str:
    return f"{reverse('einlesen:list')}?nur={wartend.value}"


def _konten(akteur: Akteur) -> list[Aufgabe]:
    url = f"{reverse('providers:account_checks')}?zustand={KontoZustand.VORGESCHLAGEN.value}"
    return [Aufgabe("Bankverbindungen prüfen", providers.count_offene_konten(akteur), url, "warning")]


def _ohne_fachkraft(akteur: Akteur) -> list[Aufgabe]:
    if not cases.may_list_orphaned(akteur):
        return []
    anzahl = cases.count_orphaned(akteur)
    return [Aufgabe("Fälle ohne Fachkraft übergeben", anzahl, reverse("cases:orphaned"), "danger")]


def _aus_der_nacht(akteur: Akteur) -> list[Aufgabe]:
    """Opened on call, for whoever gives them to a worker."""
    if not cases.may_take_over(akteur):
        return []
    anzahl, mehr = cases.count_of_the_night(akteur)
    return [Aufgabe("Aus der Nacht zu übernehmen", anzahl, reverse("cases:of_the_night"), "warning", mehr)]


def _suchauftraege(akteur: Akteur) -> list[Aufgabe]:
    """A place has come free that somebody waits for."""
    if not placements.may_search(akteur):
        return []
    anzahl, mehr = placements.count_suchauftraege_neu(akteur)
    url = f"{reverse('placements:suchauftraege')}?nur=neu"
    return [Aufgabe("Suchaufträge: etwas ist frei geworden", anzahl, url, "success", mehr)]


def _rueckfragen(akteur: Akteur) -> list[Aufgabe]:
    """Houses have written, or have waited too long for an answer."""
    if not gespraeche.may_list_rueckfragen(akteur):
        return []
    liste = reverse("gespraeche:list")
    gezeigt = [(Rueckfragenwahl.GEMELDET, "Rückfragen: eine Einrichtung wartet zu lange", "danger")]
    if gespraeche.may_settle(akteur):
        gezeigt.insert(0, (Rueckfragenwahl.UNGELESEN, "Rückfragen: neue Nachrichten", "warning"))
    return [
        Aufgabe(label, zahl, f"{liste}?nur={stand.value}", level, mehr)
        for stand, label, level in gezeigt
        for zahl, mehr in (gespraeche.count_staende(akteur, stand),)
    ]


def _anfragen(akteur: Akteur) -> list[Aufgabe]:
    """Houses have answered an enquiry that she can decide."""
    if not anfragen.may_ask(akteur):
        return []
    anzahl, mehr = anfragen.count_beantwortete(akteur)
    url = f"{reverse('anfragen:list')}?zustand={MIT_ANTWORT}"
    return [Aufgabe("Anfragen: Häuser haben geantwortet", anzahl, url, "success", mehr)]


def _reservierungen(akteur: Akteur) -> list[Aufgabe]:
    if not (placements.may_reserve(akteur) or placements.may_decide(akteur)):
        return []
    if placements.may_decide(akteur):
        wartend = [(VorgangZustand.RESERVIERT.value, "Reservierungen warten auf Ihre Zustimmung", "")]
    else:
        wartend = [
            (VorgangZustand.ZUGESTIMMT.value, "Zugestimmt, jetzt buchen", "success"),
            (VorgangZustand.RESERVIERT.value, "Warten auf den Anbieter", ""),
            (BALD, STAND_FILTER[BALD], "warning"),
        ]
    rows = placements.visible_reservierungen(akteur)
    zahl = count_staende(rows, [stand for stand, _, _ in wartend])
    if BALD in zahl and zahl[BALD][0]:
        wartend[-1] = (BALD, describe_bald(rows), "warning")
    liste = reverse("placements:list")
    return [
        Aufgabe(label, zahl[stand][0], f"{liste}?zustand={stand}", level, zahl[stand][1])
        for stand, label, level in wartend
    ]


def _nachzutragen(akteur: Akteur) -> list[Aufgabe]:
    """Children taken in at night."""
    if not placements.may_reserve(akteur):
        return []
    anzahl, mehr = placements.count_nachzutragen(akteur)
    pflichten, mehr_pflichten = placements.count_pflichten(akteur)
    return [
        Aufgabe(
            "Offene Pflichten nach § 42", pflichten, reverse("placements:nacht_pflichten"), "danger", mehr_pflichten
        ),
        Aufgabe("Name, Geburtsdatum und PKZ nachtragen", anzahl, reverse("placements:nachzutragen"), "warning", mehr),
    ]


def _rechnungen(akteur: Akteur) -> list[Aufgabe]:
    if not billing.may_list_rechnungen(akteur):
        return []
    mine = [
        (label, zustand.value)
        for may, label, zustand in (
            (billing.may_check, "Rechnungen prüfen", RechnungZustand.EINGEREICHT),
            (billing.may_approve, "Zahlungen anordnen", RechnungZustand.SACHLICH_RICHTIG),
            (billing.may_pay, "Angeordnete Zahlungen ausführen", RechnungZustand.ANGEORDNET),
            (billing.may_record, "Beanstandete Rechnungen", RechnungZustand.BEANSTANDET),
        )
        if may(akteur)
    ]
    rows, liste = billing.visible_rechnungen(akteur), reverse("billing:list")
    zahl = {z: count_up_to(rows.filter(zustand=z)) for _, z in mine}
    return [Aufgabe(label, zahl[z][0], f"{liste}?zustand={z}", ist_mehr=zahl[z][1]) for label, z in mine]


def _protokoll(akteur: Akteur) -> list[Aufgabe]:
    if not audit.may_view_antraege(akteur):
        return []
    maengel = find_pruefstand(mandant=require_schema()).maengel
    return [Aufgabe("Mängel im Protokoll", maengel, reverse("audit:home"), "danger")]
