"""Who may do what with searches, reservations and bookings (docs/security.md "Who may see what").

Two kinds: `may_*` ask about a role (used by navigation, routes, API tables), `visible_*` narrow a
queryset to what the person may see, so that loading is authorising and somebody else's object is 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from shared_apps.core.liste import count_up_to
from shared_apps.core.lookups import is_one_of_few
from shared_apps.core.zustand import Schritte, Spur
from tenant_apps.audit.services import Vorhaben
from tenant_apps.cases import policies as cases
from tenant_apps.cases.models import Aufgabenbereich, Hilfefall, Klient
from tenant_apps.placements.faelle.selectors.vorgang import get_zustand_heute
from tenant_apps.placements.models import Buchung, Nachtaufnahme, Reservierung, Suchauftrag, Suche
from tenant_apps.placements.nacht.selectors.aufnahme import open_aufnahmen, with_open_pflichten
from tenant_apps.placements.states import (
    BUCHUNG,
    RESERVIERUNG,
    BuchungAktion,
    BuchungZustand,
    ReservierungAktion,
    ReservierungZustand,
)

SCHON_BEGONNEN = "Die Aufnahme ist bereits bestätigt."
_FALLFUEHREND = (Rolle.ASD, Rolle.TEAMLEITUNG)
may_work_nights = cases.may_work_nights


def may_search(akteur: Akteur) -> bool:
    """HzE-Auswahl: case-leading roles of the office."""
    return akteur.hat(*_FALLFUEHREND)


def may_reserve(akteur: Akteur) -> bool:
    """Reserve, extend, withdraw, book, end: the social worker in charge or her team lead."""
    return akteur.hat(*_FALLFUEHREND)


def may_reserve_nachts(akteur: Akteur) -> bool:
    """Heute Nacht: who reserves by day, and who is on call for this office; she only at night's own pages."""
    return may_reserve(akteur) or may_work_nights(akteur)


def may_read_fremde(akteur: Akteur) -> bool:
    """Read the office's list of facilities outside of the register: who books there, and who pays."""
    return akteur.hat(*_FALLFUEHREND, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG)


def may_decide(akteur: Akteur) -> bool:
    """Consent or decline for a provider."""
    return akteur.hat(Rolle.ANBIETER)


#: Which step of a reservation is whose. It expires by a job.
SCHRITTE_RESERVIERUNG = Schritte(
    RESERVIERUNG,
    {
        ReservierungAktion.ZUSTIMMEN: may_decide,
        ReservierungAktion.ABLEHNEN: may_decide,
        ReservierungAktion.BUCHEN: may_reserve,
        ReservierungAktion.VERLAENGERN: may_reserve,
        ReservierungAktion.ZURUECKZIEHEN: may_reserve,
    },
    {
        ReservierungZustand.ZUGESTIMMT: Spur("zugestimmt", "entschieden_von", "entschieden_at", anbieter=True),
        ReservierungZustand.ABGELEHNT: Spur("abgelehnt", "entschieden_von", "entschieden_at", anbieter=True),
        ReservierungZustand.GEBUCHT: Spur("verbindlich gebucht", "buchung__gebucht_von", "buchung__gebucht_at"),
        ReservierungZustand.ZURUECKGEZOGEN: Spur(
            "die Reservierung zurückgezogen", "zurueckgezogen_von", "zurueckgezogen_at"
        ),
    },
)
#: What night's own pages do with a reservation, also for those on call.
SCHRITTE_RESERVIERUNG_NACHTS = Schritte(
    RESERVIERUNG,
    dict.fromkeys((ReservierungAktion.VERLAENGERN, ReservierungAktion.ZURUECKZIEHEN), may_reserve_nachts),
    SCHRITTE_RESERVIERUNG.spuren,
)
SCHRITTE_BUCHUNG = Schritte(
    BUCHUNG,
    dict.fromkeys(BuchungAktion, may_reserve),
    {
        BuchungZustand.BEENDET: Spur("die Hilfe beendet", "beendet_von", "beendet_at"),
        BuchungZustand.ABGEBROCHEN: Spur("die Hilfe beendet", "beendet_von", "beendet_at"),
        BuchungZustand.STORNIERT: Spur("die Buchung storniert", "beendet_von", "beendet_at"),
    },
)
#: Steps of a booking as page and service take them: a help whose first day has come is running, confirmed or not.
BEGINNEN = Vorhaben(SCHRITTE_BUCHUNG, BuchungAktion.BEGINNEN, refused={BuchungZustand.LAUFEND: SCHON_BEGONNEN})
BEENDEN = Vorhaben(SCHRITTE_BUCHUNG, BuchungAktion.BEENDEN, von=get_zustand_heute)
ABBRECHEN = Vorhaben(SCHRITTE_BUCHUNG, BuchungAktion.ABBRECHEN, von=get_zustand_heute)
VERLAENGERN = Vorhaben(SCHRITTE_BUCHUNG, BuchungAktion.VERLAENGERN)
STORNIEREN = Vorhaben(SCHRITTE_BUCHUNG, BuchungAktion.STORNIEREN, von=get_zustand_heute)


