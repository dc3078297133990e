"""What a deletion run does with one person: her texts, her notes, her key; and with her vouchers after their time."""

from __future__ import annotations

import secrets
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from tenant_apps.billing.models import (
    AbgerechneterZeitraum,
    Auszahlung,
    Leistungsnachweis,
    Rechnung,
    Rechnungskonto,
    Rechnungsposition,
)
from tenant_apps.cases.models import Hilfefall, Klient, Personenschluessel
from tenant_apps.cases.personfelder import PERSONFELDER
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.models import Buchung, Reservierung, Suche
from tenant_apps.privacy.enums import Loeschgut
from tenant_apps.privacy.models import Loeschlauf
from tenant_apps.privacy.selectors import list_faellige_belege
from tenant_apps.repeats.services import purge_answers_about

#: What replaces a text about a deleted person that must not be empty.
GELOESCHT = "gelöscht"


def run_loeschung(lauf: Loeschlauf, person: UUID) -> dict[str, int] | None:
    """Shred the key, delete notes and empty every text; amounts stay under a number that leads nowhere.

    How many rows of which kind. None, and nothing done, when the database says that the run does not
    allow it: a case that the run cannot see (Sperrfall) is still open.
    """
    nummern = list(Hilfefall.objects.filter(klient_id=person).values_list("fallnummer", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT art, anzahl FROM privacy_person_leeren(%s, %s)", [lauf.pk, person])
        deleted = dict(cursor.fetchall())
        if not deleted:
            return None
        cursor.execute("SELECT privacy_vermerke_leeren(%s, %s)", [lauf.pk, person])
    _drop_answers(person, nummern)
    _empty_placements(person)
    Leistungsnachweis.objects.filter(buchung__klient_id=person).update(bemerkung="")
    Rechnung.objects.filter(buchung__klient_id=person).exclude(beanstandung="").update(beanstandung=GELOESCHT)
    Rechnung.objects.filter(buchung__klient_id=person).update(befunde=[])
    Personenschluessel.objects.filter(pk=person).delete()
    Klient.objects.filter(pk=person).update(
        **{name: feld.geloescht for name, feld in PERSONFELDER.items()}, pkz_index="", suchindex=[]
    )
    return deleted


def _empty_placements(person: UUID) -> None:
    _searches(person).update(
        spezialisierungen=[], sprachen=[], barrierefrei="", geschlecht="", alter=None, merkmale={}, umkreis_plz="",
        umkreis_km=None, reichweite=_ohne_plz(), klient=None, hilfefall=None,
    )  # fmt: skip
    for reservierung in Reservierung.objects.filter(klient_id=person):
        reservierung.pseudonym = f"X-{secrets.token_hex(6)}"
        reservierung.ablehnung_text = reservierung.rueckzug_grund = ""
        reservierung.alter_bei_beginn = 0
        reservierung.save(update_fields=["pseudonym", "ablehnung_text", "rueckzug_grund", "alter_bei_beginn"])
    Buchung.objects.filter(klient_id=person).update(beendigung_text="", ueberlagerung_grund="")


def _ohne_plz() -> Case:
    """A circle without its middle is none: what was looked at is the state."""
    return Case(When(reichweite=Reichweite.UMKREIS, then=Value(Reichweite.LAND.value)), default=F("reichweite"))


def _searches(person: UUID) -> QuerySet[Suche]:
    """Made for her, or without a person and then used for her; not one that somebody else's place came from, too."""
    others = Reservierung.objects.filter(suche=OuterRef("pk"), klient__in=Personenschluessel.objects.values("pk"))
    used = Exists(Reservierung.objects.filter(suche=OuterRef("pk"), klient_id=person))
    return Suche.objects.filter(Q(klient_id=person) | Q(used, ~Exists(others.exclude(klient_id=person))))


def _drop_answers(person: UUID, nummern: list[str]) -> None:
    """Kept answers of the API about her, the office's and a provider's: by every name that one of them could carry."""
    reservierungen = Reservierung.objects.filter(klient_id=person)
    words = {str(person), *nummern, *reservierungen.values_list("pseudonym", flat=True)}
    for rows in (
        Hilfefall.objects.filter(klient_id=person), _searches(person), reservierungen,
        Buchung.objects.filter(klient_id=person), Rechnung.objects.filter(buchung__klient_id=person),
        Leistungsnachweis.objects.filter(buchung__klient_id=person),
    ):  # fmt: skip
        words |= {str(pk) for pk in rows.values_list("pk", flat=True)}
    purge_answers_about(words)


def run_belegloeschung(person: UUID, stichtag: date) -> dict[str, int]:
    """Invoices of the person whose term is over, with payment, lines and proof of service."""
    ids = [beleg.pk for beleg in list_faellige_belege(stichtag, person=person)]
    belege = Rechnung.objects.filter(pk__in=ids)
    nachweise = list(belege.values_list("leistungsnachweis_id", flat=True))
    Auszahlung.objects.filter(rechnung__in=ids).delete()
    Rechnungskonto.objects.filter(rechnung__in=ids).delete()
    Rechnungsposition.objects.filter(rechnung__in=ids).delete()
    AbgerechneterZeitraum.objects.filter(rechnung__in=ids).delete()
    Rechnung.objects.filter(storniert_durch__in=ids).update(storniert_durch=None)
    belege.update(storniert_durch=None)
    belege.delete()
    Leistungsnachweis.objects.filter(pk__in=nachweise, rechnungen__isnull=True).delete()
    return {Loeschgut.BELEGE.value: len(ids)}