def may_list_faelle(akteur: Akteur) -> bool:
    """Fallmanager: office roles with cases or costs, and providers for their own."""
    return akteur.hat(*_FALLFUEHREND, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, *ANBIETERSEITE)


def bookable_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases the person may search, reserve and book for; what she may merely read is not among them."""
    if not may_search(akteur):
        return Hilfefall.objects.none()
    return cases.editable_hilfefaelle(akteur).exclude(aufgabe=Aufgabenbereich.VORMUNDSCHAFT)


def visible_klienten(akteur: Akteur) -> QuerySet[Klient]:
    """Young people the person may choose for a search."""
    return Klient.objects.filter(pk__in=bookable_hilfefaelle(akteur).values("klient_id"))


def visible_suchen(akteur: Akteur) -> QuerySet[Suche]:
    """Searches of the cases she may book for, and her own ones that belong to no case yet.

    The case decides, not who searched: with a case that passed on, its old searches pass on too.
    """
    if not may_search(akteur):
        return Suche.objects.none()
    own = Q(hilfefall__isnull=True, klient__isnull=True, fachkraft_id__in={akteur.user_id, *akteur.vertritt})
    return Suche.objects.filter(own | is_one_of_few(bookable_hilfefaelle(akteur).values("pk"), "hilfefall_id"))


def visible_suchauftraege(akteur: Akteur) -> QuerySet[Suchauftrag]:
    """Orders that still look, of the searches she may see."""
    return Suchauftrag.objects.filter(beendet_at__isnull=True, suche__in=visible_suchen(akteur))


def count_suchauftraege_neu(akteur: Akteur) -> tuple[int, bool]:
    """How many of them have found something nobody has read yet, as far as the list counts."""
    return count_up_to(visible_suchauftraege(akteur).exclude(neu=[]))


def _visible(akteur: Akteur, rows: QuerySet, hilfefaelle: QuerySet[Hilfefall]) -> QuerySet:
    allowed = Q(hilfefall__in=hilfefaelle) if akteur.ist_amt else Q(pk__in=[])
    if akteur.ist_anbieter:
        own = Q(anbieter_id__in=akteur.anbieter_ids)
        allowed |= own & Q(einrichtung_id__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else own
    return rows.filter(allowed)


def visible_reservierungen(akteur: Akteur) -> QuerySet[Reservierung]:
    """Office: of the cases she may see, if only by number and amount. Provider: her own facilities' only."""
    return _visible(akteur, Reservierung.objects.all(), cases.visible_vorgaenge(akteur))


def visible_ids(akteur: Akteur, rows: Iterable[Reservierung]) -> frozenset[UUID]:
    """Which of these she may open."""
    if not (ids := [row.pk for row in rows]):
        return frozenset()
    return frozenset(visible_reservierungen(akteur).filter(pk__in=ids).values_list("pk", flat=True))


def visible_buchungen(akteur: Akteur) -> QuerySet[Buchung]:
    """As for reservations."""
    return _visible(akteur, Buchung.objects.all(), cases.visible_vorgaenge(akteur))


def may_read_vermerk(akteur: Akteur) -> bool:
    """The office's roles with cases; never a provider: the note compares her with others."""
    return may_list_faelle(akteur) and akteur.ist_amt


def readable_reservierungen(akteur: Akteur) -> QuerySet[Reservierung]:
    """Those whose note of the choice the office may read: it carries the young person's name."""
    return Reservierung.objects.filter(hilfefall__in=cases.visible_stammdaten(akteur))


def reads_bedarf(akteur: Akteur, reservierung: Reservierung) -> bool:
    """Whether what the child needs and what the family wished may be shown to her: who works on the case, not who only
    pays for it."""
    return cases.visible_hilfefaelle(akteur).filter(pk=reservierung.hilfefall_id).exists()


def changeable_reservierungen(akteur: Akteur) -> QuerySet[Reservierung]:
    """Those a step may be taken on: of cases she may book for, or of her own facilities."""
    return _visible(akteur, Reservierung.objects.all(), bookable_hilfefaelle(akteur))


def changeable_buchungen(akteur: Akteur) -> QuerySet[Buchung]:
    """As for reservations."""
    return _visible(akteur, Buchung.objects.all(), bookable_hilfefaelle(akteur))


def may_change(akteur: Akteur, reservierung: Reservierung) -> bool:
    """Whether a step may be taken on this reservation or its booking by this person."""
    return changeable_reservierungen(akteur).filter(pk=reservierung.pk).exists()


def named_hilfefaelle(akteur: Akteur, reservierungen: Iterable[Reservierung]) -> frozenset[UUID]:
    """Cases of these reservations whose name the office's person may see: one query for a whole page."""
    if not akteur.ist_amt:
        return frozenset()
    return _among(cases.visible_stammdaten(akteur), reservierungen)


def bookable_ids(akteur: Akteur, reservierungen: Iterable[Reservierung]) -> frozenset[UUID]:
    """Cases of these reservations she may take a step in."""
    return _among(bookable_hilfefaelle(akteur), reservierungen)


def _among(hilfefaelle: QuerySet[Hilfefall], reservierungen: Iterable[Reservierung]) -> frozenset[UUID]:
    ids = {reservierung.hilfefall_id for reservierung in reservierungen}
    return frozenset(hilfefaelle.filter(pk__in=ids).values_list("pk", flat=True))


def sees_name(akteur: Akteur, reservierung: Reservierung) -> bool:
    """The provider sees the young person's name while the place is booked (§ 64 Abs. 2a SGB VIII).

    Not before, and not any more when the booking was cancelled before it began. `portal.py` says the same to the
    database.
    """
    if akteur.ist_amt and cases.visible_stammdaten(akteur).filter(pk=reservierung.hilfefall_id).exists():
        return True
    return _is_booked_with(akteur, reservierung)


def _is_booked_with(akteur: Akteur, reservierung: Reservierung) -> bool:
    return akteur.ist_anbieter and is_booked(reservierung)


def is_booked(reservierung: Reservierung) -> bool:
    """Whether its booking tells its house the name: not any more once it was cancelled."""
    if reservierung.zustand != ReservierungZustand.GEBUCHT:
        return False
    buchung = getattr(reservierung, "buchung", None)
    return buchung is not None and buchung.zustand != BuchungZustand.STORNIERT


#: Who pays knows name and number; the need and the birth are in the file; the enquiry names nobody.
_NAME = frozenset({"vorname", "nachname", "fallnummer"})
_AKTE = frozenset({"geburtsdatum", "geschlecht", "spezialisierungen"})
_ANFRAGE = frozenset({"pseudonym", "alter_bei_beginn", "geschlecht", "spezialisierungen"})


def readable_angaben(akteur: Akteur, reservierungen: Iterable[Reservierung]) -> dict[UUID, frozenset[str]]:
    """Which data of the young person page and API may show, by reservation; two queries for a whole list.

    Of her file nothing for those who only pay or order payments, in the office and at the provider.
    """
    rows = list(reservierungen)
    named = named_hilfefaelle(akteur, rows)
    files = _among(cases.visible_hilfefaelle(akteur), rows)
    serves = akteur.hat(Rolle.ANBIETER, Rolle.EINRICHTUNG)
    found = {}
    for row in rows:
        if row.hilfefall_id in named or _is_booked_with(akteur, row):
            angaben = _NAME | _AKTE if serves or row.hilfefall_id in files else _NAME
        else:
            angaben = _ANFRAGE if serves else frozenset({"pseudonym"})
        found[row.pk] = angaben
    return found


def visible_nachtaufnahmen(akteur: Akteur) -> QuerySet[Nachtaufnahme]:
    """Children of the night in cases she may book for; who is on call: in those that nobody has taken over from her."""
    if may_work_nights(akteur):
        return Nachtaufnahme.objects.filter(hilfefall__in=cases.own_of_the_night(akteur))
    return Nachtaufnahme.objects.filter(hilfefall__in=bookable_hilfefaelle(akteur))


def count_nachzutragen(akteur: Akteur) -> tuple[int, bool]:
    """How many of them are still without a name, as far as the list counts."""
    return count_up_to(open_aufnahmen(visible_nachtaufnahmen(akteur)))


def count_pflichten(akteur: Akteur) -> tuple[int, bool]:
    """How many of them have a duty of § 42 that nobody has ticked, as far as the list counts."""
    return count_up_to(with_open_pflichten(visible_nachtaufnahmen(akteur)))


def find_nachtaufnahme(akteur: Akteur, reservierung: Reservierung) -> Nachtaufnahme | None:
    """The night this reservation comes from, for whoever leads its case."""
    if not may_reserve(akteur):
        return None
    return visible_nachtaufnahmen(akteur).filter(reservierung=reservierung).select_related("zugesagt_von").first()


def count_eigene(akteur: Akteur) -> int:
    """How many children of the night she has, on call for this office; few, so nobody stops counting."""
    return visible_nachtaufnahmen(akteur).count() if may_work_nights(akteur) else 0
